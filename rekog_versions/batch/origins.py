"""Whether a version that is there was made of a request, without I/O.

A run that died leaves trainings behind, and the next run of the same requests finds them by their names. A name alone
is no proof, so everything that the service shows of what a version was made of is compared.
"""

from collections.abc import Iterable, Iterator, Sequence

from rekog_versions.models.assets import Asset, DescribedAsset
from rekog_versions.models.versions import CreateProjectVersionRequest, ProjectVersionDescription


def differences(found: ProjectVersionDescription, request: CreateProjectVersionRequest) -> tuple[str, ...]:
    """What of a version is not as a request of its name wants it, in words; empty if it was made of that request.

    Compared are the output's place, the description, the manifests as far as the service shows them, and whether it is
    a copy. Tags and keys are not: the service shows no tags, and a key perhaps in another form than it was given in.
    """
    return tuple(_differences(found, request))


def _differences(found: ProjectVersionDescription, request: CreateProjectVersionRequest) -> Iterator[str]:
    if found.source_project_version_arn:
        yield f"it is a copy of {found.source_project_version_arn}"
        return
    output, wanted = found.output_config, request.output_config
    there = None if output is None else _place(output.s3_bucket, output.s3_key_prefix)
    if there != _place(wanted.s3_bucket, wanted.s3_key_prefix):
        yield f"its output is {there or 'not known'}, the request's {_place(wanted.s3_bucket, wanted.s3_key_prefix)}"
    if (found.version_description or "") != (request.version_description or ""):
        yield f"its description is {found.version_description!r}, the request's {request.version_description!r}"
    training = found.training_data_result.input if found.training_data_result else None
    testing = found.testing_data_result.input if found.testing_data_result else None
    if training is not None and request.training_data is not None:
        yield from _manifests("training", training.assets, request.training_data.assets)
    if testing is not None and request.testing_data is not None and request.testing_data.assets:
        yield from _manifests("testing", testing.assets, request.testing_data.assets)


def _place(bucket: str | None, prefix: str | None) -> str:
    return f"s3://{bucket or ''}/{prefix or ''}"


def _manifests(which: str, found: Sequence[DescribedAsset] | None, wanted: Iterable[Asset]) -> Iterator[str]:
    there = {asset.s3_object.uri for asset in found or () if asset.s3_object and asset.s3_object.uri}
    asked = {asset.ground_truth_manifest.s3_object.uri for asset in wanted}
    if there and there != asked:
        yield f"its {which} manifests are {', '.join(sorted(there))}, the request's {', '.join(sorted(asked))}"
