"""Cache hits: which requests have a cached answer, whether it still holds, and who may have it.

One small query per request, shared by all that wait for it, makes the cached bytes exact. Everything else that a route
does for the same answer was done when it was made.
"""

from asyncio import Future, TimerHandle, get_running_loop
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache, partial
from typing import Any, NamedTuple, TypeVar
from urllib.parse import parse_qs

from starlette.routing import BaseRoute, Route

from app import logs
from app.auth.authority import cached_viewer
from app.auth.identity import ANYONE
from app.auth.service import Identities
from app.data_version import DataVersion, DataVersionMonitor
from app.database_errors import from_database
from app.fast_path.headers import Headers, plain_headers
from app.language import LANGUAGES, Language, accepted
from app.metrics import CACHE_HITS, DelayedCount
from app.observing import NO_ROUTE, log_answer
from app.prefix import without
from app.response_cache import Answer, CacheEntry, Key, PreparedResponse, ResponseCache, request_key
from app.settings import Settings

PREFIX = "/v1/progress"
FLUSH_SECONDS = 0.25
"""For how long what was counted is kept in memory; a worker that is killed takes no more than that with it."""
Result = TypeVar("Result")


class CacheLookup(NamedTuple):
    """A request whose answer was made before: the cache entry, and the headers of the request."""

    entry: CacheEntry
    headers: Headers


SendResponse = Callable[[PreparedResponse | Exception | None], None]
"""Takes a response, or what went wrong, or None where the routes have to answer. It does not raise."""


class CacheHitHandler:
    """Answers requests from the response cache. The routes under `/v1/progress` fill it, and serve the rest."""

    def __init__(
        self,
        cache: ResponseCache,
        versions: DataVersionMonitor,
        identities: Identities,
        settings: Settings,
        routes: Sequence[BaseRoute],
    ) -> None:
        self._cache = cache
        self._versions = versions
        self._identities = identities
        self._public = settings.public_progress
        self.more_headers = [(b"vary", b"origin")] if settings.cors_origins else []
        """What the layers add to the same answer of a route."""
        self.prefix = settings.root_path.rstrip("/")
        self._routes = [(route.path_regex, route.path) for route in routes if isinstance(route, Route)]
        self._counts: dict[tuple[str, int], DelayedCount] = {}
        self._hits = 0
        self._flush: TimerHandle | None = None

    def lookup(self, scope: Mapping[str, Any]) -> CacheLookup | None:
        """The cache entry of a request; None where the routes have to answer."""
        path = without(self.prefix, scope["path"])
        if scope["method"] != "GET" or not path.startswith(PREFIX):
            return None
        headers = plain_headers(scope)
        if headers is None:
            return None
        accepts = accepted(headers.get(b"accept-language", b"").decode("latin-1"))
        entry = self._cache.find(key_of(path, scope["query_string"], accepts))
        return CacheLookup(entry, headers) if entry else None

    def respond(self, lookup: CacheLookup, send: SendResponse) -> None:
        """Send an answer that is true at, or after, the call; or None, where the routes have to say why not."""
        if lookup.entry.changes_every_time and not lookup.entry.is_costly:
            self._send_refreshed(lookup, send)
        else:
            self._versions.version().add_done_callback(partial(self._send_cached, lookup, send))

    def observe(self, scope: Mapping[str, Any], response: PreparedResponse, request_id: str, seconds: float) -> None:
        """Count a response that was written, and log it where every answer is."""
        path = scope["path"]
        count = self._counts.get((path, response.status))
        if count is None:
            count = self._counts[path, response.status] = DelayedCount(self.route_of(scope), "GET", response.status)
        count.add(seconds)
        if self._flush is None:
            self._flush = get_running_loop().call_later(FLUSH_SECONDS, self.flush)
        if logs.logs_access():
            token = self._token_of(scope)
            more = {"request_id": request_id} | ({"token": token} if token else {})
            log_answer(scope, self.route_of(scope), response.status, seconds, **more)

    def flush(self) -> None:
        """Add what was counted to the metrics."""
        if self._flush is not None:
            self._flush.cancel()
        for count in self._counts.values():
            count.flush()
        CACHE_HITS.inc(self._hits)
        self._flush, self._counts, self._hits = None, {}, 0

    def route_of(self, scope: Mapping[str, Any]) -> str:
        """What a request is counted by."""
        path = without(self.prefix, scope["path"])
        return next((route for pattern, route in self._routes if pattern.match(path)), NO_ROUTE)

    def _token_of(self, scope: Mapping[str, Any]) -> str | None:
        version = self._versions.recent()
        who = version and cached_viewer(self._identities, dict(scope["headers"]), version, public=self._public)
        return who.token if who and who is not ANYONE else None

    def _send_cached(self, lookup: CacheLookup, send: SendResponse, question: Future[DataVersion]) -> None:
        """Send the cached answer if nothing was committed since; otherwise a refreshed one.

        Where the database does not answer, that is the answer: the route would wait for it once more.
        """
        if unavailable := _unavailable(question):
            return send(unavailable)
        version = _result_or_none(question)
        cached = lookup.entry.valid_at(version) if version else None
        if version and cached:
            self._hits += 1
            send(self._response_or_error(lookup, version, cached))
        elif version and not lookup.entry.is_costly:  # else the route asks who may have it computed
            self._send_refreshed(lookup, send)
        else:
            send(None)
        return None

    def _send_refreshed(self, lookup: CacheLookup, send: SendResponse) -> None:
        def refreshed(refresh: Future[tuple[DataVersion, Answer]]) -> None:
            answer = _result_or_none(refresh)
            send(_unavailable(refresh) or (answer and self._response_or_error(lookup, *answer)))

        lookup.entry.refresh().add_done_callback(refreshed)

    def _response_or_error(
        self, lookup: CacheLookup, version: DataVersion, answer: Answer
    ) -> PreparedResponse | Exception | None:
        try:
            return self._response(lookup, version, answer)
        except Exception as error:  # noqa: BLE001 - a callback has no caller that could answer for it
            return error

    def _response(self, lookup: CacheLookup, version: DataVersion, answer: Answer) -> PreparedResponse | None:
        headers = lookup.headers
        who = cached_viewer(self._identities, headers, version, public=self._public)
        accepts = headers.get(b"accept-encoding", b"")
        if who is None or not answer.is_encoded(accepts):
            return None
        variant = answer.variant(accepts, private=who is not ANYONE)
        return variant.response_for(headers.get(b"if-none-match"))


def _result_or_none(future: Future[Result]) -> Result | None:
    """The result of a future; None where it failed, because the routes know how to say so."""
    return None if future.cancelled() or future.exception() else future.result()


def _unavailable(future: Future[Result]) -> Exception | None:
    """Why the database could not be asked; None where it could, or where something else went wrong."""
    error = None if future.cancelled() else future.exception()
    return error if isinstance(error, Exception) and from_database(error) else None


@lru_cache(maxsize=512)
def key_of(path: str, query_string: bytes, accepts: Language) -> Key:
    """The key of a request, in the language that its route would find. No part is longer than an address may be."""
    return request_key(path, query_string, _language(query_string, accepts))


def _language(query_string: bytes, accepts: Language) -> str:
    named = parse_qs(query_string.decode("latin-1")).get("lang", [])
    return named[-1] if named and named[-1] in LANGUAGES else accepts
