"""A folder of files that appears when it is complete."""

import errno
import os
import secrets
import shutil
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self, TextIO

from rekog_versions._text import shown


class NewFolder:
    """A folder to write in a `with` block. Until the end of the block it is beside its target under another name.

    Args:
        target: The folder. It must not exist, or be empty.

    Raises:
        FileExistsError: `target` is a file, or a folder with files.
        FileNotFoundError: The folder that `target` is in does not exist.
        OSError: The folder can't be created.
    """

    def __init__(self, target: str | os.PathLike[str]) -> None:
        self.path = Path(target).resolve()  # a symbolic link remains one
        if self.path.exists() and not (self.path.is_dir() and not any(self.path.iterdir())):
            text = "the folder must be new or empty; choose another one, or remove it first"
            raise FileExistsError(errno.EEXIST, text, str(self.path))
        self._unfinished = self.path.with_name(f".unfinished-{secrets.token_hex(8)}")
        try:
            self._unfinished.mkdir()
        except FileNotFoundError as error:
            text = "the folder of the target does not exist; create it"
            raise FileNotFoundError(errno.ENOENT, text, str(self.path.parent)) from error
        self._made: set[Path] = set()
        self._open = ExitStack()
        self._appended: dict[str, TextIO] = {}

    def write(self, name: str, text: str) -> None:
        """Write a file with a new name.

        Args:
            name: The relative path with forward slashes.
            text: The content.

        Raises:
            ValueError: The path leads out of the folder.
            OSError: The file exists, or can't be written.
        """
        path = self._unfinished.joinpath(*self._parts(name))
        if path.parent not in self._made:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._made.add(path.parent)
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)

    def append(self, name: str, text: str) -> None:
        """Append to a file that is written until the end of the block.

        Raises:
            ValueError: The path leads out of the folder.
            OSError: The file can't be written.
        """
        file = self._appended.get(name)
        if file is None:
            path = self._unfinished.joinpath(*self._parts(name))
            path.parent.mkdir(parents=True, exist_ok=True)
            file = self._appended[name] = self._open.enter_context(path.open("x", encoding="utf-8", newline="\n"))
        file.write(text)

    @staticmethod
    def _parts(name: str) -> list[str]:
        parts = name.split("/")
        if any(part in ("", ".", "..") or "\\" in part or ":" in part for part in parts):
            raise ValueError(f"a file must be within its folder, got {shown(name)}")
        return parts

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._open.close()
            if error is None:
                if self.path.exists():
                    self.path.rmdir()
                self._unfinished.rename(self.path)
        finally:
            shutil.rmtree(self._unfinished, ignore_errors=True)  # it is gone if all went well
