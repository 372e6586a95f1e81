"""Explain why a training failed: the reason, the errors of the lines of the manifests, and the next steps.

    python examples/explain_failure.py arn:aws:rekognition:us-east-1:123456789012:project/cats/version/v1/1574317227432

It reads the status message of the version and, from S3, the files that the service wrote. It calls AWS with the
credentials that boto3 finds. Set AWS_ENDPOINT_URL to call the emulated service instead. The exit code is 1 if the
training failed.
"""

import argparse
import sys

from rekog_versions import ProjectVersionArn, RekogVersionsError, VersionsClient
from rekog_versions.failures import explain_failure


def main() -> None:
    parser = argparse.ArgumentParser(description="Explain why a training failed.")
    parser.add_argument("version", help="the version's ARN")
    parser.add_argument("--examples", type=int, default=3, help="lines to show for each code (default: %(default)s)")
    parser.add_argument("--json", action="store_true", help="print a JSON document")
    options = parser.parse_args()

    try:
        arn = ProjectVersionArn.parse(options.version)
        client = VersionsClient.connect(region_name=arn.region)
        explanation = explain_failure(client, arn, examples=options.examples)
    except (RekogVersionsError, ValueError) as error:
        sys.exit(f"{type(error).__name__}: {error}")
    print(explanation.to_json() if options.json else explanation)
    sys.exit(1 if explanation.failed else 0)


if __name__ == "__main__":
    main()
