"""The facts that a condition can look at, by name (spec/rules.md 1.4), and those that only the language knows."""

from collections.abc import Mapping

from mailgate.rules.mail_fields import ENVELOPE_FIELDS, MAIL_FIELDS, header_field
from mailgate.rules.ticket_fields import OTHER_FIELDS, TICKET_FIELDS, customer_field, own_field
from mailgate.rules.view import Field

FIELDS: Mapping[str, Field] = {
    field.name: field for field in (*ENVELOPE_FIELDS, *MAIL_FIELDS, *TICKET_FIELDS, *OTHER_FIELDS)
}
PREFIXES = ("header.X", "field.X", "customer.fields.X")
LATER_FIELDS = frozenset("sla sla.target sla.left".split())
LATER_FAMILIES = ("approval.",)


def find_field(name: str) -> Field | None:
    """The field of that name; `header.X` and the like stand for any X that can be a name."""
    return FIELDS.get(name) or header_field(name) or own_field(name) or customer_field(name)


def is_later(name: str) -> bool:
    """Whether the language has such a field and this version does not."""
    return name in LATER_FIELDS or name.startswith(LATER_FAMILIES)
