"""Image names and the keys that they become."""

import pytest
from hypothesis import given, strategies as st

from rekog_versions.manifests.convert.left_out import ConversionReason, ConversionReport
from rekog_versions.manifests.convert.places import ImagePlaces

PREFIX = "s3://bucket/data"


def resolve(name: str, **options: object) -> tuple[str | None, list[ConversionReason]]:
    report = ConversionReport()
    found = ImagePlaces(PREFIX, **options).source_ref(name, "row 1", report)  # type: ignore[arg-type]
    return found and found.removeprefix(f"{PREFIX}/"), list(report.counts)


@pytest.mark.parametrize("name", ["1.jpg", "a/b c/é+.PNG", "a..b.jpeg", "~/1.jpg", "a:b.jpg", "ab:c.jpg", "C:1.jpg"])
def test_a_plain_relative_path_is_joined_unchanged(name: str) -> None:
    assert resolve(name) == (name, [])


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("images\\1.jpg", "images/1.jpg"),
        ("./1.jpg", "1.jpg"),
        ("a//b/./1.jpg", "a/b/1.jpg"),
        ("a/../1.jpg", "1.jpg"),
        (".\\a\\..\\1.jpg", "1.jpg"),
    ],
)
def test_a_path_that_is_safe_is_normalized_and_noted(name: str, key: str) -> None:
    assert resolve(name) == (key, [ConversionReason.NORMALIZED])


@pytest.mark.parametrize(
    "name",
    [
        *("C:\\x\\1.jpg", "c:/1.jpg", "\\\\server\\1.jpg", "/abs/1.jpg", "//x/1.jpg"),
        *("../1.jpg", "a/../../1.jpg", "..\\1.jpg", "", ".", "..", "a/", "a/..", "\\"),
        *("gs://bucket/1.jpg", "https://x/1.jpg", "file:///1.jpg", "data:image/png;base64,iVBO", "HTTP://x/1.jpg"),
    ],
)
def test_other_names_are_left_out_with_the_reason(name: str) -> None:
    assert resolve(name) == (None, [ConversionReason.FOREIGN_PLACE])


def test_foreign_prefixes_are_replaced() -> None:
    replace = {
        "gs://bucket/": "",
        "gs://bucket/old/": "new/",
        "C:\\x\\": "",
        "https://x/": "web/",
        "s3://old/": "s3://new/",
    }
    assert resolve("gs://bucket/a/1.jpg", replace=replace) == ("a/1.jpg", [])
    assert resolve("gs://bucket/old/1.jpg", replace=replace) == ("new/1.jpg", [])
    assert resolve("C:\\x\\a\\1.jpg", replace=replace) == ("a/1.jpg", [ConversionReason.NORMALIZED])
    assert resolve("https://x/a%20b.jpg", replace=replace) == ("web/a b.jpg", [])
    assert resolve("https://x/%2e%2e/%2e%2e/b.jpg", replace=replace) == (None, [ConversionReason.FOREIGN_PLACE])
    assert resolve("s3://old/1.jpg", replace=replace) == ("s3://new/1.jpg", [])


def test_url_escapes_are_noted_and_decoded_on_request() -> None:
    assert resolve("a%20b.jpg") == ("a%20b.jpg", [ConversionReason.URL_ESCAPES])
    assert resolve("a%20b.jpg", decode=True) == ("a b.jpg", [ConversionReason.NORMALIZED])
    assert resolve("100%.jpg", decode=True) == ("100%.jpg", [])
    for name in ("%2e%2e/1.jpg", "a%2F..%2F..%2F1.jpg", "%2Fetc.jpg"):
        assert resolve(name, decode=True) == (None, [ConversionReason.FOREIGN_PLACE])


def test_keys_that_can_not_be_png_or_jpeg_are_noted_and_suffixes_are_mapped() -> None:
    for name in ("1.tiff", "1.ppm", "1", "a.b/1"):
        assert resolve(name) == (name, [ConversionReason.OTHER_SUFFIX])
    suffixes = {".TIFF": ".png", "": ".jpg"}
    assert resolve("1.tiff", suffixes=suffixes) == ("1.png", [])
    assert resolve("1.Tiff", suffixes=suffixes) == ("1.png", [])
    assert resolve("a.b/1", suffixes=suffixes) == ("a.b/1.jpg", [])
    with pytest.raises(ValueError, match=r"must map suffixes such as '\.tiff' to '\.png', got 'tiff'"):
        ImagePlaces(PREFIX, suffixes={"tiff": ".png"})


@given(st.text("./\\:%2eEfFabC~ \n") | st.text(), st.booleans())
def test_no_name_leads_out_of_the_prefix(name: str, decode: bool) -> None:
    report = ConversionReport()
    found = ImagePlaces(PREFIX, decode=decode).source_ref(name, "row 1", report)
    if found is None:
        assert len(report) > 0
    elif not name.startswith("s3://"):
        parts = found.removeprefix("s3://").split("/")
        assert parts[:2] == ["bucket", "data"]
        assert len(parts) > 2
        assert not {"", ".", ".."} & set(parts)
