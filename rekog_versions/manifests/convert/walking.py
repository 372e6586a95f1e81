"""Find the files below a folder, and report those that are not read."""

import os
from collections.abc import Iterator
from operator import itemgetter
from pathlib import Path, PurePath

from rekog_versions._text import printable
from rekog_versions.manifests.convert.left_out import ConversionReason, ConversionReport

_FILE, _FOLDER, _LINK, _OTHER = "f", "d", "l", "o"
_name = itemgetter(slice(1, None))


def check_folder(folder: str | os.PathLike[str]) -> Path:
    """Return the path of a folder.

    Raises:
        NotADirectoryError: It is not a folder.
    """
    root = Path(folder)
    if not root.is_dir():
        raise NotADirectoryError(f"folder must be an existing folder, got '{printable(str(root), 300)}'")
    return root


def files_below(root: Path, report: ConversionReport) -> Iterator[PurePath]:
    """Yield the files below a folder, sorted by name, as paths relative to `root`."""
    # a stack and not recursion: folders may be nested more deeply than calls
    folder = PurePath()
    stack = [(folder, _entries(root, folder, report))]
    while stack:
        folder, entries = stack[-1]
        if not entries:
            stack.pop()
            continue
        entry = entries.pop()  # frees the name
        kind, name = entry[0], entry[1:]
        path = folder / name
        if name.startswith("."):
            report.add(ConversionReason.HIDDEN, path.as_posix())
        elif kind == _FILE:
            yield path
        elif kind == _FOLDER:
            stack.append((path, _entries(root, path, report)))
        elif kind == _LINK:
            report.add(ConversionReason.NOT_FOLLOWED, path.as_posix(), "copy the folder, or convert it separately")
        else:
            report.add(ConversionReason.UNREADABLE, path.as_posix(), "it is not a file, or it is a broken link")


def _entries(root: Path, folder: PurePath, report: ConversionReport) -> list[str]:
    """Return the names in a folder, the first one last, each after a character for its kind."""
    try:
        with os.scandir(root / folder) as entries:
            return sorted((_kind(entry) + entry.name for entry in entries), key=_name, reverse=True)
    except OSError as error:
        if not folder.parts:
            raise
        report.add(ConversionReason.UNREADABLE, folder.as_posix(), error.strerror or str(error))
        return []


def _kind(entry: "os.DirEntry[str]") -> str:
    if entry.is_dir(follow_symlinks=False):
        return _FOLDER
    if entry.is_dir():
        return _LINK
    return _FILE if entry.is_file() else _OTHER
