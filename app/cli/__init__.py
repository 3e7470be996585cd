"""The command line, for those who run the service and those who report to it."""

import sys

from sqlalchemy.exc import DBAPIError

from app.cli.commands import app
from app.database_errors import from_database
from app.db import PostgresTooOld
from app.embedded import EmbeddedUnavailable
from app.errors import Problem
from app.metrics_server import MetricsPortTaken
from app.migrating import UnknownSchema


def main() -> None:
    """Run a command; an error that the caller can mend is printed in one line."""
    try:
        app()
    except (EmbeddedUnavailable, MetricsPortTaken, PostgresTooOld, UnknownSchema) as error:
        sys.exit(f"tiendo: {error}")
    except Problem as problem:
        details = "".join(f"\n  {one['pointer']}: {one['detail']}" for one in (c.out("en") for c in problem.errors))
        sys.exit(f"tiendo: {problem}{details}")
    except (DBAPIError, OSError) as error:
        if from_database(error) is None:
            raise
        why = str(getattr(error, "orig", None) or error).splitlines()[0]
        sys.exit(f"tiendo: the database cannot be used: {why}\nIs it running, and migrated (`tiendo db upgrade`)?")
