"""Which configuration a command means."""

from pathlib import Path

import pytest

from mailgate.cli.configured import find
from mailgate.errors import CannotStart


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_directory_means_the_configuration_in_it(here: Path) -> None:
    (here / "desk").mkdir()
    assert find("desk", {}) == Path("desk/config.toml")
    assert find("other.toml", {}) == Path("other.toml")


def test_the_option_goes_before_the_variable_and_the_variable_before_the_places(here: Path) -> None:
    (here / "config.toml").touch()
    environ = {"MAILGATE_CONFIG": "set.toml"}
    assert find("given.toml", environ) == Path("given.toml")
    assert find(None, environ) == Path("set.toml")
    assert find(None, {}) == Path("config.toml")


def test_what_make_run_made_is_found(here: Path) -> None:
    (here / "var").mkdir()
    (here / "var" / "config.toml").touch()
    assert find(None, {}) == Path("var/config.toml")


def test_where_there_is_none_the_next_step_is_named(here: Path) -> None:
    if Path("/etc/mailgate/config.toml").exists():
        pytest.skip("this machine has a configuration in /etc")
    with pytest.raises(CannotStart, match="mailgate init") as caught:
        find(None, {})
    assert caught.value.code == 78
