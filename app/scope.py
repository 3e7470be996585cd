"""The rows that a transaction may touch, as row-level security reads it: `*`, `owner/*` or `owner/unit`. Pure."""

import re

EVERYTHING = "*"
"""The scope of the ministry, and of every figure: all rows."""

_SCOPE = re.compile(r"\*|[0-9A-Za-z._-]*(/[0-9A-Za-z._*-]+)?")


def checked_scope(scope: str) -> str:
    """The scope, refused when it is anything but a scope."""
    if not _SCOPE.fullmatch(scope):
        raise ValueError(scope)
    return scope
