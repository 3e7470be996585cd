"""The counter in front of the house: kept answers are handed out while they are the truth, and everyone else sent in.

One tiny question to the database per request (shared by all who wait for it) is what makes the kept bytes exact; all
else that a route does for the same answer was done when it was made.
"""

from asyncio import Future
from collections.abc import Callable, Mapping
from functools import lru_cache, partial
from typing import Any, NamedTuple, TypeVar
from urllib.parse import parse_qs

from app.auth.authority import cached_viewer
from app.auth.identity import ANYONE
from app.auth.service import Identities
from app.data_version import DataVersion, DataVersionMonitor
from app.language import LANGUAGES, accepted
from app.response_cache import Answer, CacheEntry, Key, PreparedResponse, ResponseCache
from app.settings import Settings

PREFIX = "/v1/progress"
Result = TypeVar("Result")


class CacheLookup(NamedTuple):
    """Who asks for an answer that was made before: the place where it is kept, and the headers of the request."""

    entry: CacheEntry
    headers: dict[bytes, bytes]


SendResponse = Callable[[PreparedResponse | None], None]


class CacheHitHandler:
    """What stands behind the counter: the answers, the question whether they are true, who may have them."""

    def __init__(
        self, cache: ResponseCache, versions: DataVersionMonitor, identities: Identities, settings: Settings
    ) -> None:
        self._cache = cache
        self._versions = versions
        self._identities = identities
        self._public = settings.public_progress

    def lookup(self, scope: Mapping[str, Any]) -> CacheLookup | None:
        """Who may be served here. The routes under `/v1/progress` fill the shelf, and serve the rest."""
        if scope["method"] != "GET" or not scope["path"].startswith(PREFIX):
            return None
        headers = dict(scope["headers"])
        entry = self._cache.find(_cache_key(scope["path"], scope["query_string"], headers.get(b"accept-language", b"")))
        if entry is None or b"origin" in headers:  # another site's page: CORS is decided further in
            return None
        return CacheLookup(entry, headers)

    def respond(self, lookup: CacheLookup, send: SendResponse) -> None:
        """Hand out an answer that is true at, or after, the call; or None, where the routes have to say why not."""
        if lookup.entry.changes_every_time:
            self._send_refreshed(lookup, send)
        else:
            self._versions.version().add_done_callback(partial(self._send_cached, lookup, send))

    def _send_cached(self, lookup: CacheLookup, send: SendResponse, question: Future[DataVersion]) -> None:
        """The kept answer, if the database says that it still holds; otherwise a new one."""
        version = _result_or_none(question)
        cached = lookup.entry.valid_at(version) if version else None
        if version and cached:
            send(self._response(lookup, version, cached))
        elif version:
            self._send_refreshed(lookup, send)
        else:
            send(None)

    def _send_refreshed(self, lookup: CacheLookup, send: SendResponse) -> None:
        def made(making: Future[tuple[DataVersion, Answer]]) -> None:
            answer = _result_or_none(making)
            send(answer and self._response(lookup, *answer))

        lookup.entry.refresh().add_done_callback(made)

    def _response(self, lookup: CacheLookup, version: DataVersion, answer: Answer) -> PreparedResponse | None:
        headers = lookup.headers
        who = cached_viewer(self._identities, headers, version, public=self._public)
        if who is None:
            return None
        variant = answer.variant(headers.get(b"accept-encoding", b""), private=who is not ANYONE)
        return variant.response_for(headers.get(b"if-none-match"))


def _result_or_none(flight: Future[Result]) -> Result | None:
    """What a flight brought; None where it failed: the routes know how to say so."""
    return None if flight.cancelled() or flight.exception() else flight.result()


@lru_cache(maxsize=512)
def _cache_key(path: str, query_string: bytes, accept_language: bytes) -> Key:
    """What `shelf_key` says of the same request once its language is known."""
    query = query_string.decode("latin-1")
    return path, query, _language(query, accept_language)


def _language(query: str, accept_language: bytes) -> str:
    named = parse_qs(query).get("lang", []) if "lang" in query else []
    if named and named[-1] in LANGUAGES:
        return named[-1]
    return accepted(accept_language.decode("latin-1"))
