"""A listener holds one event at most, and everyone is sent the same bytes."""

import asyncio
from datetime import UTC, datetime, timedelta

from app.db import Database
from app.live.bell import Bell
from app.live.events import Event
from app.live.listener import Watcher
from app.live.stream import Waiter
from app.settings import Settings

NOON = datetime(2025, 6, 27, 5, 0, tzinfo=UTC)


def event(number: int) -> Event:
    return Event(
        f"place-{number}", frozenset({f"{number:02}"}), frozenset({"hotlines"}), NOON + timedelta(hours=number)
    )


async def test_what_comes_while_a_client_is_busy_is_one_event() -> None:
    listener = Waiter(Watcher())
    for number in (1, 3, 2):
        listener.tell(event(number))
    listener.beat()
    listener.tell(event(4))
    assert await listener.words() == (
        b"event: progress\nid: place-4\n"
        b'data: {"provinces":["01","02","03","04"],"categories":["hotlines"],"recorded_at":"2025-06-27T09:00:00Z"}\n\n'
    )
    listener.beat()
    assert await listener.words() == b":\n\n"


async def test_an_event_is_encoded_once_for_everyone() -> None:
    told, listeners = event(1), [Waiter(Watcher()) for _ in range(3)]
    for listener in listeners:
        listener.tell(told)
    sent = [await listener.words() for listener in listeners]
    assert all(words is sent[0] for words in sent)


async def test_an_ended_listener_says_nothing_more() -> None:
    listener = Waiter(Watcher())
    listener.tell(event(1))
    listener.end()
    assert await listener.words() == b""


async def test_a_bell_rung_anywhere_is_heard_by_all(database_url: str) -> None:
    settings = Settings(database_url=database_url)
    database, heard = Database(database_url, settings), asyncio.Event()
    rung, other = Bell(database, settings, lambda: None), Bell(database, settings, heard.set)
    await other.listen()
    rung.ring()
    async with asyncio.timeout(30):
        await heard.wait()
    for bell in (rung, other):
        await bell.close()
    await database.close()
