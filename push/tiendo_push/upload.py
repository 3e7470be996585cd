"""One file on its way: previewed, then stored. What was cut off is taken up where it ended."""

from __future__ import annotations

import hashlib
import uuid
from typing import Any, Sequence
from urllib.parse import urlencode

from tiendo_push.client import Request
from tiendo_push.console import Console
from tiendo_push.exchange import Exchange
from tiendo_push.outcome import Refused, WrongUsage


class Upload:
    """The same content has the same key, so a run that comes after one that was cut off finds what that one sent."""

    def __init__(
        self, exchange: Exchange, console: Console, kind: str, body: bytes, *, quiet: bool, columns: Sequence[str] = ()
    ) -> None:
        self._exchange = exchange
        self._console = console
        self._kind = kind
        self._body = body
        self._quiet = quiet
        self._query = urlencode([("column", column) for column in columns])

    def run(self, *, dry_run: bool) -> dict[str, Any]:
        """What the service says of the file in the end."""
        if dry_run:
            return self._preview(_fresh())[0]
        preview, replayed = self._preview(key_of(self._kind, self._body, self._query))
        if replayed and not self._can_be_resumed(preview):
            preview, _ = self._preview(_fresh())
        try:
            return self._commit(preview)
        except Refused as refusal:
            if refusal.code != "preview-outdated":
                raise
        return self._commit(self._preview(_fresh())[0])

    def _preview(self, key: str) -> tuple[dict[str, Any], bool]:
        bar = self._console.progress(len(self._body), quiet=self._quiet)
        headers = {"Content-Type": self._kind, "Idempotency-Key": key, "Content-Length": str(len(self._body))}
        path = f"/v1/imports?{self._query}" if self._query else "/v1/imports"
        try:
            found, answer = self._exchange.json(Request("POST", path, headers, lambda: bar.pieces(self._body)))
        except Refused as refusal:
            if refusal.status in (404, 405):
                raise WrongUsage("not-there", status=refusal.status) from None
            raise
        finally:
            bar.clear()
        return found, "Idempotency-Replayed" in answer.headers

    def _can_be_resumed(self, preview: dict[str, Any]) -> bool:
        """A preview that was stored is done, and one with refusals may come out better by now."""
        try:
            now, _ = self._exchange.json(Request("GET", f"/v1/imports/{preview['id']}"))
        except Refused as refusal:
            if refusal.status == 404:  # it was kept no longer
                return False
            raise
        return bool(now["state"] == "previewed" and not preview["counts"]["rejected"])

    def _commit(self, preview: dict[str, Any]) -> dict[str, Any]:
        headers = {"Idempotency-Key": f"commit-{preview['id']}"}
        path = f"/v1/imports/{preview['id']}/commit"
        return self._exchange.json(Request("POST", path, headers))[0]


def key_of(kind: str, body: bytes, query: str = "") -> str:
    return "push-" + hashlib.sha256(kind.encode() + query.encode() + b"\0" + body).hexdigest()


def _fresh() -> str:
    return f"push-{uuid.uuid4().hex}"
