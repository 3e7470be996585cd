"""Reports over HTTP: a document in several formats."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request, Response

from app import clock
from app.auth.api_route import ApiRoute
from app.auth.authority import CanWatch
from app.data_version import DataVersion
from app.language_of_request import InLanguage
from app.progress.moments import AsOf, InCampaign, KnownAt
from app.progress.requests import ProgressRequest, Question
from app.reports import service
from app.reports.files.as_csv import write_for_vietnamese_excel
from app.reports.files.formats import FORMATS, PDF, Form, Format, Write, file_name, write_in_thread
from app.reports.files.pdf import PdfConverter
from app.reports.report import ProgressReport
from app.response_cache import Answer, ResponseCache, choose_encoding, common_headers, matches_etag, whole_field
from app.web import async_dependency

router = APIRouter(prefix="/v1/reports", tags=["reports"], route_class=ApiRoute)

WriteAsync = Callable[[ProgressReport], Awaitable[bytes]]
OfBulletin = Annotated[
    int | None, Query(ge=1, le=2**31 - 1, description="The number of a bulletin: its figures as issued.")
]
SinceBulletin = Annotated[
    int | None,
    Query(ge=1, le=2**31 - 1, description="An earlier bulletin to compare with. Default: the last one before."),
]


class ReportRequest(ProgressRequest):
    """A cached request for a document; documents are cached like answers of progress."""

    def __init__(
        self,
        request: Request,
        who: CanWatch,
        lang: InLanguage,
        campaign: InCampaign = None,
        as_of: AsOf = None,
        known_at: KnownAt = None,
        bulletin: OfBulletin = None,
        since_bulletin: SinceBulletin = None,
    ) -> None:
        super().__init__(request, who, lang, campaign, as_of, known_at)
        self.bulletin = bulletin
        self.must_be_computed = True
        self.since_bulletin = since_bulletin

    @property
    def asked(self) -> service.ReportQuery:
        return service.ReportQuery(self.as_of, self.known_at, self.bulletin, self.since_bulletin)

    async def hand_out(self, form: Form, ending: str, write: WriteAsync) -> Response:
        """The document, cached while it is still exact; 304 when its ETag matches."""
        self.asked.check()
        await self.settle()
        cache: ResponseCache = self.request.app.state.response_cache
        at = self.as_of or self.known_at or clock.minute_of(clock.now())
        document = await cache.get(
            self.key, partial(_written, self.question, self.asked, write), self.lang, self.admission
        )
        return await self._handed(document, form, file_name(ending, self.lang, at, self.bulletin))

    async def hand_out_written(self, ending: Format, write: Write | None = None) -> Response:
        form = FORMATS[ending]
        return await self.hand_out(form, ending, partial(write_in_thread, write or form.write))

    async def hand_out_converted(self, converter: PdfConverter) -> Response:
        converter.refuse_without_command()

        async def write(report: ProgressReport) -> bytes:
            return await converter.convert(await write_in_thread(PDF.write, report))

        return await self.hand_out(PDF, "pdf", write)

    async def _handed(self, document: Answer, form: Form, name: str) -> Response:
        asked = self.request.scope["headers"]
        accepted = b"" if form.packed else whole_field(asked, b"accept-encoding")
        await document.encode(accepted)
        encoding = choose_encoding(accepted, len(document.body))
        body, tag = document.encoded(encoding)
        known = matches_etag(tag, whole_field(asked, b"if-none-match"))
        response = Response(None if known else body, 304 if known else 200)
        response.raw_headers = common_headers(tag, encoding, private=self.private, language=self.lang)
        if not known:
            response.headers["Content-Type"] = form.media_type
            response.headers["Content-Length"] = str(len(body))
            response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return response


async def _written(question: Question, asked: service.ReportQuery, write: WriteAsync, version: DataVersion) -> bytes:
    async with question.context(version) as query:
        made = await service.report(query, asked)
    return await write(made)


ReportRequestDep = Annotated[ReportRequest, Depends(async_dependency(ReportRequest))]
ForExcel = Annotated[
    Literal["vi"] | None,
    Query(description="`vi`: with the semicolons, decimal commas and dates that Excel reads with Vietnamese settings."),
]


def _answers(form: Form) -> dict[int | str, dict[str, Any]]:
    """The OpenAPI description of a document's response."""
    schema = {"type": "string", "format": "binary"} if form.packed else {"type": "string"}
    return {200: {"description": "The document.", "content": {form.media_type: {"schema": schema}}}}


@router.get("/progress.docx", response_class=Response, responses=_answers(FORMATS["docx"]))
async def docx(report: ReportRequestDep) -> Response:
    """The report as an official document, ready to be signed; annexed the provinces and the matrix."""
    return await report.hand_out_written("docx")


@router.get("/progress.pdf", response_class=Response, responses=_answers(PDF))
async def pdf(request: Request, report: ReportRequestDep) -> Response:
    """The same document as PDF; 404 `no-converter` where none is set up."""
    return await report.hand_out_converted(request.app.state.pdf_converter)


@router.get("/progress.xlsx", response_class=Response, responses=_answers(FORMATS["xlsx"]))
async def xlsx(report: ReportRequestDep) -> Response:
    """The report as a workbook: a sheet for each of its sections, and a chart."""
    return await report.hand_out_written("xlsx")


@router.get("/progress.csv", response_class=Response, responses=_answers(FORMATS["csv"]))
async def csv(report: ReportRequestDep, excel: ForExcel = None) -> Response:
    """The lines of the report as CSV, in UTF-8 with a byte order mark."""
    return await report.hand_out_written("csv", write_for_vietnamese_excel if excel else None)


@router.get("/progress.md", response_class=Response, responses=_answers(FORMATS["md"]))
async def markdown(report: ReportRequestDep) -> Response:
    """The report as Markdown."""
    return await report.hand_out_written("md")
