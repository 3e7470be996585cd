"""Child processes that read files: what they import, what they may take, and that none is left behind."""

import asyncio
import resource
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from app.imports import reader
from app.imports.reader import COMMAND, ChildReaders, FileRefused, Wanted
from app.imports.reading import child, frames, limits
from tests.imports.corpus.parts import GOOD, HEADER, book, lines, sheet

BODY = book(sheet(lines(HEADER, GOOD)))
ROOT = Path(__file__).resolve().parents[2]


def children() -> list[psutil.Process]:
    return [one for one in psutil.Process().children() if "app.imports.reading.child" in " ".join(_command(one))]


def _command(process: psutil.Process) -> list[str]:
    try:
        return list(process.cmdline())
    except psutil.Error:
        return []


ENDLESS = "import time; 'app.imports.reading.child'; time.sleep(600)"


def running(code: str, at_once: int | None = None) -> ChildReaders:
    """Readers whose children run other code, as isolated as the real one."""
    *isolated, _, root = COMMAND
    return ChildReaders(at_once, (*isolated, code, root))


def test_a_child_imports_the_standard_library_alone() -> None:
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); import app.imports.reading.child;"
        "print(*{name.partition('.')[0] for name in sys.modules} - set(sys.stdlib_module_names) - {'__main__'})"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code, str(ROOT)], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["app"]


def test_a_child_starts_within_fifty_milliseconds() -> None:
    """With a margin of ten, and in time of the processor: how busy the machine is does not count."""
    code = "import sys; sys.path.insert(0, sys.argv[1]); import app.imports.reading.child"

    def taken() -> float:
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        return used.ru_utime + used.ru_stime

    before = taken()
    for _ in range(4):
        subprocess.run([sys.executable, "-I", "-S", "-c", code, str(ROOT)], check=True)
    assert taken() - before < 4 * 0.5


async def test_rows_come_typed_with_their_cells() -> None:
    read = await ChildReaders().read("xlsx", BODY)
    (row,) = read.rows
    assert (row.task, row.unit, row.status, row.line) == ("hotlines", "38", "completed", 2)
    assert row.effective_at is not None
    assert row.effective_at.isoformat() == "2025-06-27T15:00:00+07:00"
    assert read.sent(0) == GOOD
    assert children() == []


async def test_what_the_sender_says_of_columns_goes_along() -> None:
    body = "task,status,Ngày báo cáo\nhotlines,completed,27/06/2025\n".encode()
    read = await ChildReaders().read("csv", body, Wanted(columns=(("Ngày báo cáo", "effective_at"),)))
    assert str(read.rows[0].day) == "2025-06-27"


async def test_no_more_children_run_than_there_are_slots() -> None:
    readers = running(ENDLESS, at_once=2)
    tasks = [asyncio.create_task(readers.read("xlsx", BODY)) for _ in range(5)]
    await asyncio.sleep(1)
    assert len(children()) == 2
    for task in tasks:
        task.cancel()
    assert all(
        isinstance(done, asyncio.CancelledError) for done in await asyncio.gather(*tasks, return_exceptions=True)
    )
    assert children() == []


async def test_a_child_that_takes_too_long_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "WALL_SECONDS", 0.3)
    with pytest.raises(FileRefused) as refusal:
        await running(ENDLESS).read("xlsx", BODY)
    assert refusal.value.refusal == limits.refused("unreadable-file", reason="time").refusal
    assert children() == []


@pytest.mark.parametrize(
    ("limit", "code"),
    [
        ("child.MEMORY = 64 << 20", "x = bytearray(256 << 20)"),
        ("child.CPU_SECONDS = 1", "while True: pass"),
        ("pass", "import os; os.kill(os.getpid(), 9)"),
        ("pass", "sys.stdout.buffer.write(b'R' + b'\\xff' * 4)"),
        ("pass", "sys.stdout.buffer.write(b'Z\\x00\\x00\\x00\\x02{}')"),
    ],
)
async def test_a_child_beyond_its_limits_is_one_refusal(limit: str, code: str) -> None:
    hurt = (
        f"import sys; sys.path.insert(0, sys.argv[1]); from app.imports.reading import child; {limit}\n"
        f"def read(*_):\n    {code}\n"
        "child.read = read; child.main()"
    )
    with pytest.raises(FileRefused) as refusal:
        await running(hurt).read("csv", b"task,status\n")
    assert refusal.value.refusal.code == "unreadable-file"
    assert children() == []


async def test_what_nobody_foresaw_ends_one_file() -> None:
    hurt = (
        "import sys; sys.path.insert(0, sys.argv[1]); from app.imports.reading import child\n"
        "def read(*_): raise ZeroDivisionError\n"
        "child.read = read; child.main()"
    )
    with pytest.raises(FileRefused) as refusal:
        await running(hurt).read("csv", b"task,status\n")
    assert refusal.value.refusal.params == {"reason": "failure"}


async def test_a_child_that_ends_before_it_has_read_all_is_no_error_of_ours() -> None:
    with pytest.raises(FileRefused):
        await running("pass").read("csv", b"x" * 20_000_000)


async def test_a_child_knows_no_settings_and_no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIENDO_DATABASE_URL", "postgresql://secret")
    tell = (
        "import os, sys; sys.path.insert(0, sys.argv[1]); from app.imports.reading.frames import Frames;"
        "from app.imports.reading.rows import FileRefusal; sys.stdin.buffer.read();"
        "Frames(sys.stdout.buffer).refuse(FileRefusal('names', {'names': [n for n in os.environ if 'TIENDO' in n]}));"
        "sys.stdout.flush()"
    )
    with pytest.raises(FileRefused) as refusal:
        await running(tell).read("csv", b"")
    assert refusal.value.refusal.params == {"names": []}


def test_limits_fit_together() -> None:
    assert frames.LONGEST_FRAME < child.MEMORY // 4
    assert limits.LONGEST_NOTE < limits.LONGEST_CELL
