"""Check many requests before anything is sent, and compare existing versions with them. No I/O."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias, cast

from pydantic import ValidationError

from rekog_versions._text import printable
from rekog_versions.arns import KmsKeyId
from rekog_versions.models.assets import Asset, DescribedAsset, DescribedTestingData, TestingData
from rekog_versions.models.versions import CreateProjectVersionRequest, ProjectVersionDescription

Submittable: TypeAlias = CreateProjectVersionRequest | Mapping[str, Any]
"""A request, or its fields as `CreateProjectVersionRequest.from_dict()` takes them."""


def checked_requests(requests: Iterable[Submittable]) -> list[CreateProjectVersionRequest]:
    """Return the requests as models, after checking all of them.

    Raises:
        ValueError: Requests break a rule, or two name the same version. The message lists all problems.
        TypeError: An item is not a request, or `requests` is a single one.
    """
    if isinstance(requests, CreateProjectVersionRequest | Mapping | str):
        raise TypeError("requests must be a list of requests; for one request, call client.train() or put it in a list")
    models: list[CreateProjectVersionRequest] = []
    problems: list[str] = []
    first_with: dict[tuple[str, str], int] = {}
    number = 0
    for number, item in enumerate(requests, start=1):
        try:
            request = _request(item)
        except ValidationError as error:
            for problem in error.errors(include_url=False, include_input=False):
                where = ".".join(str(part) for part in problem["loc"])
                problems.append(f"request {number}{_name_of(item)}: {where + ': ' if where else ''}{problem['msg']}")
            continue
        earlier = first_with.setdefault((request.project_arn, request.version_name), number)
        if earlier != number:
            problems.append(f"request {number} ({request.version_name}) names the same version as request {earlier}")
        models.append(request)
    if problems:
        listed = "\n".join(f"  {printable(problem)}" for problem in problems)
        raise ValueError(f"nothing was sent, because of these problems in {number} requests:\n{listed}")
    return models


def _request(item: object) -> CreateProjectVersionRequest:
    match item:
        case CreateProjectVersionRequest():
            return item
        case Mapping():
            return CreateProjectVersionRequest.from_dict(cast("Mapping[str, Any]", item))
        case _:
            raise TypeError(f"a request must be a CreateProjectVersionRequest or a dict, got {type(item).__name__}")


def _name_of(item: Submittable) -> str:
    if isinstance(item, CreateProjectVersionRequest):
        return f" ({item.version_name})"
    name = item.get("version_name", item.get("VersionName"))
    return f" ({name})" if isinstance(name, str) else ""


def differences(version: ProjectVersionDescription, request: CreateProjectVersionRequest) -> tuple[str, ...]:
    """Return the differences between a version and a request of the same name, as texts.

    A run that died leaves trainings behind, and the next run of the same requests finds them by their names. A name
    alone proves nothing, so the output, the description, the manifests or AutoCreate, the KMS key, the settings of an
    adapter and the source of a copy are compared, as far as the service returns them. Tags are not compared, because
    they do not change the model and the service does not describe them. An alias is not compared with a key.
    """
    return tuple(_differences(version, request))


def _differences(version: ProjectVersionDescription, request: CreateProjectVersionRequest) -> Iterator[str]:
    if version.source_project_version_arn:
        yield f"it is a copy of {version.source_project_version_arn}"
        return
    output, wanted = version.output_config, request.output_config
    actual = None if output is None else _uri(output.s3_bucket, output.s3_key_prefix)
    if actual != _uri(wanted.s3_bucket, wanted.s3_key_prefix):
        yield f"its output is {actual or 'unknown'}, the request's {_uri(wanted.s3_bucket, wanted.s3_key_prefix)}"
    if (version.version_description or "") != (request.version_description or ""):
        yield f"its description is {version.version_description!r}, the request's {request.version_description!r}"
    training = version.training_data_result.input if version.training_data_result else None
    testing = version.testing_data_result.input if version.testing_data_result else None
    if training is not None and request.training_data is not None:
        yield from _manifests("training", training.assets, request.training_data.assets)
    if testing is not None and request.testing_data is not None and request.testing_data.assets:
        yield from _manifests("testing", testing.assets, request.testing_data.assets)
    actual_test, wanted_test = _test_set(testing), _test_set(request.testing_data)
    if None not in (training, testing, actual_test) and actual_test != wanted_test:
        wanted_test = wanted_test or "the datasets of the project"
        yield f"its test set comes from {actual_test}, the request's from {wanted_test}"
    yield from _keys(version.kms_key_id, request.kms_key_id)
    if request.feature_config is not None and version.feature_config is not None:
        was, wants = (
            config.content_moderation and config.content_moderation.confidence_threshold
            for config in (version.feature_config, request.feature_config)
        )
        if was != wants:
            yield f"its confidence threshold is {was}, the request's {wants}"


def _test_set(testing: TestingData | DescribedTestingData | None) -> str | None:
    """Return where the test set comes from; None for the datasets of the project, or if it is not known."""
    if testing is None:
        return None
    return "AutoCreate" if testing.auto_create else "manifests" if testing.assets else None


def _keys(actual: str | None, wanted: str | None) -> Iterator[str]:
    """Yield the difference of two KMS keys, as far as their forms can be compared."""
    if not (actual and wanted):
        if actual or wanted:
            yield f"its KMS key is {actual or 'that of AWS'}, the request's {wanted or 'that of AWS'}"
        return
    try:
        key, other = KmsKeyId(actual), KmsKeyId(wanted)
    except ValueError:
        return
    both_are = "key_id" if key.key_id and other.key_id else "alias_name"
    parts = [(getattr(one, both_are), one.region, one.account_id) for one in (key, other)]
    if any(a is not None and b is not None and a != b for a, b in zip(*parts, strict=True)):
        yield f"its KMS key is {actual}, the request's {wanted}"


def _uri(bucket: str | None, prefix: str | None) -> str:
    return f"s3://{bucket or ''}/{prefix or ''}"


def _manifests(kind: str, assets: Sequence[DescribedAsset] | None, wanted: Iterable[Asset]) -> Iterator[str]:
    actual = {asset.s3_object.uri for asset in assets or () if asset.s3_object and asset.s3_object.uri}
    requested = {asset.ground_truth_manifest.s3_object.uri for asset in wanted}
    if actual and actual != requested:
        yield (f"its {kind} manifests are {', '.join(sorted(actual))}, the request's {', '.join(sorted(requested))}")
