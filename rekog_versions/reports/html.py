"""The report as one HTML document: everything is inline, every text is escaped, and nothing is loaded."""

import base64
import hashlib
import json
import shlex
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from rekog_versions._text import printable
from rekog_versions._version import __version__
from rekog_versions.manifests import UseCase
from rekog_versions.reports import charts
from rekog_versions.reports.filters import FILTERS
from rekog_versions.reports.report import Report, ReportedLabel

if TYPE_CHECKING:
    from jinja2 import Environment

_MOST_IN_MATRIX = 30
_MOST_EXPLORED = 250
_FIRST_EXPLORED = 9
_MANY_LABELS = 60
_MISSING = 'a report as HTML needs Jinja2. Install it with: pip install "rekog_versions[report]"'


def html_of(report: Report) -> str:
    """Return the document."""
    style, script = _resource("style.css"), _resource("script.js")
    return (
        _environment()
        .get_template("report.html")
        .render(
            report=report,
            style=style,
            script=script,
            style_hash=_hash(style),
            script_hash=_hash(script),
            package_version=__version__,
            explored=_explored(report),
            first_explored=_FIRST_EXPLORED,
            matrix=_matrix(report),
            thresholds=_thresholds(report),
            code=_code(report),
            command=_command(report),
            is_located=report.evaluation.use_case is UseCase.OBJECT_LOCALIZATION,
        )
    )


def frame_of(report: Report) -> str:
    """Return a frame with the document, for a notebook."""
    _environment()  # checks that Jinja2 is installed
    from markupsafe import escape  # noqa: PLC0415 (comes with Jinja2)

    return (
        f'<iframe sandbox="allow-scripts" title="Report" srcdoc="{escape(report.to_html())}" width="100%" height="800" '
        'frameborder="0"></iframe>'
    )


@cache
def _environment() -> "Environment":
    try:
        import jinja2  # noqa: PLC0415 (an extra)
    except ModuleNotFoundError as error:
        if error.name != "jinja2":
            raise
        raise ModuleNotFoundError(_MISSING, name="jinja2") from error
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("rekog_versions.reports"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    filters: dict[str, Any] = environment.filters
    filters.update(FILTERS)
    shared: dict[str, Any] = environment.globals
    shared["box_plot"] = charts.box_plot
    return environment


def _resource(name: str) -> Any:
    _environment()  # checks that Jinja2 is installed
    from markupsafe import Markup  # noqa: PLC0415 (comes with Jinja2)

    return Markup(files("rekog_versions.reports").joinpath("templates", name).read_text("utf-8"))  # noqa: S704 (ours)


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode('ascii')}"


def _explored(report: Report) -> Sequence[tuple[ReportedLabel, charts.ThresholdChart]]:
    """Return the charts of the labels that have test images."""
    snapshot = report.evaluation.snapshot
    if snapshot is None:
        return ()
    scores = snapshot.scores_of(label.label for label in report.labels)
    tested = [label for label in report.labels if scores[label.label].positives]
    every = 1 if len(tested) <= _MANY_LABELS else 2
    return [
        (label, charts.threshold_chart(scores[label.label], every, label.lowest_threshold or 0.0))
        for label in tested[:_MOST_EXPLORED]
    ]


def _matrix(report: Report) -> Any:
    """Return the confusion matrix if it is small enough to be read."""
    matrix = report.confusion_matrix
    return matrix if matrix is not None and 0 < len(matrix.labels) <= _MOST_IN_MATRIX else None


def _thresholds(report: Report) -> str | None:
    """Return the tuned thresholds as JSON, as `Thresholds.from_json()` reads them."""
    if report.tuned is None:
        return None
    return json.dumps(report.tuned.thresholds.to_dict(), indent=2)


def _code(report: Report) -> str:
    arn = str(report.version.arn or "arn:aws:rekognition:REGION:ACCOUNT:project/PROJECT/version/VERSION/TIMESTAMP")
    lines = [
        "from pathlib import Path",
        "",
        "from rekog_versions import VersionsClient",
        "from rekog_versions.hosting import running",
        "from rekog_versions.models import Thresholds",
        "",
        f"VERSION = {printable(arn, 1000)!a}",
        "client = VersionsClient.connect()",
    ]
    if report.tuned is None:
        call = '    labels = model.detect("photo.jpg")'
    else:
        lines.append('thresholds = Thresholds.from_json(Path("thresholds.json").read_text())')
        call = '    labels = model.detect("photo.jpg", thresholds=thresholds)'
    return "\n".join([*lines, "", "with running(client, VERSION, max_hours=1) as model:", call])


def _command(report: Report) -> str:
    name = shlex.quote(printable(report.version.name if report.version.arn else "PROJECT/VERSION", 1000))
    return f"rekog version start {name} --for 1h -- rekog detect {name} photo.jpg"
