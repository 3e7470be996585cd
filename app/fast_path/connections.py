"""The connections of a worker: how many there may be, from where, and how long one may keep the worker waiting."""

import asyncio
import ipaddress
from collections import Counter
from enum import Enum
from functools import lru_cache
from http import HTTPStatus
from typing import Protocol

from app.auth.limits import peer_of
from app.logs import log
from app.settings import Settings

TICK_SECONDS = 1.0
ROOM_AGAIN = 0.9
"""The part of all connections below which there is room again: else each that ends would be a line in the log."""


class Awaited(Enum):
    """What a connection has to send next; a request that is being answered waits for nothing."""

    HEAD = "head"
    BODY = "body"


class Connection(Protocol):
    """What is watched of a connection. `waited` counts only seconds in which the worker was ready to read."""

    awaited: Awaited | None
    waited: float
    received: int

    @property
    def address(self) -> str | None: ...

    @property
    def unsent(self) -> int:
        """Bytes of answers that its client has not taken yet."""

    def is_readable(self) -> bool: ...

    def time_out(self) -> None: ...

    def abort(self) -> None: ...


class Connections:
    """Counts connections, and ends those whose clients send too slowly.

    Time is counted in ticks of the event loop: what a busy worker takes to read is not charged to the client.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._trusted = TrustedProxies(settings.trusted_proxies)
        self._open: set[Connection] = set()
        self._of_peer: Counter[str] = Counter()
        self._peers: dict[Connection, str] = {}
        """Of the connections that are counted for a peer: neither those of proxies, nor those refused before."""
        self._is_full = False

    def admit(self, connection: Connection) -> HTTPStatus | None:
        """Count a connection; the status of the refusal when it is one too many. It has to `leave` in any case."""
        self._open.add(connection)
        if len(self._open) > self.settings.max_connections:
            self._note_full(is_full=True)
            return HTTPStatus.SERVICE_UNAVAILABLE
        if connection.address is None or connection.address in self._trusted:
            return None
        peer = self._peers[connection] = peer_of(connection.address)
        self._of_peer[peer] += 1
        return HTTPStatus.TOO_MANY_REQUESTS if self._of_peer[peer] > self.settings.max_connections_per_peer else None

    def _note_full(self, *, is_full: bool) -> None:
        """One line in the log when connections begin to be refused, and one when there is room again."""
        if is_full != self._is_full:
            self._is_full = is_full
            event = "no more connections are taken" if is_full else "connections are taken again"
            log.warning(event, max_connections=self.settings.max_connections)

    def leave(self, connection: Connection) -> None:
        self._open.discard(connection)
        if self._is_full and len(self._open) <= ROOM_AGAIN * self.settings.max_connections:
            self._note_full(is_full=False)
        peer = self._peers.pop(connection, None)
        if peer is not None:
            self._of_peer[peer] -= 1
            if not self._of_peer[peer]:
                del self._of_peer[peer]

    async def keep_ticking(self) -> None:
        while True:
            await asyncio.sleep(TICK_SECONDS)
            self.tick(TICK_SECONDS)

    def tick(self, seconds: float) -> None:
        """Add to the time of each connection that the worker waits for, and end those that take too long."""
        for connection in list(self._open):
            if connection.awaited is not None and connection.is_readable():
                connection.waited += seconds
                if connection.waited > self._allowed(connection):
                    connection.time_out()
        self._end_hoarders()

    @property
    def unsent(self) -> int:
        """Bytes of answers that clients have not taken yet."""
        return sum(connection.unsent for connection in self._open)

    def _end_hoarders(self) -> None:
        """Where the answers that nobody takes fill too much memory, end the connections with the most of them."""
        held = {connection: connection.unsent for connection in self._open}
        total = sum(held.values())
        for connection in sorted(held, key=held.__getitem__, reverse=True):
            if total <= self.settings.max_unsent:
                return
            total -= held[connection]
            connection.abort()

    def _allowed(self, connection: Connection) -> float:
        if connection.awaited is Awaited.HEAD:
            return self.settings.header_timeout
        return self.settings.body_grace + connection.received / self.settings.body_rate


class TrustedProxies:
    """The addresses of `TIENDO_TRUSTED_PROXIES`: single ones, networks, or `*` for all."""

    def __init__(self, said: str) -> None:
        self._all = said.strip() == "*"
        self._networks = [network for one in said.split(",") if (network := _network(one.strip()))]
        self._is_trusted = lru_cache(maxsize=1024)(self._look_up)

    def __contains__(self, address: str) -> bool:
        return self._all or self._is_trusted(address)

    def _look_up(self, address: str) -> bool:
        try:
            found = ipaddress.ip_address(address)
        except ValueError:
            return False
        return any(found in network for network in self._networks)


def _network(said: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    try:
        return ipaddress.ip_network(said, strict=False)
    except ValueError:
        return None
