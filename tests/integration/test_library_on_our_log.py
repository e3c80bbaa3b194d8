"""The library's own tests, run on our log through its persistence module."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from uuid import UUID, uuid4

import psycopg
import pytest
from eventsourcing import cryptography
from eventsourcing.application import Application
from eventsourcing.persistence import (
    AggregateRecorder,
    ApplicationRecorder,
    ProcessRecorder,
    TrackingRecorder,
)
from eventsourcing.postgres import PostgresTrackingRecorder
from eventsourcing.utils import Environment
from psycopg.conninfo import conninfo_to_dict

from feesvc.embedded import Database
from feesvc.store.grouped import GroupedStore
from feesvc.store.library import Factory
from feesvc.store.mapper import LogMapper
from feesvc.store.recorders import (
    LogAggregateRecorder,
    LogApplicationRecorder,
    LogProcessRecorder,
)
from feesvc.testing.jar import Jar, command, opened

# The library's tests want its cipher over pycryptodome; it ships the same over cryptography.
sys.modules.setdefault("eventsourcing.cipher", cryptography)

from eventsourcing.tests import application as application_tests  # noqa: E402
from eventsourcing.tests import persistence as persistence_tests  # noqa: E402

pytestmark = pytest.mark.slow


def environment(database: Database) -> dict[str, str]:
    """The library's settings for a database, as its owner."""
    settings = conninfo_to_dict(database.owner_url)
    return {
        "PERSISTENCE_MODULE": "feesvc.store.library",
        "POSTGRES_DBNAME": str(settings["dbname"]),
        "POSTGRES_HOST": str(settings["host"]),
        "POSTGRES_PORT": str(settings.get("port", "5432")),
        "POSTGRES_USER": str(settings["user"]),
        "POSTGRES_PASSWORD": str(settings.get("password", "")) or "none",
        "POSTGRES_SCHEMA": "library",
    }


class OnOurLog:
    """Gives each test a log of its own in a fresh database."""

    @pytest.fixture(autouse=True)
    def made(self, database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
        with psycopg.connect(database.owner_url, autocommit=True) as owner:
            owner.execute("CREATE SCHEMA library")
        self.settings = environment(database)
        for name, value in self.settings.items():
            monkeypatch.setenv(name, value)
        self.made_factory = Factory(Environment("TestCase", self.settings))
        yield
        self.made_factory.close()


class TestAggregateRecorder(OnOurLog, persistence_tests.AggregateRecorderTestCase):
    def create_recorder(self) -> AggregateRecorder:
        return self.made_factory.aggregate_recorder()


class TestApplicationRecorder(
    OnOurLog, persistence_tests.ApplicationRecorderTestCase[ApplicationRecorder]
):
    def create_recorder(self) -> ApplicationRecorder:
        return self.made_factory.application_recorder()

    def test_insert_subscribe(self) -> None:
        self.optional_test_insert_subscribe()


class TestProcessRecorder(OnOurLog, persistence_tests.ProcessRecorderTestCase):
    def create_recorder(self) -> ProcessRecorder:
        return self.made_factory.process_recorder()


class TestNotificationIdsDoNotInterleave(
    OnOurLog, persistence_tests.NonInterleavingNotificationIDsBaseCase
):
    def create_recorder(self) -> ApplicationRecorder:
        return self.made_factory.application_recorder()


class Tracked(PostgresTrackingRecorder):
    """Some application's own tracking recorder."""


class TestFactory(OnOurLog, persistence_tests.InfrastructureFactoryTestCase[Factory]):
    def setUp(self) -> None:
        self.env = Environment("TestCase", self.settings)
        super().setUp()

    def expected_factory_class(self) -> type[Factory]:
        return Factory

    def expected_aggregate_recorder_class(self) -> type[AggregateRecorder]:
        return LogAggregateRecorder

    def expected_application_recorder_class(self) -> type[ApplicationRecorder]:
        return LogApplicationRecorder

    def expected_tracking_recorder_class(self) -> type[TrackingRecorder]:
        return PostgresTrackingRecorder

    def tracking_recorder_subclass(self) -> type[TrackingRecorder]:
        return Tracked

    def expected_process_recorder_class(self) -> type[ProcessRecorder]:
        return LogProcessRecorder


class TestExampleApplication(OnOurLog, application_tests.ExampleApplicationTestCase):
    expected_factory_topic = "feesvc.store.library:Factory"


class Feesvc(Application[UUID]):
    name = "feesvc"


def test_the_library_reads_what_the_service_recorded(database: Database) -> None:
    stream = uuid4()

    async def record() -> None:
        store = await GroupedStore.open(database.url)
        await store.append(command(opened(stream, "tea", 3)))
        await store.close()

    asyncio.run(record())
    settings = environment(database) | {
        "MAPPER_TOPIC": "feesvc.store.mapper:LogMapper",
        "CREATE_TABLE": "n",
    }
    application = Feesvc(settings)
    try:
        jar: Jar = application.repository.get(stream)
        assert (jar.label, jar.count) == ("tea", 3)
        section = application.notification_log["1,10"]
        assert [each.id for each in section.items] == [1, 2, 3, 4, 5]
        jar.fill(1)
        application.save(jar)
        with application.recorder.subscribe(gt=5) as subscription:
            assert next(subscription).id == 6
    finally:
        application.close()
    assert isinstance(application.mapper, LogMapper)
