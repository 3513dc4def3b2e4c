"""Subjects of automatic replies, in the languages that mail programs speak."""

import pytest

from mailgate.mail.absence_subject import reads_as

OF_PROGRAMS = """
Automatic reply|Automatische Antwort|Réponse automatique|Respuesta automática|Risposta automatica|Resposta automática
Automatisch antwoord|Automatisk svar|Autosvar|Automaattinen vastaus|Odpowiedź automatyczna|Automatická odpověď
Automatikus válasz|Răspuns automat|Автоматичен отговор|Automatski odgovor|Samodejni odgovor|Αυτόματη απάντηση
Otomatik yanıt|OTOMATİK YANIT|Автоматический ответ|Автоматична відповідь|Automaatvastus|Automātiskā atbilde
Automatinis atsakymas|תשובה אוטומטית|رد تلقائي|پاسخ خودکار|ตอบกลับอัตโนมัติ|Trả lời tự động|Balasan otomatis
自动答复|自動回覆|自動応答|자동 회신|स्वचालित उत्तर|Sjálfvirkt svar|Resposta automàtica
Out of Office AutoReply|Autoresponder
"""


def told(subject: str) -> str:
    return subject.casefold()


@pytest.mark.parametrize("prefix", OF_PROGRAMS.strip().replace("\n", "|").split("|"))
def test_what_programs_write_before_the_subject_they_answer(prefix: str) -> None:
    assert reads_as(told(f"{prefix}: Can you help?")) == "program"
    assert reads_as(told(f"{prefix} : Lamp")) == "program"
    assert reads_as(told(f"[{prefix}] Lamp")) == "program"
    assert reads_as(told(prefix)) == "notice"


@pytest.mark.parametrize(
    ("subject", "kind"),
    [
        ("Out of office: Re: Lamp", "program"),
        ("Auto: Re: Lamp", "program"),
        ("Lamp (automatic reply)", "program"),
        ("AUTO: Ana Silva is out of the office (returning 03/05/2026)", "program"),
        ("Out of office: Lamp", "notice"),
        ("Εκτός γραφείου: Lamp", "notice"),
        ("부재 중", "notice"),
        ("Vacation", "noun"),
        ("Urlaub", "weak"),
        ("Auto: insurance", ""),
        ("Re: Automatic reply: Lamp", ""),
        ("Automatic doors", ""),
        ("Lamp", ""),
    ],
)
def test_how_sure_a_subject_is(subject: str, kind: str) -> None:
    assert reads_as(told(subject)) == kind
