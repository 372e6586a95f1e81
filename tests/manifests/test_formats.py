"""Files that are not manifests are named, with the call that reads or rewrites them, by the check and by the split."""

import bz2
import gzip
import io
import json
import lzma
import zipfile
from pathlib import Path
from typing import Any

import pytest

from rekog_versions.errors import ManifestError
from rekog_versions.manifests import check_manifests, from_ground_truth, split_manifest
from rekog_versions.manifests.formats import unreadable
from tests.manifests.entries import classed, codes, manifest, pets
from tests.testing.pictures import picture

LINES = manifest(*pets(40))
TEXT = LINES.decode()
UNUSABLE = {"ERROR_MANIFEST_INACCESSIBLE_OR_UNSUPPORTED_FORMAT"}


def zipped() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a.manifest", LINES)
    return file.getvalue()


def accented(encoding: str, label: str = "café") -> bytes:
    entries = [*pets(40), classed("x", label)]
    return "".join(f"{json.dumps(entry, ensure_ascii=False)}\n" for entry in entries).encode(encoding)


COCO: dict[str, Any] = {
    "images": [{"id": 1, "file_name": "1.jpg", "width": 640, "height": 480}],
    "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 2, 30, 40]}],
    "categories": [{"id": 1, "name": "cat"}],
}
FILES: dict[str, tuple[bytes, tuple[str, ...]]] = {
    "gzip": (gzip.compress(LINES), ("compressed with gzip", "gzip.open(path)")),
    "bzip2": (bz2.compress(LINES), ("compressed with bzip2", "bz2.open(path)")),
    "xz": (lzma.compress(LINES), ("compressed with xz", "lzma.open(path)")),
    "zip": (zipped(), ("ZIP archive or an Excel file", "from_csv()")),
    "parquet": (b"PAR1" + b"\x15\x04\xff" * 9, ("Parquet", "ManifestWriter")),
    "png": (picture(), ("PNG image",)),
    "jpeg": (picture(kind="JPEG"), ("JPEG image",)),
    "utf-16": (TEXT.encode("utf-16"), ("UTF-16", 'read_text("utf-16")')),
    "utf-16, big-endian": (b"\xfe\xff" + TEXT.encode("utf-16-be"), ("UTF-16", 'read_text("utf-16")')),
    "utf-16 without a mark": (TEXT.encode("utf-16-le"), ("UTF-16", 'read_text("utf-16-le")')),
    "utf-16, big-endian, without a mark": (TEXT.encode("utf-16-be"), ("UTF-16", 'read_text("utf-16-be")')),
    "utf-32": (TEXT.encode("utf-32"), ("UTF-32", 'read_text("utf-32")')),
    "utf-32 without a mark": (TEXT.encode("utf-32-le"), ("UTF-32", 'read_text("utf-32-le")')),
    "cp1252": (accented("cp1252"), ("line 41 is not UTF-8", "0xe9, which is 'é' in cp1252", 'read_text("cp1252")')),
    "a byte that cp1252 lacks": (LINES + b'{"a": "\x81"}\n', ("line 41 is not UTF-8", "0x81")),
    "csv": (b"image,label\n1.jpg,cat\n2.jpg,dog\n", ("table", "from_csv()")),
    "csv with semicolons": (b"image;label\r\n1.jpg;cat\r\n", ("table", "from_csv()")),
    "tsv": (b"image\tlabel\n1.jpg\tcat\n", ("table", "from_csv()")),
    "csv with a mark": (b"\xef\xbb\xbfimage,label\n1.jpg,cat\n", ("table", "from_csv()")),
    "json array": (json.dumps(pets(4)).encode(), ("JSON array", "jq -c '.[]'")),
    "coco, pretty-printed": (json.dumps(COCO, indent=2).encode(), ("COCO", "from_coco()")),
    "coco, in parts": (
        b'{\n"info": {},\n"licenses": [],\n"images": [\n{"id": 1, "file_name": "1.jpg"},\n]}\n',
        ("COCO", "from_coco()"),
    ),
    "python dicts": ("\n".join(map(str, pets(4))).encode(), ("Python dicts", "json.dumps(entry)")),
    "python dict with None": (b'{"source-ref": "s3://b/1", "a": None}\n', ("Python dicts", "json.dumps(entry)")),
    "commas at the ends": (LINES.replace(b"\n", b",\n"), ("end in commas",)),
    "several objects on a line": (LINES.replace(b"\n", b" "), ("several objects are on one line", "jq -c .")),
    "text after the object": (LINES.replace(b"\n", b";\n"), ("is ';': remove it",)),
    "git lfs": (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 5\n", ("git lfs pull",)),
    "old excel": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", ("old Excel file", "from_csv()")),
    "xml": (b"<?xml version='1.0'?>\n<annotation>\n</annotation>\n", ("XML", "from_voc()", "from_cvat()")),
    "label studio": (b'[{"id": 1, "annotations": [], "data": {"image": "1.jpg"}}]', ("from_label_studio()",)),
    "azure": (b'[{"id": "a", "regions": [{"tagName": "cat"}]}]', ("from_azure_custom_vision()",)),
    "labelme": (b'{\n"version": "5",\n"shapes": [],\n"imagePath": "1.jpg"\n}\n', ("from_labelme()",)),
    "via": (b'{\n"1.jpg": {"regions": [\n{"shape_attributes": {}}]}\n}\n', ("from_via()",)),
    "names": (b"s3://pets/1.jpg\ns3://pets/2.jpg\n", ("list of names", "ManifestWriter")),
    "a path as bytes": (b"data/train.manifest", ("pass it as str or Path",)),
}


@pytest.mark.parametrize("name", FILES)
def test_the_check_names_the_format_and_the_call_that_reads_it(name: str) -> None:
    content, says = FILES[name]
    report = check_manifests(content, auto_create=True)
    assert codes(report) == UNUSABLE
    text = str(report)
    assert all(each in text for each in says), text
    assert all(line.isprintable() for line in text.splitlines())


@pytest.mark.parametrize("name", FILES)
def test_the_split_rejects_the_same_files_for_the_same_reason(name: str, tmp_path: Path) -> None:
    content, says = FILES[name]
    source = tmp_path / "all.manifest"
    source.write_bytes(content)
    with pytest.raises(ManifestError) as caught:
        split_manifest(source, tmp_path / "training.manifest", tmp_path / "testing.manifest")
    assert all(each in str(caught.value) for each in says if "line 41" not in each), caught.value
    assert [path.name for path in tmp_path.iterdir()] == ["all.manifest"]


@pytest.mark.parametrize("content", [b"", b"\n\n"])
def test_the_split_rejects_empty_files(content: bytes, tmp_path: Path) -> None:
    source = tmp_path / "all.manifest"
    source.write_bytes(content)
    with pytest.raises(ManifestError, match=r"can't be split: (the file is empty|all lines are blank)"):
        split_manifest(source, tmp_path / "training.manifest", tmp_path / "testing.manifest")


@pytest.mark.parametrize("name", [name for name, (content, _) in FILES.items() if unreadable(content)])
def test_a_conversion_rejects_files_whose_lines_cannot_be_read(name: str, tmp_path: Path) -> None:
    content, says = FILES[name]
    source = tmp_path / "output.manifest"
    source.write_bytes(content)
    with pytest.raises(ManifestError, match="must be a manifest in UTF-8") as caught:
        list(from_ground_truth(source))
    assert says[0] in str(caught.value)


def test_the_named_calls_read_the_files(tmp_path: Path) -> None:
    path = tmp_path / "a.manifest.gz"
    path.write_bytes(gzip.compress(LINES))
    with gzip.open(path) as file:
        assert check_manifests(file, auto_create=True).clean
    old, new = tmp_path / "old.manifest", tmp_path / "new.manifest"
    for encoding in ("utf-16", "utf-16-le", "utf-32", "cp1252"):
        old.write_bytes(accented(encoding))
        new.write_text(old.read_text(encoding), "utf-8")  # as the message says
        assert check_manifests(new).training.labels["café"] == 1


def test_a_coco_file_on_one_line_is_named_too() -> None:
    report = check_manifests(json.dumps(COCO).encode(), auto_create=True)
    (found,) = (each for each in report if each.code == "ERROR_MISSING_SOURCE_REF")
    assert "from_coco()" in found.detail


def test_a_coco_file_with_objects_on_one_line_is_named_too() -> None:
    inner = '{"info": {},\n"images": [\n{"id": 1, "file_name": "1.jpg"},\n{"id": 2, "file_name": "2.jpg"}\n]}'
    report = check_manifests(inner.encode(), auto_create=True)
    (found,) = (each for each in report if each.code == "HINT_OBJECT_SPANS_LINES")
    assert "from_coco()" in found.detail


@pytest.mark.parametrize("name", ["source_ref", "Source-Ref", "sourceRef", "source"])
def test_a_misspelt_source_ref_is_named(name: str) -> None:
    entry = {name: "s3://pets/1.jpg"}
    report = check_manifests(manifest(*pets(20), entry), auto_create=True)
    (found,) = (each for each in report if each.code == "ERROR_MISSING_SOURCE_REF")
    assert found.detail == f"it has '{name}' instead"


@pytest.mark.parametrize("size", [0, 1, 2, 3, 4, 5, 9])
def test_the_beginning_of_any_file_can_be_described(size: int) -> None:
    for content, _ in FILES.values():
        report = check_manifests(content[:size], auto_create=True)
        assert not report.ok
        assert len(report.terminal) == 1
