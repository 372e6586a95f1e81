"""The models against the service model that botocore ships: all constraints of requests, all shapes of answers.

`python -m tests.models.test_service_model` prints the constraints, one a line, as it proves them.
"""

import copy
import json
import math
import re
import sys
import types
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from functools import cache
from typing import Annotated, Any, Union, get_args, get_origin

import pytest
from botocore.loaders import create_loader
from pydantic import BaseModel, ValidationError

from rekog_versions import arns, errors
from rekog_versions.models._base import Answer, Request
from rekog_versions.models.datasets import (
    CreateDatasetRequest,
    CreateDatasetResponse,
    DeleteDatasetRequest,
    DeleteDatasetResponse,
    DescribeDatasetRequest,
    DescribeDatasetResponse,
    DistributeDatasetEntriesRequest,
    DistributeDatasetEntriesResponse,
    ListDatasetEntriesRequest,
    ListDatasetEntriesResponse,
    ListDatasetLabelsRequest,
    ListDatasetLabelsResponse,
    UpdateDatasetEntriesRequest,
    UpdateDatasetEntriesResponse,
)
from rekog_versions.models.detection import DetectCustomLabelsRequest, DetectCustomLabelsResponse
from rekog_versions.models.lifecycle import (
    CopyProjectVersionRequest,
    CopyProjectVersionResponse,
    DeleteProjectVersionRequest,
    DeleteProjectVersionResponse,
    StartProjectVersionRequest,
    StartProjectVersionResponse,
    StopProjectVersionRequest,
    StopProjectVersionResponse,
)
from rekog_versions.models.policies import (
    DeleteProjectPolicyRequest,
    DeleteProjectPolicyResponse,
    ListProjectPoliciesRequest,
    ListProjectPoliciesResponse,
    PutProjectPolicyRequest,
    PutProjectPolicyResponse,
)
from rekog_versions.models.projects import (
    CreateProjectRequest,
    CreateProjectResponse,
    DeleteProjectRequest,
    DeleteProjectResponse,
    DescribeProjectsRequest,
    DescribeProjectsResponse,
)
from rekog_versions.models.tags import (
    ListTagsForResourceRequest,
    ListTagsForResourceResponse,
    TagResourceRequest,
    TagResourceResponse,
    UntagResourceRequest,
    UntagResourceResponse,
)
from rekog_versions.models.versions import (
    CreateProjectVersionRequest,
    CreateProjectVersionResponse,
    DescribeProjectVersionsRequest,
    DescribeProjectVersionsResponse,
)
from rekog_versions.statuses import OpenStrEnum

OPERATIONS: Mapping[str, tuple[type[Request], type[Answer]]] = {
    "CreateProjectVersion": (CreateProjectVersionRequest, CreateProjectVersionResponse),
    "DescribeProjectVersions": (DescribeProjectVersionsRequest, DescribeProjectVersionsResponse),
    "StartProjectVersion": (StartProjectVersionRequest, StartProjectVersionResponse),
    "StopProjectVersion": (StopProjectVersionRequest, StopProjectVersionResponse),
    "DeleteProjectVersion": (DeleteProjectVersionRequest, DeleteProjectVersionResponse),
    "CopyProjectVersion": (CopyProjectVersionRequest, CopyProjectVersionResponse),
    "CreateProject": (CreateProjectRequest, CreateProjectResponse),
    "DescribeProjects": (DescribeProjectsRequest, DescribeProjectsResponse),
    "DeleteProject": (DeleteProjectRequest, DeleteProjectResponse),
    "CreateDataset": (CreateDatasetRequest, CreateDatasetResponse),
    "DescribeDataset": (DescribeDatasetRequest, DescribeDatasetResponse),
    "ListDatasetEntries": (ListDatasetEntriesRequest, ListDatasetEntriesResponse),
    "ListDatasetLabels": (ListDatasetLabelsRequest, ListDatasetLabelsResponse),
    "UpdateDatasetEntries": (UpdateDatasetEntriesRequest, UpdateDatasetEntriesResponse),
    "DistributeDatasetEntries": (DistributeDatasetEntriesRequest, DistributeDatasetEntriesResponse),
    "DeleteDataset": (DeleteDatasetRequest, DeleteDatasetResponse),
    "DetectCustomLabels": (DetectCustomLabelsRequest, DetectCustomLabelsResponse),
    "PutProjectPolicy": (PutProjectPolicyRequest, PutProjectPolicyResponse),
    "ListProjectPolicies": (ListProjectPoliciesRequest, ListProjectPoliciesResponse),
    "DeleteProjectPolicy": (DeleteProjectPolicyRequest, DeleteProjectPolicyResponse),
    "TagResource": (TagResourceRequest, TagResourceResponse),
    "UntagResource": (UntagResourceRequest, UntagResourceResponse),
    "ListTagsForResource": (ListTagsForResourceRequest, ListTagsForResourceResponse),
}

SERVICE: dict[str, Any] = create_loader().load_service_model("rekognition", "service-2")

OPERATION_KEYS = {"name", "http", "input", "output", "errors", "documentation"}
REFERENCE_KEYS = {"shape", "documentation"}
SHAPE_KEYS = {
    "structure": {"type", "members", "required", "documentation"},
    "list": {"type", "member", "min", "max", "documentation"},
    "map": {"type", "key", "value", "min", "max", "documentation"},
    "string": {"type", "min", "max", "pattern", "enum", "documentation"},
    "integer": {"type", "min", "max", "documentation"},
    "float": {"type", "min", "max", "documentation"},
    "boolean": {"type", "documentation"},
    "blob": {"type", "min", "max", "documentation"},
}
"""What the proofs below know how to read; whatever else the model says of a request makes them fail."""

ACCOUNT_AND_REGION = "us-east-1:123456789012"
SAMPLES: Mapping[str, str] = {
    "ProjectArn": f"arn:aws:rekognition:{ACCOUNT_AND_REGION}:project/shapes_1.0/1574310000000",
    "ProjectVersionArn": f"arn:aws:rekognition:{ACCOUNT_AND_REGION}:project/shapes_1.0/version/v1.0-b_2/1574317227432",
    "DatasetArn": f"arn:aws:rekognition:{ACCOUNT_AND_REGION}:project/shapes_1.0/dataset/train/1574317000000",
    "ResourceArn": f"arn:aws:rekognition:{ACCOUNT_AND_REGION}:project/shapes_1.0/1574310000000",
    "DatasetType": "TRAIN",
    "DatasetLabel": "a red circle",
    "QueryString": "shapes/train",
    "ProjectPolicyName": "copies_1.0-a",
    "ProjectPolicyRevisionId": "0123456789ABCDEFabcdef0",
    "ProjectPolicyDocument": '{"Version": "2012-10-17", "Statement": []} ',
    "VersionName": "v1.0-b_2",
    "ProjectName": "shapes",
    "S3Bucket": "bucket",
    "S3KeyPrefix": "results/v1",
    "S3ObjectName": "train.manifest",
    "S3ObjectVersion": "L4kqtJlcpXroDTDmpUMLUo",
    "TagKey": "cost-centre",
    "TagValue": "R D 7",
    "KmsKeyId": "alias/training",
    "VersionDescription": "shapes, first try",
    "CustomizationFeature": "CONTENT_MODERATION",
    "ProjectAutoUpdate": "ENABLED",
    "ExtendedPaginationToken": "dG9rZW4",
}
"""A valid value for each string shape of the requests; each ends with a character that may be repeated."""

KEY_ID = "12345678-90ab-cdef-1234-567890abcdef"
STRICTER: Mapping[str, tuple[str, ...]] = {
    "KmsKeyId": (
        KEY_ID,
        KEY_ID.upper(),
        "mrk-1234567890abcdef1234567890abcdef",
        "alias/training",
        "alias/aws/rekognition",
        f"arn:aws:kms:{ACCOUNT_AND_REGION}:key/{KEY_ID}",
        f"arn:aws-us-gov:kms:{ACCOUNT_AND_REGION}:key/mrk-1234567890abcdef1234567890abcdef",
        f"arn:aws-iso-b:kms:{ACCOUNT_AND_REGION}:alias/training",
    )
}
"""String shapes of which we take certain forms only, with all of those; a proof shows that the model takes no fewer."""

MANIFESTS = [f"{data}.Assets[0].GroundTruthManifest" for data in ("TrainingData", "TestingData")]
ADDITIONS: frozenset[tuple[str, str, str]] = frozenset(
    [(operation, "OutputConfig.S3Bucket", "optional") for operation in ("CreateProjectVersion", "CopyProjectVersion")]
    + [("CreateProjectVersion", "TrainingData.Assets", kind) for kind in ("optional", "no min")]
    + [
        ("CreateProjectVersion", path + member, "optional")
        for path in MANIFESTS
        for member in ("", ".S3Object", ".S3Object.Bucket", ".S3Object.Name")
    ]
    + [
        ("CreateDataset", f"DatasetSource.GroundTruthManifest.{member}", "optional")
        for member in ("S3Object", "S3Object.Bucket", "S3Object.Name")
    ]
    + [("DetectCustomLabels", f"Image.S3Object.{member}", "optional") for member in ("Bucket", "Name")]
)
"""Where we refuse what the model allows, knowing that the service could do nothing with it. Nothing else is added but
the STRICTER forms above and the rules across members (CROSS_RULES below)."""


ONE_OF: Mapping[tuple[str, str], tuple[str, str]] = {
    ("CreateDataset", "DatasetSource"): ("GroundTruthManifest", "DatasetArn"),
    ("DetectCustomLabels", "Image"): ("Bytes", "S3Object"),
}
"""The structures that hold one of two members, by the rules across members; the model allows both and none."""


class Mark(Enum):
    """Steps of a path that are no member and no index, and a value that is none."""

    KEY = "{key}"
    VALUE = "{value}"
    ABSENT = "absent"


Path = tuple[str | int | Mark, ...]


@dataclass(frozen=True)
class Case:
    """What the model says, or leaves open, at one place of a request, and the values on both sides of it."""

    operation: str
    path: Path
    kind: str
    says: str = ""
    inside: tuple[Any, ...] = ()
    outside: tuple[Any, ...] = ()

    def __str__(self) -> str:
        place = written(self.path[:-1] if self.kind == "members" else self.path)
        return " ".join(part for part in (f"{self.operation}:", place, self.kind, self.says) if part)

    @property
    def is_constraint(self) -> bool:
        return self.kind != "optional" and not self.kind.startswith("no ")

    def prove(self, full: Mapping[str, Any]) -> None:
        """Asserts that all values inside are accepted and all outside are refused, and where."""
        assert self.inside or self.outside
        added = (self.operation, written(self.path), self.kind) in ADDITIONS
        for value in self.inside:
            document = with_one(self.operation, changed(full, self.path, value), self.path)
            if added:
                assert refusals(self.operation, document) == [location(full, self.path, value)], (str(self), value)
            else:
                assert refusals(self.operation, settled(self.operation, document)) == [], (str(self), value)
        for value in self.outside:
            document = with_one(self.operation, changed(full, self.path, value), self.path)
            assert refusals(self.operation, document) == [location(full, self.path, value)], (str(self), value)


def written(path: Path) -> str:
    steps = (f"[{s}]" if isinstance(s, int) else s.value if isinstance(s, Mark) else f".{s}" for s in path)
    return "".join(steps).lstrip(".")


def refusals(operation: str, document: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """The paths of what our request model refuses in a document; JSON and dicts must agree on it."""
    kind, _ = OPERATIONS[operation]
    found = _locations(lambda: kind.from_dict(document))
    try:
        text = json.dumps(document, allow_nan=False)
    except (TypeError, ValueError):  # bytes and NaN have no JSON
        return found
    if json.loads(text) == document:  # keys that are no text become text
        assert _locations(lambda: kind.from_json(text)) == found
    return found


def _locations(read: Callable[[], object]) -> list[tuple[Any, ...]]:
    try:
        read()
    except ValidationError as error:
        return [detail["loc"] for detail in error.errors()]
    return []


def changed(full: Mapping[str, Any], path: Path, value: Any) -> dict[str, Any]:
    """The full document with another value at a path."""
    document: dict[str, Any] = _changed(full, path, value)
    return document


def _changed(holder: Any, path: Path, value: Any) -> Any:
    step, *rest = path
    if isinstance(step, Mark):
        ((key, old),) = holder.items()
        return {value: old} if step is Mark.KEY else {key: value}
    other = copy.copy(holder)
    if rest:
        other[step] = _changed(holder[step], tuple(rest), value)
    elif value is Mark.ABSENT:
        del other[step]
    else:
        other[step] = value
    return other


def location(full: Mapping[str, Any], path: Path, value: Any) -> tuple[Any, ...]:
    """Where pydantic reports what is wrong at a path."""
    if not isinstance(path[-1], Mark):
        return path
    holder: Any = full
    for step in path[:-1]:
        holder = holder[step]
    (key,) = holder
    shown = value if isinstance(value, str | int) else ascii(value) if isinstance(value, datetime) else str(value)
    return (*path[:-1], *((shown, "[key]") if path[-1] is Mark.KEY else (key,)))


def with_one(operation: str, document: dict[str, Any], path: Path) -> dict[str, Any]:
    """The document with one of two members where both can't be: with the one on the path."""
    for (name, structure), members in ONE_OF.items():
        given = [
            m for m in members if isinstance(document.get(structure), dict) and document[structure].get(m) is not None
        ]
        if name == operation and len(given) > 1:
            kept = path[1] if path[:1] == (structure,) and path[1:2] in [(m,) for m in members] else members[0]
            others = {m: value for m, value in document[structure].items() if m == kept or m not in members}
            document = {**document, structure: others}
    return document


def variants(operation: str) -> list[dict[str, Any]]:
    """The documents with all members that can be together."""
    ways: list[Path] = [
        (structure, m) for (name, structure), members in ONE_OF.items() if name == operation for m in members
    ]
    return [with_one(operation, FULL[operation], path) for path in ways or [()]]


def settled(operation: str, document: dict[str, Any]) -> dict[str, Any]:
    """The document without those members that the rules across members forbid after a change."""
    least, most = document.get("MinInferenceUnits"), document.get("MaxInferenceUnits")
    if least is not None and most is not None and least > most:
        changed_most = least == FULL[operation]["MinInferenceUnits"]
        fitting = {"MinInferenceUnits": most} if changed_most else {"MaxInferenceUnits": None}
        return {**document, **fitting}
    pairs = {"CreateProjectVersion": ("TrainingData", "TestingData"), "CreateProject": ("Feature", "AutoUpdate")}
    pair = pairs.get(operation, ())
    if any(document.get(member) is None for member in pair):
        return {member: value for member, value in document.items() if member not in pair}
    if document.get("Feature") == "CUSTOM_LABELS":
        return {member: value for member, value in document.items() if member != "AutoUpdate"}
    return document


# -- reading the service model -----------------------------------------------------------------------------------------


class Model:
    """A service model, and what it says of requests."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.operations: Mapping[str, Any] = document["operations"]
        self.shapes: Mapping[str, Any] = document["shapes"]

    def input(self, operation: str) -> str:
        name: str = self.operations[operation]["input"]["shape"]
        return name

    def output(self, operation: str) -> str:
        name: str = self.operations[operation]["output"]["shape"]
        return name

    def reached(self, shape_name: str) -> set[str]:
        """The names of all shapes that a shape is made of."""
        return {shape_name}.union(*(self.reached(ref["shape"]) for ref in self.references(shape_name)))

    def reached_by(self, operation: str) -> set[str]:
        """The names of all shapes that an operation takes, answers or raises."""
        raised = {error["shape"] for error in self.operations[operation]["errors"]}
        return self.reached(self.input(operation)) | self.reached(self.output(operation)) | raised

    def references(self, shape_name: str) -> list[dict[str, Any]]:
        shape = self.shapes[shape_name]
        return [*shape.get("members", {}).values(), *(shape[k] for k in ("member", "key", "value") if k in shape)]

    def full(self, shape_name: str) -> Any:
        """A valid value with all members."""
        shape = self.shapes[shape_name]
        match shape["type"]:
            case "structure":
                return {name: self.full(ref["shape"]) for name, ref in shape["members"].items()}
            case "list":
                return [self.full(shape["member"]["shape"])] * max(1, shape.get("min", 1))
            case "map":
                return {self.full(shape["key"]["shape"]): self.full(shape["value"]["shape"])}
            case "string":
                return SAMPLES[shape_name]
            case "boolean":
                return True
            case "blob":
                return b"\x89PNG\n"
            case "integer" | "float":
                return shape["min"] + 1
        raise AssertionError(f"a {shape['type']} in a request: {shape_name}")

    def cases(self, operation: str) -> Iterator[Case]:
        yield from self._cases(operation, self.input(operation), ())

    def _cases(self, operation: str, shape_name: str, path: Path) -> Iterator[Case]:
        shape = self.shapes[shape_name]
        kind = shape["type"]
        if path:
            sample, wrong = self.full(shape_name), WRONG_TYPES[kind]
            yield Case(
                operation, path, "type", kind, (sample,), (*wrong, sample.encode()) if kind == "string" else wrong
            )
        for name, says, inside, outside in self._limits(shape_name):
            yield Case(operation, path, name, says, inside, outside)
        match kind:
            case "structure":
                yield Case(operation, (*path, "NoSuchMember"), "members", "no others", (), ("x", None))
                for name, ref in shape["members"].items():
                    gone, place = (Mark.ABSENT, None), (*path, name)
                    if name in shape.get("required", ()):
                        yield Case(operation, place, "required", "", (), gone)
                    else:
                        yield Case(operation, place, "optional", "", gone)
                    yield from self._cases(operation, ref["shape"], place)
            case "list":
                yield from self._cases(operation, shape["member"]["shape"], (*path, 0))
            case "map":
                yield from self._cases(operation, shape["key"]["shape"], (*path, Mark.KEY))
                yield from self._cases(operation, shape["value"]["shape"], (*path, Mark.VALUE))

    def _limits(self, shape_name: str) -> Iterator[tuple[str, str, tuple[Any, ...], tuple[Any, ...]]]:
        shape = self.shapes[shape_name]
        low, high = shape.get("min"), shape.get("max")
        match shape["type"]:
            case "integer":
                below, above = (low - 1 if low is not None else -(2**31)), (high + 1 if high is not None else 2**31 - 1)
                yield from _range(low, high, below, above)
            case "float":
                below = -1e300 if low is None else math.nextafter(low, -math.inf)
                above = 1e300 if high is None else math.nextafter(high, math.inf)
                yield from _range(low, high, below, above)
                yield "finite", "number", (), (math.nan, math.inf, -math.inf)
            case "list":
                item = self.full(shape["member"]["shape"])
                yield from _sizes(low, high, lambda size: [copy.deepcopy(item) for _ in range(size)])
            case "blob":
                yield from _sizes(low, high, lambda size: b"{" * size)
            case "map":
                ((key, value),) = self.full(shape_name).items()
                yield from _sizes(low, high, lambda size: {f"{key}{number}": value for number in range(size)})
            case "string" if "enum" in shape:
                values = tuple(shape["enum"])
                yield "enum", " | ".join(values), values, ("", values[0].lower(), values[0] + " ", "NO_SUCH_VALUE")
            case "string":
                yield from self._lengths(shape_name)
                yield self._pattern(shape_name)

    def _lengths(self, shape_name: str) -> Iterator[tuple[str, str, tuple[Any, ...], tuple[Any, ...]]]:
        shape, sample = self.shapes[shape_name], SAMPLES[shape_name]

        def of_length(length: int) -> str:
            return sample[:length].ljust(length, sample[-1])

        def fitting(length: int) -> str:
            # nothing that short has the pattern of an ARN, or one of our stricter forms
            text = of_length(length)
            return text if pattern_of(shape)(text) and shape_name not in STRICTER else sample

        low, high = shape.get("min"), shape.get("max")
        if low is None:
            yield "no min", "length", (fitting(0),), ()
        else:
            yield "min", f"length {low}", (fitting(low),), (of_length(low - 1),) if low else ()
        if high is None:
            yield "no max", "length", (of_length(10_000),), ()
        else:
            yield "max", f"length {high}", (of_length(high),), (of_length(high + 1),)

    def _pattern(self, shape_name: str) -> tuple[str, str, tuple[Any, ...], tuple[Any, ...]]:
        shape = self.shapes[shape_name]
        matches = pattern_of(shape)
        texts = [text for text in probes(SAMPLES[shape_name]) if shape.get("min", 0) <= len(text) <= shape["max"]]
        inside = tuple(text for text in texts if matches(text))
        outside = tuple(text for text in texts if not matches(text))
        if "pattern" not in shape:
            return "no pattern", "", inside, outside
        if shape_name in STRICTER:
            inside = tuple(form for form in STRICTER[shape_name] if matches(form))
            assert inside == STRICTER[shape_name]
        assert inside
        assert outside
        return "pattern", shape["pattern"], inside, outside


def _range(
    low: float | None, high: float | None, below: float, above: float
) -> Iterator[tuple[str, str, tuple[Any, ...], tuple[Any, ...]]]:
    yield ("no min", "", (below,), ()) if low is None else ("min", str(low), (low,), (below, -(2**63)))
    yield ("no max", "", (above,), ()) if high is None else ("max", str(high), (high,), (above, 2**70))


def _sizes(
    low: int | None, high: int | None, of_size: Callable[[int], Any]
) -> Iterator[tuple[str, str, tuple[Any, ...], tuple[Any, ...]]]:
    if low is None:
        yield "no min", "size", (of_size(0),), ()
    else:
        yield "min", f"size {low}", (of_size(low),), (of_size(low - 1),) if low else ()
    if high is None:
        yield "no max", "size", (of_size(1_000),), ()
    else:
        yield "max", f"size {high}", (of_size(high),), (of_size(high + 1),)


WRONG_TYPES: Mapping[str, tuple[Any, ...]] = {
    "structure": ("x", 5, True, []),
    "list": ("x", 5, True, {}, b"x"),
    "map": ("x", 5, True, []),
    "string": (5, 1.5, True, datetime(2024, 1, 1)),  # noqa: DTZ001
    "integer": ("5", 5.0, 5.5, True, b"5", []),
    "float": ("5", True, b"5", []),
    "blob": ("no base64!", 5, 1.5, True, [], {}, [123]),
    "boolean": ("true", 1, 0, 1.0, b"true", []),
}
"""Values that pydantic would make the right type of if it were let; none of them is accepted."""


@cache
def _of_categories() -> Mapping[str, str]:
    """The characters of each general category's first letter, as ranges for a character class."""
    found: dict[str, list[list[int]]] = {}
    for point in range(sys.maxunicode + 1):
        ranges = found.setdefault(unicodedata.category(chr(point))[0], [])
        if ranges and ranges[-1][1] == point - 1:
            ranges[-1][1] = point
        else:
            ranges.append([point, point])
    return {
        category: "".join(f"\\U{first:08x}-\\U{last:08x}" for first, last in ranges)
        for category, ranges in found.items()
    }


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    # \p{..} is the only thing in the patterns that Python does not know; \d means ASCII digits to the service
    return re.compile(re.sub(r"\\p\{(\w)\}", lambda found: _of_categories()[found[1]], pattern), re.ASCII)


def pattern_of(shape: Mapping[str, Any]) -> Callable[[str], bool]:
    """Whether a text has the shape's pattern, by the model's own regular expression over the whole value."""
    if "pattern" not in shape:
        return lambda _: True
    return lambda text: _compiled(shape["pattern"]).fullmatch(text) is not None


ODD = (
    [chr(point) for point in range(128)]
    + list("\x80\x85\xa0\xad²½äß\u0130\u0301\u0660\u0967\u1680\u2003\u200b\u200d\u2028\u2029\u202e\u3000\u4e2d\uff11")
    + list("\ue000\ufeff\ufffd\U0001d7d8\U0001f600\U000e0001")
    + ["aws:", "aws", "AWS:", "e\u0301", "\r\n", "//", "::", "../", "%2F", "s3://", "project/", "version/v/"]
)
"""What to put into valid values: all of ASCII, and digits, letters, spaces, marks and formats of other scripts."""


def probes(sample: str) -> Iterator[str]:
    """Texts near a valid one: something put in, put in the place of a character, or left out; and odd texts alone."""
    seams = {found.end() for found in re.finditer(r"[:/]", sample)}
    for place in sorted({0, len(sample) // 2, len(sample)} | seams):
        for odd in ODD:
            yield sample[:place] + odd + sample[place:]
            yield sample[:place] + odd + sample[place + 1 :]
    for place in range(len(sample)):
        yield sample[:place] + sample[place + 1 :]
        yield sample[:place]
    yield from ODD


MODEL = Model(SERVICE)
FULL: Mapping[str, dict[str, Any]] = {operation: MODEL.full(MODEL.input(operation)) for operation in OPERATIONS}
CASES = [case for operation in OPERATIONS for case in MODEL.cases(operation)]


# -- requests ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_request_with_all_members_is_accepted_and_goes_out_as_it_came(operation: str) -> None:
    kind, _ = OPERATIONS[operation]
    for document in variants(operation):
        assert kind.from_dict(document).to_wire() == document


@pytest.mark.parametrize("case", CASES, ids=str)
def test_what_the_model_allows_is_accepted_and_what_it_forbids_is_refused_there(case: Case) -> None:
    case.prove(FULL[case.operation])


@pytest.mark.parametrize("addition", sorted(ADDITIONS), ids=".".join)
def test_each_addition_to_the_model_is_at_a_place_that_the_model_leaves_open(addition: tuple[str, str, str]) -> None:
    assert addition in {(case.operation, written(case.path), case.kind) for case in CASES}


def assert_that_all_is_understood(model: Model) -> None:
    for operation in OPERATIONS:
        assert set(model.operations[operation]) <= OPERATION_KEYS
        for name in model.reached(model.input(operation)):
            shape = model.shapes[name]
            assert set(shape) <= SHAPE_KEYS[shape["type"]], name
            assert all(set(reference) <= REFERENCE_KEYS for reference in model.references(name)), name


def test_the_model_says_nothing_of_requests_that_these_proofs_do_not_understand() -> None:
    assert_that_all_is_understood(MODEL)


MODERATION = "arn:aws:kms:eu-west-1:123456789012"
CROSS_RULES: list[tuple[str, dict[str, Any], tuple[Any, ...], str]] = [
    ("CreateProjectVersion", {"TrainingData": None}, (), "testing_data is given without training_data"),
    ("CreateProjectVersion", {"TestingData": None}, (), "training_data is given without testing_data"),
    ("CreateProjectVersion", {"TestingData": {}}, ("TestingData",), "give assets, or auto_create=True"),
    ("CreateProjectVersion", {"TestingData": {"Assets": []}}, ("TestingData",), "give assets, or auto_create=True"),
    (
        "CreateProjectVersion",
        {"TestingData": {"Assets": [], "AutoCreate": False}},
        ("TestingData",),
        "give assets, or auto_create=True",
    ),
    ("CreateProjectVersion", {"KmsKeyId": f"{MODERATION}:alias/x"}, (), "in the project's region"),
    ("CreateProjectVersion", {"KmsKeyId": f"{MODERATION}:key/{KEY_ID}"}, (), "of eu-west-1, the project is in us-east"),
    ("CreateDataset", {}, ("DatasetSource",), "give either ground_truth_manifest or dataset_arn"),
    ("CreateDataset", {"DatasetSource": {}}, ("DatasetSource",), "for an empty dataset, give no dataset_source"),
    ("DetectCustomLabels", {}, ("Image",), "give either bytes or s3_object"),
    ("DetectCustomLabels", {"Image": {}}, ("Image",), "give either bytes or s3_object"),
    ("CopyProjectVersion", {"KmsKeyId": f"{MODERATION}:alias/x"}, (), "in the project's region"),
    ("StartProjectVersion", {"MaxInferenceUnits": 1}, (), "the first can't be the larger"),
    ("CreateProject", {"Feature": None}, (), "for CONTENT_MODERATION projects only"),
    ("CreateProject", {"Feature": "CUSTOM_LABELS"}, (), "for CONTENT_MODERATION projects only"),
    ("CreateProject", {"AutoUpdate": None}, (), "needs auto_update: 'ENABLED' or 'DISABLED'"),
]


@pytest.mark.parametrize(("operation", "change", "where", "says"), CROSS_RULES)
def test_the_rules_across_members_are_added_to_the_model(
    operation: str, change: dict[str, Any], where: tuple[Any, ...], says: str
) -> None:
    kind, _ = OPERATIONS[operation]
    with pytest.raises(ValidationError) as caught:
        kind.from_dict({**FULL[operation], **change})
    (detail,) = caught.value.errors()
    assert detail["loc"] == where
    assert says in detail["msg"]


# -- names, types, enums, errors ---------------------------------------------------------------------------------------


def bare(annotation: Any) -> Any:
    """The type within `Annotated[...]` and `... | None`."""
    if get_origin(annotation) is Annotated:
        return bare(get_args(annotation)[0])
    if get_origin(annotation) in (Union, types.UnionType):
        (one,) = (argument for argument in get_args(annotation) if argument is not type(None))
        return bare(one)
    return annotation


SCALARS: Mapping[str, type] = {
    "integer": int,
    "long": int,
    "float": float,
    "double": float,
    "boolean": bool,
    "blob": bytes,
    "timestamp": datetime,
}


def assert_same_shape(model: Model, shape_name: str, annotation: Any, base: type[BaseModel]) -> None:
    """Asserts that a type has the members of a shape, all of them and no others, with their types."""
    shape, ours = model.shapes[shape_name], bare(annotation)
    match shape["type"]:
        case "structure":
            assert issubclass(ours, base), shape_name
            fields = {field.alias: field for field in ours.model_fields.values()}
            assert set(fields) == set(shape["members"]), shape_name
            for name, reference in shape["members"].items():
                assert_same_shape(model, reference["shape"], fields[name].annotation, base)
                if base is Answer:
                    assert fields[name].default is None, (shape_name, name)
        case "list":
            assert get_origin(ours) is list, shape_name
            assert_same_shape(model, shape["member"]["shape"], get_args(ours)[0], base)
        case "map":
            assert get_origin(ours) is dict, shape_name
            assert_same_shape(model, shape["key"]["shape"], get_args(ours)[0], base)
            assert_same_shape(model, shape["value"]["shape"], get_args(ours)[1], base)
        case "string" if "enum" in shape:
            assert issubclass(ours, OpenStrEnum)
            assert ours.__name__ == shape_name
        case "string" if base is Answer and hasattr(arns, shape_name) and shape_name.endswith("Arn"):
            assert ours is getattr(arns, shape_name)
        case "string":
            assert ours is str, shape_name
        case scalar:
            assert ours is SCALARS[scalar], shape_name


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_request_model_has_the_members_of_its_shape_and_their_types(operation: str) -> None:
    assert_same_shape(MODEL, MODEL.input(operation), OPERATIONS[operation][0], Request)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_an_answer_model_has_the_members_of_its_shape_and_their_types(operation: str) -> None:
    assert_same_shape(MODEL, MODEL.output(operation), OPERATIONS[operation][1], Answer)


def assert_same_enums(model: Model) -> None:
    names = set[str]().union(*(model.reached_by(operation) for operation in OPERATIONS))
    theirs = {name: model.shapes[name]["enum"] for name in names if "enum" in model.shapes[name]}
    assert {ours.__name__: [member.value for member in ours] for ours in OpenStrEnum.__subclasses__()} == theirs


def test_the_enums_are_those_of_the_model_value_for_value() -> None:
    assert_same_enums(MODEL)


def assert_same_errors(model: Model) -> None:
    names = {error["shape"] for operation in OPERATIONS for error in model.operations[operation]["errors"]}
    codes = {model.shapes[name].get("error", {}).get("code", name) for name in names}
    assert {kind.service_code for kind in errors.ServiceError.__subclasses__()} == codes


def test_each_exception_that_the_model_names_has_a_class_and_no_other_has() -> None:
    assert_same_errors(MODEL)


# -- that these proofs notice ------------------------------------------------------------------------------------------


PROVED = {operation: [case for case in CASES if case.operation == operation] for operation in OPERATIONS}


def prove_what_is_new(document: Mapping[str, Any]) -> None:
    model = Model(document)
    assert_that_all_is_understood(model)
    assert_same_enums(model)
    assert_same_errors(model)
    for operation, (request, answer) in OPERATIONS.items():
        assert_same_shape(model, model.input(operation), request, Request)
        assert_same_shape(model, model.output(operation), answer, Answer)
        full = model.full(model.input(operation))
        for case in model.cases(operation):
            if case not in PROVED[operation]:
                case.prove(full)


CHANGES: Mapping[str, Callable[[dict[str, Any], dict[str, Any]], object]] = {
    "a longer name": lambda shapes, _: shapes["VersionName"].update(max=256),
    "a shorter name": lambda shapes, _: shapes["VersionName"].update(max=254),
    "a longer shortest bucket": lambda shapes, _: shapes["S3Bucket"].update(min=4),
    "no longest token": lambda shapes, _: shapes["ExtendedPaginationToken"].pop("max"),
    "one more character in names": lambda shapes, _: shapes["ProjectName"].update(pattern=r"[a-zA-Z0-9_.\-~]+"),
    "one character fewer in names": lambda shapes, _: shapes["ProjectName"].update(pattern=r"[a-zA-Z0-9_\-]+"),
    "a pattern where there was none": lambda shapes, _: shapes["S3ObjectName"].update(pattern="[a-z.]+"),
    "no digits of other scripts in tags": lambda shapes, _: shapes["TagValue"].update(
        pattern=r"^([\p{L}\p{Z}0-9_.:/=+\-@]*)$"
    ),
    "fewer key ids": lambda shapes, _: shapes["KmsKeyId"].update(pattern="^[A-Za-z0-9-]+$"),
    "more tags": lambda shapes, _: shapes["TagMap"].update(max=201),
    "a largest list": lambda shapes, _: shapes["Assets"].update(max=100),
    "more names a call": lambda shapes, _: shapes["ProjectNames"].update(max=11),
    "a larger page": lambda shapes, _: shapes["ProjectVersionsPageSize"].update(max=101),
    "a lower percentage": lambda shapes, _: shapes["Percent"].update(max=99.5),
    "a new status": lambda shapes, _: shapes["ProjectVersionStatus"]["enum"].append("NEW"),
    "a new value in a request": lambda shapes, _: shapes["ProjectAutoUpdate"]["enum"].append("NEW"),
    "a value less": lambda shapes, _: shapes["DatasetType"]["enum"].pop(),
    "a newly required member": lambda shapes, _: shapes["S3Object"].update(required=["Version"]),
    "a member no longer required": lambda shapes, _: shapes["DeleteProjectRequest"].pop("required"),
    "a new member of a request": lambda shapes, _: shapes["OutputConfig"]["members"].update(New={"shape": "S3Bucket"}),
    "a new member of an answer": lambda shapes, _: shapes["EvaluationResult"]["members"].update(New={"shape": "Float"}),
    "a member less": lambda shapes, _: shapes["EvaluationResult"]["members"].pop("Summary"),
    "another type": lambda shapes, _: shapes["ULong"].update(type="string"),
    "a new kind of metadata": lambda shapes, _: shapes["VersionName"].update(sensitive=True),
    "a new kind of metadata on a member": lambda shapes, _: shapes["CreateProjectVersionRequest"]["members"][
        "VersionName"
    ].update(idempotencyToken=True),
    "a new exception": lambda shapes, operations: operations["DeleteProject"]["errors"].append({"shape": "Conflict"}),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_change_of_the_service_model_is_noticed(change: Callable[[dict[str, Any], dict[str, Any]], object]) -> None:
    reached = set[str]().union(*(MODEL.reached_by(operation) for operation in OPERATIONS))
    other = {
        "shapes": {name: copy.deepcopy(SERVICE["shapes"][name]) for name in reached},
        "operations": {name: copy.deepcopy(SERVICE["operations"][name]) for name in OPERATIONS},
    }
    prove_what_is_new(other)
    other["shapes"]["Conflict"] = {"type": "structure", "members": {}, "exception": True}
    change(other["shapes"], other["operations"])
    with pytest.raises(AssertionError):
        prove_what_is_new(other)


def main() -> None:
    """Proves and prints the constraints, one a line."""
    for case in CASES:
        case.prove(FULL[case.operation])
        if case.is_constraint:
            sys.stdout.write(f"{case}\n")
    constraints = [case for case in CASES if case.is_constraint]
    values = sum(len(case.inside) + len(case.outside) for case in CASES)
    sys.stdout.write(
        f"{len(constraints)} constraints of {len(OPERATIONS)} operations found and proved, and "
        f"{len(CASES) - len(constraints)} places that are left open ({len(ADDITIONS)} of them closed by us), "
        f"with {values} values\n"
    )


if __name__ == "__main__":
    main()
