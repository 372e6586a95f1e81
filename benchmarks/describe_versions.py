"""The time of typed responses: `describe_project_versions` of 100 trained versions, against boto3's dicts.

There are two clients. For a client that is passed in, botocore parses the response first. For a client of `connect()`,
the bytes are parsed directly into models. A response has more objects as models than as dicts, so Python runs its full
garbage collection more often. Its time depends on the rest of the process, and has rows of its own.
"""

from benchmarks import _canned
from benchmarks._measure import Row, cpu, interleaved
from rekog_versions import VersionsClient

VERSIONS = 100
PASSED_IN_LIMIT, CONNECTED_LIMIT = 1.55, 0.6


def rows(repetitions: int = 41, times: int = 5) -> list[Row]:
    body = _canned.body_of(
        {"ProjectVersionDescriptions": [_canned.version_description(number) for number in range(VERSIONS, 0, -1)]}
    )
    raw = _canned.raw_client()
    passed_in = VersionsClient(_canned.raw_client())
    connected = VersionsClient.connect(session=_canned.session())
    for client in (raw, passed_in.rekognition, connected.rekognition):
        _canned.respond_with(client, "DescribeProjectVersions", body)

    def boto() -> object:
        return raw.describe_project_versions(ProjectArn=_canned.PROJECT)

    def passed_in_call() -> object:
        return passed_in.describe_project_versions(_canned.PROJECT)

    def connected_call() -> object:
        return connected.describe_project_versions(_canned.PROJECT)

    if passed_in_call() != connected_call():
        raise RuntimeError("both clients must return the same response")
    calls = (passed_in_call, connected_call, boto)
    passed_in_cpu, connected_cpu, boto_cpu = interleaved(*(cpu(call, times) for call in calls), repetitions=repetitions)
    passed_in_whole, connected_whole, boto_whole = interleaved(
        *(cpu(call, 4 * times, whole_heap=True) for call in calls), repetitions=repetitions // 4, warm_up=1
    )
    what = f"describe_project_versions, {VERSIONS} versions"
    return [
        Row(f"{what}, a client passed in / boto3", passed_in_cpu, boto_cpu, PASSED_IN_LIMIT),
        Row("  the same, a client of connect() / boto3", connected_cpu, boto_cpu, CONNECTED_LIMIT),
        Row("  a client passed in / boto3, full collections included", passed_in_whole, boto_whole),
        Row("  a client of connect() / boto3, full collections included", connected_whole, boto_whole),
    ]
