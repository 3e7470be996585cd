"""The counter in front of the house: kept answers are handed out while they are the truth, and everyone else sent in.

One tiny question to the database per request (shared by all who wait for it) is what makes the kept bytes exact; all
else that a route does for the same answer was done when it was made.
"""

from asyncio import Future
from collections.abc import Callable, Mapping
from functools import lru_cache, partial
from typing import Any, NamedTuple, TypeVar
from urllib.parse import parse_qs

from app.auth.authority import watcher_recalled
from app.auth.identity import ANYONE
from app.auth.service import Identities
from app.language import LANGUAGES, accepted
from app.progress.shelf import Answer, Key, Page, Place, Shelf
from app.settings import Settings
from app.snapshot import Version, Watch

PREFIX = "/v1/progress"
Result = TypeVar("Result")


class Customer(NamedTuple):
    """Who asks for an answer that was made before: the place where it is kept, and the headers of the request."""

    place: Place
    asked: dict[bytes, bytes]


HandOut = Callable[[Page | None], None]


class Counter:
    """What stands behind the counter: the answers, the question whether they are true, who may have them."""

    def __init__(self, shelf: Shelf, watch: Watch, identities: Identities, settings: Settings) -> None:
        self._shelf = shelf
        self._watch = watch
        self._identities = identities
        self._public = settings.public_progress

    def customer(self, scope: Mapping[str, Any]) -> Customer | None:
        """Who may be served here. The routes under `/v1/progress` fill the shelf, and serve the rest."""
        if scope["method"] != "GET" or not scope["path"].startswith(PREFIX):
            return None
        asked = dict(scope["headers"])
        place = self._shelf.find(_key(scope["path"], scope["query_string"], asked.get(b"accept-language", b"")))
        if place is None or b"origin" in asked:  # another site's page: CORS is decided further in
            return None
        return Customer(place, asked)

    def serve(self, customer: Customer, hand_out: HandOut) -> None:
        """Hand out an answer that is true at, or after, the call; or None, where the routes have to say why not."""
        if customer.place.is_restless:
            self._serve_anew(customer, hand_out)
        else:
            self._watch.version().add_done_callback(partial(self._serve_kept, customer, hand_out))

    def _serve_kept(self, customer: Customer, hand_out: HandOut, question: Future[Version]) -> None:
        """The kept answer, if the database says that it still holds; otherwise a new one."""
        version = _brought(question)
        kept = customer.place.kept_at(version) if version else None
        if version and kept:
            hand_out(self._page(customer, version, kept))
        elif version:
            self._serve_anew(customer, hand_out)
        else:
            hand_out(None)

    def _serve_anew(self, customer: Customer, hand_out: HandOut) -> None:
        def made(making: Future[tuple[Version, Answer]]) -> None:
            answer = _brought(making)
            hand_out(answer and self._page(customer, *answer))

        customer.place.anew().add_done_callback(made)

    def _page(self, customer: Customer, version: Version, answer: Answer) -> Page | None:
        asked = customer.asked
        who = watcher_recalled(self._identities, asked, version, public=self._public)
        if who is None:
            return None
        sheet = answer.sheet(asked.get(b"accept-encoding", b""), private=who is not ANYONE)
        return sheet.page_for(asked.get(b"if-none-match"))


def _brought(flight: Future[Result]) -> Result | None:
    """What a flight brought; None where it failed: the routes know how to say so."""
    return None if flight.cancelled() or flight.exception() else flight.result()


@lru_cache(maxsize=512)
def _key(path: str, query_string: bytes, accept_language: bytes) -> Key:
    """What `shelf_key` says of the same request once its language is known."""
    query = query_string.decode("latin-1")
    return path, query, _language(query, accept_language)


def _language(query: str, accept_language: bytes) -> str:
    named = parse_qs(query).get("lang", []) if "lang" in query else []
    if named and named[-1] in LANGUAGES:
        return named[-1]
    return accepted(accept_language.decode("latin-1"))
