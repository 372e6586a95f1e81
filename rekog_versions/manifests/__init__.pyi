from .build.parsing import parse_line as parse_line
from .build.typed_lines import (
    BoundingBox as BoundingBox,
    ImageLabel as ImageLabel,
    ImageLevelLine as ImageLevelLine,
    ObjectLine as ObjectLine,
    TypedLine as TypedLine,
)
from .build.writer import ManifestWriter as ManifestWriter
from .check.check import check_manifests as check_manifests
from .check.report import (
    ManifestReport as ManifestReport,
    ManifestStatistics as ManifestStatistics,
)
from .codes import (
    CODES as CODES,
    Code as Code,
    HINTS as HINTS,
    Level as Level,
)
from .convert.coco import from_coco as from_coco
from .convert.conversion import (
    ConversionReport as ConversionReport,
    Converted as Converted,
    LeftOut as LeftOut,
    Reason as Reason,
    WrittenManifest as WrittenManifest,
)
from .convert.folders import from_folder as from_folder
from .convert.ground_truth import from_ground_truth as from_ground_truth
from .convert.tables import from_csv as from_csv
from .images.judging import (
    ImageProblem as ImageProblem,
    Judgement as Judgement,
    LookAtImages as LookAtImages,
    Picture as Picture,
    SizeMatch as SizeMatch,
    judge as judge,
)
from .images.looking import (
    local_images as local_images,
    look_at_bytes as look_at_bytes,
    look_at_file as look_at_file,
    s3_images as s3_images,
)
from .issues import Issue as Issue
from .lines import UseCase as UseCase
from .split.split import (
    ManifestSplit as ManifestSplit,
    Part as Part,
    split_manifest as split_manifest,
)
