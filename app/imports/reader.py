"""Reads files in child processes: each with limits of its own, never more at once than there are slots."""

import asyncio
import contextlib
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Sequence
from pathlib import Path

import msgspec
import structlog

from app.concurrency import FairSlots
from app.imports.read_file import ReadFile, SentCells, with_missing_units
from app.imports.reading.frames import FAILURE, HEAD, LONGEST_FRAME, REFUSAL, ROWS, SENT, SUMMARY
from app.imports.reading.limits import FileRefused, refused
from app.imports.reading.rows import FileRefusal, ReadRow, Source, Summary, Wanted

__all__ = ["COMMAND", "ChildReaders", "FileRefused", "ReadFile", "Wanted"]

WALL_SECONDS = 60.0
_ROOT = str(Path(__file__).resolve().parents[2])
_CODE = "import sys; sys.path.insert(0, sys.argv[1]); from app.imports.reading.child import main; main()"
COMMAND = (sys.executable, "-I", "-S", "-c", _CODE, _ROOT)
"""Nothing but the standard library and the reader itself: no packages, no settings, no secrets."""
_PIECE = 256 * 1024

log = structlog.get_logger()
_rows = msgspec.json.Decoder(list[ReadRow])
_summary = msgspec.json.Decoder(Summary)
_refusal = msgspec.json.Decoder(FileRefusal)


class ChildReaders:
    """The child processes of one worker. Each runs `command`."""

    def __init__(self, at_once: int | None = None, command: Sequence[str] = COMMAND) -> None:
        self._command = command
        self._slots = FairSlots(at_once or os.cpu_count() or 1)

    async def read(self, source: Source, body: bytes, wanted: Wanted | None = None, *, token: str = "") -> ReadFile:
        """Read a file in a child process of its own, which ends with it, whatever happens; by turns of the tokens.

        Raises:
            FileRefused: the file cannot be read as a whole; `unreadable-file` where the child hit a limit.

        """
        async with self._slots.taken(token):
            child = await asyncio.create_subprocess_exec(
                *self._command, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, env={}
            )
            try:
                async with asyncio.timeout(WALL_SECONDS):
                    await _send(child, _order(source, wanted or Wanted()), body)
                    return await _receive(child)
            except msgspec.MsgspecError as error:  # a release was put in place of the one that this worker runs
                log.warning("reader-failed", trace=str(error))
                raise refused("unreadable-file", reason="failure") from None
            except TimeoutError:
                raise refused("unreadable-file", reason="time") from None
            finally:
                await _end(child)


def _order(source: Source, wanted: Wanted) -> bytes:
    return msgspec.json.encode({"source": source, **wanted._asdict()})


async def _send(child: Process, order: bytes, body: bytes) -> None:
    stdin = child.stdin
    assert stdin is not None  # noqa: S101 - a pipe was asked for
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # what a dead child wrote says why
        stdin.write(len(order).to_bytes(4, "big") + order)
        for start in range(0, len(body), _PIECE):
            stdin.write(body[start : start + _PIECE])
            await stdin.drain()
        stdin.close()
        await stdin.wait_closed()


async def _receive(child: Process) -> ReadFile:
    assert child.stdout is not None  # noqa: S101
    rows: list[ReadRow] = []
    sent = SentCells()
    first = 0
    while True:
        kind, body = await _frame(child.stdout)
        if kind == ROWS:
            first = len(rows)
            rows += _rows.decode(body)
        elif kind == SENT:
            sent.add(first, body)
        elif kind == SUMMARY:
            summary = _summary.decode(body)
            with_missing_units(rows, summary.sheets)
            return ReadFile(summary, rows, sent)
        elif kind == REFUSAL:
            raise FileRefused(_refusal.decode(body))
        else:
            log.warning("reader-failed", trace=body.decode(errors="replace"))
            raise refused("unreadable-file", reason="failure" if kind == FAILURE else "killed")


async def _frame(stdout: asyncio.StreamReader) -> tuple[bytes, bytes]:
    """The next frame; an empty kind where the child ended without a last word."""
    try:
        head = await stdout.readexactly(HEAD)
        length = int.from_bytes(head[1:], "big")
        if length > LONGEST_FRAME:
            return b"", b""
        return head[:1], await stdout.readexactly(length)
    except asyncio.IncompleteReadError:
        return b"", b""


async def _end(child: Process) -> None:
    """No child outlives its file, even where the caller is cancelled while waiting."""
    if child.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            child.kill()
    await asyncio.shield(child.wait())
