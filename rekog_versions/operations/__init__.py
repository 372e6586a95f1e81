"""The operations without I/O, a module a subject: which call takes what, how pages follow, whose version it is."""

from rekog_versions.operations.versions import VersionRef

__all__ = ["VersionRef"]
