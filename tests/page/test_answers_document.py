"""Every answer in docs/answers.md is what the demo answers."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Service

ANSWERS = Path(__file__).parents[2] / "docs/answers.md"
WRITTEN = re.findall(r"`GET (\S+)`\n\n```json\n(.*?)```", ANSWERS.read_text(), re.DOTALL)


def shortened(answer: Any) -> Any:
    """Of every list the first item alone."""
    if isinstance(answer, list):
        return [shortened(one) for one in answer[:1]]
    if isinstance(answer, dict):
        return {name: shortened(value) for name, value in answer.items()}
    return answer


@pytest.mark.parametrize(("address", "written"), WRITTEN, ids=[address for address, _ in WRITTEN])
async def test_an_answer_is_what_the_document_shows(demo: Service, address: str, written: str) -> None:
    answer = await demo.client().get(address)
    assert answer.status_code == 200, answer.text
    assert shortened(answer.json()) == json.loads(written)
