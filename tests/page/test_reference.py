"""Every error code has a line on the page that its problem points to, and the interface is described without a CDN."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from app import errors, json_input
from app.messages import COMPLAINTS

APP = Path(errors.__file__).parent
_RAISED = {"Complaint": 1, "PydanticCustomError": 0}


def codes_in_the_code() -> Iterator[str]:
    """The codes that the code writes down: in complaints, in checks of types, in the table of pydantic's own."""
    for path in APP.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
                yield from _code_of(node)
    yield from json_input.CODES.values()


def _code_of(call: ast.Call) -> Iterator[str]:
    name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
    place = _RAISED.get(name)
    if place is not None and len(call.args) > place:
        code = call.args[place]
        if isinstance(code, ast.Constant) and isinstance(code.value, str):
            yield code.value


def test_every_complaint_is_explained() -> None:
    assert set(codes_in_the_code()) - set(COMPLAINTS) == set()


@pytest.mark.parametrize(("lang", "heading"), [("vi", "Mã lỗi"), ("en", "Error codes"), ("ja", "エラーコード")])
async def test_the_page_of_error_codes_speaks_the_language_asked_for(
    anyone: httpx.AsyncClient, lang: str, heading: str
) -> None:
    page = await anyone.get("/problems", params={"lang": lang})
    assert f"<h1>{heading}</h1>" in page.text
    assert page.headers["content-language"] == lang


async def test_the_type_of_a_problem_leads_to_its_line(anyone: httpx.AsyncClient) -> None:
    problem = (await anyone.get("/v1/me")).json()
    path, _, anchor = problem["type"].partition("#")
    page = await anyone.get(path)
    assert page.status_code == 200
    assert f'id="{anchor}"' in page.text


async def test_every_problem_has_a_line(anyone: httpx.AsyncClient) -> None:
    page = (await anyone.get("/problems")).text
    anchors = re.findall(r'id="([\w-]+)"', page)
    assert {kind.code for kind in errors.all_problems()} | {
        f"errors-{code.partition('.')[0]}" for code in COMPLAINTS
    } <= set(anchors)
    assert len(anchors) == len(set(anchors))


async def test_the_description_of_the_interface_names_no_other_host(anyone: httpx.AsyncClient) -> None:
    page = await anyone.get("/docs")
    assert page.status_code == 200
    assert "//" not in page.text.replace("<!doctype", "")
    assert "script-src 'self';" in page.headers["content-security-policy"]
    for path in re.findall(r'(?:href|src|data-openapi)="([^"]+)"', page.text):
        assert (await anyone.get(path)).status_code == 200, path


async def test_there_is_no_second_description_from_a_cdn(anyone: httpx.AsyncClient) -> None:
    assert (await anyone.get("/redoc")).status_code == 404
