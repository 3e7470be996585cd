"""What admins see: every answer counted, each 5xx in the log once with its cause, an access log of every way in."""

import asyncio
import json
import logging
import subprocess
import warnings
from collections.abc import Callable, Iterator
from datetime import timedelta
from shutil import which
from typing import Any

import pytest
import structlog
from httpx import AsyncClient
from prometheus_client import REGISTRY

from app import clock, logs
from app.db import Database
from app.fast_path.cache_hits import CacheHitHandler
from app.measuring import measure
from app.progress import routes as progress_routes
from app.settings import Settings
from app.version import VERSION
from tests.conftest import Service, Shared, serving

REPORT = {"task": "hotlines", "status": "completed"}
Lines = list[dict[str, Any]]


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Iterator[Lines]:
    """What is logged while a test runs, as the lines would be, access log included."""
    root, found = logging.getLogger(), []
    before, level, configured = list(root.handlers), root.level, structlog.get_config()
    logs.configure(Settings(access_log=True))

    class Lines(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if record.name.startswith(("tiendo", "py.warnings")):
                found.append(json.loads(self.format(record)))

    handler = Lines()
    handler.setFormatter(root.handlers[0].formatter)
    root.handlers = [handler]
    yield found
    logs.configure(Settings())
    structlog.configure(**configured)
    logging.captureWarnings(capture=False)
    root.handlers, root.level = before, level


@pytest.mark.usefixtures("lines")
def test_uvicorn_words_no_access_log_of_its_own() -> None:
    assert not logging.getLogger("uvicorn.access").propagate, "it would find the handler of all, and word a line for it"
    assert logging.getLogger("uvicorn.error").propagate


def value(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not holds():  # noqa: ASYNC110 - nothing tells when it does
            await asyncio.sleep(0.05)


def answered(lines: Lines) -> Lines:
    return [line for line in lines if line["event"] == "answered"]


async def test_an_answer_is_counted_by_its_route_and_status(khach: AsyncClient, anyone: AsyncClient) -> None:
    route = {"route": "/v1/provinces/{code}", "method": "GET"}
    before = [value("tiendo_requests_total", **route, status=status) for status in ("200", "401")]
    heads = value("tiendo_requests_total", route=route["route"], method="HEAD", status="200")
    await khach.get("/v1/provinces/38")
    await khach.get("/v1/provinces/40/")
    await khach.head("/v1/provinces/40")
    await anyone.get("/v1/provinces/38")
    after = [value("tiendo_requests_total", **route, status=status) for status in ("200", "401")]
    assert [b - a for a, b in zip(before, after, strict=True)] == [2, 1]
    assert value("tiendo_requests_total", route=route["route"], method="HEAD", status="200") == heads + 1


async def test_addresses_that_are_no_routes_make_no_new_series(anyone: AsyncClient) -> None:
    before = value("tiendo_requests_total", route="none", method="GET", status="404")
    for number in range(3):
        await anyone.get(f"/{number}")
    assert value("tiendo_requests_total", route="none", method="GET", status="404") == before + 3


async def test_fast_paths_are_counted_as_the_routes_are(listening_service: Service) -> None:
    khach, huong = listening_service.client("khach"), listening_service.client("huong")
    await khach.get("/v1/progress/provinces/38")
    before = value("tiendo_requests_total", route="/v1/progress/provinces/{code}", method="GET", status="200")
    hits = value("tiendo_response_cache_hits_total")
    for _ in range(5):
        await khach.get("/v1/progress/provinces/38")
    await asyncio.sleep(0.5)
    after = value("tiendo_requests_total", route="/v1/progress/provinces/{code}", method="GET", status="200")
    assert after == before + 5
    assert value("tiendo_response_cache_hits_total") > hits  # not all: each commit in the cluster is a new version
    stored = value("tiendo_requests_total", route="/v1/status-updates", method="POST", status="201")
    batches = value("tiendo_group_commit_reports_sum")
    for _ in range(2):
        await huong.post("/v1/status-updates", json=REPORT)
    assert value("tiendo_requests_total", route="/v1/status-updates", method="POST", status="201") == stored + 2
    assert value("tiendo_group_commit_reports_sum") > batches


async def test_every_way_in_is_in_the_access_log_with_its_token(listening_service: Service, lines: Lines) -> None:
    khach, huong = listening_service.client("khach"), listening_service.client("huong")
    for _ in range(3):
        await khach.get("/v1/progress", headers={"X-Request-ID": "read"})
        await huong.post("/v1/status-updates", json=REPORT, headers={"X-Request-ID": "write"})
    async with khach.stream("GET", "/v1/events", headers={"X-Request-ID": "stream"}):
        pass
    await until(lambda: any(line["request_id"] == "stream" for line in answered(lines)))
    tokens = {name: listening_service.tokens[name][4:14] for name in ("khach", "huong")}
    seen = [(line["request_id"], line["route"], line["status"], line["token"]) for line in answered(lines)]
    assert seen.count(("read", "/v1/progress", 200, tokens["khach"])) == 3
    assert seen.count(("write", "/v1/status-updates", 201, tokens["huong"])) == 3
    assert seen.count(("stream", "/v1/events", 200, tokens["khach"])) == 1
    assert {(line["worker"] > 0, line["version"]) for line in lines} == {(True, VERSION)}
    assert not [line for line in lines if listening_service.tokens["huong"][14:] in json.dumps(line)]


async def test_a_token_that_somebody_put_into_an_address_is_not_in_the_log(
    anyone: AsyncClient, service: Service, lines: Lines
) -> None:
    token = service.tokens["huong"]
    for address in (
        f"/v1/progress?token={token}",
        f"/v1/tokens/{token}",
        f"/v1/progress?token={token[:3]}%5f{token[4:]}",
    ):
        await anyone.get(address)
    said = json.dumps(answered(lines))
    assert len(answered(lines)) == 3
    assert token[4:14] in said
    assert token[14:] not in said


def test_rows_are_in_no_log(lines: Lines) -> None:
    """With `debug` SQLAlchemy would write each row that a statement returns: notes, persons, hashes of tokens."""
    logging.getLogger("sqlalchemy").setLevel(logging.NOTSET)
    logs.configure(Settings(log_level="debug"))
    engine = logging.getLogger("sqlalchemy.engine.Engine")
    assert engine.isEnabledFor(logging.INFO)
    assert not engine.isEnabledFor(logging.DEBUG)


@pytest.mark.usefixtures("lines")
async def test_a_pool_that_is_closed_is_not_logged(service: Service) -> None:
    found: list[str] = []

    def note(record: logging.LogRecord) -> bool:
        found.append(record.getMessage())
        return True

    logging.getLogger().handlers[0].addFilter(note)
    database = Database(service.url, Settings(database_url=service.url))
    await database.close()
    assert found == []


async def test_the_access_log_is_off_unless_it_is_asked_for(khach: AsyncClient, lines: Lines) -> None:
    logs.configure(Settings())
    assert not logs.logs_access()


async def test_each_503_is_logged_once_with_its_cause(service: Service, lines: Lines) -> None:
    async with serving("postgresql://nobody@127.0.0.1:1/nothing", service.tokens) as broken:
        khach = broken.client("khach")
        for number in range(3):
            answer = await khach.get("/v1/progress", headers={"X-Request-ID": f"r{number}"})
            assert answer.status_code == 503
        assert (await broken.client().get("/readyz", headers={"X-Request-ID": "r3"})).status_code == 503
    failed = [line for line in lines if line["event"] == "request failed"]
    assert [line["request_id"] for line in failed] == ["r0", "r1", "r2", "r3"]
    assert {line["status"] for line in failed} == {503}
    assert all("Connect" in line["cause"] and "\n" not in line["cause"] for line in failed)


async def test_where_it_is_not_known_yet_who_asks_a_database_that_is_away_is_503_too(
    service: Service, lines: Lines
) -> None:
    async with serving("postgresql://nobody@127.0.0.1:1/nothing", service.tokens) as broken:
        huong = broken.client("huong")
        stream = await huong.get("/v1/events", headers={"X-Request-ID": "stream"})
        report = await huong.post("/v1/status-updates", json=REPORT, headers={"X-Request-ID": "report"})
    assert {stream.status_code, report.status_code} == {503}
    assert {stream.json()["type"], report.json()["type"]} == {"/problems#unavailable"}
    assert [line["request_id"] for line in lines if line["event"] == "request failed"] == ["stream", "report"]


async def test_each_500_is_logged_once_with_its_traceback(service: Service, lines: Lines) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("a defect")

    service.patch.setattr("app.auth.issuing.routes.rows", broken)
    answer = await service.client("an").get("/v1/tokens", headers={"X-Request-ID": "defect"})
    assert answer.status_code == 500
    [failed] = [line for line in lines if line["event"] == "request failed"]
    assert failed["cause"] == "ZeroDivisionError: a defect"
    assert failed["request_id"] == "defect"
    assert failed["token"] == service.tokens["an"][4:14]
    assert "Traceback" in failed["exception"]


def test_libraries_are_heard_when_something_is_wrong_and_never_of_their_pools(lines: Lines) -> None:
    assert not logging.getLogger("sqlalchemy.pool.impl").isEnabledFor(logging.INFO)
    warnings.showwarning("it has group or world access", UserWarning, "connect_utils.py", 117)
    assert [line["level"] for line in lines if "world access" in line["event"]] == ["warning"]


async def test_an_open_stream_is_counted_while_it_is_open(listening_service: Service) -> None:
    before = value("tiendo_event_streams")
    async with listening_service.client("khach").stream("GET", "/v1/events") as stream:
        await anext(stream.aiter_bytes())
        assert value("tiendo_event_streams") == before + 1
    await until(lambda: value("tiendo_event_streams") == before)


async def test_lags_last_reports_and_ending_tokens_are_measured(service: Service, huong: AsyncClient) -> None:
    await huong.post("/v1/status-updates", json=REPORT)
    database = service.app.state.database
    await measure(database)
    assert 0 <= value("tiendo_last_report_age_seconds", province="38") < 600
    assert value("tiendo_last_report_age_seconds", province="40") == float("inf")
    assert value("tiendo_tokens", role="reporter") == 3
    assert value("tiendo_tokens_ending", days="30") == 0
    assert value("tiendo_projection_lag_seconds") > 0
    assert value("tiendo_measured_timestamp_seconds") > 0


async def test_a_token_that_has_a_successor_is_none_that_ends(service: Service) -> None:
    an, database = service.client("an"), service.app.state.database
    until = (clock.now() + timedelta(hours=20)).isoformat()
    made = await an.post("/v1/tokens", json={"name": "short", "role": "viewer", "expires_at": until})
    await measure(database)
    assert value("tiendo_tokens_ending", days="1") == 1
    later = (clock.now() + timedelta(days=90)).isoformat()
    assert (await an.post(f"/v1/tokens/{made.json()['id']}/rotate", json={"expires_at": later})).status_code == 201
    await measure(database)
    assert value("tiendo_tokens_ending", days="1") == 0


async def test_a_cached_answer_that_could_not_be_compared_is_counted_by_its_route(
    listening_service: Service, lines: Lines
) -> None:
    khach, versions = listening_service.client("khach"), listening_service.app.state.data_versions
    await khach.get("/v1/progress")

    async def lost() -> None:
        raise ConnectionRefusedError

    listening_service.patch.setattr(versions, "version", lambda: asyncio.ensure_future(lost()))
    assert (await khach.get("/v1/progress")).status_code == 503
    [failed] = [line for line in lines if line["event"] == "request failed"]
    assert failed["route"] == "/v1/progress"


@pytest.mark.parametrize("path", ["/v1/progress", "/tien-do/v1/progress"])
def test_a_cache_hit_is_counted_by_its_route_in_both_forms_of_a_prefix(path: str) -> None:
    nobody: Any = None
    hits = CacheHitHandler(nobody, nobody, nobody, Settings(root_path="/tien-do"), progress_routes.router.routes)
    assert hits.route_of({"path": path}) == "/v1/progress"


async def test_no_connection_is_counted_after_it_went_back(service: Service, khach: AsyncClient) -> None:
    await asyncio.gather(*(khach.get("/v1/assignments?limit=1") for _ in range(20)))
    for pool in ("reading", "writing", "statements"):
        assert value("tiendo_pool_connections_in_use", pool=pool) == 0
        assert value("tiendo_pool_waiting", pool=pool) == 0


@pytest.mark.skipif(which("promtool") is None, reason="promtool is not installed")
async def test_prometheus_itself_has_nothing_to_complain_about(khach: AsyncClient, shared: Shared) -> None:
    await khach.get("/v1/progress")
    exposition = (await khach.get("/metrics")).content
    checked = await asyncio.to_thread(
        subprocess.run, ["promtool", "check", "metrics"], input=exposition, capture_output=True, check=False
    )
    said = (checked.stdout + checked.stderr).decode()
    assert not [line for line in said.splitlines() if "tiendo" in line]
