"""The two Jinja environments of templates, closed as those of rules are (T18, A14), with loops and macros besides.

Every value is cleaned of controls; in HTML it is escaped by construction. Filters are those listed; methods and
functions cannot be called.
"""

from collections.abc import Mapping
from typing import Any

from jinja2 import Template, nodes
from jinja2.filters import FILTERS
from jinja2.runtime import LoopContext, Macro
from markupsafe import Markup

from mailgate.notify.blocks import HTML_BLOCKS, TEXT_BLOCKS
from mailgate.notify.bounds import bounded, each
from mailgate.notify.brand import Brand
from mailgate.notify.filters import lines_html
from mailgate.notify.logo import Logo
from mailgate.notify.scrub import scrub_text
from mailgate.notify.variables import VIEWS
from mailgate.notify.views import AnswerView
from mailgate.rules.expression import Sandbox, render

_PLAIN_VALUES = frozenset((*VIEWS, Brand, Logo))
_STANDARD = (
    "capitalize",
    "count",
    "first",
    "join",
    "last",
    "length",
    "lower",
    "round",
    "sort",
    "title",
    "trim",
    "upper",
)


MOST = 512_000  # characters of a part, besides the answer that it brings
_GROWTH = 8  # characters of HTML that one of text can become


def finished(template: Template, values: Mapping[str, Any]) -> str:
    """The text of a template; an agent's answer in it goes out whole. Raises ExpressionFailed."""
    answer = values.get("answer")
    room = len(answer.html) + _GROWTH * len(answer.text) if isinstance(answer, AnswerView) else 0
    return render(template, values, MOST + room)


class TemplateSandbox(Sandbox):
    """Strict, closed, and without Jinja's globals (`range`, `namespace` and the like).

    What a template costs is bounded by how it is written (notify/bounds): a loop that prints nothing is not stopped by
    the length of what it prints.
    """

    def __init__(self, html: bool) -> None:
        super().__init__()
        self.each = each
        self.autoescape = html
        self.keep_trailing_newline = True
        self.finalize = _for_html if html else _for_text
        self.filters = {name: FILTERS[name] for name in _STANDARD} | (HTML_BLOCKS if html else TEXT_BLOCKS)

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        return bounded(super()._parse(source, name, filename))

    def getattr(self, obj: Any, attribute: str) -> Any:
        """A view holds plain values under plain names: the sandbox's long questions are for everything else."""
        if type(obj) in _PLAIN_VALUES and attribute in obj.__slots__:
            return getattr(obj, attribute)
        return super().getattr(obj, attribute)

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        return isinstance(obj, LoopContext) and not attr.startswith("_")

    def is_safe_callable(self, obj: Any) -> bool:
        return obj is each or isinstance(obj, Macro | LoopContext)


def _for_text(value: object) -> str:
    if value is None:
        return ""
    return scrub_text(value if type(value) is str else str(value))


def _for_html(value: object) -> Markup:
    if type(value) is Markup:
        return value
    return lines_html(_for_text(value))
