"""Types of `rekog_versions.manifests`: checks, lines, writers, converters, splits and images."""

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, assert_type

from rekog_versions import VersionsClient
from rekog_versions.manifests import (
    CODES,
    Code,
    ConversionIssue,
    ConversionReason,
    ConversionReport,
    ConvertedLines,
    ImageInfo,
    ImageLabel,
    ImageLevelLine,
    ImageProblem,
    ImageReader,
    ImageSizeMatch,
    ImageVerdict,
    Issue,
    LabeledBox,
    Level,
    ManifestReport,
    ManifestSplit,
    ManifestStatistics,
    ManifestWriter,
    ModerationLine,
    ObjectLine,
    SplitPart,
    TypedLine,
    UseCase,
    WrittenManifest,
    check_image,
    check_manifests,
    from_coco,
    from_csv,
    from_folder,
    from_ground_truth,
    image_info_from_bytes,
    image_info_from_file,
    images_from_folder,
    images_from_s3,
    parse_manifest_line,
    split_manifest,
)
from rekog_versions.models import DescribedS3Object, S3Object


def check(client: VersionsClient) -> None:
    assert_type(check_manifests("train.manifest"), ManifestReport)
    check_manifests(Path("train.manifest"), [b"{}", io.BytesIO(), "s3://my-bucket/test.manifest"], s3=client)
    check_manifests("train.manifest", auto_create=True, region="eu-west-2", write_to=Path("checked"), max_issues=5)
    check_manifests("train.manifest", feature="CONTENT_MODERATION", images=images_from_s3(client))
    check_manifests("train.manifest", images=images_from_folder("pets", "s3://my-bucket/pets"))
    check_manifests(S3Object(bucket="my-bucket", name="a.manifest", version="3"), DescribedS3Object(), s3=client)
    check_manifests()  # rejected
    check_manifests(5)  # rejected
    check_manifests(io.StringIO())  # rejected
    check_manifests("train.manifest", "test.manifest", True)  # rejected
    check_manifests("train.manifest", feature="MODERATION")  # rejected
    check_manifests("train.manifest", images=image_info_from_file)  # rejected
    check_manifests("train.manifest", images=True)  # rejected
    check_manifests("train.manifest", write_to=True)  # rejected


def of_a_report(report: ManifestReport) -> None:
    assert_type(report.ok, bool)
    assert_type(report.clean, bool)
    assert_type(list(report), list[Issue])
    assert_type(report.to_dict()["ok"], Any)
    assert_type(report.training.to_json(indent=None), str)
    assert_type(report.issues, tuple[Issue, ...])
    assert_type(report.terminal[0].level, Level | None)
    assert_type(report.issues[0].line, int | None)
    assert_type(report.issues[0].place, tuple[str | int, ...])
    assert_type(report.use_case, UseCase)
    assert_type(report.training, ManifestStatistics)
    assert_type(report.testing.labels, Mapping[str, int])
    assert_type(report.training.error_json_line_indices[0], int)
    assert_type(report.files, tuple[Path, ...])
    assert_type(report.to_json(indent=4), str)
    assert_type(CODES["ERROR_EMPTY_MANIFEST"], Code)
    assert_type(CODES["ERROR_EMPTY_MANIFEST"].fix, str)
    report.use_case = UseCase.NOT_DETERMINED  # rejected
    report.training.labels["cat"] = 1  # rejected
    report.counts.clear()  # rejected
    report.issues[0].code = "ERROR_EMPTY_MANIFEST"  # rejected
    report.errors  # rejected


def lines(moment: datetime) -> None:
    line = ImageLevelLine("s3://my-bucket/1.jpg", ["cat", ImageLabel("dog", 0.5, creation_date=moment)])
    assert_type(line.labels, tuple[ImageLabel, ...])
    box = LabeledBox("cat", 1, 2.5, 30, 40)
    assert_type(ObjectLine("s3://my-bucket/1.jpg", 640, 480, (box,), job_name="pets").boxes, tuple[LabeledBox, ...])
    assert_type(parse_manifest_line(b"{}", attribute="label"), TypedLine)
    ImageLevelLine("s3://my-bucket/1.jpg")  # rejected
    ImageLevelLine("s3://my-bucket/1.jpg", [1])  # rejected
    ImageLevelLine("s3://my-bucket/1.jpg", ["cat"], "label")  # rejected
    ImageLabel("cat", "high")  # rejected
    LabeledBox("cat", 1, 2, 3)  # rejected
    ObjectLine("s3://my-bucket/1.jpg", 640, 480, ["cat"])  # rejected
    ObjectLine("s3://my-bucket/1.jpg", 640, 480, box)  # rejected
    line.source_ref = "s3://my-bucket/2.jpg"  # rejected
    parse_manifest_line({"source-ref": "s3://my-bucket/1.jpg"})  # rejected
    parse_manifest_line("{}").labels  # rejected


def write(line: TypedLine, client: VersionsClient) -> None:
    with ManifestWriter(Path("train.manifest"), max_lines=28_000) as manifest:
        manifest.write(line)
        manifest.write({"source-ref": "s3://my-bucket/1.jpg"})
        manifest.write("{}")
        manifest.write(b"{}")
        manifest.write(["cat"])  # rejected
        manifest.write(None)  # rejected
        assert_type(manifest, ManifestWriter)
    assert_type(manifest.labels, Mapping[str, int])
    ManifestWriter("s3://my-bucket/train.manifest", s3=client)
    ManifestWriter("s3://my-bucket/train.manifest", client)  # rejected
    manifest.lines = 0  # rejected


def convert(client: VersionsClient) -> None:
    assert_type(from_folder("pets", "s3://my-bucket/pets"), ConvertedLines[ImageLevelLine])
    assert_type(from_csv("pets.csv", labels=["breed", "colour"], separator="|"), ConvertedLines[ImageLevelLine])
    assert_type(from_coco(Path("pets.json"), "s3://my-bucket/pets"), ConvertedLines[TypedLine])
    assert_type(from_ground_truth("s3://my-bucket/output.manifest", s3=client), ConvertedLines[TypedLine])
    from_ground_truth(S3Object(bucket="my-bucket", name="a.manifest"), leave_out_rejected=True, s3=client)
    from_ground_truth("output.manifest", leave_out_rejected=["blurry"])
    from_ground_truth("output.manifest", leave_out_rejected=5)  # rejected
    assert_type(ModerationLine("s3://my-bucket/1.jpg", ["Smoking"]).labels, tuple[str, ...])
    ModerationLine("s3://my-bucket/1.jpg", [ImageLabel("Smoking")])  # rejected
    from_folder(["pets"])  # rejected
    from_csv("pets.csv", labels=1.5)  # rejected
    from_coco({"images": []}, "s3://my-bucket/pets")  # rejected


def of_a_conversion(converted: ConvertedLines[ObjectLine]) -> None:
    assert_type(next(iter(converted)), ObjectLine)
    assert_type(converted.report, ConversionReport)
    assert_type(list(converted.report), list[ConversionIssue])
    assert_type(converted.report.counts, Mapping[ConversionReason, int])
    written = converted.write("train.manifest")
    assert_type(written, WrittenManifest)
    assert_type(written.labels, Mapping[str, int])
    converted[0]  # rejected
    converted.write()  # rejected
    written.lines = 0  # rejected


def split(client: VersionsClient) -> None:
    divided = split_manifest("all.manifest", Path("train.manifest"), "s3://my-bucket/test.manifest", s3=client, seed=7)
    assert_type(divided, ManifestSplit)
    assert_type(divided.testing, SplitPart)
    assert_type(divided.testing.labels, Mapping[str, int])
    assert_type(divided.without_test, tuple[str, ...])
    split_manifest("all.manifest", "train.manifest")  # rejected
    split_manifest("all.manifest", "train.manifest", "test.manifest", 0.2)  # rejected
    split_manifest("all.manifest", "train.manifest", "test.manifest", test_fraction="fifth")  # rejected
    split_manifest(b"{}", "train.manifest", "test.manifest")  # rejected


class Known:
    """An image reader of a user."""

    def __call__(self, requests: Iterable[tuple[str, str]], /) -> Iterator[tuple[str, ImageInfo]]:
        for key, _ in requests:
            yield key, ImageInfo("PNG", 640, 480, 1000)


def images(look: ImageReader, places: Sequence[str]) -> None:
    for number, picture in look(enumerate(places)):
        assert_type(number, int)
        assert_type(picture, ImageInfo)
        assert_type(picture.problem, ImageProblem | None)
    assert_type(image_info_from_bytes(b""), ImageInfo)
    judged = check_image(image_info_from_file(Path("1.jpg")), boxes=True)
    assert_type(judged, ImageVerdict)
    assert_type(judged.size_match, ImageSizeMatch | None)
    look(places)  # rejected
    image_info_from_bytes("1.jpg")  # rejected
    check_image(image_info_from_bytes(b""))  # rejected
    check_manifests("train.manifest", images=Known())  # rejected
