"""Where a database lies."""

from pathlib import Path

import pytest

from mailgate.store.location import sqlite_file


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("sqlite:////var/lib/mailgate/x.db", Path("/var/lib/mailgate/x.db")),
        ("sqlite:///x.db", Path("x.db")),
        ("sqlite://", None),
        ("sqlite:///:memory:", None),
        ("postgresql+psycopg://a:b@host/x", None),
    ],
)
def test_only_a_file_has_a_path(url: str, path: Path | None) -> None:
    assert sqlite_file(url) == path
