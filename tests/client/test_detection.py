"""Detecting labels: the image and the filters of the request, and the labels that thresholds leave; both clients."""

import base64
import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from pydantic import ValidationError

from rekog_versions import (
    LimitExceededError,
    OutputConfig,
    ResponseError,
    S3Object,
    VersionNotFoundError,
    VersionsClient,
)
from rekog_versions.client import detection_images
from rekog_versions.client.detection_images import MOST_ENCODED_BYTES, image_for_request
from rekog_versions.client.detection_thresholds import labels_above
from rekog_versions.errors import ImageTooLargeError, InvalidImageFormatError, ResourceNotReadyError
from rekog_versions.models.detection import CustomLabel, Image as RequestImage
from rekog_versions.models.thresholds import Thresholds
from tests.conftest import Driver
from tests.wire import PROJECT, VERSION, HttpResponse, Wire, at, rejection, versions

DETECT, DESCRIBE = "DetectCustomLabels", "DescribeProjectVersions"
PNG = b"\x89PNG and so on"


def label(name: str, confidence: float, **members: Any) -> dict[str, Any]:
    return {"Name": name, "Confidence": confidence, **members}


def detected(*labels: dict[str, Any]) -> HttpResponse:
    return HttpResponse({"CustomLabels": list(labels)})


def sent_image(wire: Wire) -> dict[str, Any]:
    """Return the image of the last request."""
    image: dict[str, Any] = wire.requests_of(DETECT)[-1]["Image"]
    return image


def sent_bytes(wire: Wire) -> bytes:
    (content,) = sent_image(wire).values()
    return base64.b64decode(content)


def named(labels: list[CustomLabel]) -> list[tuple[str | None, float | None]]:
    return [(found.name, found.confidence) for found in labels]


def test_detected_labels_have_their_boxes(wire: Wire, driver: Driver) -> None:
    box = {"Width": 0.5, "Height": 0.25, "Left": 0.1, "Top": 0.2}
    wire.on(DETECT, detected(label("cat", 98.5, Geometry={"BoundingBox": box}), label("dog", 40.25)))
    cat, dog = driver.over(wire.client())("detect_custom_labels", VERSION, PNG, min_confidence=30, max_results=5)
    assert cat.geometry.bounding_box.to_dict() == box
    assert named([cat, dog]) == [("cat", 98.5), ("dog", 40.25)]
    assert dog.geometry is None
    assert sent_bytes(wire) == PNG
    (asked,) = wire.requests_of(DETECT)
    assert asked.keys() == {"ProjectVersionArn", "Image", "MinConfidence", "MaxResults"}
    assert (asked["MinConfidence"], asked["MaxResults"]) == (30, 5)


def test_without_filters_none_are_sent(wire: Wire, driver: Driver) -> None:
    wire.on(DETECT, detected())
    assert driver.over(wire.client())("detect_custom_labels", VERSION, PNG) == []
    assert wire.requests_of(DETECT)[0].keys() == {"ProjectVersionArn", "Image"}


def test_only_a_version_given_by_name_is_looked_up(wire: Wire, driver: Driver) -> None:
    wire.on(DETECT, detected()).on(DESCRIBE, *at("RUNNING"))
    call = driver.over(wire.client())
    call("detect_custom_labels", VERSION, PNG)
    assert wire.requests_of(DESCRIBE) == []
    call("detect_custom_labels", (PROJECT, "v1"), PNG)
    assert wire.requests_of(DETECT)[0] == wire.requests_of(DETECT)[1]
    wire.on(DESCRIBE, versions())
    with pytest.raises(VersionNotFoundError):
        call("detect_custom_labels", (PROJECT, "v1"), PNG)


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview, str, Path])
def test_bytes_and_files_are_sent_unchanged(kind: Any, wire: Wire, driver: Driver, tmp_path: Path) -> None:
    wire.on(DETECT, detected())
    place = tmp_path / "größe #1%.png"
    place.write_bytes(PNG)
    driver.over(wire.client())("detect_custom_labels", VERSION, kind(place if kind in (str, Path) else PNG))
    assert sent_bytes(wire) == PNG


@pytest.mark.parametrize(
    ("image", "asked"),
    [
        ("s3://data/a b#?%.png", {"Bucket": "data", "Name": "a b#?%.png"}),
        (
            S3Object(bucket="data", name="1.png", version="v7"),
            {"Bucket": "data", "Name": "1.png", "Version": "v7"},
        ),
        (RequestImage(s3_object=S3Object(bucket="data", name="1.png")), {"Bucket": "data", "Name": "1.png"}),
    ],
)
def test_an_object_in_s3_is_named_and_not_read(image: Any, asked: Any, wire: Wire, driver: Driver) -> None:
    wire.on(DETECT, detected())
    driver.over(wire.client())("detect_custom_labels", VERSION, image)
    assert sent_image(wire) == {"S3Object": asked}


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "P", "1", "CMYK", "YCbCr"])
def test_a_pillow_image_of_any_mode_is_encoded_as_png(mode: str, wire: Wire, driver: Driver) -> None:
    wire.on(DETECT, detected())
    driver.over(wire.client())("detect_custom_labels", VERSION, Image.new(mode, (80, 64)))
    again = Image.open(io.BytesIO(sent_bytes(wire)))
    assert (again.format, again.size) == ("PNG", (80, 64))


def test_a_pillow_image_from_a_jpeg_file_is_encoded_as_jpeg(wire: Wire, driver: Driver, tmp_path: Path) -> None:
    wire.on(DETECT, detected())
    Image.new("L", (80, 64)).save(tmp_path / "1.jpg")
    with Image.open(tmp_path / "1.jpg") as image:
        driver.over(wire.client())("detect_custom_labels", VERSION, image)
    assert Image.open(io.BytesIO(sent_bytes(wire))).format == "JPEG"


def noise(width: int, height: int) -> Image.Image:
    """Return an image that no format can compress well."""
    return Image.effect_noise((width, height), 100).convert("RGB")


def test_an_image_that_is_too_large_as_png_is_encoded_as_jpeg(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(detection_images, "MOST_ENCODED_BYTES", 20_000)
    asked = image_for_request(noise(160, 120))
    assert asked.bytes is not None
    assert len(asked.bytes) <= 20_000
    assert Image.open(io.BytesIO(asked.bytes)).format == "JPEG"


class TooLargeImage:
    """An image that is a byte too large in every format."""

    mode = "RGB"

    def __init__(self) -> None:
        self.saved: list[tuple[str | None, Any]] = []

    def save(self, fp: Any, format: str | None = None, **params: Any) -> None:  # noqa: A002
        self.saved.append((format, params.get("quality")))
        fp.write(b"x" * (MOST_ENCODED_BYTES + 1))

    def convert(self, mode: str) -> "TooLargeImage":
        return self


def test_an_image_that_is_too_large_in_every_encoding_is_rejected() -> None:
    image = TooLargeImage()
    with pytest.raises(ValueError, match="more than 4 MB even as a JPEG of quality 70"):
        image_for_request(image)
    assert image.saved == [("PNG", None), ("JPEG", 95), ("JPEG", 90), ("JPEG", 80), ("JPEG", 70)]


@pytest.mark.parametrize(
    ("image", "error", "says"),
    [
        (b"", ValidationError, "must have 1 to 5,242,880 bytes, got 0"),
        (b"x" * 5_242_881, ValidationError, r"got 5,242,881\. The developer guide allows 4 MB"),
        ("s3://data", ValueError, "uri must have the form s3://BUCKET/KEY"),
        ("", ValueError, "the path of a file or s3://BUCKET/KEY"),
        ("https://example.com/cat.png", ValueError, "got 'https://example.com/cat.png'.* pass its bytes"),
        ("no/such/file.png", FileNotFoundError, "no/such/file.png"),
        (5, TypeError, "an S3Object, an s3:// URI or a Pillow image, got int"),
        (OutputConfig(s3_bucket="data"), TypeError, "got OutputConfig"),
        # Pillow would convert the first to white and the second to black
        (Image.new("I;16", (80, 64), 30_000), ValueError, "mode I;16 .* convert it to L or RGB"),
        (Image.new("F", (80, 64), 0.7), ValueError, "mode F .* convert it to L or RGB"),
    ],
)
def test_an_invalid_image_is_rejected_before_any_request(
    image: Any, error: type[Exception], says: str, wire: Wire, driver: Driver
) -> None:
    with pytest.raises(error, match=says):
        driver.over(wire.client())("detect_custom_labels", (PROJECT, "v1"), image)
    assert wire.sent == []


def test_a_bare_number_as_thresholds_raises_an_error_that_names_default() -> None:
    wrong: Any = 0.5
    with pytest.raises(TypeError, match=r"got float\. .* Thresholds.fractions\(\{\}, default=0.5\)"):
        Thresholds.fractions(wrong)


@pytest.mark.parametrize(
    ("filters", "error", "says"),
    [
        ({"min_confidence": 101}, ValidationError, "less than or equal to 100"),
        ({"max_results": -1}, ValidationError, "greater than or equal to 0"),
        ({"min_confidence": 50, "thresholds": Thresholds.percents({})}, ValueError, "not both"),
        ({"thresholds": {"cat": 0.5}}, TypeError, r"use Thresholds\.fractions"),
        ({"thresholds": Thresholds.percents({}), "max_results": -1}, ValidationError, "greater than or equal to 0"),
    ],
)
def test_invalid_filters_of_labels_are_rejected_before_any_request(
    filters: dict[str, Any], error: type[Exception], says: str, wire: Wire, driver: Driver
) -> None:
    with pytest.raises(error, match=says):
        driver.over(wire.client())("detect_custom_labels", (PROJECT, "v1"), PNG, **filters)
    assert wire.sent == []


FIVE_LABELS = detected(
    label("cat", 90.0), label("dog", 70.0), label("cat", 61.5), label("bird", 20.0), label("dog", 5.0)
)


@pytest.mark.parametrize(
    ("thresholds", "left"),
    [
        (Thresholds.percents({"cat": 62, "dog": 5}), [("cat", 90.0), ("dog", 70.0), ("bird", 20.0), ("dog", 5.0)]),
        (Thresholds.fractions({"cat": 0.615, "dog": 0.71}), [("cat", 90.0), ("cat", 61.5), ("bird", 20.0)]),
        (Thresholds.fractions({"cat": 0.9}, default=0.3), [("cat", 90.0), ("dog", 70.0)]),
        (Thresholds.percents({}, default=100), []),
    ],
)
def test_each_label_is_filtered_by_its_threshold(thresholds: Thresholds, left: Any, wire: Wire, driver: Driver) -> None:
    wire.on(DETECT, FIVE_LABELS)
    assert named(driver.over(wire.client())("detect_custom_labels", VERSION, PNG, thresholds=thresholds)) == left
    assert wire.requests_of(DETECT)[0]["MinConfidence"] == 0


def test_max_results_counts_the_labels_that_pass_the_thresholds(wire: Wire, driver: Driver) -> None:
    wire.on(DETECT, detected(label("cat", 90.0), label("dog", 70.0), label("bird", 80.0), label("dog", 60.0)))
    found = driver.over(wire.client())(
        "detect_custom_labels", VERSION, PNG, thresholds=Thresholds.percents({"cat": 95}), max_results=2
    )
    assert named(found) == [("bird", 80.0), ("dog", 70.0)]
    assert "MaxResults" not in wire.requests_of(DETECT)[0]  # the service would also count the cat


def test_a_confidence_equal_to_the_threshold_passes_in_either_unit(wire: Wire) -> None:
    """0.07 is not exactly 7 hundredths in binary, and 7.000000000000001 percent is more than 7."""
    client = VersionsClient(wire.client())
    for percent in range(101):
        wire.on(DETECT, detected(label("cat", percent)))
        for thresholds in (
            Thresholds.fractions({"cat": percent / 100}),
            Thresholds.percents({"cat": percent, "dog": 100}),
        ):
            assert client.detect_custom_labels(VERSION, PNG, thresholds=thresholds), percent


def test_a_label_without_confidence_is_invalid_only_with_thresholds(wire: Wire, driver: Driver) -> None:
    call = driver.over(wire.on(DETECT, HttpResponse({"CustomLabels": [{"Name": "cat"}]})).client())
    with pytest.raises(ResponseError, match="the label cat has no name or confidence"):
        call("detect_custom_labels", VERSION, PNG, thresholds=Thresholds.percents({}))
    assert named(call("detect_custom_labels", VERSION, PNG)) == [("cat", None)]


@pytest.mark.parametrize(
    ("code", "error", "says"),
    [
        ("ResourceNotReadyException", ResourceNotReadyError, "wait_until_running(version)"),
        ("ImageTooLargeException", ImageTooLargeError, "must be a PNG or JPEG file, and its format is unknown"),
        ("InvalidImageFormatException", InvalidImageFormatError, "PNG or JPEG"),
        ("LimitExceededException", LimitExceededError, "inference units"),
    ],
)
def test_rejected_detections_say_what_to_do(
    code: str, error: type[Exception], says: str, wire: Wire, driver: Driver
) -> None:
    wire.on(DETECT, rejection(code))
    with pytest.raises(error) as caught:
        driver.over(wire.client())("detect_custom_labels", VERSION, PNG)
    assert says in caught.value.__notes__[0]


def test_a_page_from_a_proxy_does_not_count_as_an_image_without_labels(wire: Wire, driver: Driver) -> None:
    wire.on(DETECT, HttpResponse("<html>welcome</html>", headers={}), HttpResponse({}))
    call = driver.over(wire.client())
    with pytest.raises(ResponseError, match="neither labels nor a request id"):
        call("detect_custom_labels", VERSION, PNG)
    assert call("detect_custom_labels", VERSION, PNG) == []


def test_a_misspelt_label_in_thresholds_causes_a_warning() -> None:
    found = [CustomLabel(name=name, confidence=90) for name in ("circle", "square")]
    with pytest.warns(UserWarning, match="'circle' was detected and has no threshold.*one for 'cirlce'"):
        kept = labels_above(found, Thresholds.percents({"cirlce": 95, "square": 80}))
    assert [label.name for label in kept] == ["circle", "square"]
    for quiet in ({"circle": 95, "square": 80}, {"triangle": 95}, {}):
        labels_above(found, Thresholds.percents(quiet))
    labels_above(found, Thresholds.percents({"circle": 80, "cirlce": 80}))
