"""What typed answers cost: `describe_project_versions` of 100 trained versions, against boto3's dicts.

Once through a client that the user made, whose answers botocore has parsed already; once through one that `connect()`
made, whose answers go from bytes into models. Models are more objects than dicts are, so Python's collector looks at
all objects of the process more often; what that takes depends on the process, and is told apart.
"""

from benchmarks import _canned
from benchmarks._measure import Row, cpu, interleaved
from rekog_versions import VersionsClient

VERSIONS = 100
GIVEN_LIMIT, CONNECTED_LIMIT = 1.6, 0.8


def rows(repetitions: int = 41, times: int = 5) -> list[Row]:
    body = _canned.body_of(
        {"ProjectVersionDescriptions": [_canned.version_description(number) for number in range(VERSIONS, 0, -1)]}
    )
    raw = _canned.raw_client()
    given = VersionsClient(_canned.raw_client())
    connected = VersionsClient.connect(session=_canned.session())
    for client in (raw, given.rekognition, connected.rekognition):
        _canned.answer_with(client, "DescribeProjectVersions", body)

    def boto() -> object:
        return raw.describe_project_versions(ProjectArn=_canned.PROJECT)

    def by_given() -> object:
        return given.describe_project_versions(_canned.PROJECT)

    def by_connected() -> object:
        return connected.describe_project_versions(_canned.PROJECT)

    if by_given() != by_connected():
        raise RuntimeError("both ways of reading must agree")
    calls = (by_given, by_connected, boto)
    given_cpu, connected_cpu, boto_cpu = interleaved(*(cpu(call, times) for call in calls), repetitions=repetitions)
    given_whole, connected_whole, boto_whole = interleaved(
        *(cpu(call, 4 * times, whole_heap=True) for call in calls), repetitions=repetitions // 4, warm_up=1
    )
    what = f"describe_project_versions, {VERSIONS} versions"
    return [
        Row(f"{what}, a client passed in / boto3", given_cpu, boto_cpu, GIVEN_LIMIT),
        Row("  the same, a client of connect() / boto3", connected_cpu, boto_cpu, CONNECTED_LIMIT),
        Row("  a client passed in / boto3, full collections included", given_whole, boto_whole),
        Row("  a client of connect() / boto3, full collections included", connected_whole, boto_whole),
    ]
