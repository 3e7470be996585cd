"""The shared strings of a workbook, read once: without phonetic runs, with their escapes resolved."""

import re

from app.imports.reading.limits import refused
from app.imports.reading.package import Package, local, parse

_MOST_OF_STRINGS = 96 * 1024 * 1024
_MOST_STRINGS = 2_000_000
_ESCAPE = re.compile("_x([0-9A-Fa-f]{4})_")


def shared_strings(package: Package, name: str | None) -> list[str]:
    """All of them, in their order."""
    strings: list[str] = []
    parts: list[str] = []
    state = {"text": False, "phonetic": False}

    def start(element: str, _: dict[str, str]) -> None:
        tag = local(element)
        if tag == "t":
            state["text"] = not state["phonetic"]
        elif tag == "si":
            parts.clear()
        elif tag == "rPh":
            state["phonetic"] = True

    def end(element: str) -> None:
        tag = local(element)
        if tag == "t":
            state["text"] = False
        elif tag == "si":
            if len(strings) >= _MOST_STRINGS:
                raise refused("too-large", part="sharedStrings")
            strings.append(unescaped("".join(parts)))
        elif tag == "rPh":
            state["phonetic"] = False

    def text(written: str) -> None:
        if state["text"]:
            parts.append(written)

    if name is not None:
        parse(package.pieces(name, _MOST_OF_STRINGS), start, end, text)
    return strings


def unescaped(text: str) -> str:
    """`_x000D_` as the character that it stands for."""
    if "_x" not in text:
        return text
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text).replace("\r\n", "\n").replace("\r", "\n")
