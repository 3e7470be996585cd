"""Every setting of the service, read from the environment as `TIENDO_…`. Nothing else reads the environment."""

import json
import os
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Frozen: settings do not change while the service runs."""

    model_config = SettingsConfigDict(env_prefix="TIENDO_", frozen=True)

    database_url: str | None = Field(None, description="PostgreSQL 18 or newer; empty: the embedded one.")
    data_dir: Path = Field(Path(".tiendo"), description="Where the embedded PostgreSQL keeps its data.")
    demo: bool = Field(False, description="Ready only once the demonstration of June 2025 is loaded.")
    public_progress: bool = Field(False, description="Progress, events, bulletins and the page without a token.")
    cors_origins: tuple[str, ...] = Field((), description='Origins of front-ends, as JSON: ["https://…"].')
    root_path: str = Field("", description="The path prefix under which a proxy serves the service.")
    trusted_proxies: str = Field("127.0.0.1", description="Addresses whose X-Forwarded-For is believed.")
    secure_cookie: bool = Field(False, description="Send the page's cookie over HTTPS only.")
    rate_limit: int = Field(12_000, ge=1, description="Requests a minute per token and worker.")
    bad_token_limit: int = Field(60, ge=1, description="Bad tokens a minute per address and worker.")
    max_body_size: int = Field(32 * 1024 * 1024, description="Bytes of the largest body taken.")
    import_bytes_per_hour: int = Field(
        512 * 1024 * 1024, ge=1, description="Bytes of files that a token may send to a worker within an hour."
    )
    import_bytes_kept: int = Field(
        256 * 1024 * 1024, ge=1, description="Bytes of files that a token may have as previews at once."
    )
    previews_kept_days: int = Field(7, ge=1, description="Days that previews of files are kept.")
    import_rows_kept_days: int = Field(365, ge=1, description="Days that the rows of committed files are kept.")
    pool_size: int = Field(16, ge=1, description="Database connections per worker for writing, and again for reading.")
    pool_timeout: float = Field(5.0, gt=0, description="Seconds to wait for a free connection before a 503.")
    statement_timeout: int = Field(60, ge=1, description="Seconds that one statement may take.")
    lock_timeout: int = Field(10, ge=1, description="Seconds to wait for a lock before a 503.")
    shutdown_grace: int = Field(10, ge=1, description="Seconds that requests get to finish at shutdown.")
    event_heartbeat: float = Field(15.0, gt=0, description="Seconds between the signs of life on an event stream.")
    fast_path: bool = Field(True, description="Answer cache hits, single reports and streams before the routes.")
    access_log: bool = Field(False, description="Log every answer, those of the fast paths included.")
    metrics_port: int | None = Field(
        None, ge=1, le=65535, description="A port of 127.0.0.1 for Prometheus; empty: none of its own."
    )
    log_format: str = Field("json", pattern="^(json|console)$", description="`json` or `console`.")
    log_level: str = Field("info", pattern="^(debug|info|warning|error)$", description="From which level on to log.")


def hand_down(settings: Settings) -> None:
    """Put the settings into the environment of the worker processes that are started from here."""
    for name, value in settings.model_dump(mode="json", exclude_none=True).items():
        os.environ[f"TIENDO_{name.upper()}"] = value if isinstance(value, str) else json.dumps(value)  # noqa: TID251


def share_metrics(directory: str) -> None:
    """Let the worker processes that are started from here count into files of a directory, see `prometheus_client`."""
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = directory  # noqa: TID251


def metrics_directory() -> str | None:
    """Where the workers of this service count; None where one process does it alone."""
    return os.environ.get("PROMETHEUS_MULTIPROC_DIR")  # noqa: TID251


def notify_socket() -> str | None:
    """Where systemd waits for word that the service is ready."""
    return os.environ.get("NOTIFY_SOCKET")  # noqa: TID251
