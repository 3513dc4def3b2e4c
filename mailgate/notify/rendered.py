"""What a template became for one recipient: the value between templates and compose."""

from dataclasses import dataclass
from typing import Literal

from mailgate.notify.logo import Logo

Kind = Literal["auto-reply", "agent", "customer", "report", "forward"]
KINDS: tuple[Kind, ...] = ("auto-reply", "agent", "customer", "report", "forward")


@dataclass(frozen=True, slots=True)
class Rendered:
    """A subject and the two parts of a mail, decoded; an empty `html` makes a mail of text alone."""

    subject: str
    text: str
    html: str
    kind: Kind
    language: str  # BCP 47, of the template that was used
    logo: Logo | None = None  # which the HTML part shows
