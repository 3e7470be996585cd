"""Twenty-odd kinds of nonsense, each the bytes of one request."""

import io
import json
import random
import zipfile
from collections.abc import Callable, Mapping
from functools import cache

Kind = Callable[[random.Random, Mapping[str, str]], bytes]
UPDATES = "/v1/status-updates"
PROGRESS = "/v1/progress"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TEXTS = ("\\u0000", "\\ud800", "NaN", "9" * 40, "'; drop table token; --", "../../etc/passwd", "%s%n", "\\u202e", "")
TIMES = ("0001-01-01T00:00:00%2B14:00", "9999-12-31T23:59:59Z", "2025-06-27T10:00:00", "now", "-1", "1e400")
FIELDS = (b"Authorization: Bearer x\r\n", b"a: b\r\n", b"a: " + b"b" * 4_000 + b"\r\n")
MOST_BEHIND_A_BODY = 4_000_000
"""Bytes, a hundred times what is read of them: to make more would keep the good client waiting, in this process."""
PATHS = (PROGRESS, "/v1/assignments", UPDATES, "/v1/changes", "/v1/inbox", "/v1/imports", "/v1/obstacles", "/", "/docs")


def request(method: str, path: str, token: str | None = None, body: bytes | None = None, **headers: str) -> bytes:
    head = {"Host": "tiendo", **{name.replace("_", "-"): value for name, value in headers.items()}}
    if token:
        head["Authorization"] = f"Bearer {token}"
    if body is not None:
        head = {"Content-Type": "application/json", "Content-Length": str(len(body))} | head
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in head.items()), "", ""]
    return "\r\n".join(lines).encode("latin-1") + (body or b"")


def report(chance: random.Random, **changed: str) -> bytes:
    fields = {"task": '"hotlines"', "unit": '"38"', "status": '"completed"', **changed}
    return "{{{}}}".format(", ".join(f'"{name}": {value}' for name, value in fields.items())).encode()


def bad_text(chance: random.Random, tokens: Mapping[str, str]) -> bytes:
    field = chance.choice(("task", "unit", "status", "note", "effective_at", "evidence", "x"))
    body = report(chance, **{field: chance.choice((f'"{chance.choice(TEXTS)}"', "NaN", "[]", "1e999", "{}", "-0"))})
    return request("POST", UPDATES, tokens["huong"], body)


def bad_times(chance: random.Random, tokens: Mapping[str, str]) -> bytes:
    name = chance.choice(("as_of", "known_at", "recorded_since", "from", "to"))
    return request("GET", f"{chance.choice(PATHS)}?{name}={chance.choice(TIMES)}", tokens["huong"])


def bad_cursors(chance: random.Random, tokens: Mapping[str, str]) -> bytes:
    text = "".join(chance.choice("ABCabc012-_=*") for _ in range(chance.randrange(1, 6_000)))
    name = chance.choice(("cursor", "after", "since", "limit", "lang", "known_at"))
    return request("GET", f"{chance.choice(PATHS)}?{name}={text}", tokens["huong"])


def nul_in_address(chance: random.Random, tokens: Mapping[str, str]) -> bytes:
    return request("GET", f"{chance.choice(PATHS)}/%00{chance.choice(('', '?unit=%00', '?a=%ff%fe'))}", tokens["huong"])


def deep(chance: random.Random, tokens: Mapping[str, str]) -> bytes:
    opening = chance.choice((b"[", b'{"a":'))
    return request("POST", f"{UPDATES}/batch", tokens["huong"], b'{"updates": ' + opening * 200_000)


def many_values(chance: random.Random, tokens: Mapping[str, str]) -> bytes:
    return request("POST", f"{UPDATES}/batch", tokens["huong"], b'{"updates": [' + b"0," * 400_000 + b"0]}")


def unknown_fields(chance: random.Random, tokens: Mapping[str, str]) -> bytes:
    fields = {f"field {chance.random()}": number for number in range(900)}
    return request("POST", UPDATES, tokens["huong"], json.dumps(fields).encode())


@cache
def _bad_rows() -> bytes:
    row = {"task": "nothing", "unit": "40", "status": "perhaps", "effective_at": "tomorrow", "x": 1}
    return json.dumps({"updates": [row] * 10_000}).encode()


def bad_batch(chance: random.Random, tokens: Mapping[str, str]) -> bytes:
    return request("POST", f"{UPDATES}/batch?mode={chance.choice(('atomic', 'partial'))}", tokens["huong"], _bad_rows())


def header_twice(chance: random.Random, tokens: Mapping[str, str]) -> bytes:
    first, *rest = request("GET", chance.choice(PATHS), tokens["huong"]).split(b"\r\n")
    return b"\r\n".join([first, chance.choice((b"Authorization: Bearer x", b"If-None-Match:", b"Host: y")), *rest])


def long_languages(chance: random.Random, tokens: Mapping[str, str]) -> bytes:
    return request("GET", PROGRESS, tokens["huong"], Accept_Language=f"ja,{chance.random()}" + "x" * 20_000)


def large_headers(chance: random.Random, tokens: Mapping[str, str]) -> bytes:
    return request("GET", PROGRESS, tokens["huong"], X_Long="y" * chance.choice((40_000, 100_000)))


def many_headers(chance: random.Random, tokens: Mapping[str, str]) -> bytes:
    return request("GET", PROGRESS, tokens["huong"], None, **{f"X_{number}": "1" for number in range(200)})


def wrong_token(chance: random.Random, tokens: Mapping[str, str]) -> bytes:
    made = f"tdo_{chance.getrandbits(160):048x}"[:52]
    return request("GET", chance.choice(PATHS), chance.choice((made, tokens["huong"][:-1] + "0", "x" * 3_000)))


def cookies(chance: random.Random, tokens: Mapping[str, str]) -> bytes:
    return request("GET", PROGRESS, Cookie=f"tiendo={tokens['khach']}; other={chance.random()}" + "z" * 3_000)


def body_without_token(chance: random.Random, tokens: Mapping[str, str]) -> bytes:
    path = chance.choice((UPDATES, f"{UPDATES}/batch", "/v1/imports", "/sign-in"))
    return request("POST", path, None, b"x" * 2_000_000)


def past_moments(chance: random.Random, tokens: Mapping[str, str]) -> bytes:
    day, hour, minute, fraction = (chance.randrange(*of) for of in ((1, 31), (0, 24), (0, 60), (0, 10**6)))
    at = f"2025-06-{day:02}T{hour:02}:{minute:02}:00.{fraction:06}Z"
    path = chance.choice((PROGRESS, f"{PROGRESS}/provinces", f"{PROGRESS}/matrix", f"{PROGRESS}/agenda"))
    return request("GET", f"{path}?{chance.choice(('known_at', 'as_of'))}={at}", chance.choice((None, tokens["huong"])))


def documents(chance: random.Random, tokens: Mapping[str, str]) -> bytes:
    at = f"2025-06-27T10:00:00.{chance.randrange(10**6):06}Z"
    form = chance.choice(("docx", "xlsx", "csv", "md"))
    return request("GET", f"/v1/reports/progress.{form}?as_of={at}", tokens["huong"])


def timelines(chance: random.Random, tokens: Mapping[str, str]) -> bytes:
    begin = f"2025-06-{chance.randrange(1, 10):02}T00:00:00.{chance.randrange(10**6):06}Z"
    question = f"category=*&from={begin}&to=2025-07-15T00:00:00Z&step=hour"
    return request("GET", f"{PROGRESS}/timeline?{question}", chance.choice((None, tokens["huong"])))


@cache
def _bomb() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/worksheets/sheet1.xml", b" " * 100_000_000)
    return packed.getvalue()


def bombs(chance: random.Random, tokens: Mapping[str, str]) -> bytes:
    return request("POST", "/v1/imports", tokens["huong"], _bomb(), Content_Type=XLSX)


def noise(chance: random.Random, tokens: Mapping[str, str]) -> bytes:
    kind = chance.choice((XLSX, "text/csv", "application/x-ndjson", "multipart/form-data; boundary=x"))
    return request("POST", "/v1/imports", tokens["huong"], chance.randbytes(20_000), Content_Type=kind)


@cache
def _many_lines() -> bytes:
    return b"unit,task,status,note\n" + b"".join(b"%d,hotlines,perhaps,\0x\n" % n for n in range(3_000))


def bad_lines(chance: random.Random, tokens: Mapping[str, str]) -> bytes:
    return request("POST", "/v1/imports", tokens["huong"], _many_lines(), Content_Type="text/csv")


def event_ids(chance: random.Random, tokens: Mapping[str, str]) -> bytes:
    forged = "".join(chance.choice("ABCDabcd0123-_") for _ in range(60))
    return request("GET", "/v1/events", tokens["huong"], Last_Event_ID=forged)


def keys(chance: random.Random, tokens: Mapping[str, str]) -> bytes:
    key = chance.choice(("", '""', "\xff", "k" * 5_000, "one"))
    return request("POST", UPDATES, tokens["huong"], report(chance, note=f'"{chance.random()}"'), Idempotency_Key=key)


def methods(chance: random.Random, tokens: Mapping[str, str]) -> bytes:
    method = chance.choice(("DELETE", "PUT", "TRACE", "OPTIONS", "PATCH", "HEAD", "POST"))
    return request(method, chance.choice(PATHS), tokens["huong"], b"{}" if method != "HEAD" else None)


def no_http(chance: random.Random, tokens: Mapping[str, str]) -> bytes:
    return chance.choice((b"\x16\x03\x01\x02\x00", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n")) + chance.randbytes(200)


def behind_a_body(chance: random.Random, tokens: Mapping[str, str]) -> bytes:
    """Fields behind the last chunk, which are as many as a client likes."""
    chunked = request("POST", UPDATES, tokens["huong"], Transfer_Encoding="chunked", Content_Type="application/json")
    field, number = chance.randrange(len(FIELDS)), chance.choice((1, 100, 50_000))
    return chunked + b"2\r\n{}\r\n0\r\n" + _fields(field, number) + b"\r\n"


@cache
def _fields(field: int, number: int) -> bytes:
    return (FIELDS[field] * number)[:MOST_BEHIND_A_BODY]


def many_at_once(chance: random.Random, tokens: Mapping[str, str]) -> bytes:
    token = chance.choice((None, tokens["huong"]))
    return request("GET", chance.choice(PATHS), token) * chance.choice((10, 1_000, 20_000))


def tunnels(chance: random.Random, tokens: Mapping[str, str]) -> bytes:
    method = chance.choice(("CONNECT", "PRI", "OPTIONS", "GET"))
    return request(
        method, chance.choice(("x:1", "*", "/", "http://[")), tokens["huong"], Upgrade="h2c", Connection="upgrade"
    )


def spellings(chance: random.Random, tokens: Mapping[str, str]) -> bytes:
    letters = (chance.choice((one, f"%{ord(one):02x}")) for one in "two-tier-2025")
    lang = chance.choice(("vi", "en", "ja"))
    return request("GET", f"/v1/progress/dashboard?campaign={''.join(letters)}&lang={lang}")


KINDS: tuple[Kind, ...] = (
    bad_text, bad_times, bad_cursors, nul_in_address, deep, many_values, unknown_fields, bad_batch, header_twice,
    long_languages, large_headers, many_headers, wrong_token, cookies, body_without_token, past_moments, documents,
    timelines, bombs, noise, bad_lines, event_ids, keys, methods, no_http,
    behind_a_body, many_at_once, tunnels, spellings,
)  # fmt: skip
