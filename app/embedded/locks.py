"""File locks between processes, which the kernel releases whenever their holder dies."""

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

SHARED, EXCLUSIVE = fcntl.LOCK_SH, fcntl.LOCK_EX


def opened(path: Path) -> int:
    """A lock file's descriptor; its lock is released when its last copy is closed."""
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def taken(lock: int, kind: int) -> bool:
    """Take the lock if it is free."""
    try:
        fcntl.flock(lock, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def locked(path: Path) -> Iterator[None]:
    lock = opened(path)
    try:
        fcntl.flock(lock, EXCLUSIVE)
        yield
    finally:
        os.close(lock)


def held(path: Path) -> bool:
    """Whether a process holds it exclusively. The check takes it shared, so two checks do not see each other."""
    lock = opened(path)
    try:
        return not taken(lock, SHARED)
    finally:
        os.close(lock)


def until(true: Callable[[], bool], *, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True
