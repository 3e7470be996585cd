"""What the system says when something fails, in the words of a clerk; its own words where there are none."""

from __future__ import annotations

import errno
import socket
import ssl

_BY_NUMBER = {
    errno.ENOENT: "no-such-file",
    errno.EACCES: "no-access",
    errno.EPERM: "no-access",
    errno.EISDIR: "is-a-folder",
    errno.ENOTDIR: "no-such-file",
    errno.ENOSPC: "disk-full",
    errno.EROFS: "no-access",
    errno.ECONNREFUSED: "nobody-answers",
    errno.ECONNRESET: "cut-off",
    errno.EPIPE: "cut-off",
    errno.ECONNABORTED: "cut-off",
    errno.EHOSTUNREACH: "no-way",
    errno.ENETUNREACH: "no-way",
    errno.ETIMEDOUT: "no-answer-in-time",
}


class Reason:
    """A text with its values, said in the language of the sentence that it stands in."""

    def __init__(self, text: str, words: str) -> None:
        self.text = text
        self.values = {"words": words}

    def __str__(self) -> str:
        return str(self.values["words"])


def reason_of(error: BaseException) -> Reason:
    """Why something of the system failed."""
    words = " ".join((getattr(error, "strerror", None) or str(error) or type(error).__name__).split())
    return Reason(_name(error), words)


def _name(error: BaseException) -> str:
    if isinstance(error, socket.gaierror):
        return "no-such-host"
    if isinstance(error, socket.timeout):
        return "no-answer-in-time"
    if isinstance(error, ssl.SSLError):
        return "no-tls"
    return _BY_NUMBER.get(getattr(error, "errno", None) or 0, "as-the-system-says")
