"""Upload slots: large files are worked at a few at a time, however many come at once.

Before a deadline all provinces send theirs within minutes. Side by side each would take as long as all of them, in the
memory of all of them, and those who hold no database connection yet would be told that there is none.
"""

import asyncio
from contextlib import AbstractAsyncContextManager, nullcontext

AT_ONCE = 2
LARGE = 64 * 1024
"""Bytes; whoever sends less waits for nobody."""


class UploadSlots:
    """The slots of one worker."""

    def __init__(self) -> None:
        self._sending = asyncio.Semaphore(AT_ONCE)
        self._committing = asyncio.Semaphore(AT_ONCE)

    def to_send(self, body: bytes) -> AbstractAsyncContextManager[None]:
        """The slot of a file, from its reading until it is kept."""
        return self._sending if len(body) >= LARGE else nullcontext()

    def to_commit(self) -> AbstractAsyncContextManager[None]:
        """The slot of a preview that is to be stored."""
        return self._committing
