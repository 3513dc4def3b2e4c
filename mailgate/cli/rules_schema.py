"""`mailgate rules schema`: the JSON Schema by which editors complete and check rules while they are written."""

import argparse
import json
import os
import tempfile
from pathlib import Path
from typing import Any

from mailgate.cli.configured import configured
from mailgate.errors import CannotStart
from mailgate.rules.schema import FILE, MODELINE, rules_schema


def register_schema(verbs: Any) -> None:
    parser = verbs.add_parser("schema", help="the JSON Schema of rules, for an editor's completion")
    parser.add_argument("--write", action="store_true", help=f"write it to {FILE} in the directory of rules")


def schema_text() -> str:
    return json.dumps(rules_schema(), indent=1) + "\n"


def run_schema(args: argparse.Namespace) -> int:
    if not args.write:
        print(schema_text(), end="")
        return 0
    path = configured(args, offline=True).rules_dir / FILE
    try:
        _replace(path, schema_text())
    except OSError as error:
        raise CannotStart(f"cannot write {path}: {error.strerror}") from None
    if not args.quiet:
        print(f"{path} is written; a file of rules that begins with this line has completion:\n{MODELINE}")
    return 0


def _replace(path: Path, text: str) -> None:
    """The whole file or the old one: an editor may be reading it."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".mailgate.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise
