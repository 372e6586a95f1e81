from .build.parsing import parse_line as parse_line
from .build.typed_lines import (
    BoundingBox as BoundingBox,
)
from .build.typed_lines import (
    ImageLabel as ImageLabel,
)
from .build.typed_lines import (
    ImageLevelLine as ImageLevelLine,
)
from .build.typed_lines import (
    ObjectLine as ObjectLine,
)
from .build.typed_lines import (
    TypedLine as TypedLine,
)
from .build.writer import ManifestWriter as ManifestWriter
from .check.check import check_manifests as check_manifests
from .check.report import (
    ManifestReport as ManifestReport,
)
from .check.report import (
    ManifestStatistics as ManifestStatistics,
)
from .codes import (
    CODES as CODES,
)
from .codes import (
    HINTS as HINTS,
)
from .codes import (
    Code as Code,
)
from .codes import (
    Level as Level,
)
from .convert.coco import from_coco as from_coco
from .convert.conversion import (
    ConversionReport as ConversionReport,
)
from .convert.conversion import (
    Converted as Converted,
)
from .convert.conversion import (
    LeftOut as LeftOut,
)
from .convert.conversion import (
    Reason as Reason,
)
from .convert.conversion import (
    WrittenManifest as WrittenManifest,
)
from .convert.folders import from_folder as from_folder
from .convert.ground_truth import from_ground_truth as from_ground_truth
from .convert.tables import from_csv as from_csv
from .images.judging import (
    ImageProblem as ImageProblem,
)
from .images.judging import (
    Judgement as Judgement,
)
from .images.judging import (
    LookAtImages as LookAtImages,
)
from .images.judging import (
    Picture as Picture,
)
from .images.judging import (
    SizeMatch as SizeMatch,
)
from .images.judging import (
    judge as judge,
)
from .images.looking import (
    local_images as local_images,
)
from .images.looking import (
    look_at_bytes as look_at_bytes,
)
from .images.looking import (
    look_at_file as look_at_file,
)
from .images.looking import (
    s3_images as s3_images,
)
from .issues import Issue as Issue
from .lines import UseCase as UseCase
from .split.split import (
    ManifestSplit as ManifestSplit,
)
from .split.split import (
    Part as Part,
)
from .split.split import (
    split_manifest as split_manifest,
)
