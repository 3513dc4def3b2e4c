"""Answers that are said to stand in the mail below."""

import pytest

from mailgate.mail.announced import says_it_answers_below
from mailgate.mail.split import split


@pytest.mark.parametrize(
    "text",
    [
        "See my answers in red.",
        "Hi,\nmy comments inline below.\nBest\nAna",
        "Siehe meine Antworten unten in rot.\n\nGruß\nAna",
        "Mes réponses en rouge ci-dessous.",
        "Mis respuestas abajo, en rojo.",
        "Le mie risposte sotto in rosso.",
        "Antwoorden hieronder in rood.",
        "As respostas estão abaixo em vermelho.",
        "Moje odpowiedzi poniżej.",
        "Mina svar nedan i rött.",
        "Mine svar nedenfor.",
        "Vastaukset alla punaisella.",
        "Odpovědi níže červeně.",
        "Ответы ниже красным.",
        "Cevaplarım aşağıda kırmızı ile.",
        "回复见下方红色字。",
        "赤字で回答いたします。",
        "I have answered your questions below.",
        "Answered inline.",
    ],
)
def test_whoever_says_so_answers_below(text: str) -> None:
    assert says_it_answers_below(text)


@pytest.mark.parametrize(
    "text",
    [
        "Works.",
        "Please find my answers below:\n1. The first one is the blue lamp with the shade.\n2. no",
        "See the error below.",
        "Thanks for your reply, the price is 20 below ours? ",
        (
            "I replied to the mail below yours on Monday and nobody came to fix it, so I ask again here. The "
            "lamp is broken."
        ),
        "Yes. My comments in red. " + "And more of it. " * 50,
    ],
)
def test_other_words_of_replies_do_not(text: str) -> None:
    assert not says_it_answers_below(text)


HEAD = "From: Support <support@example.com>\nSent: Monday, 2 March 2026 08:00\nTo: Ana\nSubject: Lamp"
ATTRIBUTION = "On Mon, 2 Mar 2026 at 08:00, Kim <kim@example.com> wrote:"


@pytest.mark.parametrize("quoted", [f"{HEAD}\n\nWhich colour?\n\nRed.", f"{ATTRIBUTION}\n> Which colour?\n> Red."])
def test_answers_that_nothing_marks_are_heard(quoted: str) -> None:
    text = f"Hello,\n\nsee my answers in red.\n\nAna\n\n{quoted}"
    pieces = split(text)
    assert (pieces.new_text, pieces.quoted_text, pieces.split) == (text, "", "unsure")


def test_answers_that_marks_tell_apart_are_not_doubted() -> None:
    pieces = split("My answers below.\n\n> Which colour?\n\nRed.\n\n> Which size?\n\nXL.\n")
    assert pieces.split == "sure"
