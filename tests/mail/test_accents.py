"""Latin charsets that nobody declared, told apart by the letters of a language."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.mail.accents import by_accents
from mailgate.mail.charset import decode, eight_bit

TEXTS = {
    "pl": "Dzień dobry, proszę o pomoc w sprawie zamówienia. Żółć gęślą jaźń.",
    "cs": "Dobrý den, prosím o pomoc. Příliš žluťoučký kůň úpěl ďábelské ódy.",
    "hu": "Árvíztűrő tükörfúrógép",
    "hr": "Želim promijeniti narudžbu, što još čekamo? Moći ću doći.",
}
TURKISH = "Merhaba, siparişim gelmedi, yardımcı olur musunuz? Teşekkürler, iyi günler, görüşürüz, değil mi"
LITHUANIAN = "Laba diena, mano užsakymas dar neatėjo, gal galite padėti? Ačiū, iš anksto dėkoju, žinoma ąęįųū"
WESTERN = [
    "Grüße aus Köln, schöne Straße",
    "Où est ma commande ? À bientôt, merci à vous, ça va être prêt",
    "¿Dónde está mi pedido? Señor",
    "Não recebi a minha encomenda, obrigação",
    "Perché non è arrivato? Più tardi, così",
    "Hälsningar från Malmö, är det så",
    "Hvor er min pakke på gården, kære Søren",
    "Góðan daginn, þetta er á íslensku, ég þarf að fá",
    "Grüße an José in Malmö",
]


@pytest.mark.parametrize("codec", ["cp1250", "iso8859-2"])
@pytest.mark.parametrize("language", TEXTS)
def test_the_letters_of_middle_europe_are_known(language: str, codec: str) -> None:
    octets = TEXTS[language].encode(codec)
    assert decode(octets, None).text == eight_bit(octets) == TEXTS[language]


@pytest.mark.parametrize(("text", "codec"), [(TURKISH, "cp1254"), (LITHUANIAN, "cp1257")])
def test_other_letters_are_known(text: str, codec: str) -> None:
    assert decode(text.encode(codec), None).text == text


@pytest.mark.parametrize("text", WESTERN)
def test_western_letters_stay_western(text: str) -> None:
    octets = text.encode("cp1252")
    assert by_accents(octets) is None
    assert decode(octets, None).text == text


@given(st.binary(max_size=400))
def test_whatever_is_found_is_decodable(octets: bytes) -> None:
    octets.decode(by_accents(octets) or "cp1252", "replace")
