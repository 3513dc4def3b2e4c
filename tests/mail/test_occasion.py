"""What the header says that bears on how the text is read."""

import pytest

from mailgate.mail.message import Mailbox
from mailgate.mail.occasion import ANY, occasion

ANA = (Mailbox("Ana Silva-Müller", "ana.s@acme.example"),)


def test_the_words_of_the_writers_names() -> None:
    assert occasion(ANA, "Lamp", named=False).names() == {"ana", "silva", "muller"}
    assert ANY.names() == frozenset()


@pytest.mark.parametrize(
    ("subject", "named", "answers"),
    [
        ("Lamp", False, False),
        ("Lamp", True, True),
        ("Re: Lamp", False, True),
        ("WG: Lamp", False, True),
        ("R: Lamp", False, True),
        ("Room: Lamp", False, False),
        ("", False, True),
    ],
)
def test_whether_a_mail_answers_one(subject: str, named: bool, answers: bool) -> None:
    assert occasion(ANA, subject, named=named).answers is answers
