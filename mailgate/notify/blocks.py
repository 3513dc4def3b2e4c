"""The larger pieces of our own mails, as text and as HTML: rules with words, buttons, lists of results, earlier mail.

They are filters of templates, like those of `filters`; total for every value a view can hold. What begins our own part
of a mail bears `data-mailgate`: it is found again when it comes back quoted (spec/agents.md 5).
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from urllib.parse import unquote

from markupsafe import Markup, escape

from mailgate.notify.filters import (
    HTML_FILTERS,
    TEXT_FILTERS,
    Filters,
    date,
    lines_html,
    quote_text,
    unbroken_html,
    verbatim_text,
)
from mailgate.notify.scrub import scrub_line, scrub_text
from mailgate.notify.variables import LINKS, MAX_LINE
from mailgate.notify.views import AnswerView, DigestLine, EarlierView, ResultLine

WIDTH = 60
_WIDEST_COMMAND = 28
_MAILTO = re.compile(r"mailto:[!#-;=?-~]{1,3990}", re.IGNORECASE)  # ASCII, nothing that ends an attribute or <...>

_RULE = Markup(
    '<div class="rule" data-mailgate="rule" style="margin:24px 0 12px;padding:10px 0 0;border-top:1px solid #d9dce1;'
    'font-size:13px;color:#5b6472">%s</div>'
)
_BUTTON = Markup(
    '<a class="button" href="%s" style="display:inline-block;margin:0 8px 10px 0;padding:11px 16px;'
    "border:1px solid #b9c1cd;border-radius:6px;color:#0b57d0;font-size:15px;line-height:20px;text-decoration:none"
    '">%s</a>'
)
_TYPING = Markup('\n<div class="pale" style="font-size:13px;color:#5b6472">%s %s.</div>')
_TYPED = Markup('<code style="font-family:Menlo,Consolas,monospace">%s</code> %s')
_PRE = Markup(
    '<pre class="page-text" dir="auto" style="margin:0;white-space:pre-wrap;overflow-wrap:anywhere;'
    'font-family:Menlo,Consolas,monospace;font-size:13px;line-height:1.45">%s</pre>'
)
_EARLIER = Markup(
    '<blockquote class="%s" type="cite" dir="auto"'
    ' style="margin:0 0 12px;padding:0 0 0 12px;border-left:3px solid %s;color:#4b5563">'
    '<div class="pale" style="font-size:13px;color:#5b6472">%s</div>%s</blockquote>'
)
_SEEN, _INTERNAL = ("quote", "#c8ccd2"), ("quote note", "#d29922")
_TABLE = Markup(
    '<table role="presentation" cellpadding="0" cellspacing="0" style="border-collapse:collapse">%s</table>'
)
_ROW = Markup(
    '<tr><td class="pale" style="padding:0 12px 10px 0;vertical-align:top;color:#5b6472;white-space:nowrap">%s</td>'
    '<td dir="auto" style="padding:0 0 10px;vertical-align:top">%s</td></tr>'
)
_NUMBERED = Markup(  # of one width in every list, so that two in one mail stand in line
    '<tr><td class="pale" width="28" style="width:28px;min-width:28px;padding:0 12px 10px 0;vertical-align:top;'
    'color:#5b6472;white-space:nowrap;text-align:right">%s</td>'
    '<td dir="auto" style="padding:0 0 10px;vertical-align:top">%s</td></tr>'
)
_SENTENCE = Markup('<tr><td colspan="2" dir="auto" style="padding:0 0 10px;vertical-align:top">%s</td></tr>')
_COMMAND = Markup('<code style="font-family:Menlo,Consolas,monospace;font-size:14px">%s</code><br>')
_GOOD, _BAD = Markup("%s"), Markup('<span class="bad" style="color:#b42318">%s</span>')
_SIGNATURE = Markup('<div class="pale" dir="auto" style="color:#5b6472">-- <br>\n%s</div>')
_ANSWER = Markup('<div dir="auto">%s</div>')


def rule_text(words: object) -> str:
    """A rule that says what comes below it."""
    return f"-- {scrub_line(str(words), WIDTH)} ".ljust(WIDTH, "-")


def rule_html(words: object) -> Markup:
    return _RULE % scrub_line(str(words), WIDTH)


def as_is_text(answer: AnswerView) -> str:
    """An answer as its author wrote it."""
    return scrub_text(answer.text).strip("\n")


def as_is_html(answer: AnswerView) -> Markup:
    """Its HTML was sanitised (mail.answer_html); where there is none, the lines of its text."""
    return _ANSWER % (Markup(scrub_text(answer.html)) if answer.html else lines_html(as_is_text(answer)))  # noqa: S704


def signed_text(signature: object) -> str:
    """A signature below its line (RFC 3676 4.3)."""
    return "-- \n" + scrub_text(str(signature)).strip("\n")


def signed_html(signature: object) -> Markup:
    return _SIGNATURE % lines_html(scrub_text(str(signature)).strip("\n"))


def preformatted_text(page: object) -> str:
    """Lines that were laid out for a fixed width: nothing wraps them, and nobody writes our rule into them."""
    return verbatim_text(page)


def preformatted_html(page: object) -> Markup:
    return _PRE % unbroken_html(str(page).strip("\n"))


Words = str | Sequence[str]  # of a link: those on its button, and those for what it does


def buttons_text(links: Mapping[str, str], lead: str = "", /, **words: Words) -> str:
    """What to type instead of pressing the buttons, on one line; no address of a link is for reading."""
    shown = list(_shown(links, words))
    does = [f"{LINKS[name]} {said}" for name, _, said, _ in shown if said]
    if does:
        return f"{lead} {', '.join(does)}.".strip()
    return f"{lead} {'  '.join(LINKS[name] for name, *_ in shown)}".strip() if shown else ""


def buttons_html(links: Mapping[str, str], lead: str = "", /, **words: Words) -> Markup:
    """The buttons; where each has words for what it does, the line to type as well."""
    shown = list(_shown(links, words))
    buttons = Markup("\n").join(_BUTTON % (url, label) for _, label, _, url in shown)
    does = [_TYPED % (LINKS[name], said) for name, _, said, _ in shown if said]
    return buttons + _TYPING % (lead, Markup(", ").join(does)) if does else buttons


def _shown(links: Mapping[str, str], words: Mapping[str, Words]) -> Iterator[tuple[str, str, str, str]]:
    """Name, label, what it does and address of each link that there is, in the order of the words for them."""
    for name, said in words.items():
        if name not in LINKS:
            raise ValueError(f"no link {name!r}: there are {', '.join(LINKS)}")
        url = links.get(name, "")
        if _MAILTO.fullmatch(url):
            label, does = (said, "") if isinstance(said, str) else said
            yield name, scrub_line(label, 80), scrub_line(does, MAX_LINE), url


def choices_text(links: Mapping[str, str], lead: str = "", /, **words: Words) -> str:
    """A line for each button, with the address to write to: who approves has no commands to type."""
    lines = [
        f"{label}: {unquote(url[len('mailto:') :].partition('?')[0])}" for _, label, _, url in _shown(links, words)
    ]
    return "\n".join((*((lead,) if lead and lines else ()), *lines))


def choices_html(links: Mapping[str, str], lead: str = "", /, **words: Words) -> Markup:
    """The buttons."""
    return Markup("\n").join(_BUTTON % (url, label) for _, label, _, url in _shown(links, words))


def result_list_text(results: Iterable[ResultLine]) -> str:
    """A line a command, with its number; what failed is marked. A column that is empty throughout is not there, and
    what is said of no command begins where the commands do."""
    lines = [(each, scrub_line(each.text)) for each in results]
    width = min(max((len(text) for _, text in lines), default=0), _WIDEST_COMMAND)
    numbered = any(each.line for each, _ in lines)
    rows = (
        (
            " " if each.ok else "!",
            f"{each.line or '':>2} " if numbered and (each.line or text) else "",
            f"{text:<{width}} " if text else "",
            scrub_line(each.said),
        )
        for each, text in lines
    )
    return "\n".join(" ".join(filter(None, row)).rstrip() for row in rows)


def result_list_html(results: Iterable[ResultLine]) -> Markup:
    return _TABLE % Markup("\n").join(map(_result_row, results))


def _result_row(result: ResultLine) -> Markup:
    if result.line or result.text:
        return _NUMBERED % (result.line or "", _command(result) + _said(result))
    return _SENTENCE % _said(result)


def _command(result: ResultLine) -> Markup:
    text = scrub_line(result.text)
    return _COMMAND % text if text else Markup("")


def _said(result: ResultLine) -> Markup:
    return (_GOOD if result.ok else _BAD) % scrub_line(result.said)


def messages_text(
    messages: EarlierView | Iterable[EarlierView], note: str = "", waits: str = "", unsent: str = ""
) -> str:
    """Earlier messages as quotations, one or several; `note` is said of what is internal, `waits` of what has not gone
    out yet, `unsent` of what never will."""
    quoted = (
        quote_text(f"{_when_and_who(each, note, waits, unsent)}:\n{scrub_text(each.text)}".rstrip())
        for each in _several(messages)
    )
    return "\n\n".join(quoted)


def messages_html(
    messages: EarlierView | Iterable[EarlierView], note: str = "", waits: str = "", unsent: str = ""
) -> Markup:
    return Markup("\n").join(
        _EARLIER
        % (
            *(_INTERNAL if each.internal or each.waits or each.unsent else _SEEN),
            _when_and_who(each, note, waits, unsent),
            lines_html(scrub_text(each.text)),
        )
        for each in _several(messages)
    )


def _several(messages: EarlierView | Iterable[EarlierView]) -> Iterable[EarlierView]:
    return (messages,) if isinstance(messages, EarlierView) else messages


def _when_and_who(message: EarlierView, note: str, waits: str, unsent: str) -> str:
    said = (message.waits and waits) or (message.unsent and unsent) or (message.internal and note)
    mark = f" ({said})" if said else ""
    return f"{date(message.at)} {scrub_line(message.who)}{mark}"


def digest_list_text(lines: Iterable[DigestLine]) -> str:
    """What happened, a line each: when, which ticket, what."""
    return "\n".join(f"{date(each.at)}  {_numbered(each)}{scrub_line(each.line)}" for each in lines)


def digest_list_html(lines: Iterable[DigestLine]) -> Markup:
    rows = (
        _ROW
        % (
            escape(date(each.at, "time")) + Markup("<br>") + date(each.at, "date"),
            _numbered(each) + scrub_line(each.line),
        )
        for each in lines
    )
    return _TABLE % Markup("\n").join(rows)


def _numbered(line: DigestLine) -> str:
    return f"#{line.ticket}  " if line.ticket else ""


TEXT_BLOCKS: Filters = TEXT_FILTERS | {
    "rule": rule_text,
    "as_is": as_is_text,
    "signed": signed_text,
    "preformatted": preformatted_text,
    "buttons": buttons_text,
    "choices": choices_text,
    "result_list": result_list_text,
    "messages": messages_text,
    "digest_list": digest_list_text,
}
HTML_BLOCKS: Filters = HTML_FILTERS | {
    "rule": rule_html,
    "as_is": as_is_html,
    "signed": signed_html,
    "preformatted": preformatted_html,
    "buttons": buttons_html,
    "choices": choices_html,
    "result_list": result_list_html,
    "messages": messages_html,
    "digest_list": digest_list_html,
}
