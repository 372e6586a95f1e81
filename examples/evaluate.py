"""Evaluate a version: its metrics, its mistakes, thresholds for a precision, and a comparison with another version.

    python examples/evaluate.py --project shapes --version v2
    python examples/evaluate.py --project shapes --version v2 --precision 0.95 --save thresholds.json
    python examples/evaluate.py --project shapes --version v2 --against v1 --max-drop 0.02

It reads the files that the training wrote to S3. Set AWS_ENDPOINT_URL to the address of the emulated service to use it
instead of AWS. With --against the exit code is 1 unless the version passes, for use in a pipeline.
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
        print(f"written to {path}; Thresholds.from_json() reads it")


def is_good_enough(old: Evaluation, new: Evaluation, max_drop: float) -> bool:
    comparison = compare(old, new, gates=Gates(max_drop=max_drop, max_label_drop=max_drop))
    print(f"\n{comparison}")
    return comparison.verdict is not None and comparison.verdict.passed


def main() -> None:
    parser = argparse.ArgumentParser(description="Evaluate a version.")
    parser.add_argument("--project", required=True, help="the project's name")
    parser.add_argument("--version", required=True, help="the version's name")
    parser.add_argument("--against", help="the name of the version to beat")
    parser.add_argument(
        "--max-drop", type=float, default=0.0, help="the largest fall of an F1 score (default: %(default)s)"
    )
    parser.add_argument("--precision", type=float, help="tune thresholds for this precision (default: for the best F1)")
    parser.add_argument("--save", type=Path, help="the file to write the thresholds to, as JSON")
    parser.add_argument("--region", help="the region (default: the session's)")
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
