"""The filters of templates: `{{ customer.name | first_name | default("there") }}`.

Those that lay text out exist twice, once a part; both show the same words. Total for every value a view can hold.
"""

import re
import textwrap
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote as percent_encoded

from jinja2 import Undefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from mailgate.notify import locale
from mailgate.notify.scrub import scrub_line, scrub_text
from mailgate.notify.views import AttachmentView

_DATE_FORMS = {
    "datetime": "%Y-%m-%d %H:%M",
    "date": "%Y-%m-%d",
    "time": "%H:%M",
    "iso": "%Y-%m-%dT%H:%M:%S%z",
}
_SAFE_LINK = re.compile(r"(?:https?://|mailto:)[^\s]+", re.IGNORECASE)
_NO_NAME = re.compile(r"[@/:<>\[\]{}|\\]|www\.", re.IGNORECASE)
_LOOKS_LIKE_RULE = re.compile(r"^(?=[-_=\u2014\u2500]{20}|-- [^\n]{1,80}-{5})", re.MULTILINE)
_QUOTE = Markup(
    '<blockquote class="quote" type="cite" dir="auto"'
    ' style="margin:0 0 16px;padding:0 0 0 12px;border-left:3px solid #c8ccd2;color:#4b5563">'
)
_QUOTE_END = Markup("</blockquote>")
_BOX = Markup(
    '<div class="box" dir="auto" style="margin:0 0 16px;padding:12px 16px;border-left:4px solid #5b8def;'
    'background:#f4f6fa;overflow-wrap:anywhere">'
)
_BOX_END = Markup("</div>")
_BLOCK = Markup('<div style="margin:0 0 16px">')
_BLOCK_END = Markup("</div>\n")
_NOTHING = Markup("")
_PALE = Markup(' <span class="pale" style="color:#5b6472">')
_PALE_END = Markup("</span>")
_BREAK = Markup("<br>\n")
_INDENT = Markup("\n&nbsp;")
_BLANKS = Markup(" &nbsp;")


def first_name(value: object) -> str:
    """What to call somebody: "Ana" of "Silva, Ana" and "Ana Silva"; nothing of an address, a link or markup."""
    name = scrub_line(str(value)).strip("\"'")
    before, comma, after = name.partition(",")
    words = (after if comma and after.strip() else before).split()
    return words[0][:40] if words and not _NO_NAME.search(name) else ""


def default(value: object, fallback: object = "") -> object:
    """The fallback for what is empty or missing."""
    return fallback if isinstance(value, Undefined) or value in ("", None, (), 0) else value


def date(value: datetime, form: str = "datetime") -> str:
    """A local time; forms: datetime, date, time, iso."""
    return value.strftime(_DATE_FORMS[form])


@pass_context
def date_in_words(context: Context, value: datetime | None, form: str = "datetime") -> str:
    """As `date`, and in the template's language: day (31/12/2026), long, full with the weekday. Nothing of nothing."""
    if value is None:
        return ""
    if form == "day":
        return locale.short_date(value, context["language"])
    if form in ("long", "full"):
        return locale.long_date(value, context["language"], weekday=form == "full")
    return date(value, form)


@pass_context
def age(context: Context, value: datetime) -> str:
    """How long ago, in at most two units that every language reads: "3 h 42 min", "1 h"."""
    return locale.short_span(context["now"] - value)


@pass_context
def ago(context: Context, value: datetime) -> str:
    """How long ago in the template's language: "3 hours ago"."""
    return locale.ago(context["now"] - value, context["language"])


@pass_context
def duration(context: Context, value: object) -> str:
    """A span in the template's language: "3 hours and 42 minutes". Of a time: until then; of a number: seconds."""
    if isinstance(value, datetime):
        length = value - context["now"]
    else:
        length = value if isinstance(value, timedelta) else timedelta(seconds=float(str(value)))
    return locale.span(length, context["language"])


@pass_context
def money(context: Context, value: object, currency: str = "") -> str:
    """An amount as the template's language writes it: "1,234.50 EUR"; what is no number stays as it is."""
    return locale.amount(value, currency, context["language"])


def size(octets: int) -> str:
    """Decimal, as mail programs show it: "218 KB"."""
    if octets < 1_000:
        return f"{octets} B"
    if octets < 999_500:
        return f"{octets / 1e3:.0f} KB"
    return f"{octets / 1e6:.1f} MB" if octets < 999_950_000 else f"{octets / 1e9:.1f} GB"


def truncate_words(value: object, count: int = 50) -> str:
    """The first words, on one line."""
    words = str(value).split(None, count)
    return " ".join(words[:count]) + (" ..." if len(words) > count else "")


def wrap(value: object, width: int = 72) -> str:
    """Lines of at most `width` characters; no word is cut, so an address stays whole."""
    width = min(max(width, 20), 500)
    lines = str(value).splitlines()
    return "\n".join(
        textwrap.fill(line, width, break_long_words=False, break_on_hyphens=False) if len(line) > width else line
        for line in lines
    )


def one_line(value: object) -> str:
    return scrub_line(str(value))


def safe_link(value: object) -> str:
    """An address to click on: http, https or mailto, else nowhere."""
    link = scrub_line(str(value), 2_000)
    return link if _SAFE_LINK.fullmatch(link) else "#"


def link_part(value: object) -> str:
    return percent_encoded(scrub_line(str(value), 2_000), safe="")


def quote_text(value: object) -> str:
    """Every line behind "> "."""
    lines = scrub_text(str(value)).strip("\n").split("\n")
    return "\n".join(f"> {line}".rstrip() for line in lines)


def quote_html(value: object) -> Markup:
    return _QUOTE + lines_html(_ends_off(value)) + _QUOTE_END


def verbatim_text(value: object) -> str:
    """Somebody's words as they are; a line of his that looks like our rule is set in: nobody writes our footer."""
    return _LOOKS_LIKE_RULE.sub(" ", _ends_off(value))


def verbatim_html(value: object) -> Markup:
    return _BOX + lines_html(_ends_off(value)) + _BOX_END


def attachment_list_text(attachments: Iterable[AttachmentView]) -> str:
    return "\n".join(f"  {scrub_line(each.filename) or '-'}  {size(each.size)}" for each in attachments)


def attachment_list_html(attachments: Iterable[AttachmentView]) -> Markup:
    rows = (escape(scrub_line(each.filename) or "-") + _PALE + size(each.size) + _PALE_END for each in attachments)
    return _BREAK.join(rows)


def paragraph_text(value: object) -> str:
    """A block with the empty line after it; nothing of nothing."""
    text = scrub_text("" if value is None else str(value))
    return f"{text}\n\n" if text.strip() else ""


def paragraph_html(value: object) -> Markup:
    if value is None or not str(value).strip():
        return _NOTHING
    return _BLOCK + (value if isinstance(value, Markup) else lines_html(scrub_text(str(value)))) + _BLOCK_END


def unbroken_html(value: object) -> Markup:
    return escape(scrub_text(str(value)))


def lines_html(text: str) -> Markup:
    """Scrubbed text in HTML: line ends and runs of blanks show, in clients that know no `white-space` too."""
    safe = escape(text)
    if "\n" in safe:
        safe = safe.replace("\n", _BREAK).replace("\n ", _INDENT)
    return safe.replace("  ", _BLANKS) if "  " in safe else safe


def _ends_off(value: object) -> str:
    return scrub_text(str(value)).strip("\n")


Filters = dict[str, Callable[..., Any]]
_BOTH: Filters = {
    "first_name": first_name,
    "default": default,
    "date": date_in_words,
    "age": age,
    "ago": ago,
    "duration": duration,
    "money": money,
    "size": size,
    "truncate_words": truncate_words,
    "wrap": wrap,
    "one_line": one_line,
    "safe_link": safe_link,
    "link_part": link_part,
}
TEXT_FILTERS: Filters = _BOTH | {
    "quote": quote_text,
    "verbatim": verbatim_text,
    "attachment_list": attachment_list_text,
    "unbroken": str,
    "paragraph": paragraph_text,
}
HTML_FILTERS: Filters = _BOTH | {
    "quote": quote_html,
    "verbatim": verbatim_html,
    "attachment_list": attachment_list_html,
    "unbroken": unbroken_html,
    "paragraph": paragraph_html,
}
