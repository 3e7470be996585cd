"""The child process that reads one file: it limits itself, reads its order and the file, and writes frames."""

import gc
import json
import resource
import sys
import traceback

from app.imports.reading.frames import Frames
from app.imports.reading.limits import FileRefused, refused
from app.imports.reading.read import read
from app.imports.reading.rows import Wanted

MEMORY = 1024 * 1024 * 1024
CPU_SECONDS = 30


def main() -> None:
    """Read a file from standard input, behind the length of its order (four bytes) and the order as JSON."""
    _limit()
    gc.disable()  # noqa: TID251 - the process ends with its file, and looking for garbage takes a third of its time
    stdin = sys.stdin.buffer
    order = json.loads(stdin.read(int.from_bytes(stdin.read(4), "big")))
    out = Frames(sys.stdout.buffer, is_text=order["source"] == "csv")
    try:
        pairs = {name: tuple(map(tuple, order[name])) for name in ("columns", "remembered")}
        read(order["source"], stdin.read(), Wanted(tuple(order["sheets"]), **pairs), out)
    except FileRefused as refusal:
        out.refuse(refusal.refusal)
    except MemoryError:
        out.refuse(refused("unreadable-file", reason="memory").refusal)
    except Exception:  # noqa: BLE001 - whatever a hostile file breaks is broken here alone, and told to the log
        out.fail(traceback.format_exc(limit=-5))
    sys.stdout.buffer.flush()


def _limit() -> None:
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 16),
    ):
        _, hard = resource.getrlimit(what)
        bound = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (bound, bound))
