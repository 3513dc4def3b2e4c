"""Jinja in rules: `{{ m.order }}` in `set` and `note`. An expression, not a program (spec/safety.md T18, A14).

Texts come from the administrator's files; values come from mail and are never compiled. The sandbox has no functions,
loops or assignments, calls nothing, multiplies numbers only, and its filters only shrink or keep a text, so the cost of
a text is bounded by its length times that of the values. What fails raises ExpressionFailed with one line.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from jinja2 import StrictUndefined, Template, nodes
from jinja2.exceptions import SecurityError
from jinja2.filters import FILTERS
from jinja2.sandbox import ImmutableSandboxedEnvironment

from mailgate.errors import MailgateError
from mailgate.problems import expected_one_of, nearest

MAX_OUTPUT = 256_000  # characters
MAX_SOURCE = 4_000
FILTER_NAMES = tuple("capitalize default first last length lower round title trim truncate upper".split())
_ALLOWED = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.If,
    nodes.CondExpr,
    nodes.Name,
    nodes.Const,
    nodes.Getattr,
    nodes.Getitem,
    nodes.Filter,
    nodes.Test,
    nodes.Keyword,
    nodes.Compare,
    nodes.Operand,
    nodes.BinExpr,
    nodes.UnaryExpr,
    nodes.Concat,
    nodes.Tuple,
    nodes.List,
)


class ExpressionFailed(MailgateError):
    """An expression does not compile, or could not be rendered with these values."""


class ExpressionRefused(ExpressionFailed):
    """It is well formed and not allowed: every reason, and the names in it, but of a program, which has its own."""

    def __init__(self, reasons: "tuple[Refused, ...]", references: "tuple[Reference, ...]") -> None:
        super().__init__(reasons[0].message)
        self.reasons, self.references = reasons, references


class Record:
    """Named values for an expression; has nothing else, so a capture may be named `items`."""

    __slots__ = ("_values",)

    def __init__(self, values: Mapping[str, object]) -> None:
        self._values = values

    def __getitem__(self, name: str) -> object:
        return self._values[name]


class Sandbox(ImmutableSandboxedEnvironment):
    """Strict and closed: no globals, no calls. `finalize` is what becomes of the value of each `{{ }}`."""

    intercepted_binops = frozenset({"+", "*", "**", "%"})

    def __init__(self, finalize: Callable[[object], object] | None = None) -> None:
        super().__init__(undefined=StrictUndefined, autoescape=False, finalize=finalize or shown)
        self.globals.clear()
        self.filters = {name: FILTERS[name] for name in FILTER_NAMES}

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        if operator == "**" or not (isinstance(left, int | float) and isinstance(right, int | float)):
            raise SecurityError(f'"{operator}" is for numbers; texts are joined by ~')
        match operator:
            case "+":
                return left + right
            case "*":
                return left * right
            case _:
                return left % right

    def is_safe_callable(self, obj: Any) -> bool:
        return False

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        return False  # names are looked up in Records only


@dataclass(frozen=True, slots=True)
class Refused:
    """What an expression may not hold. `word`: as it stands there, if it is one."""

    message: str
    word: str = ""
    mend: str = ""
    expected: str = ""


@dataclass(frozen=True, slots=True)
class Reference:
    """A name that an expression uses: `m.order` is ("m", "order")."""

    name: str
    attribute: str | None


@dataclass(frozen=True, slots=True)
class Expression:
    """A compiled text with `{{ }}` in it; `template` is None where there is none."""

    source: str
    template: Template | None = None
    references: tuple[Reference, ...] = ()

    def render(self, variables: Mapping[str, object]) -> str:
        """The finished text. Raises ExpressionFailed."""
        return self.source if self.template is None else render(self.template, variables)


def expression(source: str, sandbox: Sandbox | None = None) -> Expression:
    """Compile a text, for `sandbox` or as a plain text.

    Raises ExpressionFailed for what Jinja or the sandbox does not take.
    """
    if "{{" not in source and "{%" not in source and "{#" not in source:
        return Expression(source)
    if len(source) > MAX_SOURCE:
        raise ExpressionFailed(f"a text with expressions is at most {MAX_SOURCE:,} characters long")
    try:
        sandbox = sandbox or _SANDBOX
        tree = sandbox.parse(source)
        references = tuple(dict.fromkeys(_references(tree)))
        if refused := tuple(dict.fromkeys(_refused(tree))):
            is_program = any(not each.word for each in refused)
            raise ExpressionRefused(refused, () if is_program else references)
        template = sandbox.from_string(tree)
    except ExpressionFailed:
        raise
    except Exception as error:  # Jinja and Python's compiler raise many things; each means that the text is wrong
        raise ExpressionFailed(_line(error)) from None
    return Expression(source, template, references)


def render(template: Template, variables: Mapping[str, object], cap: int = MAX_OUTPUT) -> str:
    """The text of a template, at most `cap` characters. Raises ExpressionFailed."""
    pieces: list[str] = []
    size = 0
    try:
        for piece in template.root_render_func(template.new_context(dict(variables), shared=True)):
            size += len(piece)
            if size > cap:
                raise ExpressionFailed(f"the text grew beyond {cap:,} characters")
            pieces.append(piece)
    except ExpressionFailed:
        raise
    except Exception as error:  # filters and operators raise what they like; only this text fails
        raise ExpressionFailed(_line(error)) from None
    return "".join(pieces)


def _refused(tree: nodes.Template) -> Iterator[Refused]:
    for node in tree.find_all(nodes.Node):
        if not isinstance(node, _ALLOWED):
            yield Refused(f"{_NAMES.get(type(node), type(node).__name__.lower())} belongs in a template")
        if isinstance(node, nodes.Filter) and node.name not in FILTER_NAMES:
            near = nearest(node.name, FILTER_NAMES)
            mend = f'did you mean "{near}"?' if near else "write one of these"
            yield Refused(f'no filter "{node.name}"', node.name, mend, expected_one_of(FILTER_NAMES))


_NAMES: Mapping[type[nodes.Node], str] = {
    nodes.For: "a loop",
    nodes.Assign: "{% set %}",
    nodes.AssignBlock: "{% set %}",
    nodes.Macro: "a macro",
    nodes.Include: "{% include %}",
    nodes.Call: "a call",
    nodes.Slice: "a slice",
    nodes.Dict: "a mapping",
}


def _references(tree: nodes.Template) -> Iterator[Reference]:
    held = set()
    for owner, attribute in _attributes(tree):
        if isinstance(owner, nodes.Name):
            held.add(id(owner))
            yield Reference(owner.name, attribute)
    for name in tree.find_all(nodes.Name):
        if id(name) not in held:
            yield Reference(name.name, None)


def _attributes(tree: nodes.Template) -> Iterator[tuple[nodes.Node, str]]:
    for dotted in tree.find_all(nodes.Getattr):
        yield dotted.node, dotted.attr
    for item in tree.find_all(nodes.Getitem):
        if isinstance(item.arg, nodes.Const):
            yield item.node, str(item.arg.value)


def shown(value: object) -> object:
    """A value as a text has it."""
    if value is None:
        return ""
    if isinstance(value, tuple | list):
        return ", ".join(str(each) for each in value)
    return value.strftime("%Y-%m-%d %H:%M") if isinstance(value, datetime) else value


def _line(error: BaseException) -> str:
    if isinstance(error, RecursionError):
        return "the expression is nested too deeply"
    return " ".join(str(error).split())[:200] or type(error).__name__


_SANDBOX = Sandbox()
