"""`rekog detect` for many images: a bucket, a manifest or a folder."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from cyclopts import Parameter

from rekog_versions import hosting
from rekog_versions.cli.arguments import Flag, confirm, version_ref
from rekog_versions.cli.context import current
from rekog_versions.cli.output import Output, UsageError


@Parameter(name="*")  # its fields are options of their own
@dataclass(frozen=True, kw_only=True)
class BulkOptions:
    """The options of a detection in many images.

    Attributes:
        bucket: Many images: s3://BUCKET/PREFIX.
        manifest: Many images: a manifest.
        folder: Many images: a folder.
        results: The file of results, in JSON lines.
        journal: The journal; needed if --results is in S3.
        raw: Keep the labels of all confidences.
        min_inference_units: The inference units.
        for_: How long the model may run, such as 2h.
        max_cost: How much it may cost, in USD.
        account_rate: The most calls a second.
        yes: Do not ask.
    """

    bucket: str | None = None
    manifest: str | None = None
    folder: str | None = None
    results: str | None = None
    journal: str | None = None
    raw: Flag = False
    min_inference_units: int = 1
    for_: Annotated[timedelta | None, Parameter("--for")] = None
    max_cost: str | None = None
    account_rate: float = 50.0
    yes: Flag = False

    @property
    def sources(self) -> list[str]:
        """The bucket, the manifest and the folder that are given."""
        return [source for source in (self.bucket, self.manifest, self.folder) if source is not None]

    def detect(self, version: str, *, min_confidence: float | None, max_results: int | None) -> Output:
        """Detect labels in the images of the one source, and return where the results are; see `hosting.detect_all`.

        Raises:
            UsageError: There is no file for the results.
        """
        if self.results is None:
            raise UsageError("--results must be the file of the results, such as --results results.jsonl")
        context = current.get()
        hourly = hosting.Prices().hosting(self.min_inference_units)
        limits = [f"for {self.for_}"] if self.for_ else []
        limits += [f"for at most {self.max_cost} USD"] if self.max_cost else []
        bound = " and ".join(limits) or "until all images have a result"
        confirm(
            f"This runs the model {version} {bound}, unless it runs already. It costs {hourly} an hour at list prices.",
            yes=self.yes,
            context=context,
        )
        report = hosting.detect_all(
            context.client,
            version_ref(version),
            self.sources[0],
            output=self.results,
            journal=self.journal,
            min_confidence=min_confidence,
            max_results=max_results,
            raw=self.raw,
            min_inference_units=self.min_inference_units,
            max_hours=self.for_,
            max_cost=self.max_cost,
            account_rate=self.account_rate,
            progress=True,
        )
        again = [] if report else ["Run the same command again to continue: images with a result are not sent again."]
        return Output(report, str(report), ok=report.is_complete, remarks=again)


NO_BULK = BulkOptions()
