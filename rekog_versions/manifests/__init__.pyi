from .build.parsing import parse_manifest_line as parse_manifest_line
from .build.typed_lines import (
    ImageLabel as ImageLabel,
    ImageLevelLine as ImageLevelLine,
    LabeledBox as LabeledBox,
    ModerationLine as ModerationLine,
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
    HINTS as HINTS,
    Code as Code,
    Level as Level,
)
from .convert.automl import from_automl_csv as from_automl_csv
from .convert.azure_custom_vision import from_azure_custom_vision as from_azure_custom_vision
from .convert.coco import from_coco as from_coco
from .convert.conversion import (
    ConvertedLines as ConvertedLines,
    WrittenManifest as WrittenManifest,
)
from .convert.csv_boxes import from_csv_boxes as from_csv_boxes
from .convert.csv_file import from_csv as from_csv
from .convert.cvat import from_cvat as from_cvat
from .convert.detections import DetectionSource as DetectionSource, from_detections as from_detections
from .convert.folders import from_folder as from_folder
from .convert.ground_truth import from_ground_truth as from_ground_truth
from .convert.label_studio import from_label_studio as from_label_studio
from .convert.labelme import from_labelme as from_labelme
from .convert.left_out import (
    ConversionIssue as ConversionIssue,
    ConversionReason as ConversionReason,
    ConversionReport as ConversionReport,
)
from .convert.places import ImagePlaces as ImagePlaces
from .convert.via import from_via as from_via
from .convert.voc import from_voc as from_voc
from .convert.yolo import from_yolo as from_yolo
from .export.coco import to_coco as to_coco
from .export.dataset import WrittenDataset as WrittenDataset
from .export.images import ExportSource as ExportSource
from .export.voc import to_voc as to_voc
from .export.yolo import to_yolo as to_yolo
from .images.image_check import (
    ImageInfo as ImageInfo,
    ImageProblem as ImageProblem,
    ImageReader as ImageReader,
    ImageSizeMatch as ImageSizeMatch,
    ImageVerdict as ImageVerdict,
    check_image as check_image,
)
from .images.readers import (
    StoredImages as StoredImages,
    image_info_from_bytes as image_info_from_bytes,
    image_info_from_file as image_info_from_file,
    images_from_folder as images_from_folder,
    images_from_s3 as images_from_s3,
)
from .issues import Issue as Issue
from .lines import UseCase as UseCase
from .sources import ManifestSource as ManifestSource
from .split import (
    ManifestSplit as ManifestSplit,
    SplitPart as SplitPart,
    split_manifest as split_manifest,
)
from .statistics.compare import compare_manifests as compare_manifests
from .statistics.contact_sheet import contact_sheet as contact_sheet
from .statistics.describe import describe_manifest as describe_manifest
from .statistics.description import (
    LabelDescription as LabelDescription,
    LabelPair as LabelPair,
    ManifestDescription as ManifestDescription,
    RepeatedImage as RepeatedImage,
)
from .statistics.differences import (
    ChangeKind as ChangeKind,
    ImageChange as ImageChange,
    ManifestComparison as ManifestComparison,
    ManifestLabelChange as ManifestLabelChange,
    ManifestSide as ManifestSide,
)
from .statistics.distribution import Distribution as Distribution
from .statistics.lookalikes import (
    SimilarImage as SimilarImage,
    SimilarImages as SimilarImages,
    SimilarityReport as SimilarityReport,
    find_similar_images as find_similar_images,
)
from .upload import (
    UploadProgress as UploadProgress,
    UploadReport as UploadReport,
    upload_images as upload_images,
)
