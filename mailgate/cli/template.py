"""`mailgate template`: which mails there are, whether they are right, how one looks, what it can say; a new one."""

import argparse
import dataclasses
import os
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from mailgate.cli.check import check_rules
from mailgate.cli.configured import configured, find
from mailgate.cli.findings import Found
from mailgate.cli.opened import print_json, print_table, printable, reading
from mailgate.cli.packaged import packaged_templates
from mailgate.cli.previewed import of_ticket
from mailgate.cli.template_new import new_template
from mailgate.cli.template_sent import send_preview
from mailgate.config.settings import Config
from mailgate.errors import CannotStart, FilesRejected
from mailgate.mail.message import Mailbox
from mailgate.notify.brand import Brand
from mailgate.notify.compose import Headers, compose
from mailgate.notify.named import Named
from mailgate.notify.rendered import Rendered
from mailgate.notify.samples import ORDINARY
from mailgate.notify.templates import Templates
from mailgate.notify.variables import Variables, neutral_mapping
from mailgate.problems import did_you_mean
from mailgate.rules.rule import Rule
from mailgate.service.snapshot import templates_of
from mailgate.store import reports

NOTHING = 4


def register(subparsers: Any) -> None:
    parser = subparsers.add_parser(
        "template", help="the mails that mailgate writes: list, check, preview, begin a new one"
    )
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="list|check|preview|vars|new")
    verbs.add_parser("list", help="which templates there are, in which languages, and which rules use them")
    check = verbs.add_parser("check", help="renders every template with awkward mails; says every mistake")
    check.add_argument("directory", nargs="?", type=Path, metavar="DIR", help="these, not those of the configuration")
    preview = verbs.add_parser("preview", help="one template as a mail")
    preview.add_argument("name", help="the template's name")
    preview.add_argument("--lang", default="", help="in this language; else the site's")
    preview.add_argument("--ticket", metavar="N", help="with this ticket; else with a made-up one")
    form = preview.add_mutually_exclusive_group()
    form.add_argument("--html", metavar="FILE", help="write the HTML part to a file, - is stdout")
    form.add_argument("--eml", action="store_true", help="print the whole mail")
    form.add_argument("--to", metavar="ADDRESS", help="send it there, as the desk sends its mail")
    form.add_argument("--text", action="store_true", help="print subject and text part (that is what it does anyway)")
    preview.add_argument("--dry-run", action="store_true", help="with --to: say it, and send nothing")
    variables = verbs.add_parser("vars", help="what a template can say, with sample values")
    variables.add_argument("name", help="the template's name")
    new = verbs.add_parser("new", help="a file to begin with: a copy of the template as it is, or a new one")
    new.add_argument("name", help="the template's name")
    new.add_argument("--lang", default="", help="in this language; else the site's")
    new.add_argument("--dry-run", action="store_true", help="say it, and write nothing")


def run(args: argparse.Namespace) -> int:
    if args.verb == "check":
        return _check(args)
    config = _configured(args)
    if args.verb == "new":
        return new_template(args, config)
    templates = Templates.load(config.templates_dir if config else packaged_templates(), packaged_templates())
    if args.verb == "list":
        return _list(args, templates, config)
    if args.name not in templates.names:
        print(f'no template "{printable(args.name)}"; {did_you_mean(args.name, templates.names)}', file=sys.stderr)
        return NOTHING
    return _vars(args, templates) if args.verb == "vars" else _preview(args, templates, config)


def _configured(args: argparse.Namespace) -> Config | None:
    """The desk's configuration; without one there are the packaged templates."""
    try:
        find(args.config, os.environ)
    except CannotStart:
        return None
    return configured(args, offline=args.verb != "preview" or (args.ticket is None and args.to is None))


def _check(args: argparse.Namespace) -> int:
    directory = args.directory or configured(args, offline=True).templates_dir
    found = Found()
    _, unread = templates_of(directory)
    if unread:
        found.add(unread, {})
        return found.tell(args, "")
    try:
        templates = Templates.load(directory, packaged_templates(), prove_all=True)
    except FilesRejected as error:
        found.reject(error)
        return found.tell(args, "")
    languages = {language for name in templates.names for language in templates.languages(name)}
    said = f"{len(templates.names)} templates in {', '.join(sorted(languages))}"
    return found.tell(args, f"{directory}: {said}; no mistakes")


def _list(args: argparse.Namespace, templates: Templates, config: Config | None) -> int:
    rules = check_rules(config, templates, Found()) if config else None
    if config and rules is None:
        print("the rules have mistakes, so nobody knows what they use: `mailgate rules check`", file=sys.stderr)
    used = _used_by(rules.rules if rules else ())
    rows: list[dict[str, Any]] = [
        {
            "name": name,
            "kind": templates.kind(name),
            "languages": sorted(templates.languages(name)),
            "rules": used.get(name, []),
        }
        for name in sorted(templates.names)
    ]
    if args.json:
        print_json(rows)
    else:
        table = [(row["name"], row["kind"], " ".join(row["languages"]), ", ".join(row["rules"])) for row in rows]
        print_table(("template", "kind", "languages", "rules"), table, "no templates")
    return 0


def _used_by(rules: Sequence[Rule]) -> dict[str, list[str]]:
    """Template -> the rules that name it, in their order."""
    used: dict[str, list[str]] = {}
    for rule in rules:
        for name in dict.fromkeys(getattr(task.what, "template", None) for task in rule.all_tasks):
            if name is not None:
                used.setdefault(name, []).append(rule.name)
    return used


def _preview(args: argparse.Namespace, templates: Templates, config: Config | None) -> int:
    variables, domain = ORDINARY, "example.com"
    if args.ticket is not None:
        if config is None:
            raise CannotStart("a ticket needs a configuration: -C, or `mailgate init`", 78)
        shown = reading(config, lambda connection: reports.ticket_show(connection, args.ticket.lstrip("#")))
        if shown is None:
            print(f"no ticket {printable(args.ticket)}; `mailgate ticket list` shows what there is", file=sys.stderr)
            return NOTHING
        variables = of_ticket(shown, config, datetime.now(config.site.timezone))
    site_language = config.site.language if config else "en"
    rendered = templates.render(args.name, args.lang or site_language, variables, site_language)
    if args.lang and rendered.language.partition("-")[0] != args.lang.partition("-")[0]:
        there = ", ".join(sorted(templates.languages(args.name)))
        print(f"no {printable(args.lang)} form of {args.name}; there is {there}", file=sys.stderr)
        return NOTHING
    if config:
        domain = config.site.domain
    if args.to:
        return send_preview(args, config, rendered)
    if args.eml:
        sys.stdout.buffer.write(compose(_headers(rendered, variables, domain), rendered))
    elif args.html:
        html = rendered.logo.inlined(rendered.html) if rendered.logo else rendered.html
        print(html, end="") if args.html == "-" else Path(args.html).write_text(html, "utf-8")
    elif args.json:
        print_json({name: getattr(rendered, name) for name in ("subject", "text", "html", "kind", "language")})
    else:
        print(f"Subject: {rendered.subject}\n\n{rendered.text}", end="")
    return 0


def _headers(rendered: Rendered, variables: Variables, domain: str) -> Headers:
    agent = rendered.kind in ("agent", "report")
    return Headers(
        sender=Mailbox(variables.queue.title or variables.site, variables.queue.address),
        to=Mailbox(variables.agent.title, variables.agent.address)
        if agent and variables.agent.address
        else Mailbox(variables.customer.name, variables.customer.address),
        reply_to=None,
        subject=rendered.subject,
        message_id=f"<preview@{domain}>",
        in_reply_to=None,
        references=(),
        date=variables.now,
        automatic=None if rendered.kind == "customer" else "auto-generated",
        language=rendered.language,
    )


def _vars(args: argparse.Namespace, templates: Templates) -> int:
    is_neutral = args.name in templates.neutral_forms.values()
    values = neutral_mapping(ORDINARY) if is_neutral else ORDINARY.mapping()
    rows = dict(_flat(values | {"brand": Brand(), "language": "en", "direction": "ltr"}))
    if args.json:
        print_json(rows)
    else:
        print_table(("variable", "sample"), list(rows.items()), "nothing")
    return 0


def _flat(values: dict[str, Any]) -> list[tuple[str, str]]:
    """Dotted names and what they hold; of a list of things with names, the first."""
    rows: list[tuple[str, str]] = []
    for name, value in values.items():
        several = isinstance(value, tuple) and bool(value) and dataclasses.is_dataclass(value[0])
        one = value[0] if several else value
        if isinstance(value, Named):
            inside = {each: value[each] for each in value} or {"NAME": value["NAME"]}
            rows += [(f"{name}.{key}", said) for key, said in _flat(inside)]
        elif dataclasses.is_dataclass(one):
            inside = {each.name: getattr(one, each.name) for each in dataclasses.fields(one)}
            rows += [(f"{name}{'[]' if several else ''}.{key}", said) for key, said in _flat(inside)]
        else:
            rows.append((name, ", ".join(map(str, one)) if isinstance(one, tuple | dict) else str(one)))
    return rows
