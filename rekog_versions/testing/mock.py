"""`mock_custom_labels`: moto's mocks, with the graft."""

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

from rekog_versions.testing import graft
from rekog_versions.testing.control import CustomLabelsControl

_F = TypeVar("_F", bound=Callable[..., Any])
_SETUPS = ("setUp", "setup_method")
_TAKE_THE_TEST = ("setup_method", "teardown_method")  # may take it: pytest counts their parameters
_IS_SETUP = "__custom_labels_setup__"


class _Session:
    """One time that moto's mocks and the graft are in effect."""

    def __init__(self, config: DefaultConfig | None) -> None:
        self._config = config
        self.control = CustomLabelsControl()

    def start(self, *, reset: bool = True) -> None:
        graft.install()
        try:
            # a new one each time: moto's object keeps the state of the process that it restores
            self._aws = mock_aws(config=self._config)
            self._aws.start(reset=reset)
        except BaseException:
            graft.uninstall()
            raise
        self.control.activate()

    def stop(self, *, remove_data: bool = True, undo: bool = True) -> None:
        try:
            self.control.deactivate()
            if undo:
                self.control.undo()
            self._aws.stop(remove_data=remove_data)
        finally:
            graft.uninstall()


class CustomLabelsMock(AbstractContextManager["CustomLabelsControl"]):
    """What `mock_custom_labels()` gives: a context manager and a decorator, to be used as often as one likes."""

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
            own = [index for index, (thread, _) in enumerate(self._entered) if thread == get_ident()]
            # a context may be left in another thread than it was entered in; then it is the last one's turn
            _, session = self._entered.pop(own[-1] if own else -1)
        session.stop()

    def __call__(self, decorated: _F) -> _F:
        """Decorates a function, a coroutine function or a class.

        Of a class, as with moto's decorator, its own methods are decorated: each test starts from nothing, unless
        there is a `setUp` or `setup_method`, which then does. What a setup sets through its control holds for the test
        that follows.
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
        leave_to: list[CustomLabelsControl] | None = None,
        take_from: list[CustomLabelsControl] | None = None,
    ) -> Generator[None, None, None]:
        session = _Session(self._config)
        session.start(reset=reset)
        left = False
        try:
            yield
            if leave_to is not None:
                leave_to.append(session.control)
                left = True
        finally:
            while take_from:
                take_from.pop().undo()
            session.stop(remove_data=remove_data, undo=not left)

    def _decorate_class(self, decorated: type) -> type:
        carried: list[CustomLabelsControl] = []
        methods = {
            name: attribute
            for name, attribute in vars(decorated).items()
            if not name.startswith("_") and isinstance(attribute, FunctionType)
        }
        for name in _SETUPS:
            if name in methods:
                setup = functools.partial(self._session, remove_data=False, leave_to=carried)
                wrapped = _wrapped(methods.pop(name), setup)
                setattr(wrapped, _IS_SETUP, True)
                setattr(decorated, name, wrapped)
        has_setup = any(hasattr(getattr(decorated, name, None), _IS_SETUP) for name in _SETUPS)
        for name, method in methods.items():
            is_test = name.startswith(TestLoader.testMethodPrefix)
            alone = is_test and not has_setup
            enter = functools.partial(
                self._session, reset=alone, remove_data=alone, take_from=carried if is_test else None
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

    if inspect.isgeneratorfunction(function):  # a fixture

        @functools.wraps(function)
        def generator(*args: Any, **kwargs: Any) -> Generator[Any, Any, Any]:
            with enter():
                made: Generator[Any, Any, Any] = function(*args, **kwargs)
                return (yield from made)

        return generator

    if function.__name__ in _TAKE_THE_TEST and len(inspect.signature(function).parameters) == 1:

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
    """Starts moto's mocks with Custom Labels in them.

    A context manager that gives the control, and a decorator with or without parentheses for functions, coroutine
    and generator functions and classes. It nests, with itself and with moto's `mock_aws`, whose state it shares: S3,
    IAM and the rest of moto are there too. When the last one ends, moto is as it was.

    Args:
        decorated: What is decorated, if there are no parentheses.
        config: moto's configuration, as `mock_aws` takes it.

    Returns:
        The context manager, or what was decorated.
    """
    mock = CustomLabelsMock(config)
    return mock if decorated is None else mock(decorated)
