"""The subject without the prefixes that mail clients put before it when they answer or forward.

The ticket token is not known here: mailgate.tickets removes it.
"""

import re

LONGEST = 998

_PREFIXES = (
    "re aw antw antwort sv vs vl ref res rif ri rv enc tr odp pd ynt atb ath bls doorst fw fwd wg wtr trs rpl "
    "回复 回覆 答复 答覆 转发 轉寄 返信 転送 회신 전달 отв ответ пересл σχετ απ πρθ השב הועבר رد "
    "vá továb hae fs fv i vb"
).split()
_PREFIX = re.compile(
    rf"(?:{'|'.join(map(re.escape, sorted(_PREFIXES, key=len, reverse=True)))}) ?"
    r"(?:\[\d{1,4}\]|\(\d{1,4}\)|\^\d{1,4}|\*\d{1,4})? ?[:：]",
    re.IGNORECASE,
)


def subject_clean(subject: str) -> str:
    """`subject` without any number of Re:, AW:, SV:, RES:, Antwort:, 回复: ... prefixes, blanks collapsed."""
    text = " ".join(subject[:LONGEST].split())
    while match := _PREFIX.match(text):
        text = text[match.end() :].lstrip()
    return text
