"""Whether somebody says that his answers stand in the mail below ("see my answers in red"): then nobody can tell them
from what he quotes, and all of it is his. In the languages of spec/mail.md 2. Bounded; total.
"""

import re

_LONGEST_TEXT = 600  # characters: who says more has said his answers
_MOST_LINES_BELOW = 3  # and these are a closing and a name
_LONGEST_LINE_BELOW = 40
_ANSWERS_BELOW = re.compile(
    # en, de, nl
    r"\b(?:answer(?:s|ed)?|comments?|commented|repl(?:y|ies|ied)|respon(?:ses?|ded)|remarks|"
    r"feedback)\b[^.?\n]{0,40}\b"
    r"(?:below(?=\W*$|[.:,;!)]| in\b)|in-?line|in (?:red|blue|green|colou?r|bold|capitals)|in (?:the|your) text)\b|"
    r"\b(?:antwort\w*|kommentare?|anmerkung\w*|beantwortet|geantwortet|kommentiert)\b[^.?\n]{0,40}\b(?:unten|"
    r"unterhalb|"
    r"im text|(?:in )?(?:rot|blau|grün|fett)|farbig|inline|zwischen|in (?:ihrer|deiner) (?:e-?)?mail)\b|"
    r"\b(?:antwoord\w*|opmerkingen|reacties?)\b[^.?\n]{0,40}\b(?:hieronder|in (?:het )?(?:rood|blauw)|in de tekst)\b|"
    # fr, es, pt, it
    r"\b(?:réponses?|commentaires?|répondu)\b[^.?\n]{0,40}\b(?:ci-dessous|plus bas|en (?:rouge|bleu|vert|gras)|"
    r"dans le "
    r"texte)\b|\b(?:respuestas?|comentarios?|respondo|contesto)\b[^.?\n]{0,40}\b(?:abajo|debajo|a continuación|en "
    r"(?:rojo|azul|verde|negrita)|en el texto)\b|\b(?:respostas?|comentários?|respondi)\b[^.?\n]{0,40}\b(?:abaixo|em "
    r"(?:vermelho|azul|verde)|no texto)\b|\b(?:rispost[ae]|commenti|risposto)\b[^.?\n]{0,40}\b(?:sotto|di seguito|in "
    r"(?:rosso|blu|verde)|nel testo)\b|"
    # pl, cs, sv, da, no, fi
    r"\b(?:odpowiedzi|komentarze)\b[^.?\n]{0,40}\b(?:poniżej|na (?:czerwono|niebiesko)|w tekście)\b|\b(?:odpovědi|"
    r"komentáře)\b[^.?\n]{0,40}\b(?:níže|červeně|modře|v textu)\b|\b(?:svar\w*|"
    r"kommentar\w*)\b[^.?\n]{0,40}\b(?:nedan|"
    r"nedenfor|nedenunder|herunder|(?:i|med) (?:rött|rødt?|blått?)|i texten|i teksten)\b|\b(?:vastau\w+|vastasin|"
    r"kommentit)\b[^.?\n]{0,40}\b(?:alla|alempana|punaisella|tekstissä|tekstin seassa)\b|"
    # ru, tr, zh, ja
    r"\b(?:ответ\w*|комментари\w*)\b[^.?\n]{0,40}\b(?:ниже|красным|синим|в тексте)\b|\b(?:cevap\w*|yanıt\w*)\b[^.?\n"
    r"]{0,40}\b(?:aşağıda\w*|kırmızı\w*|metin içinde)\b|(?:回复|回覆|答复|回答|批注)[^。？\n]{0,12}(?:见下|如下|"
    r"下方|下面|红|紅)|"
    r"(?:红|紅)(?:色|字)[^。？\n]{0,8}(?:回复|回覆|答复|回答|批注)|(?:回答|返信|コメント)[^。？\n]{0,12}(?:下記|"
    r"以下|赤字|文中|インライン)|"
    r"赤字(?:で|に)"
)


def says_it_answers_below(new_text: str) -> bool:
    """Whether the writer's own text ends with the words that his answers stand below it."""
    if len(new_text) > _LONGEST_TEXT:
        return False
    lines = [line.strip() for line in new_text.lower().split("\n") if line.strip()]
    for below, line in enumerate(reversed(lines)):
        if _ANSWERS_BELOW.search(line):
            return True
        if below == _MOST_LINES_BELOW or len(line) > _LONGEST_LINE_BELOW:
            return False
    return False
