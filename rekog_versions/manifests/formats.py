"""Recognize files that are not manifests by their first bytes, and name the format and what reads it."""

import codecs
import json
import re

from rekog_versions._text import printable, shown

HEAD_BYTES = 4096
"""The first bytes of a file that are enough to recognize its format."""

_CONTAINERS = (
    (b"\x1f\x8b", "compressed with gzip", "decompress it, or pass gzip.open(path) to check its content"),
    (b"BZh", "compressed with bzip2", "decompress it, or pass bz2.open(path) to check its content"),
    (b"\xfd7zXZ\x00", "compressed with xz", "decompress it, or pass lzma.open(path) to check its content"),
    (b"\x28\xb5\x2f\xfd", "compressed with zstandard", "decompress it: zstd -d FILE"),
    (b"PK\x03\x04", "a ZIP archive or an Excel file", "extract the manifest; from_csv() converts a table saved as CSV"),
    (b"7z\xbc\xaf", "a 7-Zip archive", "extract the manifest"),
    (b"\xd0\xcf\x11\xe0", "an old Excel file", "save the table as CSV; from_csv() converts it"),
    (b"PAR1", "a Parquet file", "write its rows as lines with ManifestWriter"),
    (b"\x89PNG", "a PNG image", "pass the manifest that lists the image"),
    (b"\xff\xd8\xff", "a JPEG image", "pass the manifest that lists the image"),
    (b"%PDF", "a PDF file", "pass the manifest"),
)
# the marks of UTF-32 come first: that of UTF-16 is the beginning of one of them
_MARKS = (
    (codecs.BOM_UTF32_LE, "UTF-32", "utf-32"),
    (codecs.BOM_UTF32_BE, "UTF-32", "utf-32"),
    (codecs.BOM_UTF16_LE, "UTF-16", "utf-16"),
    (codecs.BOM_UTF16_BE, "UTF-16", "utf-16"),
)
_DELIMITERS = (",", ";", "\t", "|")
_WIDE = (("utf-32-le", 4, 0), ("utf-32-be", 4, 3), ("utf-16-le", 2, 0), ("utf-16-be", 2, 1))
_LONGEST_PATH = 300
_COCO = (
    ("annotations", "categories"),
    ("annotations", "images"),
    ("images", "file_name"),
    ("images", "categories"),
    ("info", "licenses"),
)
"""Members that the beginning of a COCO file has together."""
_PYTHON_DICT = re.compile(r"\{\s*'|.*[:,\[]\s*(?:None|True|False)\b")


def unreadable(head: bytes) -> str:
    """Describe a file whose lines cannot be read, because it is compressed or not UTF-8; empty for other files.

    Args:
        head: The first bytes of the file.
    """
    for magic, what, advice in _CONTAINERS:
        if head.startswith(magic):
            return f"the file is {what}: {advice}"
    for mark, name, codec in _MARKS:
        if head.startswith(mark):
            return f"the file is {name}: {rewrite(codec)}"
    if b"\0" in head:
        for codec, width, place in _WIDE:
            # nearly all characters of JSON are ASCII, so the other bytes of each character are zero
            units = [head[at : at + width] for at in range(0, len(head) - len(head) % width, width)][:64]
            if units and all(unit[place] and not any(unit[:place] + unit[place + 1 :]) for unit in units):
                return f"the file is {codec.upper()[:-3]} without a byte order mark: {rewrite(codec)}"
    return ""


def rewrite(codec: str) -> str:
    """Return the call that writes a file in another encoding as UTF-8."""
    return f'rewrite it with Path(new).write_text(Path(old).read_text("{codec}"), "utf-8")'


def not_utf8(line: bytes) -> str:
    """Describe a line that is not UTF-8, with the encoding that it probably has."""
    try:
        line.decode()
    except UnicodeDecodeError as error:
        found = line[error.start : error.start + 1]
        try:
            character = found.decode("cp1252")
        except UnicodeDecodeError:
            return f"its byte {error.start + 1:,} is 0x{found.hex()}: write the file as UTF-8"
        return (
            f"its byte {error.start + 1:,} is 0x{found.hex()}, which is {printable(character)!r} in cp1252 (Windows). "
            f"If that is right, {rewrite('cp1252')}"
        )
    return ""


def no_objects(head: bytes) -> str:
    """Describe a file in UTF-8 in which no line is a JSON object, and what reads it.

    Args:
        head: The first bytes of the file.
    """
    text = head.decode("utf-8", "ignore").removeprefix("\ufeff").strip()
    lines = [line for line in text.splitlines() if line.strip()]
    if text.startswith("["):
        if '"annotations"' in text and '"data"' in text:
            return "the file is a JSON array, probably of Label Studio: convert it with from_label_studio()"
        if '"regions"' in text and '"tagName"' in text:
            return "the file is a JSON array, probably of Azure: convert it with from_azure_custom_vision()"
        return "the file is a JSON array; write each of its objects on one line: jq -c '.[]' FILE"
    if text.startswith("{"):
        if '"shapes"' in text and '"imagePath"' in text:
            return "the file is one JSON object of labelme: convert its folder with from_labelme()"
        if '"shape_attributes"' in text:
            return "the file is one JSON object of VIA: convert it with from_via()"
        return coco(head) or _objects(lines[0])
    if text.startswith("version https://git-lfs."):
        return "the file is a pointer of Git LFS to the manifest: run git lfs pull"
    if text.startswith("<"):
        return "the file is XML or HTML: from_voc() converts a folder of Pascal VOC, and from_cvat() an export of CVAT"
    if len(lines) == 1 and len(text) < _LONGEST_PATH and text.endswith((".manifest", ".jsonl", ".json")):
        return "the bytes are a path: pass it as str or Path, since bytes are the content of a manifest"
    for delimiter in _DELIMITERS:
        counts = {line.count(delimiter) for line in lines[:5]}
        if counts and min(counts) > 0:
            return "the file is a table, such as CSV: convert it with from_csv()"
    if lines and all("." in line or line.startswith("s3://") for line in lines[:5]):
        return "the file is a list of names: write a line with the labels of each image, with ManifestWriter"
    return "write one object on each line, not one object over several lines"


def coco(head: bytes) -> str:
    """Describe a file that begins like a COCO file; empty for other files."""
    text = head.decode("utf-8", "ignore").removeprefix("\ufeff").lstrip()
    if not text.startswith("{") or '"source-ref"' in text:
        return ""
    if not any(all(f'"{name}"' in text for name in names) for names in _COCO):
        return ""
    return "the file is one JSON object, probably COCO: convert it with from_coco()"


def _objects(line: str) -> str:
    """Describe the first line of a file that begins with a brace."""
    if _PYTHON_DICT.match(line):
        return "the lines are Python dicts, not JSON: write json.dumps(entry) for each entry"
    try:
        _, end = json.JSONDecoder().raw_decode(line)
    except (ValueError, RecursionError):
        return "write one object on each line, not one object over several lines: jq -c . FILE"
    rest = line[end:].strip()
    if rest == ",":
        return "the lines end in commas: remove these"
    if rest.startswith("{"):
        return "several objects are on one line: write each on a line of its own: jq -c . FILE"
    return f"after the object on the first line is {shown(rest)}: remove it"
