"""One request to the service, and what came back: through proxies, with certificates of one's own, never redirected."""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from email.message import Message
from typing import Any, Callable, Iterator, Mapping

from tiendo_push.outcome import NotReached, WrongUsage
from tiendo_push.system import reason_of

CONNECT_SECONDS = 10.0
_PIECE = 64 * 1024
REDIRECTS = (301, 302, 303, 307, 308)


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Callable[[], Iterator[bytes]] | None = None


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Message
    body: bytes


class Client:
    """The service as the holder of a token reaches it."""

    def __init__(self, url: str, token: str, lang: str, ca_file: str | None) -> None:
        _check_proxy(url.partition(":")[0])
        self.url = url
        self._headers = {"Authorization": f"Bearer {token}", "User-Agent": "tiendo-push", "Accept-Language": lang}
        # The empty handler takes the place of the one that follows redirects, and would take the token along.
        self._opener = urllib.request.build_opener(_Http(), _Https(_trust(ca_file)), _NoRedirects())

    def ask(self, request: Request, seconds: float) -> Answer:
        """The answer, whatever its status. `seconds` may pass without a single byte.

        Raises:
            NotReached: there was none.

        """
        wire = urllib.request.Request(  # noqa: S310 - the scheme was checked
            self.url + request.path,
            data=request.body() if request.body else None,
            headers={**self._headers, **request.headers},
            method=request.method,
        )
        try:
            with self._opener.open(wire, timeout=seconds) as answer:
                return Answer(answer.status, answer.headers, _body(answer, seconds))
        except urllib.error.HTTPError as error:
            return _answer_of(error, seconds)
        except (OSError, http.client.HTTPException) as error:
            raise _not_reached(error) from None


def _check_proxy(scheme: str) -> None:
    """A proxy without its second slash is a failure within the library, not an address that is away."""
    proxy = urllib.request.getproxies().get(scheme, "")
    if ":/" in proxy and "://" not in proxy:
        raise WrongUsage("bad-proxy", variable=f"{scheme}_proxy")  # which may hold a password


def _body(answer: Any, seconds: float) -> bytes:
    """The whole body, within `seconds`: one that comes in drops would outlast any patience."""
    until = time.monotonic() + seconds
    length, found = answer.length, b""
    while length is None or len(found) < length:
        piece = answer.read1(_PIECE if length is None else min(_PIECE, length - len(found)))
        if not piece:
            break
        found += piece
        if time.monotonic() > until:
            raise socket.timeout("timed out")
    if length is not None and len(found) < length:
        raise http.client.IncompleteRead(found, length - len(found))
    return found


def _answer_of(error: urllib.error.HTTPError, seconds: float) -> Answer:
    try:
        with error:
            return Answer(error.code, error.headers, _body(error, seconds))
    except (OSError, http.client.HTTPException) as broken:
        raise _not_reached(broken) from None


def _not_reached(error: Exception) -> NotReached:
    given = getattr(error, "reason", None) or error
    why = reason_of(given if isinstance(given, BaseException) else error)
    if "CERTIFICATE_VERIFY_FAILED" in str(why):
        return NotReached("certificate", why=why)
    # A proxy that does not let through now will not in a minute either.
    return NotReached("not-reached", why=why, again="Tunnel connection failed: 40" not in str(why))


def _trust(ca_file: str | None) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=ca_file)
    except OSError as error:
        raise WrongUsage("no-certificates", file=ca_file, why=reason_of(error)) from None


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


class _Patient(http.client.HTTPConnection):
    """A connection is there soon or not at all; an answer may take longer.

    Who is refused before all was sent (a file too large, a bad token) still reads why.
    """

    timeout: float
    silence: float

    def connect(self) -> None:
        self.silence, self.timeout = self.timeout, min(CONNECT_SECONDS, self.timeout)
        super().connect()
        self.sock.settimeout(self.silence)

    def getresponse(self) -> http.client.HTTPResponse:
        """The head of an answer, within the time that may pass without a byte: one that comes in drops gets no more."""
        late = threading.Event()
        timer = threading.Timer(self.silence, _cut, [self.sock, late])
        timer.daemon = True
        timer.start()
        try:
            answer = super().getresponse()
        finally:
            timer.cancel()
        if late.is_set():  # the library takes a head that was cut off for a whole one
            raise socket.timeout("timed out")
        return answer

    def request(self, *args: Any, **kwargs: Any) -> None:
        try:
            super().request(*args, **kwargs)
        except (BrokenPipeError, ConnectionResetError, ssl.SSLEOFError):
            if self.sock is None:
                raise


def _cut(line: socket.socket, late: threading.Event) -> None:
    """End what another thread is reading. Of a TLS connection, too, the line below is ended."""
    late.set()
    try:
        socket.socket.shutdown(line, socket.SHUT_RDWR)
    except OSError:
        return


class _PatientOverTls(_Patient, http.client.HTTPSConnection):
    pass


class _Http(urllib.request.HTTPHandler):
    def http_open(self, req: urllib.request.Request) -> Any:
        return self.do_open(_Patient, req)


class _Https(urllib.request.HTTPSHandler):
    def __init__(self, trust: ssl.SSLContext) -> None:
        super().__init__(context=trust)
        self._trust = trust

    def https_open(self, req: urllib.request.Request) -> Any:
        return self.do_open(_PatientOverTls, req, context=self._trust)
