"""Is this mail nothing but a thank-you? Errs towards no: reopening once too often is cheaper than missing a request."""

import re

MAX_WORDS = 12

_THANKS = frozenset(
    """
    thanks thank thx ty cheers appreciated appreciate danke vielen herzlichen dank merci gracias muchas mil
    obrigado obrigada muito grazie mille bedankt dankjewel dankuwel tak tack kiitos dziękuję dzięki děkuji díky
    спасибо teşekkürler teşekkür 谢谢 謝謝 ありがとうございます ありがとう
    """.split()
)
_COMPANY = frozenset(
    """
    you so much very many a lot again for the your to and all it is that this was works worked working fine
    great perfect solved fixed now help helped reply answer quick fast support team hi hello dear regards best
    kind have nice day weekend sehr für die ihre hilfe schnelle antwort gruß grüße viele beste mit freundlichen
    hallo liebe beaucoup pour votre aide réponse bonjour cordialement bien à vous por su tu ayuda respuesta
    saludos hola un cordial saludo pela ajuda cumprimentos olá per l aiuto saluti ciao voor de hulp groeten
    """.split()
)
# "Thanks for your help", never "Help, thanks".
_ASKED = frozenset("help answer reply support hilfe antwort aide réponse ayuda respuesta ajuda aiuto hulp".split())
_BEFORE = frozenset("for your the quick für ihre die schnelle pour votre l por su tu pela per voor de".split())


def is_only_thanks(new_text: str) -> bool:
    """Whether every word is one of thanks or its company, at least one being thanks, and nothing is asked."""
    if "?" in new_text or "？" in new_text or any(char.isdigit() for char in new_text[:400]):
        return False
    words = re.findall(r"\w+", new_text[:400].lower())
    if not words or len(words) > MAX_WORDS or len(new_text) > 400:
        return False
    if any(word in _ASKED and before not in _BEFORE for before, word in zip(("", *words), words, strict=False)):
        return False
    return any(word in _THANKS for word in words) and all(word in _THANKS or word in _COMPANY for word in words)
