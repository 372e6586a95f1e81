"""Images that callers pass by mistake, and the notes on rejected images."""

import base64
import io
import os
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, strategies as st
from PIL import Image
from pydantic import ValidationError

from rekog_versions import ServiceError, VersionsClient
from rekog_versions.client.detection_images import MOST_SENT_BYTES, image_for_request
from rekog_versions.errors import ResponseError
from rekog_versions.models.thresholds import Thresholds
from tests.conftest import Driver
from tests.testing.pictures import picture
from tests.wire import VERSION, HttpResponse, Wire, notes, rejection

DETECT = "DetectCustomLabels"
PNG = picture()


def saved(image: Image.Image, form: str, **options: Any) -> bytes:
    """Return an image in a format."""
    buffer = io.BytesIO()
    image.save(buffer, form, **options)
    return buffer.getvalue()


JPEG = saved(Image.new("RGB", (100, 80)), "JPEG")


# text in place of an image


@pytest.mark.parametrize("content", [PNG, JPEG, PNG * 1000, os.urandom(10_000)], ids=["PNG", "JPEG", "long", "other"])
@pytest.mark.parametrize(
    ("encoded", "says"),
    [
        (lambda content: base64.b64encode(content).decode(), "a base64 text"),
        (lambda content: base64.encodebytes(content).decode(), "a base64 text"),
        (lambda content: "data:image/png;base64," + base64.b64encode(content).decode(), "a data URL"),
    ],
    ids=["base64", "base64 in lines", "data URL"],
)
def test_an_image_as_text_is_recognized(content: bytes, encoded: Any, says: str, wire: Wire, driver: Driver) -> None:
    with pytest.raises(ValueError, match=f"got {says}.* of [0-9,]+ characters") as caught:
        driver.over(wire.client())("detect_custom_labels", VERSION, encoded(content))
    assert len(str(caught.value)) < 400
    assert "base64.b64decode" in str(caught.value)
    assert wire.sent == []


@pytest.mark.parametrize("content", [PNG, JPEG], ids=["PNG", "JPEG"])
@pytest.mark.parametrize("codec", [("latin-1", "strict"), ("utf-8", "replace")], ids=["latin-1", "UTF-8"])
def test_bytes_that_were_decoded_as_text_are_recognized(content: bytes, codec: tuple[str, str]) -> None:
    with pytest.raises(ValueError, match=r"the bytes of an image as text \(open the file in binary mode") as caught:
        image_for_request(content.decode(*codec))
    assert len(str(caught.value)) < 400
    assert str(caught.value).isprintable()


@given(st.one_of(st.text(min_size=1), st.text(min_size=1).map(lambda text: text * 5000)))
def test_any_text_that_is_not_a_path_has_a_short_error(text: str) -> None:
    try:
        image_for_request(text)
        message = ""
    except (ValueError, OSError) as error:
        message = str(error)
    assert len(message) < 5000


def test_a_file_whose_name_looks_like_base64_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("iVBORw0KGgo").write_bytes(PNG)
    assert image_for_request("iVBORw0KGgo").bytes == PNG


def test_a_missing_file_names_the_current_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(FileNotFoundError, match=r"photos/1\.png") as caught:
        image_for_request("photos/1.png")
    assert f"the current folder is {tmp_path}" in notes(caught.value)


def test_a_folder_is_not_an_image(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError) as caught:
        image_for_request(tmp_path)
    assert "call this once for each file" in notes(caught.value)


# sizes


@pytest.mark.parametrize("size", [MOST_SENT_BYTES + 1, 3 * 1024**3])
def test_a_large_file_is_rejected_without_reading_it(size: int, tmp_path: Path) -> None:
    path = tmp_path / "large.png"
    with path.open("wb") as file:
        file.truncate(size)  # a sparse file
    with pytest.raises(ValueError, match=rf"at most 5,242,880 bytes, got {size:,} bytes in .*large\.png.*s3://"):
        image_for_request(path)


def test_an_endless_file_is_not_read_to_its_end() -> None:
    with pytest.raises(ValueError, match="at most 5,242,880 bytes"):
        image_for_request("/dev/zero")


def test_a_file_of_the_largest_size_is_read(tmp_path: Path) -> None:
    (tmp_path / "image.png").write_bytes(b"x" * MOST_SENT_BYTES)
    assert len(image_for_request(tmp_path / "image.png").bytes or b"") == MOST_SENT_BYTES


@pytest.mark.parametrize("kind", ["bytes", "file"])
def test_an_empty_image_is_said_to_be_empty(kind: str, tmp_path: Path) -> None:
    (tmp_path / "empty.png").touch()
    with pytest.raises(ValidationError, match=r"got 0\. It is empty\. Check the file") as caught:
        image_for_request(b"" if kind == "bytes" else tmp_path / "empty.png")
    assert "Scale" not in str(caught.value)


@pytest.mark.parametrize(
    ("image", "code", "says"),
    [
        (saved(Image.new("L", (5000, 100)), "PNG"), "ImageTooLargeException", "5,000 x 100 pixels, .* at most 4,096"),
        (saved(Image.new("L", (100, 5000)), "JPEG"), "ImageTooLargeException", "100 x 5,000 pixels, .* at most 4,096"),
        (saved(Image.new("L", (30, 100)), "PNG"), "InvalidParameterException", "30 x 100 pixels, .* at least 64"),
        (saved(Image.new("L", (64, 1300)), "PNG"), "InvalidParameterException", "at most 20 times the other"),
        (JPEG + bytes(4_500_000), "ImageTooLargeException", r"4,5\d\d,\d\d\d bytes, .* 4,194,304 \(4 MB\)"),
        (saved(Image.new("L", (90, 90)), "GIF"), "InvalidImageFormatException", "its format is GIF"),
        (b"some text", "InvalidImageFormatException", "its format is unknown"),
        (PNG, "ImageTooLargeException", "15 MB in S3"),
        ("s3://bucket/1.png", "ImageTooLargeException", "15 MB in S3"),
    ],
)
def test_a_rejected_image_has_one_note_with_the_cause(
    image: Any, code: str, says: str, wire: Wire, driver: Driver
) -> None:
    wire.on(DETECT, rejection(code))
    with pytest.raises(ServiceError) as caught:
        driver.over(wire.client())("detect_custom_labels", VERSION, image)
    (note,) = caught.value.__notes__
    assert re.search(says, note), note


# the orientation


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("form", ["JPEG", "PNG"])
def test_a_pillow_image_keeps_the_orientation_of_its_file(orientation: int, form: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010E] = "where I live"
    original = Image.open(io.BytesIO(saved(Image.new("RGB", (100, 80)), form, exif=exif)))
    sent = Image.open(io.BytesIO(image_for_request(original).bytes or b""))
    assert sent.size == (100, 80)
    assert sent.getexif().get(0x0112, 1) == orientation
    assert 0x010E not in sent.getexif()


@pytest.mark.parametrize("exif", [b"", b"Exif\0\0MM\0*\xff\xff\xff\xff", b"junk" * 100])
def test_a_malformed_exif_is_left_out(exif: bytes) -> None:
    image = Image.new("RGB", (100, 80))
    image.info["exif"] = exif
    assert Image.open(io.BytesIO(image_for_request(image).bytes or b"")).format == "PNG"


# filters


@pytest.mark.parametrize("value", [0.5, 1, 0.001, 1.0])
def test_a_fraction_as_min_confidence_leads_to_a_warning(value: float, wire: Wire, driver: Driver) -> None:
    wire.on(DETECT, HttpResponse({"CustomLabels": []}))
    with pytest.warns(UserWarning, match=f"{value} is {value} percent. For the fraction, pass {value * 100:g}"):
        driver.over(wire.client())("detect_custom_labels", VERSION, PNG, min_confidence=value)


def test_the_warning_names_the_line_of_the_caller(wire: Wire) -> None:
    client = VersionsClient(wire.on(DETECT, HttpResponse({"CustomLabels": []})).client())
    with pytest.warns(UserWarning, match="percent") as caught:
        client.detect_custom_labels(VERSION, PNG, min_confidence=0.5)
    assert caught[0].filename == __file__


@pytest.mark.parametrize(
    ("thresholds", "warns"),
    [
        (Thresholds.percents({"cat": 0.62, "dog": 0.4}), True),
        (Thresholds.percents({}, default=0.5), True),
        (Thresholds.percents({"cat": 0.62, "dog": 40}), False),
        (Thresholds.percents({"cat": 0}), False),
        (Thresholds.fractions({"cat": 0.62}), False),
        (Thresholds.percents({}), False),
    ],
)
def test_fractions_as_percents_lead_to_a_warning(thresholds: Thresholds, warns: bool, wire: Wire) -> None:
    client = VersionsClient(wire.on(DETECT, HttpResponse({"CustomLabels": []})).client())
    if warns:
        with pytest.warns(UserWarning, match=r"use Thresholds\.fractions"):
            client.detect_custom_labels(VERSION, PNG, thresholds=thresholds)
    else:
        client.detect_custom_labels(VERSION, PNG, thresholds=thresholds)


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity"])
def test_a_confidence_that_is_not_a_number_does_not_vanish(value: str, wire: Wire, driver: Driver) -> None:
    wire.on(DETECT, HttpResponse(f'{{"CustomLabels": [{{"Name": "cat", "Confidence": {value}}}]}}'))
    call = driver.over(wire.client())
    with pytest.raises(ResponseError, match="the label cat has no name or confidence"):
        call("detect_custom_labels", VERSION, PNG, thresholds=Thresholds.percents({"cat": 50}))
    assert len(call("detect_custom_labels", VERSION, PNG)) == 1
