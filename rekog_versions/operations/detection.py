"""DetectCustomLabels without I/O, and the thresholds that it does not know."""

import math
from collections.abc import Sequence

from rekog_versions._text import printable
from rekog_versions.errors import ResponseError
from rekog_versions.models.detection import (
    CustomLabel,
    DetectCustomLabelsRequest,
    DetectCustomLabelsResponse,
    Image,
)
from rekog_versions.models.thresholds import Thresholds
from rekog_versions.operations.flows import Call, Flow, Operation, Reply
from rekog_versions.operations.versions import STAND_IN, Look, VersionRef, arn_of, whereabouts

DETECT_CUSTOM_LABELS = Operation("DetectCustomLabels", "detect_custom_labels", DetectCustomLabelsResponse)

_ROUNDING = 1e-6
"""The service counts with 24 bits; a confidence that is the threshold but for that is not below it."""


def check_filters(min_confidence: float | None, thresholds: Thresholds | None) -> None:
    """Refuses two filters at once.

    Raises:
        ValueError: Both are given.
        TypeError: `thresholds` is something else.
    """
    if thresholds is None:
        return
    if not isinstance(thresholds, Thresholds):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError(
            f"thresholds must be Thresholds, which know their unit, got {type(thresholds).__name__}; "
            "write Thresholds.fractions({...}) for 0 to 1 or Thresholds.percents({...}) for 0 to 100"
        )
    if min_confidence is not None:
        raise ValueError(
            "give min_confidence, which is one value for all labels, or thresholds, not both; for labels that have "
            "none of their own, Thresholds take a default"
        )


def detect(
    version: VersionRef,
    image: Image,
    min_confidence: float | None,
    max_results: int | None,
    thresholds: Thresholds | None,
) -> Flow[list[CustomLabel]]:
    """The flow of DetectCustomLabels, the most confident label first.

    With thresholds, the service is asked for all labels: it would count `MaxResults` before they are filtered.

    Raises:
        ValueError: Both `min_confidence` and `thresholds` are given.
        pydantic.ValidationError: A value breaks a rule; nothing was sent.
        VersionNotFoundError: There is no version of that name.
        ResponseError: The answer has neither labels nor a request id, or a label that can't be judged.
    """
    check_filters(min_confidence, thresholds)
    look = Look(whereabouts(version))
    request = DetectCustomLabelsRequest(
        project_version_arn=STAND_IN, image=image, max_results=max_results, min_confidence=min_confidence
    )
    asked: dict[str, object] = {"project_version_arn": (yield from arn_of(look))}
    if thresholds is not None:
        asked |= {"max_results": None, "min_confidence": 0.0}
    wire = request.model_copy(update=asked).to_wire()
    reply: Reply[DetectCustomLabelsResponse] = yield Call(DETECT_CUSTOM_LABELS, wire)
    labels = reply.answer.custom_labels
    if labels is None and reply.request_id is None:
        raise ResponseError(DETECT_CUSTOM_LABELS.name, reply.answer.to_dict(), "it has neither labels nor a request id")
    return list(labels or ()) if thresholds is None else passing(labels or (), thresholds)[:max_results]


def passing(labels: Sequence[CustomLabel], thresholds: Thresholds) -> list[CustomLabel]:
    """The labels that reach their thresholds, the most confident first.

    Raises:
        ResponseError: A label has no name or no confidence.
    """
    found: list[tuple[float, CustomLabel]] = []
    for label in labels:
        if label.name is None or label.confidence is None:
            raise ResponseError(
                DETECT_CUSTOM_LABELS.name,
                label.to_dict(),
                f"the label {printable(label.name)} has no name or confidence",
            )
        least = thresholds.percent(label.name)
        if least is None or label.confidence >= least or math.isclose(label.confidence, least, rel_tol=_ROUNDING):
            found.append((label.confidence, label))
    return [label for _, label in sorted(found, key=lambda item: -item[0])]
