"""A listener holds one event at most, and everyone is sent the same bytes."""

import asyncio
from datetime import UTC, datetime, timedelta

from starlette.types import Message

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


class Client:
    """What one client was sent, and whether it reads at the moment."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.reads = asyncio.Event()
        self.reads.set()

    @property
    def bodies(self) -> list[bytes]:
        return [message["body"] for message in self.messages]

    async def send(self, message: Message) -> None:
        await self.reads.wait()
        self.messages.append(message)


async def settle() -> None:
    """Let everything that is ready run."""
    for _ in range(5):
        await asyncio.sleep(0)


async def test_what_comes_while_a_client_is_busy_is_one_event() -> None:
    listener, client = AsgiListener(Subscriber()), Client()
    for number in (1, 3, 2):
        listener.send_event(event(number))
    listener.send_heartbeat()
    listener.send_event(event(4))
    listener.begin(client.send)
    await settle()
    assert client.bodies == [
        b"event: progress\nid: place-4\n"  # noqa: ISC004 - one event
        b'data: {"provinces":["01","02","03","04"],"categories":["hotlines"],"recorded_at":"2025-06-27T09:00:00Z"}\n\n'
    ]
    listener.send_heartbeat()
    await settle()
    assert client.bodies[1:] == [b":\n\n"]


async def test_a_client_that_does_not_read_is_sent_what_it_missed_as_one_event() -> None:
    listener, client = AsgiListener(Subscriber()), Client()
    listener.begin(client.send)
    client.reads.clear()
    for number in (1, 2, 3):
        listener.send_event(event(number))
        await settle()
    client.reads.set()
    await settle()
    assert [body.count(b"event:") for body in client.bodies] == [1, 1]
    assert b'"provinces":["02","03"]' in client.bodies[1]


async def test_an_event_is_encoded_once_for_everyone() -> None:
    sent, clients = event(1), [Client() for _ in range(3)]
    for client in clients:
        listener = AsgiListener(Subscriber())
        listener.begin(client.send)
        listener.send_event(sent)
    await settle()
    assert all(client.bodies[0] is clients[0].bodies[0] for client in clients)


async def test_an_ended_listener_sends_nothing_more() -> None:
    listener, client = AsgiListener(Subscriber()), Client()
    listener.send_event(event(1))
    listener.end()
    listener.begin(client.send)
    await settle()
    assert client.messages == [{"type": "http.response.body", "body": b"", "more_body": False}]


async def test_a_notification_of_one_worker_reaches_all(database_url: str) -> None:
    settings = Settings(database_url=database_url)
    database, on_notified = Database(database_url, settings), asyncio.Event()
    first, other = NotifyChannel(database, settings, lambda: None), NotifyChannel(database, settings, on_notified.set)
    await other.listen()
    first.notify()
    async with asyncio.timeout(30):
        await on_notified.wait()
    for channel in (first, other):
        await channel.close()
    await database.close()
