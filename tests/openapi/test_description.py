"""The description is whole: for every operation what a front-end developer looks for is there."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from app import errors
from tests.conftest import Service
from tests.openapi.operations import Operation, description, operations

PROBLEM = "application/problem+json"
IDS = re.compile(r"[a-z][A-Za-z]{3,39}")
SENTENCE = re.compile(r"[A-Z`].*\.", re.DOTALL)


def resolved(part: Any) -> Any:
    """What a reference stands for."""
    if "$ref" not in part:
        return part
    found: Any = description()
    for name in part["$ref"].removeprefix("#/").split("/"):
        found = found[name]
    return found


@pytest.mark.parametrize("operation", operations(), ids=str)
def test_an_operation_has_a_name_a_sentence_and_a_text(operation: Operation) -> None:
    assert IDS.fullmatch(operation.described["operationId"])
    assert SENTENCE.fullmatch(operation.described["summary"]), operation.described["summary"]
    assert SENTENCE.search(operation.described["description"])
    tags = {tag["name"] for tag in description()["tags"]}
    assert set(operation.described["tags"]) <= tags


def test_no_two_operations_have_one_name() -> None:
    names = [operation.described["operationId"] for operation in operations()]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("operation", operations(), ids=str)
def test_a_parameter_has_a_text_and_is_absent_rather_than_null(operation: Operation) -> None:
    for parameter in operation.described["parameters"]:
        assert SENTENCE.fullmatch(parameter["description"]), parameter
        assert {"type": "null"} not in parameter["schema"].get("anyOf", []), parameter
        if parameter["in"] == "path":
            assert "example" in parameter, parameter


@pytest.mark.parametrize("name", description()["components"]["schemas"])
def test_a_schema_and_its_properties_have_texts(name: str) -> None:
    schema = description()["components"]["schemas"][name]
    assert schema.get("description"), name
    for key, item in schema.get("properties", {}).items():
        assert "$ref" in item or SENTENCE.match(item.get("description", "")), (name, key)


@pytest.mark.parametrize("operation", operations(), ids=str)
def test_an_operation_says_how_it_succeeds_and_how_it_is_refused(operation: Operation) -> None:
    known = {kind.code for kind in errors.all_problems()}
    answers = {code: resolved(answer) for code, answer in operation.described["responses"].items()}
    good = [code for code in answers if code.startswith("2")]
    assert len(good) == 1
    assert "X-Request-ID" in answers[good[0]]["headers"]
    for code, answer in answers.items():
        assert answer["description"]
        if code not in (*good, "304") and operation.path != "/readyz":  # which says by its own shape what it waits for
            codes = set(re.findall(r"`([\w-]+)`", answer["description"]))
            assert codes
            assert codes <= known
            assert answer["content"][PROBLEM]["example"]["status"] == int(code)
    if "429" in answers:
        assert {"Retry-After", "RateLimit", "RateLimit-Policy"} <= set(answers["429"]["headers"])


@pytest.mark.parametrize("operation", [one for one in operations() if one.path.startswith("/v1/")], ids=str)
def test_every_operation_takes_a_language(operation: Operation) -> None:
    [lang] = [one for one in operation.described["parameters"] if one["name"] == "lang"]
    assert lang["schema"]["$ref"] == "#/components/schemas/Language"


def test_a_field_that_is_sent_has_one_kind_or_null() -> None:
    """Of several kinds, what is wrong with each would be named at a pointer that no client sent."""
    sent = {name: schema for name, schema in description()["components"]["schemas"].items() if name.endswith("In")}
    sent |= {name: schema for name, schema in description()["components"]["schemas"].items() if name.endswith("Patch")}
    assert len(sent) > 15
    several = [
        (name, key)
        for name, schema in sent.items()
        for key, item in schema["properties"].items()
        if len([kind for kind in item.get("anyOf", []) if kind != {"type": "null"}]) > 1
    ]
    assert several == []


@pytest.mark.parametrize("operation", operations(), ids=str)
def test_who_may_ask_is_said(operation: Operation) -> None:
    """With a token, with the page's cookie, or, where progress may be public, with neither."""
    security = operation.described["security"]
    public = operation.path.startswith(("/v1/progress", "/v1/events", "/v1/bulletins", "/v1/reports")) and (
        operation.method == "GET"
    )
    if not operation.path.startswith("/v1"):
        assert security == []
    elif public:
        assert security == [{"token": []}, {"cookie": []}, {}]
    else:
        assert {"token": []} in security


@pytest.mark.parametrize("operation", operations(), ids=str)
def test_a_header_that_means_something_is_named(operation: Operation) -> None:
    names = operation.parameters("header")
    assert ("Idempotency-Key" in names) == (operation.method == "POST")
    assert ("304" in operation.described["responses"]) == ("If-None-Match" in names)
    assert ("412" in operation.described["responses"]) == ("If-Match" in names)
    if operation.method == "PATCH" and "{" in operation.path:
        assert names == ["If-Match"]


@pytest.mark.parametrize("operation", operations(), ids=str)
def test_what_is_sent_and_answered_as_json_has_an_example(operation: Operation) -> None:
    body = operation.described.get("requestBody", {}).get("content", {})
    parts = [body] if "application/json" in body else []
    parts += [a.get("content", {}) for code, a in operation.described["responses"].items() if code.startswith("2")]
    for content in parts:
        assert "application/json" not in content or "example" in content["application/json"]


def texts() -> Iterator[tuple[str, str]]:
    """Every text of a parameter or property, with where it stands."""
    for operation in operations():
        for parameter in operation.described["parameters"]:
            yield f"{operation} {parameter['name']}", parameter["description"]
    for name, schema in description()["components"]["schemas"].items():
        for key, item in schema.get("properties", {}).items():
            yield f"{name}.{key}", item.get("description", "A reference says it.")


def test_no_text_says_only_what_the_name_says() -> None:
    """`status`: "The status." is no text."""
    languages = ("English.", "Japanese.", "Vietnamese.")
    bare = [where for where, text in texts() if text not in languages and len(text.split()) < 3]
    assert not bare


def test_a_text_in_a_path_is_about_the_thing_before_it() -> None:
    for path, words in (("/v1/tokens/{id}", "token"), ("/v1/imports/{id}", "import"), ("/v1/tasks/{code}", "task")):
        (item, *_) = description()["paths"][path].values()
        (text,) = (one["description"] for one in item["parameters"] if one["in"] == "path")
        assert words in text


def test_the_events_of_the_stream_are_described() -> None:
    events = description()["paths"]["/v1/events"]["get"]["x-events"]
    assert set(events) == {"progress", "bulletin", "obstacle"}
    assert all(resolved(event)["properties"] for event in events.values())
    assert {"ProgressEvent", "BulletinEvent", "ObstacleEvent"} <= set(description()["components"]["schemas"])


@pytest.mark.parametrize(
    "path",
    ["/v1/status-updates/{id}", "/v1/obstacles/{id}", "/v1/imports/{id}", "/v1/imports/{id}/rows",
     "/v1/imports/{id}/rejected.xlsx"],
)  # fmt: skip
async def test_an_id_in_the_description_is_one_of_the_demo(demo: Service, path: str) -> None:
    answer = await demo.client("an").get(path.format(id=id_in("get", path)))
    assert answer.status_code == 200, answer.text


async def test_what_an_example_changes_is_there_to_be_changed(demo: Service) -> None:
    an = demo.client("an")
    tokens = {one["id"] for one in (await an.get("/v1/tokens", params={"limit": 1000})).json()["items"]}
    assert {id_in("post", "/v1/tokens/{id}/rotate"), id_in("delete", "/v1/tokens/{id}")} <= tokens
    for path, state in (("preview", "previewed"), ("commit", "previewed"), ("undo", "committed")):
        found = (await an.get(f"/v1/imports/{id_in('post', f'/v1/imports/{{id}}/{path}')}")).json()
        assert (found["state"], found["counts"]["rejected"]) == (state, 1), found


def id_in(method: str, path: str) -> str:
    """The example of the id in a path."""
    parameters = description()["paths"][path][method]["parameters"]
    return next(str(one["example"]) for one in parameters if one["name"] == "id")


def test_an_answer_that_is_counted_says_that_it_has_the_limits() -> None:
    for path, operation in (("/v1/events", "get"), ("/v1/reports/progress.pdf", "get"), ("/v1/progress", "get")):
        assert {"RateLimit", "RateLimit-Policy"} <= description()["paths"][path][operation]["responses"]["200"][
            "headers"
        ].keys()
