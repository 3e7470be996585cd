"""How glibc keeps the memory of a worker: what is large goes back to the system as soon as it is freed."""

import ctypes
import platform

_MMAP_THRESHOLD, _ARENA_MAX = -3, -8
"""What `mallopt` calls them (malloc.h)."""
LARGE = 128 * 1024
"""Bytes from which a block is asked of the system for itself: what glibc begins with, and raises."""
HEAPS = 2
"""Heaps that all threads share."""


def give_back_large_blocks() -> None:
    """Bound what is kept of freed memory, where the C library is glibc.

    By itself it keeps blocks of up to 32 MiB once one of that size was freed, in as many heaps as there are threads.
    Timelines of two megabytes, bodies and files lie scattered in them then, and the gaps between are a quarter of a
    busy worker.
    """
    if platform.libc_ver()[0] != "glibc":
        return
    mallopt = ctypes.CDLL(None).mallopt
    mallopt(_MMAP_THRESHOLD, LARGE)
    mallopt(_ARENA_MAX, HEAPS)
