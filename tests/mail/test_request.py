"""Whether a text wants something: then a person wrote it."""

import pytest

from mailgate.mail.request import wants


@pytest.mark.parametrize(
    "text",
    [
        "the assistant doesn't work",
        "vacation days wrong in my account",
        "i can't set my message",
        "please turn it off",
        "meine abwesenheitsnotiz funktioniert nicht.",
        "können sie helfen",
        "ma réponse automatique ne fonctionne pas",
        "no puedo activar la respuesta",
        "non riesco ad attivarla",
        "mijn bericht werkt niet",
        "nie mogę ustawić",
        "автоответ не работает",
        "動きません",
    ],
)
def test_a_fault_or_a_wish(text: str) -> None:
    assert wants(text)


@pytest.mark.parametrize(
    "text",
    [
        "i am out of the office and cannot answer your mail.",
        "i no longer work at acme. please contact bob.",
        "i do not work on fridays.",
        "ich bin nicht im büro. bitte wenden sie sich an bob.",
        "je suis absente jusqu'au 12 mars.",
        "thank you for your mail, we will answer soon.",
    ],
)
def test_what_an_absence_notice_says_is_none(text: str) -> None:
    assert not wants(text)
