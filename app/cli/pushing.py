"""What `tiendo push` is made of: an exchange that is tried again, a bar on standard error, a table of refusals."""

from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any, Self

import httpx
import stamina
import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TaskID, TextColumn
from rich.table import Table
from rich.text import Text

_PIECE = 64 * 1024
_SHOWN = 100


class Refused(Exception):
    """An answer that another try would not change, or one that did not change in time."""

    def __init__(self, answer: httpx.Response) -> None:
        self.problem = _problem(answer)
        self.code = str(self.problem.get("type", "")).rpartition("#")[2]
        self.status = answer.status_code
        self.retry_after = answer.headers.get("retry-after", "")
        super().__init__(f"{answer.status_code} {self.code}".strip())

    @property
    def temporary(self) -> bool:
        return self.status == 429 or self.status >= 500 or self.code == "request-still-running"


def _problem(answer: httpx.Response) -> dict[str, Any]:
    try:
        problem = answer.json()
    except ValueError:
        problem = None
    return problem if isinstance(problem, dict) else {"status": answer.status_code, "detail": answer.reason_phrase}


def exchange(
    client: httpx.Client,
    method: str,
    path: str,
    patience: float,
    *,
    headers: dict[str, str] | None = None,
    body: Callable[[], Iterator[bytes]] | None = None,
) -> httpx.Response:
    """A request and its good answer; tried again while the network or the service is not there for a moment.

    Raises:
        Refused: the service said no.
        httpx.TransportError: it could not be reached in time.

    """
    answer: httpx.Response | None = None
    for attempt in stamina.retry_context(on=_again, attempts=None, timeout=patience, wait_initial=0.5, wait_max=30):
        with attempt:
            answer = client.request(method, path, headers=headers, content=body() if body else None)
            if not answer.is_success:
                raise Refused(answer)
    assert answer is not None  # noqa: S101 - says the type to mypy
    return answer


def _again(error: Exception) -> bool | float:
    """Whether to try again, and in how many seconds when the service has said so."""
    if isinstance(error, Refused):
        if not error.temporary:
            return False
        return float(error.retry_after) if error.retry_after.isdecimal() else True
    # A certificate that is not trusted now will not be in a minute either.
    return isinstance(error, httpx.TransportError) and "CERTIFICATE_VERIFY_FAILED" not in str(error)


class Bar:
    """A progress bar on standard error; nothing at all where that is not a terminal."""

    def __init__(self, what: str, total: int | None, *, quiet: bool) -> None:
        console = Console(stderr=True)
        columns = [TextColumn("{task.description}"), BarColumn(), *([DownloadColumn()] if total else [])]
        self._progress = Progress(*columns, console=console, transient=True, disable=quiet or not console.is_terminal)
        self._task: TaskID = self._progress.add_task(what, total=total)

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def pieces(self, body: bytes) -> Iterator[bytes]:
        self._progress.reset(self._task)
        for start in range(0, len(body), _PIECE):
            piece = body[start : start + _PIECE]
            yield piece
            self._progress.advance(self._task, len(piece))


def show_refusals(errors: list[dict[str, Any]], rejected: int) -> None:
    """A table on a terminal; elsewhere one line each, its parts divided by tabs."""
    if not errors:
        return
    console = Console(highlight=False)
    parts = [[str(e["line"]), e["column"] or "", e["code"], " ".join(e["detail"].split())] for e in errors[:_SHOWN]]
    if not console.is_terminal:
        for part in parts:
            typer.echo("\t".join(part))
    else:
        table = Table("Line", "Column", "Code", "Why", title=f"{rejected} rows are refused")
        for part in parts:
            table.add_row(*map(Text, part))
        console.print(table)
    if len({e["line"] for e in errors}) < rejected:
        typer.echo(f"… {rejected} rows are refused in all: see --rejected", err=True)


def show_counts(done: dict[str, Any]) -> None:
    counts = done["counts"]
    would = "" if done["state"] == "committed" else "would be "
    stored = counts["current"] + counts["superseded"]
    typer.echo(
        f"{counts['received']} rows: {stored} {would}stored ({counts['superseded']} of them as history), "
        f"{counts['unchanged']} unchanged, {counts['rejected']} refused."
    )
