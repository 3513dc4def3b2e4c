"""`mailgate rules fields|actions|why`: what the language has, printed from the tables by which rules are read."""

import argparse
import sys
from typing import Any

from mailgate.cli.opened import print_json, print_table, printable
from mailgate.cli.packaged import packaged_findings
from mailgate.rules.action_schema import VERB_FORMS
from mailgate.rules.pages import Page, read_pages
from mailgate.rules.tables import action_events, field_table

NOTHING = 4


def register_shown(verbs: Any) -> None:
    verbs.add_parser("fields", help="the fields that conditions look at, with their operators")
    verbs.add_parser("actions", help="the actions, with an example each")
    parser = verbs.add_parser("why", help="what a code of `rules check` means, why it matters, what to write instead")
    parser.add_argument("code", nargs="?", metavar="CODE", help="as in MG201; without it all of them are listed")


def show_fields(args: argparse.Namespace) -> int:
    rows = field_table()
    if args.json:
        print_json(
            [
                {
                    "name": row.name,
                    "kind": row.kind,
                    "default": row.default or None,
                    "operators": list(row.operators),
                    "values": list(row.values),
                    "events": list(row.events),
                }
                for row in rows
            ]
        )
    else:
        table = [(row.name, row.kind, row.default, row.at, ", ".join(row.operators)) for row in rows]
        print_table(("field", "kind", "a text means", "at", "operators"), table, "")
    return 0


def show_actions(args: argparse.Namespace) -> int:
    if args.json:
        print_json(
            [
                {
                    "verb": name,
                    "class": verb.cls,
                    "bare": verb.bare,
                    "example": verb.example,
                    "events": list(action_events(name)),
                    "arguments": verb.form,
                }
                for name, verb in VERB_FORMS.items()
            ]
        )
    else:
        table = [(name, verb.cls, f"- {verb.example}") for name, verb in VERB_FORMS.items()]
        print_table(("action", "class", "example"), table, "")
    return 0


def why(args: argparse.Namespace) -> int:
    pages = read_pages(packaged_findings().read_text(encoding="utf-8"))
    if args.code is None:
        if args.json:
            print_json([_as_json(page) for page in pages.values()])
        else:
            print_table(("code", "finds"), [(page.code, page.title) for page in pages.values()], "")
        return 0
    digits = args.code.strip().upper().removeprefix("MG")
    code = f"MG{digits:0>3}" if digits.isascii() and digits.isdecimal() else args.code.strip()
    page = pages.get(code)
    if page is None:
        near = [each for each in pages if each[:4] == code[:4]]
        mend = f"codes that begin so: {', '.join(near)}" if near else "`mailgate rules why` lists them all"
        print(f'there is no code "{printable(code[:20])}"; {mend}', file=sys.stderr)
        return NOTHING
    if args.json:
        print_json(_as_json(page))
    else:
        print(f"{page.code}: {page.title}\n\n{page.text}")
    return 0


def _as_json(page: Page) -> dict[str, str]:
    return {"code": page.code, "title": page.title, "text": page.text}
