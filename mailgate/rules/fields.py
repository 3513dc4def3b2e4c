"""The facts that a condition can look at: name, kind, and how each is read from a situation (spec/rules.md 1.4)."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from mailgate.mail.message import Mailbox
from mailgate.rules.situation import Situation
from mailgate.rules.value import MAX_BODY, MAX_HEADER, Value, address_form
from mailgate.tickets.model import Ticket
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
    read: Callable[[Situation, Ticket], Values]
    of_ticket: bool = False


class View:
    """A situation as the conditions of one run see it; values are read once."""

    __slots__ = ("_shown", "_values", "situation", "ticket")

    def __init__(self, situation: Situation) -> None:
        self.situation = situation
        self.ticket = situation.ticket
        self._values: dict[str, Values] = {}
        self._shown: dict[str, str] = {}

    def values(self, field: Field) -> Values:
        if field.of_ticket:
            return field.read(self.situation, self.ticket)
        found = self._values.get(field.name)
        if found is None:
            found = self._values[field.name] = field.read(self.situation, self.ticket)
        return found

    def shown(self, field: Field) -> str:
        """The values as a trace has them."""
        if field.of_ticket:
            return _shown(self.values(field))
        found = self._shown.get(field.name)
        if found is None:
            found = self._shown[field.name] = _shown(self.values(field))
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


def _addresses(boxes: Iterable[Mailbox]) -> Values:
    found = (address_form(box.address) for box in boxes if box.address)
    return tuple(Value(each) for each, _ in zip(dict.fromkeys(found), range(MAX_ADDRESSES), strict=False))


def _recipients(situation: Situation) -> Iterable[str]:
    return (address_form(path) for path in situation.envelope.forward_paths[:MAX_ADDRESSES])


def _plus(situation: Situation, _: Ticket) -> Values:
    """The details of the addresses of ours that the mail came to; a signed address is no such detail."""
    visible = (*situation.message.to, *situation.message.cc)
    addressed = [address_form(box.address) for box in visible[:MAX_ADDRESSES] if "+" in box.address]
    ours = situation.ours.domains
    details: dict[str, None] = {}
    for address in (*_recipients(situation), *(each for each in addressed if each.rpartition("@")[2] in ours)):
        detail = address.rpartition("@")[0].partition("+")[2]
        if detail and read_address(address) is None:
            details[detail] = None
    return tuple(Value(detail) for detail in details)


def _header(name: str, header: str) -> Field:
    def read(situation: Situation, _: Ticket) -> Values:
        return tuple(Value(each, MAX_HEADER) for each in situation.message.header(header)[:MAX_ADDRESSES])

    return Field(name, "text", read)


def _own_field(name: str, own: str) -> Field:
    def read(_: Situation, ticket: Ticket) -> Values:
        value = ticket.field(own)
        return () if value is None else (Value(value),)

    return Field(name, "word", read, of_ticket=True)


_HEADER = re.compile(r"header\.([!-9;-~]{1,80})")
_OWN_FIELD = re.compile(r"field\.([a-z][a-z0-9_-]{0,60})")
PREFIXES: Mapping[str, str] = {"header.X": "text", "field.X": "word"}


def _flag(name: str, read: Callable[[Situation], bool]) -> Field:
    return Field(name, "flag", lambda situation, _: YES if read(situation) else NO)


_ALL = (
    Field("from", "address", lambda s, _: _addresses(s.message.authors)),
    Field("to", "address", lambda s, _: _addresses(s.message.to)),
    Field("cc", "address", lambda s, _: _addresses(s.message.cc)),
    Field("reply_to", "address", lambda s, _: _addresses(s.message.reply_to)),
    Field("recipient", "address", lambda s, _: tuple(Value(each) for each in dict.fromkeys(_recipients(s)))),
    Field("plus", "word", _plus),
    Field("subject", "text", lambda s, _: (Value(s.message.subject),)),
    Field("body", "text", lambda s, _: (Value(s.message.body.text, MAX_BODY),)),
    Field("body.new", "text", lambda s, _: (Value(s.message.body.new_text, MAX_BODY),)),
    _flag("is_auto", lambda s: s.message.automatic.is_automatic),
    _flag("is_list", lambda s: s.message.automatic.is_list),
    _flag("is_bounce", lambda s: s.message.bounce is not None),
    Field("queue", "word", lambda _, t: (Value(t.queue),), of_ticket=True),
    Field("state", "word", lambda _, t: (Value(t.state),), of_ticket=True),
    Field("priority", "priority", lambda _, t: (Value(t.priority),), of_ticket=True),
    Field("tag", "word", lambda _, t: tuple(Value(tag) for tag in t.tags), of_ticket=True),
)
FIELDS: Mapping[str, Field] = {field.name: field for field in _ALL}
