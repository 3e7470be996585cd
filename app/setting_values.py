"""What the value of a setting may be, where its type does not say it. Pure but for programs, which are looked for."""

import ipaddress
import json
import os
import re
from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_settings import NoDecode


def _holiday(given: str) -> str:
    """A day, or a day of every year."""
    try:
        date.fromisoformat(given if len(given) > len("09-02") else f"2000-{given}")
    except ValueError:
        raise ValueError("a holiday is written 2026-02-17, or 09-02 for every year") from None
    return given


def _from_json(given: Any) -> Any:
    """A list as the environment has it."""
    if not isinstance(given, str):
        return given
    try:
        return json.loads(given)
    except ValueError:
        raise ValueError('it is a list as JSON: ["…", "…"]') from None


def _origin(given: str) -> str:
    """As a browser sends it: nothing else would ever be equal to it."""
    if given != "*" and not re.fullmatch(r"https?://[a-z0-9.-]+(:\d+)?|https?://\[[0-9a-f:]+\](:\d+)?", given):
        raise ValueError("an origin is written https://tiendo.example or https://tiendo.example:8443, in small letters")
    return given


def _proxies(given: str) -> str:
    """Each network by its first address: uvicorn takes `10.0.0.1/8` for none, and would believe nobody in it."""
    if given.strip() in ("", "*"):
        return given
    found = []
    for one in map(str.strip, given.split(",")):
        try:
            network = ipaddress.ip_network(one, strict=False)
        except ValueError:
            raise ValueError(f"{one!r} is no address, no network such as 10.0.0.0/8, and not * alone") from None
        found.append(str(network) if "/" in one else one)
    return ",".join(found)


def _prefix(given: str) -> str:
    if given and not re.fullmatch(r"(/[A-Za-z0-9._~-]+)+/?", given):
        raise ValueError("a path prefix is written /tien-do")
    return given


def _program(given: str) -> str:
    if given and not os.access(given, os.X_OK):
        raise ValueError("there is no such program")
    return given


Holiday = Annotated[str, Field(pattern=r"^(\d{4}-)?\d{2}-\d{2}$"), AfterValidator(_holiday)]
Origin = Annotated[str, AfterValidator(_origin)]
Proxies = Annotated[str, AfterValidator(_proxies)]
Prefix = Annotated[str, AfterValidator(_prefix)]
Program = Annotated[str, AfterValidator(_program)]
AS_JSON = (NoDecode, BeforeValidator(_from_json))
"""What pydantic-settings would read before it looks at any other setting, and complain of alone."""
