# Generated from rekog_versions/client/_async/exactly_once.py. Change that file, then run scripts/unasync.py.
"""Calls that must take effect exactly once: create, copy, start, stop and delete."""

import logging
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from rekog_versions._aws.error_codes import Attempt, is_retryable, outcome_is_unknown
from rekog_versions._aws.errors import BotoCoreError
from rekog_versions._notes import noted, noted_only, set_outcome_unknown
from rekog_versions._text import printable
from rekog_versions.client._sync.lookup import find_version
from rekog_versions.client.base import ClientBase
from rekog_versions.client.recovery import PAUSES, Carried, NotCarried, Recovery
from rekog_versions.errors import RekogVersionsError, ResponseError, ServiceError

logger = logging.getLogger("rekog_versions")

T = TypeVar("T")


def call_once(
    client: ClientBase,
    recovery: Recovery[T],
    wire: Mapping[str, Any],
    keep: Callable[[T], object] = lambda _: None,
) -> T:
    """Send a request. If its outcome is unknown, look the version up before the error is raised.

    Args:
        client: The client.
        recovery: How a lookup shows the outcome.
        wire: The request as keyword arguments of boto3's method.
        keep: Called with the result. An interruption before that gets a note; one after that may not.

    Raises:
        ServiceError: The service rejected the request.
        ResponseError: The response cannot be read, and the service may not have sent it.
        botocore.exceptions.BotoCoreError: The call failed otherwise. If it may have been carried out, a note says so.
    """
    client.check_region(wire)
    began = client.clock()
    attempts: list[Attempt] = []
    error: Exception | None
    try:
        try:
            reply = client.call(recovery.operation, wire, attempts)
        except ResponseError as unreadable:
            # a response with a request id comes from the service, which accepted the request; a proxy sends none
            error = None if unreadable.request_id else unreadable
        except (ServiceError, BotoCoreError) as failure:
            if not outcome_is_unknown(failure, attempts):
                raise
            error = failure
        else:
            result = recovery.result_of(reply.response)
            if result is not None:
                keep(result)
                return result
            unexpected = ResponseError(recovery.operation.name, reply.response.to_dict(), "it has no result")
            error = None if reply.request_id else unexpected
        shown = _look_up(client, recovery, error, lambda: client.clock() - began)
        keep(shown)
    except (RekogVersionsError, BotoCoreError):
        raise
    except BaseException as interruption:  # Ctrl-C or a cancelled task: the request may have been sent
        set_outcome_unknown(noted(interruption, recovery.warning))
        raise
    return shown


def _look_up(client: ClientBase, recovery: Recovery[T], error: Exception | None, elapsed: Callable[[], float]) -> T:
    """Look the version up until a lookup shows the outcome; `error` is None if the call is known to be accepted."""
    from tenacity import (  # noqa: PLC0415  (only needed after a lost response)
        Retrying,
        retry_if_exception,
        retry_if_result,
        stop_after_attempt,
        wait_chain,
        wait_fixed,
    )

    name = recovery.operation.name
    logger.warning(
        "the outcome of %s for %s is unknown (%s); looking the version up", name, recovery, printable(str(error))
    )

    def look_up() -> Carried[T] | NotCarried | None:
        found = find_version(client, recovery.sought)
        return recovery.judge(found, elapsed(), accepted=error is None)

    first, *others = PAUSES
    lookups = Retrying(
        sleep=client.sleep,
        wait=wait_chain(*map(wait_fixed, others)),
        stop=stop_after_attempt(len(PAUSES)),
        retry=retry_if_result(lambda outcome: outcome is None) | retry_if_exception(_is_retryable),
        retry_error_callback=lambda _: None,
    )
    failed = ""
    outcome: Carried[T] | NotCarried | None = None
    client.sleep(first)
    try:
        outcome = lookups(look_up)
    except (RekogVersionsError, BotoCoreError) as failure:
        failed = f" The lookup failed: {printable(str(failure))}"
    if isinstance(outcome, Carried):
        logger.info("%s for %s was carried out: %s", name, recovery, ascii(str(outcome.result)))
        return outcome.result
    if error is None:
        logger.warning("the service accepted %s for %s, but no lookup shows the result", name, recovery)
        return recovery.without_result
    if isinstance(outcome, NotCarried):
        noted(error, outcome.note)
    else:
        # the other notes take the error at its word, such as "Choose another version_name"
        set_outcome_unknown(noted_only(error, f"{recovery.warning}{failed}"))
    raise error


def _is_retryable(error: BaseException) -> bool:
    return isinstance(error, Exception) and is_retryable(error)
