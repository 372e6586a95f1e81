from .build.parsing import parse_manifest_line as parse_manifest_line
from .build.typed_lines import (
    ImageLabel as ImageLabel,
)
from .build.typed_lines import (
    ImageLevelLine as ImageLevelLine,
)
from .build.typed_lines import (
    LabeledBox as LabeledBox,
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
    ConversionIssue as ConversionIssue,
)
from .convert.conversion import (
    ConversionReason as ConversionReason,
)
from .convert.conversion import (
    ConversionReport as ConversionReport,
)
from .convert.conversion import (
    ConvertedLines as ConvertedLines,
)
from .convert.conversion import (
    WrittenManifest as WrittenManifest,
)
from .convert.csv_file import from_csv as from_csv
from .convert.folders import from_folder as from_folder
from .convert.ground_truth import from_ground_truth as from_ground_truth
from .images.image_check import (
    ImageInfo as ImageInfo,
)
from .images.image_check import (
    ImageProblem as ImageProblem,
)
from .images.image_check import (
    ImageReader as ImageReader,
)
from .images.image_check import (
    ImageSizeMatch as ImageSizeMatch,
)
from .images.image_check import (
    ImageVerdict as ImageVerdict,
)
from .images.image_check import (
    check_image as check_image,
)
from .images.readers import (
    image_info_from_bytes as image_info_from_bytes,
)
from .images.readers import (
    image_info_from_file as image_info_from_file,
)
from .images.readers import (
    images_from_folder as images_from_folder,
)
from .images.readers import (
    images_from_s3 as images_from_s3,
)
from .issues import Issue as Issue
from .lines import UseCase as UseCase
from .sources import ManifestSource as ManifestSource
from .split import (
    ManifestSplit as ManifestSplit,
)
from .split import (
    SplitPart as SplitPart,
)
from .split import (
    split_manifest as split_manifest,
)
