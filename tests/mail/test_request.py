"""Whether a text wants something: then a person wrote it."""

import pytest

from mailgate.mail.request import begs, wants


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


@pytest.mark.parametrize(
    "sentence",
    [
        "so please send the technician on friday.",
        "bitte schicken sie den techniker am freitag.",
        "merci de livrer la lampe après cette date.",
        "por favor envíen al técnico el viernes.",
        "skicka gärna teknikern på fredag.",
        "пожалуйста, пришлите мастера в пятницу.",
    ],
)
def test_a_plea_that_no_absence_notice_makes(sentence: str) -> None:
    assert begs(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "please contact my colleague.",
        "in dringenden fällen können sie sich bitte an meine kollegin wenden.",
        "merci de vous adresser à bob.",
        "per urgenze potete contattare luca.",
        "please allow two days.",
        "i no longer work at acme.",
    ],
)
def test_whom_to_ask_meanwhile_is_none(sentence: str) -> None:
    assert not begs(sentence)
