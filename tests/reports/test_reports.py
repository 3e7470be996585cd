"""The report of 27 June in four formats: every figure is that of /v1/progress, in all three languages."""

from typing import Any

import pytest
from httpx import AsyncClient

from app.language import Language
from app.reports.files.formats import FORMATS
from app.reports.words import table
from tests.conftest import Service, Template, serving
from tests.reports import reading
from tests.reports.conftest import MOMENT
from tests.slowly import in_languages

REPORTS = "/v1/reports/progress"


@pytest.fixture
def khach(demo: Service) -> AsyncClient:
    return demo.client("khach")


async def asked(khach: AsyncClient, path: str, lang: Language = "vi", **more: Any) -> Any:
    answer = await khach.get(path, params={"as_of": MOMENT, "lang": lang, **more})
    assert answer.status_code == 200, answer.text
    return answer


async def lines_of(khach: AsyncClient, lang: Language, **more: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await asked(khach, "/v1/progress", lang, **more)).json()["categories"]
    assert [line["provinces_completed"] for line in found[:10]] == [26, 29, 17, 19, 14, 23, 27, 21, 29, 29]
    return found


@pytest.mark.parametrize("lang", in_languages("vi"))
async def test_the_csv_has_the_figures_of_progress(khach: AsyncClient, lang: Language) -> None:
    rows = reading.table((await asked(khach, f"{REPORTS}.csv", lang)).content)
    for row, line in zip(rows, await lines_of(khach, lang), strict=False):
        assert row[:16] == [str(value) if value is not None else "" for value in figures(line)]
        assert row[17] == line["statement"]
        assert len(row[16].split("; ")) == len(line["missing"]) or not line["missing"]
    assert len(rows) == 13


@pytest.mark.parametrize("lang", in_languages("ja"))
async def test_the_workbook_has_the_figures_of_progress(khach: AsyncClient, lang: Language) -> None:
    book = reading.workbook((await asked(khach, f"{REPORTS}.xlsx", lang)).content)
    lines, provinces, matrix = (
        await lines_of(khach, lang),
        *[(await asked(khach, f"/v1/progress/{what}", lang)).json() for what in ("provinces", "matrix")],
    )
    report, statements, by_province, by_line, *_ = book.worksheets
    *of_lines, total = reading.rows(report)
    assert total[2:4] == [3, 34]
    assert total[9] == sum(line["assignments_completed"] for line in lines)
    for row, line in zip(of_lines, lines, strict=True):
        position, _, *rest = figures(line)
        assert row == [position, *rest]
    assert [row[2] for row in reading.rows(statements)] == [line["statement"] for line in lines]
    for row, item in zip(reading.rows(by_province), provinces["items"], strict=True):
        assert row[:4] == [item["rank"], item["code"], item["name"], table(lang)[f"light.{item['light']}"]]
        assert row[7:11] == [
            item[f"{what}_{how}"] for what in ("categories", "assignments") for how in ("completed", "total")
        ]
    for row, states, verified in zip(reading.rows(by_line), matrix["states"], matrix["verified"], strict=True):
        shown = ["verified" if sure else state or "none" for state, sure in zip(states, verified, strict=True)]
        assert row[1:] == [table(lang)[f"cell.{state}"] for state in shown]


@pytest.mark.parametrize("lang", in_languages("en"))
async def test_the_document_has_the_figures_of_progress(khach: AsyncClient, lang: Language) -> None:
    document = reading.document((await asked(khach, f"{REPORTS}.docx", lang)).content)
    said, lines = reading.text(document), await lines_of(khach, lang)
    shown = next(table for table in document.tables if len(table.rows) == 13 and len(table.columns) == 8)
    for row, line in zip(shown.rows[1:], lines, strict=True):
        cells = [cell.text for cell in row.cells]
        share = f"{line['provinces_completed']}/{line['provinces_total']}" if line["provinces_total"] else "–"
        tasks = f"{line['assignments_completed']}/{line['assignments_total']}"
        assert cells[:3] == [str(line["position"]), line["name"], share]
        assert cells[4].replace(".", "").replace(",", "") == tasks
        assert line["statement"][-25:] in said
    assert "26/34" in [cell.text for cell in shown.rows[1].cells]


@pytest.mark.parametrize("lang", in_languages("en"))
async def test_the_markdown_has_the_figures_of_progress(khach: AsyncClient, lang: Language) -> None:
    said = (await asked(khach, f"{REPORTS}.md", lang)).text
    for line in await lines_of(khach, lang):
        assert f"| {line['position']} | {line['name']} |" in said
        if line["provinces_total"]:
            row = next(row for row in said.splitlines() if row.startswith(f"| {line['position']} | {line['name']} |"))
            assert f"| {line['provinces_completed']}/34 | {line['provinces_verified']} |" in row


async def test_the_document_is_in_the_form_of_decree_30(khach: AsyncClient) -> None:
    document = reading.document((await asked(khach, f"{REPORTS}.docx", known_at=MOMENT)).content)
    page = document.sections[0]
    margins = (page.top_margin, page.bottom_margin, page.left_margin, page.right_margin)
    assert [round(margin.mm) for margin in margins if margin] == [20, 20, 30, 20]
    assert page.page_width is not None
    assert round(page.page_width.mm) == 210
    assert document.styles["Normal"].font.name == "Times New Roman"
    head = [paragraph.text for cell in document.tables[0].rows[0].cells for paragraph in cell.paragraphs]
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in head
    assert "Độc lập - Tự do - Hạnh phúc" in head
    assert head[-1].replace("\u00a0", " ") == "Hà Nội, ngày 27 tháng 6 năm 2025"


async def test_those_missing_are_named(khach: AsyncClient) -> None:
    document = reading.document((await asked(khach, f"{REPORTS}.docx")).content)
    names = {item["code"]: item["name"] for item in (await asked(khach, "/v1/progress/provinces")).json()["items"]}
    line = (await lines_of(khach, "vi"))[0]
    assert f"Chưa hoàn thành: {', '.join(names[code] for code in line['missing'])}." in reading.text(document)


@pytest.mark.parametrize("form", FORMATS)
async def test_only_those_who_may_watch_get_it(demo: Service, khach: AsyncClient, form: str) -> None:
    assert (await demo.client().get(f"{REPORTS}.{form}")).status_code == 401
    for name in ("minh", "xa", "viettel"):
        own = await demo.client(name).get(f"{REPORTS}.{form}", params={"as_of": MOMENT, "lang": "en"})
        assert own.content == (await asked(khach, f"{REPORTS}.{form}", "en")).content


async def test_where_progress_is_public_anyone_gets_it(database_url: str, template: Template) -> None:
    async with serving(database_url, template.tokens, public_progress=True) as service:
        answer = await service.client().get(f"{REPORTS}.md")
        assert (answer.status_code, answer.headers["cache-control"]) == (200, "public, no-cache")


@pytest.mark.parametrize("form", FORMATS)
async def test_a_file_comes_with_its_type_a_dated_name_and_a_tag(khach: AsyncClient, form: str) -> None:
    answer = await asked(khach, f"{REPORTS}.{form}")
    assert answer.headers["content-disposition"] == f'attachment; filename="tien-do_2025-06-27_1700_vi.{form}"'
    assert answer.headers["content-type"] == FORMATS[form].media_type  # type: ignore[index]
    tag = answer.headers["etag"]
    again = await khach.get(f"{REPORTS}.{form}", params={"as_of": MOMENT, "lang": "vi"}, headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({"lang": 'vi"\r\nX-Evil: 1'}, "unknown-value"),
        ({"bulletin": "1", "as_of": MOMENT}, "not-together"),
        ({"bulletin": "0"}, "out-of-range"),
        ({"bulletin": str(2**31)}, "out-of-range"),
        ({"as_of": "2025-06-27T17:00:00"}, "naive-time"),
        ({"format": "pdf"}, "unknown-parameter"),
    ],
)
async def test_a_question_that_makes_no_sense_is_refused(
    huong: AsyncClient, parameters: dict[str, str], code: str
) -> None:
    for form in FORMATS:
        answer = await huong.get(f"{REPORTS}.{form}", params=parameters)
        assert answer.status_code == 422
        assert [error["code"] for error in answer.json()["errors"]] == [code]
        assert "x-evil" not in answer.headers


async def test_what_is_not_there_is_not_found(huong: AsyncClient) -> None:
    assert (await huong.get(f"{REPORTS}.docx", params={"bulletin": 1})).status_code == 404
    assert (await huong.get(f"{REPORTS}.docx", params={"campaign": 'x"\r\n'})).status_code == 422
    assert (await huong.get(f"{REPORTS}.pdf")).status_code == 404


async def test_a_report_is_in_the_document_asked_for_after_it(huong: AsyncClient) -> None:
    before = reading.table((await huong.get(f"{REPORTS}.csv")).content)[6]
    await huong.post("/v1/status-updates", json={"task": "hotlines", "status": "completed"})
    after = reading.table((await huong.get(f"{REPORTS}.csv")).content)[6]
    assert (before[1], before[3], after[3]) == ("hotlines", "0", "1")


def figures(line: dict[str, Any]) -> list[Any]:
    """A line of progress in the columns of the documents."""
    keys = (
        "position", "code", "name", "provinces_completed", "provinces_total", "completion", "provinces_verified",
        "provinces_in_progress", "provinces_blocked", "provinces_not_started", "assignments_completed",
        "assignments_total", "assignments_verified", "completed_on_time", "completed_late", "overdue_open",
    )  # fmt: skip
    return [line[key] for key in keys]
