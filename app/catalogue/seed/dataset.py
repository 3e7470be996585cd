"""The rows of Vietnam's administrative units as the vietnamadminunits package carries them."""

import sqlite3
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path
from typing import Any

_PACKAGE = "vietnamadminunits"


def rows(sql: str) -> list[tuple[Any, ...]]:
    """Read the package's own SQLite file: importing the package would load shapely and numpy for nothing (0.8 s)."""
    path = dataset_folder() / "dataset.db"
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)) as file:
        return file.execute(sql).fetchall()


def dataset_folder() -> Path:
    spec = find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(_PACKAGE)
    return Path(spec.origin).resolve().parent / "data"
