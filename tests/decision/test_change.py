"""How an effect changes a ticket."""

from datetime import timedelta
from typing import Any

import pytest

from mailgate.decision.change import changed
from mailgate.decision.effects import (
    AddTags,
    ChangePriority,
    ChangeState,
    Effect,
    MoveToQueue,
    Remark,
    SendMail,
    SetFields,
)
from mailgate.decision.told import told
from tests.support.desk import NOW, make_ticket

TICKET = make_ticket(tags=("a",), fields=(("order", "1"),), pending_until=NOW, closed_at=NOW - timedelta(days=1))


@pytest.mark.parametrize(
    ("effect", "becomes"),
    [
        (ChangeState("open", "closed"), {"state": "closed", "closed_at": NOW, "pending_until": None}),
        (ChangeState("open", "pending"), {"state": "pending", "closed_at": None, "pending_until": NOW}),
        (ChangeState("closed", "open"), {"state": "open", "closed_at": None, "pending_until": None}),
        (MoveToQueue("support", "billing"), {"queue": "billing"}),
        (ChangePriority("normal", "urgent"), {"priority": "urgent"}),
        (AddTags(("b", "a", "b")), {"tags": ("a", "b")}),
        (SetFields((("order", "2"), ("size", "3"))), {"fields": (("order", "2"), ("size", "3"))}),
        (Remark("x", "y"), {}),
        (SendMail("agent", "x", "y"), {}),
    ],
)
def test_an_effect_changes_what_it_names_and_nothing_else(effect: Effect, becomes: dict[str, Any]) -> None:
    from dataclasses import replace

    assert changed(TICKET, effect, NOW) == replace(TICKET, **becomes)


def test_every_effect_can_be_told_and_stored_as_json() -> None:
    import json

    from mailgate.decision import effects

    examples: list[Effect] = [
        effects.OpenTicket("q", "r"),
        effects.AppendArticle(1, "a", "e", True),
        ChangeState("new", "open"),
        MoveToQueue("a", "b"),
        ChangePriority("low", "high"),
        AddTags(("t",)),
        SetFields((("n", "v"),)),
        effects.AppendNote(1),
        effects.LinkTicket("1", "r"),
        SendMail("agent", "t", "r"),
        effects.Withhold("t", "r", "why"),
        Remark("also.addressed", "x"),
    ]
    names = [told(each)[0] for each in examples]
    assert len(set(names)) == len(examples)
    assert json.dumps([told(each)[1] for each in examples])
