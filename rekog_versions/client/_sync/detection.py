# Generated from rekog_versions/client/_async/detection.py. Change that file, then run scripts/unasync.py.
"""The client's method for analyzing images."""

from __future__ import annotations

from rekog_versions import models
from rekog_versions._aws.operations import DETECT_CUSTOM_LABELS
from rekog_versions._notes import noted_only
from rekog_versions.client._sync.lookup import version_arn
from rekog_versions.client.base import ClientBase
from rekog_versions.client.detection_images import ImageRef, image_for_request, image_note
from rekog_versions.client.detection_thresholds import check_filters, labels_above
from rekog_versions.errors import ImageTooLargeError, InvalidImageFormatError, InvalidParameterError, ResponseError
from rekog_versions.models.references import SoughtVersion, VersionRef, VersionReference


class Detection(ClientBase):
    """Analyzing images."""

    def detect_custom_labels(
        self,
        version: VersionRef,
        image: ImageRef,
        *,
        min_confidence: float | None = None,
        max_results: int | None = None,
        thresholds: models.Thresholds | None = None,
    ) -> list[models.CustomLabel]:
        """Detect labels in an image with a running model.

        Without `min_confidence` and `thresholds`, the service applies each label's assumed threshold, which has the
        best F1 score on the test images. With `thresholds`, the service is asked for all labels (`MinConfidence` 0),
        and the labels below their threshold are left out here.

        Args:
            version: Its ARN, `(project_arn, version_name)`, or a description of it. For many images, pass the ARN: a
                pair is looked up for each call.
            image: A PNG or JPEG image: bytes, the path of a file, an `S3Object` or `"s3://BUCKET/KEY"` (any other
                string is a path), or a Pillow image, which is encoded with its EXIF orientation. Bytes may have at
                most 4 MB, an object in S3 15 MB.
            min_confidence: 0 to 100, for all labels. A value up to 1 leads to a warning.
            max_results: The number of labels, the most confident first; counted after the thresholds.
            thresholds: The least confidence of each label.

        Returns:
            The labels, the most confident first.

        Raises:
            ValueError: Both `min_confidence` and `thresholds` are given, the image is too large
                (`pydantic.ValidationError`), or `version` does not name a version; nothing was sent.
            TypeError: The image or the thresholds have another type.
            OSError: The file cannot be read.
            VersionNotFoundError: The version does not exist.
            ServiceError: The service rejected the request: `ResourceNotReadyError` if the model is not running.
            ResponseError: The response cannot be parsed.
        """
        check_filters(min_confidence, thresholds)
        sought = SoughtVersion(VersionReference.parse(version))
        settings = models.DetectionSettings(
            image=self.run_blocking(image_for_request, image),
            max_results=max_results,
            min_confidence=min_confidence,
        )
        if thresholds is not None:
            # the service would count MaxResults before the labels are filtered here
            settings = settings.model_copy(update={"max_results": None, "min_confidence": 0.0})
        arn = version_arn(self, sought)
        try:
            reply = self.call(DETECT_CUSTOM_LABELS, {"ProjectVersionArn": str(arn), **settings.to_wire()})
        except (ImageTooLargeError, InvalidImageFormatError, InvalidParameterError) as error:
            note = image_note(settings.image)
            raise error if note is None else noted_only(error, note) from None
        labels = reply.response.custom_labels
        if labels is None and reply.request_id is None:
            raise ResponseError(
                DETECT_CUSTOM_LABELS.name, reply.response.to_dict(), "it has neither labels nor a request id"
            )
        if thresholds is None:
            return list(labels or ())
        return labels_above(labels or (), thresholds)[:max_results]
