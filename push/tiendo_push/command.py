"""The command, from its arguments to its exit code."""

from __future__ import annotations

import json
import os
import sys
import traceback
from pathlib import Path
from typing import Any, Sequence

from tiendo_push import language, options, report
from tiendo_push.client import Client, Request
from tiendo_push.console import Console
from tiendo_push.exchange import Exchange
from tiendo_push.options import Options
from tiendo_push.outcome import (
    ALL_STORED,
    INTERRUPTED,
    NOT_REACHED,
    OWN_FAILURE,
    SOME_REFUSED,
    Refused,
    Stop,
)
from tiendo_push.system import reason_of
from tiendo_push.texts import help_text
from tiendo_push.upload import Upload


def main(arguments: Sequence[str] | None = None) -> int:
    """Send a file, and answer the exit code: whatever happens, one that means what it says."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    console = Console(language.chosen(given, os.environ))
    try:
        return _run_or_stop(given, console)
    except KeyboardInterrupt:
        console.warn("interrupted")
        return INTERRUPTED
    except Exception:  # noqa: BLE001 - whatever it is, it must not look like refused rows
        console.warn("own-failure")
        console.show(traceback.format_exc(), on_error=True)
        return OWN_FAILURE
    finally:
        console.close()


def _run_or_stop(arguments: Sequence[str], console: Console) -> int:
    """Within what catches every failure: one that comes up while a refusal is told is no refused row either."""
    try:
        return _run(arguments, console)
    except Stop as stop:
        return _stopped(console, stop, as_json="--json" in arguments)


def _run(arguments: Sequence[str], console: Console) -> int:
    if options.asks_for_help(arguments):
        console.show(help_text(console.lang))
        return ALL_STORED
    asked = options.read(arguments, os.environ)
    console.token = asked.token
    service = Client(asked.url, asked.token, console.lang, asked.ca_file)
    exchange = Exchange(service, asked.patience, console.warn)
    upload = Upload(exchange, console, asked.kind, asked.body, quiet=asked.as_json, columns=asked.columns)
    done = upload.run(dry_run=asked.dry_run)
    if asked.as_json:
        console.show(json.dumps(done))
    else:
        report.show_import(console, done)
    _save_rejected(console, exchange, asked, done)
    if not asked.as_json:
        _show_what_waits(console, Exchange(service, 0, console.warn))
    return SOME_REFUSED if done["counts"]["rejected"] else ALL_STORED


def _save_rejected(console: Console, exchange: Exchange, asked: Options, done: dict[str, Any]) -> None:
    """Save the refused rows, or remove those of an earlier run. The others are stored, whatever comes of it."""
    file = asked.rejected
    if file is None:
        return
    if not done["counts"]["rejected"]:
        try:
            file.unlink()
        except FileNotFoundError:
            pass
        except OSError as error:
            console.warn("not-removed", file=file, why=reason_of(error))
        return
    try:
        content = exchange.workbook(Request("GET", f"/v1/imports/{done['id']}/rejected.xlsx"))
        file.write_bytes(content)
    except Stop as stop:
        console.warn("not-saved", file=file, why=stop)
    except OSError as error:
        _discard(file)
        console.warn("not-saved", file=file, why=reason_of(error))
    else:
        if not asked.as_json:
            console.say("saved", file=file)


def _discard(file: Path) -> None:
    """Half a workbook, as a full disk leaves it, would be opened as if it were whole."""
    try:
        file.unlink()
    except OSError:
        return


def _show_what_waits(console: Console, exchange: Exchange) -> None:
    """What waits in the inbox and how long the token lasts: asked once, and never worth a failure."""
    try:
        me, _ = exchange.json(Request("GET", "/v1/me"))
        counts, items = me.get("inbox") or {}, []
        if counts.get("returned") or counts.get("answered"):
            inbox, _ = exchange.json(Request("GET", "/v1/inbox?reason=returned&reason=answered&limit=20"))
            items = inbox["items"]
        report.show_waiting(console, counts, items)
        report.show_expiry(console, me.get("expires_at"), report.now())
    except (Stop, AttributeError, KeyError, TypeError, ValueError):
        return


def _stopped(console: Console, stop: Stop, *, as_json: bool) -> int:
    problem = stop.problem if isinstance(stop, Refused) else {}
    if as_json and problem:
        console.show(json.dumps(problem))
    console.warn(stop.text, **stop.values)
    report.show_problem(console, problem)
    if stop.exit_code == NOT_REACHED:
        console.warn("run-again")
    return stop.exit_code
