"""Check everything that can be known before a training is paid for.

    python examples/preflight.py request.json
    python examples/preflight.py request.json --images --probe-output && aws rekognition create-project-version \
        --cli-input-json file://request.json

The request is the JSON document that the AWS CLI takes. The example calls AWS with the credentials that boto3 finds.
Set AWS_ENDPOINT_URL to call the emulated service instead. The exit code is 1 if a check failed.
"""

import argparse
import sys
from pathlib import Path

from rekog_versions import CreateProjectVersionRequest, ProjectArn, VersionsClient
from rekog_versions.preflight import preflight


def main() -> None:
    parser = argparse.ArgumentParser(description="Check everything that can be known before a training is paid for.")
    parser.add_argument("request", type=Path, help="the request, a JSON document")
    parser.add_argument("--images", action="store_true", help="check each image in S3 too")
    parser.add_argument(
        "--probe-output", action="store_true", help="write an object to the output bucket and delete it again"
    )
    parser.add_argument("--json", action="store_true", help="print a JSON document")
    options = parser.parse_args()

    try:
        request = CreateProjectVersionRequest.from_json(options.request.read_bytes())
    except (OSError, ValueError) as error:  # a pydantic.ValidationError names the member and what is allowed there
        sys.exit(f"{options.request}: {error}")
    client = VersionsClient.connect(region_name=ProjectArn(request.project_arn).region)
    report = preflight(client, request, images=options.images, probe_output=options.probe_output)
    print(report.to_json() if options.json else report)
    if report.manifests is not None and not report.manifests.ok and not options.json:
        print(report.manifests)
    sys.exit(0 if report.ok else 1)


if __name__ == "__main__":
    main()
