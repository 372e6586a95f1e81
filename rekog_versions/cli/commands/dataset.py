"""`rekog dataset`: create, list, read, change, distribute and delete datasets of projects."""

from __future__ import annotations

import json
from typing import Literal

from cyclopts import App

from rekog_versions import models
from rekog_versions.cli.arguments import Flag, confirm, read_text
from rekog_versions.cli.context import current
from rekog_versions.cli.help_pages import examples
from rekog_versions.cli.output import Output, Table
from rekog_versions.cli.waits import waiting

app = App(
    name="dataset",
    help="Create, read, change and delete datasets.",
    help_epilogue=examples("rekog dataset list pets"),
)


@app.command(help_epilogue=examples("rekog dataset create birds train --manifest s3://data/train.manifest --wait"))
def create(
    project: str,
    dataset_type: Literal["train", "test"],
    /,
    *,
    manifest: str | None = None,
    from_dataset: str | None = None,
    wait: Flag = False,
) -> Output:
    """Create a dataset of a project, and print its ARN.

    Args:
        project: The name or ARN of the project.
        dataset_type: train or test.
        manifest: The manifest to read, s3://BUCKET/KEY; the dataset is empty without one.
        from_dataset: The ARN of a dataset to copy.
        wait: Wait until it is ready.
    """
    client = current.get().client
    source = models.DatasetSource.from_manifest(manifest) if manifest else None
    source = models.DatasetSource.from_dataset(from_dataset) if from_dataset else source
    arn = client.create_dataset(project, dataset_type.upper(), dataset_source=source)
    if wait:
        with waiting(f"rekog dataset list {project}", "The service continues."):
            client.wait_until_dataset_ready(arn, progress=True)
    return Output({"DatasetArn": arn}, str(arn), ids=[arn])


@app.command(name="list", help_epilogue=examples("rekog dataset list pets --output id"))
def list_(project: str, /) -> Output:
    """List the datasets of a project.

    Args:
        project: The name or ARN of the project.
    """
    client = current.get().client
    found = [one for one in client.iter_projects() if project in (one.project_arn, one.project_name)]
    datasets = [dataset for one in found for dataset in one.datasets or ()]
    rows = [(dataset.dataset_type, dataset.status, dataset.dataset_arn, dataset.status_message) for dataset in datasets]
    return Output(
        datasets, Table(("TYPE", "STATUS", "ARN", "MESSAGE"), rows), ids=[str(one.dataset_arn) for one in datasets]
    )


@app.command(help_epilogue=examples("rekog dataset entries ARN --has-errors --output jsonl"))
def entries(dataset_arn: str, /, *, label: list[str] | None = None, has_errors: Flag = False) -> Output:
    """Print the entries of a dataset, one line of its manifest each.

    Args:
        dataset_arn: The ARN of the dataset.
        label: Only entries with one of these labels.
        has_errors: Only entries with errors.
    """
    client = current.get().client
    lines = list(client.iter_dataset_entries(dataset_arn, contains_labels=label, has_errors=has_errors or None))
    return Output([json.loads(line) for line in lines], "\n".join(json.dumps(json.loads(line)) for line in lines))


@app.command(help_epilogue=examples("rekog dataset update ARN changes.jsonl"))
def update(dataset_arn: str, file: str, /) -> Output:
    """Add or change the entries of a dataset, and wait until the service has done it.

    Args:
        dataset_arn: The ARN of the dataset.
        file: A file with a line of a manifest for each entry; "-" is stdin.
    """
    lines = [line for line in read_text(file).splitlines() if line.strip()]
    sent = current.get().client.update_dataset_entries(dataset_arn, lines)
    return Output({"Entries": sent}, f"{sent} entries were changed")


@app.command(help_epilogue=examples("rekog dataset distribute TRAIN_ARN TEST_ARN --yes"))
def distribute(train_dataset_arn: str, test_dataset_arn: str, /, *, yes: Flag = False) -> Output:
    """Move 20 % of the entries of a training dataset to an empty test dataset.

    Args:
        train_dataset_arn: The ARN of the training dataset.
        test_dataset_arn: The ARN of the test dataset.
        yes: Do not ask.
    """
    context = current.get()
    confirm("This moves 20 % of the training entries to the test dataset.", yes=yes, context=context)
    context.client.distribute_dataset_entries(train_dataset_arn, test_dataset_arn)
    return Output({}, "the entries are being distributed")


@app.command(help_epilogue=examples("rekog dataset delete ARN --yes"))
def delete(dataset_arn: str, /, *, yes: Flag = False, wait: Flag = False) -> Output:
    """Delete a dataset. The images and manifests in S3 stay.

    Args:
        dataset_arn: The ARN of the dataset.
        yes: Do not ask.
        wait: Wait until it is deleted.
    """
    context = current.get()
    confirm(f"This deletes the dataset {dataset_arn} with the changes made to its labels.", yes=yes, context=context)
    context.client.delete_dataset(dataset_arn)
    if wait:
        with waiting(f"rekog dataset delete {dataset_arn}", "The service continues."):
            context.client.wait_until_dataset_deleted(dataset_arn, progress=True)
    return Output({}, f"{dataset_arn} is deleted" if wait else f"{dataset_arn} is being deleted")
