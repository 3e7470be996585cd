"""A proxy before PostgreSQL that speaks TLS, and does on request what networks and poolers do to connections."""

import asyncio
import ssl
import struct
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

SSL_REQUEST = struct.pack("!ll", 8, 80877103)


@dataclass
class Proxy:
    """What it did: the connections that came with TLS and without."""

    target: str
    context: ssl.SSLContext | None
    without_role: bool = False
    port: int = 0
    encrypted: int = 0
    plain: int = 0
    flowing: asyncio.Event = field(default_factory=asyncio.Event)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self.flowing.wait()
        first = await reader.readexactly(8)
        if first == SSL_REQUEST and self.context:
            writer.write(b"S")
            await writer.drain()
            await writer.start_tls(self.context)
            first = b""
        elif first == SSL_REQUEST:
            writer.write(b"N")
            first = b""
        startup = await self._startup(reader, first)
        if writer.get_extra_info("sslcontext"):
            self.encrypted += 1
        else:
            self.plain += 1
        back, forth = await asyncio.open_unix_connection(self.target)
        forth.write(startup)
        await asyncio.gather(self._pipe(reader, forth), self._pipe(back, writer))

    async def _startup(self, reader: asyncio.StreamReader, first: bytes) -> bytes:
        """The packet a connection starts with; without its `role` where this is a pooler that ignores it."""
        head = first or await reader.readexactly(8)
        length, version = struct.unpack("!ll", head)
        words = (await reader.readexactly(length - 8)).split(b"\0")
        pairs = list(zip(words[0:-2:2], words[1:-1:2], strict=False))
        kept = [pair for pair in pairs if not (self.without_role and pair[0] == b"role")]
        body = b"".join(name + b"\0" + value + b"\0" for name, value in kept) + b"\0"
        return struct.pack("!ll", len(body) + 8, version) + body

    async def _pipe(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with suppress(ConnectionError, ssl.SSLError):
                while data := await reader.read(65536):
                    await self.flowing.wait()
                    writer.write(data)
                    await writer.drain()
        finally:
            writer.transport.abort()


@asynccontextmanager
async def proxy(
    socket_dir: Path, *, certificate: Path | None = None, without_role: bool = False
) -> AsyncIterator[Proxy]:
    context = None
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, certificate.with_suffix(".key"))
    made = Proxy(str(socket_dir / ".s.PGSQL.5432"), context, without_role)
    made.flowing.set()
    handlers: set[asyncio.Task[None]] = set()

    def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.get_running_loop().create_task(made.serve(reader, writer))
        handlers.add(task)

        def done(task: asyncio.Task[None]) -> None:
            handlers.discard(task)
            writer.transport.abort()
            if not task.cancelled():
                task.exception()

        task.add_done_callback(done)

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        server.close()
        for task in list(handlers):
            task.cancel()
        if handlers:
            await asyncio.wait(handlers)


def make_certificate(folder: Path) -> Path:
    """A self-made certificate for localhost, its key beside it."""
    made = folder / "server.crt"
    asked = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj /CN=localhost"
    files = ["-keyout", str(made.with_suffix(".key")), "-out", str(made)]
    command = ["openssl", *asked.split(), "-addext", "subjectAltName=DNS:localhost", *files]
    subprocess.run(command, check=True, capture_output=True)
    return made
