"""The links of a cell: however they are parted, or the one behind its text."""

import re
from typing import Any

from app.imports.reading.limits import LONGEST_LINK, MOST_LINKS, Unreadable, shortened
from app.imports.reading.values.cells import FormulaCell, LinkCell, seen, value_of
from app.imports.reading.values.fields import text_of

_ONE_LINK = re.compile(r"https?://[^\s<>\"/?#@:;,]+(?:[/?#][^\s<>\";,]*)?(?<!['.])", re.ASCII)


def links_in(cell: Any) -> tuple[str, ...]:
    """The links of a cell, or the one behind its text.

    Raises:
        Unreadable: `not-a-link` or `too-many-links`.

    """
    if type(cell) is str and len(cell) < LONGEST_LINK and is_plain_link(cell):
        return (cell,)
    value = value_of(cell)
    if isinstance(cell, FormulaCell) and (target := _target_of(cell.formula)):
        value = LinkCell(seen(value), target)
    if isinstance(value, LinkCell):
        value = opened_by(value)
    if isinstance(value, list):
        found = [link for part in value[: MOST_LINKS + 1] if (link := text_of(part, LONGEST_LINK))]
    else:
        found = parted(text_of(value, (LONGEST_LINK + 1) * MOST_LINKS) or "")
    if len(found) > MOST_LINKS:
        raise Unreadable("too-many-links", max=MOST_LINKS)
    for link in found:
        if len(link) > LONGEST_LINK:
            raise Unreadable("too-long", max=LONGEST_LINK)
        if not is_link(link):
            raise Unreadable("not-a-link", seen=shortened(link))
    return tuple(dict.fromkeys(found))


def is_plain_link(text: str) -> bool:
    """Whether a text is one link, and nothing of it is to be looked at again."""
    return text.isascii() and _ONE_LINK.fullmatch(text) is not None


def parted(text: str) -> list[str]:
    """Links parted by blanks, line breaks, `;` or `,`, which may stand within an address; a full stop may end it."""
    found: list[str] = []
    for word in text.split():
        start = 0
        for place in _borders(word):
            found.append(word[start:place])
            start = place + 1
        found.append(word[start:])
    return [link for word in found if (link := _without_stop(word.strip(";,<>\"'“”")))]


def _without_stop(link: str) -> str:
    return link[:-1] if link.endswith(".") and not link.endswith("..") else link


def _borders(word: str) -> list[int]:
    lower = word.lower()
    return [
        place
        for place, letter in enumerate(word)
        if letter in ";," and lower.startswith(("http://", "https://", "www."), place + 1)
    ]


def opened_by(cell: LinkCell) -> str:
    """The address behind a text that is words for it; else the text, whose links are what a person sees."""
    written = {word.rstrip("/") for word in parted(cell.text) if "://" in word}
    return cell.target if written <= {cell.target.rstrip("/")} else cell.text


NOT_IN_A_LINK = re.compile(r'[\s\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069<>"]')
"""The same as in `updates.reports`, which a child process does not import."""


def is_link(text: str) -> bool:
    scheme, _, rest = text.partition("://")
    host = rest.partition("/")[0].partition("?")[0].partition("#")[0].rpartition("@")[2]
    return scheme.lower() in ("http", "https") and bool(host.partition(":")[0]) and not NOT_IN_A_LINK.search(text)


def _target_of(formula: str) -> str | None:
    """The address in `HYPERLINK("https://…","xem")`."""
    name, _, rest = formula.partition('("')
    return rest.partition('"')[0] if name.strip().upper() == "HYPERLINK" else None
