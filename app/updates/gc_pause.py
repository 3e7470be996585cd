"""A pause of Python's garbage collector while many rows are processed: it would scan all of them repeatedly."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_pauses = 0


@contextmanager
def gc_paused() -> Iterator[None]:
    """Use it on the event loop only. The collector runs again when the last pause ends."""
    global _pauses  # noqa: PLW0603 - the collector is one for the whole process
    _pauses += 1
    gc.disable()
    try:
        yield
    finally:
        _pauses -= 1
        if _pauses == 0:
            gc.enable()
