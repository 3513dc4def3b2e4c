"""The facts that a condition can look at: name, kind, and how each is read from a situation (spec/rules.md 1.4)."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from mailgate.mail.message import Mailbox
from mailgate.rules.situation import Situation
from mailgate.rules.standing import Standing
from mailgate.rules.value import MAX_BODY, MAX_HEADER, Value, address_form
from mailgate.tickets.signed import read_address

Kind = Literal["address", "text", "word", "flag", "priority"]
Values = tuple[Value, ...]
MAX_ADDRESSES = 200

YES: Values = (Value("true"),)
NO: Values = (Value("false"),)


@dataclass(frozen=True, slots=True)
class Field:
    """One fact. `of_ticket`: it changes while the rules run, so it is read anew each time."""

    name: str
    kind: Kind
    read: "Callable[[View], Values]"
    of_ticket: bool = False


class View:
    """A situation as the conditions of one run see it; values are read once."""

    __slots__ = ("_shown", "_values", "message", "now", "situation")

    def __init__(self, situation: Situation) -> None:
        self.situation = situation
        self.message = situation.message
        self.now = Standing(situation.ticket)
        self._values: dict[str, Values] = {}
        self._shown: dict[str, str] = {}

    def values(self, field: Field) -> Values:
        if field.of_ticket:
            return field.read(self)
        found = self._values.get(field.name)
        if found is None:
            found = self._values[field.name] = field.read(self)
        return found

    def shown(self, field: Field, values: Values) -> str:
        """The values of a field as a trace has them."""
        if field.of_ticket:
            return _shown(values)
        found = self._shown.get(field.name)
        if found is None:
            found = self._shown[field.name] = _shown(values)
        return found


def find_field(name: str) -> Field | None:
    """The field of that name; `header.X` and `field.X` stand for any X that can be a name."""
    if (field := FIELDS.get(name)) is not None:
        return field
    if header := _HEADER.fullmatch(name):
        return _header(name, header[1])
    if own := _OWN_FIELD.fullmatch(name):
        return _own_field(name, own[1])
    return None


def _shown(values: Values) -> str:
    if len(values) == 1:
        return values[0].shown
    return ", ".join(each.shown for each in values[:3]) + (", …" if len(values) > 3 else "")


def _each(texts: Iterable[str]) -> Values:
    return tuple([Value(text) for text in texts])


def _addresses(boxes: tuple[Mailbox, ...]) -> Values:
    return _each(dict.fromkeys([address_form(box.address) for box in boxes[:MAX_ADDRESSES] if box.address]))


def _recipients(view: View) -> dict[str, None]:
    return dict.fromkeys([address_form(path) for path in view.situation.envelope.forward_paths[:MAX_ADDRESSES]])


def _plus(view: View) -> Values:
    """The details of the addresses of ours that the mail came to; a signed address is no such detail."""
    visible = (*view.message.to, *view.message.cc)[:MAX_ADDRESSES]
    addressed = [address_form(box.address) for box in visible if "+" in box.address]
    ours = view.situation.ours.domains
    details: dict[str, None] = {}
    for address in (*_recipients(view), *(each for each in addressed if each.rpartition("@")[2] in ours)):
        detail = address.rpartition("@")[0].partition("+")[2]
        if detail and read_address(address) is None:
            details[detail] = None
    return _each(details)


def _header(name: str, header: str) -> Field:
    def read(view: View) -> Values:
        return tuple(Value(each, MAX_HEADER) for each in view.message.header(header)[:MAX_ADDRESSES])

    return Field(name, "text", read)


def _own_field(name: str, own: str) -> Field:
    def read(view: View) -> Values:
        return _each(value for name, value in view.now.fields if name == own)

    return Field(name, "word", read, of_ticket=True)


_HEADER = re.compile(r"header\.([!-9;-~]{1,80})")
_OWN_FIELD = re.compile(r"field\.([a-z][a-z0-9_-]{0,60})")
PREFIXES: Mapping[str, str] = {"header.X": "text", "field.X": "word"}


def _flag(name: str, read: Callable[[View], bool]) -> Field:
    return Field(name, "flag", lambda view: YES if read(view) else NO)


_ALL = (
    Field("from", "address", lambda view: _addresses(view.message.authors)),
    Field("to", "address", lambda view: _addresses(view.message.to)),
    Field("cc", "address", lambda view: _addresses(view.message.cc)),
    Field("reply_to", "address", lambda view: _addresses(view.message.reply_to)),
    Field("recipient", "address", lambda view: _each(_recipients(view))),
    Field("plus", "word", _plus),
    Field("subject", "text", lambda view: (Value(view.message.subject),)),
    Field("body", "text", lambda view: (Value(view.message.body.text, MAX_BODY),)),
    Field("body.new", "text", lambda view: (Value(view.message.body.new_text, MAX_BODY),)),
    _flag("is_auto", lambda view: view.message.automatic.is_automatic),
    _flag("is_list", lambda view: view.message.automatic.is_list),
    _flag("is_bounce", lambda view: view.message.bounce is not None),
    Field("queue", "word", lambda view: (Value(view.now.queue),), of_ticket=True),
    Field("state", "word", lambda view: (Value(view.now.state),), of_ticket=True),
    Field("priority", "priority", lambda view: (Value(view.now.priority),), of_ticket=True),
    Field("tag", "word", lambda view: _each(view.now.tags), of_ticket=True),
)
FIELDS: Mapping[str, Field] = {field.name: field for field in _ALL}
