"""Ways to look at images where they stand: in S3, by their first bytes, many at once; or in a folder on disk."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any, Generic, cast

from rekog_versions._text import printable
from rekog_versions.manifests.images.headers import Header, read_header, require_pillow
from rekog_versions.manifests.images.image_check import ImageInfo, ImageProblem, ImageReader, K
from rekog_versions.manifests.naming import prefix_of, s3_place

FIRST_BYTES = 16 * 1024
"""What is read of an image at first: enough for nearly all of those that have no preview in their EXIF."""
MOST_BYTES = 4 * 1024 * 1024
"""What is read of an image at most, if its header goes on and on."""

_GROWTH = 4  # 16 KiB, then up to 64 KiB, 256 KiB, 1 MiB, 4 MiB
_REMEMBERED = 10_000  # pictures, the last ones: a few MB
_AHEAD = 2  # requests taken for each that can be worked on at a time
_ATTEMPTS = 3  # botocore repeats the request, but not the reading of what it answered
_NOT_FOUND = frozenset({"NoSuchKey", "NoSuchBucket", "404"})
_EMPTY = "InvalidRange"  # only a file of no bytes lacks its first one
_CALLERS_OWN = frozenset(
    {"ExpiredToken", "InvalidAccessKeyId", "InvalidToken", "RequestTimeTooSkewed", "SignatureDoesNotMatch"}
)
"""Refusals that have nothing to do with the image: every other call would be refused, too."""


def images_from_s3(
    client: Any,
    *,
    max_concurrent: int | None = None,
    per_second: float = 500,
    sleep: Callable[[float], object] | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> ImageReader:
    """A way to look at images in S3 by ranged GETs of their first bytes, many at once.

    An image costs one GET of 16 KiB; more is read only where the header goes on, as with a preview or a colour profile
    in it. An image that is asked for again while it is remembered (the last 10,000 are) costs nothing. Requests are
    repeated by botocore as the client is configured. The caller needs s3:GetObject, and s3:ListBucket to be told that
    an image doesn't exist: without it S3 answers 403, and the image counts as not looked at.

    Args:
        client: A boto3 client for S3, or anything that has one as `.s3`, such as a `VersionsClient`.
        max_concurrent: Threads; by default as many as the client keeps connections (`max_pool_connections`, 10 unless
            its configuration says otherwise; more threads than connections gain little).
        per_second: The most requests a second. S3 takes 5,500 a second for a prefix; each is billed.
        sleep: How to pause, in seconds; by default so that the pause ends when the iterator is closed.
        clock: Monotonic seconds.

    Returns:
        What takes pairs of a key and a `source-ref` and yields pairs of the key and a `ImageInfo`, for
        `check_manifests(..., images=...)`. It may be used again and by several threads. While iterating it raises
        `botocore.exceptions.ClientError` or `NoCredentialsError` if the credentials are what is refused.

    Raises:
        ImportError: Pillow isn't installed.
        ValueError: A number is not positive, or there is no client for S3.
    """
    require_pillow()
    s3 = client if hasattr(client, "get_object") else client.s3
    threads = s3.meta.config.max_pool_connections if max_concurrent is None else max_concurrent
    for name, value in (("max_concurrent", threads), ("per_second", per_second)):
        if not value > 0:
            raise ValueError(f"{name} must be more than 0, not {value}")
    pace = _Pace(per_second, clock)

    def look(requests: Iterable[tuple[K, str]], /) -> Iterator[tuple[K, ImageInfo]]:
        stopped = threading.Event()
        reader = _Reader(s3, lambda: pace.wait(sleep or stopped.wait), stopped)
        pool = ThreadPoolExecutor(threads, thread_name_prefix="images_from_s3")
        try:
            yield from _Looking[K](pool, reader.look, _AHEAD * threads).run(requests)
        finally:
            # whatever ends it: what hasn't begun never does, what waits for its turn gives up
            stopped.set()
            pool.shutdown(cancel_futures=True)

    return look


def images_from_folder(folder: str | Path, images: str) -> ImageReader:
    """A way to look at images that are on disk before they are in S3.

    Args:
        folder: Where they are on disk.
        images: Where they will be, `"s3://bucket/prefix/"`: `prefix/cats/1.jpg` is then `cats/1.jpg` in the folder.

    Returns:
        As `images_from_s3()` does. An image elsewhere counts as not looked at; none is looked for outside the folder.

    Raises:
        ImportError: Pillow isn't installed.
        ValueError: `images` is no place in S3.
    """
    require_pillow()
    root, prefix = Path(folder).resolve(), prefix_of(images)

    def look(requests: Iterable[tuple[K, str]], /) -> Iterator[tuple[K, ImageInfo]]:
        for key, source_ref in requests:
            if source_ref.startswith(prefix):
                yield key, _below(root, source_ref.removeprefix(prefix))
            else:
                yield key, _not_looked_at(f"it is not under {printable(prefix)}")

    return look


class _Pace:
    """Turns that are so far apart that no second has too many."""

    def __init__(self, per_second: float, clock: Callable[[], float]) -> None:
        self._interval = 1 / per_second
        self._clock = clock
        self._lock = threading.Lock()
        self._next = clock()

    def wait(self, sleep: Callable[[float], object]) -> None:
        with self._lock:
            now = self._clock()
            turn = max(self._next, now)
            self._next = turn + self._interval
        if turn > now:
            sleep(turn - now)


class _Looking(Generic[K]):
    """The requests that are being worked on."""

    def __init__(self, pool: ThreadPoolExecutor, look: Callable[[str], ImageInfo], ahead: int) -> None:
        self._pool = pool
        self._look = look
        self._ahead = ahead
        self._keys: dict[str, list[K]] = {}
        self._flying: dict[Future[ImageInfo], str] = {}
        self._seen: OrderedDict[str, ImageInfo] = OrderedDict()

    def run(self, requests: Iterable[tuple[K, str]]) -> Iterator[tuple[K, ImageInfo]]:
        taken = 0
        for key, source_ref in requests:
            if source_ref in self._seen:
                self._seen.move_to_end(source_ref)
                yield key, self._seen[source_ref]
                continue
            taken += 1
            if source_ref in self._keys:
                self._keys[source_ref].append(key)
            else:
                self._keys[source_ref] = [key]
                self._flying[self._pool.submit(self._look, source_ref)] = source_ref
            while taken >= self._ahead:
                for answer in self._landed():
                    taken -= 1
                    yield answer
        while self._flying:
            yield from self._landed()

    def _landed(self) -> Iterator[tuple[K, ImageInfo]]:
        done, _ = wait(self._flying, return_when=FIRST_COMPLETED)
        for future in done:
            source_ref = self._flying.pop(future)
            picture = future.result()
            self._seen[source_ref] = picture
            if len(self._seen) > _REMEMBERED:
                self._seen.popitem(last=False)
            for key in self._keys.pop(source_ref):
                yield key, picture


class _StoppedError(Exception):
    """Nobody waits for the answer any more."""


class _Reader:
    """Reads the first bytes of a file in S3, and more if its header goes on."""

    def __init__(self, s3: Any, wait_for_turn: Callable[[], None], stopped: threading.Event) -> None:
        self._s3 = s3
        self._wait_for_turn = wait_for_turn
        self._stopped = stopped

    def look(self, source_ref: str) -> ImageInfo:
        from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError  # noqa: PLC0415 - heavy

        place = s3_place(source_ref)
        if place is None:
            return _not_looked_at(f"{printable(source_ref, 200)!r} is not s3://bucket/key")
        bucket, key = place
        try:
            key.encode()
        except UnicodeEncodeError:
            return ImageInfo(problem=ImageProblem.NOT_FOUND, detail="its key is no Unicode text, so S3 can't hold it")
        try:
            return self._read(bucket, key)
        except NoCredentialsError:
            raise
        except ClientError as error:
            return _refused(error)
        except (BotoCoreError, OSError) as error:
            return _not_looked_at(f"it could not be read: {printable(str(error), 300)}")

    def _read(self, bucket: str, key: str) -> ImageInfo:
        head, until = b"", FIRST_BYTES
        while True:
            more, size = self._get(bucket, key, len(head), until)
            head += more
            header = read_header(head)
            if not header.goes_on or not more or len(head) >= min(size, MOST_BYTES):
                return _picture(header, size, is_whole=len(head) >= size)
            until = min(until * _GROWTH, MOST_BYTES)

    def _get(self, bucket: str, key: str, start: int, end: int) -> tuple[bytes, int]:
        """Some bytes, and how many the whole file has."""
        from botocore.exceptions import HTTPClientError, IncompleteReadError  # noqa: PLC0415 - heavy

        attempt = 1
        while True:
            self._wait_for_turn()
            if self._stopped.is_set():
                raise _StoppedError
            answer = self._s3.get_object(Bucket=bucket, Key=key, Range=f"bytes={start}-{end - 1}")
            try:
                with answer["Body"] as body:
                    # a server that knows no ranges sends all of it: no more than was asked for is taken
                    ranged = answer.get("ContentRange")
                    content = cast("bytes", body.read() if ranged else body.read(end)[start:])
            except (HTTPClientError, IncompleteReadError):
                if attempt == _ATTEMPTS:
                    raise
                attempt += 1
                continue
            size = str(ranged).rpartition("/")[2] if ranged else ""
            return content, int(size) if size.isdecimal() else int(answer["ContentLength"])


def _refused(error: Any) -> ImageInfo:
    code = str(error.response.get("Error", {}).get("Code", ""))
    if code in _CALLERS_OWN:
        raise error
    if code in _NOT_FOUND:
        what = "bucket" if code == "NoSuchBucket" else "file"
        return ImageInfo(problem=ImageProblem.NOT_FOUND, detail=f"there is no such {what}")
    if code == _EMPTY:
        return ImageInfo(size=0, problem=ImageProblem.NOT_AN_IMAGE, detail="the file is empty")
    return _not_looked_at(f"S3 answered {printable(code, 100)}: {printable(str(error), 300)}")


def _below(root: Path, name: str) -> ImageInfo:
    try:
        path = (root / name).resolve()
    except (OSError, ValueError) as error:  # a loop of links; no path has a NUL in it
        return _not_looked_at(f"it could not be read: {printable(str(error), 300)}")
    # a key is anybody's text, and must not choose files elsewhere
    return (
        image_info_from_file(path) if path.is_relative_to(root) else _not_looked_at("its key leads out of the folder")
    )


def image_info_from_file(path: Path) -> ImageInfo:
    """Looks at an image on disk by its first bytes.

    Raises:
        ImportError: Pillow isn't installed.
    """
    try:
        if not path.is_file():  # not a pipe or a device, either: reading one may never end
            return ImageInfo(problem=ImageProblem.NOT_FOUND, detail="there is no such file")
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(FIRST_BYTES)
            header = read_header(head)
            if header.goes_on:
                head += file.read(MOST_BYTES - len(head))
                header = read_header(head)
    except (OSError, ValueError) as error:
        return _not_looked_at(f"it could not be read: {printable(str(error), 300)}")
    return _picture(header, size, is_whole=len(head) >= size)


def image_info_from_bytes(content: bytes) -> ImageInfo:
    """Looks at an image that is there as a whole.

    Raises:
        ImportError: Pillow isn't installed.
    """
    return _picture(read_header(content), len(content), is_whole=True)


def _picture(header: Header, size: int, *, is_whole: bool) -> ImageInfo:
    problem, detail = None, ""
    if header.width is None:
        problem = ImageProblem.NOT_AN_IMAGE
        if not size:
            detail = "the file is empty"
        elif header.goes_on and not is_whole:
            problem, detail = ImageProblem.NOT_CHECKED, f"its header has more than {MOST_BYTES:,} bytes"
        elif header.goes_on:
            detail = f"the {header.format} file ends within its header"
        elif header.format in {"PNG", "JPEG"}:
            detail = f"its {header.format} header is broken"
    return ImageInfo(header.format, header.width, header.height, size, header.is_turned, problem, detail)


def _not_looked_at(detail: str) -> ImageInfo:
    return ImageInfo(problem=ImageProblem.NOT_CHECKED, detail=detail)
