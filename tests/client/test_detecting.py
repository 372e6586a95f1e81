"""Looking at images over a scripted wire: what goes out, and what thresholds leave; both clients."""

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
from rekog_versions.client.detection_images import MOST_ENCODED_BYTES, image_for_request
from rekog_versions.errors import ImageTooLargeError, InvalidImageFormatError, ResourceNotReadyError
from rekog_versions.models.detection import CustomLabel
from rekog_versions.models.detection import Image as Asked
from rekog_versions.models.thresholds import Thresholds
from tests.conftest import Driver
from tests.wire import PROJECT, VERSION, Answer, Wire, at, refusal, versions

DETECT, DESCRIBE = "DetectCustomLabels", "DescribeProjectVersions"
PNG = b"\x89PNG and so on"


def label(name: str, confidence: float, **members: Any) -> dict[str, Any]:
    return {"Name": name, "Confidence": confidence, **members}


def seen(*labels: dict[str, Any]) -> Answer:
    return Answer({"CustomLabels": list(labels)})


def sent(wire: Wire) -> dict[str, Any]:
    """The image of the last call."""
    image: dict[str, Any] = wire.asked(DETECT)[-1]["Image"]
    return image


def sent_bytes(wire: Wire) -> bytes:
    (content,) = sent(wire).values()
    return base64.b64decode(content)


def named(labels: list[CustomLabel]) -> list[tuple[str | None, float | None]]:
    return [(found.name, found.confidence) for found in labels]


# -- what goes out -----------------------------------------------------------------------------------------------------


def test_labels_come_back_with_where_they_are(wire: Wire, driver: Driver) -> None:
    box = {"Width": 0.5, "Height": 0.25, "Left": 0.1, "Top": 0.2}
    wire.on(DETECT, seen(label("cat", 98.5, Geometry={"BoundingBox": box}), label("dog", 40.25)))
    cat, dog = driver.over(wire.client())("detect_custom_labels", VERSION, PNG, min_confidence=30, max_results=5)
    assert cat.geometry.bounding_box.to_dict() == box
    assert named([cat, dog]) == [("cat", 98.5), ("dog", 40.25)]
    assert dog.geometry is None
    assert sent_bytes(wire) == PNG
    (asked,) = wire.asked(DETECT)
    assert asked.keys() == {"ProjectVersionArn", "Image", "MinConfidence", "MaxResults"}
    assert (asked["MinConfidence"], asked["MaxResults"]) == (30, 5)


def test_without_filters_the_service_applies_its_own(wire: Wire, driver: Driver) -> None:
    wire.on(DETECT, seen())
    assert driver.over(wire.client())("detect_custom_labels", VERSION, PNG) == []
    assert wire.asked(DETECT)[0].keys() == {"ProjectVersionArn", "Image"}


def test_a_pair_is_looked_up_and_an_arn_is_not(wire: Wire, driver: Driver) -> None:
    wire.on(DETECT, seen()).on(DESCRIBE, *at("RUNNING"))
    call = driver.over(wire.client())
    call("detect_custom_labels", VERSION, PNG)
    assert wire.asked(DESCRIBE) == []
    call("detect_custom_labels", (PROJECT, "v1"), PNG)
    assert wire.asked(DETECT)[0] == wire.asked(DETECT)[1]
    wire.on(DESCRIBE, versions())
    with pytest.raises(VersionNotFoundError):
        call("detect_custom_labels", (PROJECT, "v1"), PNG)


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview, str, Path])
def test_bytes_and_files_go_out_as_they_are(kind: Any, wire: Wire, driver: Driver, tmp_path: Path) -> None:
    wire.on(DETECT, seen())
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
        (Asked(s3_object=S3Object(bucket="data", name="1.png")), {"Bucket": "data", "Name": "1.png"}),
    ],
)
def test_an_object_in_s3_is_named_and_not_read(image: Any, asked: Any, wire: Wire, driver: Driver) -> None:
    wire.on(DETECT, seen())
    driver.over(wire.client())("detect_custom_labels", VERSION, image)
    assert sent(wire) == {"S3Object": asked}


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "P", "1", "CMYK", "YCbCr"])
def test_an_image_of_pillows_is_encoded_whatever_its_mode(mode: str, wire: Wire, driver: Driver) -> None:
    wire.on(DETECT, seen())
    driver.over(wire.client())("detect_custom_labels", VERSION, Image.new(mode, (80, 64)))
    again = Image.open(io.BytesIO(sent_bytes(wire)))
    assert (again.format, again.size) == ("PNG", (80, 64))


def test_what_came_of_a_jpeg_file_goes_out_as_one(wire: Wire, driver: Driver, tmp_path: Path) -> None:
    wire.on(DETECT, seen())
    Image.new("L", (80, 64)).save(tmp_path / "1.jpg")
    with Image.open(tmp_path / "1.jpg") as image:
        driver.over(wire.client())("detect_custom_labels", VERSION, image)
    assert Image.open(io.BytesIO(sent_bytes(wire))).format == "JPEG"


def noise(width: int, height: int) -> Image.Image:
    """A picture that no format makes small."""
    return Image.effect_noise((width, height), 100).convert("RGB")


def test_a_png_that_would_be_too_large_becomes_a_jpeg() -> None:
    asked = image_for_request(noise(2000, 1500))
    assert asked.bytes is not None
    assert len(asked.bytes) <= MOST_ENCODED_BYTES
    assert Image.open(io.BytesIO(asked.bytes)).format == "JPEG"


class Unshrinkable:
    """What saves itself as an image of Pillow's does, and is a byte too large in every format."""

    mode = "RGB"

    def __init__(self) -> None:
        self.saved: list[tuple[str | None, Any]] = []

    def save(self, fp: Any, format: str | None = None, **params: Any) -> None:  # noqa: A002
        self.saved.append((format, params.get("quality")))
        fp.write(b"x" * (MOST_ENCODED_BYTES + 1))

    def convert(self, mode: str) -> "Unshrinkable":
        return self


def test_an_image_that_no_encoding_makes_small_enough_is_refused() -> None:
    image = Unshrinkable()
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
        # Pillow would make the one all white and the other all black
        (Image.new("I;16", (80, 64), 30_000), ValueError, "mode I;16 .* convert it to L or RGB"),
        (Image.new("F", (80, 64), 0.7), ValueError, "mode F .* convert it to L or RGB"),
    ],
)
def test_what_is_no_image_is_refused_before_anything_is_sent(
    image: Any, error: type[Exception], says: str, wire: Wire, driver: Driver
) -> None:
    with pytest.raises(error, match=says):
        driver.over(wire.client())("detect_custom_labels", (PROJECT, "v1"), image)
    assert wire.sent == []


def test_one_threshold_for_all_labels_is_the_default_and_said_to_be() -> None:
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
def test_filters_that_break_a_rule_are_refused_before_even_a_look(
    filters: dict[str, Any], error: type[Exception], says: str, wire: Wire, driver: Driver
) -> None:
    with pytest.raises(error, match=says):
        driver.over(wire.client())("detect_custom_labels", (PROJECT, "v1"), PNG, **filters)
    assert wire.sent == []


# -- thresholds --------------------------------------------------------------------------------------------------------

ANSWERED = seen(label("cat", 90.0), label("dog", 70.0), label("cat", 61.5), label("bird", 20.0), label("dog", 5.0))


@pytest.mark.parametrize(
    ("thresholds", "left"),
    [
        (Thresholds.percents({"cat": 62, "dog": 5}), [("cat", 90.0), ("dog", 70.0), ("bird", 20.0), ("dog", 5.0)]),
        (Thresholds.fractions({"cat": 0.615, "dog": 0.71}), [("cat", 90.0), ("cat", 61.5), ("bird", 20.0)]),
        (Thresholds.fractions({"cat": 0.9}, default=0.3), [("cat", 90.0), ("dog", 70.0)]),
        (Thresholds.percents({}, default=100), []),
    ],
)
def test_each_label_has_its_threshold(thresholds: Thresholds, left: Any, wire: Wire, driver: Driver) -> None:
    wire.on(DETECT, ANSWERED)
    assert named(driver.over(wire.client())("detect_custom_labels", VERSION, PNG, thresholds=thresholds)) == left
    assert wire.asked(DETECT)[0]["MinConfidence"] == 0


def test_the_most_confident_are_taken_of_what_the_thresholds_leave(wire: Wire, driver: Driver) -> None:
    wire.on(DETECT, seen(label("cat", 90.0), label("dog", 70.0), label("bird", 80.0), label("dog", 60.0)))
    found = driver.over(wire.client())(
        "detect_custom_labels", VERSION, PNG, thresholds=Thresholds.percents({"cat": 95}), max_results=2
    )
    assert named(found) == [("bird", 80.0), ("dog", 70.0)]
    assert "MaxResults" not in wire.asked(DETECT)[0]  # the service would count the cat


@pytest.mark.parametrize("percent", range(101))
def test_a_confidence_that_is_the_threshold_passes_in_either_unit(percent: int, wire: Wire) -> None:
    """0.07 is not 7 hundredths to a computer, and 7.000000000000001 per cent is more than 7."""
    wire.on(DETECT, seen(label("cat", percent)))
    client = VersionsClient(wire.client())
    for thresholds in (Thresholds.fractions({"cat": percent / 100}), Thresholds.percents({"cat": percent})):
        assert client.detect_custom_labels(VERSION, PNG, thresholds=thresholds)


def test_a_label_that_can_not_be_judged_is_an_answer_that_can_not_be_read(wire: Wire, driver: Driver) -> None:
    call = driver.over(wire.on(DETECT, Answer({"CustomLabels": [{"Name": "cat"}]})).client())
    with pytest.raises(ResponseError, match="the label cat has no name or confidence"):
        call("detect_custom_labels", VERSION, PNG, thresholds=Thresholds.percents({}))
    assert named(call("detect_custom_labels", VERSION, PNG)) == [("cat", None)]


# -- refusals ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "error", "says"),
    [
        ("ResourceNotReadyException", ResourceNotReadyError, "wait_until_running(version)"),
        ("ImageTooLargeException", ImageTooLargeError, "upload it to S3"),
        ("InvalidImageFormatException", InvalidImageFormatError, "PNG or JPEG"),
        ("LimitExceededException", LimitExceededError, "inference units"),
    ],
)
def test_refusals_say_what_to_do(code: str, error: type[Exception], says: str, wire: Wire, driver: Driver) -> None:
    wire.on(DETECT, refusal(code))
    with pytest.raises(error) as caught:
        driver.over(wire.client())("detect_custom_labels", VERSION, PNG)
    assert says in caught.value.__notes__[0]


def test_a_proxys_answer_is_not_taken_for_an_empty_image(wire: Wire, driver: Driver) -> None:
    wire.on(DETECT, Answer("<html>welcome</html>", headers={}), Answer({}))
    call = driver.over(wire.client())
    with pytest.raises(ResponseError, match="neither labels nor a request id"):
        call("detect_custom_labels", VERSION, PNG)
    assert call("detect_custom_labels", VERSION, PNG) == []
