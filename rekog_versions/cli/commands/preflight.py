"""`rekog preflight`: the checks of a training, which start nothing."""

from __future__ import annotations

from cyclopts import App

from rekog_versions.cli.arguments import Flag, Many
from rekog_versions.cli.commands.version_train import request_fields
from rekog_versions.cli.context import current
from rekog_versions.cli.output import Output
from rekog_versions.preflight import preflight as run_checks

app = App(
    name="preflight",
    help="Check a training before it is paid for.",
    help_epilogue="Example:\n  rekog preflight pets/v1 --training-data s3://b/train.manifest --auto-create "
    "--output-config s3://results/x",
)


@app.default
def preflight(
    version: str | None = None,
    *,
    training_data: Many = None,
    testing_data: Many = None,
    auto_create: Flag = False,
    output_config: str | None = None,
    kms_key_id: str | None = None,
    cli_input_json: str | None = None,
    cli_input_yaml: str | None = None,
    images: Flag = False,
    probe_output: Flag = False,
) -> Output:
    """Check a training: names, quotas, buckets, manifests and keys. Nothing is started.

    The exit code is 1 if the training would be rejected or fail.

    Args:
        version: PROJECT/VERSION; PROJECT is a name or an ARN.
        training_data: Manifests to train on, s3://BUCKET/KEY each.
        testing_data: Manifests to test on, s3://BUCKET/KEY each.
        auto_create: Hold back 20 % of the training images for the test.
        output_config: The place of the results, s3://BUCKET/PREFIX.
        kms_key_id: The key that encrypts the data.
        cli_input_json: A JSON file with the request, or "-"; other options override it.
        cli_input_yaml: The same as YAML.
        images: Also look at the images.
        probe_output: Also write a file to the output bucket and delete it.
    """
    fields = request_fields(
        version,
        training_data=training_data,
        testing_data=testing_data,
        auto_create=auto_create,
        output_config=output_config,
        kms_key_id=kms_key_id,
        cli_input_json=cli_input_json,
        cli_input_yaml=cli_input_yaml,
    )
    report = run_checks(current.get().client, fields, images=images, probe_output=probe_output)
    return Output(report, str(report), ok=report.ok)
