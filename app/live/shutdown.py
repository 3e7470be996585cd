"""Early notice of termination: uvicorn runs the lifespan's end only after open streams have ended."""

import asyncio
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

SIGNALS = (signal.SIGTERM, signal.SIGINT)


@contextmanager
def calls_on_termination(stop: Callable[[], None]) -> Iterator[None]:
    """Call `stop` in the event loop on a termination signal, then the previous signal handler."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    loop = asyncio.get_running_loop()
    before = {number: signal.getsignal(number) for number in SIGNALS}

    def asked(number: int, frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(stop)
        told = before[signal.Signals(number)]
        if callable(told):
            told(number, frame)

    served = {number: handler for number, handler in before.items() if callable(handler)}
    for number in served:
        signal.signal(number, asked)
    try:
        yield
    finally:
        for number, handler in served.items():
            if signal.getsignal(number) is asked:
                signal.signal(number, handler)
