"""What undeclared octets look like, down to the few characters of a subject."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.mail.guess import guess

WRITTEN = {
    "cp1251": ["Привет мир", "Ответ на Ваше обращение", "Счёт № 15 за март", "СРОЧНО: Оплата", "Иван Петров"],
    "koi8-r": ["Привет мир", "Ответ на Ваше обращение", "Здравствуйте! Не могу войти"],
    "cp866": ["Привет мир", "Ответ на Ваше обращение"],
    "gb18030": ["中文邮件", "整体提升企业服务水平", "您好，我无法登录系统", "发票", "张伟"],
    "big5hkscs": ["中文郵件", "您好，我無法登入系統", "請問訂單編號"],
    "cp949": ["안녕하세요", "로그인할 수 없습니다", "문의 드립니다 주문 번호"],
    "cp932": ["ツール", "お問い合わせ", "請求書の件", "ログインできません"],
    "euc_jp": ["ツール", "お問い合わせ", "請求書の件", "ログインできません"],
    "cp1253": ["Καλημέρα κόσμε", "Δεν μπορώ να συνδεθώ", "Τιμολόγιο"],
    "cp1255": ["שלום עולם", "חשבונית"],
    "cp1256": ["مرحبا بالعالم", "فاتورة"],
    "cp874": ["สวัสดีครับ", "ใบแจ้งหนี้"],
}
LATIN = ["Müller", "été à la façon", "Größenänderungsaufträge", "¿Dónde está?", "ça va? déjà vu — c’est", "äöüß Test"]


@pytest.mark.parametrize(("codec", "text"), [(codec, text) for codec, texts in WRITTEN.items() for text in texts])
def test_a_script_is_known_by_its_octets(codec: str, text: str) -> None:
    assert guess(text.encode(codec)) == codec


@pytest.mark.parametrize("text", LATIN)
def test_accents_between_plain_letters_are_left_to_others(text: str) -> None:
    assert guess(text.encode("cp1252")) is None


@given(st.binary(max_size=500))
def test_any_octets_have_a_codec_or_none(octets: bytes) -> None:
    if (codec := guess(octets)) is not None:
        octets.decode(codec, "replace")
