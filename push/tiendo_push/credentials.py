"""The token: read from a file or the environment, trimmed, and never part of anything that is shown."""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from tiendo_push.outcome import WrongUsage
from tiendo_push.system import reason_of

_AROUND = " \t\r\n\v\f\0\"'\ufeff\u00a0"
_VISIBLE = re.compile(r"[\x21-\x7e]{8,}")
_LOOKS_LIKE_ONE = re.compile(r"tdo_\w+")
_MASK = "tdo_***"


def token_from(file: str | None, environment: str | None) -> str:
    """The token of a file, else of the environment.

    Raises:
        WrongUsage: there is none, or what is there is no token.

    """
    if file:
        text = _content(file)
    elif environment:
        text = environment
    else:
        raise WrongUsage("no-token")
    token = text.strip(_AROUND)
    if not _VISIBLE.fullmatch(token):
        raise WrongUsage("bad-token", where=file or "TIENDO_TOKEN")
    return token


def _content(file: str) -> str:
    """The text of a file as Windows writes it, too: with a byte order mark, in UTF-16."""
    try:
        content = Path(file).read_bytes()
    except OSError as error:
        raise WrongUsage("token-file-unreadable", file=file, why=reason_of(error)) from None
    wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return content.decode("utf-16" if wide else "utf-8-sig", errors="replace")


def masked(text: str, token: str | None) -> str:
    """A text without the token, and without anything that looks like one."""
    if token:
        text = text.replace(token, _MASK)
    return _LOOKS_LIKE_ONE.sub(_MASK, text)
