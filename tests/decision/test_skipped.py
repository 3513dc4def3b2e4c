"""Each skipped rule is told with what it asked and what the mail had, as far as that was kept."""

from typing import Any

import pytest

from mailgate.decision.skipped import CUT, CUT_WITHOUT_MAIL, NOT_KEPT, mail_as_seen, with_skipped
from mailgate.mail.parse import parse
from mailgate.rules.evaluate import evaluate
from mailgate.rules.index import WORTH_IT
from mailgate.rules.trace import Trace
from mailgate.rules.view import View
from tests.rules.desk import ENVELOPE, rules, situation
from tests.support.desk import make_policy, make_raw

OTHERS = "".join(
    f"  - {{name: o{n}, when: ticket.created, if: {{from: nobody{n}.example}}, do: [{{tag: o}}]}}\n"
    for n in range(WORTH_IT)
)
GROUP = "  - {name: g, when: ticket.created, if: {customer.group: vip}, do: [{tag: g}]}\n"
EITHER = "  - {name: e, when: ticket.created, if: {any: [{cc: {exists: true}}, {plus: x}]}, do: [{tag: e}]}\n"
RULES = rules(f"rules:\n{OTHERS}{GROUP}{EITHER}")
TRACE = evaluate(RULES, situation()).trace
MAIL = mail_as_seen(parse(make_raw()), ENVELOPE, make_policy())


def body(trace: Trace, *, cut: bool = False) -> dict[str, Any]:
    unmet = [(row.place, row.rules, row.fields) for row in trace.unmet]
    found = {"evidence": [], "events": [{"event": trace.event, "steps": [], "unmet": unmet}]}
    return found | ({"cut": True} if cut else {})


def expanded(mail: View | None, *, cut: bool = False) -> list[dict[str, Any]]:
    found = with_skipped(body(TRACE, cut=cut), (TRACE,), RULES, mail)
    rows: list[dict[str, Any]] = found["events"][0]["expanded"]
    return rows


def asked(step: dict[str, Any]) -> list[tuple[str, str, str, str]]:
    return [(each["field"], each["match"], each["value"], each["verdict"]) for each in step["conditions"]]


def test_each_rule_says_what_it_asked_and_what_was_there() -> None:
    [row] = expanded(MAIL)
    assert row["remark"] == ""
    steps = {step["rule"]: step for step in row["steps"]}
    assert list(steps) == [*(f"o{n}" for n in range(WORTH_IT)), "g", "e"]
    assert (steps["o1"]["file"], steps["o1"]["line"], steps["o1"]["verdict"]) == ("10-test.yaml", 3, "miss")
    assert asked(steps["o1"]) == [("from", "nobody1.example", "ana@acme.example", "miss")]
    assert asked(steps["g"]) == [("customer.group", "vip", NOT_KEPT, "miss")]
    assert [each[0] for each in asked(steps["e"])] == ["cc", "plus"]


def test_without_the_mail_a_rule_still_says_what_it_asked() -> None:
    [row] = expanded(None)
    assert asked(row["steps"][0]) == [("from", "nobody0.example", NOT_KEPT, "miss")]


@pytest.mark.parametrize(("mail", "told", "remark"), [(MAIL, WORTH_IT + 2, CUT), (None, 0, CUT_WITHOUT_MAIL)])
def test_of_a_trace_that_was_cut_only_what_is_sure_is_told(mail: View | None, told: int, remark: str) -> None:
    [row] = expanded(mail, cut=True)
    assert (len(row["steps"]), row["remark"]) == (told, remark)
