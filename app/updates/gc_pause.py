"""A pause of Python's garbage collector while many rows are taken: it would walk over all of them again and again."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_pauses = 0


@contextmanager
def gc_paused() -> Iterator[None]:
    """Entered and left on the event loop only; the last to leave lets the collector run again."""
    global _pauses  # noqa: PLW0603 - the collector is one for the whole process
    _pauses += 1
    gc.disable()
    try:
        yield
    finally:
        _pauses -= 1
        if _pauses == 0:
            gc.enable()
