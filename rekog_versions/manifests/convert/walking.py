"""Find the files below a folder, and report those that are not read."""

import os
from collections.abc import Iterator
from pathlib import Path, PurePath

from rekog_versions._text import printable
from rekog_versions.manifests.convert.left_out import ConversionReason, ConversionReport


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
    stack = [(folder, iter(_entries(root, folder, report)))]
    while stack:
        folder, entries = stack[-1]
        entry = next(entries, None)
        if entry is None:
            stack.pop()
            continue
        path = folder / entry.name
        if entry.name.startswith("."):
            report.add(ConversionReason.HIDDEN, path.as_posix())
        elif entry.is_dir(follow_symlinks=False):
            stack.append((path, iter(_entries(root, path, report))))
        elif entry.is_dir():
            report.add(ConversionReason.NOT_FOLLOWED, path.as_posix(), "copy the folder, or convert it separately")
        elif entry.is_file():
            yield path
        else:
            report.add(ConversionReason.UNREADABLE, path.as_posix(), "it is not a file, or it is a broken link")


def _entries(root: Path, folder: PurePath, report: ConversionReport) -> "list[os.DirEntry[str]]":
    """Return the entries of a folder, sorted by name."""
    try:
        with os.scandir(root / folder) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except OSError as error:
        if not folder.parts:
            raise
        report.add(ConversionReason.UNREADABLE, folder.as_posix(), error.strerror or str(error))
        return []
