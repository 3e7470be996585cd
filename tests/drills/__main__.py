"""The long form of the drills: scripts/drill [NAME…] [--minutes N]. Ends with 1 when anything was lost."""

import argparse
import asyncio
import sys
import time

from tests.drills import registry
from tests.drills.figures import Figure
from tests.drills.ground import ground


def main() -> None:
    parser = argparse.ArgumentParser(prog="scripts/drill", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one of: {', '.join(registry.DRILLS)}")
    parser.add_argument("--minutes", type=float, default=2.0, help="how long each drill without an end of its own takes")
    asked = parser.parse_args()
    if unknown := set(asked.names) - set(registry.DRILLS):
        parser.error(f"there is no drill {', '.join(sorted(unknown))}; there are {', '.join(registry.DRILLS)}")
    lost = False
    for name in asked.names or registry.DRILLS:
        figure = run(name, asked.minutes * 60)
        lost = lost or bool(figure.lost)
    sys.exit(lost)


def run(name: str, seconds: float, *, is_short: bool = False) -> Figure:
    """Run one drill on a ground of its own, and print its line."""
    drill, began = registry.DRILLS[name], time.monotonic()
    with drill.place() as place, ground(seconds, is_short=is_short, place=place) as own:
        figure = asyncio.run(drill.run(own))
    figure.name = name
    print(f"{figure} · {time.monotonic() - began:.0f} s", flush=True)
    for loss in figure.lost:
        print(f"    {loss}", flush=True)
    return figure


if __name__ == "__main__":
    main()
