"""botocore's service model: every constraint of requests as a case, with values inside and outside of it."""

import copy
import math
import re
import sys
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from botocore.loaders import create_loader

from tests.models.documents import ONE_OF, Mark, Path, changed, location, rejections, settled, with_one, written
from tests.models.operations import OPERATIONS

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
"""The metadata that the proofs understand. Other metadata of a request makes them fail."""

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
"""A valid value for each string shape of the requests. Its last character can be repeated."""

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
"""String shapes of which we accept only these forms. A proof shows that the service model allows all of them."""

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
"""Values that we reject although the service model allows them, because the service cannot use them. We add nothing
else but the STRICTER forms above and the rules across members (CROSS_RULES in test_constraints.py)."""


@dataclass(frozen=True)
class Case:
    """One constraint at one place of a request, or its absence, with allowed and forbidden values."""

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
        """Assert that all values inside are accepted, and all values outside are rejected at the right place."""
        assert self.inside or self.outside
        added = (self.operation, written(self.path), self.kind) in ADDITIONS
        for value in self.inside:
            document = with_one(self.operation, changed(full, self.path, value), self.path)
            if added:
                assert rejections(self.operation, document) == [location(full, self.path, value)], (str(self), value)
            else:
                assert rejections(self.operation, settled(self.operation, document, full)) == [], (str(self), value)
        for value in self.outside:
            document = with_one(self.operation, changed(full, self.path, value), self.path)
            assert rejections(self.operation, document) == [location(full, self.path, value)], (str(self), value)


class Model:
    """A service model and the constraints of its requests."""

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
        """Return the names of a shape and of all shapes in it."""
        return {shape_name}.union(*(self.reached(ref["shape"]) for ref in self.references(shape_name)))

    def reached_by(self, operation: str) -> set[str]:
        """Return the names of all shapes in the request, the response and the errors of an operation."""
        raised = {error["shape"] for error in self.operations[operation]["errors"]}
        return self.reached(self.input(operation)) | self.reached(self.output(operation)) | raised

    def references(self, shape_name: str) -> list[dict[str, Any]]:
        shape = self.shapes[shape_name]
        return [*shape.get("members", {}).values(), *(shape[k] for k in ("member", "key", "value") if k in shape)]

    def full(self, shape_name: str) -> Any:
        """Return a valid value with all members."""
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
        raise AssertionError(f"unknown type {shape['type']} in a request: {shape_name}")

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
            # such a short text can match neither the pattern of an ARN nor our stricter forms
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
    "blob": ("not base64!", 5, 1.5, True, [], {}, [123]),
    "boolean": ("true", 1, 0, 1.0, b"true", []),
}
"""Values that pydantic could coerce into the right type. None of them is accepted."""


@cache
def _of_categories() -> Mapping[str, str]:
    """Return the characters of each general category's first letter, as ranges for a character class."""
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
    # Python does not support \p{..}; to the service, \d means ASCII digits
    return re.compile(re.sub(r"\\p\{(\w)\}", lambda found: _of_categories()[found[1]], pattern), re.ASCII)


def pattern_of(shape: Mapping[str, Any]) -> Callable[[str], bool]:
    """Return a function that matches the shape's own pattern against a whole text."""
    if "pattern" not in shape:
        return lambda _: True
    return lambda text: _compiled(shape["pattern"]).fullmatch(text) is not None


ODD = (
    [chr(point) for point in range(128)]
    + list("\x80\x85\xa0\xad²½äß\u0130\u0301\u0660\u0967\u1680\u2003\u200b\u200d\u2028\u2029\u202e\u3000\u4e2d\uff11")
    + list("\ue000\ufeff\ufffd\U0001d7d8\U0001f600\U000e0001")
    + ["aws:", "aws", "AWS:", "e\u0301", "\r\n", "//", "::", "../", "%2F", "s3://", "project/", "version/v/"]
)
"""Insertions into valid values: all of ASCII, and digits, letters, spaces, marks and formats of other scripts."""


def probes(sample: str) -> Iterator[str]:
    """Yield texts close to a valid one, with insertions, replacements and deletions, and the odd texts alone."""
    seams = {found.end() for found in re.finditer(r"[:/]", sample)}
    for place in sorted({0, len(sample) // 2, len(sample)} | seams):
        for odd in ODD:
            yield sample[:place] + odd + sample[place:]
            yield sample[:place] + odd + sample[place + 1 :]
    for place in range(len(sample)):
        yield sample[:place] + sample[place + 1 :]
        yield sample[:place]
    yield from ODD


def assert_that_all_is_understood(model: Model) -> None:
    for operation in OPERATIONS:
        assert set(model.operations[operation]) <= OPERATION_KEYS
        for name in model.reached(model.input(operation)):
            shape = model.shapes[name]
            assert set(shape) <= SHAPE_KEYS[shape["type"]], name
            assert all(set(reference) <= REFERENCE_KEYS for reference in model.references(name)), name


MODEL = Model(SERVICE)
FULL: Mapping[str, dict[str, Any]] = {operation: MODEL.full(MODEL.input(operation)) for operation in OPERATIONS}
CASES = [case for operation in OPERATIONS for case in MODEL.cases(operation)]


def variants(operation: str) -> list[dict[str, Any]]:
    """Return the documents with all members that can be combined."""
    ways: list[Path] = [
        (structure, m) for (name, structure), members in ONE_OF.items() if name == operation for m in members
    ]
    return [with_one(operation, FULL[operation], path) for path in ways or [()]]
