"""The language that a request asks for: by its parameter, else by its header."""

from typing import Annotated

from fastapi import Depends, Query
from starlette.requests import Request
from starlette.responses import Response

from app.language import LANGUAGES, Language, accepted


def language_of(request: Request) -> Language:
    """The language asked for; one that is not spoken here is as if none had been asked for."""
    asked = request.query_params.get("lang")
    for lang in LANGUAGES:
        if asked == lang:
            return lang
    return accepted(", ".join(request.headers.getlist("accept-language")))


_TEXT = "The language of what people read. Default: from `Accept-Language`, else `vi`."


async def _language(
    request: Request,
    response: Response,
    lang: Annotated[Language | None, Query(description=_TEXT)] = None,
) -> Language:
    spoken = lang or language_of(request)
    response.headers["Content-Language"] = spoken
    return spoken


InLanguage = Annotated[Language, Depends(_language)]
