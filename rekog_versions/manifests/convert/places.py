"""Turn the image names of a source into keys in S3."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote

from rekog_versions._aws.s3 import is_s3_uri
from rekog_versions._text import shown
from rekog_versions.manifests.convert.left_out import ConversionReason, ConversionReport
from rekog_versions.manifests.naming import decoded_key, image_prefix

_SUFFIXES = frozenset({".png", ".jpg", ".jpeg"})
_PLAIN = re.compile(r"(?:\w[\w.-]*/)*\w[\w.-]*\.(?:png|jpe?g)", re.ASCII | re.IGNORECASE)
"""A relative path that needs no change and no remark, as most have."""
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")
_WEB = re.compile(r"https?://", re.IGNORECASE)
_DRIVE = re.compile(r"[A-Za-z]:")


@dataclass(frozen=True, slots=True)
class ImagePlaces:
    """The place of images in S3, and the changes that turn their names in the source into keys.

    A name that is a plain relative path is joined to the prefix, and a complete `s3://bucket/key` is kept. Backslashes,
    `./`, `//` and a `..` within the path are normalized, which the report shows. Other names are left out: absolute
    paths, drive letters, URLs, and paths that lead out of the prefix.

    Raises:
        ValueError: `prefix` is not `s3://bucket` or `s3://bucket/prefix`, or a suffix is not empty and has no dot.
    """

    prefix: str | None = None
    """`s3://bucket/prefix`; None if all names are complete `s3://bucket/key`s."""
    replace: Mapping[str, str] = field(default_factory=dict[str, str])
    r"""The beginnings of names and their replacements: `{"gs://bucket/": "", "C:\\images\\": "photos/"}`. A
    replacement is relative to the prefix, or begins with `s3://`. The longest beginning counts."""
    suffixes: Mapping[str, str] = field(default_factory=dict[str, str])
    """The suffixes of names and their replacements, for images that were converted for the service:
    `{".tiff": ".png"}`. The suffix `""` stands for names without one."""
    decode: bool = False
    """True decodes URL escapes, such as `%20`. They are kept by default, because a key may contain them."""

    def __post_init__(self) -> None:
        if self.prefix is not None:
            object.__setattr__(self, "prefix", image_prefix(self.prefix))
        for suffix in (*self.suffixes, *self.suffixes.values()):
            if suffix and not suffix.startswith("."):
                raise ValueError(f"suffixes must map suffixes such as '.tiff' to '.png', got {shown(suffix)}")
        object.__setattr__(self, "suffixes", {old.lower(): new for old, new in self.suffixes.items()})

    def source_ref(self, name: str, place: str, report: ConversionReport) -> str | None:
        """Return the `source-ref` of an image; None if its name is unusable, which is added to the report."""
        if self.prefix and not (self.replace or self.suffixes or "%" in self.prefix) and _PLAIN.fullmatch(name):
            return f"{self.prefix}{name}"
        replaced = self._replaced(name)
        if is_s3_uri(replaced):
            return self._with_suffix(self._decoded(replaced, place, report), place, report)
        wrong = self._wrong(replaced)
        if wrong:
            report.add(ConversionReason.FOREIGN_PLACE, place, f"{shown(name)} {wrong}")
            return None
        if self.prefix is None:
            text = f"{shown(name)} is not s3://bucket/key: pass images='s3://bucket/prefix'"
            report.add(ConversionReason.REJECTED, place, text)
            return None
        path = _relative_path(replaced)
        if not path:
            report.add(ConversionReason.FOREIGN_PLACE, place, f"{shown(name)} does not name a file below the prefix")
            return None
        if path != replaced:
            report.add(ConversionReason.NORMALIZED, place, f"{shown(name)} became {shown(path)}")
        made = f"{self.prefix}{path}"
        if self.decode and _relative_path(unquote(path)) != unquote(path):
            report.add(ConversionReason.FOREIGN_PLACE, place, f"{shown(name)} has escaped path separators or dots")
            return None
        return self._with_suffix(self._decoded(made, place, report), place, report)

    def _replaced(self, name: str) -> str:
        found = max((old for old in self.replace if name.startswith(old)), key=len, default=None)
        if found is None:
            return name
        rest = name[len(found) :]
        return self.replace[found] + (unquote(rest) if _WEB.match(name) else rest)

    @staticmethod
    def _wrong(name: str) -> str:
        advice = "pass images=ImagePlaces(prefix, replace={'its beginning': ''}) to read it"
        if _DRIVE.match(name) and (len(name) == 2 or name[2] in "\\/" or "\\" in name):  # noqa: PLR2004
            return f"has a drive letter: {advice}"
        if _SCHEME.match(name) and ("://" in name or name.startswith(("data:", "file:"))):
            return f"is a URL: {advice}"
        if name.startswith(("/", "\\")):
            return f"is an absolute path: {advice}"
        return ""

    def _decoded(self, source_ref: str, place: str, report: ConversionReport) -> str:
        decoded = decoded_key(source_ref)
        if decoded is None:
            return source_ref
        if not self.decode:
            advice = "pass images=ImagePlaces(prefix, decode=True) if the key in S3 has none"
            report.add(ConversionReason.URL_ESCAPES, place, f"{shown(source_ref)}: {advice}")
            return source_ref
        bucket = source_ref.removeprefix("s3://").partition("/")[0]
        made = f"s3://{bucket}/{unquote(source_ref.removeprefix(f's3://{bucket}/'))}"
        report.add(ConversionReason.NORMALIZED, place, f"{shown(source_ref)} became {shown(made)}")
        return made

    def _with_suffix(self, source_ref: str, place: str, report: ConversionReport) -> str:
        stem, dot, extension = source_ref.rpartition(".")
        suffix = f".{extension}" if dot and stem and "/" not in extension else ""
        if suffix.lower() in self.suffixes:
            return source_ref.removesuffix(suffix) + self.suffixes[suffix.lower()]
        if suffix.lower() not in _SUFFIXES:
            advice = f"pass images=ImagePlaces(prefix, suffixes={{{suffix!r}: '.png'}}) if it was converted"
            report.add(ConversionReason.OTHER_SUFFIX, place, f"{shown(source_ref)}: {advice}")
        return source_ref


def image_places(images: "str | ImagePlaces | None") -> ImagePlaces:
    """Return the places of images that a caller gave as a prefix or in full.

    Raises:
        ValueError: `images` is not `s3://bucket` or `s3://bucket/prefix`.
    """
    return images if isinstance(images, ImagePlaces) else ImagePlaces(images)


def below(folder: str, name: str) -> str:
    """Return a name that is relative to a folder (empty, or with a slash at its end); other names are kept."""
    is_relative = not _SCHEME.match(name) and not name.startswith(("/", "\\"))
    return f"{folder}{name}" if is_relative else name


def _relative_path(name: str) -> str:
    """Return a path with forward slashes and without `.`, `..` and `//`; empty if it leads out or names a folder."""
    parts: list[str] = []
    given = name.replace("\\", "/").split("/")
    if given[-1] in ("", ".", ".."):
        return ""
    for part in given:
        if part == "..":
            if not parts:
                return ""
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)
