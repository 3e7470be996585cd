"""The limit of reading: constant bytes and headers from a bare ASGI callable, on the service's own uvicorn options.

With a database it is also the limit of checked reads and of writes. `BARE_ASKS`: before each answer it runs the
smallest query that tells whether anything was committed, shared by all waiting requests. `BARE_WRITES`: it runs the
statement of one report and does nothing else.
"""

import asyncio
import json
import os
import random
import sys
from typing import Any

import asyncpg
import uvicorn

from app.concurrency import Coalescer

GIVEN = {name: value for name, value in os.environ.items() if name.startswith("BARE_")}  # noqa: TID251 - no service
SAID = json.loads(GIVEN.get("BARE_ANSWERS", "{}"))
ANSWERS = {
    status: (
        int(status),
        [(name.encode(), value.encode()) for name, value in said["headers"]],
        said["body"].encode("latin-1"),
    )
    for status, said in SAID.items()
}
NOTHING: tuple[int, list[tuple[bytes, bytes]], bytes] = (200, [], b"")
ASKS, WRITES = GIVEN.get("BARE_ASKS"), GIVEN.get("BARE_WRITES")
TARGETS = int(GIVEN.get("BARE_TARGETS", 1))


class Database:
    """One prepared statement on a connection of its own; waiting requests share the next run."""

    def __init__(self) -> None:
        self._statement: Any = None
        self.flights = Coalescer(self._fly)

    async def _fly(self) -> None:
        if self._statement is None:
            connection = await asyncpg.connect(**json.loads(GIVEN["BARE_DATABASE"]))
            self._statement = await connection.prepare(ASKS or WRITES)
        await self._statement.fetch(*((random.randint(1, TARGETS), random.randint(1, 4)) if WRITES else ()))


database = Database()


async def app(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] != "http":
        await _live(receive, send)
        return
    if ASKS or WRITES:
        await database.flights.get()
    asked = any(name == b"if-none-match" for name, _ in scope["headers"])
    status, headers, body = ANSWERS.get("304" if asked else "200", NOTHING)
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _live(receive: Any, send: Any) -> None:
    while (message := await receive())["type"] != "lifespan.shutdown":
        await send({"type": f"{message['type']}.complete"})
    await asyncio.sleep(0)
    await send({"type": "lifespan.shutdown.complete"})


if __name__ == "__main__":
    uvicorn.run(
        "benchmarks.bare:app",
        host="127.0.0.1",
        port=int(sys.argv[1]),
        workers=int(GIVEN.get("BARE_WORKERS", 1)),
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=65,
        backlog=4096,
    )
