"""What is left of a rate limit, and the fields by which an answer says so.

`RateLimit-Policy` and `RateLimit` are those of draft-ietf-httpapi-ratelimit-headers, as structured fields.
"""

from collections.abc import Mapping, MutableMapping
from typing import Any, NamedTuple

_NOTED = "quotas"
"""Where the state of a request keeps what it was counted against, by policy."""


class Quota(NamedTuple):
    """A limit of so many requests within so many seconds: how many remain, and in how many seconds all do again."""

    limit: int
    seconds: int
    remaining: int
    resets_in: int


def note_quota(state: MutableMapping[str, Any], policy: str, quota: Quota) -> None:
    """Leave in the state of a request what is left of a limit that it was counted against."""
    state.setdefault(_NOTED, {})[policy] = quota


def quota_fields(state: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The two header fields of an answer whose request was counted; none of one that was not."""
    quotas: Mapping[str, Quota] = state.get(_NOTED) or {}
    if not quotas:
        return []
    policies = (f'"{policy}";q={one.limit};w={one.seconds}' for policy, one in quotas.items())
    standings = (f'"{policy}";r={one.remaining};t={one.resets_in}' for policy, one in quotas.items())
    return [("ratelimit-policy", ", ".join(policies)), ("ratelimit", ", ".join(standings))]
