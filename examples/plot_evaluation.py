"""Plot the evaluation of a version: confusion matrix, F1 by label, curves with tuned thresholds, and a comparison.

    python examples/plot_evaluation.py --project shapes --version v2
    python examples/plot_evaluation.py --project shapes --version v2 --against v1 --output pictures
    python examples/plot_evaluation.py --summary summary.json --snapshot snapshot.manifest

The first two commands read the files that the training wrote to S3. Set AWS_ENDPOINT_URL to use the emulated service.
The last command reads local files and needs no account. Existing files are not overwritten. The plots need matplotlib:
pip install "rekog_versions[plots]".
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from matplotlib.axes import Axes

from rekog_versions import RekogVersionsError, VersionsClient
from rekog_versions.evaluation import Evaluation, compare, get_evaluation
from rekog_versions.evaluation.plots import (
    plot_comparison,
    plot_confusion_matrix,
    plot_f1_by_label,
    plot_precision_recall,
    plot_thresholds,
)


def plots(evaluation: Evaluation) -> Iterator[tuple[str, Axes]]:
    """Yield the plots that the evaluation supports, with names for their files."""
    yield "f1-by-label", plot_f1_by_label(evaluation)
    if evaluation.confusion_matrix is not None:  # models that locate objects do not have one
        yield "confusion-matrix", plot_confusion_matrix(evaluation)
    if evaluation.snapshot is not None:
        tuned = evaluation.tune_thresholds()
        yield "precision-recall", plot_precision_recall(evaluation, thresholds=tuned)
        yield "thresholds", plot_thresholds(evaluation, thresholds=tuned)


def save(axes: Axes, path: Path) -> None:
    figure = axes.get_figure(root=True)
    assert figure is not None
    with path.open("xb") as file:  # fails if the file exists
        figure.savefig(file, format="png", dpi=150)
    print(path)


def project_arn(client: VersionsClient, name: str) -> str:
    for project in client.iter_projects(project_names=[name]):
        if project.project_arn:
            return project.project_arn
    sys.exit(f"the project {name!r} does not exist")


def draw(options: argparse.Namespace) -> Iterator[tuple[str, Axes]]:
    if options.summary:
        evaluation = Evaluation.from_files(options.summary, options.snapshot)
    else:
        client = VersionsClient.connect(region_name=options.region)
        project = project_arn(client, options.project)
        evaluation = get_evaluation(client, (project, options.version))
        if options.against:
            old = get_evaluation(client, (project, options.against))
            yield "comparison", plot_comparison(compare(old, evaluation))
    yield from plots(evaluation)


def main() -> None:
    parser = argparse.ArgumentParser(description="Plot the evaluation of a version.")
    parser.add_argument("--project", help="the project's name")
    parser.add_argument("--version", help="the version's name")
    parser.add_argument("--against", help="the name of a version to compare it with")
    parser.add_argument("--region", help="the region; by default, the session's")
    parser.add_argument("--summary", type=Path, help="a training summary, instead of a version")
    parser.add_argument("--snapshot", type=Path, help="the evaluation manifest snapshot that belongs to --summary")
    parser.add_argument("--output", type=Path, help="the folder for the plots; by default, a new temporary folder")
    options = parser.parse_args()
    if not options.summary and not (options.project and options.version):
        parser.error("name a version with --project and --version, or a file with --summary")

    try:
        folder = options.output or Path(tempfile.mkdtemp(prefix="evaluation-"))
        folder.mkdir(parents=True, exist_ok=True)
        for name, axes in draw(options):
            save(axes, folder / f"{name}.png")
    except (RekogVersionsError, ValueError, OSError) as error:
        sys.exit(f"{type(error).__name__}: {error}")


if __name__ == "__main__":
    main()
