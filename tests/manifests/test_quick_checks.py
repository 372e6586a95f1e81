"""Lines that are recognized as valid without making their JSON are valid."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from hypothesis import given, settings, strategies as st

from rekog_versions.errors import ManifestError
from rekog_versions.manifests import ImageLabel, ImageLevelLine, LabeledBox, ObjectLine
from rekog_versions.manifests.build.quick_checks import is_certain_box
from rekog_versions.manifests.build.typed_lines import check_entry
from rekog_versions.manifests.lines import parse, read_line

numbers: Any = st.one_of(
    st.integers(-2, 300),
    st.floats(-2, 300),
    st.sampled_from([0, 1, 1.0000001, 64, 1280, 1281, 5000, 1e9, 1e308, float("nan"), float("inf"), True, None, "1"]),
)
texts: Any = st.one_of(
    st.sampled_from(["cat", "a" * 256, "a" * 257, "", "caf\u00e9", "\ud800", 7]), st.text(max_size=5)
)
references: Any = st.sampled_from(
    ["s3://b/1.png", "s3:///1.png", "s3://b/", "s3://b/\ud800", "s3://b/" + "x" * 1024, "s3://b/" + "x" * 1025, 7, None]
)
names: Any = st.sampled_from(["boxes", "source-ref", "a-metadata", "", "caf\u00e9", "x" * 99_990])
early = datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14)))  # in UTC, it is in the year 0
dates: Any = st.sampled_from([None, datetime(2026, 1, 1), datetime(2026, 1, 1, tzinfo=UTC), early])  # noqa: DTZ001


@settings(max_examples=300, deadline=None)
@given(st.tuples(texts, numbers, numbers, numbers, numbers, st.sampled_from([0, 1, 0.5, -1, 2, float("nan"), True])))
def test_a_certain_box_is_valid(values: tuple[Any, ...]) -> None:
    try:
        box = LabeledBox(*values)
    except ManifestError:
        return
    assert isinstance(box.label, str)
    assert all(type(side) in (int, float) for side in (box.left, box.top, box.width, box.height, box.confidence))
    assert is_certain_box(box)


@settings(max_examples=300, deadline=None)
@given(
    reference=st.just("s3://b/1.png") | references,
    sides=st.tuples(st.integers(64, 300) | numbers, st.integers(64, 300) | numbers),
    boxes=st.lists(
        st.tuples(st.just("cat") | texts, *[st.integers(2, 40) | numbers] * 4)
        | st.tuples(st.just("cat"), *[st.integers(2, 32) | st.floats(1, 32)] * 4),
        min_size=1,
        max_size=2,
    ),
    attribute=st.just("boxes") | names,
    created=dates,
    job=st.none() | names,
)
def test_a_line_with_boxes_is_made_only_if_its_json_is_valid(
    *, reference: Any, sides: Any, boxes: Any, attribute: Any, created: Any, job: Any
) -> None:
    try:
        made = [LabeledBox(*values) for values in boxes]
        width, height = sides
        line = ObjectLine(reference, width, height, made, attribute=attribute, creation_date=created, job_name=job)
    except (ManifestError, OverflowError):
        return
    check_entry(line.to_dict(), line.to_json())
    assert not read_line(parse(line.to_json()), 1)[1]


@settings(max_examples=200, deadline=None)
@given(
    reference=st.just("s3://b/1.png") | references,
    labels=st.lists(texts, max_size=3),
    attribute=st.just("label") | names,
    created=dates,
    job=st.none() | names,
)
def test_a_line_with_labels_is_made_only_if_its_json_is_valid(
    reference: Any, labels: Any, attribute: Any, created: Any, job: Any
) -> None:
    try:
        made = [ImageLabel(name, creation_date=created, job_name=job) for name in labels]
        line = ImageLevelLine(reference, made, attribute=attribute)
    except (ManifestError, OverflowError):
        return
    check_entry(line.to_dict(), line.to_json())
