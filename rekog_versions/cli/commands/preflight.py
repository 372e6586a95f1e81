"""`rekog preflight`: the checks of a training, which start nothing."""

from __future__ import annotations

from cyclopts import App

from rekog_versions.cli.arguments import Flag
from rekog_versions.cli.context import current
from rekog_versions.cli.help_pages import examples
from rekog_versions.cli.output import Output, prose
from rekog_versions.cli.training_request import TrainingOptions

app = App(
    name="preflight",
    help_epilogue=examples(
        "rekog preflight pets/v3 --training-data s3://data/train.manifest --auto-create --output-config s3://results/x"
    ),
)
_NO_OPTIONS = TrainingOptions()


@app.default
def preflight(
    version: str | None = None,
    /,
    *,
    options: TrainingOptions = _NO_OPTIONS,
    images: Flag = False,
    probe_output: Flag = False,
) -> Output:
    """Check a training: names, quotas, buckets, manifests and keys. Nothing is started.

    The exit code is 1 if the training would be rejected or fail.

    Args:
        version: PROJECT/VERSION; PROJECT is a name or an ARN.
        options: The training.
        images: Also look at the images.
        probe_output: Also write a file to the output bucket and delete it.
    """
    from rekog_versions.preflight import preflight as run_checks

    fields = options.request(version)
    report = run_checks(current.get().client, fields, images=images, probe_output=probe_output)
    return Output(report, prose(report), ok=report.ok)
