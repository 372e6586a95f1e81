"""Ground Truth manifests: read, checked, built, converted and split. No client is needed."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rekog_versions.manifests.build import BoundingBox, ImageLabel, ImageLevelLine, ObjectLine, TypedLine
    from rekog_versions.manifests.check import check_manifests
    from rekog_versions.manifests.coco import from_coco
    from rekog_versions.manifests.codes import CODES, HINTS, Code, Level
    from rekog_versions.manifests.converting import ConversionReport, Converted, LeftOut, Reason, WrittenManifest
    from rekog_versions.manifests.folders import from_folder
    from rekog_versions.manifests.ground_truth import from_ground_truth
    from rekog_versions.manifests.images import ImageProblem, Judgement, LookAtImages, Picture, SizeMatch, judge
    from rekog_versions.manifests.issues import Issue
    from rekog_versions.manifests.lines import UseCase
    from rekog_versions.manifests.looking import local_images, look_at_bytes, look_at_file, s3_images
    from rekog_versions.manifests.parsing import parse_line
    from rekog_versions.manifests.report import ManifestReport, ManifestStatistics
    from rekog_versions.manifests.split import ManifestSplit, Part, split_manifest
    from rekog_versions.manifests.tables import from_csv
    from rekog_versions.manifests.writer import ManifestWriter

_MODULES = {
    "BoundingBox": "build",
    "CODES": "codes",
    "Code": "codes",
    "ConversionReport": "converting",
    "Converted": "converting",
    "HINTS": "codes",
    "ImageLabel": "build",
    "ImageLevelLine": "build",
    "ImageProblem": "images",
    "Issue": "issues",
    "Judgement": "images",
    "LeftOut": "converting",
    "Level": "codes",
    "LookAtImages": "images",
    "ManifestReport": "report",
    "ManifestSplit": "split",
    "ManifestStatistics": "report",
    "ManifestWriter": "writer",
    "ObjectLine": "build",
    "Part": "split",
    "Picture": "images",
    "Reason": "converting",
    "SizeMatch": "images",
    "TypedLine": "build",
    "UseCase": "lines",
    "WrittenManifest": "converting",
    "check_manifests": "check",
    "from_coco": "coco",
    "from_csv": "tables",
    "from_folder": "folders",
    "from_ground_truth": "ground_truth",
    "judge": "images",
    "local_images": "looking",
    "look_at_bytes": "looking",
    "look_at_file": "looking",
    "parse_line": "parsing",
    "s3_images": "looking",
    "split_manifest": "split",
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
