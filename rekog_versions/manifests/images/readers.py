"""Read many images, or only their headers: from S3 by ranged requests, or from a folder."""

import errno
import os
import threading
import time
from abc import ABC, abstractmethod
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from functools import partial
from pathlib import Path
from typing import Any, Generic, TypeVar, cast

from rekog_versions._aws.error_codes import MISSING, credentials_failed, describe_failure, error_code
from rekog_versions._aws.errors import BotoCoreError, ClientError
from rekog_versions._aws.rate_limit import RateLimiter
from rekog_versions._aws.s3 import S3Location, read_range, s3_client
from rekog_versions._text import printable, shown
from rekog_versions.manifests.images.headers import Header, read_header, require_pillow
from rekog_versions.manifests.images.image_check import LARGEST_FILE, ImageInfo, ImageProblem, K
from rekog_versions.manifests.naming import image_prefix

T = TypeVar("T")
R = TypeVar("R")

FIRST_BYTES = 16 * 1024
"""Bytes of the first request for an image: enough for most images without a preview in their EXIF."""
MOST_BYTES = 4 * 1024 * 1024
"""The most bytes that are read of an image whose header is long."""

_GROWTH = 4  # 16 KiB, then up to 64 KiB, 256 KiB, 1 MiB, 4 MiB
_REMEMBERED = 10_000  # images whose header is kept: a few MB
_REQUESTS_PER_THREAD = 2  # taken in advance
_EMPTY_FILE = "InvalidRange"  # only a file without bytes lacks the first one


class StoredImages(ABC):
    """Images in S3 or in a folder. Called, it reads their headers: it is an `ImageReader`."""

    @abstractmethod
    def __call__(self, requests: Iterable[tuple[K, str]], /) -> Iterator[tuple[K, ImageInfo]]:
        """Read the headers of images, as `ImageReader` does."""

    @abstractmethod
    def process(
        self, requests: Iterable[tuple[K, str]], make: Callable[[bytes], T], /
    ) -> Iterator[tuple[K, T | ImageInfo]]:
        """Read whole images and yield each key with the result of `make`, in any order.

        An image that cannot be read, or for which `make` raises a `ValueError`, has an `ImageInfo` with the problem.

        Args:
            requests: Pairs of a key and a `source-ref`.
            make: Called with the file, in a thread for images in S3.
        """


def stored_images(images: object) -> StoredImages:
    """Check that whole images can be read.

    Raises:
        TypeError: They can't be.
    """
    if not isinstance(images, StoredImages):
        raise TypeError(
            f"images must be images_from_s3(client) or images_from_folder(folder, prefix), got {type(images).__name__}"
        )
    return images


def images_from_s3(
    client: Any,
    *,
    max_concurrent: int | None = None,
    per_second: float = 500,
    sleep: Callable[[float], object] | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> StoredImages:
    """Return an `ImageReader` that reads the headers of images in S3, many at once, by ranged requests.

    An image costs one GetObject request of 16 KiB. More is read only if the header is longer, for example for a preview
    or a color profile. The last 10,000 images are remembered, and requests for them cost nothing. botocore retries
    requests as the client is configured.

    The caller needs s3:GetObject, and s3:ListBucket to learn that an image does not exist. Without s3:ListBucket, S3
    responds with 403, and the image counts as not checked.

    Args:
        client: A boto3 client for S3, or an object that has one as `.s3`, such as a `VersionsClient`.
        max_concurrent: The number of threads. The default is the client's number of connections
            (`max_pool_connections`, which is 10 by default); more threads than connections gain little.
        per_second: The most requests a second. S3 serves 5,500 a second for each prefix, and each is billed.
        sleep: Pause for some seconds. By default, closing the iterator ends a pause.
        clock: Return monotonic seconds.

    Returns:
        A reader for `check_manifests(..., images=...)`. It can be used repeatedly and by several threads. While it is
        iterated, it raises `botocore.exceptions.ClientError` or `BotoCoreError` if credentials are rejected or
        missing.

    Raises:
        ImportError: Pillow is not installed.
        ValueError: A number is not positive, or `client` is None.
        TypeError: `client` is not a client for S3 and does not have one, or `max_concurrent` is not an integer.
    """
    require_pillow()
    s3 = s3_client(client, "an image")
    threads = s3.meta.config.max_pool_connections if max_concurrent is None else max_concurrent
    for name, value in (("max_concurrent", threads), ("per_second", per_second)):
        if not value > 0:
            raise ValueError(f"{name} must be above 0, got {value}")
    if not isinstance(cast("object", threads), int):
        raise TypeError(f"max_concurrent must be a whole number of threads, got {shown(threads)}")
    return _S3Images(s3, threads, RateLimiter(per_second, clock), sleep)


class _S3Images(StoredImages):
    """Images in S3."""

    def __init__(self, s3: Any, threads: int, limiter: RateLimiter, sleep: Callable[[float], object] | None) -> None:
        self._s3 = s3
        self._threads = threads
        self._limiter = limiter
        self._sleep = sleep

    def __call__(self, requests: Iterable[tuple[K, str]], /) -> Iterator[tuple[K, ImageInfo]]:
        return self._run(requests, lambda reader, name: reader.read(name, reader.header), remembered=_REMEMBERED)

    def process(
        self, requests: Iterable[tuple[K, str]], make: Callable[[bytes], T], /
    ) -> Iterator[tuple[K, T | ImageInfo]]:
        def read(reader: _ObjectReader, name: str) -> T | ImageInfo:
            return reader.read(name, lambda location: _made(reader.content(location), make))

        return self._run(requests, read, remembered=0)

    def _run(
        self, requests: Iterable[tuple[K, str]], read: "Callable[[_ObjectReader, str], R]", *, remembered: int
    ) -> Iterator[tuple[K, R]]:
        closed = threading.Event()
        reader = _ObjectReader(self._s3, self._limiter, self._sleep or closed.wait, closed)
        pool = ThreadPoolExecutor(self._threads, thread_name_prefix="images_from_s3")
        try:
            queue = _Queue[K, R](pool, partial(read, reader), _REQUESTS_PER_THREAD * self._threads, remembered)
            yield from queue.run(requests)
        finally:
            # however the iteration ends: waiting requests are dropped, and threads in a pause wake up and end
            closed.set()
            pool.shutdown(cancel_futures=True)


def images_from_folder(folder: str | Path, images: str) -> StoredImages:
    """Return an `ImageReader` that reads the headers of images in a folder, before they are uploaded to S3.

    Args:
        folder: The folder on disk.
        images: The place of the images in S3, `"s3://bucket/prefix/"`. The image `s3://bucket/prefix/cats/1.jpg` is
            then `cats/1.jpg` in the folder.

    Returns:
        A reader for `check_manifests(..., images=...)`. An image with another prefix counts as not checked. No file
        outside of the folder is read.

    Raises:
        ImportError: Pillow is not installed.
        NotADirectoryError: `folder` does not exist, or is not a folder.
        ValueError: `images` is not `s3://bucket` or `s3://bucket/prefix`.
    """
    require_pillow()
    root, prefix = Path(folder).resolve(), image_prefix(images)
    if not root.is_dir():  # otherwise, each image would be reported as missing
        raise NotADirectoryError(errno.ENOTDIR, "folder must be a folder of images; check the path", str(folder))

    return _FolderImages(root, prefix)


class _FolderImages(StoredImages):
    """Images in a folder."""

    def __init__(self, root: Path, prefix: str) -> None:
        self._root = root
        self._prefix = prefix

    def __call__(self, requests: Iterable[tuple[K, str]], /) -> Iterator[tuple[K, ImageInfo]]:
        for key, source_ref in requests:
            path = self._path(source_ref)
            yield key, path if isinstance(path, ImageInfo) else image_info_from_file(path)

    def process(
        self, requests: Iterable[tuple[K, str]], make: Callable[[bytes], T], /
    ) -> Iterator[tuple[K, T | ImageInfo]]:
        for key, source_ref in requests:
            path = self._path(source_ref)
            yield key, path if isinstance(path, ImageInfo) else _made(_file_content(path), make)

    def _path(self, source_ref: str) -> Path | ImageInfo:
        if not source_ref.startswith(self._prefix):
            return _not_checked(f"it is not under {printable(self._prefix)}")
        try:
            path = (self._root / source_ref.removeprefix(self._prefix)).resolve()
        except (OSError, ValueError) as error:  # a loop of symbolic links, or a NUL character
            return _not_checked(f"it could not be read: {printable(str(error), 300)}")
        # keys are untrusted, and must not select files elsewhere
        return path if path.is_relative_to(self._root) else _not_checked("its key leads out of the folder")


def _file_content(path: Path) -> bytes | ImageInfo:
    found = image_info_from_file(path)
    if found.problem is not None:
        return found
    try:
        return path.read_bytes() if (found.size or 0) <= LARGEST_FILE else _too_large(found.size)
    except OSError as error:
        return _not_checked(f"it could not be read: {printable(str(error), 300)}")


def _made(content: bytes | ImageInfo, make: Callable[[bytes], T]) -> T | ImageInfo:
    if isinstance(content, ImageInfo):
        return content
    try:
        return make(content)
    except ValueError as error:
        return ImageInfo(size=len(content), problem=ImageProblem.NOT_AN_IMAGE, detail=printable(str(error), 300))


def _too_large(size: int | None) -> ImageInfo:
    return _not_checked(f"it has {size:,} bytes; at most {LARGEST_FILE:,} are read")


class _Queue(Generic[K, R]):
    """The requests of one iteration: those in progress, and the results that are remembered."""

    def __init__(self, pool: ThreadPoolExecutor, read: Callable[[str], R], most_pending: int, remembered: int) -> None:
        self._pool = pool
        self._read = read
        self._most_pending = most_pending
        self._keys: dict[str, list[K]] = {}
        self._remembered = remembered
        self._running: dict[Future[R], str] = {}
        self._known: OrderedDict[str, R] = OrderedDict()

    def run(self, requests: Iterable[tuple[K, str]]) -> Iterator[tuple[K, R]]:
        pending = 0
        for key, source_ref in requests:
            if source_ref in self._known:
                self._known.move_to_end(source_ref)
                yield key, self._known[source_ref]
                continue
            pending += 1
            if source_ref in self._keys:
                self._keys[source_ref].append(key)
            else:
                self._keys[source_ref] = [key]
                self._running[self._pool.submit(self._read, source_ref)] = source_ref
            while pending >= self._most_pending:
                for result in self._finished():
                    pending -= 1
                    yield result
        while self._running:
            yield from self._finished()

    def _finished(self) -> Iterator[tuple[K, R]]:
        done, _ = wait(self._running, return_when=FIRST_COMPLETED)
        for future in done:
            source_ref = self._running.pop(future)
            image = future.result()
            self._known[source_ref] = image
            if len(self._known) > self._remembered:
                self._known.popitem(last=False)
            for key in self._keys.pop(source_ref):
                yield key, image


class _ClosedError(Exception):
    """The iterator was closed, so the result is not needed."""


class _ObjectReader:
    """Reads objects in S3."""

    def __init__(
        self, s3: Any, limiter: RateLimiter, sleep: Callable[[float], object], closed: threading.Event
    ) -> None:
        self._s3 = s3
        self._limiter = limiter
        self._sleep = sleep
        self._closed = closed

    def read(self, source_ref: str, read: Callable[[S3Location], R]) -> R | ImageInfo:
        """Return the result of `read` for an image, or the problem."""
        try:
            location = S3Location.parse(source_ref)
        except ValueError as error:
            return _not_checked(str(error))
        try:
            location.key.encode()
        except UnicodeEncodeError:
            detail = "its key is not valid Unicode, so no object in S3 can have it"
            return ImageInfo(problem=ImageProblem.NOT_FOUND, detail=detail)
        try:
            image = read(location)
        except (BotoCoreError, ClientError, OSError) as error:
            if credentials_failed(error):
                raise
            self._limiter.report(error)
            return _from_error(error)
        self._limiter.report(None)
        return image

    def header(self, location: S3Location) -> ImageInfo:
        """Read the first bytes, and more of them if the header is longer."""
        head, end = b"", FIRST_BYTES
        while True:
            more, size = read_range(self._s3, location, len(head), end, before_request=self._wait)
            head += more
            header = read_header(head)
            if not header.is_incomplete or not more or len(head) >= min(size, MOST_BYTES):
                return _image_info(header, size, is_whole=len(head) >= size)
            end = min(end * _GROWTH, MOST_BYTES)

    def content(self, location: S3Location) -> bytes | ImageInfo:
        """Read the whole object."""
        content, size = read_range(self._s3, location, 0, LARGEST_FILE, before_request=self._wait)
        return content if size <= LARGEST_FILE else _too_large(size)

    def _wait(self) -> None:
        seconds = self._limiter.reserve()
        if seconds:
            self._sleep(seconds)
        if self._closed.is_set():
            raise _ClosedError


def _from_error(error: Exception) -> ImageInfo:
    code = error_code(error)
    if code in MISSING:
        missing = "bucket" if code == "NoSuchBucket" else "file"
        return ImageInfo(problem=ImageProblem.NOT_FOUND, detail=f"the {missing} does not exist")
    if code == _EMPTY_FILE:
        return ImageInfo(size=0, problem=ImageProblem.NOT_AN_IMAGE, detail="the file is empty")
    return _not_checked(describe_failure(error))


def image_info_from_file(path: str | os.PathLike[str]) -> ImageInfo:
    """Read the header of an image on disk. A file that can't be read is reported in the result.

    Raises:
        ImportError: Pillow is not installed.
    """
    path = Path(path)
    try:
        if not path.is_file():  # pipes and devices are excluded: reading one may never end
            detail = "it is a folder, not an image" if path.is_dir() else f"the file does not exist: {shown(str(path))}"
            return ImageInfo(problem=ImageProblem.NOT_FOUND, detail=detail)
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(FIRST_BYTES)
            header = read_header(head)
            if header.is_incomplete:
                head += file.read(MOST_BYTES - len(head))
                header = read_header(head)
    except (OSError, ValueError) as error:
        return _not_checked(f"it could not be read: {printable(str(error), 300)}")
    return _image_info(header, size, is_whole=len(head) >= size)


def image_info_from_bytes(content: bytes) -> ImageInfo:
    """Read the header of an image in memory.

    Raises:
        ImportError: Pillow is not installed.
        TypeError: `content` is not bytes.
    """
    if not isinstance(cast("object", content), bytes | bytearray | memoryview):
        raise TypeError(f"content must be the bytes of an image, got {type(content).__name__}: read the file first")
    content = bytes(content)
    return _image_info(read_header(content), len(content), is_whole=True)


def _image_info(header: Header, size: int, *, is_whole: bool) -> ImageInfo:
    problem, detail = None, ""
    if header.width is None:
        problem = ImageProblem.NOT_AN_IMAGE
        if not size:
            detail = "the file is empty"
        elif header.is_incomplete and not is_whole:
            problem, detail = ImageProblem.NOT_CHECKED, f"its header has more than {MOST_BYTES:,} bytes"
        elif header.is_incomplete:
            detail = f"the {header.format} file ends within its header"
        elif header.format in {"PNG", "JPEG"}:
            detail = f"its {header.format} header is invalid"
    return ImageInfo(
        header.format, header.width, header.height, size, header.is_rotated, problem, detail, header.orientation
    )


def _not_checked(detail: str) -> ImageInfo:
    return ImageInfo(problem=ImageProblem.NOT_CHECKED, detail=detail)
