"""A pause of Python's garbage collector while many rows are processed: it would scan all of them repeatedly."""

import asyncio
import gc
from collections.abc import Iterator
from contextlib import contextmanager

REST = 1.0
"""Seconds until the collector runs again. At once it would scan all rows, for they are still held by whoever answers;
a moment later nearly all of them have been freed without it."""

_pauses = 0


@contextmanager
def gc_paused() -> Iterator[None]:
    """Use it on the event loop only. The collector runs again soon after the last pause."""
    global _pauses  # noqa: PLW0603 - the collector is one for the whole process
    _pauses += 1
    gc.disable()
    try:
        yield
    finally:
        _pauses -= 1
        if _pauses == 0:
            asyncio.get_running_loop().call_later(REST, _resume)


def _resume() -> None:
    if _pauses == 0:
        gc.enable()
