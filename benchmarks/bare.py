"""The limit of reading: constant bytes and headers from a bare ASGI callable, on the service's own uvicorn options.

With `BARE_SOCKET` and `BARE_DATABASE` it is the limit of reading what is checked: before it answers it asks PostgreSQL
the smallest question that says whether anything was committed, once for all who wait.
"""

import asyncio
import json
import os
import sys
from typing import Any

import asyncpg
import uvicorn

from app.flights import Flight

SAID = json.loads(os.environ.get("BARE_ANSWERS", "{}"))  # noqa: TID251 - not the service, and not its settings
ANSWERS = {
    status: (
        int(status),
        [(name.encode(), value.encode()) for name, value in said["headers"]],
        said["body"].encode("latin-1"),
    )
    for status, said in SAID.items()
}
NOTHING = (200, [], b"")
SOCKET = os.environ.get("BARE_SOCKET")  # noqa: TID251


class Question:
    """One question at a time, on a prepared connection of its own."""

    def __init__(self) -> None:
        self._statement: Any = None
        self.flights = Flight(self._ask)

    async def _ask(self) -> Any:
        if self._statement is None:
            connection = await asyncpg.connect(host=SOCKET, user="postgres", database=os.environ["BARE_DATABASE"])  # noqa: TID251
            self._statement = await connection.prepare("select pg_current_snapshot()::text")
        return await self._statement.fetchval()


question = Question()


async def app(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] != "http":
        await _live(receive, send)
        return
    if SOCKET:
        await question.flights.join()
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
        workers=int(os.environ.get("BARE_WORKERS", "1")),  # noqa: TID251
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=65,
        backlog=4096,
    )
