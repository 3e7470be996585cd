"""The limit of reading: constant bytes and headers from a bare ASGI callable, on the service's own uvicorn options."""

import asyncio
import json
import os
import sys
from typing import Any

import uvicorn

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


async def app(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] != "http":
        await _live(receive, send)
        return
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
