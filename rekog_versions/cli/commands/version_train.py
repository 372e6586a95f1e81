"""`rekog version train`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, cast

from pydantic.alias_generators import to_pascal

from rekog_versions.cli.arguments import Flag, Many, confirm, output_from, pairs_from, read_text, shown_ref, version_ref
from rekog_versions.cli.commands.version import wait_for
from rekog_versions.cli.context import current
from rekog_versions.cli.output import Output, UsageError
from rekog_versions.models import CreateProjectVersionRequest


def train(
    version: str | None = None,
    *,
    training_data: Many = None,
    testing_data: Many = None,
    auto_create: Flag = False,
    output_config: str | None = None,
    version_description: str | None = None,
    tags: Many = None,
    kms_key_id: str | None = None,
    cli_input_json: str | None = None,
    cli_input_yaml: str | None = None,
    generate_cli_skeleton: Flag = False,
    dry_run: Flag = False,
    wait: Flag = False,
    timeout: timedelta | None = None,
    yes: Flag = False,
) -> Output:
    """Start a training, exactly once. It costs money and cannot be cancelled.

    Without data, the version is trained on the datasets of the project.

    Args:
        version: PROJECT/VERSION; PROJECT is a name or an ARN.
        training_data: Manifests to train on, s3://BUCKET/KEY each.
        testing_data: Manifests to test on, s3://BUCKET/KEY each.
        auto_create: Hold back 20 % of the training images for the test.
        output_config: The place of the results, s3://BUCKET/PREFIX.
        version_description: A description.
        tags: Tags, KEY=VALUE each.
        kms_key_id: The key that encrypts the data.
        cli_input_json: A JSON file with the request, or "-"; other options override it.
        cli_input_yaml: The same as YAML.
        generate_cli_skeleton: Print an empty request and do nothing else.
        dry_run: Check everything with preflight, and start nothing.
        wait: Wait until the version is trained.
        timeout: When the wait gives up, such as 25h.
        yes: Do not ask.
    """
    if generate_cli_skeleton:
        skeleton = CreateProjectVersionRequest.skeleton()
        return Output(skeleton, json.dumps(skeleton, indent=4))
    context = current.get()
    fields = request_fields(
        version,
        training_data=training_data,
        testing_data=testing_data,
        auto_create=auto_create,
        output_config=output_config,
        version_description=version_description,
        tags=tags,
        kms_key_id=kms_key_id,
        cli_input_json=cli_input_json,
        cli_input_yaml=cli_input_yaml,
    )
    name = f"{fields['project_arn']}/{fields['version_name']}"
    if dry_run:
        from rekog_versions.preflight import preflight

        report = preflight(context.client, fields)
        return Output(report, str(report), ok=report.ok)
    confirm(
        f"This starts the training of {name}. It is billed by the hour and cannot be cancelled.",
        yes=yes,
        context=context,
    )
    arn = context.client.create_project_version(fields)
    if wait:
        return wait_for(context, str(arn), "trained", timeout)
    return Output(
        {"ProjectVersionArn": arn},
        str(arn),
        ids=[arn],
        remarks=[
            f"The training has started. Wait for it with: rekog version wait {shown_ref(str(arn))}{context.options}"
        ],
    )


def request_fields(
    version: str | None,
    *,
    training_data: Sequence[str] | None,
    testing_data: Sequence[str] | None,
    auto_create: bool,
    output_config: str | None,
    kms_key_id: str | None,
    cli_input_json: str | None,
    cli_input_yaml: str | None,
    version_description: str | None = None,
    tags: Sequence[str] | None = None,
) -> dict[str, Any]:
    """Return the fields of a create request from the options of a command; options override the input file.

    Raises:
        UsageError: A required field is missing, or an option has the wrong form.
    """
    fields = _document(cli_input_json, cli_input_yaml)
    given: dict[str, Any] = {
        "training_data": _manifests(training_data) if training_data else None,
        "testing_data": {**_manifests(testing_data or ()), "auto_create": auto_create or None}
        if testing_data or auto_create
        else None,
        "output_config": output_from(output_config) if output_config else None,
        "version_description": version_description,
        "tags": pairs_from(tags) or None,
        "kms_key_id": kms_key_id,
    }
    if version is not None:
        given["project_arn"], given["version_name"] = _target(version)
    fields.update({name: value for name, value in given.items() if value is not None})
    for name in ("project_arn", "version_name", "output_config"):
        if name not in fields:
            option = "--output-config s3://BUCKET/PREFIX" if name == "output_config" else "PROJECT/VERSION"
            raise UsageError(f"{option} is missing. Add it, or give it in --cli-input-json")
    return fields


def _target(version: str) -> tuple[str, str]:
    project, slash, name = version.rpartition("/")
    if not slash or not project:
        version_ref(version)  # raises
    return project, name


def _manifests(uris: Sequence[str]) -> dict[str, Any]:
    from rekog_versions.models import S3Object

    assets = [{"ground_truth_manifest": {"s3_object": S3Object.from_uri(uri)}} for uri in uris]
    return {"assets": assets} if assets else {}


def _document(json_file: str | None, yaml_file: str | None) -> dict[str, Any]:
    if json_file and yaml_file:
        raise UsageError("--cli-input-json and --cli-input-yaml must not be used together")
    if json_file:
        document: Any = json.loads(read_text(json_file))
    elif yaml_file:
        import yaml

        document = yaml.safe_load(read_text(yaml_file))
    else:
        return {}
    if not isinstance(document, dict):
        raise UsageError(f"the input must be an object, got {type(document).__name__}")
    names = {to_pascal(name): name for name in CreateProjectVersionRequest.model_fields}
    return {names.get(key, key): value for key, value in cast("dict[str, Any]", document).items()}
