"""Connections as the owner of a database, past the application, and what clients of HTTP share."""

import asyncpg
import httpx
from sqlalchemy.engine import make_url

TLS = httpx.create_ssl_context()
"""For every client: one that is given none reads the certificates, which takes longer than most tests."""


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
