"""Files sent to a service the whole way, at random: `scripts/fuzz service [MINUTES] [SEED]`.

Half of them are tables whose meaning is known, half are files of the corpus with bytes changed. Each is previewed, its
rows and its refused rows are read, and now and then it is committed and taken back. Whatever comes of it: no 5xx,
counts that add up, rows that say what their cells say, and nothing stored but the rows that were to be.
"""

import argparse
import asyncio
import io
import random
import sys
import tempfile
import time
import zlib
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, NamedTuple

import openpyxl
from httpx import AsyncClient, Response

from app import clock, embedded, migrating
from app.catalogue.spelling import fold
from app.imports.budgets import UploadBudget
from app.imports.read_file import with_missing_units
from app.imports.reading.rows import ReadRow, Source, Wanted
from app.messages.texts import TEXTS
from tests.conftest import NO_LIMITS, Service, fill, serving
from tests.imports.corpus.case import Kept, read_here
from tests.imports.fuzzing.readers import check_row, mutations
from tests.imports.fuzzing.tables import Meant, Work, random_file
from tests.imports.sheets import XLSX

_TYPES: dict[Source, str] = {"csv": "text/csv", "ndjson": "application/x-ndjson", "xlsx": XLSX}
KNOWN_BETTER = frozenset({"changed-since", "contradiction", "returned-since", "verified"})
"""Why a row that means something good may be refused: for what was reported before."""
_MOST = 10**12


class Sent(NamedTuple):
    """A file as it was sent; `rows` are what its rows mean, where that is known."""

    source: Source
    body: bytes
    wanted: Wanted
    rows: dict[int, Meant] | None = None

    @property
    def query(self) -> dict[str, list[str]]:
        return {
            "sheet": list(self.wanted.sheets),
            "column": [f"{header}:{field}" for header, field in self.wanted.columns],
        }


class Fuzzer:
    """A reporter of Thanh Hóa who sends files, and the ministry that looks at what came of them."""

    def __init__(self, service: Service, work: list[Work], seed: int) -> None:
        self._huong, self._lan = service.client("huong"), service.client("lan")
        self._work = work
        self._units = {one.unit: one.unit_name for one in work}
        self._tasks = {one.task: one.task_name for one in work}
        self._chance = random.Random(seed)
        self._spoiled = mutations(seed)
        self.counts: Counter[str] = Counter()

    def next_file(self) -> Sent:
        if self._chance.random() < 0.5:
            file = random_file(self._chance, self._work, clock.now())
            return Sent(file.source, file.body, Wanted(), file.rows)
        while True:
            case, body = next(self._spoiled)
            if not case.wanted.remembered:
                return Sent(case.source, body, case.wanted)

    async def try_file(self, sent: Sent) -> None:
        """Send a file the whole way.

        Raises:
            AssertionError: something came of it that must not.

        """
        preview = await self._post(sent)
        if preview is None:
            assert sent.rows is None, "a table that people may write was refused"
            return
        rows = await self._all(self._huong, f"/v1/imports/{preview['id']}/rows")
        _counts_add_up(preview, rows)
        self._says_what_its_cells_say(sent, rows)
        await self._refused_come_back(sent, preview, rows)
        if sent.rows is not None:
            _means(sent.rows, rows)
        again = _good(await self._huong.post(f"/v1/imports/{preview['id']}/preview")).json()
        assert again["counts"] == preview["counts"]
        if self._chance.random() < 0.3:
            await self._commit(preview, rows)

    async def _post(self, sent: Sent) -> Any:
        headers = {"Content-Type": _TYPES[sent.source], "Accept-Language": self._chance.choice(("vi", "en", "ja"))}
        answer = await self._huong.post("/v1/imports", content=sent.body, headers=headers, params=sent.query)
        self.counts[str(answer.status_code)] += 1
        assert answer.status_code in (201, 413, 422), answer.text
        if answer.status_code == 201:
            return answer.json()
        problem = answer.json()
        assert problem["detail"], problem
        for error in problem.get("errors", ()):
            self.counts[error["code"]] += 1
            assert error["code"] in TEXTS, error
            assert error["detail"], error
        return None

    async def _all(self, client: AsyncClient, path: str, **params: Any) -> list[Any]:
        found: list[Any] = []
        while True:
            page = _good(await client.get(path, params={**params, "limit": 1000})).json()
            found += page["items"]
            if page["next_cursor"] is None:
                return found
            params["cursor"] = page["next_cursor"]

    def _says_what_its_cells_say(self, sent: Sent, rows: list[Any]) -> None:
        """Each row that is not refused, against the cells as they were read."""
        read = read_here(sent.source, sent.body, sent.wanted)
        assert isinstance(read, Kept)
        assert read.summary is not None
        with_missing_units(read.rows, read.summary.sheets)
        assert len(read.rows) == len(rows)
        several = len(read.summary.sheets) > 1
        for index, (cells, row) in enumerate(zip(read.rows, rows, strict=True)):
            sheet = read.summary.sheets[cells.sheet].name if several else None
            assert (row["line"], row["sheet"]) == (cells.line, sheet)
            if row["outcome"] == "rejected":
                _is_refused_with_reasons(row)
                continue
            assert not cells.complaints
            check_row(read, index)
            self._is_about_what_is_written(cells, row)

    def _is_about_what_is_written(self, cells: ReadRow, row: Any) -> None:
        assert (row["status"], row["note"]) == (cells.status, cells.note)
        assert row["day"] == (str(cells.day) if cells.day else None)
        if cells.effective_at:
            assert clock.read(row["effective_at"]) == cells.effective_at
        assert row["task"] in self._tasks
        for written in filter(None, (cells.task_code, cells.task)):
            assert fold(written) in (fold(row["task"]), fold(self._tasks[row["task"]])), (written, row)
        assert row["unit"] in self._units, row
        unit = cells.unit_code or cells.unit
        if unit is None:
            assert row["unit"] == "38", "the sender's own"
        else:
            _names(unit, row["unit"], self._units[row["unit"]])

    async def _refused_come_back(self, sent: Sent, preview: Any, rows: list[Any]) -> None:
        answer = _good(await self._huong.get(f"/v1/imports/{preview['id']}/rejected.xlsx"))
        book: Any = openpyxl.load_workbook(io.BytesIO(answer.content), read_only=True)
        wanted = [row for row in rows if row["outcome"] == "rejected"]
        several = len({row["sheet"] for row in wanted}) > 1
        sheets = list(dict.fromkeys(row["sheet"] for row in wanted)) or [None]
        found = 0
        for place in range(len(sheets) if several else 1):
            found += sum(1 for line in book.worksheets[place].iter_rows(min_row=2, values_only=True) if any(line))
        assert found == len(wanted)
        read = read_here("xlsx", answer.content)
        # Of JSON an unknown field comes back as a column, and a broken line as its text, whatever that holds.
        assert isinstance(read, Kept) or sent.source == "ndjson" or read.code == "no-rows", read

    async def _commit(self, preview: Any, rows: list[Any]) -> None:
        """Exactly the rows that were good are stored, and taken back with their file."""
        before = await self._stands()
        done = _good(await self._huong.post(f"/v1/imports/{preview['id']}/commit")).json()
        assert done["counts"] == preview["counts"]
        history = await self._all(self._lan, "/v1/status-updates", recorded_since=preview["created_at"])
        stored = [one for one in history if one["import"] == preview["id"]]
        said = [row for row in rows if row["outcome"] in ("current", "superseded")]
        assert sorted(map(_content, stored)) == sorted(map(_content, said))
        after = await self._stands()
        moved = {(row["task"], row["unit"] or "38"): row["status"] for row in said if row["after"]}
        assert {key: after[key] for key in after if after[key] != before[key]}.keys() <= moved.keys()
        assert [after[key] for key in moved] == [*moved.values()] or len(moved) < len(said)
        await self._huong.post(f"/v1/imports/{preview['id']}/undo")
        assert await self._stands() == before
        self.counts["committed"] += len(said)

    async def _stands(self) -> dict[tuple[str, str], str]:
        items = await self._all(self._lan, "/v1/assignments")
        return {
            (one["task"], one["unit"]): one["status"]
            for one in items
            if one["province"] == "38" or one["status"] != "not_started"
        }


def _good(answer: Response) -> Response:
    assert answer.status_code in (200, 201), (answer.request.url, answer.text)
    return answer


def _counts_add_up(preview: Any, rows: list[Any]) -> None:
    counts = preview["counts"]
    assert counts["received"] == len(rows)
    assert Counter(row["outcome"] for row in rows) == {
        name: count for name, count in counts.items() if count and name != "received"
    }
    errors = [error["code"] for row in rows for error in row["errors"]]
    assert [error["code"] for error in preview["errors"]] == errors[: len(preview["errors"])]
    assert len(preview["errors"]) == min(100, len(errors)) or counts["rejected"] > 100


def _is_refused_with_reasons(row: Any) -> None:
    assert row["errors"], row
    assert row["sent"] is not None
    for error in row["errors"]:
        assert error["code"] in TEXTS, error
        assert error["detail"], error
        assert "{" not in error["detail"] or "{" in str(row["sent"]), error


def _means(meant: dict[int, Meant], rows: list[Any]) -> None:
    """The rows are those that were meant, and no others."""
    assert [row["line"] for row in rows] == sorted(meant)
    for row in rows:
        said = meant[row["line"]]
        if row["outcome"] == "rejected":
            assert {error["code"] for error in row["errors"]} <= KNOWN_BETTER, row
            continue
        assert (row["task"], row["unit"], row["status"]) == (said.task, said.unit, said.status), (said, row)
        assert row["note"] == said.note
        assert row["day"] == (str(said.day) if said.day else None)
        if said.at:
            assert clock.read(row["effective_at"]) == said.at, (said, row)


def _names(written: str, code: str, name: str) -> None:
    plain = written.strip().strip("'\"“”")
    number = plain.partition(" ")[0].partition(".")[0]
    is_code = number.isdecimal() and int(number) == int(code)
    assert is_code or fold(name).removeprefix("xa ").removeprefix("phuong ") in fold(plain), (written, code, name)


def _content(one: Any) -> tuple[str, str, str, str]:
    return one["task"], one["unit"] or "38", one["status"], one["note"] or ""


async def work_of(service: Service) -> list[Work]:
    """The work of Thanh Hóa, and of a few of its communes."""
    client = service.client("an")
    tasks = _good(await client.get("/v1/tasks", params={"limit": 1000})).json()["items"]
    communes = _good(await client.get("/v1/provinces/38/communes", params={"limit": 1000})).json()["items"]
    units = {"province": [("38", "Thanh Hóa")], "commune": [(one["code"], one["name"]) for one in communes]}
    return [
        Work(task["code"], task["name"], code, name) for task in tasks for code, name in units.get(task["level"], [])
    ]


def keep(sent: Sent) -> Path:
    """The file that came out wrong, in the current folder."""
    kept = Path(f"fuzzed-{zlib.crc32(sent.body):08x}.{sent.source}")
    kept.write_bytes(sent.body)
    return kept


async def fuzz(service: Service, seed: int) -> AsyncIterator[Fuzzer]:
    """After each file, what was tried so far."""
    service.exchange("upload_budget", UploadBudget(_MOST))
    fuzzer = Fuzzer(service, await work_of(service), seed)
    while True:
        sent = fuzzer.next_file()
        try:
            await fuzzer.try_file(sent)
        except Exception:
            sys.stderr.write(f"seed {seed}: {keep(sent)} {sent.wanted}\n")
            raise
        yield fuzzer


async def for_minutes(minutes: float, seed: int) -> str:
    end, counts = time.monotonic() + minutes * 60, Counter[str]()
    with (
        tempfile.TemporaryDirectory(prefix="tiendo-fuzz-") as folder,
        embedded.running(Path(folder), durable=False) as server,
    ):
        url = server.url
        await asyncio.to_thread(migrating.upgrade, url)
        tokens = await fill(url)
        async with serving(url, tokens, import_bytes_kept=_MOST, **NO_LIMITS) as service:
            async for fuzzer in fuzz(service, seed):
                counts = fuzzer.counts
                if time.monotonic() > end:
                    break
    return f"seed {seed}: nothing found; {dict(counts.most_common())}\n"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--minutes", type=float, default=10)
    options.add_argument("--seed", type=int, default=random.randrange(10**6), help="the same seed, the same files")
    asked = options.parse_args()
    sys.stdout.write(asyncio.run(for_minutes(asked.minutes, asked.seed)))


if __name__ == "__main__":
    main()
