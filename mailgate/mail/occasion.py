"""What the header of a mail says that bears on how its text is read: who writes, and whether he answers a mail."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from mailgate.mail.message import Mailbox
from mailgate.mail.plain import clean, plain
from mailgate.mail.subject import subject_clean

_WORD = re.compile(r"[^\W\d_]{2,40}")
_LONGEST = 400
_ANSWERS = re.compile(  # what subject_clean leaves, for a subject may begin like that by itself
    r"(?:r|svar|vast|odg|reply|respuesta|risposta|resposta|réponse|antwort) ?[:：]", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Occasion:
    """`called`: the writer's names as they are written. `answers`: nothing in the header tells that it is a mail of
    its own, which answers and forwards none.
    """

    called: str = ""
    answers: bool = True

    def names(self) -> frozenset[str]:
        """The words of the writer's names, in the form that `plain` gives them."""
        return frozenset(_WORD.findall(plain(clean(self.called[:_LONGEST]))))


ANY = Occasion()


def occasion(authors: Iterable[Mailbox], subject: str, *, named: bool) -> Occasion:
    """`named`: In-Reply-To or References name a mail."""
    called = " ".join(f"{each.name} {each.address.partition('@')[0]}" for each in authors)
    written = " ".join(subject.split())
    answers = not written or subject_clean(written) != written or _ANSWERS.match(written) is not None
    return Occasion(called, named or answers)
