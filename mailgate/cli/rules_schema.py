"""`mailgate rules schema`: the JSON Schemas by which editors complete and check rules and their tests while they are
written."""

import argparse
import json
import os
import tempfile
from pathlib import Path
from typing import Any

from mailgate.cli.configured import configured
from mailgate.errors import CannotStart
from mailgate.rules.scenario_schema import TESTS_FILE, TESTS_MODELINE, schema_of_tests
from mailgate.rules.schema import FILE, MODELINE, rules_schema


def register_schema(verbs: Any) -> None:
    parser = verbs.add_parser("schema", help="the JSON Schema of rules, for an editor's completion")
    parser.add_argument("--tests", action="store_true", help="that of files of tests instead")
    written = f"write both, {FILE} and {TESTS_FILE}, into the directory of rules"
    parser.add_argument("--write", action="store_true", help=written)


def schema_texts() -> dict[str, str]:
    """Each schema by the name of its file."""
    schemas = {FILE: rules_schema(), TESTS_FILE: schema_of_tests()}
    return {name: json.dumps(schema, indent=1) + "\n" for name, schema in schemas.items()}


def run_schema(args: argparse.Namespace) -> int:
    texts = schema_texts()
    if not args.write:
        print(texts[TESTS_FILE if args.tests else FILE], end="")
        return 0
    directory = configured(args, offline=True).rules_dir
    for name, text in texts.items():
        try:
            _replace(directory / name, text)
        except OSError as error:
            raise CannotStart(f"cannot write {directory / name}: {error.strerror}") from None
    if not args.quiet:
        print(f"{directory / FILE} is written; a file of rules that begins with this line has completion:\n{MODELINE}")
        print(f"{directory / TESTS_FILE} is written; the same for a file in tests/:\n{TESTS_MODELINE}")
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
