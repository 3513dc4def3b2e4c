"""The names that rules may use, as the configuration and the templates define them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from mailgate.rules.outside import KnownWebhook
from mailgate.tickets.calendar import ALWAYS, Calendar

UTC = ZoneInfo("UTC")


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """All names that exist. `fields` None: ticket fields need no declaration, any name will do; `groups` likewise."""

    queues: frozenset[str] = frozenset()
    teams: frozenset[str] = frozenset()
    agents: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    templates: frozenset[str] = frozenset()
    reports: frozenset[str] | None = None  # those that speak of no ticket; None: it is not known which
    fields: frozenset[str] | None = None
    groups: frozenset[str] | None = None  # of customers
    webhooks: tuple[KnownWebhook, ...] = ()
    programs: frozenset[str] = frozenset()
    own_addresses: frozenset[str] = frozenset()  # of queues and mailboxes: what is sent there comes back
    calendars: Mapping[str, Calendar] = field(default_factory=lambda: {ALWAYS.name: ALWAYS})
    zone: ZoneInfo = UTC  # the site's
    processes: frozenset[str] = frozenset()  # filled in where the files are read
