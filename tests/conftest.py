"""Fixtures that tests of several packages share: the two databases and the corpus."""

import logging
import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest
import structlog
from hypothesis import HealthCheck, settings

from mailgate.store.engine import Store
from mailgate.store.migrations import migrate
from tests.support.postgres import Cluster, NoPostgres, any_cluster

MIGRATED_AT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
ROOT = Path(__file__).resolve().parent.parent

# No test is about time: a busy machine is no failure.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster | str]:
    """The run's PostgreSQL (one for each worker), or why there is none."""
    with ExitStack() as stack:
        found: Cluster | str
        try:
            found = stack.enter_context(any_cluster())
        except NoPostgres as reason:
            found = str(reason)
        yield found


@pytest.fixture
def postgres_cluster(postgres: Cluster | str) -> Cluster:
    """The run's PostgreSQL. Where there is none the test fails in CI, and elsewhere is skipped with the reason."""
    if isinstance(postgres, Cluster):
        return postgres
    if os.environ.get("CI"):
        pytest.fail(postgres)
    pytest.skip(postgres)


@pytest.fixture
def postgres_url(postgres_cluster: Cluster) -> Iterator[str]:
    """The URL (`postgresql+psycopg://...`) of a new empty database."""
    with postgres_cluster.database() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a new empty database of each kind we promise to work on."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'mailgate.db'}"
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with the schema and nothing else; to be copied."""
    path = tmp_path_factory.mktemp("migrated") / "mailgate.db"
    _migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def migrated_postgres(postgres: Cluster | str) -> Iterator[str]:
    """The URL of such a database on PostgreSQL; to be copied."""
    if isinstance(postgres, str):
        yield ""
        return
    with postgres.database() as url:
        _migrate(url)
        yield url


def _migrate(url: str) -> None:
    store = Store(url)
    store.write_now(lambda c: migrate(c, MIGRATED_AT))
    store.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def migrated_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """As `database_url`, with the schema in place: a copy costs a fraction of the migrations."""
    if request.param == "sqlite":
        copy = shutil.copy(request.getfixturevalue("migrated_sqlite"), tmp_path / "mailgate.db")
        yield f"sqlite:///{copy}"
        return
    cluster: Cluster = request.getfixturevalue("postgres_cluster")
    with cluster.database(like=request.getfixturevalue("migrated_postgres")) as url:
        yield url


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The collected real mail: $MAILGATE_CORPUS, else beside the repository; it is not ours to publish."""
    path = Path(os.environ.get("MAILGATE_CORPUS") or ROOT.parent / "shared" / "corpus")
    if not path.is_dir():
        pytest.skip(f"no corpus at {path}; $MAILGATE_CORPUS says where one is")
    return path


@pytest.fixture(autouse=True)
def _logging_stays_as_it_was() -> Iterator[None]:
    """The command line sets up the logging of its process, which is the tests' own where they call it in place."""
    levels = [(logger, logger.level) for logger in (logging.getLogger(), logging.getLogger("mailgate"))]
    raises, told_by = logging.raiseExceptions, structlog.get_config()
    yield
    for logger, level in levels:
        logger.setLevel(level)
    logging.raiseExceptions = raises
    structlog.configure(**told_by)


@pytest.hookimpl(trylast=True)  # behind the one that puts them in random order
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with slow tests first: as the last ones they keep one worker busy while the other has nothing to do."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)
