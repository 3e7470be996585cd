"""The weights in fields such as `Accept-Language` and `Accept-Encoding` (RFC 9110, 12.4.2). Pure."""

import re

_WEIGHT = re.compile(r"0(\.\d{0,3})?|1(\.0{0,3})?", re.ASCII)


def quality(parameters: str) -> float:
    """What stands behind the first `;` of one member: 1 without a weight, 0 where the weight is none."""
    name, _, value = parameters.partition("=")
    if name.strip().lower() != "q":
        return 1.0
    return float(value) if _WEIGHT.fullmatch(value := value.strip()) else 0.0
