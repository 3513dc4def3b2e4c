"""What a template sees of one thing, and what is left of it when words are taken out."""

from dataclasses import replace

from mailgate.notify import views
from mailgate.notify.samples import ORDINARY


def test_words_that_are_another_partys_can_be_taken_out_everywhere() -> None:
    def clean(text: str) -> str:
        return text.replace("secret", "")

    message = views.MessageView("secret s", "secret t", "secret n", (views.AttachmentView("secret.pdf", 1),))
    assert message.without(clean) == views.MessageView(" s", " t", " n", (views.AttachmentView(".pdf", 1),))
    assert replace(ORDINARY.ticket, subject="a secret").without(clean).subject == "a "
    assert views.CustomerView("secret", "a@x").without(clean) == views.CustomerView("", "a@x")
