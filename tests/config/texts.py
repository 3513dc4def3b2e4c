"""Pieces of configurations, and what is said of them."""

from pathlib import Path

from mailgate.config.read import parse
from mailgate.config.settings import Config
from mailgate.errors import FilesRejected
from mailgate.problems import Problem

SITE = '[site]\ndomain = "example.com"\n'
QUEUE = '[queues.support]\naddresses = ["support@example.com"]\nteam = "first"\n'
PEOPLE = '[teams]\nfirst = ["nina"]\n[agents.nina]\nemail = "nina@example.com"\n'
DOOR = '[[in]]\nname = "smtp"\ntype = "smtp"\n'
OUT = '[out]\nmaildir = "outgoing"\n'
WHOLE = SITE + QUEUE + PEOPLE + DOOR + OUT
REST = QUEUE + PEOPLE + DOOR + OUT


def read(text: str, tmp_path: Path = Path("/etc/desk"), **environ: str) -> Config:
    return parse(text, tmp_path / "config.toml", environ)


def problems(text: str) -> tuple[Problem, ...]:
    """Every problem of the text, warnings too."""
    try:
        return read(text, PASSWORD="x").warnings
    except FilesRejected as error:
        return error.problems


def marked(text: str) -> tuple[str, tuple[int, int, int]]:
    """The text without its marks, and line, column and width of what stood between them."""
    start, end = text.index("⟦"), text.index("⟧") - 1
    line = text[:start].count("\n") + 1
    return text.replace("⟦", "").replace("⟧", ""), (line, start - text.rfind("\n", 0, start), end - start)
