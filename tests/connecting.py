"""Connections as the owner of a database, past the application."""

import asyncpg
from sqlalchemy.engine import make_url


async def run_sql(url: str, *statements: str) -> None:
    """Run statements as the owner of the database, past the application."""
    connection = await connect(url)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


async def connect(url: str) -> asyncpg.Connection:
    parts = make_url(url)
    return await asyncpg.connect(host=parts.query["host"], user=parts.username, database=parts.database)
