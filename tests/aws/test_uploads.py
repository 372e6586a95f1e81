"""Many files are uploaded at once, and errors belong to their files."""

import hashlib
from pathlib import Path

from hypothesis import HealthCheck, given, settings, strategies as st

from rekog_versions._aws.uploads import PART_SIZE, StoredObject, is_unchanged


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.binary(max_size=30), st.binary(max_size=30))
def test_only_equal_content_is_unchanged(tmp_path: Path, here: bytes, there: bytes) -> None:
    path = tmp_path / "a"
    path.write_bytes(here)
    assert is_unchanged(path, StoredObject(len(there), hashlib.md5(there).hexdigest())) is (here == there)
    assert not is_unchanged(path, StoredObject(len(here), hashlib.sha256(there).hexdigest()))


def test_a_file_in_parts_is_compared_part_by_part(tmp_path: Path) -> None:
    content = b"a" * PART_SIZE + b"b"
    path = tmp_path / "a"
    path.write_bytes(content)
    digests = [hashlib.md5(part).digest() for part in (content[:PART_SIZE], content[PART_SIZE:])]
    etag = f"{hashlib.md5(b''.join(digests)).hexdigest()}-2"
    assert is_unchanged(path, StoredObject(len(content), etag))
    path.write_bytes(content[:-1] + b"c")
    assert not is_unchanged(path, StoredObject(len(content), etag))
