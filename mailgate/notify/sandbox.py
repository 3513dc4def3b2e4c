"""The two Jinja environments of templates: nothing in them reaches the program or the end of memory (T18, A14).

Every value is cleaned of controls; in HTML it is escaped by construction. Filters are those listed, methods and
functions cannot be called, and `*` and `%` know numbers only, so that no expression makes much out of little.
"""

from typing import Any

from jinja2 import StrictUndefined, Template
from jinja2.exceptions import SecurityError
from jinja2.filters import FILTERS
from jinja2.runtime import LoopContext, Macro
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from mailgate.errors import MailgateError
from mailgate.notify.brand import Brand
from mailgate.notify.filters import HTML_FILTERS, TEXT_FILTERS, lines_html
from mailgate.notify.scrub import scrub_text
from mailgate.notify.variables import VIEWS

MAX_OUTPUT = 256_000  # characters
_PLAIN_VALUES = frozenset((*VIEWS, Brand))
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


class OutputTooLong(MailgateError):
    """A template made more than MAX_OUTPUT characters."""


class TemplateSandbox(ImmutableSandboxedEnvironment):
    """Strict, closed, and without Jinja's globals (`range`, `namespace` and the like)."""

    intercepted_binops = frozenset({"*", "**", "%"})

    def __init__(self, html: bool) -> None:
        super().__init__(
            undefined=StrictUndefined,
            autoescape=html,
            keep_trailing_newline=True,
            finalize=_for_html if html else _for_text,
        )
        self.globals.clear()
        self.filters = {name: FILTERS[name] for name in _STANDARD} | (HTML_FILTERS if html else TEXT_FILTERS)

    def getattr(self, obj: Any, attribute: str) -> Any:
        """A view holds plain values under plain names: the sandbox's long questions are for everything else."""
        if type(obj) in _PLAIN_VALUES and attribute in obj.__slots__:
            return getattr(obj, attribute)
        return super().getattr(obj, attribute)

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        if operator == "**" or not (isinstance(left, int | float) and isinstance(right, int | float)):
            raise SecurityError(f"{operator!r} is not for this")
        return left * right if operator == "*" else left % right

    def is_safe_callable(self, obj: Any) -> bool:
        return isinstance(obj, Macro | LoopContext)


def render(template: Template, variables: dict[str, Any]) -> str:
    """The text of a template. Raises OutputTooLong, or whatever is wrong with the template."""
    pieces = []
    size = 0
    for piece in template.root_render_func(template.new_context(variables)):
        size += len(piece)
        if size > MAX_OUTPUT:
            raise OutputTooLong(f"the output is longer than {MAX_OUTPUT:,} characters")
        pieces.append(piece)
    return "".join(pieces)


def _for_text(value: object) -> str:
    if value is None:
        return ""
    return scrub_text(value if type(value) is str else str(value))


def _for_html(value: object) -> Markup:
    if type(value) is Markup:
        return value
    return lines_html(_for_text(value))
