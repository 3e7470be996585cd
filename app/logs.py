"""Logs: events with fields, one line each, never with a secret in them."""

import logging
import os
import re
import sys
from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any

import structlog

from app.settings import Settings
from app.version import VERSION

log = structlog.stdlib.get_logger("tiendo")
access = structlog.stdlib.get_logger("tiendo.access")
request: ContextVar[Mapping[str, Any] | None] = ContextVar("request", default=None)
"""The state of the request that is being answered: `request_id`, and `token` once it is known."""


_TOKEN = re.compile(r"(tdo(?:_|%5F)[0-9A-Za-z]{10})[0-9A-Za-z]+", re.IGNORECASE)
_ACCESS = logging.getLogger("tiendo.access")
_ACCESS.setLevel(logging.CRITICAL)


def logs_access() -> bool:
    return _ACCESS.isEnabledFor(logging.INFO)


def _add_origin(_logger: object, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Which process of which version it is, and which request of which token."""
    event["worker"], event["version"] = os.getpid(), VERSION
    state = request.get() or {}
    for name in ("request_id", "token"):
        if name in state:
            event.setdefault(name, state[name])
    return event


def masked(text: str) -> str:
    """A part of an address without the secrets of tokens, which some put there by mistake: their ids stay."""
    return _TOKEN.sub(r"\1…", text) if "tdo" in text else text


def configure(settings: Settings) -> None:
    """Send the service's own events and uvicorn's through the same renderer to standard error."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        _add_origin,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    handler = logging.StreamHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _renderer(settings)],
        )
    )
    logging.basicConfig(handlers=[handler], level=settings.log_level.upper(), force=True)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [], name != "uvicorn.access"  # without a handler uvicorn words no lines
    logging.captureWarnings(capture=True)  # a password file that others may read, for one
    # At `info` a line for each pool that is closed says nothing. At `debug` statements are in the log, and no rows that
    # they return: notes, persons and the hashes of tokens are in those.
    quiet = {"info": logging.WARNING, "debug": logging.INFO}.get(settings.log_level, logging.NOTSET)
    for name in ("sqlalchemy", "app.measured_pool"):  # a pool of a type of one's own logs under the name of its module
        logging.getLogger(name).setLevel(quiet)
    _ACCESS.setLevel(logging.INFO if settings.access_log else logging.CRITICAL)


def _renderer(settings: Settings) -> structlog.typing.Processor:
    if settings.log_format == "json":
        return structlog.processors.JSONRenderer(ensure_ascii=False)
    as_in_json = structlog.dev.plain_traceback
    return structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=as_in_json)
