"""The signature of our calls, proven by the very words of the how-to page; its other examples load."""

import re
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from mailgate.config.policy import vocabulary
from mailgate.config.settings import Config
from mailgate.delivery.signature import signature
from mailgate.problems import report
from mailgate.rules.ruleset import compiled
from tests.config.texts import WHOLE, read

PAGE = (Path(__file__).parents[2] / "docs/how-to/call-another-system.md").read_text(encoding="utf-8")
AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


def configured(directory: Path) -> Config:
    (directory / "erp.secret").write_text("hush\n")
    (directory / "erp.secret").chmod(0o600)
    return read(WHOLE + '[queues.billing]\naddresses = ["b@example.com"]\n' + "".join(blocks("toml")), directory)


def is_ours() -> Any:
    (code,) = blocks("python")
    names: dict[str, Any] = {}
    exec(code, names)
    return names["is_ours"]


@pytest.mark.parametrize(
    ("secret", "body", "later", "proven"),
    [("hush", b"{}", 0, True), ("hush", b"{}", 299, True), ("hush", b"{}", 301, False), ("hush", b"{ }", 0, False)],
)
def test_who_does_as_the_page_says_can_prove_a_call(secret: str, body: bytes, later: int, proven: bool) -> None:
    said = signature("hush", b"{}", AT)
    assert is_ours()(secret, said, body, AT.timestamp() + later) is proven
    assert not is_ours()("another", said, b"{}", AT.timestamp())


def test_the_configuration_of_the_page_loads(tmp_path: Path) -> None:
    config = configured(tmp_path)
    assert {*config.webhooks} == {"erp", "stock"}
    assert {*config.programs} == {"lookup-order"}
    assert all(tomllib.loads(block) for block in blocks("toml"))


@pytest.mark.parametrize("number", range(len(blocks("yaml"))))
def test_every_rule_of_the_page_loads_with_that_configuration(number: int, tmp_path: Path) -> None:
    ruleset, problems, sources = compiled(
        {"50.yaml": blocks("yaml")[number].encode()}, vocabulary(configured(tmp_path), ())
    )
    assert ruleset is not None, report(problems, sources)
    assert problems == ()
