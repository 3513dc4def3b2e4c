"""What is known of a sender: the word of the door's own hosts, and of nobody else."""

from dataclasses import replace
from typing import Any

import pytest

from mailgate.decision.policy import Door
from mailgate.decision.sender import authenticity_of
from mailgate.mail.parse import parse
from tests.support.desk import PASSED, make_envelope, make_policy, make_raw

POLICY = make_policy()
FORWARDED: dict[str, Any] = {
    "verified": "mx.example.com; arc=pass; dmarc=fail header.from=acme.example",
    "arc_seal": "i=1; a=rsa-sha256; cv=none; d=lists.example.org; s=k; b=AA==",
    "arc_authentication_results": "i=1; lists.example.org; dmarc=pass header.from=acme.example",
}


def verdict(door: Door = POLICY.doors["smtp"], source: str = "smtp", **mail: Any) -> str:
    policy = replace(POLICY, doors={door.name: door})
    return authenticity_of(parse(make_raw(**mail)), replace(make_envelope(), source=source), policy).verdict


def test_a_host_that_the_door_trusts_is_believed() -> None:
    assert verdict(verified=PASSED) == "passed"


def test_nobody_is_believed_at_a_door_that_trusts_nobody_or_is_none() -> None:
    assert verdict(Door("smtp"), verified=PASSED) == "unknown"
    assert verdict(source="inject", verified=PASSED) == "unknown"


@pytest.mark.parametrize("sender", ["ana@acme.example, ben@acme.example", "undisclosed:;", ""])
def test_nothing_passes_where_from_is_not_one_mailbox(sender: str) -> None:
    assert verdict(sender=sender, verified=PASSED) == "unknown"


def test_a_forwarder_is_believed_whose_seal_the_door_trusts() -> None:
    trusting = replace(POLICY.doors["smtp"], trusted_sealers=("lists.example.org",))
    assert verdict(trusting, **FORWARDED) == "passed"
    assert verdict(**FORWARDED) == "failed"
