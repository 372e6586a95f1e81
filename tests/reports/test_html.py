"""The HTML of a report: complete, closed to everything else, and safe whatever the names in it are."""

import base64
import hashlib
import re
from functools import cache
from pathlib import Path

import pytest

from rekog_versions.evaluation import Evaluation, Gates
from rekog_versions.reports import Report, report_from_files
from tests.chromium import console_and_requests, document_of, needs_chromium
from tests.evaluation import files
from tests.reports import samples
from tests.reports.hostile import TEXTS
from tests.reports.pages import LOADING, Page, parsed


@cache
def sample(name: str) -> Report:
    return samples.report(**samples.SAMPLES[name])


@cache
def page(name: str) -> Page:
    return parsed(sample(name).to_html())


def hostile_report(*, located: bool = False) -> Report:
    """Return a report in which every name is hostile: labels, images, ARNs, manifests."""
    arn = f"arn:aws:rekognition:us-east-1:123456789012:project/{TEXTS[0]}/version/{TEXTS[3]}/1"
    known = [files.result(text, 12, 0.5, 0.4) for text in TEXTS]
    entries = []
    for number in range(12):
        for place, text in enumerate(TEXTS):
            other = TEXTS[(place + 1) % len(TEXTS)]
            name = f"{text}/{number}"
            if located:
                box = (1, 2, 30, 40)
                entries.append(files.boxes(name, [(text, box)], [(other, 0.9, False, box), (text, 0.6, True, box)]))
            else:
                entries.append(files.image(name, [text], [(other, 0.9), (text, 0.6)]))
    summary = files.summary(LabelEvaluationResults=known)
    summary["EvaluationDetails"].update(ProjectVersionArn=arn, Labels=list(TEXTS))
    evaluation = Evaluation.from_files(files.encoded(summary), files.lines(entries))
    return report_from_files(
        evaluation,
        training=files.lines(entries),
        baseline=evaluation,
        images=lambda source_ref: samples.picture(source_ref) if len(source_ref) < 200 else b"<svg onload=alert(1)>",
        gates=Gates(min_label_f1=0.9),
    )


def assert_closed(document: str) -> Page:
    """Check that a document loads nothing and has no other script and style than its own."""
    found = parsed(document)
    for tag, attributes in found.elements:
        assert tag not in {"iframe", "object", "embed", "base", "form", "audio", "video", "foreignobject", "animate"}
        for name, value in attributes.items():
            assert not name.startswith("on")
            assert name != "style"
            if name in LOADING:
                assert re.match(r"#|data:,$|data:image/jpeg;base64,[A-Za-z0-9+/=]+$", value or ""), (tag, name, value)
    assert len(found.all("script")) == len(found.all("style")) == 1
    style = re.search(r"<style>(.*?)</style>", document, re.DOTALL)
    assert style is not None
    assert "url(" not in style[1]
    assert "@import" not in style[1]
    return found


@pytest.mark.parametrize("name", ["2", "20", "objects"])
def test_a_report_loads_nothing(name: str) -> None:
    assert_closed(sample(name).to_html())


@pytest.mark.parametrize("name", ["2", "objects"])
def test_the_policy_allows_the_script_and_the_style_of_the_report_and_nothing_else(name: str) -> None:
    document = sample(name).to_html()
    policy = next(meta["content"] for meta in page(name).all("meta") if "http-equiv" in meta)
    assert policy is not None
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    for tag, rule in (("script", "script-src"), ("style", "style-src")):
        text = re.search(rf"<{tag}>(.*?)</{tag}>", document, re.DOTALL)
        assert text is not None
        digest = base64.b64encode(hashlib.sha256(text[1].encode()).digest()).decode()
        assert rules.pop(rule) == f"'sha256-{digest}'"
    assert rules == {"default-src": "'none'", "img-src": "data:", "base-uri": "'none'", "form-action": "'none'"}
    assert document.index("Content-Security-Policy") < document.index("<style>")


@pytest.mark.parametrize("located", [False, True])
def test_no_name_becomes_markup(located: bool) -> None:
    report = hostile_report(located=located)
    document = report.to_html()
    found = assert_closed(document)
    assert {tag for tag, _ in found.elements} <= {tag for name in ("20", "objects") for tag, _ in page(name).elements}
    assert "alert(1)" in found.text  # as text
    for char in document:
        assert char.isprintable() or char == "\n"
    document.encode()  # without lone surrogates


def test_long_names_are_cut() -> None:
    document = hostile_report().to_html()
    # the whole name is only in the data of its threshold explorer, and in the thresholds to copy
    assert document.count("x" * 1000) <= 20
    assert len(document) < 1_000_000


@pytest.mark.parametrize("name", ["2", "20", "objects"])
def test_the_same_input_gives_the_same_bytes(name: str, tmp_path: Path) -> None:
    first, second = (
        sample(name).write_html(tmp_path / "1"),
        samples.report(**samples.SAMPLES[name]).write_html(tmp_path / "2"),
    )
    assert first.read_bytes() == second.read_bytes()


@pytest.mark.slow
@pytest.mark.parametrize("name", ["250", "objects250"])
def test_a_report_of_250_labels_without_images_has_less_than_a_megabyte(name: str) -> None:
    report = samples.report(**samples.SAMPLES[name], images=None)
    document = report.to_html()
    assert len(document.encode()) < 1_000_000
    assert_closed(document)
    assert len(parsed(document).all("article")) == len({label.label for label in report.labels if label.testing_images})


def test_every_section_has_a_heading_and_a_link() -> None:
    found = page("20")
    ids = [attributes["id"] for _, attributes in found.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    links = [a["href"] for a in found.all("a")]
    assert {f"#{section['id']}" for section in found.all("section")} <= set(links)
    assert all(str(link).removeprefix("#") in ids for link in links)
    assert all(section["aria-labelledby"] in ids for section in found.all("section"))


@pytest.mark.parametrize("name", ["2", "20", "objects"])
def test_tables_and_pictures_can_be_read_by_a_screen_reader(name: str) -> None:
    found = page(name)
    assert found.all("html")[0]["lang"] == "en"
    assert all("scope" in heading for heading in found.all("th"))
    assert all(image["alt"] for image in found.all("img"))
    assert all("aria-label" in svg or svg.get("aria-hidden") == "true" for svg in found.all("svg"))
    assert all("aria-label" in slider or "id" in slider for slider in found.all("input"))
    scrolled = [element for _, element in found.elements if "scroll" in str(element.get("class")).split()]
    assert scrolled
    assert all(element["tabindex"] == "0" and element["aria-label"] for element in scrolled)


def test_the_report_has_the_verdict_the_scores_and_the_advice() -> None:
    report, text = sample("20"), page("20").text
    assert report.verdict is not None
    assert not report.verdict.passed
    for expected in (
        f"Failed {len(report.verdict.reasons)} gate",
        str(report.version.arn),
        *(one.title for one in report.recommendations),
        *(label.label for label in report.labels),
        "Confusion matrix",
        "thresholds.json",
        "rekog version start shapes/v2 --for 1h",
        "4.00 USD",
    ):
        assert " ".join(expected.split()) in text


def test_a_report_without_a_snapshot_says_why_parts_are_missing() -> None:
    evaluation = Evaluation.from_files(files.encoded(files.summary()))
    report = report_from_files(evaluation)
    text = assert_closed(report.to_html()).text
    assert "Thresholds cannot be explored: it was not passed to from_files(summary, snapshot)." in text
    assert "The training set is not known: no training manifest was given." in text
    assert "No gates were given" in text


def test_a_report_of_an_empty_summary_is_written() -> None:
    report = report_from_files(Evaluation.from_files(b'{"EvaluationDetails": {}}', b""))
    text = assert_closed(report.to_html()).text
    assert "an unnamed version" in text
    assert report.to_markdown()
    assert str(report)


def test_a_notebook_shows_the_report_in_a_frame_of_its_own() -> None:
    frame = hostile_report()._repr_html_()
    found = Page()
    found.feed(frame)
    ((tag, attributes),) = found.elements
    assert (tag, attributes["sandbox"]) == ("iframe", "allow-scripts")
    assert_closed(str(attributes["srcdoc"]))


def test_without_jinja_the_error_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    from rekog_versions.reports import html

    report = sample("2")
    html._environment.cache_clear()
    for name in ("jinja2", "markupsafe"):
        monkeypatch.setitem(sys.modules, name, None)
    for write in (report.to_html, report._repr_html_):
        with pytest.raises(ModuleNotFoundError, match=r"rekog_versions\[report\]"):
            write()


def test_without_pillow_the_error_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    from rekog_versions.reports import draw

    evaluation = sample("2").evaluation
    monkeypatch.setitem(sys.modules, "PIL.Image", None)
    with pytest.raises(ImportError, match=r"rekog_versions\[images\]"):
        draw(b"", [])
    with pytest.raises(ImportError, match=r"rekog_versions\[images\]"):
        report_from_files(evaluation, images=samples.picture)
    assert report_from_files(evaluation).to_html()


def counts(text: str) -> list[int]:
    """Decode counts as the script does."""
    falls = [
        int(fall)
        for part in text.split(",")
        for fall, _, times in [part.partition("*")]
        for _ in range(int(times or 1))
    ]
    return [falls[0] - sum(falls[1 : place + 1]) for place in range(len(falls))]


def test_the_script_gets_the_counts_at_each_hundredth() -> None:
    report = sample("20")
    from rekog_versions.models import Thresholds

    for hundredth in (0, 37, 51, 100):
        found = report.evaluation.recompute(Thresholds.fractions({}, default=hundredth / 100))
        for card, label in zip(page("20").all("article"), report.labels, strict=True):
            of = found.labels[label.label]
            at = counts(str(card["data-found"]))[hundredth], counts(str(card["data-wrong"]))[hundredth]
            assert at == (of.true_positives, of.false_positives)


@pytest.mark.slow
@needs_chromium
@pytest.mark.parametrize("name", ["2", "20", "objects", "hostile", "hostile objects"])
def test_chromium_opens_it_without_a_request_or_a_message(name: str, tmp_path: Path) -> None:
    report = sample(name) if name in samples.SAMPLES else hostile_report(located="objects" in name)
    path = report.write_html(tmp_path / "report.html")
    console, requests = console_and_requests(path, tmp_path)
    assert (console, requests) == ([], [])
    assert 'class="js"' in document_of(path)  # the script ran


@pytest.mark.slow
@needs_chromium
def test_chromium_reports_a_request_and_a_message(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text('<img src="https://example.com/a.png"><script>console.error("no")</script>')
    console, requests = console_and_requests(path, tmp_path)
    assert requests == ["https://example.com/a.png"]
    assert any('"no"' in line for line in console)
