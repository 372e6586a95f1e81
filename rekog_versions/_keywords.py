"""Keyword arguments: any spelling of the service is accepted, and errors name the closest parameter."""

import functools
import inspect
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar, cast

from rekog_versions._text import printable

ClassT = TypeVar("ClassT", bound=type)
FunctionT = TypeVar("FunctionT", bound=Callable[..., Any])

SYNONYMS: Mapping[str, str] = {
    "project_version_arn": "version",
    "version_arn": "version",
    "max_results": "page_size",
    "region": "region_name",
    "profile": "profile_name",
    "aws_profile": "profile_name",
    "name": "project_name",
    "every": "first",
    "interval": "first",
    "delay": "first",
}
"""Names that callers try, and the parameters that they mean."""


def explains_arguments(how_to_create: str) -> Callable[[ClassT], ClassT]:
    """Return a decorator for a class whose methods accept the service's spelling and explain unknown arguments.

    The methods are those of the class's direct bases, and its class methods.

    Args:
        how_to_create: The advice after invalid arguments of the constructor.
    """

    def decorated(cls: ClassT) -> ClassT:
        own = {name for base in cls.__bases__ for name in vars(base)}
        for name in filter(lambda name: not name.startswith("_"), dir(cls)):
            method: Any = inspect.getattr_static(cls, name)
            if isinstance(method, classmethod):
                bound: Any = getattr(cls, name)
                setattr(cls, name, classmethod(with_explained_keywords(bound.__func__)))
            elif name in own and inspect.isfunction(method):
                setattr(cls, name, with_explained_keywords(method))
        cls.__init__ = with_explained_signature(cls.__init__, cls.__name__, how_to_create)  # type: ignore[misc]
        return cls

    return decorated


def explains_misuse(cls: type, message: str, *methods: str) -> None:
    """Give a class special methods that raise a TypeError with advice, where Python's own error has none.

    Type checkers do not see them, so they still reject the misuse.
    """

    def reject(*_: object, **__: object) -> Any:
        raise TypeError(message)

    for method in methods:
        setattr(cls, method, reject)


def with_explained_signature(function: FunctionT, name: str, advice: str) -> FunctionT:
    """Return a function that adds advice to the error for arguments that do not fit its signature."""
    signature = inspect.signature(function)

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        try:
            signature.bind(*args, **kwargs)
        except TypeError as error:
            raise TypeError(f"{name}(): {error}. {advice}") from None
        return function(*args, **kwargs)

    return cast("FunctionT", call)


def with_explained_keywords(function: FunctionT, name: str | None = None) -> FunctionT:
    """Return a function that accepts the service's spelling and explains unknown keyword arguments.

    `version=...` can be given as `ProjectVersionArn=...`, and `max_results=...` as `MaxResults=...`.

    Args:
        function: The function. One with `**fields` is returned unchanged, because it knows its fields itself.
        name: Its name in messages.
    """
    parameters = inspect.signature(function).parameters.values()
    named = [p.name for p in parameters if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)]
    known = dict.fromkeys(name for name in named if name not in {"self", "cls"}).keys()
    if not known or any(p.kind is p.VAR_KEYWORD for p in parameters):
        return function
    shown = f"{name or function.__name__}()"

    if inspect.iscoroutinefunction(function):

        @functools.wraps(function)
        async def call_async(*args: Any, **kwargs: Any) -> Any:
            return await function(*args, **(kwargs if known >= kwargs.keys() else renamed(shown, kwargs, known)))

        return cast("FunctionT", call_async)

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        return function(*args, **(kwargs if known >= kwargs.keys() else renamed(shown, kwargs, known)))

    return cast("FunctionT", call)


def renamed(function: str, given: Mapping[str, Any], known: Iterable[str]) -> dict[str, Any]:
    """Return keyword arguments with the names of the parameters.

    Raises:
        TypeError: A name is unknown, or is given in both spellings.
    """
    by_service_name = {_service_name(name): name for name in known}
    if "version" in known:
        by_service_name["ProjectVersionArn"] = "version"
    result = dict[str, Any]()
    unknown: list[str] = []
    for name, value in given.items():
        parameter = name if name in known else by_service_name.get(name)
        if parameter is None:
            unknown.append(name)
        elif parameter in result:
            raise TypeError(f"{function} got {parameter} in both spellings; give it once")
        else:
            result[parameter] = value
    if unknown:
        raise unknown_keywords(function, unknown, known)
    return result


def unknown_keywords(function: str, unknown: Iterable[str], known: Iterable[str]) -> TypeError:
    """Return the error for keyword arguments that a function does not have, with the closest names that it has."""
    return TypeError("; ".join(_explained(function, name, list(known)) for name in unknown))


def _explained(function: str, name: str, known: list[str]) -> str:
    close = closest(name, known)
    hint = f"Did you mean {' or '.join(close)}?" if close else f"Its parameters are {', '.join(known)}."
    return f"{function} has no parameter '{printable(name, 80)}'. {hint}"


def closest(name: str, known: Iterable[str]) -> list[str]:
    """Return the known names that are closest to a name, in any spelling; at most three."""
    from difflib import get_close_matches  # noqa: PLC0415  (needed for errors only)

    by_folded = {_folded(other): other for other in known}
    synonyms = {_folded(other): meant for other, meant in SYNONYMS.items() if _folded(meant) in by_folded}
    folded = _folded(name[:200])
    if folded in by_folded:
        return [by_folded[folded]]
    if folded in synonyms:
        return [synonyms[folded]]
    return [by_folded[match] for match in get_close_matches(folded, by_folded, n=3)]


def _folded(name: str) -> str:
    return "".join(char for char in name.casefold() if char.isalnum())


def _service_name(name: str) -> str:
    return "".join(word.capitalize() for word in name.split("_"))
