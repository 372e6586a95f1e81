"""Clients typed by types-boto3[rekognition,s3]. Environments without stubs leave this file out."""

# boto3.client() has an overload for each service; the types of services without installed stubs are unknown
# pyright: reportUnknownMemberType=false

from typing import assert_type

import boto3
from botocore.config import Config
from types_boto3_rekognition.client import RekognitionClient as StubbedClient
from types_boto3_s3.client import S3Client

from rekog_versions import AsyncVersionsClient, VersionsClient
from rekog_versions.client import RekognitionClient


def of_a_typed_client(rekognition: StubbedClient, s3: S3Client) -> None:
    assert_type(VersionsClient(rekognition, s3=s3), VersionsClient)
    assert_type(AsyncVersionsClient(rekognition, s3=s3), AsyncVersionsClient)
    taken: RekognitionClient = rekognition
    VersionsClient(taken)


def of_boto3() -> None:
    assert_type(boto3.client("rekognition"), StubbedClient)
    VersionsClient(boto3.client("rekognition", config=Config(retries={"mode": "adaptive"})))
    VersionsClient.connect(session=boto3.Session(), config=Config(connect_timeout=5))
