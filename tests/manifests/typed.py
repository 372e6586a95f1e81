"""Hypothesis strategies for typed lines and for their arguments."""

from datetime import UTC, datetime

from hypothesis import strategies as st

from rekog_versions.errors import ManifestError
from rekog_versions.manifests.build.typed_lines import ImageLabel, ImageLevelLine, LabeledBox, ObjectLine, TypedLine

source_refs = st.builds("s3://bucket/{}".format, st.text(min_size=1, max_size=20))
names = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8)
confidences = st.floats(0, 1) | st.integers(0, 1)
moments = st.none() | st.datetimes(timezones=st.sampled_from([None, UTC]))
attributes = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8)

labels = st.builds(ImageLabel, names, confidences, st.booleans(), moments, st.none() | st.text(max_size=5))
sides = st.integers(-3, 4000) | st.floats(-3, 4000)
boxes = st.builds(LabeledBox, names, sides, sides, sides, sides, confidences)


def _made(kind: type[TypedLine], *arguments: object, **named: object) -> TypedLine | None:
    try:
        return kind(*arguments, **named)  # type: ignore[arg-type]
    except ManifestError:
        return None


image_level = st.builds(
    lambda *args, attribute: _made(ImageLevelLine, *args, attribute=attribute),
    source_refs,
    st.lists(labels, max_size=4),
    attribute=attributes,
)
objects = st.builds(
    lambda *args, **named: _made(ObjectLine, *args, **named),
    source_refs,
    sides,
    sides,
    st.lists(boxes, max_size=4),
    depth=st.sampled_from([1, 3]),
    attribute=attributes,
    human_annotated=st.booleans(),
    creation_date=moments,
    job_name=st.none() | st.text(max_size=5),
)
whole_boxes = st.builds(
    lambda source_ref, found: ObjectLine(
        source_ref, 100, 80, [LabeledBox(name, left, top, 20, 30.5) for name, left, top in found]
    ),
    st.builds("s3://bucket/{}".format, names),
    st.lists(st.tuples(names, st.integers(0, 80), st.floats(0, 49.5)), min_size=1, max_size=50),
)
typed_lines = (image_level | objects | whole_boxes).filter(lambda line: line is not None)
"""Valid lines."""

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)
