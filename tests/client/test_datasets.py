"""Datasets over a scripted wire: made, waited for, listed, updated in parts; both clients."""

import base64
import json
import pickle
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ConnectionClosedError
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from rekog_versions import (
    AccessDeniedError,
    DatasetArn,
    DatasetStatus,
    ResourceInUseError,
    ResourceNotFoundError,
    ResponseError,
    Schedule,
    UnreachableStatusError,
    VersionsClient,
    WaitTimeoutError,
)
from rekog_versions.client.dataset_lines import MOST_BYTES, split_lines
from rekog_versions.errors import DatasetFailedError, InvalidS3ObjectError, ResourceAlreadyExistsError
from rekog_versions.models.datasets import DatasetDescription, DatasetSource
from rekog_versions.statuses import DATASET_DELETED, DATASET_READY, Verdict
from rekog_versions.waiting import DatasetPoll
from tests.conftest import Driver
from tests.wire import PROJECT, Answer, FakeTime, Json, Step, Wire, answer_lost, refusal

TRAIN = "arn:aws:rekognition:us-east-1:123456789012:project/shapes/dataset/train/1574317000000"
TEST = TRAIN.replace("/train/", "/test/")
CREATE, DESCRIBE, UPDATE = "CreateDataset", "DescribeDataset", "UpdateDatasetEntries"
ENTRIES, LABELS, DISTRIBUTE, DELETE = (
    "ListDatasetEntries",
    "ListDatasetLabels",
    "DistributeDatasetEntries",
    "DeleteDataset",
)
STEADY = Schedule(first=60, most=60, jitter=0)
BUSY = refusal("ResourceInUseException", "UPDATE_IN_PROGRESS")
MISSING = refusal("ResourceNotFoundException", "no such dataset")
DONE = Answer({})


def is_(*statuses: str, **members: Any) -> list[Step]:
    """One answer of DescribeDataset for each status, look by look."""
    return [Answer({"DatasetDescription": {"Status": status, **members}}) for status in statuses]


def notes(error: BaseException) -> str:
    return "\n".join(getattr(error, "__notes__", ()))


# -- making, describing, deleting --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "sent"),
    [
        (None, None),
        (
            DatasetSource.from_manifest("s3://data/train.manifest", version="v7"),
            {"GroundTruthManifest": {"S3Object": {"Bucket": "data", "Name": "train.manifest", "Version": "v7"}}},
        ),
        (DatasetSource.from_dataset(TEST), {"DatasetArn": TEST}),
    ],
)
def test_a_dataset_is_made_empty_of_a_manifest_or_of_another_dataset(
    source: DatasetSource | None, sent: Json | None, wire: Wire, driver: Driver
) -> None:
    wire.on(CREATE, Answer({"DatasetArn": TRAIN}))
    arn = driver.over(wire.client())("create_dataset", PROJECT, "TRAIN", dataset_source=source, tags={"team": "vision"})
    assert isinstance(arn, DatasetArn)
    assert arn.dataset_type == "train"
    (asked,) = wire.asked(CREATE)
    assert asked.pop("DatasetSource", None) == sent
    assert asked == {"ProjectArn": PROJECT, "DatasetType": "TRAIN", "Tags": {"team": "vision"}}


def test_what_is_no_dataset_is_refused_before_anything_is_sent(wire: Wire, driver: Driver) -> None:
    call = driver.over(wire.client())
    with pytest.raises(ValidationError, match="'TRAIN', 'TEST'"):
        call("create_dataset", PROJECT, "VALIDATION")
    with pytest.raises(ValidationError, match="is not a dataset ARN: it is a project ARN"):
        call("describe_dataset", PROJECT)
    with pytest.raises(ValidationError, match="is not a dataset ARN"):
        call("wait_until_dataset_ready", PROJECT)
    with pytest.raises(ValidationError, match="is not a dataset ARN"):
        call("update_dataset_entries", PROJECT, ["{}"])
    with pytest.raises(ValueError, match="uri must have the form s3://BUCKET/KEY"):
        DatasetSource.from_manifest("train.manifest")
    with pytest.raises(ValidationError, match="give exactly one of"):
        DatasetSource()
    assert wire.sent == []


def test_refusals_of_a_creation_say_what_to_do(wire: Wire, driver: Driver) -> None:
    wire.on(CREATE, refusal("ResourceAlreadyExistsException"), refusal("InvalidS3ObjectException"), Answer({}))
    call = driver.over(wire.client())
    with pytest.raises(ResourceAlreadyExistsError) as caught:
        call("create_dataset", PROJECT, "TRAIN")
    assert "at most one training and one test dataset" in notes(caught.value)
    with pytest.raises(InvalidS3ObjectError) as unreadable:
        call("create_dataset", PROJECT, "TRAIN")
    assert "Check bucket, key and region" in notes(unreadable.value)
    with pytest.raises(ResponseError, match="no DatasetArn"):
        call("create_dataset", PROJECT, "TRAIN")


def test_a_dataset_is_described(wire: Wire, driver: Driver) -> None:
    stats = {"LabeledEntries": 3, "TotalEntries": 4, "TotalLabels": 2, "ErrorEntries": 1}
    wire.on(DESCRIBE, *is_("UPDATE_COMPLETE", DatasetStats=stats, StatusMessageCode="SUCCESS"), Answer({}))
    call = driver.over(wire.client())
    found = call("describe_dataset", TRAIN)
    assert isinstance(found, DatasetDescription)
    assert found.dataset_stats is not None
    assert (found.dataset_stats.total_entries, found.dataset_stats.error_entries) == (4, 1)
    assert wire.asked(DESCRIBE) == [{"DatasetArn": TRAIN}]
    with pytest.raises(ResponseError, match="no DatasetDescription"):
        call("describe_dataset", TRAIN)


def test_a_dataset_is_deleted(wire: Wire, driver: Driver) -> None:
    wire.on(DELETE, DONE, BUSY)
    call = driver.over(wire.client())
    assert call("delete_dataset", TRAIN) is None
    with pytest.raises(ResourceInUseError):
        call("delete_dataset", TRAIN)


def test_entries_are_distributed_from_the_training_to_the_test_dataset(wire: Wire, driver: Driver) -> None:
    wire.on(DISTRIBUTE, DONE)
    call = driver.over(wire.client())
    assert call("distribute_dataset_entries", TRAIN, TEST) is None
    assert wire.asked(DISTRIBUTE) == [{"Datasets": [{"Arn": TRAIN}, {"Arn": TEST}]}]
    with pytest.raises(ValueError, match="expected a train dataset"):
        call("distribute_dataset_entries", TEST, TRAIN)
    assert len(wire.sent) == 1


# -- waiting -----------------------------------------------------------------------------------------------------------

READY = {
    "CREATE_IN_PROGRESS": Verdict.GO_ON,
    "CREATE_COMPLETE": Verdict.REACHED,
    "CREATE_FAILED": Verdict.FAILED,
    "UPDATE_IN_PROGRESS": Verdict.GO_ON,
    "UPDATE_COMPLETE": Verdict.REACHED,
    "UPDATE_FAILED": Verdict.FAILED,
    "DELETE_IN_PROGRESS": Verdict.UNREACHABLE,
}


def test_every_status_of_a_dataset_is_classified() -> None:
    assert {status.value: verdict for status, verdict in DATASET_READY.verdicts.items()} == READY
    assert set(READY) == set(DATASET_DELETED.verdicts) == set(DatasetStatus)


def wait(driver: Driver, wire: Wire, **kwargs: Any) -> Any:
    return driver.over(wire.client())("wait_until_dataset_ready", TRAIN, **{"schedule": STEADY, **kwargs})


@pytest.mark.parametrize("status", ["CREATE_COMPLETE", "UPDATE_COMPLETE"])
def test_a_dataset_is_waited_for(status: str, wire: Wire, driver: Driver, time: FakeTime) -> None:
    polls: list[DatasetPoll] = []
    wire.on(DESCRIBE, *is_("CREATE_IN_PROGRESS", "NEW_STATUS", status))
    assert wait(driver, wire, on_poll=polls.append).status == status
    assert [(poll.number, poll.status, poll.next_in) for poll in polls] == [
        (1, "CREATE_IN_PROGRESS", 60),
        (2, "NEW_STATUS", 60),
        (3, status, None),
    ]
    assert {poll.arn for poll in polls} == {TRAIN}
    assert time.slept == [60, 60]


@pytest.mark.parametrize("status", ["CREATE_FAILED", "UPDATE_FAILED"])
def test_a_dataset_that_failed_says_why(status: str, wire: Wire, driver: Driver) -> None:
    said = {"StatusMessage": "The manifest file has too many images.\x1b[2J", "StatusMessageCode": "CLIENT_ERROR"}
    wire.on(DESCRIBE, *is_("CREATE_IN_PROGRESS"), *is_(status, **said))
    with pytest.raises(DatasetFailedError, match="too many images") as caught:
        wait(driver, wire)
    error = caught.value
    assert (error.status_message, error.status_message_code) == (said["StatusMessage"], "CLIENT_ERROR")
    assert error.dataset_arn == TRAIN
    assert error.dataset is not None
    assert "CLIENT_ERROR" in str(error)
    assert str(error).isprintable()
    again = pickle.loads(pickle.dumps(error))
    assert vars(again) == vars(error)


def test_a_failure_without_a_reason_says_so(wire: Wire, driver: Driver) -> None:
    wire.on(DESCRIBE, *is_("UPDATE_FAILED"))
    with pytest.raises(DatasetFailedError, match="gave no reason") as caught:
        wait(driver, wire)
    assert caught.value.status_message is None
    assert caught.value.status_message_code is None


def test_a_dataset_that_is_being_deleted_does_not_become_ready(wire: Wire, driver: Driver, time: FakeTime) -> None:
    wire.on(DESCRIBE, *is_("DELETE_IN_PROGRESS"))
    with pytest.raises(UnreachableStatusError, match="is DELETE_IN_PROGRESS"):
        wait(driver, wire)
    assert time.slept == []


def test_a_dataset_that_is_not_found_at_first_is_waited_for(wire: Wire, driver: Driver, time: FakeTime) -> None:
    wire.on(DESCRIBE, MISSING, *is_("CREATE_COMPLETE"))
    assert wait(driver, wire).status == "CREATE_COMPLETE"
    assert time.slept == [5]


def test_a_dataset_that_is_never_found_is_the_services_refusal_after_the_grace(
    wire: Wire, driver: Driver, time: FakeTime
) -> None:
    wire.on(DESCRIBE, MISSING)
    with pytest.raises(ResourceNotFoundError):
        wait(driver, wire)
    assert sum(time.slept) == 30


def test_looks_that_fail_for_passing_reasons_do_not_end_the_wait(wire: Wire, driver: Driver) -> None:
    wire.on(DESCRIBE, *[answer_lost] * 3, *is_("CREATE_COMPLETE"))
    assert wait(driver, wire).status == "CREATE_COMPLETE"


def test_what_else_ends_the_wait_says_how_to_take_it_up_again(wire: Wire, driver: Driver) -> None:
    wire.on(DESCRIBE, refusal("AccessDeniedException"))
    with pytest.raises(AccessDeniedError) as caught:
        wait(driver, wire)
    assert f"client.wait_until_dataset_ready({TRAIN!r})" in notes(caught.value)


def test_out_of_time_the_services_work_goes_on(wire: Wire, driver: Driver, time: FakeTime) -> None:
    wire.on(DESCRIBE, *is_("UPDATE_IN_PROGRESS"))
    with pytest.raises(WaitTimeoutError, match="its last status was UPDATE_IN_PROGRESS") as caught:
        wait(driver, wire)
    assert sum(time.slept) == 2 * 3600
    assert "Its creation or update continues" in str(caught.value)
    assert caught.value.version_arn is None
    wire.on(DESCRIBE, answer_lost)
    with pytest.raises(WaitTimeoutError, match="no poll has found it"):
        wait(driver, wire, timeout=1)


def gone(driver: Driver, wire: Wire, **kwargs: Any) -> Any:
    return driver.over(wire.client())("wait_until_dataset_deleted", TRAIN, **{"schedule": STEADY, **kwargs})


def test_a_dataset_that_is_gone_is_deleted(wire: Wire, driver: Driver, time: FakeTime) -> None:
    wire.on(DESCRIBE, *is_("UPDATE_COMPLETE", "DELETE_IN_PROGRESS"), MISSING)
    assert gone(driver, wire) is None
    assert time.slept == [5, 60]
    assert gone(driver, wire) is None
    assert time.slept == [5, 60]


@pytest.mark.parametrize("status", ["CREATE_COMPLETE", "CREATE_FAILED", "UPDATE_COMPLETE", "UPDATE_FAILED"])
def test_a_dataset_that_nobody_deleted_does_not_go(status: str, wire: Wire, driver: Driver, time: FakeTime) -> None:
    wire.on(DESCRIBE, *is_(status))
    with pytest.raises(UnreachableStatusError) as caught:
        gone(driver, wire)
    assert f"client.delete_dataset({TRAIN!r}) first" in str(caught.value)
    assert sum(time.slept) == 30


@pytest.mark.parametrize("status", ["CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS"])
def test_a_dataset_that_can_not_be_deleted_as_it_is_raises_at_once(
    status: str, wire: Wire, driver: Driver, time: FakeTime
) -> None:
    wire.on(DESCRIBE, *is_(status))
    with pytest.raises(UnreachableStatusError, match="and cannot become deleted"):
        gone(driver, wire)
    assert time.slept == []


def test_a_look_that_failed_does_not_show_that_the_dataset_is_gone(wire: Wire, driver: Driver) -> None:
    wire.on(DESCRIBE, *is_("DELETE_IN_PROGRESS"), answer_lost)
    with pytest.raises(WaitTimeoutError, match="Its deletion continues") as caught:
        gone(driver, wire, timeout=100)
    assert f"client.wait_until_dataset_deleted({TRAIN!r})" in str(caught.value)


# -- listing -----------------------------------------------------------------------------------------------------------


def test_entries_are_listed_over_all_pages_with_their_filters(wire: Wire, driver: Driver) -> None:
    wire.on(
        ENTRIES,
        Answer({"DatasetEntries": ['{"a": 1}'], "NextToken": "x"}),
        Answer({"DatasetEntries": [], "NextToken": "y"}),
        Answer({"DatasetEntries": ['{"b": 2}']}),
    )
    filters = {"contains_labels": ["a cat"], "labeled": False, "source_ref_contains": "/night/", "has_errors": True}
    found = driver.over(wire.client()).items("iter_dataset_entries", TRAIN, **filters, page_size=50)
    assert found == ['{"a": 1}', '{"b": 2}']
    asked = {
        "DatasetArn": TRAIN,
        "ContainsLabels": ["a cat"],
        "Labeled": False,
        "SourceRefContains": "/night/",
        "HasErrors": True,
        "MaxResults": 50,
    }
    assert wire.asked(ENTRIES) == [asked, {**asked, "NextToken": "x"}, {**asked, "NextToken": "y"}]


def test_one_page_of_entries_is_one_call(wire: Wire, driver: Driver) -> None:
    wire.on(ENTRIES, Answer({"DatasetEntries": ["{}"], "NextToken": "x"}))
    page = driver.over(wire.client())("list_dataset_entries", TRAIN, max_results=1, next_token="w")
    assert (page.dataset_entries, page.next_token) == (["{}"], "x")
    assert wire.asked(ENTRIES) == [{"DatasetArn": TRAIN, "MaxResults": 1, "NextToken": "w"}]


def test_labels_are_listed_with_how_often_they_stand_there(wire: Wire, driver: Driver) -> None:
    cat = {"LabelName": "cat", "LabelStats": {"EntryCount": 3, "BoundingBoxCount": 2}}
    wire.on(LABELS, Answer({"DatasetLabelDescriptions": [cat], "NextToken": "x"}), Answer({}))
    call = driver.over(wire.client())
    (label,) = call.items("iter_dataset_labels", TRAIN, page_size=1)
    assert (label.label_name, label.label_stats.entry_count, label.label_stats.bounding_box_count) == ("cat", 3, 2)
    wire.on(LABELS, Answer({"DatasetLabelDescriptions": [cat]}))
    assert call("list_dataset_labels", TRAIN).dataset_label_descriptions == [label]


def test_filters_that_break_a_rule_are_refused_before_the_first_call(wire: Wire, driver: Driver) -> None:
    client = driver.over(wire.client()).client
    with pytest.raises(TypeError, match="must be a list"):
        client.iter_dataset_entries(TRAIN, contains_labels="cat")
    with pytest.raises(ValidationError, match="more than spaces"):
        client.iter_dataset_entries(TRAIN, source_ref_contains="  ")
    with pytest.raises(ValidationError, match="at most 10 items"):
        client.iter_dataset_entries(TRAIN, contains_labels=["cat"] * 11)
    assert wire.sent == []


# -- updating ----------------------------------------------------------------------------------------------------------


class Written:
    """A line that writes itself."""

    def to_json(self) -> str:
        return '{"source-ref": "s3://data/3.png"}'


def sent_lines(wire: Wire) -> list[list[str]]:
    """The lines of each call."""
    contents = [base64.b64decode(asked["Changes"]["GroundTruth"]).decode() for asked in wire.asked(UPDATE)]
    return [content.split("\n") for content in contents]


def test_lines_of_every_kind_go_out_in_one_call(wire: Wire, driver: Driver) -> None:
    wire.on(UPDATE, DONE)
    lines = ['{"source-ref": "s3://data/1.png"}\n', b'{"source-ref": "s3://data/2.png"}\r\n', Written(), {"größe": 4}]
    assert driver.over(wire.client())("update_dataset_entries", TRAIN, lines) == 1
    assert sent_lines(wire) == [
        [
            '{"source-ref": "s3://data/1.png"}',
            '{"source-ref": "s3://data/2.png"}',
            '{"source-ref": "s3://data/3.png"}',
            '{"größe": 4}',
        ]
    ]
    assert wire.asked(DESCRIBE) == []


@pytest.mark.parametrize("content", ['\ufeff{"a": 1}\r\n\r\n{"b": 2}\r\n', '{"a": 1}\n{"b": 2}'])
def test_a_manifests_content_goes_out_without_its_blank_lines(content: str, wire: Wire, driver: Driver) -> None:
    wire.on(UPDATE, DONE)
    driver.over(wire.client())("update_dataset_entries", TRAIN, content)
    driver("update_dataset_entries", TRAIN, content.encode())
    assert sent_lines(wire) == [['{"a": 1}', '{"b": 2}']] * 2


@pytest.mark.parametrize(
    ("changes", "error", "says"),
    [
        (["{}", "[]"], ValueError, "line 2 is not one JSON object on one line"),
        (['{"a":\n1}'], ValueError, "line 1 is not one JSON object on one line"),
        (["{}", '{"a": "' + "x" * MOST_BYTES + '"}'], ValueError, r"line 2 has 5,242,8\d\d bytes; one call accepts"),
        ([], ValueError, "at least one line"),
        (b"\n\n", ValueError, "at least one line"),
        ({"source-ref": "s3://data/1.png"}, TypeError, "write \\[line\\]"),
        (Written(), TypeError, "write \\[line\\]"),
        (Path("train.manifest"), TypeError, r"pass its read_bytes\(\)"),
        ("train.manifest", ValueError, "line 1 is not .*: train.manifest .*not a path or a URI"),
        (["{}", 5], TypeError, "line 2 cannot be sent: a line must be text, a dict or an object with to_json"),
        (["{}", {"a": float("nan")}], ValueError, "line 2 cannot be sent: Out of range float values"),
        (["{}", {"a": object()}], TypeError, "line 2 cannot be sent: Object of type object is not JSON serializable"),
        (['{"a": "\ud800"}'], ValueError, "line 1 cannot be sent: it contains a lone surrogate"),
        (["\x1b[2J"], ValueError, r"line: \\x1b\[2J"),
        (["{}", '{"a": }'], ValueError, 'line 2 is not valid JSON .*column 7.*: {"a": }'),
        (['{"a": 1}{"b": 2}'], ValueError, "line 1 is not valid JSON .Extra data"),
        ([b'{"a": "\xff"}'], ValueError, "line 1 is not valid JSON .'utf-8' codec"),
        (['{"a": ' + "[" * 100_000 + "}"], ValueError, "line 1 is not valid JSON .*recursion"),
    ],
)
def test_a_line_that_can_not_be_sent_is_refused_before_any_is(
    changes: Any, error: type[Exception], says: str, wire: Wire, driver: Driver
) -> None:
    with pytest.raises(error, match=says):
        driver.over(wire.client())("update_dataset_entries", TRAIN, changes)
    assert wire.sent == []


@settings(max_examples=60, deadline=None)
@given(sizes=st.lists(st.integers(2, 40), min_size=1, max_size=40), most=st.integers(40, 120))
def test_parts_hold_all_lines_whole_and_in_order_and_are_as_full_as_can_be(sizes: list[int], most: int) -> None:
    lines = ["{" + " " * (size - 2) + "}" for size in sizes]
    parts = split_lines(lines, most)
    assert [line for part in parts for line in part.content.decode().split("\n")] == lines
    assert all(len(part.content) <= most for part in parts)
    for part, following in pairwise(parts):
        assert len(part.content) + 1 + len(following.content.split(b"\n")[0]) > most
        assert following.first == part.last + 1
    assert (parts[0].first, parts[-1].last) == (1, len(lines))


def test_lines_that_fill_a_call_to_the_last_byte_are_one_call() -> None:
    half = "{" + " " * (MOST_BYTES // 2 - 3) + "}"  # with the line break between them 5,242,879 bytes
    assert len(split_lines([half, half])) == 1
    assert len(split_lines([half, half + " ", "{}"])) == 2


BIG = [json.dumps({"source-ref": f"s3://data/{number}.png", "note": "x" * 2_000_000}) for number in range(5)]
"""Two fit into a call."""


def test_a_large_update_waits_until_the_dataset_is_ready_between_its_calls(
    wire: Wire, driver: Driver, time: FakeTime
) -> None:
    wire.on(UPDATE, DONE).on(DESCRIBE, *is_("UPDATE_IN_PROGRESS", "UPDATE_COMPLETE", "UPDATE_COMPLETE"))
    assert driver.over(wire.client())("update_dataset_entries", TRAIN, BIG, schedule=STEADY) == 3
    assert [name for name, _ in wire.sent] == [UPDATE, DESCRIBE, DESCRIBE, UPDATE, DESCRIBE, UPDATE]
    assert sent_lines(wire) == [BIG[:2], BIG[2:4], BIG[4:]]
    assert time.slept == [60]


def test_a_part_that_fails_is_told_with_what_was_applied_before(wire: Wire, driver: Driver) -> None:
    wire.on(UPDATE, DONE)
    wire.on(DESCRIBE, *is_("UPDATE_COMPLETE"), *is_("UPDATE_FAILED", StatusMessage="Too many images."))
    with pytest.raises(DatasetFailedError, match="Too many images") as caught:
        driver.over(wire.client())("update_dataset_entries", TRAIN, BIG)
    assert "takes 3 calls" in notes(caught.value)
    assert "lines 1 to 2 were applied; lines 3 to 4 were accepted; lines 5 to 5 are not known" in notes(caught.value)
    assert len(wire.asked(UPDATE)) == 2


def test_a_part_that_is_refused_is_told_with_what_was_applied_before(wire: Wire, driver: Driver) -> None:
    wire.on(UPDATE, DONE, refusal("AccessDeniedException")).on(DESCRIBE, *is_("UPDATE_COMPLETE"))
    with pytest.raises(AccessDeniedError) as caught:
        driver.over(wire.client())("update_dataset_entries", TRAIN, BIG)
    assert "lines 1 to 2 were applied; lines 3 to 5 are not known to be accepted" in notes(caught.value)


def test_the_first_part_of_several_that_is_refused_leaves_nothing_applied(wire: Wire, driver: Driver) -> None:
    wire.on(UPDATE, refusal("AccessDeniedException"))
    with pytest.raises(AccessDeniedError) as caught:
        driver.over(wire.client())("update_dataset_entries", TRAIN, BIG)
    assert "no line is known to be applied; lines 1 to 5 are not known to be accepted" in notes(caught.value)


def test_an_update_of_one_call_that_is_refused_needs_no_such_note(wire: Wire, driver: Driver) -> None:
    wire.on(UPDATE, refusal("AccessDeniedException"))
    with pytest.raises(AccessDeniedError) as caught:
        driver.over(wire.client())("update_dataset_entries", TRAIN, ["{}"])
    assert "lines" not in notes(caught.value)


def test_a_busy_dataset_is_waited_for(wire: Wire, driver: Driver, time: FakeTime) -> None:
    """Also where a lost attempt is what it is busy with: sending the lines again does no harm."""
    wire.on(UPDATE, answer_lost, BUSY, DONE)
    wire.on(DESCRIBE, *is_("UPDATE_IN_PROGRESS", "UPDATE_IN_PROGRESS", "UPDATE_COMPLETE"))
    assert driver.over(wire.client())("update_dataset_entries", TRAIN, ["{}"], schedule=STEADY) == 1
    assert time.slept == [5, 60, 60]
    assert sent_lines(wire) == [["{}"]] * 3


def test_others_updates_are_waited_for_however_many_there_are(wire: Wire, driver: Driver, time: FakeTime) -> None:
    wire.on(UPDATE, BUSY, BUSY, BUSY, DONE)
    wire.on(DESCRIBE, *is_(*["UPDATE_IN_PROGRESS", "UPDATE_COMPLETE"] * 3))
    assert driver.over(wire.client())("update_dataset_entries", TRAIN, ["{}"], schedule=STEADY) == 1
    assert sum(time.slept) == 3 * 65


def test_a_dataset_that_stays_in_use_though_it_is_ready_is_the_services_refusal(
    wire: Wire, driver: Driver, time: FakeTime
) -> None:
    """A training holds it, for hours perhaps."""
    wire.on(UPDATE, BUSY).on(DESCRIBE, *is_("UPDATE_COMPLETE"))
    with pytest.raises(ResourceInUseError) as caught:
        driver.over(wire.client())("update_dataset_entries", TRAIN, ["{}"])
    assert "used by a training" in notes(caught.value)
    assert sum(time.slept) == pytest.approx(35, abs=5)


def test_an_update_that_is_lost_throughout_raises(wire: Wire, driver: Driver) -> None:
    wire.on(UPDATE, answer_lost)
    with pytest.raises(ConnectionClosedError):
        driver.over(wire.client())("update_dataset_entries", TRAIN, ["{}"])


def test_a_wait_between_calls_outlasts_lost_looks_and_has_the_time_limit(wire: Wire, driver: Driver) -> None:
    wire.on(UPDATE, DONE).on(DESCRIBE, *[answer_lost] * 3, *is_("UPDATE_COMPLETE"))
    assert driver.over(wire.client())("update_dataset_entries", TRAIN, BIG) == 3
    wire.on(DESCRIBE, *is_("UPDATE_IN_PROGRESS"))
    with pytest.raises(WaitTimeoutError, match="within 90 seconds") as caught:
        driver("update_dataset_entries", TRAIN, BIG, timeout=90)
    assert "no line is known to be applied; lines 1 to 2 were accepted" in notes(caught.value)


def test_a_dict_with_odd_text_is_one_line_and_comes_back_as_it_was(wire: Wire) -> None:
    entry = {"source-ref": "s3://data/\u2028 \n\t.png", "größe": "數"}
    wire.on(UPDATE, DONE)
    VersionsClient(wire.client()).update_dataset_entries(TRAIN, [entry])
    ((line,),) = sent_lines(wire)
    assert json.loads(line) == entry
