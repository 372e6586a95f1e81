"""Each command does with the emulated service what the library does."""

import json
import subprocess
import sys
from io import BytesIO, TextIOWrapper
from pathlib import Path

import pytest

from rekog_versions.testing import CustomLabelsControl
from tests.cli.conftest import TRAIN, URI, Rekog
from tests.testing.emulator import BUCKET, boxed_line, cats_and_dogs, json_lines, shared_client


def test_a_project_is_created_listed_and_deleted(rekog: Rekog) -> None:
    created = rekog("project", "create", "pets", "--tags", "team=vision", "--output", "json")
    arn = json.loads(created.out)["ProjectArn"]
    assert rekog("project", "list", "--output", "id").out == f"{arn}\n"
    assert rekog("project", "delete", "pets", "--yes").code == 0
    assert rekog("project", "list", "--output", "json").out == "[]\n"


def test_a_training_is_waited_for_and_shown(trained: Rekog) -> None:
    waited = trained("version", "wait", "pets/v1")
    assert (waited.code, "TRAINING_COMPLETED" in waited.out) == (0, True)
    shown = json.loads(trained("version", "show", "pets/v1", "--output", "json").out)
    assert shown["Status"] == "TRAINING_COMPLETED"
    assert trained("version", "list", "pets", "--output", "id").out.strip() == shown["ProjectVersionArn"]
    assert trained("version", "show", shown["ProjectVersionArn"]).code == 0


def test_a_failed_training_ends_with_1_and_the_command_that_explains_it(trained: Rekog) -> None:
    s3 = shared_client("s3")
    s3.put_object(Bucket=BUCKET, Key="bad.manifest", Body=b"{}\n" * 20)
    arguments = [argument.replace(URI, f"s3://{BUCKET}/bad.manifest") for argument in TRAIN]
    failed = trained("version", "train", "pets/bad", *arguments, "--yes", "--wait")
    assert failed.code == 1
    assert "rekog version explain pets/bad" in failed.err
    explained = trained("version", "explain", "pets/bad")
    assert explained.code == 0
    assert "ERROR_MISSING_SOURCE_REF" in explained.out


def test_a_request_can_be_read_from_a_file_and_options_override_it(rekog: Rekog, tmp_path: Path) -> None:
    skeleton = json.loads(rekog("version", "train", "--generate-cli-skeleton").out)
    assert {"ProjectArn", "VersionName", "OutputConfig", "TrainingData"} <= set(skeleton)
    rekog("project", "create", "pets")
    file = tmp_path / "request.yaml"
    file.write_text(f"VersionName: v1\nOutputConfig: {{S3Bucket: {BUCKET}}}\nTestingData: {{AutoCreate: true}}\n")
    arguments = ("--training-data", URI, "--yes", "--output", "json")
    for name in (str(file), f"file://{file}", file.read_text()):
        version = f"pets/v{len(name)}"
        trained = rekog("version", "train", version, "--cli-input-yaml", name, *arguments)
        assert f"/version/{version[5:]}/" in json.loads(trained.out)["ProjectVersionArn"]


@pytest.mark.parametrize(
    ("option", "text", "says"),
    [
        ("--cli-input-json", "{", "--cli-input-json must be a JSON document"),
        ("--cli-input-yaml", "{", "--cli-input-yaml must be a YAML document"),
        ("--cli-input-yaml", "[a,\nb]", "must be an object with the fields of the request, got list"),
        ("--cli-input-json", '{"ProjctArn": "x"}', "PROJECT/VERSION is missing"),
    ],
)
def test_an_invalid_input_is_explained(rekog: Rekog, option: str, text: str, says: str) -> None:
    result = rekog("version", "train", option, text, "--yes")
    assert (result.code, result.out) == (2, "")
    assert says in result.err


def test_preflight_and_dry_run_start_nothing(rekog: Rekog) -> None:
    rekog("project", "create", "pets")
    for command in (("preflight", "pets/v1"), ("version", "train", "pets/v1", "--dry-run")):
        checked = rekog(*command, *TRAIN)
        assert "Preflight of v1" in checked.out
    assert rekog("version", "list", "pets", "--output", "json").out == "[]\n"


def test_a_model_is_started_listed_used_and_stopped(trained: Rekog, tmp_path: Path) -> None:
    started = trained("version", "start", "pets/v1", "--yes", "--wait")
    assert "RUNNING" in started.out
    assert "4.00 USD an hour" in started.err
    assert "rekog stop pets/v1" in started.err
    running = json.loads(trained("running", "--output", "json").out)
    assert [model["status"] for model in running["models"]] == ["RUNNING"]
    planned = trained("stop", "--all", "--dry-run")
    assert "would be stopped" in planned.out
    assert "is being stopped" in trained("stop", "--all", "--yes").out
    assert trained("version", "wait", "pets/v1", "--until", "stopped").code == 0
    assert json.loads(trained("running", "--output", "json").out)["models"] == []


def test_a_model_runs_for_the_time_of_a_command_whose_exit_code_is_passed_on(trained: Rekog, tmp_path: Path) -> None:
    file = tmp_path / "arn"
    code = f"import os, sys; open({str(file)!r}, 'w').write(os.environ['REKOG_VERSION_ARN']); sys.exit(7)"
    ran = trained("version", "start", "pets/v1", "--for", "1h", "--yes", "--", sys.executable, "-c", code)
    assert ran.code == 7
    assert "/version/v1/" in file.read_text()
    assert json.loads(trained("running", "--output", "json").out)["models"] == []


def test_a_manifest_is_checked_split_and_converted(rekog: Rekog, tmp_path: Path) -> None:
    manifest = tmp_path / "all.manifest"
    manifest.write_bytes(cats_and_dogs(40))
    assert rekog("manifest", "check", str(manifest), "--auto-create").code == 0
    assert rekog("manifest", "check", str(manifest)).code == 1  # neither a test manifest nor --auto-create
    parts = [str(tmp_path / name) for name in ("train.manifest", "test.manifest")]
    assert rekog("manifest", "split", str(manifest), *parts).code == 0
    assert rekog("manifest", "check", parts[0], "--testing", parts[1]).code == 0
    table = tmp_path / "labels.csv"
    table.write_text("image,label\na.jpg,cat\nb.jpg,dog\n")
    to = str(tmp_path / "csv.manifest")
    assert rekog("manifest", "convert", "csv", str(table), "--images", "s3://b/x", "--to", to).code == 0
    assert "s3://b/x/a.jpg" in Path(to).read_text()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("coco", "x.json"), "--images s3://BUCKET/PREFIX is missing"),
        (("yolo", "x", "--images", "s3://b/x"), "--local-images FOLDER is missing"),
        (("csv", "x.csv", "--kind", "boxes"), "--kind must not be used with the format csv"),
        (("via", "x.json", "--images", "s3://b/x"), "--label is missing"),
        (("csv", "x.csv", "--local-images", "x"), "--local-images must be used with --images"),
        (("zip", "x"), "zip"),
    ],
)
def test_the_options_of_a_format_are_checked(rekog: Rekog, arguments: tuple[str, ...], says: str) -> None:
    result = rekog("manifest", "convert", *arguments, "--to", "x.manifest")
    assert result.code == 2
    assert says in result.err


def test_a_format_with_splits_becomes_two_manifests(rekog: Rekog, tmp_path: Path) -> None:
    source = tmp_path / "labels.csv"
    source.write_text("TRAIN,gs://x/a.jpg,cat\nTEST,gs://x/b.jpg,dog\nTRAIN,gs://x/c.jpg,dog\n")
    train, test = str(tmp_path / "train.manifest"), str(tmp_path / "test.manifest")
    options = ("--images", "s3://b/x", "--replace", "gs://x/=", "--kind", "labels", "--to", train, "--testing", test)
    converted = rekog("manifest", "convert", "automl-csv", str(source), *options)
    assert "2 lines" in converted.out
    assert len(Path(test).read_text().splitlines()) == 1
    elsewhere = ("--replace", "gs://x/=s3://b/y/", "--kind", "labels", "--to", train, "--testing", test)
    assert rekog("manifest", "convert", "automl-csv", str(source), *elsewhere).code == 0
    assert "s3://b/y/b.jpg" in Path(test).read_text()


def test_a_manifest_is_exported_in_other_formats(rekog: Rekog, tmp_path: Path) -> None:
    training, testing = tmp_path / "train.manifest", tmp_path / "test.manifest"
    training.write_bytes(json_lines([boxed_line(1, "cat"), boxed_line(2, "dog")]))
    testing.write_bytes(json_lines([boxed_line(3, "dog")]))
    to = str(tmp_path / "yolo")
    exported = rekog("manifest", "export", "yolo", str(training), "--testing", str(testing), "--to", to)
    assert exported.code == 0
    assert "3 images, 3 annotations of 2 labels" in exported.out
    assert "test: images/test" in (tmp_path / "yolo" / "data.yaml").read_text()
    to = str(tmp_path / "test.json")
    exported = rekog(
        "manifest", "export", "coco", str(testing), "--to", to, "--names", "cat", "dog", "--query", "labels.dog"
    )
    assert exported.out.strip() == "1"
    document = json.loads(Path(to).read_text())
    assert [category["name"] for category in document["categories"]] == ["cat", "dog"]
    wrong = rekog("manifest", "export", "voc", str(training), "--kind", "labels", "--to", str(tmp_path / "voc"))
    assert wrong.code == 2
    assert "--kind must not be used with the format voc" in wrong.err


@pytest.mark.parametrize("command", [("check", "--auto-create"), ("stats",)])
def test_a_manifest_on_stdin_is_read_with_common_options(
    rekog: Rekog, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO(cats_and_dogs(40))))
    found = rekog("manifest", command[0], "-", *command[1:], "--output", "json")
    assert found.code == 0
    assert "cat" in json.dumps(json.loads(found.out))


def test_manifests_are_described_and_compared(rekog: Rekog, tmp_path: Path) -> None:
    manifest = tmp_path / "all.manifest"
    manifest.write_bytes(cats_and_dogs(40))
    assert "40 lines, 40 images, 2 labels" in rekog("manifest", "stats", str(manifest)).out
    counts = json.loads(rekog("manifest", "stats", URI, "--query", "labels[].images", "--output", "json").out)
    assert counts == [20, 20]
    compared = rekog("manifest", "compare", URI, str(manifest), "--query", "is_same", "--output", "json")
    assert (compared.code, compared.out) == (0, "true\n")
    assert rekog("manifest", "stats").code == 2
    assert rekog("manifest", "stats", "--unknown").code == 2


def test_a_folder_is_uploaded_once(rekog: Rekog, tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    for uploaded in (1, 0):
        found = rekog("manifest", "upload", str(tmp_path), f"s3://{BUCKET}/photos", "--output", "json")
        assert (found.code, json.loads(found.out)["uploaded"]) == (0, uploaded)


def test_annotations_for_github_escape_what_would_end_them(rekog: Rekog, tmp_path: Path) -> None:
    manifest = tmp_path / "a,b.manifest"
    manifest.write_bytes(json_lines([{"source-ref": "s3://b/%0A::error::x.jpg"}]))
    checked = rekog("manifest", "check", str(manifest), "--auto-create", "--format", "github", "--strict")
    assert checked.code == 1
    assert all(line.startswith(("::error ", "::warning ", "::notice ")) for line in checked.out.splitlines())
    assert "a%2Cb.manifest" in checked.out


def test_an_evaluation_is_shown_tuned_compared_and_drawn(trained: Rekog, tmp_path: Path) -> None:
    trained("version", "train", "pets/v2", *TRAIN, "--yes")
    assert "all labels" in trained("eval", "show", "pets/v1").out
    assert json.loads(trained("eval", "thresholds", "pets/v1", "--output", "json").out)
    assert "[0." in trained("eval", "show", "pets/v1").out
    assert trained("eval", "compare", "pets/v1", "pets/v2").code == 0
    surely = ("--not-worse-by", "0", "--confidence", "0.9")
    assert (
        "it is not shown that the F1 score over all labels fell by less than 0"
        in trained("eval", "compare", "pets/v1", "pets/v2", *surely).out
    )
    assert trained("eval", "compare", "pets/v1", "pets/v2", "--min-f1", "1", "--min-label-f1", "1").code in (0, 1)
    picture = tmp_path / "f1.svg"
    assert trained("eval", "plot", "f1", "pets/v1", "--to", str(picture)).code == 0
    assert picture.read_text().startswith("<?xml")


def test_datasets_are_created_listed_and_deleted(rekog: Rekog) -> None:
    rekog("project", "create", "pets")
    arn = rekog("dataset", "create", "pets", "train", "--manifest", URI, "--wait", "--output", "id").out.strip()
    assert arn in rekog("dataset", "list", "pets").out
    entries = [json.loads(line) for line in rekog("dataset", "entries", arn, "--output", "jsonl").out.splitlines()]
    assert len(entries) == 40
    assert rekog("dataset", "delete", arn, "--yes", "--wait").code == 0


def test_the_cost_of_trainings_is_shown(trained: Rekog) -> None:
    costs = trained("cost", "pets")
    assert "pets/v1" in costs.out
    assert "In total" in costs.err


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_completion_script_is_printed(rekog: Rekog, shell: str) -> None:
    script = rekog("completion", shell)
    assert script.code == 0
    assert "manifest" in script.out
    if shell == "bash":
        subprocess.run(["bash", "-n"], input=script.out, text=True, check=True)


def test_the_skill_names_every_command_and_exit_code(rekog: Rekog) -> None:
    skill = rekog("skill").out
    for name in ("version train", "manifest check", "stop", "emulator"):
        assert f"rekog {name}" in skill
    assert all(f"- {code}: " in skill for code in (0, 1, 2, 130, 253, 254, 255))


def test_a_wait_prints_a_line_for_each_change_of_the_status(emulated: CustomLabelsControl, trained: Rekog) -> None:
    emulated.set_training(times=4)
    trained("version", "train", "pets/v3", *TRAIN, "--yes")
    waited = trained("version", "wait", "pets/v3")
    assert [line.split(": ")[1].split(" ")[0] for line in waited.err.splitlines() if ": " in line] == [
        "TRAINING_IN_PROGRESS",
        "TRAINING_COMPLETED",
    ]
