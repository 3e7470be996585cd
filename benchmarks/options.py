"""Command-line options that all benchmarks share."""

import argparse
from pathlib import Path


def asked(description: str | None, **lists: tuple[object, ...]) -> argparse.Namespace:
    """The options that all benchmarks share, and the lists that this one takes, with their defaults."""
    options = argparse.ArgumentParser(description=description)
    options.add_argument("--quick", action="store_true", help="toy size: shows that it runs, measures nothing")
    options.add_argument("--data", type=Path, help="a directory with the data of benchmarks.data, made when missing")
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--seconds", type=float, default=3)
    options.add_argument("--minutes", type=float, default=10, help="how long the drill lasts")
    options.add_argument(
        "--hold", type=float, default=0, help="minutes until the drill asks again what it was answered"
    )
    for name, default in lists.items():
        options.add_argument(f"--{name}", type=type(default[0]), nargs="+", default=list(default))
    found = options.parse_args()
    if found.quick:
        found.rounds, found.seconds = 1, 0.1
    return found
