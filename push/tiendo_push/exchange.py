"""A request and its good answer: tried again while the network or the service is away, no longer than the patience."""

from __future__ import annotations

import json
import random
import time
from email.utils import parsedate_to_datetime
from typing import Any, Callable

from tiendo_push.address import of_redirect
from tiendo_push.client import REDIRECTS, Answer, Client, Request
from tiendo_push.outcome import NotReached, Refused, Stop, WrongUsage

LONGEST_PAUSE = 30.0
SHORTEST_PAUSE = 0.25
LONGEST_SILENCE = 120.0
SHORTEST_SILENCE = 10.0
"""So that the last try, and a single one, has a chance."""


class Busy(NotReached):
    """The service asks to try again; `wait` is how many seconds it says."""

    def __init__(self, status: int, wait: float | None) -> None:
        super().__init__("busy", again=True, status=status)
        self.wait = wait


class Exchange:
    """Asks the service, as often as it takes within `patience` seconds since the last good answer."""

    def __init__(self, service: Client, patience: float, tell: Callable[..., None]) -> None:
        self._service = service
        self._patience = patience
        self._tell = tell

    def json(self, request: Request) -> tuple[dict[str, Any], Answer]:
        """The JSON object of a good answer.

        Raises:
            Refused, NotReached, WrongUsage: there is none to be had.

        """
        answer = self._good(request)
        found = json_object(answer.body)
        if found is None:
            raise _stranger(answer)
        return found, answer

    def workbook(self, request: Request) -> bytes:
        answer = self._good(request)
        if not answer.body.startswith(b"PK"):
            raise _stranger(answer)
        return answer.body

    def _good(self, request: Request) -> Answer:
        until = time.monotonic() + self._patience
        tries = 0
        while True:
            found = self._tried(request, until - time.monotonic())
            if isinstance(found, Answer):
                return found
            tries += 1
            wait = pause_before(tries, found, until - time.monotonic())
            if wait is None:
                raise found
            self._tell("again", seconds=round(wait, 1), why=found)
            time.sleep(wait)

    def _tried(self, request: Request, left: float) -> Answer | NotReached:
        try:
            answer = self._service.ask(request, max(SHORTEST_SILENCE, min(LONGEST_SILENCE, left)))
            refuse(answer, request.path)
        except NotReached as failure:
            return failure
        return answer


def pause_before(tries: int, failure: NotReached, left: float) -> float | None:
    """Seconds until the next try; None when there is none: it would not help, or come after the patience has ended."""
    if not failure.again:
        return None
    asked = failure.wait if isinstance(failure, Busy) else None
    own = min(LONGEST_PAUSE, 0.5 * 2 ** min(tries, 10)) * random.uniform(0.5, 1)  # noqa: S311 - so that not all come at once
    # A moment that is past, as between two clocks, is no leave to ask without a pause.
    wait = own if asked is None or asked < SHORTEST_PAUSE else asked
    return wait if wait <= left else None


def refuse(answer: Answer, path: str) -> None:
    """Refuse an answer that is not a good one.

    Raises:
        WrongUsage: the address is another one.
        Refused: the service said no.
        NotReached: the service is busy, or something else than the service answered.

    """
    if 200 <= answer.status < 300:
        return
    if answer.status in REDIRECTS:
        raise WrongUsage("redirected", to=of_redirect(answer.headers.get("Location", ""), path))
    if is_temporary(answer):
        raise Busy(answer.status, retry_after(answer.headers.get("Retry-After", ""), time.time()))
    problem = json_object(answer.body)
    if problem is None:
        raise _stranger(answer)
    raise Refused(answer.status, problem)


def is_temporary(answer: Answer) -> bool:
    """Whether the same request may be answered otherwise in a while. A conflict that passes says when."""
    if answer.status == 409:
        return "Retry-After" in answer.headers
    return answer.status in (408, 425, 429) or answer.status >= 500


def retry_after(written: str, now: float) -> float | None:
    """Seconds to wait, written as such or as a date; None when nothing sensible is."""
    if written.isdecimal() and written.isascii():
        return float(written)
    try:
        return max(0.0, parsedate_to_datetime(written).timestamp() - now)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None


def json_object(body: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _stranger(answer: Answer) -> Stop:
    """A proxy's page, a portal, another service: whatever it is, it is not the answer of Tiến Độ."""
    kind = answer.headers.get("Content-Type", "").partition(";")[0]
    if answer.status in (404, 405):
        return WrongUsage("not-there", status=answer.status)
    return NotReached("stranger", status=answer.status, kind=kind or "?")
