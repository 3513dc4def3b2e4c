"""docs/reference/command-line.md, made from the commands' own arguments: `python -m mailgate.cli.reference`."""

import argparse
from collections.abc import Iterator
from importlib import import_module
from typing import Any, TypeAlias

from mailgate.cli.main import COMMANDS, CommandParser

Verbs: TypeAlias = "argparse._SubParsersAction[Any]"

COMMON = frozenset(("--help", "--config", "--json", "--quiet", "--verbose", "--no-color"))
HEAD = """\
# Command line

<!-- Made by `python -m mailgate.cli.reference`; a test compares. Do not edit. -->

`mailgate COMMAND`; the common options stand before or after the command.

| option | meaning |
|---|---|
| `-C DIR\\|FILE`, `--config` | the configuration, or its directory; else `$MAILGATE_CONFIG`, `./config.toml`, `./var/config.toml`, `/etc/mailgate/config.toml` |
| `--json` | one JSON document, a stable form: keys may be added, none is removed or renamed |
| `-q`, `--quiet` | say less: no praise, no progress |
| `-v`, `--verbose` | say more: warnings of the configuration, the traceback of an unexpected error |
| `--no-color` | no colours, as the environment variable `NO_COLOR` |

What a command found goes to stdout, what went wrong to stderr.

| exit code | meaning |
|---|---|
| 0 | done |
| 1 | findings: a check found mistakes, a file could not be read |
| 2 | usage: wrong arguments |
| 3 | the daemon is not running |
| 4 | nothing matched |
| 70 | a mistake in mailgate itself |
| 75 | try again: locked, network, disk |
| 78 | the configuration is wrong (systemd does not start the daemon again) |
| 130, 141 | interrupted; nobody reads the output any more |
"""  # noqa: E501  a table's row is one line


def page() -> str:
    """The whole page."""
    return HEAD + "".join(_section(name, summary, parser) for name, summary, parser in parsers())


def parsers() -> Iterator[tuple[str, str, argparse.ArgumentParser]]:
    """Every command and every verb of one: name, what --help says of it, parser."""
    top = CommandParser(prog="mailgate")
    commands = top.add_subparsers()
    for name in COMMANDS:
        import_module(f"mailgate.cli.{name}").register(commands)
    for name, summary, parser in _choices(commands):
        yield name, summary, parser
        for verbs in _verbs(parser):
            yield from ((f"{name} {verb}", said, below) for verb, said, below in _choices(verbs))


def _choices(action: Verbs) -> Iterator[tuple[str, str, argparse.ArgumentParser]]:
    said = {choice.dest: choice.help or "" for choice in action._choices_actions}
    yield from ((name, said.get(name, ""), parser) for name, parser in action.choices.items())


def _verbs(parser: argparse.ArgumentParser) -> list[Verbs]:
    return [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]


def _section(name: str, summary: str, parser: argparse.ArgumentParser) -> str:
    lines = [f"\n## `mailgate {name}`\n", f"{summary[:1].upper()}{summary[1:]}."]
    own = [action for action in parser._actions if not COMMON & set(action.option_strings)]
    if rows := [f"| `{_spelt(each)}` | {_cell(each.help or '')} |" for each in own if each not in _verbs(parser)]:
        lines += ["\n| argument | meaning |", "|---|---|", *rows]
    return "\n".join(lines) + "\n"


def _spelt(action: argparse.Action) -> str:
    value = action.metavar or ("\\|".join(map(str, action.choices)) if action.choices else action.dest.upper())
    shown = _cell(value if isinstance(value, str) else " ".join(value))
    if not action.option_strings:
        many = "..." if action.nargs in ("+", "*") else ""
        return f"[{shown}]" if action.nargs == "?" else f"{shown}{many}"
    name = ", ".join(action.option_strings)
    return name if action.nargs == 0 else f"{name} {shown}"


def _cell(text: str) -> str:
    return text.replace("\\|", "|").replace("|", "\\|").replace("%%", "%")


if __name__ == "__main__":
    print(page(), end="")
