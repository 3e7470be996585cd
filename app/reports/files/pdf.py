"""Documents as PDF, by a converter in a child process: LibreOffice, where the operator has set it up."""

import asyncio
import os
import signal
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

from app.errors import NoConverter, Unavailable
from app.logs import log
from app.messages import say

SECONDS = 60
MAX_WAITING = 8
"""More than these are sent away: a conversion takes seconds of a processor."""


class PdfConverter:
    """Converts one document at a time. Without a command there is no PDF."""

    def __init__(self, command: str) -> None:
        self._command = command
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="pdf")
        self._waiting = 0

    @property
    def is_set_up(self) -> bool:
        return bool(self._command)

    def refuse_without_command(self) -> None:
        """Raise NoConverter where none is set up."""
        if not self.is_set_up:
            raise NoConverter

    async def convert(self, document: bytes) -> bytes:
        """A DOCX document as PDF.

        Raises:
            Unavailable: too many are waiting, or the converter failed, which is logged.

        """
        self.refuse_without_command()
        if self._waiting >= MAX_WAITING:
            raise Unavailable(say("converter-busy"))
        self._waiting += 1
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._thread, convert, self._command, document)
        except (OSError, subprocess.SubprocessError) as error:
            log.error("a document could not be converted", error=str(error))
            raise Unavailable(say("converter-failed")) from None
        finally:
            self._waiting -= 1


def convert(command: str, document: bytes) -> bytes:
    """The same without waiting: in a folder and with a profile of its own, which are gone afterwards."""
    with TemporaryDirectory(prefix="tiendo-pdf-") as name:
        folder = Path(name)
        (folder / "report.docx").write_bytes(document)
        profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
        words = ("--headless", "--norestore", "--convert-to", "pdf", "--outdir", name, str(folder / "report.docx"))
        _run([command, profile, *words], folder)
        return (folder / "report.pdf").read_bytes()


def _run(command: list[str], home: Path) -> None:
    """Run it without our environment, and end it with all its children when it takes too long."""
    environment = {"HOME": str(home), "PATH": os.defpath, "LANG": "C.UTF-8"}
    silent = subprocess.DEVNULL
    with subprocess.Popen(  # noqa: S603 - the operator's command
        command, stdin=silent, stdout=silent, stderr=silent, env=environment, start_new_session=True
    ) as child:
        try:
            if code := child.wait(SECONDS):
                raise subprocess.CalledProcessError(code, command[0])
        finally:
            if child.poll() is None:
                os.killpg(child.pid, signal.SIGKILL)
