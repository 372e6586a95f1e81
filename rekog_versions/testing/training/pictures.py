"""The images that manifests name, as they lie in the emulated S3."""

from rekog_versions.manifests.images import ImageProblem, Picture
from rekog_versions.testing.images import kind_of, read_size
from rekog_versions.testing.storage import Storage, StorageError


class Pictures:
    """Finds what is where a `source-ref` points."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def look(self, source_ref: str) -> Picture:
        """Looks at an image: at its header, which needs no library, for only two formats are any good."""
        bucket, _, key = source_ref.removeprefix("s3://").partition("/")
        try:
            content = self._storage.read(bucket, key)
        except StorageError:
            return Picture(problem=ImageProblem.NOT_FOUND)
        size, kind = read_size(content), kind_of(content)
        if kind is None or size is None:
            return Picture(format=kind, size=len(content), problem=ImageProblem.NO_PICTURE)
        return Picture(format=kind, width=size.width, height=size.height, size=len(content))
