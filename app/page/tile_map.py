"""A map of the 34 provinces as tiles, laid out so that Viet Nam is recognised. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

WIDTH, HEIGHT, GAP = 112, 56, 3
COLUMNS = 6
WIDE = "\u3000"
"""Letters behind this one are twice as wide."""

_ROWS: tuple[tuple[tuple[float, str], ...], ...] = (
    ((1, "12"), (2, "15"), (3, "08"), (4, "04")),
    ((0, "11"), (1, "14"), (2, "25"), (3, "19"), (4, "20")),
    ((2, "01"), (3, "24"), (4, "22")),
    ((2, "37"), (3, "33"), (4, "31")),
    ((2, "38"),),
    ((1.5, "40"), (2.5, "42")),
    ((3, "44"),),
    ((3.25, "46"), (4.25, "48")),
    ((4.5, "51"),),
    ((4.5, "52"),),
    ((2.5, "80"), (3.5, "75"), (4.5, "66")),
    ((1.5, "82"), (2.5, "79"), (3.5, "68"), (4.5, "56")),
    ((0.5, "91"), (1.5, "92"), (2.5, "86")),
    ((0.5, "96"),),
)
ISLANDS = ((5.45, 7, "Hoàng Sa", "48"), (5.55, 12, "Trường Sa", "56"))
"""Special zones at sea, with the province that each belongs to."""

_PLACES = {code: (x, y) for y, row in enumerate(_ROWS) for x, code in row}


@dataclass(frozen=True, slots=True)
class Tile:
    code: str
    name: str
    lines: tuple[str, ...]
    light: str | None
    done: int
    of: int
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Island:
    name: tuple[str, ...]
    province: str
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class TileMap:
    tiles: tuple[Tile, ...]
    islands: tuple[Island, ...]
    width: int
    height: int


def tile_map(provinces: Iterable[Mapping[str, Any]], short: Mapping[str, str]) -> TileMap:
    """`short` are names for tiles. Provinces without a place of their own are put in rows below; none is lost."""
    tiles, lost = [], 0
    for item in provinces:
        place = _PLACES.get(item["code"])
        if place is None:
            place, lost = (lost % COLUMNS, len(_ROWS) + lost // COLUMNS), lost + 1
        tiles.append(_tile(item, place, short.get(item["code"], item["name"])))
    tiles.sort(key=lambda tile: (tile.y, tile.x))  # the order of the keyboard is that of the eye
    rows = len(_ROWS) + -(-lost // COLUMNS)
    islands = tuple(Island(tuple(name.split(" ")), code, _x(x), _y(y)) for x, y, name, code in ISLANDS)
    return TileMap(tuple(tiles), islands, _x(COLUMNS + 0.6) - GAP, _y(rows) - GAP)


def _tile(item: Mapping[str, Any], place: tuple[float, int], name: str) -> Tile:
    done, of = item["categories_completed"], item["categories_total"]
    return Tile(item["code"], item["name"], _in_two(name), item["light"], done, of, _x(place[0]), _y(place[1]))


def _x(column: float) -> int:
    return round(column * (WIDTH + GAP))


def _y(row: float) -> int:
    return round(row * (HEIGHT + GAP))


def _in_two(name: str) -> tuple[str, ...]:
    """Two lines as even as the words allow; a long name of one word, or of wide letters, is cut in two as well."""
    words = name.split(" ")
    if len(words) == 1:
        most = 3 if max(name, default="") > WIDE else 6
        return (name,) if len(name) <= most else (name[: len(name) // 2], name[len(name) // 2 :])
    best = min(range(1, len(words)), key=lambda i: abs(len(" ".join(words[:i])) - len(" ".join(words[i:]))))
    return " ".join(words[:best]), " ".join(words[best:])
