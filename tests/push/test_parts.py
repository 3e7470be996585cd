"""The pure parts of the command: its texts, its patience, the address, what it says of what waits."""

import io
import re
import socket
import ssl
import string
import threading
import time
from datetime import UTC, datetime
from email.message import Message

import pytest

from app.inbox.schemas import WaitingOut
from tests.push.test_tools import PACKAGE
from tiendo_push import texts
from tiendo_push.address import checked, of_redirect
from tiendo_push.client import Answer, Client, Request
from tiendo_push.console import Console
from tiendo_push.exchange import Busy, is_temporary, pause_before, retry_after
from tiendo_push.outcome import NotReached
from tiendo_push.report import WAITING, show_expiry, show_import, show_problem, show_waiting
from tiendo_push.system import reason_of

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)


@pytest.mark.parametrize("name", sorted(texts.NAMES))
def test_a_text_says_the_same_in_both_languages(name: str) -> None:
    vietnamese, english = texts.BY_NAME[name]
    assert _fields(vietnamese) == _fields(english)


def _fields(text: str) -> set[str | None]:
    return {field for _, field, _, _ in string.Formatter().parse(text)}


def test_every_text_is_used_and_every_text_used_is_there() -> None:
    code = "".join(file.read_text("utf-8") for file in PACKAGE.glob("*.py") if file.name != "texts.py")
    words = set(re.findall(r'"([a-z_]+(?:-[a-z0-9]+)*)"', code))
    assert texts.NAMES - words == set()
    said = r'(?:say|warn|text|_wrong|Stop|WrongUsage|NotReached)\(\s*"([^"]+)"'
    assert set(re.findall(said, code)) - texts.NAMES == set()


def test_a_pause_is_never_longer_than_the_patience_that_is_left() -> None:
    away = NotReached("not-reached", again=True, why="cut")
    assert all(0 < (pause_before(tries, away, 300) or 0) <= 30 for tries in range(1, 50))
    assert pause_before(9, away, 1) is None
    assert pause_before(1, Busy(503, 3600), 300) is None
    assert pause_before(1, Busy(503, 7), 300) == 7
    assert all((pause_before(tries, Busy(503, 0), 300) or 0) > 0.2 for tries in range(1, 50)), "or it asks all the time"
    assert pause_before(1, NotReached("certificate", why="stranger"), 300) is None


@pytest.mark.parametrize(
    ("written", "seconds"),
    [("7", 7), ("Thu, 26 Nov 2026 12:00:09 GMT", 9), ("Thu, 26 Nov 2026 11:00:00 GMT", 0), ("soon", None), ("", None)],
)
def test_retry_after_is_seconds_or_a_date(written: str, seconds: float | None) -> None:
    assert retry_after(written, NOW.timestamp()) == seconds


@pytest.mark.parametrize(("status", "header", "again"), [(409, "1", True), (409, None, False), (500, None, True)])
def test_a_conflict_passes_when_it_says_when(status: int, header: str | None, again: bool) -> None:
    headers = Message()
    if header:
        headers["Retry-After"] = header
    assert is_temporary(Answer(status, headers, b"")) is again


@pytest.mark.parametrize(
    ("written", "right"),
    [
        (" https://tiendo.gov.vn/ \r\n", "https://tiendo.gov.vn"),
        ("https://tiendo.gov.vn:8443/tien-do/", "https://tiendo.gov.vn:8443/tien-do"),
        ("http://[::1]:8000", "http://[::1]:8000"),
        ("https://bücher.vn/báo-cáo", "https://xn--bcher-kva.vn/b%C3%A1o-c%C3%A1o"),
    ],
)
def test_an_address_is_brought_into_the_form_that_requests_need(written: str, right: str) -> None:
    assert checked(written) == right


def test_a_redirect_is_shown_as_the_address_to_use() -> None:
    assert of_redirect("https://new.gov.vn/x/v1/imports?a=b", "/v1/imports") == "https://new.gov.vn/x"
    assert of_redirect("https://login.gov.vn/", "/v1/imports") == "https://login.gov.vn"


def test_what_waits_is_said_with_names_and_counts() -> None:
    counts = {"returned": 2, "answered": 0, "overdue": 7, "due_soon": 1, "blocked": 0}
    items: list[dict[str, object]] = [
        {"reasons": ["returned", "overdue"], "task_name": "Công khai đường dây nóng", "note": "thiếu\nsố máy"},
        {"reasons": ["returned"], "task_name": "Nhân sự", "note": None},
    ]
    assert _said("vi", lambda console: show_waiting(console, counts, items)) == [
        "2 việc bị trả lại: Công khai đường dây nóng (thiếu số máy); Nhân sự",
        "7 việc quá hạn",
        "1 việc sắp đến hạn",
    ]


@pytest.mark.parametrize("at_once", [b"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n", b"HTTP/1.1 200 OK\r\nX: ", b""])
def test_an_answer_that_comes_in_drops_is_not_waited_for_longer_than_said(at_once: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=_drip, args=[server, at_once], daemon=True).start()
        client = Client(f"http://127.0.0.1:{server.getsockname()[1]}", "tdo_of-nobody", "vi", None)
        with pytest.raises(NotReached):
            client.ask(Request("GET", "/v1/me"), 0.2)


def _drip(server: socket.socket, at_once: bytes) -> None:
    line, _ = server.accept()
    with line:
        line.recv(10_000)
        line.sendall(at_once)
        for _ in range(40):
            time.sleep(0.05)
            try:
                line.sendall(b" ")
            except OSError:
                return


def test_every_reason_why_something_waits_is_said() -> None:
    assert set(WAITING) == set(WaitingOut.model_fields)
    for reason in WAITING:
        out = io.StringIO()
        show_waiting(Console("vi", out, out), {reason: 3}, [])
        assert out.getvalue().startswith("3 "), reason


def test_days_until_the_token_expires_are_said() -> None:
    assert _said("vi", lambda c: show_expiry(c, "2026-12-08T13:00:00Z", NOW)) == ["Mã truy cập còn dùng được 12 ngày."]
    soon = _said("en", lambda c: show_expiry(c, "2026-11-27T11:59:59.123456Z", NOW))
    assert soon == ["The token expires within 24 hours: ask for a new one."]
    assert _said("en", lambda c: show_expiry(c, None, NOW)) == []


def test_warnings_are_shown() -> None:
    counts = dict.fromkeys(("received", "current", "superseded", "unchanged", "rejected"), 0)
    done = {"state": "committed", "counts": counts, "errors": [], "warnings": ["Cột không đọc: Hạn", {"detail": "X"}]}
    assert _said("vi", lambda c: show_import(c, done))[:2] == ["Lưu ý: Cột không đọc: Hạn", "Lưu ý: X"]


def _said(lang: str, show: object) -> list[str]:
    out = io.StringIO()
    show(Console(lang, out, out))  # type: ignore[operator]
    return out.getvalue().splitlines()


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (FileNotFoundError(2, "No such file or directory"), "không có tệp hoặc thư mục này"),
        (ConnectionRefusedError(111, "Connection refused"), "máy chủ không nhận kết nối"),
        (
            ssl.SSLError(1, "[SSL: WRONG_VERSION_NUMBER] wrong version number"),
            "không thiết lập được kết nối bảo mật https ([SSL: WRONG_VERSION_NUMBER] wrong version number)",
        ),
        (socket.gaierror(-2, "Name or service not known"), "không tìm thấy tên máy chủ"),
        (TimeoutError("timed out"), "máy chủ không trả lời kịp"),
        (OSError(28, "No space left on device"), "ổ đĩa đã đầy"),
    ],
)
def test_what_the_system_says_is_said_in_vietnamese_alone_where_it_is_known(error: OSError, said: str) -> None:
    """Why a secure connection was not made is for an administrator, who looks for the words of the system."""
    shown = texts.text("file-unreadable", "vi", file="a.csv", why=reason_of(error))
    assert shown == f"không đọc được a.csv: {said}"


def test_a_refusal_is_not_said_twice() -> None:
    problem = {"detail": "không đọc được tệp", "errors": [{"pointer": "", "detail": "không đọc được tệp"}]}
    assert _said("vi", lambda c: show_problem(c, problem)) == []
