"""The release before this one serves while its schema becomes this release's, and on that schema afterwards."""

import asyncio
import os
import re
import subprocess
import sys
import tarfile
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from io import BytesIO
from pathlib import Path

import httpx
import pytest

from app import migrating
from app.progress.past.verify.recount import differences
from tests.conftest import NO_LIMITS, Template, serving
from tests.connecting import run_sql
from tests.live.serving import COMMAND, Server, in_processes

ROOT = Path(__file__).parents[2]
WHO = {"huong": ("reporter", "--unit", "38"), "lan": ("ministry",), "an": ("admin",)}
FIGURES = (
    *("/v1/progress", "/v1/progress/provinces", "/v1/progress/matrix", "/v1/progress/agencies", "/v1/progress/agenda"),
    "/v1/progress/timeline?from=2025-06-20T00:00:00Z&to=2025-06-22T00:00:00Z&step=day",
)
LISTS = ("assignments", "status-updates", "changes", "obstacles", "bulletins", "imports", "inbox", "tokens", "audit")
REPORT = {"task": "hotlines", "unit": "38", "status": "in_progress"}
COMPLETED = {**REPORT, "status": "completed"}
FILE, CSV = b"task,unit,status\nstaffing,38,completed\n", {"Content-Type": "text/csv"}
OBSTACLE = {"unit": "38", "group": "systems", "title": "No line", "detail": "None", "addressed_to": "viettel"}


def git(folder: Path, *words: str) -> bytes:
    asked = ["git", "-C", str(folder), *words]
    return subprocess.run(asked, check=True, capture_output=True).stdout


def release_before(folder: Path) -> str | None:
    """The tag of the last release before a clone's commit; the one on it where there is none before; else None."""
    merged = git(folder, "tag", "--list", "v*", "--merged", "HEAD", "--sort=-v:refname").decode().split()
    here = set(git(folder, "tag", "--points-at", "HEAD").decode().split())
    tags = [tag for tag in merged if re.fullmatch(r"v\d+\.\d+\.\d+", tag)]
    return next((tag for tag in tags if tag not in here), tags[0] if tags else None)


def test_the_release_before_is_the_newest_tag_of_another_commit(tmp_path: Path) -> None:
    def commit() -> None:
        who = ("-c", "user.name=an", "-c", "user.email=an@tiendo.example")
        git(tmp_path, *who, "commit", "--quiet", "--allow-empty", "--message", "a step")

    git(tmp_path, "init", "--quiet")
    commit()
    assert release_before(tmp_path) is None
    for tag in ("v0.9.0", "v0.10.0", "v1.0.0-rc1", "view"):
        git(tmp_path, "tag", tag)
    assert release_before(tmp_path) == "v0.10.0"
    commit()
    git(tmp_path, "tag", "v0.11.0")
    assert release_before(tmp_path) == "v0.10.0"


class Release:
    """The code of a release beside this one's, on the packages that are installed here."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder = folder
        self.url = url
        self.paths = {"PYTHONPATH": os.pathsep.join((str(folder), str(folder / "push")))}

    async def run(self, *words: str, code: str = COMMAND) -> str:
        """What a command of it prints."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", code, *words),
            cwd=self.folder,
            env={**os.environ, **self.paths, "TIENDO_DATABASE_URL": self.url},  # noqa: TID251
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        printed, failed = await process.communicate()
        assert process.returncode == 0, failed.decode()
        return printed.decode().strip()

    async def install(self) -> dict[str, str]:
        """Its schema and catalogue in an empty database; the tokens of those who report and read."""
        where = await self.run(code="import app; print(app.__file__)")
        assert Path(where).is_relative_to(self.folder)
        await self.run("db", "upgrade")
        await self.run("seed")
        made = (self.run("token", "create", "--name", name, "--role", *may) for name, may in WHO.items())
        return dict(zip(WHO, await asyncio.gather(*made), strict=True))


@pytest.fixture
async def before(template: Template, tmp_path: Path) -> AsyncIterator[Release]:
    """The release before on an empty database."""
    tag = release_before(ROOT) if (ROOT / ".git").exists() else None
    if tag is None:
        pytest.skip("no release has been tagged here")
    with tarfile.open(fileobj=BytesIO(git(ROOT, "archive", tag))) as code:
        code.extractall(tmp_path, filter="data")
    name = "tiendo_release_before"
    await run_sql(template.server.url, f"drop database if exists {name} with (force)", f"create database {name}")
    yield Release(tmp_path, template.server.url_of(name))
    await run_sql(template.server.url, f"drop database {name} with (force)")


@asynccontextmanager
async def used(server: Server, seen: Counter[int]) -> AsyncIterator[None]:
    """People report and read meanwhile; each status that they are answered is counted."""
    async with asyncio.TaskGroup() as group:
        clients = [server.client(name) for name in ("huong", "lan")]
        tasks = [group.create_task(_use(clients[0], seen)), group.create_task(_read(clients[1], seen))]
        while seen[200] < 20 or seen[201] < 5:  # noqa: ASYNC110 - a count has no event
            await asyncio.sleep(0.01)
        yield
        for task in tasks:
            task.cancel()
    for client in clients:
        await client.aclose()


async def _use(client: httpx.AsyncClient, seen: Counter[int]) -> None:
    while True:
        seen[(await client.post("/v1/status-updates", json=REPORT)).status_code] += 1
        seen[(await client.post("/v1/status-updates/batch", json={"updates": [REPORT]})).status_code] += 1


async def _read(client: httpx.AsyncClient, seen: Counter[int]) -> None:
    while True:
        for path in (*FIGURES, "/v1/assignments?limit=3", "/v1/changes"):
            seen[(await client.get(path)).status_code] += 1


async def writes(server: Server) -> dict[str, int]:
    """One write of each kind, with its status."""
    async with server.client("huong") as huong, server.client("lan") as lan, server.client("an") as an:
        answers = {
            "report": await huong.post("/v1/status-updates", json=REPORT),
            "batch": await huong.post("/v1/status-updates/batch", json={"updates": [COMPLETED]}),
            "file": await huong.post("/v1/imports?commit=true", content=FILE, headers=CSV),
            "obstacle": await huong.post("/v1/obstacles", json=OBSTACLE),
            "verdict": await lan.post("/v1/status-updates", json={**REPORT, "status": "verified"}),
            "deadline": await an.patch("/v1/assignments/hotlines/38", json={"deadline": "2025-07-02"}),
            "token": await an.post("/v1/tokens", json={"name": "minh", "role": "reporter", "unit": "40"}),
            "bulletin": await lan.post("/v1/bulletins", json={"as_of": "2025-06-27T10:00:00Z"}),
        }
    return {name: answer.status_code for name, answer in answers.items()}


async def answers(client: httpx.AsyncClient, paths: tuple[str, ...]) -> dict[str, object]:
    """What is answered, at the second time of asking: a statement whose table was changed is prepared anew."""
    found = {}
    for path in paths:
        answer = await client.get(path)
        if answer.status_code == 503:
            answer = await client.get(path)
        assert answer.status_code == 200, (path, answer.text)
        found[path] = answer.json()
    return found


@pytest.mark.slow
@pytest.mark.processes
async def test_the_release_before_serves_while_the_schema_is_upgraded_and_afterwards(before: Release) -> None:
    tokens = await before.install()
    async with in_processes(before.url, tokens, 1, before.folder, **before.paths) as old:
        seen: Counter[int] = Counter()
        async with used(old, seen):
            await asyncio.to_thread(migrating.upgrade, before.url)
        assert set(seen) <= {200, 201, 503}
        assert await asyncio.to_thread(migrating.current, before.url) == migrating.head()
        async with old.client() as anyone:
            assert (await anyone.get("/readyz")).json()["checks"]["schema"] is True
        assert set((await writes(old)).values()) <= {200, 201}
        async with serving(before.url, tokens, **NO_LIMITS) as new, old.client("an") as there:
            # Both at once, each after the other's reports.
            assert (await new.client("huong").post("/v1/status-updates", json=REPORT)).status_code == 201
            assert set((await writes(old)).values()) <= {200, 201}
            paths = (*FIGURES, *(f"/v1/{name}?limit=1000" for name in LISTS if name != "inbox"), "/v1/inbox")
            theirs, ours = await answers(there, paths), await answers(new.client("an"), paths)
            assert theirs.keys() == ours.keys()
            for path in FIGURES[:3]:
                assert numbers(theirs[path]) <= numbers(ours[path]), path
            async with new.app.state.database.reading() as session:
                assert [found async for found in differences(session)] == []


def numbers(answer: object, place: str = "") -> set[tuple[str, object]]:
    """Every number of an answer with its place: a release may say more than the one before, and nothing else."""
    if isinstance(answer, dict):
        return {one for name, part in answer.items() for one in numbers(part, f"{place}/{name}")}
    if isinstance(answer, list):
        return {one for number, part in enumerate(answer) for one in numbers(part, f"{place}/{number}")}
    return {(place, answer)} if isinstance(answer, int | float | None) else set()
