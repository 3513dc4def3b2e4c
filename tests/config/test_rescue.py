"""Where the database lies is found out even where the configuration has mistakes elsewhere."""

from pathlib import Path

import pytest

from mailgate.config.rescue import database_of


def found(path: Path, text: str, environ: dict[str, str] | None = None) -> str | None:
    (path / "config.toml").write_text(text)
    return database_of(path / "config.toml", environ or {})


@pytest.mark.parametrize(
    "text",
    [
        '[database]\nurl = "sqlite:///desk.db"\n[lgo]\n',
        '[database]\nurl = "sqlite:///desk.db"\n[site]\nname = "x\n',
        '[database]\nurl = "sqlite:///desk.db"\n\n\n= nonsense',
        '[database]\nurl = "sqlite:///desk.db"\n[queues\n[[\n',
    ],
)
def test_mistakes_elsewhere_do_not_hide_it(tmp_path: Path, text: str) -> None:
    assert found(tmp_path, text) == f"sqlite:///{tmp_path}/desk.db"


def test_the_default_and_the_environment_count(tmp_path: Path) -> None:
    assert found(tmp_path, "[lgo]\n") == f"sqlite:///{tmp_path}/mailgate.db"
    url = "postgresql+psycopg://mailgate:secret@/mailgate"
    assert found(tmp_path, "[lgo]\n", {"MAILGATE_DATABASE__URL": url}) == url


@pytest.mark.parametrize("text", ['[database]\nurl = "mysql://x"\n', "[database]\nurl = 7\n", "database = 7\n[lgo]\n"])
def test_what_is_no_database_is_no_answer_that_leads_astray(tmp_path: Path, text: str) -> None:
    assert found(tmp_path, text) in (None, f"sqlite:///{tmp_path}/mailgate.db")


def test_without_a_file_there_is_no_answer(tmp_path: Path) -> None:
    assert database_of(tmp_path / "config.toml", {}) is None
