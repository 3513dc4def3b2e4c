"""`mailgate template new NAME`: a file to begin with, in the desk's own directory. What is there stays.

Of a name that mailgate brings along it is a copy of that; else a few lines that say what goes where.
"""

import argparse
import re
import sys
from pathlib import Path

from mailgate.cli.failure import FINDINGS
from mailgate.cli.opened import print_json, printable
from mailgate.cli.packaged import packaged_templates
from mailgate.config.settings import Config
from mailgate.errors import CannotStart

USAGE = 2
_NAME = re.compile(r"[a-z][a-z0-9_-]{0,40}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})?")
_SKELETON = """\
---
subject: "{{ ticket.tag }} {{ ticket.subject }}"
kind: auto-reply
---
Hello {{ customer.name | first_name | default("there") }},

(what this mail says)

Please keep {{ ticket.tag }} in the subject when you answer.
"""


def new_template(args: argparse.Namespace, config: Config | None) -> int:
    """Write the file, or say why not."""
    if config is None:
        raise CannotStart("a template of your own needs a configuration: -C, or `mailgate init`", 78)
    language = args.lang or config.site.language
    if not _NAME.fullmatch(args.name) or not _LANGUAGE.fullmatch(language):
        wrong = f"{args.name} in {language}"
        print(f'{printable(wrong)} is no name of a template: write it as in "late_reply", "de"', file=sys.stderr)
        return USAGE
    path = config.templates_dir / language / f"{args.name}.md"
    if path.exists():
        print(f"{path} is there already; `mailgate template preview {args.name}` shows it", file=sys.stderr)
        return FINDINGS
    source = _source(args.name, language, config)
    if not args.dry_run:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source.read_text("utf-8") if source else _SKELETON, "utf-8")
    if args.json:
        print_json({"file": str(path), "copy_of": str(source) if source else None})
        return 0
    like = f", a copy of {source}" if source else ""
    print(f"{path}{like}\nnext: write it, then `mailgate template preview {args.name} --lang {language}`")
    if source is None:
        print(f"and name it in a rule, as in `reply: {args.name}`")
    return 0


def _source(name: str, language: str, config: Config) -> Path | None:
    """The file that a copy begins with: in the language, else in English, of one's own before the packaged one."""
    directories = (config.templates_dir, packaged_templates())
    languages = dict.fromkeys((language, language.partition("-")[0], config.site.language, "en"))
    paths = (directory / each / f"{name}.md" for each in languages for directory in directories)
    return next((path for path in paths if path.is_file()), None)
