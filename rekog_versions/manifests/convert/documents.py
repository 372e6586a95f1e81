"""Read JSON, XML and YAML documents that other people wrote. Invalid ones raise a `ManifestError`, and nothing else."""

import codecs
import json
import os
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import msgspec

from rekog_versions._text import printable, shown
from rekog_versions.errors import ManifestError
from rekog_versions.manifests.formats import unreadable

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

D = TypeVar("D")

_CHUNK = 64 * 1024
LARGEST_SMALL_FILE = 16 * 1024 * 1024
"""Bytes of a file for one image. Larger ones are not read."""


def require_formats(module: str, needed_for: str) -> None:
    """Check that a library of the extra `formats` is installed.

    Raises:
        ImportError: It is not installed; the message has the command that installs it.
    """
    try:
        import_module(module)
    except ImportError as error:
        raise ImportError(
            f'{needed_for} needs {module}, which is not installed. Run: pip install "rekog_versions[formats]"'
        ) from error


def read_json(path: Path, kind: type[D], what: str, *, limit: int | None = None) -> D:
    """Return the content of a JSON file. Infinity and NaN, which JSON does not have, are accepted.

    Args:
        path: The file.
        kind: The type of the document for msgspec.
        what: The description of the file for the error, such as "a COCO detection file".
        limit: The most bytes.

    Raises:
        ManifestError: The file is not JSON, has another structure, or is too large.
        OSError: The file can't be read.
    """
    content = _read(path, limit, what).removeprefix(codecs.BOM_UTF8)
    try:
        try:
            return msgspec.json.decode(content, type=kind)
        except msgspec.ValidationError:
            raise
        except msgspec.DecodeError as error:
            if b"Infinity" not in content and b"NaN" not in content:
                raise
            return _lenient(content, kind, error)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        found = unreadable(content[:4096]) or printable(str(error) or type(error).__name__, 300)
        raise ManifestError(f"{shown(str(path))} must be {what}: {found}") from error


def _lenient(content: bytes, kind: type[D], error: msgspec.DecodeError) -> D:
    try:
        return msgspec.convert(json.loads(content), type=kind)
    except msgspec.MsgspecError:
        raise
    except ValueError:  # an integer of over 4,300 digits, too
        raise error from None


def read_xml(path: Path, what: str) -> "Element":
    """Return the root element of a small XML file. Entities and external references are rejected.

    Raises:
        ManifestError: The file is not XML, declares entities, or is too large.
        OSError: The file can't be read.
    """
    from defusedxml.common import DefusedXmlException  # noqa: PLC0415  (an extra)
    from defusedxml.ElementTree import ParseError, fromstring  # noqa: PLC0415  (an extra)

    try:
        return fromstring(_read(path, LARGEST_SMALL_FILE, what))
    except (ParseError, DefusedXmlException, ValueError, LookupError, RecursionError) as error:
        raise _not_xml(path, what, error) from error


def stream_xml(path: Path, what: str) -> Iterator[tuple[str, "Element"]]:
    """Yield the events `start` and `end` of the elements of an XML file. Entities are rejected.

    Raises:
        ManifestError: The file is not XML, or declares entities.
        OSError: The file can't be read.
    """
    from defusedxml.common import DefusedXmlException  # noqa: PLC0415  (an extra)
    from defusedxml.ElementTree import ParseError, iterparse  # noqa: PLC0415  (an extra)

    try:
        with path.open("rb") as file:
            yield from cast("Iterator[tuple[str, Element]]", iterparse(file, events=("start", "end")))
    except (ParseError, DefusedXmlException, ValueError, LookupError, RecursionError) as error:
        raise _not_xml(path, what, error) from error


def read_yaml(path: Path, what: str) -> Any:
    """Return the content of a small YAML file, as plain values.

    Raises:
        ManifestError: The file is not YAML, has tags of Python, or is too large.
        OSError: The file can't be read.
    """
    import yaml  # noqa: PLC0415  (an extra)

    try:
        return yaml.safe_load(_read(path, LARGEST_SMALL_FILE, what))
    except (yaml.YAMLError, ValueError, RecursionError, TypeError, OverflowError) as error:
        raise ManifestError(f"{shown(str(path))} must be {what}: {printable(str(error), 300)}") from error


def read_text(path: Path, what: str) -> str:
    """Return the text of a small file in UTF-8.

    Raises:
        ManifestError: The file is not UTF-8, or is too large.
        OSError: The file can't be read.
    """
    content = _read(path, LARGEST_SMALL_FILE, what)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ManifestError(
            f"{shown(str(path))} must be {what}: it is not UTF-8, {printable(str(error), 200)}"
        ) from error


def _read(path: Path, limit: int | None, what: str) -> bytes:
    with path.open("rb") as file:
        if limit is None:
            return file.read()
        # read() takes memory for all bytes that it is asked for
        content = file.read(min(limit, os.fstat(file.fileno()).st_size) + 1)
        while len(content) <= limit and (more := file.read(_CHUNK)):
            content += more
    if len(content) > limit:
        raise ManifestError(f"{shown(str(path))} must be {what}: it has over {limit:,} bytes")
    return content


def _not_xml(path: Path, what: str, error: Exception) -> ManifestError:
    found = printable(str(error) or type(error).__name__, 300)
    return ManifestError(f"{shown(str(path))} must be {what}: {found}")
