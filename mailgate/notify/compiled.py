"""One template of one language, compiled, and the names that it sees."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from jinja2 import Template

from mailgate.notify.brand import Brand
from mailgate.notify.rendered import Kind
from mailgate.notify.variables import Variables, neutral_mapping

DEFAULT_LANGUAGE = "en"
_RIGHT_TO_LEFT = frozenset(("ar", "dv", "fa", "he", "ps", "ur", "yi"))


@dataclass(frozen=True, slots=True)
class Compiled:
    language: str
    kind: Kind
    neutral: str | None
    sees_only_number: bool  # some template names it as its neutral one
    parts: "Callable[[], Parts]"


class Parts(NamedTuple):
    subject: Template
    text: Template
    html: Template


Key = tuple[bool, str]  # whether it is the packaged one, and the language


def seen(variables: Variables, brand: Brand, language: str, only_number: bool) -> dict[str, Any]:
    """The names of one render. `only_number`: those of a neutral template (R32)."""
    values = neutral_mapping(variables) if only_number else variables.mapping()
    values["brand"] = brand
    values["language"] = language
    values["direction"] = "rtl" if language.partition("-")[0] in _RIGHT_TO_LEFT else "ltr"
    return values
