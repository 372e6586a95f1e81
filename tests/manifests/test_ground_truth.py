"""From Ground Truth's output manifests."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rekog_versions.errors import ManifestError
from rekog_versions.manifests.build.typed_lines import ImageLevelLine, LabeledBox, ObjectLine, TypedLine
from rekog_versions.manifests.convert.ground_truth import from_ground_truth
from rekog_versions.manifests.convert.left_out import ConversionReason
from rekog_versions.manifests.lines import parse, read_line
from rekog_versions.testing import mock_custom_labels
from tests.testing.emulator import shared_client

IMAGE = "s3://bucket/1.jpg"


def multilabel(name: str = "animals", ids: Any = (0, 2), metadata: Any = None, image: str = IMAGE) -> dict[str, Any]:
    return {
        "source-ref": image,
        name: list(ids) if isinstance(ids, tuple) else ids,
        f"{name}-metadata": {
            "job-name": "labeling-job/animals",
            "class-map": {"0": "cat", "1": "dog", "2": "indoor"},
            "confidence-map": {"0": 0.95, "1": 0.5, "2": 0},
            "human-annotated": "yes",
            "creation-date": "2020-03-06T12:27:48.479000",
            "type": "groundtruth/image-classification-multilabel",
            **(metadata or {}),
        },
    }


def boxes(name: str, *found: LabeledBox) -> dict[str, Any]:
    """A line as a file may contain it, unchecked."""
    return {
        "source-ref": IMAGE,
        name: {
            "image_size": [{"width": 100, "height": 80, "depth": 3}],
            "annotations": [
                {"class_id": 0, "left": box.left, "top": box.top, "width": box.width, "height": box.height}
                for box in found
            ],
        },
        f"{name}-metadata": {
            "objects": [{"confidence": 0} for _ in found],
            "class-map": {"0": "cat"} if found else {},
            "type": "groundtruth/object-detection",
            "human-annotated": "yes",
            "creation-date": "2020-03-06T12:27:48.479000",
        },
    }


BOX = LabeledBox("cat", 1, 2, 30, 40)


class Job:
    def __init__(self, path: Path) -> None:
        self.path = path

    def lines(self, *entries: Any, attribute: Any = None) -> list[TypedLine]:
        texts = [entry if isinstance(entry, bytes) else json.dumps(entry).encode() for entry in entries]
        self.path.write_bytes(b"\n".join(texts))
        self.converted = from_ground_truth(self.path, attribute=attribute)
        lines = list(self.converted)
        assert all(not read_line(parse(line.to_json()), 1)[1] for line in lines)
        return lines

    @property
    def left_out(self) -> list[tuple[ConversionReason, str]]:
        return [(record.reason, record.place) for record in self.converted.report]


@pytest.fixture
def job(tmp_path: Path) -> Job:
    return Job(tmp_path / "output.manifest")


def test_each_label_of_a_multi_label_attribute_gets_an_attribute(job: Job) -> None:
    (line,) = job.lines(multilabel())
    entry = line.to_dict()
    assert list(entry) == ["source-ref", "animals0", "animals0-metadata", "animals1", "animals1-metadata"]
    assert entry["animals0-metadata"] == {
        "class-name": "cat",
        "confidence": 0.95,
        "type": "groundtruth/image-classification",
        "human-annotated": "yes",
        "creation-date": "2020-03-06T12:27:48.479Z",
        "job-name": "labeling-job/animals",
    }
    assert entry["animals1-metadata"]["class-name"] == "indoor"
    assert job.left_out == []


@pytest.mark.parametrize(
    ("entry", "left_out", "labels"),
    [
        (multilabel(ids=(0, 7)), ConversionReason.UNKNOWN_CATEGORY, ["cat"]),
        (multilabel(metadata={"confidence-map": {"0": 1}}), ConversionReason.UNKNOWN_CATEGORY, ["cat"]),
        (multilabel(metadata={"class-map": {"0": "cat", "2": "cat"}}), ConversionReason.REPEATED_LABEL, ["cat"]),
        (multilabel(ids=()), ConversionReason.NO_LABEL, []),
        (multilabel(ids="[0]"), ConversionReason.REJECTED, []),
        (multilabel(metadata={"class-map": None}), ConversionReason.REJECTED, []),
        (multilabel(metadata={"confidence-map": {"0": 7}}), ConversionReason.REJECTED, []),
        (multilabel(metadata={"class-map": {"0": ["cat"]}}), ConversionReason.REJECTED, []),
        ({**multilabel(), "source-ref": "1.jpg"}, ConversionReason.REJECTED, []),
        ({"source-ref": IMAGE}, ConversionReason.NO_LABEL, []),
        (multilabel(metadata={"type": ["groundtruth"]}), ConversionReason.UNSUPPORTED, []),
        (
            {"source-ref": IMAGE, "mask-ref": "s3://b/m.png", "mask-ref-metadata": {"type": "x"}},
            ConversionReason.UNSUPPORTED,
            [],
        ),
        (b"{", ConversionReason.UNREADABLE, []),
        (b"\xff", ConversionReason.UNREADABLE, []),
        (b" ", ConversionReason.UNREADABLE, []),
    ],
)
def test_unusable_labels_are_left_out(job: Job, entry: Any, left_out: ConversionReason, labels: list[str]) -> None:
    found = job.lines(multilabel(ids=(1,), image="s3://bucket/fine.jpg"), entry)
    assert [label.name for line in found[1:] if isinstance(line, ImageLevelLine) for label in line.labels] == labels
    assert (left_out, "line 2") in job.left_out


def test_the_last_adjustment_of_a_job_is_converted(job: Job) -> None:
    first, second = boxes("job", BOX), boxes("job-chain", LabeledBox("cat", 5, 6, 7, 8))
    (line,) = job.lines({**second, **first})
    assert isinstance(line, ObjectLine)
    assert (line.attribute, line.boxes[0].left) == ("job-chain", 5)
    (line,) = job.lines({**second, **first}, attribute="job")
    assert isinstance(line, ObjectLine)
    assert (line.attribute, line.boxes[0].left) == ("job", 1)


def test_a_line_with_several_jobs_is_left_out_unless_one_is_chosen(job: Job) -> None:
    both = {**boxes("boxes", BOX), **multilabel("animals")}
    assert job.lines(both) == []
    assert job.left_out == [(ConversionReason.AMBIGUOUS, "line 1")]
    (line,) = job.lines(both, attribute="animals")
    assert isinstance(line, ImageLevelLine)
    assert job.lines(both, attribute="other") == []
    assert job.left_out == [(ConversionReason.NO_LABEL, "line 1")]


def test_image_level_lines_are_kept(job: Job) -> None:
    line = ImageLevelLine(IMAGE, ["cat", "dog"])
    (again,) = job.lines(line.to_dict())
    assert isinstance(again, ImageLevelLine)
    assert [label.name for label in again.labels] == ["cat", "dog"]


def test_boxes_are_clipped_or_left_out(job: Job) -> None:
    off, small = LabeledBox("cat", 90, 2, 30, 40), LabeledBox("cat", 5, 5, 1, 1)
    (line,) = job.lines(boxes("job", BOX, off, small), {**boxes("job"), "source-ref": "s3://bucket/2.jpg"})
    assert isinstance(line, ObjectLine)
    assert [(box.left, box.width, box.confidence) for box in line.boxes] == [(1, 30, 0), (90, 10, 0)]
    assert job.left_out == [
        (ConversionReason.CLIPPED, "line 1, box 2"),
        (ConversionReason.TOO_SMALL, "line 1, box 3"),
        (ConversionReason.NO_BOX, "line 2"),
    ]


def test_boxes_without_confidence_are_rejected(job: Job) -> None:
    entry = boxes("job", BOX, LabeledBox("cat", 90, 2, 30, 40))
    entry["job-metadata"]["objects"] = []
    assert job.lines(entry) == []
    assert job.left_out == [(ConversionReason.REJECTED, "line 1")]
    assert "a missing confidence value" in str(job.converted.report)


@pytest.fixture
def s3() -> Iterator[Any]:
    with mock_custom_labels():
        made = shared_client("s3")
        made.create_bucket(Bucket="bucket")
        yield made


def test_a_manifest_in_s3_is_converted_to_one_in_s3(s3: Any) -> None:
    body = "".join(json.dumps({**multilabel(), "source-ref": f"s3://bucket/{n}.jpg"}) + "\n" for n in range(5))
    s3.put_object(Bucket="bucket", Key="output/output.manifest", Body=body)
    written = from_ground_truth("s3://bucket/output/output.manifest", s3=s3).write("s3://bucket/train.manifest", s3=s3)
    assert (written.lines, dict(written.labels)) == (5, {"cat": 5, "indoor": 5})
    assert s3.get_object(Bucket="bucket", Key="train.manifest")["Body"].read().count(b"\n") == 5
    with pytest.raises(ManifestError, match="must be given as s3://bucket/key"):
        from_ground_truth("s3://bucket", s3=s3)


def test_the_first_of_two_lines_of_an_image_is_converted(job: Job) -> None:
    (line,) = job.lines(multilabel(), multilabel(ids=(1,)))
    assert isinstance(line, ImageLevelLine)
    assert [label.name for label in line.labels] == ["cat", "indoor"]
    assert job.left_out == [(ConversionReason.DUPLICATE_IMAGE, "line 2")]


def test_a_byte_order_mark_is_not_part_of_the_first_line(tmp_path: Path) -> None:
    path = tmp_path / "output.manifest"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps(multilabel()).encode())
    assert len(list(from_ground_truth(path))) == 1


def verified(number: int, verdict: str) -> str:
    line = {**boxes("job", BOX), "source-ref": f"s3://bucket/{number}.jpg"}
    metadata = {"class-name": verdict, "confidence": 1, "type": "groundtruth/label-verification"}
    return json.dumps({**line, "check": "1", "check-metadata": metadata})


@pytest.mark.parametrize(
    ("leave_out", "kept"),
    [
        (False, [0, 1, 2, 3]),
        (True, [0, 3]),
        (["blurry", "Reject"], [0, 2]),
        ([], [0, 1, 2, 3]),
    ],
)
def test_lines_that_a_verification_job_rejected_are_left_out_on_request(
    leave_out: Any, kept: list[int], tmp_path: Path
) -> None:
    source = tmp_path / "output.manifest"
    source.write_text("\n".join(verified(n, verdict) for n, verdict in enumerate(("good", "reject", "bad", " Blurry"))))
    converted = from_ground_truth(source, leave_out_rejected=leave_out)
    assert [line.source_ref for line in converted] == [f"s3://bucket/{n}.jpg" for n in kept]
    assert converted.report.counts.get(ConversionReason.NOT_VERIFIED, 0) == 4 - len(kept)
    if leave_out is True:
        assert "'check' says 'reject'" in str(converted.report)


def test_a_text_is_not_a_list_of_verdicts(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="must be True, False or a list of verdicts, got 'reject'"):
        from_ground_truth(tmp_path / "output.manifest", leave_out_rejected="reject")


def test_the_types_and_failures_of_unsupported_jobs_are_counted(job: Job) -> None:
    mask = {"mask-ref": "s3://b/m.png", "mask-ref-metadata": {"type": "groundtruth/semantic-segmentation"}}
    failed = {"job-metadata": {"type": "groundtruth/object-detection", "failure-reason": "ClientError: \x1b no image"}}
    lines = [{"source-ref": f"{IMAGE}{number}", **(mask if number < 5 else failed)} for number in range(7)]
    assert job.lines(*lines) == []
    text = str(job.converted.report)
    assert "5 times 'groundtruth/semantic-segmentation'" in text
    assert r"2 times 'ClientError: \x1b no image'" in text
    assert [kind["count"] for kind in job.converted.report.to_dict()["kinds"]] == [5, 2]


def test_an_adjustment_with_another_name_and_an_order_of_preference_decide(job: Job) -> None:
    first, adjusted = boxes("first", BOX), boxes("adjusted", BOX)
    adjusted["adjusted-metadata"]["adjustment-status"] = "adjusted"
    (line,) = job.lines({**first, **adjusted})
    assert isinstance(line, ObjectLine)
    assert line.attribute == "adjusted"
    del adjusted["adjusted-metadata"]["adjustment-status"]
    assert job.lines({**first, **adjusted}) == []
    assert job.left_out == [(ConversionReason.AMBIGUOUS, "line 1")]
    (line, other) = job.lines(
        {**first, **adjusted}, {**first, "source-ref": f"{IMAGE}2"}, attribute=["adjusted", "first"]
    )
    assert (line.attribute, other.attribute) == ("adjusted", "first")  # type: ignore[union-attr]
