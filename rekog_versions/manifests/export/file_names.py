"""Names of files for images: below one folder on every operating system, and no two of them equal."""

import hashlib
import re
import unicodedata
from collections.abc import Iterator
from itertools import count

from rekog_versions._text import shown
from rekog_versions.manifests.convert.left_out import ConversionReason, ConversionReport
from rekog_versions.manifests.naming import image_prefix

_LONGEST_PART = 180  # bytes: file systems allow 255, and a number and suffixes are added
_LONGEST_PATH = 900  # bytes: macOS allows 1,024
_UNSAFE = frozenset('<>:"|?*\\')
_NOT_TEXT = frozenset({"Cc", "Cf", "Cs", "Cn", "Co", "Zl", "Zp"})
_DEVICES = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³])(?:\.|$)", re.IGNORECASE)
_SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,8}\Z", re.ASCII)
_DIGITS = 8


class FileNames:
    """The relative paths of files for images, with forward slashes.

    The path of an image is its key below the prefix. Every change is added to the report: parts that a file system
    does not allow or that lead elsewhere, paths that are too long, and paths that another image has already, in any
    case and Unicode form.

    Args:
        images: `s3://bucket/prefix`; None for the bucket of the first image.
        report: The report for changed names.
        flat: True leaves out the folders.
        suffix: The suffix of the file with the annotations of an image, which is written beside those of others.
        reserved: Names of folders, and of files without their suffix, that have a meaning in the format.

    Raises:
        ValueError: `images` is not `s3://bucket` or `s3://bucket/prefix`.
    """

    def __init__(
        self,
        images: str | None,
        report: ConversionReport,
        *,
        flat: bool = False,
        suffix: str = "",
        reserved: frozenset[str] = frozenset(),
    ) -> None:
        self._prefix = None if images is None else image_prefix(images)
        self._report = report
        self._flat = flat
        self._suffix = suffix
        self._reserved = reserved
        self._files: set[int] = set()  # hashes take less memory than names
        self._folders: set[int] = set()

    def add(self, source_ref: str, place: str) -> str:
        """Return the path of an image that has none yet."""
        if self._prefix is None:
            bucket, slash, _ = source_ref.removeprefix("s3://").partition("/")
            self._prefix = f"s3://{bucket}{slash}"
        is_below = source_ref.startswith(self._prefix)
        key = source_ref.removeprefix(self._prefix if is_below else "s3://")
        path = next(path for path in self._candidates(key, source_ref) if self._is_free(path))
        self._take(path)
        if path != key or not is_below:
            text = f"{shown(source_ref)} is {shown(path)}"
            self._report.add(ConversionReason.RENAMED, place, text if is_below else f"{text}: not below {self._prefix}")
        return path

    def annotations(self, path: str) -> str:
        """Return the path of the file with the annotations of an image."""
        return f"{without_suffix(path)}{self._suffix}"

    def _candidates(self, key: str, source_ref: str) -> Iterator[str]:
        """Yield the paths to try in their order."""
        parts = key.split("/")
        parts = [self._safe(part, is_file=at == len(parts) - 1) for at, part in enumerate(parts)]
        path = parts[-1] if self._flat else "/".join(parts)
        # the digest depends on the image only, so that the paths do not depend on the order of the images
        digest = hashlib.blake2b(source_ref.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
        suffix = _suffix(parts[-1])
        if len(path.encode()) <= _LONGEST_PATH:
            yield path
            yield f"{path.removesuffix(suffix)}-{digest[:_DIGITS]}{suffix}"
        yield f"{parts[-1].removesuffix(suffix)}-{digest[:_DIGITS]}{suffix}"
        for number in count():
            yield f"{digest}-{number}{suffix}"

    def _safe(self, part: str, *, is_file: bool) -> str:
        """Return a part of a path that means nothing but itself on every system."""
        made = "".join("_" if one in _UNSAFE or unicodedata.category(one) in _NOT_TEXT else one for one in part)
        suffix = _suffix(made)
        if not is_file and suffix:
            made, suffix = f"{made}_", ""  # a folder must not have the name of a file
        stem = made.removesuffix(suffix).encode()[:_LONGEST_PART].decode("utf-8", "ignore")
        # blanks at the ends are lost in lists of names, a dot at the end on Windows, and hidden files are not read
        made = re.sub(r"\A[\s.]|[\s.]\Z", "_", stem or "_") + suffix
        named = without_suffix(made) if is_file else made
        return f"_{made}" if _DEVICES.match(made) or named.casefold() in self._reserved else made

    def _is_free(self, path: str) -> bool:
        files, folders = self._keys(path)
        return self._files.isdisjoint([*files, *folders]) and self._folders.isdisjoint(files)

    def _take(self, path: str) -> None:
        files, folders = self._keys(path)
        self._files.update(files)
        self._folders.update(folders)

    def _keys(self, path: str) -> tuple[list[int], list[int]]:
        """Return the hashes of the files of an image and of their folders, equal for equal names on any system."""
        plain = unicodedata.normalize("NFC", unicodedata.normalize("NFC", path).casefold())
        files = [self.annotations(plain)] if self._suffix else [plain]
        if self._suffix and without_suffix(plain) == plain:  # others cannot have the name of a folder
            files.append(plain)
        folders = [hash(plain[:at]) for at, one in enumerate(plain) if one == "/"]
        return list(map(hash, files)), folders


def without_suffix(path: str) -> str:
    """Return a path without the suffix of an image."""
    return path.removesuffix(_suffix(path.rpartition("/")[2]))


def _suffix(name: str) -> str:
    found = _SUFFIX.search(name)
    return found[0] if found and found.start() else ""
