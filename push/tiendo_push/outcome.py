"""How the command ends: the exit codes, and the reasons to stop, each named by its text."""

from __future__ import annotations

from typing import Any

ALL_STORED, SOME_REFUSED, WRONG_USAGE, REFUSED_WHOLE, NOT_REACHED, OWN_FAILURE = range(6)
INTERRUPTED = 130


class Stop(Exception):
    """The command ends here; `text` names what it says, see texts.py."""

    exit_code = OWN_FAILURE

    def __init__(self, text: str, **values: object) -> None:
        self.text = text
        self.values = values
        super().__init__(text)


class WrongUsage(Stop):
    """What was asked for cannot be done; nothing was stored."""

    exit_code = WRONG_USAGE


class NotReached(Stop):
    """No answer of the service; `again` says whether another try may bring one."""

    exit_code = NOT_REACHED

    def __init__(self, text: str, *, again: bool = False, **values: object) -> None:
        super().__init__(text, **values)
        self.again = again


class Refused(Stop):
    """The service said no, and would say so again."""

    exit_code = REFUSED_WHOLE

    def __init__(self, status: int, problem: dict[str, Any]) -> None:
        super().__init__("refused", detail=problem.get("detail") or problem.get("title") or status)
        self.status = status
        self.problem = problem
        self.code = str(problem.get("type", "")).rpartition("#")[2]
