"""`rekog detect` for many images: a bucket, a manifest or a folder."""

from __future__ import annotations

from datetime import timedelta

from rekog_versions import hosting
from rekog_versions.cli.arguments import confirm, version_ref
from rekog_versions.cli.context import current
from rekog_versions.cli.output import Output


def detect_in_bulk(
    version: str,
    images: str,
    results: str,
    *,
    journal: str | None,
    min_confidence: float | None,
    max_results: int | None,
    raw: bool,
    min_inference_units: int,
    for_: timedelta | None,
    max_cost: str | None,
    account_rate: float,
    yes: bool,
) -> Output:
    """Detect labels in many images, and return where the results are; see `hosting.detect_all`."""
    context = current.get()
    hourly = hosting.Prices().hosting(min_inference_units)
    limits = [f"for {for_}"] if for_ else []
    limits += [f"for at most {max_cost} USD"] if max_cost else []
    bound = " and ".join(limits) or "until all images have a result"
    confirm(
        f"This runs the model {version} {bound}, unless it runs already. It costs {hourly} an hour at list prices.",
        yes=yes,
        context=context,
    )
    report = hosting.detect_all(
        context.client,
        version_ref(version),
        images,
        output=results,
        journal=journal,
        min_confidence=min_confidence,
        max_results=max_results,
        raw=raw,
        min_inference_units=min_inference_units,
        max_hours=for_,
        max_cost=max_cost,
        account_rate=account_rate,
        progress=True,
    )
    again = [] if report else ["Run the same command again to continue: images with a result are not sent again."]
    return Output(report, str(report), ok=report.is_complete, remarks=again)
