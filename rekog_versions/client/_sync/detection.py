"""The client's method for images."""

from rekog_versions.client._sync.driver import Driver
from rekog_versions.images import ImageRef, image_of
from rekog_versions.models.detection import CustomLabel
from rekog_versions.models.thresholds import Thresholds
from rekog_versions.operations.detection import check_filters, detect
from rekog_versions.operations.versions import VersionRef


class Detection(Driver):
    """Looking at images."""

    def detect_custom_labels(
        self,
        version: VersionRef,
        image: ImageRef,
        *,
        min_confidence: float | None = None,
        max_results: int | None = None,
        thresholds: Thresholds | None = None,
    ) -> list[CustomLabel]:
        """Asks a model that runs what is on an image.

        Without `min_confidence` and `thresholds` the service applies each label's assumed threshold, the one with the
        best F1 score on the test images. With thresholds of your own it is asked for all labels (`MinConfidence` 0),
        and those that do not reach their threshold are left out here.

        Args:
            version: Its ARN, `(project_arn, version_name)`, or a description of it. Use the ARN for many images: any
                pair is looked up each time.
            image: PNG or JPEG: bytes, the path of a file, an `S3Object` or `"s3://BUCKET/KEY"` (any other string is a
                path), or an image of Pillow's, which is encoded as it is, without its EXIF orientation. Bytes may be
                4 MB, an object in S3 15 MB.
            min_confidence: 0 to 100, for all labels alike.
            max_results: So many of the most confident labels; counted after the thresholds.
            thresholds: From which confidence on each label counts.

        Returns:
            The labels, the most confident first.

        Raises:
            ValueError: Both `min_confidence` and `thresholds` are given, the image is too large
                (`pydantic.ValidationError`), or `version` names no version; nothing was sent.
            TypeError: The image or the thresholds are of another type.
            OSError: The file can't be read.
            VersionNotFoundError: There is no version of that name.
            ServiceError: The service refused: `ResourceNotReadyError` if the model does not run.
            ResponseError: The answer can't be read.
        """
        check_filters(min_confidence, thresholds)
        return self.run_flow(detect(version, image_of(image), min_confidence, max_results, thresholds))
