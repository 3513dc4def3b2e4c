"""Environment variables go before the file, and a mistyped one is an error, not a silence."""

from pathlib import Path

import pytest

from mailgate.config.read import parse
from mailgate.config.settings import Config
from mailgate.errors import FilesRejected
from mailgate.problems import Problem

TEXT = """
[site]
domain = "example.com"
[queues.first-line]
addresses = ["support@example.com"]
team = "first"
[teams]
first = ["nina"]
[agents.nina]
email = "nina@example.com"
[[in]]
name = "lan"
type = "smtp"
listen = "127.0.0.1:1"
[[in]]
name = "public-25"
type = "smtp"
listen = "127.0.0.1:2"
[out]
host = "smtp.example.com"
"""


def read(**environ: str) -> Config:
    return parse(TEXT, Path("/etc/desk/config.toml"), environ)


def rejected(**environ: str) -> tuple[Problem, ...]:
    with pytest.raises(FilesRejected) as caught:
        read(**environ)
    return caught.value.problems


def test_a_variable_replaces_a_text_as_it_stands() -> None:
    assert read(MAILGATE_SITE__NAME="true").site.name == "true"


def test_a_variable_gives_a_key_that_the_file_has_not() -> None:
    config = read(MAILGATE_DATABASE__URL="sqlite:///other.db", MAILGATE_LOG__FORMAT="json")
    assert config.database_url == "sqlite:////etc/desk/other.db"
    assert config.log.format == "json"


def test_numbers_switches_lists_and_tables_are_written_as_in_toml() -> None:
    config = read(
        MAILGATE_OUT__PORT="2525",
        MAILGATE_SITE__TRUST_UNVERIFIED="true",
        MAILGATE_SITE__ADMINS='["ops@example.net"]',
        MAILGATE_OUT__AUTOMATIC='{ total = "1/day" }',
    )
    assert (config.out.port, config.site.trust_unverified, config.site.admins) == (2525, True, ("ops@example.net",))
    assert config.out.automatic.total is not None


def test_a_variable_reaches_into_queues_doors_and_tables_by_their_names() -> None:
    config = read(
        MAILGATE_QUEUES__FIRST_LINE__TITLE="First",
        MAILGATE_IN__PUBLIC_25__LISTEN="127.0.0.1:25",
        MAILGATE_OUT__AUTOMATIC__PER_DOMAIN="5/h",
        MAILGATE_TEAMS__FIRST='["nina"]',
    )
    assert config.queues["first-line"].title == "First"
    assert [door.listen.port for door in config.doors] == [1, 25]
    assert config.out.automatic.per_domain is not None
    assert config.out.automatic.per_domain.count == 5


def test_the_database_url_may_hold_a_password_here() -> None:
    url = "postgresql+psycopg://desk:hunter2@db/mailgate"
    assert read(MAILGATE_DATABASE__URL=url).database_url == url


@pytest.mark.parametrize(
    ("variable", "value", "message", "mend"),
    [
        ("MAILGATE_SITE__DOMAIN", "no domain", "is not a domain name", ""),
        ("MAILGATE_SITE__DOMIAN", "a.example", 'no key "domian"', 'did you mean "domain"?'),
        ("MAILGATE_DATABSE__URL", "x", "overrides nothing", "MAILGATE_DATABASE__"),
        ("MAILGATE_IN__MISSING__LISTEN", "127.0.0.1:1", "overrides nothing", ""),
        ("MAILGATE_SITE__NAME__X", "a", "a table where a text", ""),
        ("MAILGATE_SITE__DOMAIN__X", "a", "overrides nothing", ""),
        ("MAILGATE_OUT__PORT", "often", "is not a whole number", ""),
        ("MAILGATE_OUT__PORT", "'25'", "a text where a whole number", ""),
    ],
)
def test_a_mistake_names_its_variable(variable: str, value: str, message: str, mend: str) -> None:
    [problem] = rejected(**{variable: value})
    assert problem.place == f"${variable}"
    assert message in problem.message
    assert mend in problem.mend


def test_a_secret_that_is_written_out_is_refused_and_not_repeated() -> None:
    found = rejected(MAILGATE_OUT__PASSWORD="hunter2", MAILGATE_OUT__USER="desk")
    assert "is not a secret" in found[0].message
    assert "hunter2" not in repr(found)


def test_variables_of_other_meaning_are_left_alone() -> None:
    assert read(MAILGATE_CONFIG="/x", MAILGATE_CORPUS="/y", OTHER__THING="1") == read()
