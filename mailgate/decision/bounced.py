"""A delivery report about an agent's answer: believed only where the copy's own return path proves it (R47).

The report came to the address that was made for this very copy, with a null reverse-path, and names its recipient.
What is matched by a Message-ID alone is filed and shown, and changes nothing.
"""

from mailgate.decision.case import Case, Mail
from mailgate.decision.draughtsman import Draughtsman
from mailgate.decision.effects import FailDelivery
from mailgate.decision.standing import party_of_participant, same_person


def note_failure(pen: Draughtsman, mail: Mail, case: Case) -> None:
    """Take the copy for failed, if the report is believed and says that it failed for good."""
    signed, bounce = case.signed, mail.message.bounce
    if signed is None or signed.purpose != "b" or bounce is None or mail.envelope.reverse_path is not None:
        return
    person = next((each for each in pen.ticket.participants if party_of_participant(each) == signed.party), None)
    if person is None:
        return
    for each in bounce.recipients:
        failed = each.permanent and each.action in ("failed", "")
        if failed and same_person(each.address, person.address, pen.policy):
            reply = " ".join(filter(None, (each.status, each.diagnostic))) or "it came back"
            pen.effect("mailgate", FailDelivery(signed.revision, person.address, reply))
            return
