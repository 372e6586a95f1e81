"""Make a manifest from a folder that has a folder of images for each label, and optionally split it.

    aws s3 sync pets s3://my-bucket/pets
    python examples/make_manifest.py pets s3://my-bucket/pets train.manifest test.manifest

Without a test manifest, the training manifest has all images. Both may be s3://bucket/key. Objects in S3 are written
with the credentials that boto3 finds, or to the emulated service if AWS_ENDPOINT_URL is set to its address.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from rekog_versions import RekogVersionsError, VersionsClient
from rekog_versions.manifests import from_folder, split_manifest


def make(options: argparse.Namespace) -> None:
    names: list[str | None] = [options.training, options.testing]
    is_in_s3 = any(name and name.startswith("s3://") for name in names)
    client = VersionsClient.connect(region_name=options.region) if is_in_s3 else None
    labelled = from_folder(options.folder, options.images)
    if options.testing is None:
        print(labelled.write(options.training, s3=client))
        return
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder) / "all.manifest"
        print(labelled.write(whole).report)
        split = split_manifest(
            whole, options.training, options.testing, test_fraction=options.test_fraction, seed=options.seed, s3=client
        )
    print(f"\n{split}")


def main() -> None:
    parser = argparse.ArgumentParser(description="Make a manifest from a folder that has a folder for each label.")
    parser.add_argument("folder", type=Path, help="a folder that has a folder of images for each label")
    parser.add_argument("images", help="the place of the folder in S3: s3://bucket/prefix")
    parser.add_argument("training", help="the training manifest to write: a path, or s3://bucket/key")
    parser.add_argument("testing", nargs="?", help="the test manifest to write; by default, all are for training")
    parser.add_argument(
        "--test-fraction", type=float, default=0.2, help="the share of the test images (default: %(default)s)"
    )
    parser.add_argument("--seed", type=int, default=0, help="another number results in another split")
    parser.add_argument("--region", help="the region; by default the one that boto3 finds")
    options = parser.parse_args()

    try:
        make(options)
    except (RekogVersionsError, BotoCoreError, ClientError, OSError, ValueError) as error:
        sys.exit(f"{type(error).__name__}: {error}")


if __name__ == "__main__":
    main()
