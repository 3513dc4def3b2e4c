"""docs/reference/configuration.md, made from the tables that reading uses: `python -m mailgate.config.reference`."""

import json
import sys
from collections.abc import Iterator
from pathlib import PurePath

from mailgate.config.schema import ROOT
from mailgate.config.section import ABSENT, REQUIRED, Key, Section

HEAD = """\
# Configuration

<!-- Made by `python -m mailgate.config.reference`; a test compares. Do not edit. -->

One file in [TOML](https://toml.io/en/v1.0.0), read at the start and by `mailgate reload`; `[in]`, `[database]`,
`[keys]`, `[limits]` and `[log]` change at a restart only. It is looked for in this order: `-C`, `$MAILGATE_CONFIG`,
`./config.toml`, `./var/config.toml`, `/etc/mailgate/config.toml`.
[config.example.toml](../../config.example.toml) shows every key that is in effect. `mailgate check` finds every mistake
at once, with its line and its mend.

- **Paths** are meant from the directory of the file.
- **Durations** are a number and `s`, `m`, `h`, `d` or `w`; **sizes** a number and `kB`, `MB`, `GB` (or `KiB`, `MiB`,
  `GiB`); **rates** a number, a slash and `s`, `min`, `h` or `day`, and `""` is no limit.
- **Secrets** are never written in the file, only named: `{ env = "NAME" }`, `{ file = "path" }` or
  `{ credential = "name" }` (systemd's LoadCredential). One closing line break is dropped.
- **The environment** goes before the file: `MAILGATE_<SECTION>__<KEY>`, as in `MAILGATE_DATABASE__URL`, and deeper, as
  in `MAILGATE_IN__SMTP__LISTEN` (the door of that name). A variable that fits nothing is an error.
- **Names** of queues, teams, agents and doors are 1 to 32 of `a-z`, `0-9`, `-` and `_`.
- A key that is marked *later* is known, so that a file for a coming version loads, but not in effect in this one:
  `check` warns of it.
"""


def page() -> str:
    """The whole page."""
    return HEAD + "".join(_section(section) for section in _sections(ROOT)) + _plain_tables()


def _sections(section: Section) -> Iterator[Section]:
    """Every table, in the order of the schema; those that are not in effect last."""
    for key in sorted(section.keys, key=lambda key: not key.in_effect):
        for inner in key.kind.sections:
            yield inner
            yield from _sections(inner)


def _section(section: Section) -> str:
    rows = "".join(_row(key) for key in section.keys)
    return f"\n## `{section.title}`\n\n{section.doc}\n\n| key | kind | default | meaning |\n|---|---|---|---|\n{rows}"


def _row(key: Key) -> str:
    meaning = key.doc if key.in_effect else f"*Later.* {key.doc}"
    return f"| `{key.name}` | {_cell(key.kind.name)} | {_default(key)} | {_cell(meaning)} |\n"


def _plain_tables() -> str:
    """The tables of names, which have no keys of their own."""
    rows = "".join(_row(key) for key in ROOT.keys if not key.kind.sections)
    return f"\n## Tables of names\n\n| table | kind | default | meaning |\n|---|---|---|---|\n{rows}"


def _default(key: Key) -> str:
    if key.default is REQUIRED:
        return "*required*"
    if key.default is ABSENT:
        return ""
    shown = str(key.default) if isinstance(key.default, PurePath) else json.dumps(key.default, ensure_ascii=False)
    return f"`{_cell(shown)}`"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    sys.stdout.write(page())
