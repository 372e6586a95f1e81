"""Judges a version: its table, where it goes wrong, thresholds for a precision, and whether it beats another.

    python examples/evaluate.py --project shapes --version v2
    python examples/evaluate.py --project shapes --version v2 --precision 0.95 --save thresholds.json
    python examples/evaluate.py --project shapes --version v2 --against v1 --max-drop 0.02

It reads what the training wrote to S3. With AWS_ENDPOINT_URL set to the emulated service's address it talks to that
instead, unchanged. With --against it ends with 1 unless the version passes, so that it can stand in a pipeline.
"""

import argparse
import sys
from pathlib import Path

from rekog_versions import RekogVersionsError, VersionsClient
from rekog_versions.evaluation import AtLeastPrecision, BestF1, Evaluation, Gates, compare, get_evaluation


def project_arn(client: VersionsClient, name: str) -> str:
    for project in client.iter_projects(project_names=[name]):
        if project.project_arn:
            return project.project_arn
    sys.exit(f"there is no project {name!r}")


def show_mistakes(evaluation: Evaluation) -> None:
    print("\nmost confused:")
    for pair in evaluation.most_confused(limit=5):
        print(f"  {pair}")
    print("\nimages to look at:")
    for image in evaluation.worst_images(limit=5):
        print(f"  {image}")


def show_thresholds(evaluation: Evaluation, precision: float | None, path: Path | None) -> None:
    goal = BestF1() if precision is None else AtLeastPrecision(precision)
    tuned = evaluation.tune_thresholds(goal)
    print(f"\nthresholds for {goal}:\n{tuned}")
    if path is not None:
        path.write_text(tuned.thresholds.to_json(), encoding="utf-8")
        print(f"written to {path}; read with Thresholds.from_json()")


def is_good_enough(old: Evaluation, new: Evaluation, max_drop: float) -> bool:
    comparison = compare(old, new, gates=Gates(max_drop=max_drop, max_label_drop=max_drop))
    print(f"\n{comparison}")
    return comparison.verdict is not None and comparison.verdict.passed


def main() -> None:
    parser = argparse.ArgumentParser(description="Judges a version.")
    parser.add_argument("--project", required=True, help="the project's name")
    parser.add_argument("--version", required=True, help="the version's name")
    parser.add_argument("--against", help="the name of a version that it is to beat")
    parser.add_argument(
        "--max-drop", type=float, default=0.0, help="by how much an F1 score may fall (default: %(default)s)"
    )
    parser.add_argument("--precision", type=float, help="tune thresholds for this precision; otherwise for the best F1")
    parser.add_argument("--save", type=Path, help="where to write the thresholds, as JSON")
    parser.add_argument("--region", help="the region; otherwise the session's")
    options = parser.parse_args()

    client = VersionsClient.connect(region_name=options.region)
    try:
        project = project_arn(client, options.project)
        evaluation = get_evaluation(client, (project, options.version))
        print(evaluation)
        if evaluation.snapshot is not None:
            show_mistakes(evaluation)
            show_thresholds(evaluation, options.precision, options.save)
        if options.against and not is_good_enough(
            get_evaluation(client, (project, options.against)), evaluation, options.max_drop
        ):
            sys.exit(1)
    except (RekogVersionsError, ValueError) as error:
        sys.exit(f"{type(error).__name__}: {error}")


if __name__ == "__main__":
    main()
