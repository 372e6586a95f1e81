import bisect
import json
import sys
from typing import Any

import pytest
from botocore.exceptions import ClientError

from rekog_versions.manifests.lines import Line
from rekog_versions.testing.datasets.entries import Entry
from rekog_versions.testing.training.read_manifests import parse_lines
from tests.testing.datasets import create_dataset, entries, failure, images, labels, stats, texts, update
from tests.testing.emulator import BUCKET, OF_CATS, Emulator, boxed_line, cats_and_dogs, client, json_lines, line

HOSTILE = [
    "<script>alert(1)</script>",
    "\x1b[31mred",
    "../../etc/passwd",
    "a\u2028b",
    "a\nb",
    "{0}%s",
    "'; DROP",
    "\u202eelif ",
    "\ud83d",
    "ü" * 255,
]


def dataset(emulator: Emulator, *lines: dict[str, Any]) -> str:
    return create_dataset(emulator, emulator.project(), content=json_lines(lines))


def test_an_entry_is_its_line_unchanged_with_the_metadata_of_the_service(emulator: Emulator) -> None:
    labelled = (
        b'{ "source-ref": "s3://abc/1.jpg",  "n": 1.10, "n-metadata": '
        b'{"class-name": "\\u00fc\xc3\xbc", "confidence": 1E-2, "type": "groundtruth/image-classification"} } '
    )
    unlabelled = b'{"source-ref":"s3://abc/2.jpg"}'
    arn = create_dataset(emulator, emulator.project(), content=labelled + b"\r\n" + unlabelled)
    assert texts(emulator, arn) == [
        labelled.decode().strip().removesuffix("}").strip() + ',"cl-metadata":{"is_labeled":true}}',
        '{"source-ref":"s3://abc/2.jpg","cl-metadata":{"is_labeled":false}}',
    ]


def test_listed_entries_can_be_sent_back_as_an_update(emulator: Emulator) -> None:
    arn = dataset(emulator, line(1, "cat"), line(2), {**line(3), "a": 1, "a-metadata": 5})
    before = entries(emulator, arn)
    update(emulator, arn, before)
    assert entries(emulator, arn) == before
    update(emulator, arn, [{**before[2], "a-metadata": OF_CATS}])
    (last,) = entries(emulator, arn, SourceRefContains="/3.jpg")
    assert "errors" not in last
    assert last["cl-metadata"] == {"is_labeled": True}


def test_entries_pass_every_filter_that_is_given(emulator: Emulator) -> None:
    arn = dataset(
        emulator,
        line("a/1", "cat"),
        line("a/2", "dog", "cat"),
        line("b/1"),
        boxed_line("b/2", "dog"),
        {**line("c/1"), "odd": 1},
        {**line("c/2", "cat"), "odd": 1, "odd-metadata": {}},
    )
    every = ["a/1", "a/2", "b/1", "b/2", "c/1", "c/2"]
    queries: dict[str, dict[str, Any]] = {
        "none": {},
        "labels": {"ContainsLabels": ["dog", "bird"]},
        "case": {"ContainsLabels": ["Cat"]},
        "labeled": {"Labeled": True},
        "unlabeled": {"Labeled": False},
        "part": {"SourceRefContains": "images/a/"},
        "bucket": {"SourceRefContains": BUCKET},
        "pattern": {"SourceRefContains": ".*"},
        "errors": {"HasErrors": True},
        "errors or not": {"HasErrors": False},
        "all": {"ContainsLabels": ["cat"], "Labeled": True, "SourceRefContains": "/2", "HasErrors": True},
    }
    found = {
        name: [entry["source-ref"][len(f"s3://{BUCKET}/images/") : -4] for entry in entries(emulator, arn, **filters)]
        for name, filters in queries.items()
    }
    assert found == {
        "none": every,
        "labels": ["a/2", "b/2"],
        "case": [],
        "labeled": ["a/1", "a/2", "b/2", "c/2"],
        "unlabeled": ["b/1", "c/1"],
        "part": ["a/1", "a/2"],
        "bucket": every,
        "pattern": [],
        "errors": ["c/1", "c/2"],
        "errors or not": every,
        "all": ["c/2"],
    }
    assert stats(emulator, arn) == {"LabeledEntries": 4, "TotalEntries": 6, "TotalLabels": 2, "ErrorEntries": 2}


def test_labels_are_counted_by_images(emulator: Emulator) -> None:
    arn = dataset(emulator, line(1, "cat", "dog", "cat"), boxed_line(2, "dog", "dog", "bird"), line(3, "cat"))
    assert labels(emulator, arn) == {"cat": (2, 0), "dog": (2, 1), "bird": (1, 1)}
    assert list(labels(emulator, arn)) == ["cat", "dog", "bird"]


def test_class_ids_are_valid_only_in_their_line(emulator: Emulator) -> None:
    arn = dataset(emulator, boxed_line(1, "cat"), boxed_line(2, "dog"))
    assert labels(emulator, arn) == {"cat": (1, 1), "dog": (1, 1)}


def test_a_big_dataset_comes_in_pages(emulator: Emulator) -> None:
    names = [f"label {number}" for number in range(250)]
    content = json_lines(line(number, names[number % 250]) for number in range(2_500))
    arn = create_dataset(emulator, emulator.project(), content=content)
    paginator = emulator.rekognition.get_paginator("list_dataset_entries")
    pages = [page["DatasetEntries"] for page in paginator.paginate(DatasetArn=arn)]
    assert [len(page) for page in pages] == [100] * 25
    listed = [json.loads(text)["source-ref"] for page in pages for text in page]
    assert listed == [f"s3://{BUCKET}/images/{number}.jpg" for number in range(2_500)]
    filtered = paginator.paginate(DatasetArn=arn, ContainsLabels=["label 7"], PaginationConfig={"PageSize": 4})
    assert [len(page["DatasetEntries"]) for page in filtered] == [4, 4, 2]
    paginator = emulator.rekognition.get_paginator("list_dataset_labels")
    described = [page["DatasetLabelDescriptions"] for page in paginator.paginate(DatasetArn=arn)]
    assert [len(page) for page in described] == [100, 100, 50]
    assert [label["LabelName"] for page in described for label in page] == names


def test_an_update_between_two_pages_does_not_move_items(emulator: Emulator) -> None:
    arn = dataset(emulator, *(line(number, f"label {number}") for number in range(4)))
    rekognition = emulator.rekognition
    first = rekognition.list_dataset_entries(DatasetArn=arn, MaxResults=2)
    first_labels = rekognition.list_dataset_labels(DatasetArn=arn, MaxResults=2)
    update(emulator, arn, [line("new", "a new label"), line(0), line(3, "label 3", "another")])
    rest = rekognition.list_dataset_entries(DatasetArn=arn, NextToken=first["NextToken"])
    assert [json.loads(text)["source-ref"][-7:] for text in rest["DatasetEntries"]] == ["s/2.jpg", "s/3.jpg", "new.jpg"]
    rest = rekognition.list_dataset_labels(DatasetArn=arn, NextToken=first_labels["NextToken"])
    named = [label["LabelName"] for label in rest["DatasetLabelDescriptions"]]
    assert named == ["label 2", "label 3", "another", "a new label"]
    assert "label 0" not in labels(emulator, arn)
    update(emulator, arn, [line(0, "label 0")])
    assert next(iter(labels(emulator, arn))) == "label 0"


def test_a_token_belongs_to_its_dataset_operation_and_filters(emulator: Emulator) -> None:
    arn = dataset(emulator, *(line(number, "cat", "dog") for number in range(5)))
    other = create_dataset(emulator, emulator.project("p2"), content=cats_and_dogs(5))
    rekognition = emulator.rekognition
    filters = {"ContainsLabels": ["cat", "dog"], "Labeled": True, "SourceRefContains": "s3:", "HasErrors": False}
    token = rekognition.list_dataset_entries(DatasetArn=arn, MaxResults=2, **filters)["NextToken"]
    again = rekognition.list_dataset_entries(
        DatasetArn=arn, NextToken=token, **{**filters, "ContainsLabels": ["dog", "cat"]}
    )
    assert len(again["DatasetEntries"]) == 3
    of_labels = rekognition.list_dataset_labels(DatasetArn=arn, MaxResults=1)["NextToken"]
    foreign: list[dict[str, Any]] = [
        {"DatasetArn": arn, "NextToken": token},
        {"DatasetArn": other, "NextToken": token, **filters},
        *({"DatasetArn": arn, "NextToken": token, **filters, **changed} for changed in (
            {"ContainsLabels": ["cat"]}, {"Labeled": False}, {"SourceRefContains": "s"}, {"HasErrors": True}
        )),
        {"DatasetArn": arn, "NextToken": of_labels},
        {"DatasetArn": arn, "NextToken": "x"},
    ]  # fmt: skip
    for query in foreign:
        with pytest.raises(rekognition.exceptions.InvalidPaginationTokenException):
            rekognition.list_dataset_entries(**query)
    for wrong in (token, "x"):
        with pytest.raises(rekognition.exceptions.InvalidPaginationTokenException):
            rekognition.list_dataset_labels(DatasetArn=arn, NextToken=wrong)


@pytest.mark.parametrize(
    "query",
    [
        {"MaxResults": 101},
        {"ContainsLabels": ["x"] * 11},
        {"ContainsLabels": ["x" * 256]},
        {"SourceRefContains": "  "},
        {"SourceRefContains": "x" * 2049},
    ],
)
def test_queries_that_violate_a_constraint_are_rejected(emulator: Emulator, query: dict[str, Any]) -> None:
    arn = dataset(emulator, line(1))
    name = next(iter(query))
    with pytest.raises(ClientError, match=rf"ValidationException.*{name[:1].lower()}{name[1:]}"):
        emulator.rekognition.list_dataset_entries(DatasetArn=arn, **query)


def test_hostile_labels_and_keys_are_unchanged(emulator: Emulator) -> None:
    keys = ["ü \u200b+%2F#<x>.jpg", "../..", "a\nb\u2028.png", "%s{0}", '"\\']
    lines = [
        {**line(number, label), "source-ref": f"s3://{BUCKET}/{keys[number % 5]}{number}"}
        for number, label in enumerate(HOSTILE)
    ]
    arn = create_dataset(emulator, emulator.project(), content=b"\n".join(json.dumps(item).encode() for item in lines))
    assert failure(emulator, arn)[0] == "CREATE_COMPLETE"
    assert [{**entry, "cl-metadata": None} for entry in entries(emulator, arn)] == [
        {**item, "cl-metadata": None} for item in lines
    ]
    assert list(labels(emulator, arn)) == HOSTILE
    for number, label in enumerate(HOSTILE):
        if "\n" not in label and "\u2028" not in label:  # the pattern of the filter forbids line ends
            (found,) = entries(emulator, arn, ContainsLabels=[label])
            assert found["source-ref"] == lines[number]["source-ref"]
    assert len(entries(emulator, arn, SourceRefContains="ü \u200b+%2F#<x>.jpg")) == 2


def test_a_deeply_nested_line_does_not_raise(emulator: Emulator) -> None:
    def nested(depth: int) -> bytes:
        return f'{{"source-ref":"s3://abc/{depth}","a":{"[" * depth}{"]" * depth}}}\n'.encode()

    # one of them is at the limit: it can be parsed, and is then marked as invalid
    deep = b"".join(nested(depth) for depth in [*range(700, 1000), 30_000])
    arn = create_dataset(emulator, emulator.project(), content=cats_and_dogs(1_300) + deep)
    assert failure(emulator, arn)[0] == "CREATE_COMPLETE"
    assert 1_300 <= len(texts(emulator, arn)) < 1_601


def test_a_line_at_the_nesting_limit_is_left_out_if_the_stack_is_deeper() -> None:
    def read(depth: int) -> Line:
        (parsed, _) = parse_lines(f'{{"source-ref":"s3://abc/x","a":{"[" * depth}{"]" * depth}}}\n{{}}'.encode())
        return parsed

    def deeper(frames: int, parsed: Line) -> Entry | None:
        return deeper(frames - 1, parsed) if frames else Entry.of(parsed, 0)

    depths = range(sys.getrecursionlimit())
    deepest = depths[bisect.bisect_left(depths, True, key=lambda depth: read(depth).entry is None) - 1]
    entry = deeper(30, read(deepest))
    # Python 3.12 and later do not count the nesting of JSON to the stack, so there it is an entry
    assert entry is None or entry.has_errors


@pytest.mark.parametrize("reference", ["s3://ab/1.jpg", "s3://a+c/1.jpg", f"s3://abc/{'x' * 1025}"])
def test_a_line_with_an_invalid_bucket_name_is_left_out(emulator: Emulator, reference: str) -> None:
    arn = dataset(emulator, *(line(number, "cat") for number in range(5)), {**line(5, "dog"), "source-ref": reference})
    assert images(emulator, arn) == ["0", "1", "2", "3", "4"]
    assert list(labels(emulator, arn)) == ["cat"]


def test_a_message_has_the_name_of_the_attribute_unchanged(emulator: Emulator) -> None:
    name = "{0}%s<b>\x1b"
    arn = dataset(emulator, {**line(1), name: "x", f"{name}-metadata": OF_CATS})
    (entry,) = entries(emulator, arn)
    assert entry["errors"][0]["message"] == f"The format of the label attribute {name} is invalid."


def test_labels_that_are_too_long_or_empty_are_ignored(emulator: Emulator) -> None:
    arn = dataset(emulator, line(1, "", "x" * 257, "cat"), line(2, ""))
    assert list(labels(emulator, arn)) == ["cat"]
    assert images(emulator, arn, Labeled=False) == ["2"]


def test_a_blob_that_is_not_base64_is_rejected(emulator: Emulator) -> None:
    import requests

    arn = dataset(emulator, line(1))
    body = json.dumps({"DatasetArn": arn, "Changes": {"GroundTruth": "not base64!"}})
    headers = {
        "X-Amz-Target": "RekognitionService.UpdateDatasetEntries",
        "Content-Type": "application/x-amz-json-1.1",
        "Authorization": "AWS4-HMAC-SHA256 Credential=testing/20260101/us-east-1/rekognition/aws4_request",
    }
    answer = requests.post(client("rekognition").meta.endpoint_url, data=body, headers=headers, timeout=5)
    assert answer.status_code == 400
    body = answer.json()
    assert body.pop("Logref")
    assert body == {
        "__type": "SerializationException",
        "Code": "SerializationException",
        "Message": "The value at 'changes.groundTruth' is not Base64-encoded",
    }
