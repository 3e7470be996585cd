"""`tiendo push`: from a file to stored reports, over a network that may be cut at any moment."""

import hashlib
import json
import ssl
from pathlib import Path
from typing import Annotated, Any
from uuid import uuid4

import httpx
import typer
from rich.console import Console
from stamina.instrumentation import RetryDetails, set_on_retry_hooks

from app.cli.pushing import Bar, Refused, exchange, show_counts, show_refusals
from app.settings import PushSettings

KINDS = {
    ".csv": "text/csv",
    ".txt": "text/csv",
    ".tsv": "text/csv",
    ".ndjson": "application/x-ndjson",
    ".jsonl": "application/x-ndjson",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
ALL_STORED, SOME_REFUSED, USAGE, REFUSED_WHOLE, UNREACHABLE = range(5)
err = Console(stderr=True, highlight=False)


def push(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True, help=".csv, .ndjson or .xlsx")],
    url: Annotated[str | None, typer.Option(help="Where the service is, with its path prefix. [TIENDO_URL]")] = None,
    token: Annotated[str | None, typer.Option(help="Your token; better set as TIENDO_TOKEN.")] = None,
    ca_file: Annotated[Path | None, typer.Option(help="Certificates to trust (PEM). [TIENDO_CA_FILE]")] = None,
    dry_run: Annotated[bool, typer.Option(help="Preview only: store nothing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the service's answer as JSON.")] = False,
    rejected: Annotated[Path | None, typer.Option(help="Save the refused rows here, as .xlsx.")] = None,
    patience: Annotated[float, typer.Option(min=0, help="Seconds to go on trying for.")] = 300,
) -> None:
    """Report from a file: preview it, show what is refused, store the rest.

    Exit codes: 0 everything is stored (or would be), 1 some rows were refused, 2 wrong usage, 3 the file was refused
    as a whole, 4 the service could not be reached.
    """
    chosen = PushSettings()
    url, token, ca_file = url or chosen.url, token or chosen.token, ca_file or chosen.ca_file
    if not url or not token:
        raise typer.BadParameter("say where and who: --url and --token, or TIENDO_URL and TIENDO_TOKEN")
    set_on_retry_hooks([_say_retry])
    try:
        with _client(url, token, ca_file) as client:
            done = Push(client, file, patience, quiet=as_json).run(dry_run=dry_run)
            if rejected and done["counts"]["rejected"]:
                rejected.write_bytes(exchange(client, "GET", f"imports/{done['id']}/rejected.xlsx", patience).content)
    except Refused as refusal:
        raise typer.Exit(_report_refusal(refusal, as_json=as_json)) from None
    except (httpx.TransportError, httpx.InvalidURL) as error:
        err.print(f"The service could not be reached: {str(error) or type(error).__name__}")
        raise typer.Exit(UNREACHABLE) from None
    _report(done, as_json=as_json)
    raise typer.Exit(SOME_REFUSED if done["counts"]["rejected"] else ALL_STORED)


class Push:
    """One file on its way. The same file has the same key, so what was cut off is taken up where it ended."""

    def __init__(self, client: httpx.Client, file: Path, patience: float, *, quiet: bool) -> None:
        self._client = client
        self._body = file.read_bytes()
        self._kind = _kind_of(file)
        self._patience = patience
        self._quiet = quiet

    def run(self, *, dry_run: bool) -> dict[str, Any]:
        if dry_run:
            return self._preview(_fresh())
        preview = self._preview(_key_of(self._kind, self._body))
        if preview["replayed"] and not self._can_be_resumed(preview):
            preview = self._preview(_fresh())
        try:
            return self._commit(preview)
        except Refused as refusal:
            if refusal.code != "preview-outdated":
                raise
        return self._commit(self._preview(_fresh()))

    def _preview(self, key: str) -> dict[str, Any]:
        headers = {"Content-Type": self._kind, "Idempotency-Key": key, "Content-Length": str(len(self._body))}
        with Bar("Sending", len(self._body), quiet=self._quiet) as bar:
            answer = exchange(
                self._client, "POST", "imports", self._patience, headers=headers, body=lambda: bar.pieces(self._body)
            )
        return {**answer.json(), "replayed": "idempotency-replayed" in answer.headers}

    def _can_be_resumed(self, preview: dict[str, Any]) -> bool:
        """A preview that was stored is done, and one with refusals may come out better by now."""
        now = exchange(self._client, "GET", f"imports/{preview['id']}", self._patience).json()
        return now["state"] == "previewed" and not preview["counts"]["rejected"]

    def _commit(self, preview: dict[str, Any]) -> dict[str, Any]:
        headers = {"Idempotency-Key": f"commit-{preview['id']}"}
        with Bar("Storing", None, quiet=self._quiet):
            path = f"imports/{preview['id']}/commit"
            committed: dict[str, Any] = exchange(self._client, "POST", path, self._patience, headers=headers).json()
        return committed


def _client(url: str, token: str, ca_file: Path | None) -> httpx.Client:
    try:
        trust: ssl.SSLContext | bool = ssl.create_default_context(cafile=str(ca_file)) if ca_file else True
    except OSError as error:
        raise typer.BadParameter(f"{ca_file} holds no certificates: {error}") from None
    return httpx.Client(
        base_url=url.rstrip("/") + "/v1/",
        headers={"Authorization": f"Bearer {token}", "User-Agent": "tiendo-push"},
        verify=trust,
        timeout=httpx.Timeout(120, connect=10),
    )


def _kind_of(file: Path) -> str:
    kind = KINDS.get(file.suffix.lower())
    if kind is None:
        raise typer.BadParameter(f"{file.name} is none of {', '.join(KINDS)}")
    return kind


def _key_of(kind: str, body: bytes) -> str:
    return "push-" + hashlib.sha256(kind.encode() + b"\0" + body).hexdigest()


def _fresh() -> str:
    return f"push-{uuid4().hex}"


def _say_retry(details: RetryDetails) -> None:
    err.print(f"Not yet ({details.caused_by}); trying again in {details.wait_for:.0f} s")


def _report(done: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps({name: value for name, value in done.items() if name != "replayed"}, ensure_ascii=False))
        return
    show_refusals(done["errors"], done["counts"]["rejected"])
    show_counts(done)


def _report_refusal(refusal: Refused, *, as_json: bool) -> int:
    if as_json:
        typer.echo(json.dumps(refusal.problem, ensure_ascii=False))
    err.print(f"Refused: {refusal.problem.get('detail') or refusal}", markup=False)
    for complaint in refusal.problem.get("errors", [])[:20]:
        err.print(f"  {complaint['pointer']}: {complaint['detail']}", markup=False)
    return UNREACHABLE if refusal.temporary else REFUSED_WHOLE
