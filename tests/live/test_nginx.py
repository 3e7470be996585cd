"""Through a real nginx, as docs/running.md sets it up: page, stream, large file, with the prefix stripped and kept."""

import asyncio
import json
import os
import re
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from tests.conftest import Template, serving
from tests.page.conftest import on_a_port

NGINX = shutil.which("nginx")
PREFIX = "/tien-do"
USER = "user root root;" if os.getuid() == 0 else ""
"""Its workers need the folder of the test."""
RUNNING = Path(__file__).parents[2] / "docs/running.md"
BLOCKS = dict(zip(("stripped", "kept"), re.findall(r"```nginx\n(.*?)```", RUNNING.read_text(), re.DOTALL), strict=True))
CONFIG = """
daemon off; {user} pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ }}
http {{
    access_log off; gzip on; gzip_types application/json text/event-stream; gzip_proxied any;
    client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f;
    uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
    server {{ listen 127.0.0.1:{port}; {block} }}
}}
"""

pytestmark = [pytest.mark.slow, pytest.mark.skipif(NGINX is None, reason="nginx is not installed")]


def test_the_documentation_has_a_block_for_each_form() -> None:
    assert [block.splitlines()[0] for block in BLOCKS.values()] == ["# the prefix is taken off", "# the prefix is kept"]


@asynccontextmanager
async def nginx(folder: Path, block: str, service: str) -> AsyncIterator[str]:
    """The address of an nginx in front of a service."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    block = block.replace("http://127.0.0.1:8000", service)
    (folder / "nginx.conf").write_text(CONFIG.format(user=USER, folder=folder, port=port, block=block))
    words = ("-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log"))
    running = await asyncio.create_subprocess_exec(str(NGINX), *words)
    address = f"http://127.0.0.1:{port}{PREFIX}"
    async with httpx.AsyncClient() as client:
        for _ in range(200):
            try:
                await client.get(f"{address}/healthz")
                break
            except httpx.ConnectError:
                await asyncio.sleep(0.05)
    yield address
    running.terminate()
    await running.wait()


@pytest.mark.parametrize("form", BLOCKS)
async def test_everything_works_behind_nginx(database_url: str, template: Template, tmp_path: Path, form: str) -> None:
    async with (
        serving(database_url, template.tokens, root_path=PREFIX, cors_origins=("https://dashboard.test",)) as service,
        on_a_port(service.app) as own,
        nginx(tmp_path, BLOCKS[form], own) as address,
        httpx.AsyncClient(headers={"Authorization": f"Bearer {template.tokens['huong']}"}, timeout=30) as huong,
    ):
        docs = (await huong.get(f"{address}/docs")).text
        style = re.search(r'href="([^"]+swagger-ui.css)"', docs)
        assert style
        assert (await huong.get(address.removesuffix(PREFIX) + style[1])).status_code == 200

        async with huong.stream("GET", f"{address}/v1/events", headers={"Origin": "https://dashboard.test"}) as stream:
            assert stream.headers["access-control-allow-origin"] == "https://dashboard.test"
            report = {"task": "hotlines", "status": "completed"}
            assert (await huong.post(f"{address}/v1/status-updates", json=report)).status_code == 201
            async with asyncio.timeout(20):
                data = [line async for line in _data(stream)]
        assert data[0]["provinces"] == ["38"]

        large = b"a" * (2 * 1024 * 1024)
        answer = await huong.post(f"{address}/v1/imports", content=large, headers={"Content-Type": "text/csv"})
        assert answer.status_code == 422, answer.text
        assert answer.json()["type"].startswith(f"{PREFIX}/problems#")

        progress = await huong.get(f"{address}/v1/progress")
        known = {"If-None-Match": progress.headers["etag"]}
        assert (await huong.get(f"{address}/v1/progress", headers=known)).status_code == 304
        await _sign_in(address, template.tokens["khach"])


async def _data(stream: httpx.Response) -> AsyncIterator[dict[str, list[str]]]:
    """The data of the first event."""
    async for line in stream.aiter_lines():
        if line.startswith("data:"):
            yield json.loads(line.removeprefix("data:"))
            return


async def _sign_in(address: str, token: str) -> None:
    async with httpx.AsyncClient() as reader:
        form = await reader.get(f"{address}/sign-in")
        mark = re.search(r'name="form" value="([^"]+)"', form.text)
        assert mark
        origin = {"Origin": "http://tien-do.gov.test"}
        answer = await reader.post(f"{address}/sign-in", data={"token": token, "form": mark[1]}, headers=origin)
        assert (answer.status_code, answer.headers["location"]) == (303, f"{PREFIX}/")
