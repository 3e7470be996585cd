"""Reports over HTTP: a document in four formats."""

from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response

from app import clock
from app.auth.api_route import ApiRoute
from app.auth.authority import CanWatch
from app.data_version import DataVersion
from app.language_of_request import InLanguage
from app.progress.moments import AsOf, InCampaign, KnownAt
from app.progress.requests import ProgressRequest, Question
from app.reports import service
from app.reports.formats import FORMATS, Format, file_name, write
from app.response_cache import Answer, ResponseCache, choose_encoding, common_headers, matches_etag
from app.web import async_dependency

router = APIRouter(prefix="/v1/reports", tags=["reports"], route_class=ApiRoute)

OfBulletin = Annotated[
    int | None, Query(ge=1, le=2**31 - 1, description="The number of a bulletin: its figures as issued.")
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
    ) -> None:
        super().__init__(request, who, lang, campaign, as_of, known_at)
        self.bulletin = bulletin
        self.must_be_computed = True

    @property
    def asked(self) -> service.ReportQuery:
        return service.ReportQuery(self.as_of, self.known_at, self.bulletin)

    async def hand_out(self, form: Format) -> Response:
        """The document, cached while it is still exact; 304 when its ETag matches."""
        self.asked.check()
        await self.settle()
        shelf: ResponseCache = self.request.app.state.response_cache
        minute = clock.minute_of(clock.now())
        document = await shelf.get(self.key, partial(_written, self.question, self.asked, form), self.admission)
        return self._handed(
            document, form, file_name(form, self.lang, self.as_of or self.known_at or minute, self.bulletin)
        )

    def _handed(self, document: Answer, form: Format, name: str) -> Response:
        packed = FORMATS[form].packed
        accepted = self.request.headers.get("accept-encoding", "").encode()
        encoding = "identity" if packed else choose_encoding(accepted, len(document.body))
        body, tag = document.encoded(encoding)
        known = matches_etag(tag, self.request.headers.get("if-none-match", "").encode())
        response = Response(None if known else body, 304 if known else 200)
        response.raw_headers = common_headers(tag, encoding, private=self.private)
        if not known:
            response.headers["Content-Type"] = FORMATS[form].media_type
            response.headers["Content-Length"] = str(len(body))
            response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return response


async def _written(question: Question, asked: service.ReportQuery, form: Format, version: DataVersion) -> bytes:
    async with question.context(version) as query:
        made = await service.report(query, asked)
    return await write(form, made)


ReportRequestDep = Annotated[ReportRequest, Depends(async_dependency(ReportRequest))]


def _answers(form: Format) -> dict[int | str, dict[str, Any]]:
    """The OpenAPI description of a document's response."""
    text = not FORMATS[form].packed
    schema = {"type": "string"} if text else {"type": "string", "format": "binary"}
    return {200: {"description": "The document.", "content": {FORMATS[form].media_type: {"schema": schema}}}}


@router.get("/progress.docx", response_class=Response, responses=_answers("docx"))
async def docx(desk: ReportRequestDep) -> Response:
    """The report as an official document: statements, figures, who is missing; annexed the provinces and the matrix."""
    return await desk.hand_out("docx")


@router.get("/progress.xlsx", response_class=Response, responses=_answers("xlsx"))
async def xlsx(desk: ReportRequestDep) -> Response:
    """The report as a workbook: the lines, the provinces, the matrix."""
    return await desk.hand_out("xlsx")


@router.get("/progress.csv", response_class=Response, responses=_answers("csv"))
async def csv(desk: ReportRequestDep) -> Response:
    """The lines of the report as CSV, in UTF-8 with a byte order mark."""
    return await desk.hand_out("csv")


@router.get("/progress.md", response_class=Response, responses=_answers("md"))
async def markdown(desk: ReportRequestDep) -> Response:
    """The report as Markdown."""
    return await desk.hand_out("md")
