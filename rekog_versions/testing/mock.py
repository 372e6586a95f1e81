"""`mock_custom_labels`: moto's mocks with Custom Labels in them."""

import functools
import inspect
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from threading import Lock, get_ident
from types import FunctionType, TracebackType
from typing import Any, TypeVar, cast, overload
from unittest import TestLoader

from moto import mock_aws
from moto.core.config import DefaultConfig

from rekog_versions.testing import moto_patch
from rekog_versions.testing.control import CustomLabelsControl

_F = TypeVar("_F", bound=Callable[..., Any])
_SETUPS = ("setUp", "setup_method")
_MAY_TAKE_METHOD = ("setup_method", "teardown_method")  # pytest inspects whether they take the test method
_IS_SETUP = "__custom_labels_setup__"


class _Session:
    """One use of a mock: moto's mocks, the patch of moto, and a control."""

    def __init__(self, config: DefaultConfig | None) -> None:
        self._config = config
        self.control = CustomLabelsControl()

    def start(self, *, reset: bool = True) -> None:
        moto_patch.install()
        try:
            # a new object each time, because it keeps the environment that it restores
            self._aws = mock_aws(config=self._config)
            self._aws.start(reset=reset)
        except BaseException:
            moto_patch.uninstall()
            raise
        self.control.activate()

    def stop(self, *, remove_data: bool = True, undo: bool = True) -> None:
        try:
            self.control.deactivate()
            if undo:
                self.control.undo()
            self._aws.stop(remove_data=remove_data)
        finally:
            moto_patch.uninstall()


class CustomLabelsMock(AbstractContextManager["CustomLabelsControl"]):
    """The context manager and decorator that `mock_custom_labels()` returns. It can be used several times."""

    def __init__(self, config: DefaultConfig | None = None) -> None:
        self._config = config
        self._lock = Lock()
        self._entered: list[tuple[int, _Session]] = []

    def __enter__(self) -> CustomLabelsControl:
        session = _Session(self._config)
        session.start()
        with self._lock:
            self._entered.append((get_ident(), session))
        return session.control

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        with self._lock:
            entered_here = [index for index, (thread, _) in enumerate(self._entered) if thread == get_ident()]
            # if this thread has entered none, the last one is left
            _, session = self._entered.pop(entered_here[-1] if entered_here else -1)
        session.stop()

    def __call__(self, decorated: _F) -> _F:
        """Decorate a function, a coroutine function or a class.

        As with moto's decorator, the methods that a class itself defines are decorated. Each test starts with an empty
        service. If there is a `setUp` or `setup_method`, that one starts with an empty service, and its settings apply
        to the test after it.
        """
        if inspect.isclass(decorated):
            return cast("_F", self._decorate_class(decorated))
        return cast("_F", _wrapped(decorated, self._session))

    @contextmanager
    def _session(
        self,
        *,
        reset: bool = True,
        remove_data: bool = True,
        keep_settings_in: list[CustomLabelsControl] | None = None,
        undo_settings_in: list[CustomLabelsControl] | None = None,
    ) -> Generator[None, None, None]:
        session = _Session(self._config)
        session.start(reset=reset)
        is_kept = False
        try:
            yield
            if keep_settings_in is not None:
                keep_settings_in.append(session.control)
                is_kept = True
        finally:
            while undo_settings_in:
                undo_settings_in.pop().undo()
            session.stop(remove_data=remove_data, undo=not is_kept)

    def _decorate_class(self, decorated: type) -> type:
        of_setup: list[CustomLabelsControl] = []
        methods = {
            name: attribute
            for name, attribute in vars(decorated).items()
            if not name.startswith("_") and isinstance(attribute, FunctionType)
        }
        for name in _SETUPS:
            if name in methods:
                setup = functools.partial(self._session, remove_data=False, keep_settings_in=of_setup)
                wrapped = _wrapped(methods.pop(name), setup)
                setattr(wrapped, _IS_SETUP, True)
                setattr(decorated, name, wrapped)
        has_setup = any(hasattr(getattr(decorated, name, None), _IS_SETUP) for name in _SETUPS)
        for name, method in methods.items():
            is_test = name.startswith(TestLoader.testMethodPrefix)
            starts_empty = is_test and not has_setup
            enter = functools.partial(
                self._session,
                reset=starts_empty,
                remove_data=starts_empty,
                undo_settings_in=of_setup if is_test else None,
            )
            setattr(decorated, name, _wrapped(method, enter))
        for name, attribute in list(vars(decorated).items()):
            if inspect.isclass(attribute) and not name.startswith("_"):
                self._decorate_class(attribute)
        return decorated


def _wrapped(function: Any, enter: Callable[[], AbstractContextManager[None]]) -> Callable[..., Any]:
    if inspect.iscoroutinefunction(function):

        @functools.wraps(function)
        async def coroutine(*args: Any, **kwargs: Any) -> Any:
            with enter():
                return await function(*args, **kwargs)

        return coroutine

    if inspect.isgeneratorfunction(function):  # a pytest fixture

        @functools.wraps(function)
        def generator(*args: Any, **kwargs: Any) -> Generator[Any, Any, Any]:
            with enter():
                generated: Generator[Any, Any, Any] = function(*args, **kwargs)
                return (yield from generated)

        return generator

    if function.__name__ in _MAY_TAKE_METHOD and len(inspect.signature(function).parameters) == 1:

        @functools.wraps(function)
        def wrapper_of_self(self: object) -> Any:
            with enter():
                return function(self)

        return wrapper_of_self

    @functools.wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        with enter():
            return function(*args, **kwargs)

    return wrapper


@overload
def mock_custom_labels(decorated: _F) -> _F: ...


@overload
def mock_custom_labels(decorated: None = None, *, config: DefaultConfig | None = None) -> CustomLabelsMock: ...


def mock_custom_labels(
    decorated: Callable[..., Any] | None = None, *, config: DefaultConfig | None = None
) -> Callable[..., Any] | CustomLabelsMock:
    """Start moto's mocks with Custom Labels in them.

    This is a context manager that returns the control. It is also a decorator, with or without parentheses, for
    functions, coroutine functions, generator functions and classes. It can be nested, also with moto's `mock_aws`. All
    share one state, with S3, IAM and the other services of moto. When the last one ends, moto is unchanged again.

    Args:
        decorated: The decorated function or class, if it is used without parentheses.
        config: moto's configuration, as for `mock_aws`.

    Returns:
        The context manager, or the decorated function or class.
    """
    mock = CustomLabelsMock(config)
    return mock if decorated is None else mock(decorated)
