"""From what the administrator wrote to what the core decides by. Pure; raises nothing of its own."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from mailgate.config.people import ROLES
from mailgate.config.settings import Config, DoorSettings, ImapSettings
from mailgate.decision.policy import Door, Policy
from mailgate.mail.address import normalise
from mailgate.notify.templates import Templates
from mailgate.rules.outside import KnownWebhook
from mailgate.rules.ruleset import Ruleset
from mailgate.rules.situation import OurAddresses
from mailgate.rules.vocabulary import Vocabulary
from mailgate.tickets.calendar import ALWAYS
from mailgate.tickets.signed import Keyring


def policy(
    config: Config, ruleset: Ruleset, keyring: Keyring, agent_numbers: Mapping[str, int], templates: Templates
) -> Policy:
    """One immutable set. `agent_numbers`: the number of every configured agent, hers for life (the store gives it)."""
    return Policy(
        site=config.site,
        queues=config.queues,
        teams=config.teams,
        agents={name: replace(agent, number=agent_numbers[name]) for name, agent in config.agents.items()},
        doors=_doors(config),
        limits=config.out.automatic,
        rules=ruleset,
        keys=keyring,
        return_path=config.out.return_path,
        null_sender=config.out.null_sender,
        plus_addresses_are_one=config.plus_addresses_are_one,
        ours=our_addresses(config),
        neutral_forms=templates.neutral_forms,
        agents_policy=config.agents_policy,
        relay=config.relay,
        groups=config.groups,
        max_tickets_per_run=config.max_tickets_per_run,
        calendars=config.calendars,
    )


def _doors(config: Config) -> dict[str, Door]:
    """A mailbox needs no peers to be believed: what lies in it was brought by the server that holds it."""
    ways_in: tuple[DoorSettings | ImapSettings, ...] = (*config.doors, *config.mailboxes)
    return {each.name: Door(each.name, each.trusted_authserv, each.border, each.trusted_sealers) for each in ways_in}


def our_addresses(config: Config) -> OurAddresses:
    """The queues' addresses, the mailbox of signed addresses and a fixed return path; their domains, and the site's."""
    addresses = [address for queue in config.queues.values() for address in (*queue.addresses, queue.sender.address)]
    if config.site.reply_address.text not in ("queue", "none"):
        addresses.append(config.site.reply_address.text.replace("+{token}", ""))
    if config.out.return_path:
        addresses.append(config.out.return_path)
    ours = frozenset(normalise(address) for address in addresses)
    return OurAddresses(frozenset({config.site.domain, *(address.rpartition("@")[2] for address in ours)}), ours)


def vocabulary(config: Config, template_names: Iterable[str], reports: frozenset[str] | None = None) -> Vocabulary:
    """The names that rules may use. Where no [fields] stands, any field will do."""
    return Vocabulary(
        queues=frozenset(config.queues),
        teams=frozenset(config.teams),
        agents=frozenset(config.agents),
        roles=frozenset(ROLES),
        templates=frozenset(template_names),
        reports=reports,
        fields=frozenset(config.fields) or None,
        groups=frozenset(config.groups),
        webhooks=tuple(
            KnownWebhook(each.name, each.address, each.signed, each.allow_networks) for each in config.webhooks.values()
        ),
        programs=frozenset(config.programs),
        own_addresses=our_addresses(config).addresses
        | {normalise(each.user) for each in config.mailboxes if "@" in each.user},
        calendars={ALWAYS.name: ALWAYS, **config.calendars},
        zone=config.site.timezone,
    )
