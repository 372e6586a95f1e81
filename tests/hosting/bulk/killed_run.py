"""A run of `detect_all()` against a service on a loopback port, for tests that kill it."""

import sys

from rekog_versions import VersionsClient
from rekog_versions.hosting import detect_all
from rekog_versions.hosting.bulk import bookkeeping
from tests.hosting.fake_service import arn_of, boto3_client


def main(url: str, count: str, output: str) -> None:
    vars(bookkeeping)["FIRST_RATE"] = 10_000.0  # the test does not wait until the rate has grown
    client = VersionsClient(boto3_client(url))
    images = (f"s3://bucket/{number}.png" for number in range(int(count)))
    report = detect_all(client, arn_of("v1"), images, output=output, account_rate=10_000, max_concurrency=8)
    sys.stdout.write(f"{report.ended}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
