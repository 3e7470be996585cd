"""The window: a kept answer goes out without a task, and everything else of HTTP stays as it was."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from app.connections import Connector
from tests.checks.problems import refused
from tests.conftest import Service, Template, listening

PROGRESS = "/v1/progress"


@pytest.fixture
async def service(database_url: str, template: Template) -> AsyncIterator[Service]:
    """One that nobody has asked anything yet."""
    async with listening(database_url, template.tokens) as running:
        yield running


@pytest.fixture
def came_in(service: Service, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths of the requests that the application saw."""
    seen: list[str] = []
    call = type(service.app).__call__

    async def watched(self: Any, scope: Any, receive: Any, send: Any) -> None:
        seen.append(scope["path"])
        await call(self, scope, receive, send)

    monkeypatch.setattr(type(service.app), "__call__", watched)
    return seen


async def test_only_the_first_request_comes_in(service: Service, came_in: list[str]) -> None:
    khach = service.client("khach")
    first = await khach.get(PROGRESS)
    second = await khach.get(PROGRESS)
    assert (await khach.get(PROGRESS, headers={"If-None-Match": first.headers["etag"]})).status_code == 304
    assert came_in == [PROGRESS]
    counted = ("ratelimit", "ratelimit-policy")  # who comes in is counted, and told
    own = dict.fromkeys(("date", "x-request-id", *counted), "")
    assert {**first.headers, **own} == {**second.headers, **own}
    assert [name in second.headers for name in counted] == [False, False]
    assert first.headers["x-request-id"] != second.headers["x-request-id"]


async def test_a_write_makes_the_answer_anew_without_coming_in(service: Service, came_in: list[str]) -> None:
    khach, huong = service.client("khach"), service.client("huong")
    before = await khach.get(PROGRESS)
    await huong.post("/v1/status-updates", json={"task": "hotlines", "status": "in_progress"})
    after = await khach.get(PROGRESS)
    assert before.json()["categories"][6]["provinces_in_progress"] == 0
    assert after.json()["categories"][6]["provinces_in_progress"] == 1
    assert came_in == [PROGRESS, "/v1/status-updates"]


async def test_a_request_id_of_the_client_comes_back(service: Service) -> None:
    khach = service.client("khach")
    for _ in range(2):
        assert (await khach.get(PROGRESS, headers={"X-Request-ID": "mine-1"})).headers["x-request-id"] == "mine-1"
    insane = await khach.get(PROGRESS, headers={"X-Request-ID": "not\tsane"})
    assert insane.headers["x-request-id"] != "not\tsane"


async def test_another_sites_page_and_other_methods_come_in(service: Service, came_in: list[str]) -> None:
    khach = service.client("khach")
    await khach.get(PROGRESS)
    assert (await khach.get(PROGRESS, headers={"Origin": "https://elsewhere.test"})).status_code == 200
    head = await khach.head(PROGRESS)
    assert (head.status_code, head.content) == (200, b"")
    assert (await khach.post(PROGRESS)).status_code == 405
    assert came_in == [PROGRESS] * 4


async def test_pipelined_requests_are_answered_in_their_order(service: Service) -> None:
    await service.client("khach").get(PROGRESS)
    kept, known = request(service, PROGRESS), request(service, "/v1/me")
    said = await answers(service, kept + known + kept + request(service, PROGRESS, Connection="close"))
    bodies = [part.partition(b"\r\n\r\n")[2] for part in said.split(b"HTTP/1.1 200 OK")[1:]]
    assert ["categories" in json.loads(body) for body in bodies] == [True, False, True, True]


async def test_who_asks_to_close_is_answered_and_closed(service: Service) -> None:
    await service.client("khach").get(PROGRESS)
    said = await answers(service, request(service, PROGRESS, Connection="close"))
    head, _, body = said.partition(b"\r\n\r\n")
    assert b"connection: close" in head.lower()
    assert body.endswith(b"}")


async def test_those_who_hang_up_harm_nobody(service: Service) -> None:
    khach = service.client("khach")
    await khach.get(PROGRESS)
    for _ in range(50):
        _, writer = await asyncio.open_connection(*service.place)
        writer.write(request(service, PROGRESS))
        writer.close()
    assert (await khach.get(PROGRESS)).status_code == 200


async def test_while_the_database_is_away_it_is_asked_once_and_the_answer_is_503(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A silent one is waited for at each question: whoever asks twice waits for longer than he was promised."""
    khach = service.client("khach")
    await khach.get(PROGRESS)

    async def refused_there(*_: object, **__: object) -> Any:
        raise ConnectionRefusedError

    monkeypatch.setattr(Connector, "connect", refused_there)
    versions = service.app.state.data_versions
    await versions.close()
    asked, version = [], versions.version

    def counted() -> Any:
        asked.append(1)
        return version()

    monkeypatch.setattr(versions, "version", counted)
    answer = await khach.get(PROGRESS)
    assert (refused(answer, 503)["type"], answer.headers["retry-after"]) == ("/problems#unavailable", "1")
    assert len(asked) == 1


def request(service: Service, path: str, **headers: str) -> bytes:
    head = {"Host": "x", "Authorization": f"Bearer {service.tokens['khach']}", **headers}
    lines = [f"GET {path} HTTP/1.1", *(f"{name}: {value}" for name, value in head.items()), "", ""]
    return "\r\n".join(lines).encode()


async def answers(service: Service, sent: bytes) -> bytes:
    """All that comes back until the connection is closed."""
    reader, writer = await asyncio.open_connection(*service.place)
    writer.write(sent)
    async with asyncio.timeout(30):
        said = await reader.read()
    writer.close()
    return said
