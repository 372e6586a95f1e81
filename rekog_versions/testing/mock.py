"""`mock_custom_labels`: moto's mocks with Custom Labels in them."""

import functools
import inspect
import os
from collections.abc import Callable, Generator, Mapping
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


class _Isolation:
    """Keeps clients that are created during a mock away from endpoints that the environment or a profile names.

    moto handles requests to the addresses of AWS only. A request to `AWS_ENDPOINT_URL`, or to a dual-stack or FIPS
    endpoint, would leave the mock.
    """

    _VARIABLES: Mapping[str, str] = {
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true",
        "AWS_USE_DUALSTACK_ENDPOINT": "false",
        "AWS_USE_FIPS_ENDPOINT": "false",
    }

    def __init__(self) -> None:
        self._lock = Lock()
        self._users = 0
        self._before: Mapping[str, str | None] = {}

    def begin(self) -> None:
        with self._lock:
            if not self._users:
                self._before = {name: os.environ.get(name) for name in self._VARIABLES}
                os.environ.update(self._VARIABLES)
            self._users += 1

    def end(self) -> None:
        with self._lock:
            self._users -= 1
            if self._users:
                return
            for name, value in self._before.items():
                if value is None:
                    os.environ.pop(name, None)
                else:
                    os.environ[name] = value


_isolation = _Isolation()


class _Session:
    """One use of a mock: moto's mocks, the patch of moto, and a control."""

    def __init__(self, config: DefaultConfig | None) -> None:
        self._config = config
        self.control = CustomLabelsControl()

    def start(self, *, reset: bool = True) -> None:
        moto_patch.install()
        _isolation.begin()
        try:
            # a new object each time, because it keeps the environment that it restores
            self._aws = mock_aws(config=self._config)
            self._aws.start(reset=reset)
        except BaseException:
            _isolation.end()
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
            _isolation.end()
            moto_patch.uninstall()


class CustomLabelsMock(AbstractContextManager["CustomLabelsControl"]):
    """The context manager and decorator that `mock_custom_labels()` returns. It can be used several times."""

    def __init__(self, config: DefaultConfig | None = None) -> None:
        self._config = config
        self._lock = Lock()
        self._entered: list[tuple[int, _Session]] = []

    def start(self, *, reset: bool = True) -> CustomLabelsControl:
        """Start the mock without a `with` block, as moto's `start()` does, and return the control.

        Args:
            reset: True to begin with an empty service.
        """
        session = _Session(self._config)
        session.start(reset=reset)
        with self._lock:
            self._entered.append((get_ident(), session))
        return session.control

    def stop(self, *, remove_data: bool = True) -> None:
        """Stop the mock that `start()` started last.

        Args:
            remove_data: True to delete the content of the service.

        Raises:
            RuntimeError: The mock is not started.
        """
        with self._lock:
            if not self._entered:
                raise RuntimeError("this mock is not started; call start() first")
            entered_here = [index for index, (thread, _) in enumerate(self._entered) if thread == get_ident()]
            # if this thread has entered none, the last one is left
            _, session = self._entered.pop(entered_here[-1] if entered_here else -1)
        session.stop(remove_data=remove_data)

    def __enter__(self) -> CustomLabelsControl:
        return self.start()

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

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

    This is a context manager that returns the control. `start()` and `stop()` do the same. It is also a decorator, with
    or without parentheses, for functions, coroutine functions, generator functions and classes. It can be nested, also
    with moto's `mock_aws`. All share one state, with S3, IAM and the other services of moto. When the last one ends,
    moto is unchanged again.

    Clients that are created meanwhile call the mock even if the environment or a profile names another endpoint, as
    `AWS_ENDPOINT_URL` does. An `endpoint_url` that is passed to a client still counts.

    Args:
        decorated: The decorated function or class, if it is used without parentheses.
        config: moto's configuration, as for `mock_aws`.

    Returns:
        The context manager, or the decorated function or class.
    """
    mock = CustomLabelsMock(config)
    return mock if decorated is None else mock(decorated)
