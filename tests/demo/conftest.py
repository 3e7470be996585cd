"""Loading the demonstration writes every assignment: on a database that is thrown away afterwards."""

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/demo" in item.path.as_posix():
            item.add_marker(pytest.mark.own_database)
