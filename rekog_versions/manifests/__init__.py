"""Ground Truth manifests: read, checked, built, converted and split. No client is needed."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rekog_versions.manifests.building.parsing import parse_line
    from rekog_versions.manifests.building.typed_lines import (
        BoundingBox,
        ImageLabel,
        ImageLevelLine,
        ObjectLine,
        TypedLine,
    )
    from rekog_versions.manifests.building.writer import ManifestWriter
    from rekog_versions.manifests.checking.check import check_manifests
    from rekog_versions.manifests.checking.report import ManifestReport, ManifestStatistics
    from rekog_versions.manifests.codes import CODES, HINTS, Code, Level
    from rekog_versions.manifests.converting.coco import from_coco
    from rekog_versions.manifests.converting.conversion import (
        ConversionReport,
        Converted,
        LeftOut,
        Reason,
        WrittenManifest,
    )
    from rekog_versions.manifests.converting.folders import from_folder
    from rekog_versions.manifests.converting.ground_truth import from_ground_truth
    from rekog_versions.manifests.converting.tables import from_csv
    from rekog_versions.manifests.images.judging import ImageProblem, Judgement, LookAtImages, Picture, SizeMatch, judge
    from rekog_versions.manifests.images.looking import local_images, look_at_bytes, look_at_file, s3_images
    from rekog_versions.manifests.issues import Issue
    from rekog_versions.manifests.lines import UseCase
    from rekog_versions.manifests.splitting.split import ManifestSplit, Part, split_manifest

_MODULES = {
    "BoundingBox": "building.typed_lines",
    "CODES": "codes",
    "Code": "codes",
    "ConversionReport": "converting.conversion",
    "Converted": "converting.conversion",
    "HINTS": "codes",
    "ImageLabel": "building.typed_lines",
    "ImageLevelLine": "building.typed_lines",
    "ImageProblem": "images.judging",
    "Issue": "issues",
    "Judgement": "images.judging",
    "LeftOut": "converting.conversion",
    "Level": "codes",
    "LookAtImages": "images.judging",
    "ManifestReport": "checking.report",
    "ManifestSplit": "splitting.split",
    "ManifestStatistics": "checking.report",
    "ManifestWriter": "building.writer",
    "ObjectLine": "building.typed_lines",
    "Part": "splitting.split",
    "Picture": "images.judging",
    "Reason": "converting.conversion",
    "SizeMatch": "images.judging",
    "TypedLine": "building.typed_lines",
    "UseCase": "lines",
    "WrittenManifest": "converting.conversion",
    "check_manifests": "checking.check",
    "from_coco": "converting.coco",
    "from_csv": "converting.tables",
    "from_folder": "converting.folders",
    "from_ground_truth": "converting.ground_truth",
    "judge": "images.judging",
    "local_images": "images.looking",
    "look_at_bytes": "images.looking",
    "look_at_file": "images.looking",
    "parse_line": "building.parsing",
    "s3_images": "images.looking",
    "split_manifest": "splitting.split",
}
"""Where each public name is: it is imported when it is asked for, so that this package costs next to nothing."""

__all__ = [
    "CODES",
    "HINTS",
    "BoundingBox",
    "Code",
    "ConversionReport",
    "Converted",
    "ImageLabel",
    "ImageLevelLine",
    "ImageProblem",
    "Issue",
    "Judgement",
    "LeftOut",
    "Level",
    "LookAtImages",
    "ManifestReport",
    "ManifestSplit",
    "ManifestStatistics",
    "ManifestWriter",
    "ObjectLine",
    "Part",
    "Picture",
    "Reason",
    "SizeMatch",
    "TypedLine",
    "UseCase",
    "WrittenManifest",
    "check_manifests",
    "from_coco",
    "from_csv",
    "from_folder",
    "from_ground_truth",
    "judge",
    "local_images",
    "look_at_bytes",
    "look_at_file",
    "parse_line",
    "s3_images",
    "split_manifest",
]


def __getattr__(name: str) -> object:
    from importlib import import_module  # noqa: PLC0415

    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
