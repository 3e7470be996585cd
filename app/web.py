"""The manners of HTTP: strict JSON, no unknown parameters, request ids, and problems as answers."""

import inspect
import random
import re
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec
from fastapi import FastAPI, Request, Response
from fastapi.dependencies.utils import request_params_to_args
from fastapi.exceptions import RequestValidationError
from starlette.datastructures import QueryParams
from starlette.exceptions import HTTPException as StarletteHTTPException  # noqa: TID251 - translated here
from starlette.routing import BaseRoute, Route

from app import errors
from app.errors import Complaint, Problem
from app.json_input import MAX_NAMED, complaint_from, escape, named
from app.language import LANGUAGES
from app.language_of_request import language_of
from app.messages import say
from app.prefix import prefix_of

if TYPE_CHECKING:
    from fastapi._compat import ModelField

_CHANCE = random.Random()  # noqa: S311 - of its own: the global one belongs to whoever embeds the service
_SANE_REQUEST_ID = re.compile(r"[A-Za-z0-9._:-]{1,128}", re.ASCII)
_BY_STATUS = {kind.status: kind for kind in reversed(errors.all_problems())} | {
    400: errors.BadRequest,
    403: errors.NotYourRole,
    404: errors.NotFound,
    405: errors.MethodNotAllowed,
    413: errors.TooLarge,
    415: errors.UnsupportedMedia,
    422: errors.InvalidInput,
    503: errors.Unavailable,
}

Made = TypeVar("Made")
UnknownBeside = Callable[[Request, object], Awaitable[Sequence[Complaint]]]
"""What the query and the body of a request name that the catalogue does not have."""


def async_dependency(make: Callable[..., Made]) -> Callable[..., Awaitable[Made]]:
    """A dependency that is made where the request is served. FastAPI sends a class, as all that isn't `async`, to a
    thread, and the way there and back costs more than most answers.
    """

    async def made(**given: Any) -> Made:
        return make(**given)

    made.__signature__ = inspect.signature(make)  # type: ignore[attr-defined]
    made.makes = make  # type: ignore[attr-defined] # for those who describe what a route depends on
    return made


def request_id_of(given: str | None) -> str:
    """The client's own id where it is sane, else a new one."""
    return given if given and _SANE_REQUEST_ID.fullmatch(given) else f"{_CHANCE.getrandbits(128):032x}"


def respond(request: Request, problem: Problem) -> Response:
    """A problem as `application/problem+json`."""
    request_id, language = getattr(request.state, "request_id", ""), language_of(request)
    prefix = prefix_of(request.scope)
    instance = f"{prefix}{request.url.path}"
    document = errors.document(problem, language, instance=instance, request_id=request_id, prefix=prefix)
    headers = {**problem.headers, "Content-Language": language}
    # A refusal may have 30,000 complaints: written with `json`, which nothing else can run beside, all wait for it.
    return Response(msgspec.json.encode(document), problem.status, headers, media_type="application/problem+json")


def refuse_wrong_parameters(request: Request, asked: "Sequence[ModelField]", several: frozenset[str]) -> None:
    """Refuse what no type refuses: a parameter that is unknown, empty or repeated; then name all that is wrong.

    `asked` are those of the route. `lang` is taken everywhere, for the words of a refusal.
    """
    sent = request.query_params
    if not sent:
        return
    own = {field.alias for field in asked}
    known = own | {"lang"}
    complaints = [*_unknown(sent, known), *_empty(sent, known), *_repeated(sent, known - several)]
    if "lang" not in own:
        complaints += _unknown_language(sent)
    if complaints:
        _, misread = request_params_to_args(asked, sent)
        others = [complaint_from({**item, "loc": item["loc"][1:]}, "/query") for item in misread]
        raise errors.InvalidInput(errors=_with(complaints, others))


def _unknown(sent: QueryParams, known: AbstractSet[str]) -> Iterator[Complaint]:
    for name in sorted(set(sent) - known)[:MAX_NAMED]:
        yield Complaint(f"/query/{escape(name)}", "unknown-parameter", say("unknown-parameter", seen=name))


def _unknown_language(sent: QueryParams) -> Iterator[Complaint]:
    lang = sent.get("lang", "vi")
    if lang and lang not in LANGUAGES:
        yield Complaint("/query/lang", "unknown-value", say("unknown-value.possible", seen=lang, expected=LANGUAGES))


def _empty(sent: QueryParams, known: AbstractSet[str]) -> Iterator[Complaint]:
    """Whether a parameter without a value means "all" or "none" is not for each route to guess."""
    for name in sorted({name for name, value in sent.multi_items() if not value} & known):
        yield Complaint(f"/query/{escape(name)}", "empty", say("empty", seen=name))


def _repeated(sent: QueryParams, single: AbstractSet[str]) -> Iterator[Complaint]:
    """Of a parameter that takes one value and stands more than once, nobody can say which is meant."""
    counts = Counter(name for name, _ in sent.multi_items())
    for name in sorted(name for name, number in counts.items() if number > 1 and name in single):
        yield Complaint(f"/query/{escape(name)}", "unfit", say("unfit.twice"))


def _complaints(error: RequestValidationError) -> list[Complaint]:
    complaints = []
    for item in error.errors():
        place, *rest = item["loc"]
        prefix = "" if place == "body" else f"/{place}"
        complaints.append(complaint_from({**item, "loc": rest}, prefix))
    return named(complaints)


def _with(complaints: Sequence[Complaint], others: Sequence[Complaint]) -> list[Complaint]:
    """The complaints, and those of the others that are about something else."""
    named_already = {_place(one) for one in complaints}
    return [*complaints, *(one for one in others if _place(one) not in named_already)]


def _place(complaint: Complaint) -> str:
    """The field or parameter that a complaint is about: a list's `/query/kind/0` is about `/query/kind`."""
    parts = complaint.pointer.split("/")
    return "/".join(parts[: 3 if parts[1:2] == ["query"] else 2])


def methods_of(path: str, routes: Iterable[BaseRoute]) -> list[str]:
    """Every method that a path takes, by whichever route: HEAD wherever GET is."""
    those = [route for route in routes if isinstance(route, Route) and route.path_regex.match(path)]
    own = [route for route in those if route.path == path]  # `/batch` is no `/{id}`
    found = {method for route in own or those for method in route.methods or ()}
    return sorted(found | ({"HEAD"} if "GET" in found else set()))


def install(app: FastAPI, routes: Sequence[BaseRoute], unknown_beside: UnknownBeside) -> None:
    """Make every refusal of the app a problem document. `routes` are those of all routers.

    Whatever input is refused for, what it names that there is not is named too, to those who may look.
    """

    async def completed(request: Request, complaints: Sequence[Complaint], body: object = None) -> list[Complaint]:
        may_look = getattr(request.state, "may_look", False)
        return _with(complaints, await unknown_beside(request, body) if may_look else ())

    @app.exception_handler(Problem)
    async def _problem(request: Request, error: Exception) -> Response:
        request.state.cause = error  # for the log, where it is the service's fault
        if isinstance(error, errors.InvalidInput) and error.errors:
            error.errors = tuple(await completed(request, error.errors))
        return respond(request, error if isinstance(error, Problem) else errors.Internal())

    @app.exception_handler(RequestValidationError)
    async def _invalid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)  # noqa: S101 - says the type to mypy
        return respond(request, errors.InvalidInput(errors=await completed(request, _complaints(error), error.body)))

    @app.exception_handler(StarletteHTTPException)
    async def _http(request: Request, error: Exception) -> Response:
        assert isinstance(error, StarletteHTTPException)  # noqa: S101 - says the type to mypy
        kind = _BY_STATUS.get(error.status_code, errors.BadRequest)
        problem = kind() if error.status_code in (401, 503) else kind(headers=error.headers)
        if error.status_code == 405 and (methods := methods_of(request.url.path, routes)):
            problem = kind(headers={"Allow": ", ".join(methods)})  # the framework names those of one route
        return respond(request, problem)
