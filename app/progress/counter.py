"""The counter in front of the house: hands out kept answers while they are the truth, and sends everyone else in.

One tiny question to the database per request (shared by all who wait for it) is what makes the kept bytes exact; all
else that a route does for the same answer was done when it was made.
"""

from functools import lru_cache
from urllib.parse import parse_qs

from starlette.types import Scope, Send

from app import clock
from app.auth.authority import COOKIE
from app.auth.service import Identities
from app.language import LANGUAGES, accepted
from app.progress.shelf import Answer, Key, Place, Shelf, tags
from app.settings import Settings
from app.snapshot import Version, Watch
from app.web import request_id_of

PREFIX = "/v1/progress"
_COOKIE = f"{COOKIE}=".encode()
Asked = dict[bytes, bytes]
"""The headers of a request."""


class Counter:
    """What stands behind the counter: the answers, the question whether they are true, who may have them."""

    def __init__(self, shelf: Shelf, watch: Watch, identities: Identities, settings: Settings) -> None:
        self._shelf = shelf
        self._watch = watch
        self._identities = identities
        self._public = settings.public_progress

    async def handed_out(self, scope: Scope, send: Send) -> bool:
        """Answer from the shelf if that is possible. The routes under `/v1/progress` fill it, and answer the rest."""
        if scope["method"] != "GET" or not scope["path"].startswith(PREFIX):
            return False
        asked: Asked = dict(scope["headers"])
        place = self._shelf.find(_key(scope["path"], scope["query_string"], asked.get(b"accept-language", b"")))
        if place is None or b"origin" in asked:  # another site's page: CORS is decided further in
            return False
        try:
            version, answer = await self._true_answer(place)
        except Exception:  # noqa: BLE001 - the database is away: the routes know how to say so
            return False
        if not self._admits(asked, version):
            return False
        await _hand_out(answer, asked, send)
        return True

    async def _true_answer(self, place: Place) -> tuple[Version, Answer]:
        """The kept answer, if the database says that it still holds; otherwise a new one."""
        if place.is_restless:
            return await place.anew()
        version = await self._watch.version()
        kept = place.kept_at(version)
        return (version, kept) if kept else await place.anew()

    def _admits(self, asked: Asked, version: Version) -> bool:
        """A token recognised before, or nobody where progress is public. All others are for the routes to judge."""
        authorization = asked.get(b"authorization")
        if authorization is None:
            return self._public and _COOKIE not in asked.get(b"cookie", b"")
        return self._identities.recalled(authorization, version, clock.now()) is not None


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


async def _hand_out(answer: Answer, asked: Asked, send: Send) -> None:
    sheet = answer.sheet(asked.get(b"accept-encoding", b""), private=b"authorization" in asked)
    request_id = (b"x-request-id", request_id_of(asked.get(b"x-request-id", b"").decode("latin-1")).encode())
    known = asked.get(b"if-none-match")
    if known is not None and sheet.tag in tags(known):
        await send({"type": "http.response.start", "status": 304, "headers": [*sheet.same, request_id]})
        await send({"type": "http.response.body", "body": b""})
        return
    await send({"type": "http.response.start", "status": 200, "headers": [*sheet.whole, request_id]})
    await send({"type": "http.response.body", "body": sheet.body})
