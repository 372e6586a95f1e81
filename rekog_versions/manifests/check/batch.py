"""What was read of lines in which nothing is wrong, many at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from rekog_versions.manifests.boxes import Frame
from rekog_versions.manifests.lines import SOURCE_REF


@dataclass(slots=True)
class Batch:
    """What was read of some lines, by several schemas and line by line: in no order but where it says so."""

    references: list[str] = field(default_factory=list[str])
    """The `source-ref` of each image."""
    numbers: list[int] = field(default_factory=list[int])
    """The number of each image's line."""
    classes: list[str] = field(default_factory=list[str])
    """The image-level labels, a label once an image."""
    located: list[str] = field(default_factory=list[str])
    """The labels of the boxes, a label once an image."""
    boxes: list[str] = field(default_factory=list[str])
    """The labels of the boxes, one a box."""
    both: list[str] = field(default_factory=list[str])
    """The labels that an image has in both ways."""
    classed: int = 0
    """Images with image-level labels."""
    boxed: int = 0
    """Images with boxes."""
    bucket: str = ""
    """How the last `source-ref` begins that was looked at closely, up to the key; empty before there is one."""
    crowded: list[int] = field(default_factory=list[int])
    """The places in `references` of images with too many labels."""
    twice: list[int] = field(default_factory=list[int])
    """The places in `references` of images with two attributes of the same boxes."""
    frames: list[Frame | None] | None = None
    """The frame of each image, None without boxes; None as a whole if nobody wants to know."""
    class_maps: list[tuple[int, str, Mapping[str, str]]] | None = None
    """The place in `references`, the attribute and its class map; None if nobody wants to know."""

    @property
    def order(self) -> list[int]:
        """The places in `references`, in the order of the lines."""
        return sorted(range(len(self.numbers)), key=self.numbers.__getitem__)

    def accepts(self, reference: str) -> bool:
        """Whether a `source-ref` is a valid one."""
        if not SOURCE_REF.fullmatch(reference):
            return False
        self.bucket = reference[: reference.index("/", len("s3://")) + 1]
        return True

    def are_in_bucket(self, references: Sequence[str]) -> bool:
        """Whether all of some `source-ref`s are valid and begin like the last one that was looked at closely."""
        if not self.bucket:
            self.accepts(references[0])
        # what begins the first and the last of them in order begins all of them
        first, last = min(references), max(references)
        return (
            bool(self.bucket)
            and first.startswith(self.bucket)
            and last.startswith(self.bucket)
            and first != self.bucket
        )
