"""Lines from a CSV table, a folder or a labeling job pass the rules of check_manifests(), whatever the source holds."""

import csv
import io
import json
import string
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from hypothesis import given, settings, strategies as st

from rekog_versions.manifests import from_csv, from_folder, from_ground_truth
from tests.manifests.converted import PREFIX, check_lines
from tests.manifests.mutations import mutated
from tests.manifests.odd_lines import LINES

_NAMES = ["1.jpg", "a/2.png", "../3.jpg", "C:\\4.jpg", "/5.jpg", "s3://other/6.jpg", "https://x/7.jpg", "", "."]
names = st.one_of(st.sampled_from(_NAMES), st.text(max_size=12))
labels = st.one_of(st.sampled_from(["cat", "dog", "cat,dog", "", "0", "1", "x" * 300, "\x1b[2J"]), st.text(max_size=8))


@settings(max_examples=80, deadline=None)
@given(rows=st.lists(st.tuples(names, labels), max_size=8), separator=st.sampled_from([None, ","]))
def test_lines_of_a_table_pass(rows: list[tuple[str, str]], separator: str | None) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder, "labels.csv")
        text = io.StringIO(newline="")
        csv.writer(text).writerows([("image", "label"), *rows])
        path.write_bytes(text.getvalue().encode("utf-8", "replace"))
        check_lines(from_csv(path, PREFIX, separator=separator))


_CHARACTERS = [*string.ascii_letters, " ", "%", "+", "#", "\u00e9", "\u0301", "\u202e", "\x1b"]
folder_names = st.text(st.sampled_from(_CHARACTERS), min_size=1, max_size=6)


@settings(max_examples=40, deadline=None)
@given(files=st.lists(st.tuples(folder_names, folder_names, st.sampled_from([".jpg", ".PNG", ".txt", ""])), max_size=6))
def test_lines_of_a_folder_pass(files: list[tuple[str, str, str]]) -> None:
    with TemporaryDirectory() as folder:
        for label, name, suffix in files:
            place = Path(folder, f"l{label}")
            place.mkdir(exist_ok=True)
            (place / f"n{name}{suffix}").write_bytes(b"\xff\xd8\xff")
        check_lines(from_folder(folder, PREFIX))


some_lines = st.tuples(st.randoms(use_true_random=False), st.sampled_from(LINES)).map(
    lambda drawn: mutated(Random(drawn[0].randrange(2**32)), [drawn[1]])
)


@settings(max_examples=150, deadline=None)
@given(
    lines=st.lists(some_lines | st.sampled_from(LINES), max_size=6), attribute=st.sampled_from([None, "pets", "boxes"])
)
def test_lines_of_a_labeling_job_pass(lines: list[bytes], attribute: str | None) -> None:
    first = json.dumps({"source-ref": "s3://bucket/data/0.jpg"}).encode()
    content = b"\n".join([first, *(line.replace(b"\0", b"") for line in lines)])
    with TemporaryDirectory() as folder:
        path = Path(folder, "job.manifest")
        path.write_bytes(content.decode("utf-8", "replace").encode())
        check_lines(from_ground_truth(path, attribute=attribute))
