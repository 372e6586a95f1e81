"""Find many versions of a project with the fewest calls. The decisions are here, without I/O.

DescribeProjectVersions takes ten names, or lists the whole project in pages of a hundred, the latest version first.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from rekog_versions._aws.operations import DESCRIBE_PROJECT_VERSIONS
from rekog_versions.errors import ResponseError
from rekog_versions.models._constraints import NAMES_PER_CALL
from rekog_versions.models.versions import ProjectVersionDescription

PAGE_SIZE = 100


@dataclass
class PageEstimate:
    """The estimated number of pages that contain the wanted versions of a project. Each search improves it.

    An account may have 100 versions in a project unless its quota was raised, so the first estimate is one page.
    """

    pages: int = 1

    def left(self, read: int) -> int:
        """Return how many more pages are needed after `read` pages. If the estimate was too low, it is doubled."""
        return self.pages - read if read < self.pages else read


def is_cheaper_by_name(wanted: int, pages: int) -> bool:
    """Return True if calls with ten names each are not more than calls for pages. Names are certain to be found."""
    return -(-wanted // NAMES_PER_CALL) <= pages


class VersionSearch:
    """The search for versions of a project by their names, in pages or with ten names a call.

    Args:
        project_arn: The project.
        names: The names of the wanted versions.
        estimate: The estimate for the project, which the search improves.

    Attributes:
        found: The descriptions by name, complete or, after an error, in part. It can contain other versions too.
    """

    def __init__(self, project_arn: str, names: Collection[str], estimate: PageEstimate | None = None) -> None:
        self.project_arn = project_arn
        self.names = list(names)
        self.found: dict[str, ProjectVersionDescription] = {}
        self._missing = dict.fromkeys(names)
        self._nameless: list[ProjectVersionDescription] = []
        self._estimate = estimate or PageEstimate()
        self._pages_read = 0
        self._is_whole = False

    @property
    def reads_pages(self) -> bool:
        """True if the search begins with pages of the whole project."""
        return not is_cheaper_by_name(len(self._missing), self._estimate.pages)

    @property
    def missing(self) -> list[str]:
        """The names to request; empty if all were found, or if the whole project was read."""
        return [] if self._is_whole else list(self._missing)

    def take_page(self, descriptions: Sequence[ProjectVersionDescription]) -> bool:
        """Take a page of the project, and return True if the next page should be read."""
        self._pages_read += 1
        self.take_named(descriptions)
        left = self._estimate.left(self._pages_read)
        return bool(self._missing) and not is_cheaper_by_name(len(self._missing), left)

    def end_pages(self, *, is_whole: bool) -> None:
        """Improve the estimate after the last page that was read."""
        self._is_whole = is_whole
        read = self._pages_read
        self._estimate.pages = read if is_whole or not self._missing else read + self._estimate.left(read)

    def take_named(self, descriptions: Sequence[ProjectVersionDescription]) -> bool:
        """Take a response to a request with names, and return True: the next one should be sent too."""
        for description in descriptions:
            name = description.version_name
            if name is None:
                self._nameless.append(description)
            else:
                self.found[name] = description
                self._missing.pop(name, None)
        return True

    def check_names(self) -> None:
        """Check that no wanted version is missing while the response has versions without a readable name.

        Raises:
            ResponseError: One of these versions may be a missing one.
        """
        if self._missing and self._nameless:
            raise ResponseError(
                DESCRIBE_PROJECT_VERSIONS.name,
                [description.to_dict() for description in self._nameless],
                f"it has a version whose ARN contains no name, which may be {' or '.join(map(repr, self._missing))}; "
                "wait_until_trained() requests one version at a time",
            )
