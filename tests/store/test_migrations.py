"""From an empty database to the schema of this version, whole or not at all."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from mailgate.errors import CannotStart, Outage
from mailgate.store import migrations as module
from mailgate.store.engine import Store
from mailgate.store.migrations import Migration, check_schema, migrate, migrations, schema_of
from mailgate.store.tables import metadata, schema_version


@pytest.fixture
def empty(database_url: str) -> Iterator[Store]:
    opened = Store(database_url)
    yield opened
    opened.close()


def words_of_the_statement(connection: sa.Connection, table: str) -> list[str]:
    """STRICT, WITHOUT ROWID and their kin are in no reflection. A column added later may stand in another place."""
    statement = connection.exec_driver_sql("SELECT sql FROM sqlite_master WHERE name = ?", (table,)).scalar()
    return sorted(re.findall(r"\w+", str(statement)))


def shape(connection: sa.Connection) -> dict[str, Any]:
    """Everything that reflection knows of the schema."""
    inspector = sa.inspect(connection)
    return {
        table: {
            "columns": [
                (c["name"], str(c["type"]), c["nullable"], bool(c.get("autoincrement")), str(c["default"]))
                for c in inspector.get_columns(table)
            ],
            "primary key": inspector.get_pk_constraint(table)["constrained_columns"],
            "foreign keys": sorted(
                (f["constrained_columns"], f["referred_table"], f["referred_columns"])
                for f in inspector.get_foreign_keys(table)
            ),
            "unique": sorted(tuple(u["column_names"]) for u in inspector.get_unique_constraints(table)),
            "indexes": sorted(
                (
                    i["name"] or "",
                    tuple(i["column_names"]),
                    bool(i["unique"]),
                    *sorted(f"{k}={v}" for k, v in i["dialect_options"].items()),
                )
                for i in inspector.get_indexes(table)
            ),
            "sql": words_of_the_statement(connection, table) if connection.dialect.name == "sqlite" else None,
        }
        for table in inspector.get_table_names()
    }


def test_the_migrations_lead_to_the_schema_that_the_program_uses(empty: Store, now: datetime) -> None:
    assert empty.write_now(lambda c: migrate(c, now)) == len(migrations(empty.url.get_backend_name()))
    migrated = empty.read_now(shape)

    def made(connection: sa.Connection) -> dict[str, Any]:
        for table in reversed(metadata.sorted_tables):
            table.drop(connection)
        metadata.create_all(connection)
        return shape(connection)

    assert empty.write_now(made) == migrated
    assert set(migrated) == set(metadata.tables)


def test_a_second_start_changes_nothing(empty: Store, now: datetime) -> None:
    empty.write_now(lambda c: migrate(c, now))
    assert empty.write_now(lambda c: migrate(c, now)) == 0
    empty.read_now(check_schema)


def test_both_databases_know_the_same_steps() -> None:
    sqlite, postgresql = migrations("sqlite"), migrations("postgresql")
    assert [(m.version, m.name) for m in sqlite] == [(m.version, m.name) for m in postgresql]
    assert [m.version for m in sqlite] == list(range(1, len(sqlite) + 1))


@pytest.mark.parametrize("at", [1, 10])
def test_a_step_that_fails_half_way_leaves_the_database_as_it_was(
    empty: Store, now: datetime, at: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = migrations(empty.url.get_backend_name())[0]
    broken = Migration(1, "broken", (*first.statements[:at], "THIS IS NO STATEMENT", *first.statements[at:]))
    with monkeypatch.context() as patch:
        patch.setattr(module, "migrations", lambda dialect: (broken,))
        with pytest.raises((DBAPIError, Outage), match="syntax error"):
            empty.write_now(lambda c: migrate(c, now))
    assert empty.read_now(lambda c: sa.inspect(c).get_table_names()) == []
    assert empty.read_now(schema_of) == 0
    assert empty.write_now(lambda c: migrate(c, now)) >= 1


def test_a_newer_schema_is_refused_and_left_alone(empty: Store, now: datetime) -> None:
    empty.write_now(lambda c: migrate(c, now))
    newer = {"version": 9_999, "name": "from the future", "at": now}
    empty.write_now(lambda c: c.execute(sa.insert(schema_version), newer))
    with pytest.raises(CannotStart, match=r"9999.*newer") as refusal:
        empty.write_now(lambda c: migrate(c, now))
    assert refusal.value.code == 78
    with pytest.raises(CannotStart, match="9999"):
        empty.read_now(check_schema)
    assert empty.read_now(schema_of) == 9_999


def test_a_command_on_an_empty_database_says_what_to_do(empty: Store) -> None:
    with pytest.raises(CannotStart, match="mailgate serve"):
        empty.read_now(check_schema)


def test_two_nodes_that_start_at_once_migrate_once(postgres_url: str, now: datetime) -> None:
    from concurrent.futures import ThreadPoolExecutor

    stores = [Store(postgres_url) for _ in range(3)]
    with ThreadPoolExecutor(3) as threads:
        taken = list(threads.map(lambda store: store.write_now(lambda c: migrate(c, now)), stores))
    for store in stores:
        store.close()
    assert sorted(taken) == [0, 0, len(migrations("postgresql"))]
