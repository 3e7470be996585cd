"""Upload slots: large files are worked at a few at a time, however many come at once, and by turns of their tokens.

Before a deadline all provinces send theirs within minutes. Side by side each would take as long as all of them, in the
memory of all of them, and those who hold no database connection yet would be told that there is none.
"""

from contextlib import AbstractAsyncContextManager, nullcontext

from app.concurrency import FairSlots

AT_ONCE = 2
LARGE = 64 * 1024
"""Bytes; whoever sends less waits for nobody."""


class UploadSlots:
    """The slots of one worker."""

    def __init__(self) -> None:
        self._sending = FairSlots(AT_ONCE)
        self._committing = FairSlots(AT_ONCE)

    def to_send(self, token: str, body: bytes) -> AbstractAsyncContextManager[None]:
        """The slot of a file, from its reading until it is kept."""
        return self._sending.taken(token) if len(body) >= LARGE else nullcontext()

    def to_commit(self, token: str) -> AbstractAsyncContextManager[None]:
        """The slot of a preview that is to be stored."""
        return self._committing.taken(token)
