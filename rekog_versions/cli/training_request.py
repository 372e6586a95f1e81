"""The options that describe a training, which `version train` and `preflight` share, as the fields of a request."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from cyclopts import Parameter

from rekog_versions import models
from rekog_versions._text import printable
from rekog_versions.cli.arguments import Flag, Many, invalid_uri, output_from, pairs_from, read_text, target_ref
from rekog_versions.cli.output import UsageError


@Parameter(name="*")  # its fields are options of their own
@dataclass(frozen=True, kw_only=True)
class TrainingOptions:
    """The options that describe a training.

    Attributes:
        training_data: Manifests to train on, s3://BUCKET/KEY each.
        testing_data: Manifests to test on, s3://BUCKET/KEY each.
        auto_create: Hold back 20 % of the training images for the test.
        output_config: The place of the results, s3://BUCKET/PREFIX.
        version_description: A description.
        tags: Tags, KEY=VALUE each.
        kms_key_id: The key that encrypts the data.
        cli_input_json: The request as JSON: a file, "-" or a text; options override it.
        cli_input_yaml: The same as YAML.
    """

    training_data: Many = None
    testing_data: Many = None
    auto_create: Flag = False
    output_config: str | None = None
    version_description: str | None = None
    tags: Many = None
    kms_key_id: str | None = None
    cli_input_json: str | None = None
    cli_input_yaml: str | None = None

    def request(self, version: str | None) -> dict[str, Any]:
        """Return the fields of a create request. Options override the input file.

        Args:
            version: `PROJECT/VERSION`; None if the file has it.

        Raises:
            UsageError: A required field is missing, or an option or the file has the wrong form.
        """
        fields = {**self._document(), **{name: value for name, value in self._given().items() if value is not None}}
        if version is not None:
            fields["project_arn"], fields["version_name"] = target_ref(version)
        for name in ("project_arn", "version_name", "output_config"):
            if name not in fields:
                option = "--output-config s3://BUCKET/PREFIX" if name == "output_config" else "PROJECT/VERSION"
                raise UsageError(f"{option} is missing. Add it, or give it in --cli-input-json")
        return fields

    def _given(self) -> Mapping[str, Any]:
        training = _manifests("--training-data", self.training_data or ())
        testing = _manifests("--testing-data", self.testing_data or ())
        return {
            "training_data": training or None,
            "testing_data": ({**testing, "auto_create": True} if self.auto_create else testing) or None,
            "output_config": output_from(self.output_config) if self.output_config else None,
            "version_description": self.version_description,
            "tags": pairs_from(self.tags) or None,
            "kms_key_id": self.kms_key_id,
        }

    def _document(self) -> dict[str, Any]:
        if self.cli_input_json and self.cli_input_yaml:
            raise UsageError("--cli-input-json and --cli-input-yaml must not be used together")
        if self.cli_input_json:
            document = _parsed_json(_text(self.cli_input_json))
        elif self.cli_input_yaml:
            document = _parsed_yaml(_text(self.cli_input_yaml))
        else:
            return {}
        if not isinstance(document, dict):
            raise UsageError(f"the input must be an object with the fields of the request, got {_kind(document)}")
        from pydantic.alias_generators import to_pascal

        names = {to_pascal(name): name for name in models.CreateProjectVersionRequest.model_fields}
        return {names.get(key, key): value for key, value in cast("dict[str, Any]", document).items()}


def _manifests(option: str, uris: Sequence[str]) -> dict[str, Any]:
    assets = [{"ground_truth_manifest": {"s3_object": _manifest(option, uri)}} for uri in uris]
    return {"assets": assets} if assets else {}


def _manifest(option: str, uri: str) -> models.S3Object:
    try:
        return models.S3Object.from_uri(uri)
    except ValueError as error:
        raise invalid_uri(f"{option} must be s3://BUCKET/KEY", uri, error) from None


def _text(value: str) -> str:
    """Return the text of an option: the text itself, or that of a file, with or without `file://` as in the AWS CLI."""
    return value if value.lstrip().startswith("{") or "\n" in value else read_text(value.removeprefix("file://"))


def _parsed_json(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"--cli-input-json must be a JSON document: {printable(str(error), 200)}") from None


def _parsed_yaml(text: str) -> object:
    import yaml

    try:
        return yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError) as error:
        raise UsageError(f"--cli-input-yaml must be a YAML document: {printable(str(error), 200)}") from None


def _kind(document: object) -> str:
    return "nothing" if document is None else type(document).__name__
