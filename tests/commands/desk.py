"""A small help desk to give orders in: Monday, 2 March 2026, 09:30 in Lisbon."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from mailgate.commands.block import Block, find_block
from mailgate.commands.names import Names
from mailgate.commands.read import Orders, read_orders
from mailgate.commands.values import Command

LISBON = ZoneInfo("Europe/Lisbon")
NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
NAMES = Names(
    agents={"nina": "Nina Costa", "nico": "Nico Müller", "omar": "Omar Reyes"},
    addresses={"nina@example.com": "nina", "n.costa@home.example": "nina", "omar@example.com": "omar"},
    queues={"support": "Support desk", "billing": "Billing and refunds"},
    teams=("billing", "night watch"),
    fields=None,
    processes={"book-order": "Book order"},
)


def orders(text: str, names: Names = NAMES) -> Orders:
    return read_orders(find_block(text), names, NOW, LISBON)


def again(block: Block) -> Orders:
    return read_orders(block, NAMES, NOW, LISBON)


def commands(text: str, names: Names = NAMES) -> list[Command]:
    """The commands of a text that has no mistake."""
    read = orders(text, names)
    assert read.mistakes == ()
    return [each.command for each in read.commands]


def mistake(text: str, names: Names = NAMES) -> tuple[str, str | None]:
    """What is said of the one mistake of a text, and the line put right."""
    (only,) = orders(text, names).mistakes
    return only.said, only.corrected
