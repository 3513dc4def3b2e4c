"""The core's policy and the rules' vocabulary hold what the configuration says."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from mailgate.cli.packaged import packaged_templates
from mailgate.config.policy import our_addresses, policy, vocabulary
from mailgate.config.read import parse
from mailgate.config.settings import Config
from mailgate.decision.policy import Door
from mailgate.notify.templates import Templates
from mailgate.rules.ruleset import EMPTY
from mailgate.rules.vocabulary import Vocabulary
from mailgate.tickets.model import CustomerGroup
from mailgate.tickets.signed import Key, Keyring

TEXT = """
[site]
domain = "example.com"
[queues.support]
addresses = ["Support@example.com", "help@example.org"]
team = "first"
[teams]
first = ["nina", "omar"]
[agents.nina]
email = "nina@example.com"
[agents.omar]
email = "omar@example.com"
[[in]]
name = "smtp"
type = "smtp"
trusted_authserv = ["mx.example.com"]
border = ["mx1.example.com"]
peers = ["127.0.0.1"]
[out]
maildir = "out"
return_path = "fixed:bounces@example.net"
"""
KEYS = Keyring((Key("a", date(2026, 1, 1), bytes(32)),))


def read(more: str = "") -> Config:
    return parse(TEXT + more, Path("/etc/desk/config.toml"), {})


@pytest.fixture(scope="module")
def templates() -> Templates:
    return Templates.load(packaged_templates(), packaged_templates())


def test_agents_get_the_numbers_that_are_theirs_for_life(templates: Templates) -> None:
    made = policy(read(), EMPTY, KEYS, {"nina": 4, "omar": 7, "gone": 1}, templates)
    assert {name: agent.number for name, agent in made.agents.items()} == {"nina": 4, "omar": 7}


def test_the_policy_holds_what_the_configuration_says(templates: Templates) -> None:
    config = read()
    made = policy(config, EMPTY, KEYS, {"nina": 1, "omar": 2}, templates)
    assert made.site is config.site
    assert made.teams == {"first": ("nina", "omar")}
    assert made.doors == {"smtp": Door("smtp", ("mx.example.com",), ("mx1.example.com",))}
    assert (made.return_path, made.null_sender, made.plus_addresses_are_one) == ("bounces@example.net", True, True)
    assert made.limits == config.out.automatic
    assert made.neutral_forms == templates.neutral_forms
    assert made.queue("gone").name == "support"


def test_a_mailbox_vouches_for_its_mail_without_peers(templates: Templates) -> None:
    mailbox = """
        [[in]]
        name = "box"
        type = "imap"
        host = "imap.example.com"
        user = "support@example.com"
        password = { env = "PASSWORD" }
        trusted_authserv = ["mx.example.com"]
        border = ["mx1.example.com"]
        trusted_sealers = ["lists.example.org"]
    """
    config = parse(TEXT + mailbox, Path("/etc/desk/config.toml"), {"PASSWORD": "x"})
    made = policy(config, EMPTY, KEYS, {"nina": 1, "omar": 2}, templates)
    assert made.doors["box"] == Door("box", ("mx.example.com",), ("mx1.example.com",), ("lists.example.org",))
    assert made.doors.keys() == {"smtp", "box"}


def test_the_policy_holds_what_agents_may_do_and_how_their_answers_go_out(templates: Templates) -> None:
    written = 'delay = "5m"\n[agents_policy]\ncopy_self = true\n[customers.groups.vip]\ndomains = ["acme.example"]\n'
    config = read(written)
    made = policy(config, EMPTY, KEYS, {"nina": 1, "omar": 2}, templates)
    assert made.agents_policy is config.agents_policy
    assert made.agents_policy.copy_self
    assert made.relay is config.relay
    assert made.relay.delay == timedelta(minutes=5)
    assert made.groups == {"vip": CustomerGroup(("acme.example",))}


def test_our_addresses_are_the_queues_and_what_we_send_from() -> None:
    ours = our_addresses(read())
    assert ours.addresses == {"support@example.com", "help@example.org", "bounces@example.net"}
    assert ours.domains == {"example.com", "example.org", "example.net"}


def test_the_mailbox_of_signed_addresses_is_ours() -> None:
    text = TEXT.replace('domain = "example.com"', 'domain = "example.com"\nreply_address = "r+{token}@t.example"')
    assert "r@t.example" in our_addresses(parse(text, Path("/c.toml"), {})).addresses


def test_rules_may_use_the_names_that_exist() -> None:
    known = vocabulary(read("[fields.order]\n"), ["received"])
    assert known == Vocabulary(
        queues=frozenset({"support"}),
        teams=frozenset({"first"}),
        agents=frozenset({"nina", "omar"}),
        roles=frozenset({"agent", "lead", "admin"}),
        templates=frozenset({"received"}),
        fields=frozenset({"order"}),
        groups=frozenset(),
        own_addresses=frozenset({"support@example.com", "help@example.org", "bounces@example.net"}),
    )


def test_without_a_declaration_any_field_will_do() -> None:
    assert vocabulary(read(), []).fields is None
