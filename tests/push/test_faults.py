"""What went wrong once, or may, where the command runs: none of it looks like "some rows were refused"."""

import asyncio
import os
import pty
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from httpx import AsyncClient

from tests.imports.sheets import GOOD
from tests.push.mishaps import Answer, Listening, Mishaps, listening
from tests.push.test_push import HTML, history
from tests.slowly import slow

JSON = {"Content-Type": "application/json"}
INSTALLED = (sys.executable, "-c", "from app.cli import main; main()", "push")


async def test_a_service_that_is_not_there_is_exit_code_4(there: Listening, file: Callable[..., str]) -> None:
    done = await there.push(file(GOOD), "--patience", "1", TIENDO_URL="http://127.0.0.1:9")
    assert (done.returncode, "Không liên lạc được" in done.stderr) == (4, True)
    there.mishaps.instead = [(503, {}, b"{}")] * 9
    assert (await there.push(file(GOOD), "--patience", "1")).returncode == 4


@pytest.mark.parametrize("status", [429, 503])
async def test_patience_is_kept_whatever_retry_after_says(
    there: Listening, file: Callable[..., str], status: int
) -> None:
    there.mishaps.instead = [(status, {"Retry-After": "3600"}, b"{}")] * 9
    began = time.monotonic()
    done = await there.push(file(GOOD), "--patience", "2")
    assert (done.returncode, time.monotonic() - began < 60) == (4, True)
    assert len(there.mishaps.keys) == 1, "an hour is longer than the patience: it does not ask again before"


@pytest.mark.parametrize(
    ("page", "code"),
    [
        ((200, HTML, b"<html>Sign in to the network"), 4),
        ((201, HTML, b"<html>Sign in to the network"), 4),
        ((403, HTML, b"<html>Blocked by the proxy"), 4),
        ((407, HTML, b"<html>Proxy authentication"), 4),
        ((404, HTML, b"<html>nginx"), 2),
        ((200, {}, b"\xff\xfe\x00"), 4),
        ((200, JSON, b"[" * 100_000), 4),
    ],
)
async def test_a_page_of_a_proxy_is_not_an_answer_of_the_service(
    there: Listening, file: Callable[..., str], huong: AsyncClient, page: Answer, code: int
) -> None:
    there.mishaps.instead = [page]
    done = await there.push(file(GOOD), "--patience", "1")
    assert (done.returncode, "Traceback" in done.stderr) == (code, False), done
    assert await history(huong) == []


async def test_what_only_passes_by_is_tried_again_although_a_proxy_says_it(
    there: Listening, file: Callable[..., str]
) -> None:
    there.mishaps.instead = [(502, HTML, b"<html>Bad gateway"), (504, HTML, b"<html>Timeout")]
    assert (await there.push(file(GOOD))).returncode == 0


@pytest.mark.parametrize("encoding", ["cp1252", *slow("cp1258", "ascii", "shift_jis", "utf-16")])
async def test_any_encoding_of_the_console_will_do(
    there: Listening, file: Callable[..., str], huong: AsyncClient, encoding: str
) -> None:
    done = await there.raw(file(GOOD, ("40", "hotlines", "Hoàn thành", "", "")), PYTHONIOENCODING=encoding)
    assert done.returncode == 1, done
    assert "2 dòng: " in done.stdout.decode(encoding) or "2 dong: " in done.stdout.decode(encoding)
    assert len(await history(huong)) == 1


async def test_what_the_console_cannot_write_is_still_read(there: Listening, file: Callable[..., str]) -> None:
    done = await there.raw(file(GOOD), PYTHONIOENCODING="ascii")
    assert done.stdout.startswith(b"1 dong: da luu 1 (trong do 0 dong la lich su), 0 khong doi, 0 bi tu choi."), done


async def test_a_pipe_that_is_gone_does_not_change_the_exit_code(there: Listening, file: Callable[..., str]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    command = [*there.command, file(GOOD)]
    known = {"TIENDO_URL": there.url, "TIENDO_TOKEN": there.token}
    done = await _finished(command, known, stdout=writer, stderr=writer)
    os.close(writer)
    assert done == 0


async def _finished(command: list[str], environment: dict[str, str], *, stdout: int, stderr: int) -> int:
    process = await asyncio.create_subprocess_exec(*command, env=environment, stdout=stdout, stderr=stderr)
    return await process.wait()


@pytest.mark.parametrize("around", ["\ufeff{}\r", *slow("{}\r\n", " {} ", '"{}"')])
async def test_a_token_is_trimmed(there: Listening, file: Callable[..., str], tmp_path: Path, around: str) -> None:
    kept = tmp_path / "token.txt"
    kept.write_text(around.format(there.token), encoding="utf-8", newline="")
    assert (await there.push(file(GOOD), "--token-file", str(kept), TIENDO_TOKEN="")).returncode == 0
    if "\ufeff" not in around:
        assert (await there.push(file(GOOD), TIENDO_TOKEN=around.format(there.token))).returncode == 0


async def test_a_token_file_of_windows_is_read(there: Listening, file: Callable[..., str], tmp_path: Path) -> None:
    kept = tmp_path / "token.txt"
    kept.write_bytes(f"{there.token}\r\n".encode("utf-16"))
    assert (await there.push(file(GOOD), TIENDO_TOKEN_FILE=str(kept), TIENDO_TOKEN="")).returncode == 0


async def test_the_token_is_in_no_output(there: Listening, file: Callable[..., str], tmp_path: Path) -> None:
    token, good = there.token, file(GOOD)
    echo: Answer = (400, JSON, b'{"detail": "%s is what you sent"}' % token.encode())
    broken: Answer = (201, JSON, b'{"id": 7, "counts": "%s"}' % token.encode())
    runs: list[tuple[list[str], list[Answer | str], dict[str, str]]] = [
        (["--token", token, good], [], {}),
        ([good, token], [], {}),
        ([good, "--url", token], [], {}),
        ([token], [], {}),
        ([good], [], {"TIENDO_TOKEN": f"{token} {token}"}),
        ([good], [], {"TIENDO_TOKEN": f"{token[:20]}\r{token[20:]}"}),
        ([good, "--token-file", token], [], {}),
        ([good], [echo], {}),
        ([good, "--json"], [echo], {}),
        ([good], [broken, broken], {}),
        ([good, "--patience", "1"], [], {"TIENDO_URL": f"http://127.0.0.1:9/{token}"}),
    ]
    for arguments, there.mishaps.instead, environment in runs:
        done = await there.push(*arguments, **environment)
        assert done.returncode in (2, 3, 4, 5), done
        assert token not in done.stdout + done.stderr
        assert token[4:20] not in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("tiendo.example.gov.vn", "https://tiendo.example.gov.vn"),
        ("{}v1", "{}"),
        ("{}v1/imports", "{}"),
        ("{}?lang=vi", "{}"),
        ("https://", "https://"),
        ("https://tiendo example", "không đúng"),
        ("http://127.0.0.1:port", "không đúng"),
        ("https://user:secret@127.0.0.1", "không đúng"),
        ("ftp://127.0.0.1", "https://"),
    ],
)
async def test_an_address_that_cannot_be_right_is_exit_code_2(
    there: Listening, file: Callable[..., str], url: str, said: str
) -> None:
    right = there.url.rstrip("/")
    done = await there.push(file(GOOD), "--url", url.format(there.url))
    assert (done.returncode, said.format(right) in done.stderr) == (2, True), done
    assert there.mishaps.paths == []


@pytest.mark.parametrize("status", [308, *slow(301, 302, 303, 307)])
async def test_a_redirect_is_shown_and_not_followed(there: Listening, file: Callable[..., str], status: int) -> None:
    elsewhere = Mishaps(there.mishaps.app)
    with listening(elsewhere) as port:
        target = f"http://127.0.0.1:{port}/khac"
        there.mishaps.instead = [(status, {"Location": f"{target}/v1/imports"}, b"")]
        done = await there.push(file(GOOD))
    assert (done.returncode, done.stderr.strip().endswith(f": {target}")) == (2, True), done
    assert elsewhere.paths == [], "the token goes where it was meant to go, and nowhere else"


async def test_wrong_usage_is_exit_code_2_before_anything_is_sent(
    there: Listening, file: Callable[..., str], tmp_path: Path
) -> None:
    good = file(GOOD)
    (tmp_path / "folder.xlsx").mkdir()
    for arguments in (
        [],
        ["no such file.csv"],
        [str(tmp_path / "folder.xlsx")],
        [file(GOOD, name="a.pdf")],
        [file(GOOD, name="a.xls")],
        [good, "another.csv"],
        [good, "--bogus"],
        [good, "--dry"],
        [good, "--lang", "fr"],
        [good, "--patience", "soon"],
        [good, "--patience", "-1"],
        [good, "--patience", "nan"],
        [good, "--url"],
        [good, "--token-file", str(tmp_path / "none")],
        [good, "--ca-file", good],
        [good, "--ca-file", str(tmp_path / "none")],
        [good, "--rejected", str(tmp_path / "none" / "rejected.xlsx")],
        [good, "--rejected", str(tmp_path / "folder.xlsx")],
        [good, "--rejected", good],
        [good, "--rejected", str(tmp_path / "rejected.csv")],
        [good, "--rejected", str(tmp_path / ("long" * 99 + ".xlsx"))],
    ):
        done = await there.push(*arguments)
        assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (2, "", 1), done
    assert (await there.push(good, TIENDO_TOKEN="")).returncode == 2
    assert (await there.push(good, TIENDO_URL="")).returncode == 2
    assert there.mishaps.paths == []


async def test_trying_out_whether_rejected_can_be_written_leaves_things_as_they_are(
    there: Listening, file: Callable[..., str], tmp_path: Path
) -> None:
    kept, new = tmp_path / "kept.xlsx", tmp_path / "new.xlsx"
    kept.write_bytes(b"of last week")
    for rejected in (kept, new):
        done = await there.push(
            file(GOOD), "--rejected", str(rejected), "--patience", "0", "--url", "http://127.0.0.1:9"
        )
        assert done.returncode == 4
    assert (kept.read_bytes(), new.exists()) == (b"of last week", False)


async def test_a_proxy_of_the_environment_is_used(there: Listening, file: Callable[..., str]) -> None:
    proxy = "/".join(there.url.split("/")[:3])
    done = await there.push(file(GOOD), TIENDO_URL="http://tiendo.invalid/tien-do", http_proxy=proxy)
    assert done.returncode == 0, done
    past = {"TIENDO_URL": "http://tiendo.invalid/tien-do", "http_proxy": proxy, "no_proxy": "tiendo.invalid"}
    assert (await there.push(file(GOOD), "--patience", "0", **past)).returncode == 4


async def test_a_bar_is_drawn_on_a_terminal_and_nowhere_else(there: Listening, file: Callable[..., str]) -> None:
    ours, theirs = pty.openpty()
    known = {"TIENDO_URL": there.url, "TIENDO_TOKEN": there.token, "PYTHONIOENCODING": "utf-8"}
    code = await _finished([*there.command, file(GOOD)], known, stdout=subprocess.DEVNULL, stderr=theirs)
    drawn = os.read(ours, 10_000).decode()
    assert (code, "\rĐang gửi [####" in drawn, "100%" in drawn) == (0, True, True)
    assert "\r" not in (await there.push(file(GOOD))).stderr


async def test_tiendo_push_is_the_same_command(there: Listening, file: Callable[..., str]) -> None:
    command = Listening(there.mishaps, there.url, there.token, INSTALLED)
    done = await command.push(file(GOOD))
    assert (done.returncode, done.stdout.startswith("1 dòng: đã lưu 1 ")) == (0, True), done


@pytest.mark.slow
async def test_tiendo_push_takes_the_same_words(there: Listening, file: Callable[..., str]) -> None:
    command = Listening(there.mishaps, there.url, there.token, INSTALLED)
    assert (await command.push(file(GOOD), "--bogus")).returncode == 2
    assert "--token-file" in (await command.push("--help", "--lang", "en")).stdout
