"""Every setting of the service, read from the environment as `TIENDO_…`. Nothing else reads the environment."""

import difflib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from app.database_url import BadDatabaseUrl, read_url
from app.setting_values import AS_JSON, Holiday, Origin, Prefix, Program, Proxies

PREFIX = "TIENDO_"
OF_PUSH = frozenset(("TIENDO_URL", "TIENDO_TOKEN", "TIENDO_TOKEN_FILE", "TIENDO_CA_FILE"))
"""What `tiendo push` reads, which knows no settings of the service."""


_SECONDS = 2_147_483
"""The most that PostgreSQL takes as a timeout, which it counts in milliseconds."""
_DAYS = 36_500


class Settings(BaseSettings):
    """Frozen: settings do not change while the service runs."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, allow_inf_nan=False)

    database_url: str | None = Field(None, description="PostgreSQL 18 or newer; empty: the embedded one.")
    database_url_file: Annotated[Path | None, BeforeValidator(lambda given: given or None)] = Field(
        None, description="A file with the URL, read at each connection."
    )
    read_database_url: str | None = Field(None, description="A streaming replica that answers readers; empty: none.")
    listen_database_url: str | None = Field(
        None, description="Where notifications are sent and received, past a pooler; empty: as everything else."
    )
    data_dir: Path = Field(Path(".tiendo"), description="Where the embedded PostgreSQL keeps its data.")
    demo: bool = Field(False, description="Ready only once the demonstration of June 2025 is loaded.")
    public_progress: bool = Field(False, description="Progress, events, bulletins and the page without a token.")
    cors_origins: Annotated[tuple[Origin, ...], *AS_JSON] = Field(
        (), description='Origins of front-ends, as JSON: ["https://…"].'
    )
    root_path: Prefix = Field("", description="The path prefix under which a proxy serves the service.")
    trusted_proxies: Proxies = Field("127.0.0.1", description="Addresses whose X-Forwarded-For is believed.")
    secure_cookie: bool = Field(False, description="Send the page's cookie over HTTPS only.")
    rate_limit: int = Field(12_000, ge=1, description="Requests a minute per token and worker.")
    bad_token_limit: int = Field(60, ge=1, description="Bad tokens a minute per address and worker.")
    computed_limit: int = Field(
        1_200, ge=1, description="Questions a minute, per token and worker, that must be computed."
    )
    computed_limit_anonymous: int = Field(600, ge=1, description="The same per address without a token.")
    anonymous_statement_timeout: int = Field(
        10, ge=1, le=_SECONDS, description="Seconds that a statement may take for readers without a token."
    )
    max_address_bytes: int = Field(8 * 1024, ge=256, description="Bytes of a request's address: more is a 414.")
    max_header_bytes: int = Field(32 * 1024, ge=1024, description="Bytes of a request's headers: more is a 431.")
    max_header_fields: int = Field(100, ge=10, description="Headers of a request: more is a 431.")
    header_timeout: float = Field(10.0, gt=0, description="Seconds that the headers of a request may take.")
    body_grace: float = Field(30.0, gt=0, description="Seconds after which a body must have come at `body_rate`.")
    body_rate: int = Field(500, ge=1, description="Bytes a second at which a body must come after `body_grace`.")
    keep_alive: int = Field(65, ge=1, description="Seconds that an idle connection is kept for the next request.")
    max_connections: int = Field(8192, ge=1, description="Connections that a worker keeps at once.")
    max_connections_per_peer: int = Field(
        1024, ge=1, description="The same from one address that is no trusted proxy: more is a 429."
    )
    max_unsent: int = Field(
        128 * 1024 * 1024, ge=1, description="Bytes of answers that a worker holds for clients that do not take them."
    )
    max_body_size: int = Field(32 * 1024 * 1024, ge=1, description="Bytes of the largest body taken.")
    max_bodies_held: int = Field(
        256 * 1024 * 1024, ge=1, description="Bytes of all bodies that a worker holds at once: more is a 503."
    )
    max_bodies_held_by_one: int = Field(
        96 * 1024 * 1024, ge=1, description="Bytes of the bodies that a worker holds at once of a token: more is a 429."
    )
    import_bytes_per_hour: int = Field(
        512 * 1024 * 1024, ge=1, description="Bytes of files that a token may send to a worker within an hour."
    )
    import_bytes_kept: int = Field(
        256 * 1024 * 1024, ge=1, description="Bytes of files that a token may have as previews at once."
    )
    previews_kept_days: int = Field(7, ge=1, le=_DAYS, description="Days that previews of files are kept.")
    import_rows_kept_days: int = Field(
        365, ge=1, le=_DAYS, description="Days that the rows of committed files are kept."
    )
    pool_size: int = Field(16, ge=1, description="Database connections per worker for writing, and again for reading.")
    pool_timeout: float = Field(5.0, gt=0, description="Seconds to wait for a free connection before a 503.")
    connection_lifetime: int = Field(3600, ge=1, description="Seconds after which a connection is made anew.")
    statement_timeout: int = Field(60, ge=1, le=_SECONDS, description="Seconds that one statement may take.")
    lock_timeout: int = Field(10, ge=1, le=_SECONDS, description="Seconds to wait for a lock before a 503.")
    max_worker_memory: int = Field(
        1024 * 1024 * 1024, ge=0, description="Bytes of a worker's memory beyond which another one takes over; 0: any."
    )
    shutdown_grace: int = Field(10, ge=1, description="Seconds that requests get to finish at shutdown.")
    holidays: Annotated[tuple[Holiday, ...], *AS_JSON] = Field(
        ("01-01", "04-30", "05-01", "09-02"),
        max_length=250,
        description='Days on which no answer is owed, as JSON: `"09-02"` of every year, `"2026-02-17"` once.',
    )
    pdf_converter: Program = Field(
        "", description="The path of LibreOffice's `soffice`, for reports as PDF; empty: none."
    )
    event_heartbeat: float = Field(15.0, gt=0, description="Seconds between the signs of life on an event stream.")
    fast_path: bool = Field(True, description="Answer cache hits, single reports and streams before the routes.")
    access_log: bool = Field(False, description="Log every answer, those of the fast paths included.")
    metrics_port: Annotated[int | None, BeforeValidator(lambda given: None if given == "" else given)] = Field(
        None, ge=1, le=65535, description="A port of 127.0.0.1 for Prometheus; empty: none of its own."
    )
    log_format: str = Field("json", pattern="^(json|console)$", description="`json` or `console`.")
    log_level: str = Field("info", pattern="^(debug|info|warning|error)$", description="From which level on to log.")

    def url_from_file(self) -> str | None:
        """The database's URL as it stands in its file at this moment, where there is one."""
        if self.database_url_file is None:
            return None
        try:
            found = self.database_url_file.read_text("utf-8-sig").strip()
        except (OSError, UnicodeError) as error:
            why = getattr(error, "strerror", None) or "it is not text"
            raise BadDatabaseUrl(f"TIENDO_DATABASE_URL_FILE: {self.database_url_file}: {why}") from None
        if not found:  # none at all would mean the embedded PostgreSQL
            raise BadDatabaseUrl(f"TIENDO_DATABASE_URL_FILE: {self.database_url_file}: it is empty")
        return found


class WrongSettings(ValueError):
    """What is wrong with the settings, a line for each."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__("\n".join(lines))


def read_settings() -> Settings:
    """The settings of the environment.

    Raises:
        WrongSettings: one of them is wrong, or there is none of that name.

    """
    wrong = list(_unknown())
    try:
        settings = Settings()
    except ValidationError as error:
        raise WrongSettings([*wrong, *map(_complaint, error.errors(include_url=False))]) from None
    wrong += _wrong_database(settings)
    if wrong:
        raise WrongSettings(wrong)
    return settings


def _unknown() -> Iterator[str]:
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    for name in sorted(os.environ):  # noqa: TID251
        if name.upper().startswith(PREFIX) and name.upper() not in known | OF_PUSH:
            near = difflib.get_close_matches(name.upper(), known, 1)
            yield f"{name}: there is no such setting" + (f"; is it {near[0]}?" if near else "")


def _complaint(error: Any) -> str:
    name = PREFIX + str(error["loc"][0]).upper()
    return f"{name}: {error['msg']}, not {error['input']!r}"


def _wrong_database(settings: Settings) -> Iterator[str]:
    if settings.database_url and settings.database_url_file:
        yield "TIENDO_DATABASE_URL and TIENDO_DATABASE_URL_FILE: only one of them can be set"
        return
    try:
        if url := settings.url_from_file() or settings.database_url:
            read_url(url, libpq_environment())
    except BadDatabaseUrl as error:
        yield str(error)
    for name in ("read_database_url", "listen_database_url"):
        try:
            if url := getattr(settings, name):
                read_url(url, libpq_environment())
        except BadDatabaseUrl as error:
            yield f"{PREFIX}{name.upper()}: {error}"


def hand_down(settings: Settings) -> None:
    """Put the settings into the environment of the worker processes that are started from here."""
    from_file = {"database_url"} if settings.database_url_file else set()
    for name, value in settings.model_dump(mode="json", exclude_none=True, exclude=from_file).items():
        os.environ[PREFIX + name.upper()] = value if isinstance(value, str) else json.dumps(value)  # noqa: TID251


def libpq_environment() -> dict[str, str]:
    """The variables by which PostgreSQL's own programs are told how to reach a database."""
    return {name: value for name, value in os.environ.items() if name.startswith("PG")}  # noqa: TID251


def share_metrics(directory: str) -> None:
    """Let the worker processes that are started from here count into files of a directory, see `prometheus_client`."""
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = directory  # noqa: TID251


def metrics_directory() -> str | None:
    """Where the workers of this service count; None where one process does it alone."""
    return os.environ.get("PROMETHEUS_MULTIPROC_DIR")  # noqa: TID251


def notify_socket() -> str | None:
    """Where systemd waits for word that the service is ready."""
    return os.environ.get("NOTIFY_SOCKET")  # noqa: TID251
