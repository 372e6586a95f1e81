"""The regions of Custom Labels, and the checks that a client calls one of them and that ARNs are in it."""

import re
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any
from urllib.parse import urlsplit

from rekog_versions._json import mapping, sequence
from rekog_versions._notes import warn
from rekog_versions._text import printable

REGIONS = (
    "us-east-1",
    "us-east-2",
    "us-west-2",
    "eu-west-1",
    "eu-west-2",
    "eu-central-1",
    "ap-south-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-northeast-1",
    "ap-northeast-2",
)
"""AWS General Reference, "Amazon Rekognition endpoints and quotas", Custom Labels. AWS may add regions, so another one
leads to a warning only."""

_FORM = re.compile(r"[a-z]{2,}(-[a-z]+)+-\d+")
_AWS_HOSTS = (".amazonaws.com", ".amazonaws.com.cn", ".api.aws")


def region_of(rekognition: object) -> str | None:
    """Return the region whose resources a client can use; None if the client does not call AWS.

    A client of another endpoint, such as the emulated service on a server, may use any region.
    """
    meta = getattr(rekognition, "meta", None)
    region, endpoint = getattr(meta, "region_name", None), getattr(meta, "endpoint_url", None)
    if not isinstance(region, str) or not isinstance(endpoint, str):
        return None
    try:
        host = urlsplit(endpoint).hostname or ""
    except ValueError:
        return None
    return region if host.endswith(_AWS_HOSTS) else None


def check_region(region: str | None, name: str = "region_name") -> None:
    """Check that `region` is a region, and warn if Custom Labels is not known to be available there.

    Args:
        region: The region; None is not checked.
        name: The name of the argument, for the message.

    Raises:
        ValueError: It does not have the form of a region.
    """
    if region is None or region in REGIONS:
        return
    close = get_close_matches(region.lower().replace("_", "-"), REGIONS, n=2, cutoff=0.8)
    hint = f" Did you mean {' or '.join(close)}?" if close else ""
    if not _FORM.fullmatch(region):
        raise ValueError(f"{name} must be a region such as us-east-1, got '{printable(region, 80)}'.{hint}")
    warn(
        f"Custom Labels is not known to be available in {region}; calls may fail. Its regions are "
        f"{', '.join(REGIONS)}.{hint}"
    )


def check_arns(wire: Mapping[str, Any], region: str | None) -> None:
    """Check that all ARNs of a request are in the region that the client calls.

    Raises:
        ValueError: One is in another region; the message says how to create a client for it.
    """
    if region is None:
        return
    for name, value in wire.items():
        for part in sequence(value):  # the datasets of DistributeDatasetEntries
            check_arns(mapping(part), region)
        if name.endswith("Arn") and isinstance(value, str) and value.startswith("arn:"):
            found = value.split(":", 4)[3] if value.count(":") >= 4 else region  # noqa: PLR2004
            if found != region:
                raise wrong_region(value, found, region)


def wrong_region(arn: str, found: str, region: str) -> ValueError:
    """Return the error for an ARN in another region than the client's."""
    return ValueError(
        f"{printable(arn, 300)} is in {printable(found, 40)}, but the client calls {printable(region, 40)}. Use a "
        f"client of that region: VersionsClient.connect(region_name='{printable(found, 40)}')"
    )
