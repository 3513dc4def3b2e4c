"""The names that rules may use, as the configuration and the templates define them."""

from dataclasses import dataclass

from mailgate.rules.outside import KnownWebhook


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """All names that exist. `fields` None: ticket fields need no declaration, any name will do; `groups` likewise."""

    queues: frozenset[str] = frozenset()
    teams: frozenset[str] = frozenset()
    agents: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    templates: frozenset[str] = frozenset()
    fields: frozenset[str] | None = None
    groups: frozenset[str] | None = None  # of customers
    webhooks: tuple[KnownWebhook, ...] = ()
    programs: frozenset[str] = frozenset()
    processes: frozenset[str] = frozenset()  # filled in where the files are read
