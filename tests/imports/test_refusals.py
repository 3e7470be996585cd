"""Files that are not what they seem: each is refused with a clear answer, none with a 500, none is slow."""

import asyncio
import io
import json
import zipfile

import pytest
from httpx import AsyncClient
from sqlalchemy import text  # noqa: TID251 - past the application

from app.imports.reading.limits import MOST_ROWS
from tests.conftest import Service, Template, serving
from tests.imports.corpus.by_excel import two_columns_of_dates_that_contradict_themselves
from tests.imports.sheets import GOOD, HEADER, XLSX, csv, post, send, with_parts, workbook

SHEET = "xl/worksheets/sheet1.xml"
NDJSON = "application/x-ndjson"
_XML = (
    '<?xml version="1.0"?>{}<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    "<sheetData>{}</sheetData></worksheet>"
)


def spoiled(rows: str, prolog: str = "") -> bytes:
    return with_parts(workbook(HEADER, GOOD), {SHEET: _XML.format(prolog, rows).encode()})


def inline(coordinate: str, text: str) -> str:
    return f'<c r="{coordinate}" t="inlineStr"><is><t>{text}</t></is></c>'


HEAD = "".join(inline(f"{letter}1", text) for letter, text in zip("ABCDE", HEADER, strict=True))
HEAD_ROW = f'<row r="1">{HEAD}</row>'
LAUGHS = (
    '<!DOCTYPE l [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefghi", "bcdefghij", strict=True))
    + "]>"
)
FILES = {
    "macro": ("macro-file", with_parts(workbook(HEADER, GOOD), {"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0"})),
    "far cell": ("cell-out-of-range", spoiled(f'{HEAD_ROW}<row r="1048576">{inline("XFD1048576", "x")}</row>')),
    "far column": ("cell-out-of-range", spoiled(f'{HEAD_ROW}<row r="2">{inline("XFD2", "x")}</row>')),
    "entities": ("document-type", spoiled(f'<row r="1">{inline("A1", "&j;")}</row>', LAUGHS)),
    "cut off": ("malformed-xlsx", workbook(HEADER, GOOD)[:3000]),
    "not xml": ("malformed-xlsx", with_parts(workbook(HEADER, GOOD), {SHEET: b"no xml"})),
    "raw NUL": ("malformed-xlsx", spoiled(f'{HEAD_ROW}<row r="2">{inline("A2", chr(0))}</row>')),
    "bad coordinate": ("malformed-xlsx", spoiled(f'{HEAD_ROW}<row r="2">{inline("2A", "x")}</row>')),
    "bad row": ("malformed-xlsx", spoiled('<row r="x"/>')),
    "some zip": ("not-a-workbook", with_parts(b"PK\x05\x06" + b"\0" * 18, {"a.txt": b"a"})),
    "plain text": ("wrong-magic", csv(GOOD).encode()),
    "old xls": ("wrong-magic", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512),
    "empty": ("wrong-magic", b""),
    "no header": ("no-header", workbook(("a", "b"), ("c", "d"))),
    "no rows": ("no-rows", workbook(HEADER)),
    "twice": ("duplicate-column", workbook((*HEADER, "status"), GOOD)),
}


async def test_an_attachment_is_never_opened(huong: AsyncClient) -> None:
    body = with_parts(workbook(HEADER, GOOD), {"xl/embeddings/a.zip": workbook(HEADER)})
    assert (await send(huong, body, XLSX))["counts"]["current"] == 1


@pytest.mark.parametrize("name", FILES)
async def test_a_workbook_that_is_not_right_is_refused_with_a_reason(huong: AsyncClient, name: str) -> None:
    code, body = FILES[name]
    answer = await post(huong, body, XLSX)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, code), answer.text


async def test_a_zip_bomb_is_refused_before_it_is_unzipped(huong: AsyncClient) -> None:
    bomb = with_parts(workbook(HEADER, GOOD), {SHEET: b" " * 200_000_000})
    assert len(bomb) < 250_000
    assert (await post(huong, bomb, XLSX)).status_code == 413


async def test_a_part_that_lies_about_its_size_is_damaged(huong: AsyncClient) -> None:
    body = bytearray(with_parts(workbook(HEADER, GOOD), {SHEET: b" " * 5_000_000}))
    with zipfile.ZipFile(io.BytesIO(bytes(body))) as archive:
        at = archive.start_dir
    size = (5_000_000).to_bytes(4, "little")
    place = body.index(size, at)
    body[place : place + 4] = (1000).to_bytes(4, "little")
    assert (await post(huong, bytes(body), XLSX)).status_code == 422


CSVS = {
    "empty": ("no-rows", b""),
    "blank": ("no-rows", b"  \n \n"),
    "only a header": ("no-rows", b"task,status\n"),
    "no header": ("no-header", b"a,b\nc,d\n"),
    "open quote": ("malformed-csv", b'task,status\nhotlines,"completed\n'),
    "excel": ("wrong-magic", workbook(HEADER, GOOD)),
    "broken utf-8": ("unknown-encoding", (csv(GOOD) + "\n").encode() + b"\xe1\xbb\n"),
    "surrogate": ("unknown-encoding", b"task,status,note\nhotlines,completed,\xed\xa0\x80\n"),
    "broken utf-16": ("unknown-encoding", csv(GOOD).encode("utf-16") + b"x"),
    "surrogate utf-16": ("unknown-encoding", csv(GOOD).encode("utf-16") + b"\x00\xd8"),
    "latin-1": ("unknown-encoding", "task,status,note\nhotlines,completed,Škoda ß\n".encode("iso-8859-15")),
    "twice": ("duplicate-column", "task,status,Trạng thái\nhotlines,completed,completed\n".encode()),
}


@pytest.mark.parametrize("name", CSVS)
async def test_a_csv_that_is_not_right_is_refused_with_a_reason(huong: AsyncClient, name: str) -> None:
    code, body = CSVS[name]
    answer = await post(huong, body)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, code), answer.text


@pytest.mark.parametrize("kind", ["", "application/json", "application/vnd.ms-excel", "text/html", "text/csvx"])
async def test_another_content_type_is_refused(huong: AsyncClient, kind: str) -> None:
    assert (await post(huong, csv(GOOD), kind)).status_code == 415


async def test_a_content_type_may_carry_parameters(huong: AsyncClient) -> None:
    assert (await send(huong, csv(GOOD), "Text/CSV; charset=utf-8"))["counts"]["current"] == 1


async def test_more_rows_than_allowed_are_refused(huong: AsyncClient) -> None:
    answer = await post(huong, "task,status\n" + "hotlines,completed\n" * (MOST_ROWS + 1))
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "too-many-rows")


async def test_a_file_over_the_limit_is_refused(database_url: str, template: Template) -> None:
    async with serving(database_url, template.tokens, max_body_size=10_000) as service:
        assert (await post(service.client("huong"), "x" * 10_001)).status_code == 413


async def test_bad_text_in_a_cell_is_a_bad_row(huong: AsyncClient) -> None:
    csv_file = csv(GOOD, ("38", "hotlines", "Hoàn thành", "", "a\0b"), ("3\x008", "hotlines", "Hoàn thành", "", ""))
    preview = await send(huong, csv_file)
    assert [error["code"] for error in preview["errors"]] == ["nul-character", "nul-character"]
    body = (await huong.get(f"/v1/imports/{preview['id']}/rejected.xlsx")).status_code
    rows = (await huong.get(f"/v1/imports/{preview['id']}/rows?outcome=rejected")).json()["items"]
    assert (body, rows[0]["sent"]["Ghi chú"]) == (200, "a␀b")
    sheet = spoiled(
        f'{HEAD_ROW}<row r="2">{inline("A2", "38")}{inline("B2", "hotlines_x0000_")}{inline("C2", "x")}</row>'
    )
    assert (await send(huong, sheet, XLSX))["errors"][0]["code"] == "nul-character"


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("{", "malformed-json"),
        ("[1]", "wrong-type"),
        ('{"task": "hotlines", "status": NaN}', "malformed-json"),
        ('{"task": "hotlines", "status": "\\ud800"}', "lone-surrogate"),
        ('{"task": "hotlines", "status": "completed", "note": "\\u0000"}', "nul-character"),
        ('{"task": "hotlines", "status": "completed", "province": "38"}', "unknown-field"),
        ('{"task": "hotlines", "status": "completed", "\\u0000": 1}', "unknown-field"),
        ('{"task": ["hotlines"], "status": "completed"}', "wrong-type"),
        ('{"task": "hotlines", "status": "completed", "document": 1}', "wrong-type"),
        ('{"task": "hotlines", "status": "completed", "document": {"number": "1", "x": 1}}', "unknown-field"),
        ('{"task": "hotlines", "status": "completed", "effective_at": 45835}', "malformed-time"),
        ('{"task": "hotlines", "status": "completed", "effective_at": true}', "malformed-time"),
        (
            '{"task": "hotlines", "status": "completed", "effective_at": "0001-01-01T00:00:00+14:00"}',
            "time-out-of-range",
        ),
        ('{"task": "hotlines", "status": "completed", "evidence": "ftp://a"}', "not-a-link"),
        ('{"task": "hotlines", "status": "completed", "evidence": [[1]]}', "wrong-type"),
        ('{"task": "hotlines", "status": "completed", "note": 1e400}', "wrong-type"),
    ],
)
async def test_a_bad_line_is_named_and_the_next_is_read(huong: AsyncClient, line: str, code: str) -> None:
    good = json.dumps({"task": "hotlines", "status": "completed"})
    preview = await send(huong, f"{line}\n\n{good}\n", NDJSON)
    assert preview["counts"]["current"] == 1, preview
    assert {(error["line"], error["code"]) for error in preview["errors"]} == {(1, code)}
    assert (await huong.get(f"/v1/imports/{preview['id']}/rows")).status_code == 200
    assert (await huong.get(f"/v1/imports/{preview['id']}/rejected.xlsx")).status_code == 200


async def test_numbers_past_all_bounds_are_text(huong: AsyncClient) -> None:
    line = '{"task": "hotlines", "status": "completed", "unit": 9' + "9" * 30 + ', "note": 1e300}'
    assert (await send(huong, line, NDJSON))["errors"][0]["code"] == "unknown-unit"


async def test_ragged_rows_are_bad_where_a_cell_has_no_column(huong: AsyncClient) -> None:
    file = "task,status,note\nhotlines,completed\nstaffing,completed,x,,\nequipment,completed,x,y\n"
    preview = await send(huong, file)
    assert [(error["line"], error["code"]) for error in preview["errors"]] == [(4, "too-many-cells")]


async def test_an_unknown_parameter_is_refused(huong: AsyncClient) -> None:
    assert (await post(huong, csv(GOOD), query="?dry_run=true")).status_code == 422


@pytest.mark.parametrize("cursor", ["x", "WzFd", "Wy05XQ", "Wzk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTld", "WyJhIl0"])
async def test_a_cursor_never_breaks_it(huong: AsyncClient, cursor: str) -> None:
    preview = await send(huong, csv(GOOD))
    answer = await huong.get(f"/v1/imports/{preview['id']}/rows", params={"cursor": cursor})
    assert answer.status_code in (200, 422)


async def test_the_database_keeps_imports_apart_by_itself(service: Service, huong: AsyncClient) -> None:
    await send(huong, csv(GOOD))
    for scope, seen in (("38/*", 1), ("40/*", 0), ("38/14758", 0), ("", 0)):
        async with service.app.state.database.reading(scope) as session:
            for table in ("import", "import_row"):
                found = await session.execute(text(f"select * from {table}"))
                assert len(found.all()) == seen


async def test_all_columns_of_dates_are_refused_at_once_each_with_the_cells_that_prove_it(huong: AsyncClient) -> None:
    body = two_columns_of_dates_that_contradict_themselves()
    answer = await post(huong, body, XLSX, "?lang=en")
    problem = answer.json()
    assert (answer.status_code, problem["column"]) == (422, "Thời điểm")
    mixed, month_first = problem["errors"]
    assert (mixed["code"], month_first["code"]) == ("mixed-dates", "month-first")
    assert "cell C2: 06/07/2025" in mixed["detail"]
    assert "cell C3: “27/06/2025”" in mixed["detail"]
    assert "“Ngày văn bản”" in month_first["detail"]
    assert "cell E2 (“06/27/2025”)" in month_first["detail"]
    assert "E3 (“26/06/2025”)" in month_first["detail"]
    assert mixed["detail"] in problem["detail"]
    assert month_first["detail"] in problem["detail"]


async def test_a_month_in_front_is_named_in_every_kind_of_file(huong: AsyncClient) -> None:
    row = {"task": "hotlines", "unit": "38", "status": "completed", "effective_at": "06/27/2025"}
    for kind, body in (
        ("text/csv", csv(tuple(row.values()), header=tuple(row))),
        (NDJSON, json.dumps(row)),
    ):
        answer = await post(huong, body, kind)
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "month-first"), answer.text
        assert "06/27/2025" in answer.json()["detail"]


@pytest.mark.parametrize("charset", ["undefined", "punycode", "idna", "utf-7", "rot13"])
async def test_a_form_is_decoded_as_utf_8_alone(huong: AsyncClient, charset: str) -> None:
    kind = f"multipart/form-data; boundary=x; charset={charset}"
    part = b'--x\r\nContent-Disposition: form-data; name="f"; filename="a.csv"\r\n\r\ntask,status\r\n--x--\r\n'
    answer = await huong.post("/v1/imports", content=part, headers={"Content-Type": kind})
    assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (400, "problems#bad-request")


async def test_while_a_form_is_searched_for_its_end_the_loop_goes_on(huong: AsyncClient) -> None:
    kind = {"Content-Type": "multipart/form-data; boundary=x"}
    head = b'--x\r\nContent-Disposition: form-data; name="f"; filename="a.csv"\r\n\r\n'
    form = head + b"\r\n--xy" * 1_000_000 + b"\r\n--x--\r\n"
    sent = asyncio.create_task(huong.post("/v1/imports", content=form, headers=kind))
    turns = 0
    while not sent.done():
        await asyncio.sleep(0.005)
        turns += 1
    assert (await sent).status_code == 422
    assert turns > 10
