"""Mail that does harm, or is missing."""

from dataclasses import replace

import pytest

from tests.rules.desk import VOCABULARY, codes, problems

NAMES = replace(VOCABULARY, own_addresses=frozenset({"support@example.com", "box@mail.example"}))


def found(*rules: str) -> list[str]:
    return codes(problems(f"rules: [{', '.join(rules)}]", NAMES))


@pytest.mark.parametrize(
    "to", ["support@example.com", "Support@Example.com", "box@mail.example", "support+x@example.com"]
)
def test_mail_to_an_address_of_the_desk_would_come_back(to: str) -> None:
    notify = f"{{name: r, when: ticket.created, do: [{{notify: {{to: [nina, {to}], template: agent_new}}}}]}}"
    forward = f"{{name: f, when: ticket.created, do: [{{forward: {{to: {to}}}}}]}}"
    assert found(notify) == ["MG302"]
    assert found(forward) == ["MG302"]


def test_mail_to_others_does_not() -> None:
    assert found("{name: r, when: ticket.created, do: [{notify: {to: a@b.example, template: agent_new}}]}") == []


def test_a_reply_beside_an_agents_answer_is_a_second_mail() -> None:
    assert found("{name: r, when: [ticket.created, agent.replied], do: [{reply: received}]}") == ["MG303"]
    assert found("{name: r, when: agent.replied, do: [{close: {template: closed}}]}") == ["MG303"]
    assert found("{name: r, when: customer.replied, do: [{reply: received}]}") == []


def test_who_is_closed_by_the_clock_is_told() -> None:
    silent = "{name: r, when: pending.due, do: [%s]}"
    teller = "{name: t, when: {state.changed: {to: closed}}, do: [{reply: closed}]}"
    assert found(silent % "close") == ["MG304"]
    assert found(silent % "{state: closed}") == ["MG304"]
    assert found(silent % "{state: open}") == []
    assert found(silent % "{reply: closed}, close") == []
    assert found(silent % "{close: {template: closed}}") == []
    assert found(silent % "close", teller) == []
    assert found("{name: r, when: customer.replied, do: [close]}") == []
