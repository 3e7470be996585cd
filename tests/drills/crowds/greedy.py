"""One token that asks for all it can get from a hundred connections, beside one good client."""

import asyncio
import time
from itertools import cycle

from tests.checks.listening import Listening
from tests.drills.figures import Figure
from tests.drills.ground import GoodClient, Ground, beside, expect_patience

CONNECTIONS = 100
PATHS = tuple(f"/v1/{name}?limit=1000" for name in ("assignments", "changes", "status-updates", "inbox"))


async def one_token(ground: Ground) -> Figure:
    """Nobody waits for what another has asked for: of each caller a few requests are worked on at once."""
    figure = Figure("greedy")
    end = time.monotonic() + max(ground.seconds, 5)
    with ground.serving(workers=1) as service:
        async with beside(GoodClient(ground, service, figure)):
            await asyncio.gather(*(_asks(service, ground.tokens["lan"], figure, end) for _ in range(CONNECTIONS)))
    expect_patience(ground, figure)
    return figure


async def _asks(service: Listening, token: str, figure: Figure, end: float) -> None:
    for path in cycle(PATHS):
        if time.monotonic() > end:
            return
        reader, writer = await asyncio.open_connection("127.0.0.1", service.port)
        head = f"GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\r\n"
        writer.write(head.encode())
        answer = await reader.read()
        writer.close()
        figure.expect(answer.startswith(b"HTTP/1.1 200"), f"{path}: {answer[:40]!r}")
        figure.bad_inputs += 1
