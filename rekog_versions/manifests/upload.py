"""Upload a folder of images to S3, and skip the images that are there already."""

import os
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rekog_versions._aws.error_codes import credentials_failed, describe_failure, is_denied, is_missing
from rekog_versions._aws.s3 import S3Location, s3_client
from rekog_versions._aws.uploads import FileUpload, is_unchanged, stored_objects, upload_files
from rekog_versions._json import JsonResult
from rekog_versions._text import printable, shown
from rekog_versions.manifests.convert.left_out import ConversionReason, ConversionReport
from rekog_versions.manifests.convert.walking import check_folder, files_below
from rekog_versions.manifests.images.image_check import LARGEST_FILE
from rekog_versions.manifests.limits import LONGEST_KEY
from rekog_versions.manifests.naming import image_prefix

_SIGNATURES = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}
_EXTENSIONS = frozenset({".png", ".jpg", ".jpeg"})
_MOST_LISTED = 1000


@dataclass(frozen=True, slots=True)
class UploadProgress(JsonResult):
    """The state of an upload after one more image."""

    name: str
    """The path of the image below the folder."""
    done: int
    """Images that were uploaded, were unchanged, or failed."""
    total: int
    """Images to upload or to skip."""
    uploaded: int
    unchanged: int
    bytes_uploaded: int


@dataclass(frozen=True, kw_only=True, slots=True)
class UploadReport(JsonResult):
    """The images that `upload_images()` uploaded, skipped and left out. The truth value is `ok`."""

    _derived = ("ok",)

    target: str
    """`s3://bucket/prefix/`."""
    uploaded: int
    unchanged: int
    """Images that the bucket had already with the same content."""
    bytes_uploaded: int
    failed: tuple[tuple[str, str], ...]
    """The path and the error of the first 1,000 images that could not be uploaded."""
    failed_count: int
    left_out: ConversionReport
    """The files and folders that were left out, with the reason."""

    @property
    def ok(self) -> bool:
        """True if no upload failed. Files that were left out do not count."""
        return not self.failed_count

    def __bool__(self) -> bool:
        """Return `ok`."""
        return self.ok

    def __str__(self) -> str:
        text = [
            f"{printable(self.target)}: {self.uploaded:,} images uploaded ({self.bytes_uploaded:,} bytes), "
            f"{self.unchanged:,} unchanged, {self.failed_count:,} failed, {len(self.left_out):,} left out"
        ]
        text += [f"  failed: {printable(name, 200)}: {printable(error, 300)}" for name, error in self.failed[:10]]
        for reason, count in self.left_out.counts.items():
            text.append(f"  {count:,}  {reason.value}")
            examples = [str(found) for found in self.left_out if found.reason is reason][:3]
            text += [f"    {example}" for example in examples]
        return "\n".join(text)


def upload_images(
    folder: str | os.PathLike[str],
    target: str,
    *,
    s3: Any,
    max_concurrent: int | None = None,
    on_progress: Callable[[UploadProgress], object] | None = None,
) -> UploadReport:
    """Upload the PNG and JPEG images of a folder to S3, many at once.

    The image `folder/cat/1.jpg` becomes `s3://bucket/prefix/cat/1.jpg`, as `from_folder()` names it. An object of the
    same size whose ETag is the MD5 of the image is not uploaded again, so an interrupted upload can be repeated. With
    encryption by KMS, ETags are not MD5s, and all images are uploaded. Objects without a file are kept.

    These are left out: files that are not PNG or JPEG by name and first bytes, empty files, images over 15 MiB, hidden
    files and folders, links to folders, links that lead out of the folder, and names that cannot be keys.

    Args:
        folder: The folder on disk.
        target: The place in S3: `s3://bucket/prefix`, or `s3://bucket`.
        s3: A boto3 client for S3, or a `VersionsClient`. It needs s3:ListBucket and s3:PutObject.
        max_concurrent: The number of requests at once. The default is the client's number of connections.
        on_progress: Called after each image, in the calling thread. Its exceptions end the upload.

    Returns:
        The number of images, and everything that was left out or failed.

    Raises:
        NotADirectoryError: `folder` is not a folder.
        ValueError: `target` is not `s3://bucket/prefix`, `s3` is None, or `max_concurrent` is not positive.
        TypeError: `s3` is not a client for S3, or `max_concurrent` is not an integer.
        botocore.exceptions.ClientError: The bucket does not exist, or a permission or the credentials are missing.
            Images that were uploaded before remain.
    """
    prefix = _target(target)
    root = check_folder(folder)
    client = s3_client(s3, prefix)
    threads = client.meta.config.max_pool_connections if max_concurrent is None else max_concurrent
    _check_threads(threads)
    location = S3Location(*prefix.removeprefix("s3://").split("/", 1))
    run = _Run(root, location, on_progress)
    with closing(upload_files(client, run.changed(client), threads)) as uploads:
        for upload, error in uploads:
            run.finish(upload, error)
    return run.report(prefix)


def _target(target: str) -> str:
    try:
        return image_prefix(target)
    except ValueError:
        raise ValueError(f"target must be s3://bucket/prefix, got {shown(target)}") from None


def _check_threads(threads: object) -> None:
    if not isinstance(threads, int) or isinstance(threads, bool):
        raise TypeError(f"max_concurrent must be a whole number of requests, got {shown(threads)}")
    if threads < 1:
        raise ValueError(f"max_concurrent must be at least 1, got {threads}")


class _Run:
    """One upload of a folder."""

    def __init__(
        self, root: Path, location: S3Location, on_progress: Callable[[UploadProgress], object] | None
    ) -> None:
        self._root = root
        self._resolved = root.resolve()
        self._location = location
        self._on_progress = on_progress
        self._left_out = ConversionReport()
        self._total = self._uploaded = self._unchanged = self._failed = self._bytes = 0
        self._failures: list[tuple[str, str]] = []
        self._sizes: dict[str, int] = {}

    def changed(self, client: Any) -> Iterator[FileUpload]:
        """Yield the images to upload, and skip those that are unchanged."""
        images = dict(self._images())
        self._total = len(images)
        keys = {f"{self._location.key}{name}": name for name in images}
        stored = {keys[key]: found for key, found in stored_objects(client, self._location) if key in keys}
        for name, content_type in images.items():
            path = self._root / name
            try:
                size = path.stat().st_size
                is_known = name in stored and is_unchanged(path, stored[name])
            except OSError as error:
                self._fail(name, error.strerror or str(error))
                continue
            if is_known:
                self._unchanged += 1
                self._progress(name)
                continue
            self._sizes[name] = size
            yield FileUpload(path, S3Location(self._location.bucket, f"{self._location.key}{name}"), content_type)

    def _images(self) -> Iterator[tuple[str, str]]:
        """Yield the path and the content type of each image; report the other files."""
        for path in files_below(self._root, self._left_out):
            name = path.as_posix()
            found = self._content_type(name)
            if isinstance(found, str):
                yield name, found
            else:
                reason, why = found
                self._left_out.add(reason, name, why)

    def _content_type(self, name: str) -> str | tuple[ConversionReason, str]:
        """Return the content type of an image, or the reason to leave a file out."""
        path = self._root / name
        if path.suffix.lower() not in _EXTENSIONS:
            return ConversionReason.NOT_AN_IMAGE, "its name does not end in .png, .jpg or .jpeg"
        try:
            if len(f"{self._location.key}{name}".encode()) > LONGEST_KEY:
                return ConversionReason.FOREIGN_PLACE, f"the key would have over {LONGEST_KEY:,} bytes"
        except UnicodeEncodeError:
            return ConversionReason.FOREIGN_PLACE, "its name is not UTF-8: rename the file"
        try:
            if path.is_symlink() and not path.resolve().is_relative_to(self._resolved):
                return ConversionReason.LINK_OUTSIDE, "copy the file"
            size = path.stat().st_size
            with path.open("rb") as file:
                head = file.read(8)
        except (OSError, RuntimeError) as error:
            return ConversionReason.UNREADABLE, getattr(error, "strerror", None) or str(error)
        kind = next((kind for magic, kind in _SIGNATURES.items() if head.startswith(magic)), None)
        if kind is None:
            return ConversionReason.NOT_AN_IMAGE, "its first bytes are not those of a PNG or JPEG" if size else "empty"
        if size > LARGEST_FILE:
            return ConversionReason.REJECTED, f"it has {size:,} bytes; the service accepts {LARGEST_FILE:,}"
        return kind

    def finish(self, upload: FileUpload, error: Exception | None) -> None:
        """Count an upload.

        Raises:
            BotoCoreError, ClientError: Each other upload would fail too.
        """
        name = upload.location.key[len(self._location.key) :]
        size = self._sizes.pop(name, 0)
        if error is None:
            self._uploaded += 1
            self._bytes += size
            self._progress(name)
        elif credentials_failed(error) or is_denied(error) or is_missing(error):
            raise error
        else:
            self._fail(name, describe_failure(error))

    def _fail(self, name: str, why: str) -> None:
        self._failed += 1
        if len(self._failures) < _MOST_LISTED:
            self._failures.append((name, printable(why, 500)))
        self._progress(name)

    def _progress(self, name: str) -> None:
        if self._on_progress is not None:
            done = self._uploaded + self._unchanged + self._failed
            self._on_progress(UploadProgress(name, done, self._total, self._uploaded, self._unchanged, self._bytes))

    def report(self, target: str) -> UploadReport:
        """Return the report of the whole run."""
        return UploadReport(
            target=target,
            uploaded=self._uploaded,
            unchanged=self._unchanged,
            bytes_uploaded=self._bytes,
            failed=tuple(self._failures),
            failed_count=self._failed,
            left_out=self._left_out,
        )
