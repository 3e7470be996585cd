"""The shared strings of a workbook, read once: without phonetic runs, with their escapes resolved."""

import re

from app.imports.reading.limits import refused
from app.imports.reading.xlsx.package import Package, local, parse

_MOST_OF_STRINGS = 96 * 1024 * 1024
_MOST_STRINGS = 2_000_000
_ESCAPE = re.compile("_x([0-9A-Fa-f]{4})_")


def shared_strings(package: Package, name: str | None) -> list[str]:
    """All of them, in their order."""
    strings = _Strings()
    if name is not None:
        parse(package.pieces(name, _MOST_OF_STRINGS), strings.start, strings.end, strings.text)
    return strings.found


class _Strings:
    """The handlers of expat."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self._parts: list[str] = []
        self._is_text = False
        self._is_phonetic = False

    def start(self, element: str, _: dict[str, str]) -> None:
        tag = local(element)
        if tag == "t":
            self._is_text = not self._is_phonetic
        elif tag == "si":
            self._parts.clear()
        elif tag == "rPh":
            self._is_phonetic = True

    def end(self, element: str) -> None:
        tag = local(element)
        if tag == "t":
            self._is_text = False
        elif tag == "rPh":
            self._is_phonetic = False
        elif tag == "si":
            if len(self.found) >= _MOST_STRINGS:
                raise refused("too-large", part="sharedStrings")
            self.found.append(unescaped("".join(self._parts)))

    def text(self, written: str) -> None:
        if self._is_text:
            self._parts.append(written)


def unescaped(text: str) -> str:
    """`_x000D_` as the character that it stands for."""
    if "_x" not in text:
        return text
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text).replace("\r\n", "\n").replace("\r", "\n")
