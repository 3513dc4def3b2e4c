"""Footers of phones and apps are never sent; a line that says more always is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.mail.endings import FOOTERS
from mailgate.mail.footer import says_nothing, without_mobile_footer

REAL = """\
Sent from my iPhone
sent from my iPhone.
(Sent from my iPhone)
*Sent from my iPhone*
-------- Sent from my iPhone
Sent from my iPhone 14 Pro Max
Sent from Mailbox for iPad
Sent from Nine<http://www.9folders.com/>
(Sent from a phone)
Sent via mobile
Sent from my cell, please excuse any typos.
Sent from my Windows 10 PC
Sent via the Samsung GALAXY S®5, an AT&T 4G LTE smartphone
Sent from my iPad mini
Sent from my Galaxy S23 Ultra
Sent from my Pixel 7
Sent from my Xiaomi Redmi Note 9 Pro
Sent from my Huawei P30 lite
Sent from my Verizon, Samsung Galaxy smartphone
Sent from my T-Mobile 4G LTE Device
Sent from my BlackBerry 10 smartphone on the Verizon Wireless network
Sent via the Samsung Galaxy S10, an AT&T 4G LTE smartphone
Sent from Yahoo Mail for iPhone
Sent from Yahoo Mail on Android<https://overview.mail.yahoo.com/mobile/?.src=Android>
Sent from Mail<https://go.microsoft.com/fwlink/?LinkId=550986> for Windows 10
Sent from Outlook for iOS<https://aka.ms/o0ukef>
Get Outlook for Android<https://aka.ms/AAb9ysg>
Get Outlook for iOS <https://aka.ms/o0ukef>
Get Outlook for iOS (https://aka.ms/o0ukef)
Get BlueMail for Android
Sent with Proton Mail secure email.
Sent with Spark
Von meinem iPad gesendet
Von meinem Samsung Galaxy Smartphone gesendet.
Gesendet mit der GMX Mail App
Gesendet mit der WEB.DE Mail App
Gesendet mit der Telekom Mail App
Gesendet von Mail<https://go.microsoft.com/fwlink/?LinkId=550986> für Windows
Gesendet von Outlook für Android<https://aka.ms/AAb9ysg>
Diese Nachricht wurde von meinem Android-Gerät mit K-9 Mail gesendet.
Holen Sie sich Outlook für iOS<https://aka.ms/o0ukef>
Enviado desde mi iPad
Enviado desde mi Samsung Galaxy
Enviado desde Outlook para Android<https://aka.ms/AAb9ysg>
Obtener Outlook para iOS<https://aka.ms/o0ukef>
Envoyé de mon iPad
Envoyé à partir d’Outlook pour Android
Télécharger Outlook pour iOS<https://aka.ms/o0ukef>
Enviado do meu iPad
Obter o Outlook para iOS<https://aka.ms/o0ukef>
Inviato da iPad
Ottieni Outlook per Android<https://aka.ms/AAb9ysg>
Verstuurd vanaf mijn iPad
Wysłane z iPhone'a
Wysłane z iPhone’a
Отправлено с iPad
Отправлено из Outlook для Android
iPhone’umdan gönderildi
Skickat från min iPad
Sendt fra min iPad
Odesláno z iPhonu
发自我的 iPad
發自我的手機
從我的 iPad 傳送
iPadから送信
iPad から送信
나의 iPad에서 보냄
أُرسلت من الـ iPad
מה-iPhone שלי נשלח
""".splitlines()

NOT_KNOWN = {"發自我的手機", "מה-iPhone שלי נשלח"}  # nobody's app writes it like that: it stays

SAYS_MORE = """\
Sent from my iPhone, call me at 555-1234
Sent from my iPhone - the refund is on its way
Sent from my iPhone https://shop.example/track
Sent from my iPhone https://aka.ms.evil.example/x
Sent from my office
Sent from London
Sent the iPhone.
Sent the iPhone 14 to you
Sent by DHL
Sent with DHL
Sent via email
Sent by mail
Sent
Get Outlook for Android and try again
Get Outlook
iPhone
The iPhone was sent from my iPhone
Gesendet mit DHL
Gesendet per Mail
Von meinem Kollegen gesendet
Enviado por correo
Enviado desde Madrid
Inviato da Roma
Download
Regards, sent from my iPhone
""".splitlines()


@pytest.mark.parametrize("footer", [each for each in REAL if each not in NOT_KNOWN])
def test_a_mobile_footer_is_taken_off_and_says_nothing(footer: str) -> None:
    assert without_mobile_footer(f"Hello Ana,\nit is done.\n\n{footer}\n") == "Hello Ana,\nit is done."
    assert says_nothing(f"\n{footer}\n")


@pytest.mark.parametrize("footer", FOOTERS)
def test_every_footer_of_the_table_is_known(footer: str) -> None:
    assert without_mobile_footer(f"Done.\n\n{footer}.") == "Done."


@pytest.mark.parametrize("line", [*SAYS_MORE, *sorted(NOT_KNOWN)])
def test_a_line_that_says_more_stays(line: str) -> None:
    text = f"Hello\n\n{line}\n"
    assert without_mobile_footer(text) == text
    assert not says_nothing(line)


def test_a_footer_counts_at_the_end_only() -> None:
    text = "Sent from my iPhone\nis what it says below your mails"
    assert without_mobile_footer(text) == text
    assert not says_nothing(text)


def test_two_footers_and_what_parts_them_from_the_text_are_taken_off() -> None:
    text = "Done.\n\n-- \nEnviado desde mi Samsung Mobile de Claro\nObtener Outlook para Android<https://aka.ms/AAb9ysg>\n\n"
    assert without_mobile_footer(text) == "Done."
    assert without_mobile_footer("Done.\n\n________________________________\nGet Outlook for iOS") == "Done."


def test_a_text_without_a_footer_is_untouched() -> None:
    assert without_mobile_footer("Done.\n\n-- \nNina\n\n") == "Done.\n\n-- \nNina\n\n"


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n\u00a0\n\u200b",
        "-- \nNina Costa\nSupport",
        "--\nNina",
        "___________",
        "- - -",
        "Sent from my iPhone",
        "\n\n-- \nSent from my iPhone",
        "Kind regards,\nNina Costa\nExample Ltd\n+351 123 456 789",
        "Mit freundlichen Grüßen\n\nNina Costa\n\nSent from my iPhone",
        "Saludos",
        "С уважением,\nНина",
        "*Regards*",
    ],
)
def test_blanks_rules_footers_and_signatures_say_nothing(text: str) -> None:
    assert says_nothing(text)


@pytest.mark.parametrize(
    "text",
    [
        "ok",
        "?",
        "👍",
        ":)",
        "+1",
        "Thanks!",
        "Nina",
        "Done.\n-- \nNina",
        "Regards to your wife",
        "Kind regards,\nNina\n\nPS: the refund is on its way",
        "Kind regards,\nNina\n\nDid it arrive?",
        "Kind regards,\n" + "I forgot to say that the refund will take a few days more, " * 3,
        "Kind regards,\n" + "and a long story\n" * 20,
    ],
)
def test_words_and_signs_say_something(text: str) -> None:
    assert not says_nothing(text)


def test_the_authors_own_name_begins_a_signature() -> None:
    text = "Nína  Costa\nExample Ltd"
    assert says_nothing(text, ["Nina Costa"])
    assert not says_nothing(text, ["Omar Reyes", ""])
    assert not says_nothing("Nina Costa is away", ["Nina Costa"])


@given(st.text(), st.sampled_from(FOOTERS))
def test_only_the_end_of_a_text_is_taken_off(text: str, footer: str) -> None:
    assert text.startswith(without_mobile_footer(text))
    with_footer = f"{text}\n{footer}"
    assert with_footer.startswith(without_mobile_footer(with_footer))
    assert len(without_mobile_footer(with_footer)) <= len(text)


@given(st.lists(st.sampled_from(["-- ", "Done.", "", "Regards", *FOOTERS[:5]]), max_size=5).map("\n".join))
def test_a_text_says_the_same_with_and_without_its_footer(text: str) -> None:
    assert says_nothing(text) == says_nothing(without_mobile_footer(text))


@pytest.mark.parametrize(
    "text",
    ["x" * 10**6, "\n" * 10**6, "\u200b\n" * 500_000, "- " * 500_000, "Regards\n" * 120_000, "https://" * 100_000],
    ids=["one line", "blank lines", "invisible lines", "rules", "closings", "links"],
)
def test_a_megabyte_of_anything_is_read_in_one_pass(text: str) -> None:
    assert text.startswith(without_mobile_footer(text))
    assert isinstance(says_nothing(text), bool)
