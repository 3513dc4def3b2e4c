"""A year of a public support list, in order: an answer lands in the ticket of the mail that it answers."""

import json
import re
import tarfile
from collections import Counter
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from tests.blackbox.conftest import Desk
from tests.support.smtp import Letter, in_order

ENOUGH = 0.99


def reverse_path(content: bytes) -> str:
    author = str(message_from_bytes(content, policy=policy.compat32)["From"] or "")
    found = re.search(r"[\w.+-]+@[\w.-]+\.\w+", author, re.ASCII)
    return found[0] if found else ""


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_answers_of_a_mailing_list_land_in_the_tickets_of_their_parents(desk: Desk, corpus: Path) -> None:
    facts = json.loads((corpus / "threads" / "usrp-users.json").read_text())
    with tarfile.open(corpus / "threads" / "usrp-users.tar.xz") as archive:
        mails = {Path(entry.name).name: archive.extractfile(entry) for entry in archive if entry.isfile()}
        contents = {name: stream.read() for name, stream in mails.items() if stream}
    messages = facts["messages"]
    daemon = desk()
    letters = [Letter(reverse_path(contents[m["file"]]), contents[m["file"]]) for m in messages]
    replies = in_order(daemon.port, letters)
    assert Counter(reply.code for reply in replies) == {250: len(messages)}
    daemon.settle(120)

    ticket_of = {row["id"]: row["ticket"] for row in daemon.cli("spool", "list")}
    tickets = [ticket_of[reply.spool_id or ""] for reply in replies]
    place = {m["message_id"]: number for number, m in enumerate(messages)}
    answers = [(number, place[m["parent"]]) for number, m in enumerate(messages) if m["parent"]]
    astray = [(mail, parent) for mail, parent in answers if tickets[mail] != tickets[parent]]
    print(f"{len(answers)} answers, {len(astray)} not in the ticket of their parent; {len(set(tickets))} tickets")
    for mail, parent in astray:
        print(
            f"  {messages[mail]['file']} in {tickets[mail]}, its parent {messages[parent]['file']} in {tickets[parent]}"
        )
    assert len(answers) - len(astray) >= ENOUGH * len(answers)
