"""The two clients are one interface: what one can do the other can, in the same words."""

import inspect
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any, get_overloads, get_type_hints

import pytest

import rekog_versions
from rekog_versions import AsyncPager, AsyncVersionsClient, Pager, VersionsClient

WAITS = ("trained", "running", "stopped", "copied", "deleted", "dataset_ready", "dataset_deleted")
ANNOTATIONS = {
    "__init__": {"sleep"},
    "train": {"on_poll"},
    **{f"wait_until_{end}": {"on_poll"} for end in WAITS},
}
"""The parameters whose types differ by design: one client takes coroutine functions."""
DEFAULTS = {"__init__": {"sleep"}}
PAGERS = {
    "iter_project_versions",
    "iter_projects",
    "iter_dataset_entries",
    "iter_dataset_labels",
    "iter_project_policies",
}
"""They return at once; it is the iteration that is to be awaited."""
AT_ONCE = {"__init__", "connect", "service", *PAGERS}
OVERLOADED = {"create_project_version", "copy_project_version", "train"}


def _public(kind: type) -> dict[str, Any]:
    """The members of a class and of those of ours that it is put together from; none of them is in two of these."""
    ours = [base for base in kind.__mro__ if base.__module__.startswith("rekog_versions.")]
    found = [(name, member) for base in ours for name, member in vars(base).items()]
    public = [(name, member) for name, member in found if not name.startswith("_") or name == "__init__"]
    assert len(public) == len(dict(public))
    return dict(public)


def _function(member: Any) -> Callable[..., Any]:
    if isinstance(member, property):
        assert member.fget is not None
        return member.fget
    found: Callable[..., Any] = getattr(member, "__func__", member)
    return found


NAMES = sorted(_public(VersionsClient))


def test_both_have_the_same_members() -> None:
    assert sorted(_public(AsyncVersionsClient).keys() - {"sync"}) == NAMES
    assert sorted(_public(Pager)) == sorted(_public(AsyncPager))


@pytest.mark.parametrize("name", NAMES)
def test_members_are_of_one_kind(name: str) -> None:
    sync, other = _public(VersionsClient)[name], _public(AsyncVersionsClient)[name]
    assert type(sync) is type(other)
    awaited = inspect.iscoroutinefunction(_function(other))
    assert not inspect.iscoroutinefunction(_function(sync))
    assert awaited is (not isinstance(other, property) and name not in AT_ONCE)


@pytest.mark.parametrize("name", NAMES)
def test_parameters_are_the_same(name: str) -> None:
    sync, other = (_function(_public(kind)[name]) for kind in (VersionsClient, AsyncVersionsClient))
    _compare(name, sync, other)
    overloads = list(zip(get_overloads(sync), get_overloads(other), strict=True))
    assert bool(overloads) is (name in OVERLOADED)
    for one, two in overloads:
        _compare(name, one, two)


def _compare(name: str, sync: Callable[..., Any], other: Callable[..., Any]) -> None:
    ours, theirs = inspect.signature(sync), inspect.signature(other)
    assert list(ours.parameters) == list(theirs.parameters)
    for parameter, twin in zip(ours.parameters.values(), theirs.parameters.values(), strict=True):
        assert parameter.kind is twin.kind, parameter.name
        if parameter.name not in DEFAULTS.get(name, ()):
            assert parameter.default == twin.default, parameter.name
        same_type = parameter.annotation == twin.annotation
        assert same_type is (parameter.name not in ANNOTATIONS.get(name, ())), parameter.name
    if name in PAGERS:
        assert ours.return_annotation.__origin__ is Pager
        assert theirs.return_annotation.__origin__ is AsyncPager
        assert ours.return_annotation.__args__ == theirs.return_annotation.__args__
    else:
        assert ours.return_annotation == theirs.return_annotation


def test_pages_are_iterated_in_each_ones_way() -> None:
    assert get_type_hints(Pager.pages)["return"].__origin__ is Iterator
    assert get_type_hints(AsyncPager.pages)["return"].__origin__ is AsyncIterator
    assert inspect.isasyncgenfunction(AsyncPager.pages)


@pytest.mark.parametrize("name", NAMES)
def test_both_say_the_same_in_their_docstrings(name: str) -> None:
    sync, other = (inspect.getdoc(_function(_public(kind)[name])) for kind in (VersionsClient, AsyncVersionsClient))
    if name == "__init__":  # described in the class
        assert VersionsClient.__doc__
        assert AsyncVersionsClient.__doc__
        return
    assert sync
    assert other
    assert _without_callbacks(sync) == _without_callbacks(other)


def _without_callbacks(text: str) -> list[str]:
    return [line for line in text.splitlines() if "on_poll:" not in line]


@pytest.mark.parametrize(
    "name", sorted(set(rekog_versions.__all__) - {"__version__", "ImageRef", "RekognitionClient", "VersionRef"})
)
def test_everything_public_and_its_methods_have_docstrings(name: str) -> None:
    kind = getattr(rekog_versions, name)
    if inspect.isfunction(kind):
        assert inspect.getdoc(kind), name
        return
    assert vars(kind).get("__doc__"), name
    for member, value in vars(kind).items():
        if not member.startswith("_") and (inspect.isroutine(_unwrapped(value)) or isinstance(value, property)):
            assert inspect.getdoc(_function(value)), f"{name}.{member}"


def _unwrapped(value: Any) -> Any:
    return getattr(value, "__func__", value)
