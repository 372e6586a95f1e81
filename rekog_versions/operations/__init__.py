"""The operations without I/O, a module a subject: which call takes what, how pages follow, whose version it is.

Here stand the names that other parts of the package build on.
"""

from rekog_versions.operations.flows import Attempt, Call, Flow, Operation, Reply, Sleep, request_of
from rekog_versions.operations.listings import Listing, following
from rekog_versions.operations.projects import find_project, list_projects
from rekog_versions.operations.versions import (
    CREATE_PROJECT_VERSION,
    DESCRIBE_PROJECT_VERSIONS,
    Look,
    VersionRef,
    Whereabouts,
    get_version,
    list_versions,
    whereabouts,
)

__all__ = [
    "CREATE_PROJECT_VERSION",
    "DESCRIBE_PROJECT_VERSIONS",
    "Attempt",
    "Call",
    "Flow",
    "Listing",
    "Look",
    "Operation",
    "Reply",
    "Sleep",
    "VersionRef",
    "Whereabouts",
    "find_project",
    "following",
    "get_version",
    "list_projects",
    "list_versions",
    "request_of",
    "whereabouts",
]
