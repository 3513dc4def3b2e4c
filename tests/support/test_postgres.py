"""The databases that tests get."""

from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from tests.support.postgres import own_cluster


def test_each_database_is_new_and_takes_a_table(database_url: str) -> None:
    engine = create_engine(database_url, poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(
            text("CREATE TABLE only_here (id integer)")
        )  # fails if an earlier test's database is this one
    engine.dispose()


def test_two_postgres_databases_know_nothing_of_each_other(postgres_url: str) -> None:
    assert "mailgate_test_" in postgres_url
    test_each_database_is_new_and_takes_a_table(postgres_url)


def test_a_cluster_survives_a_crash_and_leaves_nothing_behind() -> None:
    with own_cluster() as cluster, cluster.database() as url:
        test_each_database_is_new_and_takes_a_table(url)
        cluster.crash()
        cluster.start()
        cluster.execute("SELECT 1")
        directory, process = cluster.directory, cluster.process
    assert directory is not None
    assert not directory.exists()
    assert process is not None
    assert process.returncode == 0
