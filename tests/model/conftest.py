"""The stage that the model is compared on: a small campaign of its own, made once and cloned for every run."""

import itertools
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest

from app import migrating
from app.embedded import Embedded
from tests.connecting import run_sql
from tests.model.campaign import BEGINNING, OPENED, found_country, world_of
from tests.model.model import World
from tests.model.stage import Hall, Stage, clone, drop, staged, wind_up

_numbers = itertools.count(1)


@dataclass(frozen=True)
class Company:
    """What every run starts from."""

    postgres: Embedded
    hall: Hall
    database: str
    tokens: dict[str, str]
    new_world: Callable[[], World]

    @contextmanager
    def perform(self) -> Iterator[tuple[Stage, World]]:
        """A service on a database of its own, and the model of what is in it."""
        name = f"tiendo_model_{os.getpid()}_{next(_numbers)}"
        url = self.hall.run(clone(self.postgres, self.database, name))
        try:
            with staged(self.hall, url, self.tokens, OPENED) as stage:
                yield stage, self.new_world()
        finally:
            self.hall.run(drop(self.postgres, name))


@pytest.fixture(scope="session")
def company(postgres: Embedded) -> Iterator[Company]:
    hall = Hall()
    name = f"tiendo_model_{os.getpid()}"
    hall.run(run_sql(postgres.url, f'create database "{name}"'))
    url = postgres.url_of(name)
    migrating.upgrade(url)
    tokens = hall.run(wind_up(url, name))
    with staged(hall, url, tokens, BEGINNING) as stage:
        tokens |= found_country(stage)
        new_world = world_of(stage)
    yield Company(postgres, hall, name, tokens, new_world)
    hall.run(drop(postgres, name))
    hall.close()


@pytest.fixture
def play(company: Company) -> Iterator[tuple[Stage, World]]:
    """A service with the small campaign, and the model of it."""
    with company.perform() as made:
        yield made
