"""The long form of the drills: scripts/drill [NAME…] [--minutes N]. Ends with 1 when anything was lost."""

import argparse
import asyncio
import sys
import time
import traceback

from tests.drills import registry
from tests.drills.faults.disk import NotHere
from tests.drills.figures import Figure
from tests.drills.ground import ground


def main() -> None:
    parser = argparse.ArgumentParser(prog="scripts/drill", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one of: {', '.join(registry.DRILLS)}")
    parser.add_argument(
        "--minutes", type=float, default=2.0, help="how long each drill without an end of its own takes"
    )
    parser.add_argument("--quick", action="store_true", help="the short form, as the suite runs it")
    asked = parser.parse_args()
    if unknown := set(asked.names) - set(registry.DRILLS):
        parser.error(f"there is no drill {', '.join(sorted(unknown))}; there are {', '.join(registry.DRILLS)}")
    lost = False
    for name in asked.names or registry.DRILLS:
        figure = run(name, 0 if asked.quick else asked.minutes * 60, is_short=asked.quick)
        lost = lost or bool(figure.lost)
    sys.exit(lost)


def run(name: str, seconds: float, *, is_short: bool = False) -> Figure:
    """Run one drill on a ground of its own, and print its line."""
    drill, began = registry.DRILLS[name], time.monotonic()
    try:
        with drill.place() as place, ground(seconds, is_short=is_short, place=place) as own:
            figure = asyncio.run(drill.run(own))
    except NotHere as missing:
        figure = Figure(name, lost=[f"not tried: it needs {missing}"])
    except Exception as error:  # noqa: BLE001 - the other drills go on
        traceback.print_exc()
        figure = Figure(name, lost=[f"it broke off: {error!r}"])
    figure.name = name
    print(f"{figure} · {time.monotonic() - began:.0f} s", flush=True)  # noqa: T201 - what the command is for
    for loss in figure.lost:
        print(f"    {loss}", flush=True)  # noqa: T201
    return figure


if __name__ == "__main__":
    main()
