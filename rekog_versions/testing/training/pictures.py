"""The images that manifests name, as they lie in the emulated S3."""

from rekog_versions.manifests.images.image_check import ImageInfo, ImageProblem
from rekog_versions.manifests.images.readers import image_info_from_bytes
from rekog_versions.testing.storage import Storage, StorageError


class Pictures:
    """Finds what is where a `source-ref` points."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def look(self, source_ref: str) -> ImageInfo:
        """Looks at an image."""
        bucket, _, key = source_ref.removeprefix("s3://").partition("/")
        try:
            content = self._storage.read(bucket, key)
        except StorageError as error:
            return ImageInfo(problem=ImageProblem.NOT_FOUND, detail=str(error))
        return image_info_from_bytes(content)
