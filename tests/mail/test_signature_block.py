"""What stands below two dashes: a signature has evidence; what was typed there stays."""

import pytest

from mailgate.mail.signature_block import holds_typed, is_signature, speaks_of_oneself

NAMES = ("ana", "silva")


@pytest.mark.parametrize(
    "below",
    [
        "Ana",
        "ana",
        "Silva, Ana",
        "AS",
        "Silv",
        "Administrator",
        "Ana Silva | Sales | ACME | +49 30 1234567",
        "* Ana Silva*\nSoftware developer\n*Mob:030 1234567",
        "Ana Silva\nSales Manager\n\nACME GmbH, Berlin\nwww.acme.example",
        "Bo Berg\nTel. 030 1234567",
        "Kind regards,\nBo",
        "Ana\n\nPlease consider the environment before printing this email.",
        "Ana\n\nThis email has been checked for viruses by a scanner.",
        "Ana\n\nWe are hiring! https://acme.example/jobs",
        "Ana\n\nACME GmbH | Amtsgericht Charlottenburg HRB 1234\nGeschäftsführer: Max Meier",
        "“Be yourself; everyone else is already taken.”\n― Somebody",
        "Old programmers never die. They just branch to a new address.",
        "_________\nAna Silva\nDirector of the Department of Physics\nUniversity of Somewhere",
        "Kind regards,\nAna.",
        "Secured with Some Mail:\nhttps://mail.example/free-email",
        "佐藤太郎\n株式会社エーシーエムイー\n電話: 03-1234-5678",
        "С уважением,\nАнна",
    ],
)
def test_a_signature_shows_that_it_is_one(below: str) -> None:
    assert is_signature(below.split("\n"), NAMES, by_program=False)
    assert is_signature(below.split("\n"), NAMES, by_program=True)


@pytest.mark.parametrize(
    "below",
    ["3 bulbs", "bulbs", "Bulbs", "urgent!", "order 4711\nlamp 12", "The lamp is still broken.",
     "Ana\nIt does not work.", "No Thanks", "It Works Now", "IBAN DE02 1203 0000 0000 2020 51", "https://x.example/error.png",
     "Visit me at https://x.example and cancel order 4711", "La bombilla sigue sin funcionar.", "Лампа не работает.",
     "灯坏了。请换一个。"],
)  # fmt: skip
def test_below_a_line_drawn_by_hand_words_without_evidence_stay(below: str) -> None:
    assert not is_signature(below.split("\n"), NAMES, by_program=False)


@pytest.mark.parametrize(
    "below",
    [
        "Ana Silva\n\nOne more thing: please cancel order 4711.",
        "Ana\n\nAlso the bulb is broken",
        "Ana\n\nP.S. Invoice is missing",
        "Ana\n\nOrder number 4711",
        "Ana\n\nKönnt ihr die Rechnung schicken?",
        "Ana\n\nランプが壊れています。",
        "Ana\nPlease cancel order 4711.",
        "Ana\nPS: cancel order 4711",
        "Ana\ncancel 4711",
        "Ana\n\ncancel 4711",
        "Ana\n\nCancel 4711!",
        "Ana\n\nyes",
        "Ana\n\nNo.",
        "Ana\n\nstorniere 4711 bitte",
        "Ana\n\nБольше не нужно, отмените заказ",
        "Ana, ACME\ncancel order 4711, +49 30 1234567",
        "please cancel 4711",
        "serial number 12345-678",
        "- one lamp\n- two bulbs",
        "-- Building version: 4.0\n-- Configuring done",
    ],
)
def test_what_was_typed_below_the_line_of_a_program_stays(below: str) -> None:
    assert not is_signature(below.split("\n"), NAMES, by_program=True)


def test_below_the_name_that_a_program_marks_as_signature_words_may_stand() -> None:
    assert holds_typed(["Ana Silva", "", "Please cancel order 4711."])
    assert not holds_typed(["Ana Silva", "", "ACME GmbH", "https://acme.example"])


@pytest.mark.parametrize("text", ["i need it", "c'est moi", "ich brauche es", "мне нужно", "我需要"])
def test_who_speaks_of_himself(text: str) -> None:
    assert speaks_of_oneself(text)


@pytest.mark.parametrize("text", ["i.e. nothing", "i/o", "we are here", "我们", "if you receive this in error"])
def test_who_does_not(text: str) -> None:
    assert not speaks_of_oneself(text)


def test_lines_without_a_word_are_no_obstacle() -> None:
    assert is_signature(["***", "", "==="], by_program=False)
    assert is_signature(["***", "Ana Silva"], by_program=False)


def test_a_slogan_above_the_contacts_of_a_company_is_of_the_signature_that_a_program_adds() -> None:
    lines = [
        "Acme B.V. - light that was driven by collaboration",
        "",
        "Bo Berg - Consultant",
        "",
        "tel: +31 20 3090 139",
    ]
    assert is_signature(lines, NAMES, by_program=True)
