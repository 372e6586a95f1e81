"""A client of boto3.client(): typed with stubs, untyped without."""

# without stubs, the type of boto3.client() is unknown; with stubs, the types of other services are
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false

from typing import assert_type

import boto3

from rekog_versions import AsyncVersionsClient, VersionsClient


def of_boto3() -> None:
    assert_type(VersionsClient(boto3.client("rekognition")), VersionsClient)
    assert_type(AsyncVersionsClient(boto3.client("rekognition")), AsyncVersionsClient)


def of_a_session() -> None:
    session = boto3.Session(region_name="eu-west-1")
    assert_type(VersionsClient(session.client("rekognition"), session=session), VersionsClient)
    assert_type(AsyncVersionsClient(session.client("rekognition"), s3=session.client("s3")), AsyncVersionsClient)
    assert_type(VersionsClient.connect(session=session), VersionsClient)
    assert_type(AsyncVersionsClient.connect(session=session), AsyncVersionsClient)
