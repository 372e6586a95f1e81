"""Check manifests: report if a training would start, and the issues of the lines.

    python examples/check_manifest.py train.manifest test.manifest
    python examples/check_manifest.py s3://my-bucket/train.manifest --auto-create --images
    python examples/check_manifest.py train.manifest --write-to checked

Local files need no credentials. Objects in S3 are read with the credentials that boto3 finds, or from the emulated
service if AWS_ENDPOINT_URL is set to its address. The exit code is 1 if the training would fail, so that the script can
be a step of a pipeline. With --strict, it is also 1 if a line has an error or a warning.
"""

import argparse
import sys

from botocore.exceptions import BotoCoreError, ClientError

from rekog_versions import RekogVersionsError, VersionsClient
from rekog_versions.manifests import ManifestReport, check_manifests, images_from_s3


def check(options: argparse.Namespace) -> ManifestReport:
    names: list[str | None] = [options.training, options.testing]
    is_in_s3 = any(name and name.startswith("s3://") for name in names)
    client = VersionsClient.connect(region_name=options.region) if is_in_s3 or options.images else None
    return check_manifests(
        options.training,
        options.testing,
        auto_create=options.auto_create,
        region=options.region,
        images=images_from_s3(client) if options.images else None,
        s3=client,
        write_to=options.write_to,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description="Check if a training with these manifests would start.")
    parser.add_argument("training", help="the training manifest: a path, or s3://bucket/key")
    parser.add_argument("testing", nargs="?", help="the test manifest: a path, or s3://bucket/key")
    parser.add_argument("--auto-create", action="store_true", help="the service selects the test images")
    parser.add_argument("--images", action="store_true", help="check the images in S3 too")
    parser.add_argument("--region", help="the region of the training, which determines the limits of a manifest")
    parser.add_argument("--write-to", help="a folder for the files that the service would write")
    parser.add_argument("--strict", action="store_true", help="fail if any line has an error or a warning")
    parser.add_argument("--json", action="store_true", help="print a JSON document")
    options = parser.parse_args()

    try:
        report = check(options)
    # ImportError: --images needs the extra "images"
    except (RekogVersionsError, BotoCoreError, ClientError, ImportError, OSError, ValueError) as error:
        sys.exit(f"{type(error).__name__}: {error}")
    print(report.to_json(indent=4) if options.json else report)
    if report.files and not options.json:
        print("\nwritten:", *report.files, sep="\n  ")
    sys.exit(0 if (report.clean if options.strict else report.ok) else 1)


if __name__ == "__main__":
    main()
