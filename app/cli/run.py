"""Running a command, and saying in one line what the caller can mend."""

import sys

import asyncpg
import structlog
from sqlalchemy.exc import DBAPIError

from app.cli.commands import app
from app.database_errors import DistributedTables, WrongRole, from_database, is_misconfiguration, says
from app.database_url import BadDatabaseUrl
from app.db import PostgresTooOld
from app.embedded import EmbeddedUnavailable
from app.errors import Problem
from app.metrics_server import MetricsPortTaken, NoPlaceForMetrics
from app.migrating import MigrationRefused, UnknownSchema
from app.operations.backup import BackupFailed
from app.operations.roles import RolesRefused
from app.settings import WrongSettings


def run() -> None:
    """Run a command; an error that the caller can mend is printed in one line."""
    # What a command prints is for whoever called it: a token, a list as JSON. `serve` has a format of its own.
    structlog.configure(logger_factory=lambda *_: structlog.PrintLogger(sys.stderr))
    try:
        app()
    except WrongSettings as error:
        sys.exit("\n".join(f"tiendo: {line}" for line in str(error).splitlines()))
    except (
        BackupFailed,
        BadDatabaseUrl,
        DistributedTables,
        EmbeddedUnavailable,
        MetricsPortTaken,
        MigrationRefused,
        NoPlaceForMetrics,
        PostgresTooOld,
        RolesRefused,
        UnknownSchema,
        WrongRole,
    ) as error:
        sys.exit(f"tiendo: {error}")
    except Problem as problem:
        details = "".join(f"\n  {one['pointer']}: {one['detail']}" for one in (c.out("en") for c in problem.errors))
        sys.exit(f"tiendo: {problem}{details}")
    except (DBAPIError, asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
        if isinstance(error, OSError) and error.filename:
            sys.exit(f"tiendo: {error.filename}: {error.strerror}")
        if from_database(error) is None:
            raise
        hint = (
            "`tiendo db roles`" if is_misconfiguration(error) else "is it running, and migrated (`tiendo db upgrade`)?"
        )
        sys.exit(f"tiendo: the database cannot be used: {says(error)}: {hint}")
