"""A listener holds one event at most, and everyone is sent the same bytes."""

import asyncio
from datetime import UTC, datetime, timedelta

from app.db import Database
from app.live.events import Event
from app.live.listener import Subscriber
from app.live.notify import NotifyChannel
from app.live.stream import AsgiListener
from app.settings import Settings

NOON = datetime(2025, 6, 27, 5, 0, tzinfo=UTC)


def event(number: int) -> Event:
    return Event(
        f"place-{number}", frozenset({f"{number:02}"}), frozenset({"hotlines"}), NOON + timedelta(hours=number)
    )


async def test_what_comes_while_a_client_is_busy_is_one_event() -> None:
    listener = AsgiListener(Subscriber())
    for number in (1, 3, 2):
        listener.send_event(event(number))
    listener.send_heartbeat()
    listener.send_event(event(4))
    assert await listener.next_bytes() == (
        b"event: progress\nid: place-4\n"
        b'data: {"provinces":["01","02","03","04"],"categories":["hotlines"],"recorded_at":"2025-06-27T09:00:00Z"}\n\n'
    )
    listener.send_heartbeat()
    assert await listener.next_bytes() == b":\n\n"


async def test_an_event_is_encoded_once_for_everyone() -> None:
    told, listeners = event(1), [AsgiListener(Subscriber()) for _ in range(3)]
    for listener in listeners:
        listener.send_event(told)
    sent = [await listener.next_bytes() for listener in listeners]
    assert all(next_bytes is sent[0] for next_bytes in sent)


async def test_an_ended_listener_says_nothing_more() -> None:
    listener = AsgiListener(Subscriber())
    listener.send_event(event(1))
    listener.end()
    assert await listener.next_bytes() == b""


async def test_a_bell_rung_anywhere_is_heard_by_all(database_url: str) -> None:
    settings = Settings(database_url=database_url)
    database, on_notified = Database(database_url, settings), asyncio.Event()
    rung, other = NotifyChannel(database, settings, lambda: None), NotifyChannel(database, settings, on_notified.set)
    await other.listen()
    rung.notify()
    async with asyncio.timeout(30):
        await on_notified.wait()
    for bell in (rung, other):
        await bell.close()
    await database.close()
