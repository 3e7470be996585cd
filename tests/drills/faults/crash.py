"""Processes that are killed under load: workers, the service as a whole, PostgreSQL."""

import asyncio
import os
import signal
import time

from tests.checks.listening import until
from tests.checks.test_concurrency import found_by_verify, open_transactions
from tests.checks.test_crash import Crowd, stored
from tests.drills.figures import Figure
from tests.drills.ground import PROGRESS, UPDATES, Ground


async def workers_killed(ground: Ground) -> Figure:
    """Check 1: workers killed while everybody retries with the same key."""
    figure = Figure("workers")
    with ground.serving() as service:
        crowd = Crowd(service.url, ground.tokens["huong"])
        total = 150 if ground.is_short else 2_000
        reporting = asyncio.create_task(crowd.report(total, clients=24))
        end = time.monotonic() + ground.seconds
        while not reporting.done():
            await asyncio.sleep(0.4 if ground.is_short else 1.5)
            if figure.faults < 3 or time.monotonic() < end:
                await asyncio.to_thread(until, service.workers, 120)
                os.kill(service.workers()[0], signal.SIGKILL)
                figure.faults += 1
        await reporting
    await _nothing_lost(ground, figure, crowd)
    figure.expect(len(crowd.acknowledged) == total, f"{len(crowd.acknowledged)} of {total} acknowledged")
    return figure


async def ended_politely(ground: Ground) -> Figure:
    """Check 2: SIGTERM under load, again and again."""
    figure = Figure("ending")
    end = time.monotonic() + ground.seconds
    every: dict[str, str] = {}
    while figure.faults == 0 or time.monotonic() < end:
        with ground.serving(workers=2, shutdown_grace="5") as service:
            crowd = Crowd(service.url, ground.tokens["huong"])
            reporting = asyncio.create_task(crowd.report(1_000_000, clients=16))
            await crowd.reached(60 if ground.is_short else 500)
            began = time.monotonic()
            service.process.send_signal(signal.SIGTERM)
            code = await asyncio.to_thread(service.process.wait, 30)
            figure.notes["gone after"] = f"{time.monotonic() - began:.1f} s"
            figure.expect(time.monotonic() - began < 8, "it did not end within the grace period")
            figure.expect(code in (0, -signal.SIGTERM), f"exit code {code}")
            reporting.cancel()
            await asyncio.wait([reporting])
            figure.expect(set(crowd.statuses) <= {201, 409, 503}, f"statuses {dict(crowd.statuses)}")
            every |= {f"{figure.faults} {note}": id_ for note, id_ in crowd.acknowledged.items()}
            figure.held += crowd.statuses[201]
            figure.faults += 1
        ids = set((await stored(ground.url)).values())
        figure.expect(ids >= set(crowd.acknowledged.values()), "an acknowledged report is not there")
        if figure.faults > 1 and ground.is_short:
            break
    figure.expect(await found_by_verify(ground.url) == [], "stored figures differ from the history")
    return figure


async def postgresql_killed(ground: Ground) -> Figure:
    """Check 3: PostgreSQL ended at once and started again under load."""
    figure = Figure("postgresql")
    with ground.serving() as service:
        crowd = Crowd(service.url, ground.tokens["huong"])
        reporting = asyncio.create_task(crowd.report(200 if ground.is_short else 1_000_000, clients=16))
        end = time.monotonic() + ground.seconds
        while not reporting.done() and (figure.faults < 2 or time.monotonic() < end):
            await asyncio.sleep(0.5 if ground.is_short else 4)
            assert ground.server.pid
            os.kill(ground.server.pid, signal.SIGQUIT)  # what `pg_ctl stop -m immediate` sends
            await asyncio.sleep(0.7)
            await asyncio.to_thread(ground.server.ensure)
            figure.faults += 1
            await crowd.reached(len(crowd.acknowledged) + 10)
        if not ground.is_short:
            reporting.cancel()
        await asyncio.wait([reporting])
        # What was cut off may have been stored without an answer: its retry is answered the first result.
        figure.expect(crowd.without_retry_after == 0, f"{crowd.without_retry_after} refusals without Retry-After")
    await _nothing_lost(ground, figure, crowd, exactly=ground.is_short)
    figure.notes["503"] = crowd.statuses[503]
    return figure


async def clients_that_leave(ground: Ground) -> Figure:
    """Check 5: requests whose clients leave at any moment, over real sockets."""
    figure = Figure("leaving")
    total = 150 if ground.is_short else 1_500
    with ground.serving(workers=1, pool_size="6") as service:
        reports = [b'{"task": "hotlines", "unit": "38", "status": "completed", "note": "%d"}' % n for n in range(total)]
        batch = b'{"updates": [%b]}'
        end = time.monotonic() + ground.seconds
        rounds = 0
        while rounds == 0 or time.monotonic() < end:
            for number, report in enumerate(reports):
                path, body = (UPDATES, report) if number % 3 else (f"{UPDATES}/batch", batch % report)
                await _leave_after(service.port, ground.tokens["huong"], path, body, (number % 17) * 0.0005)
                figure.faults += 1
            rounds += 1
        async with ground.client(service, "huong") as client:
            for _ in range(12):
                answers = await asyncio.gather(*(client.get("/v1/assignments?limit=1") for _ in range(12)))
                figure.held += sum(answer.status_code == 200 for answer in answers)
            figure.expect(figure.held == 144, "a connection is missing from the pool")
            figure.expect((await client.get(PROGRESS)).status_code == 200, "progress is not answered")
        end = time.monotonic() + 10
        while (left := await open_transactions(ground.url)) and time.monotonic() < end:  # noqa: ASYNC110
            await asyncio.sleep(0.2)  # the background work has a transaction of its own now and then
        figure.expect(left == 0, f"{left} transactions are still open")
    figure.expect(await found_by_verify(ground.url) == [], "stored figures differ from the history")
    return figure


async def _leave_after(port: int, token: str, path: str, body: bytes, seconds: float) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    head = f"POST {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n"
    writer.write(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
    await asyncio.sleep(seconds)
    writer.transport.abort()


async def _nothing_lost(ground: Ground, figure: Figure, crowd: Crowd, *, exactly: bool = True) -> None:
    """What was acknowledged is stored, once; where every report was repeated to the end, nothing else is."""
    figure.held += crowd.statuses[201]
    figure.expect(set(crowd.statuses) <= {201, 409, 503}, f"statuses {dict(crowd.statuses)}")
    try:
        found = await stored(ground.url)
    except AssertionError:
        return figure.lose("a report is stored twice")
    kept = found == crowd.acknowledged if exactly else found.items() >= crowd.acknowledged.items()
    figure.expect(kept, f"{len(found)} reports are stored, {len(crowd.acknowledged)} were acknowledged")
    figure.expect(await found_by_verify(ground.url) == [], "stored figures differ from the history")
    return None
