"""ARNs and KMS key ids: their parts, the texts that are rejected, and that they remain strings."""

import copy
import json
import pickle
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import given, strategies as st
from pydantic import TypeAdapter

from rekog_versions import DatasetArn, KmsKeyId, ProjectArn, ProjectVersionArn
from rekog_versions.arns import KmsKeyForm

PROJECT = "arn:aws:rekognition:eu-west-1:123456789012:project/shapes/1574310000000"
VERSION = "arn:aws-cn:rekognition:cn-north-1:000000000001:project/shapes/version/v1.0_b-2/1574317227432"
DATASET = "arn:aws-us-gov:rekognition:us-gov-west-1:999999999999:project/shapes/dataset/test/1574317227999"
KINDS: list[tuple[type[ProjectArn | ProjectVersionArn | DatasetArn], str]] = [
    (ProjectArn, PROJECT),
    (ProjectVersionArn, VERSION),
    (DatasetArn, DATASET),
]

names = st.text("abcxyzABCXYZ019_.-", min_size=1, max_size=255)
regions = st.sampled_from(["us-east-1", "cn-north-1", "us-gov-west-1", "eusc-de-east-1"])
partitions = st.sampled_from(["aws", "aws-cn", "aws-us-gov", "aws-iso-b", "aws-eusc"])
accounts = st.text("0123456789", min_size=12, max_size=12)
milliseconds = st.integers(0, 253402300799999)  # to the end of the year 9999


def test_a_project_arn_has_parsed_parts() -> None:
    arn = ProjectArn(PROJECT)
    assert arn.is_valid
    assert (arn.aws_partition, arn.region, arn.account_id) == ("aws", "eu-west-1", "123456789012")
    assert arn.project_name == "shapes"
    assert arn.created_at == datetime(2019, 11, 21, 4, 20, tzinfo=UTC)


def test_a_version_arn_has_parsed_parts() -> None:
    arn = ProjectVersionArn(VERSION)
    assert arn.is_valid
    assert (arn.aws_partition, arn.region, arn.account_id) == ("aws-cn", "cn-north-1", "000000000001")
    assert (arn.project_name, arn.version_name) == ("shapes", "v1.0_b-2")
    assert arn.created_at == datetime(2019, 11, 21, 6, 20, 27, 432000, tzinfo=UTC)


def test_a_dataset_arn_has_parsed_parts() -> None:
    arn = DatasetArn(DATASET)
    assert arn.is_valid
    assert (arn.aws_partition, arn.region, arn.account_id) == ("aws-us-gov", "us-gov-west-1", "999999999999")
    assert (arn.project_name, arn.dataset_type) == ("shapes", "test")
    assert arn.created_at == datetime(2019, 11, 21, 6, 20, 27, 999000, tzinfo=UTC)


@given(st.tuples(partitions, regions, accounts, names, names), milliseconds)
def test_an_arn_has_the_parts_that_it_was_created_from(parts: tuple[str, str, str, str, str], created: int) -> None:
    partition, region, account, project, version = parts
    arn = ProjectVersionArn.parse(
        f"arn:{partition}:rekognition:{region}:{account}:project/{project}/version/{version}/{created}"
    )
    assert (arn.aws_partition, arn.region, arn.account_id) == (partition, region, account)
    assert (arn.project_name, arn.version_name) == (project, version)
    assert arn.created_at is not None
    assert round((arn.created_at - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds() * 1000) == created


@pytest.mark.parametrize(("kind", "text"), KINDS)
@pytest.mark.parametrize(
    "change",
    [
        lambda arn: "",
        lambda arn: "odd",
        lambda arn: arn[1:],
        lambda arn: arn + "\n",
        lambda arn: " " + arn,
        lambda arn: arn + "/",
        lambda arn: arn.rpartition("/")[0],
        lambda arn: arn[:-1] + "\u0661",  # a digit to Unicode, not to the service
        lambda arn: arn.replace("rekognition", "sagemaker"),
        lambda arn: arn.replace("rekognition", "Rekognition"),
        lambda arn: arn.replace("shapes", "sha pes"),
        lambda arn: arn.replace("shapes", "s" * 256),
        lambda arn: arn.replace("shapes", ""),
        lambda arn: arn.replace(":project/", ":stream/"),
        lambda arn: arn.replace(":project/", "0:project/"),  # an account of 13 digits
        lambda arn: arn.ljust(2049, "1"),
    ],
)
def test_an_invalid_arn_is_a_string_whose_parts_are_empty(
    kind: type[ProjectArn], text: str, change: Callable[[str], str]
) -> None:
    changed = change(text)
    arn = kind(changed)
    assert arn == changed
    assert not arn.is_valid
    assert {arn.aws_partition, arn.region, arn.account_id, arn.project_name, arn.created_at} == {None}
    assert getattr(arn, "version_name", None) is None
    assert getattr(arn, "dataset_type", None) is None
    with pytest.raises(ValueError, match=f"is not a {kind.what}: "):
        kind.parse(changed)


@pytest.mark.parametrize(("kind", "text"), KINDS)
def test_an_arn_may_have_2048_characters(kind: type[ProjectArn], text: str) -> None:
    assert kind.parse(text.ljust(2048, "1")).project_name == "shapes"
    with pytest.raises(ValueError, match="it has 2049 characters; 20 to 2048 are allowed"):
        kind.parse(text.ljust(2049, "1"))


@pytest.mark.parametrize(("wanted", "_"), KINDS)
@pytest.mark.parametrize(("given_kind", "text"), KINDS)
def test_the_error_for_an_arn_of_another_kind_names_that_kind(
    wanted: type[ProjectArn], _: str, given_kind: type[ProjectArn], text: str
) -> None:
    if wanted is given_kind:
        assert type(wanted.parse(text)) is wanted
        return
    with pytest.raises(ValueError, match=f"is not a {wanted.what}: it is a {given_kind.what}") as caught:
        wanted.parse(text)
    assert wanted.form in str(caught.value)


def test_the_error_for_other_text_shows_how_an_arn_starts() -> None:
    with pytest.raises(ValueError, match="an ARN starts with 'arn:'") as caught:
        ProjectArn.parse("shapes")
    assert "arn:PARTITION:rekognition:REGION:ACCOUNT:project/PROJECT/CREATED" in str(caught.value)


def test_the_error_shows_odd_characters_escaped_and_long_text_cut() -> None:
    with pytest.raises(ValueError, match="is not a project ARN") as caught:
        ProjectArn.parse("arn:\x1b[31m\n\u202e" + "x" * 3000)
    message = str(caught.value)
    assert message.isprintable()
    assert r"'arn:\x1b[31m\n\u202exxx" in message
    assert len(message) < 1000


@pytest.mark.parametrize("created", ["9" * 18, "9" * 1000])
def test_a_number_outside_of_the_calendar_gives_no_date(created: str) -> None:
    arn = ProjectArn(PROJECT.replace("1574310000000", created))
    assert arn.is_valid
    assert arn.created_at is None


@pytest.mark.parametrize("text", [PROJECT, VERSION, DATASET, "odd"])
@pytest.mark.parametrize("kind", [ProjectArn, ProjectVersionArn, DatasetArn])
def test_an_arn_equals_its_string(kind: type[ProjectArn], text: str) -> None:
    arn = kind(text)
    assert isinstance(arn, str)
    assert arn == text
    assert hash(arn) == hash(text)
    assert {text: 1}[arn] == 1
    assert json.dumps(arn) == json.dumps(text)
    assert f"{arn}" == text
    assert arn.partition(":") == text.partition(":")


@pytest.mark.parametrize(("kind", "text"), KINDS)
def test_an_arn_survives_copies_pickle_and_pydantic(kind: type[ProjectArn], text: str) -> None:
    arn = kind(text)
    assert arn.project_name == "shapes"  # the parts are kept once they were asked for
    adapter = TypeAdapter(kind)
    others = [copy.copy(arn), copy.deepcopy(arn), adapter.validate_python(text), adapter.validate_json(f'"{text}"')]
    others += [pickle.loads(pickle.dumps(arn, protocol)) for protocol in range(pickle.HIGHEST_PROTOCOL + 1)]
    for other in others:
        assert type(other) is kind
        assert other == arn
        assert (other.region, other.created_at) == (arn.region, arn.created_at)
    assert adapter.dump_json(arn) == f'"{text}"'.encode()
    assert type(adapter.dump_python(arn, mode="json")) is str


# -- keys --------------------------------------------------------------------------------------------------------------

UUID = "12345678-90ab-cdef-1234-567890ABCDEF"
MRK = "mrk-1234567890abcdef1234567890abcdef"


@pytest.mark.parametrize("key_id", [UUID, UUID.lower(), MRK])
def test_a_key_is_named_by_its_id(key_id: str) -> None:
    key = KmsKeyId(key_id)
    assert key == key_id
    assert key.form is KmsKeyForm.KEY_ID
    assert key.key_id == key_id
    assert {key.aws_partition, key.region, key.account_id, key.alias_name} == {None}


@pytest.mark.parametrize("alias", ["alias/x", "alias/aws/rekognition", "alias/a:b_c-D/9", "alias/" + "a" * 2042])
def test_a_key_is_named_by_an_alias(alias: str) -> None:
    key = KmsKeyId(alias)
    assert key.form is KmsKeyForm.ALIAS_NAME
    assert key.alias_name == alias
    assert {key.aws_partition, key.region, key.account_id, key.key_id} == {None}


@pytest.mark.parametrize("partition", ["aws", "aws-cn", "aws-us-gov", "aws-iso", "aws-iso-b", "aws-eusc"])
@pytest.mark.parametrize("key_id", [UUID, MRK])
def test_a_key_is_named_by_its_arn_in_any_partition(partition: str, key_id: str) -> None:
    key = KmsKeyId(f"arn:{partition}:kms:eu-west-1:123456789012:key/{key_id}")
    assert key.form is KmsKeyForm.KEY_ARN
    assert (key.aws_partition, key.region, key.account_id) == (partition, "eu-west-1", "123456789012")
    assert (key.key_id, key.alias_name) == (key_id, None)


@pytest.mark.parametrize("partition", ["aws", "aws-cn", "aws-us-gov"])
def test_a_key_is_named_by_the_arn_of_an_alias(partition: str) -> None:
    key = KmsKeyId(f"arn:{partition}:kms:eu-west-1:123456789012:alias/training")
    assert key.form is KmsKeyForm.ALIAS_ARN
    assert (key.aws_partition, key.region, key.account_id) == (partition, "eu-west-1", "123456789012")
    assert (key.key_id, key.alias_name) == (None, "alias/training")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "training",
        "alias/",
        "alias",
        "Alias/training",
        "alias/a b",
        "alias/a.b",
        "alias/\u00e4",
        "alias/training\n",
        "\nalias/training",
        "alias/" + "a" * 2043,
        UUID[:-1],
        UUID + "0",
        UUID.replace("-", ""),
        UUID.replace("a", "g"),
        UUID[:-1] + "\u0661",
        UUID + "\n",
        MRK[:-1],
        MRK + "0",
        MRK.upper(),
        f"key/{UUID}",
        f"arn:aws:kms:eu-west-1:123456789012:{UUID}",
        f"arn:aws:kms:eu-west-1:12345678901:key/{UUID}",
        f"arn:aws:kms::123456789012:key/{UUID}",
        f"arn:aws:s3:eu-west-1:123456789012:key/{UUID}",
        f"arn:aws-:kms:eu-west-1:123456789012:key/{UUID}",
        f"arn:azure:kms:eu-west-1:123456789012:key/{UUID}",
        f"arn:aws:kms:eu-west-1:123456789012:key/{UUID}\n",
        "arn:aws:kms:eu-west-1:123456789012:key/alias/x",
        "arn:aws:kms:eu-west-1:123456789012:alias/",
    ],
)
def test_the_error_for_an_invalid_key_names_all_four_forms(text: str) -> None:
    with pytest.raises(ValueError, match="is not a KMS key") as caught:
        KmsKeyId(text)
    message = str(caught.value)
    assert message.isprintable()
    for form in KmsKeyForm:
        assert form.value in message


@pytest.mark.parametrize("text", [UUID, MRK, "alias/x", f"arn:aws:kms:eu-west-1:123456789012:key/{UUID}"])
def test_a_key_survives_copies_and_pickle(text: str) -> None:
    key = KmsKeyId(text)
    others = [copy.copy(key), copy.deepcopy(key)]
    others += [pickle.loads(pickle.dumps(key, protocol)) for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1)]
    for other in others:
        assert type(other) is KmsKeyId
        assert (other, other.form, other.region, other.key_id) == (text, key.form, key.region, key.key_id)
