"""A firm that is closed for some time and says when it answers again: with nothing else, that is an absence notice.

That it is closed is what people write too ("we are closed on Friday, ..."), so it has to speak of answers. Bounded;
total. Text in lower case.
"""

import re

from mailgate.mail.sieve import Sieve

_CLOSED_WORDS = (
    r"\b(?:offices?|shop|company|business|warehouse|department|we)\b[^.!?]{0,30}(?:is|are|will be|remains?) closed\b|"
    r"(?:büros?|betrieb|unternehmen|firma|geschäft|praxis|wir)\b[^.!?]{0,60}\bgeschlossen|\bbetriebs(?:ferien|"
    r"urlaub)\b|"
    r"(?:bureaux?|société|entreprise|magasin|nous)\b[^.!?]{0,60}\bferm(?:ée?s?|eture)|"
    r"(?:oficinas?|empresa|tienda)\b[^.!?]{0,60}\bcerrad[ao]s?|(?:escritórios?|empresa|loja)\b[^.!?]{0,60}"
    r"\b(?:fechad|encerrad)[ao]s?|(?:uffici[oi]?|azienda|negozio)\b[^.!?]{0,60}\bchius[aoie]|"
    r"(?:kantoor|bedrijf|winkel|wij|we)\b[^.!?]{0,60}\bgesloten|(?:biuro|firma|sklep)\b[^.!?]{0,60}(?:nieczynn|"
    r"zamknięt)|(?:kontoret|vi)\b[^.!?]{0,60}(?:stängt|lukket|stengt)|(?:kancelář|firma)\b[^.!?]{0,60}zavřen|"
    r"(?:夏季|冬季|年末年始|臨時)?休業(?:と(?:させて)?いただ|いたします|中)|(?:офис|"
    r"компания)\b[^.!?]{0,60}(?:закрыт|не "
    r"работает (?:с|до))"
)
_OF_ANSWERS = re.compile(
    r"\b(?:respond|reply|answer|get back to you|(?:your|any) (?:e-?mail|message|enquir|inquir))|beantwort|antwort|"
    r"ihre (?:e-?mail|nachricht|anfrage)|répond|trait(?:é|er)|respond|atender|rispond|beantwoord|reager|odpow|"
    r"svara?\b|"
    r"besvar|odpov|返信|回答|対応|отвеч|ответ"
)
_IN_SENTENCE = r"(?:[^.!?]|(?<=\d)\.|\.(?=\S))"  # a date's full stop ends none
CLOSED = Sieve(_CLOSED_WORDS.replace("[^.!?]", _IN_SENTENCE))


def tells_of_closure(text: str) -> bool:
    """Whether a text says that a firm is closed, and speaks of answers."""
    return CLOSED.search(text) is not None and _OF_ANSWERS.search(text) is not None
