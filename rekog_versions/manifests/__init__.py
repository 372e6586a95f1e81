"""Ground Truth manifests: read, checked, built, converted and split. No client is needed."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rekog_versions.manifests.check import check_manifests
    from rekog_versions.manifests.codes import CODES, HINTS, Code, Level
    from rekog_versions.manifests.issues import Issue
    from rekog_versions.manifests.lines import UseCase
    from rekog_versions.manifests.report import ManifestReport, ManifestStatistics

_MODULES = {
    "CODES": "codes",
    "HINTS": "codes",
    "Code": "codes",
    "Issue": "issues",
    "Level": "codes",
    "ManifestReport": "report",
    "ManifestStatistics": "report",
    "UseCase": "lines",
    "check_manifests": "check",
}
"""Where each public name is: it is imported when it is asked for, so that this package costs next to nothing."""

__all__ = [
    "CODES",
    "HINTS",
    "Code",
    "Issue",
    "Level",
    "ManifestReport",
    "ManifestStatistics",
    "UseCase",
    "check_manifests",
]


def __getattr__(name: str) -> object:
    from importlib import import_module  # noqa: PLC0415

    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
