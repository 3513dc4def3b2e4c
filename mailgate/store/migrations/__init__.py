"""The way from any older database to this version's schema: forward only, all or nothing, refused by older programs.

A migration is SQL in `NNNN_name.<dialect>.sql` beside this file. Both databases take schema changes inside a
transaction: a start that dies half-way leaves the database as it was.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from importlib import resources

import sqlalchemy as sa

from mailgate.errors import CannotStart
from mailgate.store.tables import schema_version

_NAME = re.compile(r"(\d{4})_(\w+)\.(sqlite|postgresql)\.sql")
_LOCK = 0x6D61696C  # "mail": one node migrates, the others wait


@dataclass(frozen=True, slots=True)
class Migration:
    """One step of the schema."""

    version: int
    name: str
    statements: tuple[str, ...]


def migrations(dialect: str) -> tuple[Migration, ...]:
    """All steps for a database, in order."""
    found = []
    for file in resources.files(__name__).iterdir():
        if (match := _NAME.fullmatch(file.name)) and match[3] == dialect:
            statements = [each.strip() for each in file.read_text("utf-8").split(";\n") if each.strip()]
            found.append(Migration(int(match[1]), match[2], tuple(statements)))
    return tuple(sorted(found, key=lambda each: each.version))


def migrate(connection: sa.Connection, now: datetime) -> int:
    """Bring the database to this version's schema; the number of steps taken. Raises CannotStart for a newer one."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    steps = migrations(connection.dialect.name)
    current = schema_of(connection)
    newest = steps[-1].version
    if current > newest:
        raise CannotStart(
            f"the database has schema {current}, this program knows {newest}: install the newer mailgate again",
            78,
        )
    for step in steps:
        if step.version > current:
            for statement in step.statements:
                connection.exec_driver_sql(statement)
            connection.execute(sa.insert(schema_version), {"version": step.version, "name": step.name, "at": now})
    return sum(step.version > current for step in steps)


def schema_of(connection: sa.Connection) -> int:
    """The database's schema version; 0 for an empty one."""
    if not sa.inspect(connection).has_table(schema_version.name):
        return 0
    return int(connection.execute(sa.select(sa.func.max(schema_version.c.version))).scalar() or 0)


def check_schema(connection: sa.Connection) -> None:
    """For commands that do not migrate. Raises CannotStart with the next step where the schema is another."""
    current, newest = schema_of(connection), migrations(connection.dialect.name)[-1].version
    if current == 0:
        raise CannotStart("the database is empty: start the daemon once with `mailgate serve`")
    if current < newest:
        raise CannotStart(f"the database has schema {current}, this program wants {newest}: run `mailgate serve` once")
    if current > newest:
        raise CannotStart(f"the database has schema {current}, this program knows {newest}: use the newer mailgate")
