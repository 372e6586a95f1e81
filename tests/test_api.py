"""The public API: one snapshot of all names and signatures, in `tests/api.txt`.

A change of the API changes the snapshot in the same commit: `python -m tests.test_api` writes it.
"""

import enum
import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

AREAS = (
    "",
    ".arns",
    ".batch",
    ".client",
    ".errors",
    ".evaluation",
    ".evaluation.plots",
    ".failures",
    ".hosting",
    ".hosting.plots",
    ".manifests",
    ".manifests.plots",
    ".models",
    ".preflight",
    ".registry",
    ".reports",
    ".statuses",
    ".testing",
    ".waiting",
    *((".workflows.durable",) if find_spec("aws_durable_execution_sdk_python") else ()),  # not with the oldest boto3
    ".workflows.policies",
    ".workflows.state_machine",
    ".workflows.stopper",
)
SNAPSHOT = Path(__file__).with_name("api.txt")
PLAIN = (bool, int, float, str, type(None))


def public(area: str) -> dict[str, Any]:
    module = importlib.import_module(f"rekog_versions{area}")
    return {name: getattr(module, name) for name in sorted(module.__all__)}


def signature(function: Any) -> str:
    """Return the parameters and their plain defaults; annotations are left to the type checkers."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except ValueError:  # strings and typed dicts have none
        return ""
    shown = [
        parameter.replace(
            annotation=inspect.Parameter.empty,
            default=parameter.default if type(parameter.default) in PLAIN or not has_default(parameter) else ...,
        )
        for parameter in parameters
    ]
    return str(inspect.Signature(shown))


def has_default(parameter: inspect.Parameter) -> bool:
    return parameter.default is not inspect.Parameter.empty


def members(kind: type) -> Iterator[str]:
    if issubclass(kind, enum.Enum):
        yield f"members: {', '.join(kind.__members__)}"
        return
    if issubclass(kind, BaseModel):
        yield f"fields: {', '.join(kind.model_fields)}"
    for name, member in inspect.getmembers_static(kind):
        owner = next(base for base in kind.__mro__ if name in vars(base))
        if name.startswith("_") or not owner.__module__.startswith("rekog_versions"):
            continue
        if issubclass(kind, BaseModel) and hasattr(BaseModel, name):  # pydantic's own
            continue
        if isinstance(member, staticmethod | classmethod) or inspect.isfunction(member):
            yield f".{name}{signature(getattr(kind, name))}"
        elif isinstance(member, property):
            yield f".{name}"


def described(name: str, value: Any) -> Iterator[str]:
    if inspect.isclass(value):
        constructor = "" if issubclass(value, enum.Enum | BaseException | BaseModel) else signature(value)
        yield f"class {name}{constructor}"
        yield from (f"    {member}" for member in members(value))
    elif callable(value) and hasattr(value, "__code__"):
        yield f"{name}{signature(value)}"
    else:
        yield name


def snapshot() -> str:
    lines: list[str] = []
    seen: dict[str, str] = {}
    for area in AREAS:
        lines.append(f"[rekog_versions{area}]")
        for name, value in public(area).items():
            home = getattr(value, "__module__", area)
            if seen.get(name) == home and area:
                lines.append(f"{name}: see above")
                continue
            seen[name] = home
            lines += described(name, value)
        lines.append("")
    return "\n".join(lines)


@pytest.mark.skipif(".workflows.durable" not in AREAS, reason="the extra durable is not installed")
def test_the_public_api_is_that_of_the_snapshot() -> None:
    assert snapshot() == SNAPSHOT.read_text(), "the API has changed; python -m tests.test_api writes the new snapshot"


def test_the_root_has_at_most_35_names() -> None:
    assert len(public("")) <= 35


def test_two_areas_never_export_one_name_for_different_objects() -> None:
    found: dict[str, Any] = {}
    for area in AREAS:
        for name, value in public(area).items():
            assert found.setdefault(name, value) is value, f"{name} of rekog_versions{area}"


@pytest.mark.parametrize(
    "area", [area for area in AREAS if hasattr(importlib.import_module(f"rekog_versions{area}"), "__path__")]
)
def test_no_package_exports_a_name_equal_to_one_of_its_submodules(area: str) -> None:
    module = importlib.import_module(f"rekog_versions{area}")
    assert not {found.name for found in pkgutil.iter_modules(module.__path__)} & set(module.__all__)


if __name__ == "__main__":
    SNAPSHOT.write_text(snapshot())
