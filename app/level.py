"""The three levels of units. Pure."""

from typing import Literal

Level = Literal["province", "commune", "agency"]
