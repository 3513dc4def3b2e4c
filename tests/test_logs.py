"""One event is one line, whatever a stranger put into it (R55, D23)."""

import io
import json
import logging
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from mailgate.logs import configure


@pytest.fixture(autouse=True)
def _as_it_was() -> Iterator[None]:
    root, raising = logging.getLogger(), logging.raiseExceptions
    handlers, level, ours = root.handlers[:], root.level, logging.getLogger("mailgate").level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.getLogger("mailgate").setLevel(ours)
    logging.raiseExceptions = raising
    structlog.reset_defaults()


def set_up(form: str = "json", level: str = "info", *, bodies: bool = False) -> io.StringIO:
    out = io.StringIO()
    configure(SimpleNamespace(format=form, level=level, bodies=bodies), out)
    return out


def told(out: io.StringIO) -> dict[str, Any]:
    [line] = out.getvalue().splitlines()
    found: dict[str, Any] = json.loads(line)
    return found


def test_an_event_is_a_line_of_json_with_its_time_and_level() -> None:
    out = set_up()
    structlog.get_logger("mailgate").info("mail accepted", account="smtp", size=12, list=["a", None, True])
    found = told(out)
    assert found.pop("ts").endswith("Z")
    assert found == {
        "level": "info",
        "event": "mail accepted",
        "account": "smtp",
        "size": 12,
        "list": ["a", None, True],
    }


def test_text_is_for_people() -> None:
    out = set_up("text")
    structlog.get_logger().warning("processing waits", cause="database is locked", seconds=5)
    assert out.getvalue().endswith(' warning processing waits cause="database is locked" seconds=5\n')


def test_auto_is_json_where_no_terminal_is() -> None:
    out = set_up("auto")
    structlog.get_logger().info("x")
    assert told(out)["event"] == "x"


@pytest.mark.parametrize("form", ["text", "json"])
@given(words=st.text(), value=st.text())
def test_no_text_makes_a_second_line_or_steers_a_terminal(form: str, words: str, value: str) -> None:
    out = set_up(form, bodies=True)
    structlog.get_logger().info(words, value=value)
    logging.getLogger("mailgate.x").warning("%s", value)
    lines = out.getvalue().split("\n")
    assert len(lines) == 3
    assert all(line.isprintable() for line in lines)


def test_the_forged_line_of_d23_stays_within_its_own() -> None:
    out = set_up("text")
    structlog.get_logger().info("seen", cause="x\n2026-01-01 ERROR fake\x1b[2J")
    assert out.getvalue().count("\n") == 1
    assert "\x1b" not in out.getvalue()


def test_addresses_are_hashed_wherever_they_stand_and_always_alike() -> None:
    out = set_up()
    structlog.get_logger().info("to <Ana@acme.example>", sender="ana@ACME.example", seen=["ana@acme.example"])
    found = told(out)
    assert "acme" not in json.dumps(found)
    assert found["event"] == f"to <{found['sender']}>"
    assert found["seen"] == [found["sender"]]


def test_texts_and_subjects_are_not_told_unless_wanted() -> None:
    out = set_up()
    structlog.get_logger().info("x", subject="Invoice", body="words", password="hunter2")
    assert set(told(out)) == {"ts", "level", "event"}
    out = set_up(bodies=True)
    structlog.get_logger().info("x", subject="Invoice", sender="ana@acme.example")
    assert (told(out)["subject"], told(out)["sender"]) == ("Invoice", "ana@acme.example")


def test_below_the_level_nothing_is_told_nor_worked_out() -> None:
    class Costly:
        def __str__(self) -> str:
            raise AssertionError("it was asked")

    out = set_up(level="warning")
    structlog.get_logger().info("x", value=Costly())
    assert out.getvalue() == ""


def test_an_exception_is_told_on_the_same_line_without_addresses() -> None:
    out = set_up()
    try:
        raise ValueError("ana@acme.example\nis wrong")
    except ValueError as error:
        structlog.get_logger().error("failed", exc_info=True)
        first = out.getvalue()
        logging.getLogger("mail.log").error("failed", exc_info=error)
    lines = out.getvalue().splitlines()
    assert first == f"{lines[0]}\n"
    for line in lines:
        assert "ValueError" in json.loads(line)["exception"]
        assert "acme" not in line


def test_libraries_are_heard_from_warnings_up_and_we_from_the_level_up() -> None:
    out = set_up(level="debug")
    logging.getLogger("mail.log").info("every command and address")
    logging.getLogger("sqlalchemy.engine").debug("every value")
    logging.getLogger("mail.log").warning("trouble %d", 7)
    logging.getLogger("mailgate.delivery").debug("ours")
    events = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [(each["event"], each["logger"]) for each in events] == [
        ("trouble 7", "mail.log"),
        ("ours", "mailgate.delivery"),
    ]


def test_logging_never_raises() -> None:
    class Mute:
        def __str__(self) -> str:
            raise RuntimeError("I will not say")

    out = set_up()
    structlog.get_logger().info("x", value=Mute(), number=float("nan"))
    assert told(out)["value"] == "(Mute)"
    logging.getLogger("mailgate").warning("%d", "no number")
    out.close()
    structlog.get_logger().info("to a stream that is closed")


def test_a_long_value_is_cut() -> None:
    out = set_up()
    structlog.get_logger().info("x", value="y" * 100_000)
    assert len(out.getvalue()) < 3_000


def test_a_bound_context_is_told_with_each_event() -> None:
    out = set_up()
    with structlog.contextvars.bound_contextvars(trace="S1"):
        structlog.get_logger().info("x")
    assert told(out)["trace"] == "S1"
