"""The parts that a document consists of, whatever format it is written in: sections, paragraphs, tables."""

from dataclasses import dataclass
from typing import Literal

Shades = Literal["lights", "states"]


@dataclass(frozen=True, slots=True)
class TextBlock:
    """A paragraph, with a lead in bold where it has one."""

    said: str
    lead: str = ""
    is_vietnamese: bool = False
    """As it was typed, whatever the language of the document."""
    is_note: bool = False
    """Set like a note to a table: neither indented nor stretched."""


@dataclass(frozen=True, slots=True)
class TableBlock:
    """A table. `left`: columns that are not centred; `shades`: which words in it have a colour."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    left: frozenset[int]
    numbers_from: int | None = None
    shades: Shades | None = None


Block = TextBlock | TableBlock


@dataclass(frozen=True, slots=True)
class Section:
    title: str
    blocks: tuple[Block, ...]
