"""Rarer mishaps: refusals in the manner of other services, a proxy written wrongly, a full disk."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.imports.sheets import GOOD
from tests.push.mishaps import Listening
from tests.slowly import slow

JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize("errors", [b'["a"]', *slow(b"null", b'{"a": 1}', b'"a"', b"7", b'[{"detail": null}]')])
async def test_a_refusal_in_the_manner_of_another_service_is_still_a_refusal(
    there: Listening, file: Callable[..., str], errors: bytes
) -> None:
    there.mishaps.instead = [(400, JSON, b'{"detail": "no", "errors": %s}' % errors)]
    done = await there.push(file(GOOD))
    assert (done.returncode, "Traceback" in done.stderr) == (3, False), done


async def test_a_proxy_of_the_environment_that_is_no_address_is_exit_code_2(
    there: Listening, file: Callable[..., str]
) -> None:
    done = await there.push(file(GOOD), http_proxy="http:/proxy:3128")
    assert (done.returncode, "Traceback" in done.stderr, "http_proxy" in done.stderr) == (2, False, True), done


async def test_refused_rows_that_a_full_disk_cuts_off_are_not_left_as_a_broken_workbook(
    there: Listening, file: Callable[..., str], tmp_path: Path
) -> None:
    full = tmp_path / "rejected.xlsx"
    full.symlink_to("/dev/full")
    done = await there.push(file(GOOD, ("40", "hotlines", "Hoàn thành", "", "")), "--rejected", str(full))
    assert (done.returncode, "đã đầy" in done.stderr, full.is_symlink()) == (1, True, False), done


async def test_a_failure_of_its_own_is_exit_code_5(there: Listening, file: Callable[..., str]) -> None:
    there.mishaps.instead = [(201, JSON, b'{"neither": "an id", "nor": "counts"}')]
    done = await there.push(file(GOOD))
    assert (done.returncode, "KeyError" in done.stderr) == (5, True), done
