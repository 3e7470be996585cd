"""The language that a request asks for, as a dependency of routes."""

from typing import Annotated

from fastapi import Depends, Query, Request

from app.language import Language, accepted


async def _language(
    request: Request,
    lang: Annotated[Language | None, Query(description="Default: from Accept-Language, else vi.")] = None,
) -> Language:
    return lang or accepted(request.headers.get("accept-language", ""))


InLanguage = Annotated[Language, Depends(_language)]
