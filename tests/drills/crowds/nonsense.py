"""Nonsense from ten connections for minutes on end, kind after kind and all together, beside one good client."""

import asyncio
import json
import random
import time
from collections import Counter
from contextlib import suppress

from tests.checks.listening import Listening
from tests.checks.test_concurrency import found_by_verify
from tests.drills.crowds.kinds import KINDS, Kind, event_ids
from tests.drills.figures import Figure
from tests.drills.ground import GoodClient, Ground, beside, expect_patience, memory_of, stored_ids

CONNECTIONS = 10
PIECE = 64 * 1024
ANSWERED_WITHIN = 90.0
"""Seconds: large bodies of one token wait for each other, up to a minute, and are refused then."""
QUARTERS = 4
"""In which memory is looked at while all kinds are sent: what grows for good is seen from one to the next."""
LOOKED_AT_EVERY = 0.5
"""Seconds between two looks at the workers' memory."""
MEMORY = 512
"""MiB of the largest worker, half of what another takes over at: about 100 when it starts, 64 for kept answers; what is
built of a file, a document or a batch in which every row is bad takes up to 70 each, and is used again."""
LIMITS = {"rate_limit": "12000", "computed_limit": "1200", "computed_limit_anonymous": "600"}
"""As they are by default: this is what they are for."""


async def nonsense(ground: Ground) -> Figure:
    """Checks 16 to 25: never a 500, memory bounded, and the good client waits for nobody."""
    figure = Figure("nonsense")
    statuses: Counter[str] = Counter()
    with ground.serving(workers=2, public_progress="true", **LIMITS) as service:
        memory: list[tuple[int, str]] = []
        good = GoodClient(ground, service, figure)
        async with beside(good):
            for kinds, seconds in _stages(ground):
                began = len(figure.seconds)
                name = kinds[0].__name__ if len(kinds) == 1 else "all"
                memory.append((await _attack(ground, service, figure, statuses, kinds, seconds), name))
                _note_slow(figure, kinds, began)
        together = ", ".join(f"{most}" for most, _ in memory[-QUARTERS:])
        most, name = max(memory)
        figure.notes |= {"largest worker": f"{most} MiB ({name}), of all kinds {together}", "kinds": len(KINDS)}
        figure.expect(most < MEMORY, f"a worker came to {most} MiB ({name})")
        figure.expect(len(service.workers()) == 2, "a worker is gone")
    for failure, times in _failures(service).most_common(5):
        figure.lose(f"{times} times in the log: {failure}")
    figure.notes["statuses"] = dict(sorted(statuses.items()))
    figure.expect(await stored_ids(ground.url) >= good.acknowledged, "an acknowledged report is gone")
    figure.expect(await found_by_verify(ground.url) == [], "stored figures differ from the history")
    expect_patience(ground, figure)
    return figure


def _failures(service: Listening) -> Counter[str]:
    """What the log says went wrong in the service: the event, and the last line of what was raised."""
    failures: Counter[str] = Counter()
    for line in service.log.read_text(errors="replace").splitlines():
        if '"level": "error"' in line:
            said = json.loads(line)
            raised = str(said.get("exception", "")).strip().splitlines()[-1:]
            failures[" ".join([str(said["event"]).strip(), *raised])[:300]] += 1
    return failures


def _stages(ground: Ground) -> list[tuple[tuple[Kind, ...], float]]:
    """Each kind alone for its part of half the time, then all of them together, by quarters."""
    alone = 0.1 if ground.is_short else max(1.0, ground.seconds / 2 / len(KINDS))
    return [*(((kind,), alone) for kind in KINDS), *[(KINDS, max(1.0, ground.seconds / 2) / QUARTERS)] * QUARTERS]


def _note_slow(figure: Figure, kinds: tuple[Kind, ...], began: int) -> None:
    """The kind that the good client noticed most."""
    of_stage = Figure("", seconds=figure.seconds[began:])
    name, waited = kinds[0].__name__ if len(kinds) == 1 else "all", of_stage.quantile()
    if waited > float(str(figure.notes.get("worst p99", "0")).split()[0]):
        figure.notes["worst p99"] = f"{waited:.2f} s ({name})"


async def _attack(
    ground: Ground, service: Listening, figure: Figure, statuses: Counter[str], kinds: tuple[Kind, ...], seconds: float
) -> int:
    """Send kinds for a while; the MiB of the largest worker at its worst."""
    end = time.monotonic() + seconds

    async def sender(number: int) -> None:
        chance = random.Random(number + figure.bad_inputs)
        while time.monotonic() < end:
            kind = chance.choice(kinds)
            try:
                async with asyncio.timeout(ANSWERED_WITHIN):
                    status = await _sent(service, kind, kind(chance, ground.tokens))
            except TimeoutError:
                figure.lose(f"{kind.__name__}: no answer within {ANSWERED_WITHIN:.0f} s")
                continue
            figure.bad_inputs += 1
            statuses[status] += 1
            if status.startswith("5") and status != "503":
                figure.lose(f"{kind.__name__}: {status}")

    most = asyncio.create_task(_most_memory(service, end))
    await asyncio.gather(*map(sender, range(CONNECTIONS)))
    return await most


async def _most_memory(service: Listening, end: float) -> int:
    """Looked at again and again: what is large goes back when it is freed."""
    most = max(memory_of(service))
    while time.monotonic() < end:
        await asyncio.sleep(LOOKED_AT_EVERY)
        most = max(most, *memory_of(service))
    return most // 2**20


async def _written(writer: asyncio.StreamWriter, request: bytes) -> None:
    """Send a request piece by piece, as a network would, until the service has heard enough."""
    with suppress(ConnectionError):
        for start in range(0, len(request), PIECE):
            writer.write(request[start : start + PIECE])
            await writer.drain()


async def _sent(service: Listening, kind: Kind, request: bytes) -> str:
    """The status of the answer, or `-` where the connection was closed without one."""
    reader, writer = await asyncio.open_connection("127.0.0.1", service.port)
    try:
        await _written(writer, request)
        line = await reader.readline()
        if kind is not event_ids:
            await reader.read(65_536)
        return line.split(b" ")[1].decode() if line.startswith(b"HTTP/1.1 ") else "-"
    except ConnectionError:
        return "-"
    finally:
        writer.transport.abort()
