"""Which language the command speaks: the one that is asked for, else that of the system, else Vietnamese."""

from __future__ import annotations

import locale
import sys
from typing import Mapping, Sequence

VIETNAMESE, ENGLISH = "vi", "en"
LANGUAGES = (VIETNAMESE, ENGLISH)


def chosen(arguments: Sequence[str], environment: Mapping[str, str]) -> str:
    """Known before the arguments are checked, because what is wrong with them is said in it."""
    return _asked_for(arguments) or _of_system(environment)


def _asked_for(arguments: Sequence[str]) -> str | None:
    asked = None
    for argument, following in zip(arguments, [*arguments[1:], ""]):
        if argument == "--lang":
            asked = following
        elif argument.startswith("--lang="):
            asked = argument[len("--lang=") :]
    return asked if asked in LANGUAGES else None


def _of_system(environment: Mapping[str, str]) -> str:
    names = ("LC_ALL", "LC_MESSAGES", "LANG")
    written = next((environment[name] for name in names if environment.get(name)), None) or _of_windows()
    return ENGLISH if written.lower().startswith("en") else VIETNAMESE


def _of_windows() -> str:
    if sys.platform != "win32":
        return ""
    import ctypes  # noqa: PLC0415 - only there

    return locale.windows_locale.get(ctypes.windll.kernel32.GetUserDefaultUILanguage(), "")
