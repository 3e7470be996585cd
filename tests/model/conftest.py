"""The service that the model is compared on: a small campaign of its own, made once and cloned for every run."""

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
from tests.model.service_handle import LoopThread, ServiceHandle, clone, drop, install_fake_clock, open_service

_numbers = itertools.count(1)


@dataclass(frozen=True)
class ModelFixture:
    """What every run starts from."""

    postgres: Embedded
    thread: LoopThread
    database: str
    tokens: dict[str, str]
    new_world: Callable[[], World]

    @contextmanager
    def start(self) -> Iterator[tuple[ServiceHandle, World]]:
        """A service on a database of its own, and the model of what is in it."""
        name = f"tiendo_model_{os.getpid()}_{next(_numbers)}"
        url = self.thread.run(clone(self.postgres, self.database, name))
        try:
            with open_service(self.thread, url, self.tokens, OPENED) as service:
                yield service, self.new_world()
        finally:
            self.thread.run(drop(self.postgres, name))


@pytest.fixture(scope="session")
def model_fixture(postgres: Embedded) -> Iterator[ModelFixture]:
    thread = LoopThread()
    name = f"tiendo_model_{os.getpid()}"
    thread.run(run_sql(postgres.url, f'create database "{name}"'))
    url = postgres.url_of(name)
    migrating.upgrade(url)
    tokens = thread.run(install_fake_clock(url, name))
    with open_service(thread, url, tokens, BEGINNING) as service:
        tokens |= found_country(service)
        new_world = world_of(service)
    yield ModelFixture(postgres, thread, name, tokens, new_world)
    thread.run(drop(postgres, name))
    thread.close()


@pytest.fixture
def running(model_fixture: ModelFixture) -> Iterator[tuple[ServiceHandle, World]]:
    """A service with the small campaign, and the model of it."""
    with model_fixture.start() as made:
        yield made
