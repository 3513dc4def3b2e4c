"""The language of what somebody wrote, sure enough to choose a template by; "und" where it is not (BCP 47, ISO 639-3).

Scripts that one language alone is written in decide by themselves. Elsewhere the small words do that no text does
without: a word counts for the languages that have it, the less the more of them there are, and letters of their own
count a little. Short texts and languages that are not in the table are "und". Pure; only the beginning of a text is
looked at.
"""

import re
import unicodedata
from collections import Counter

UNKNOWN = "und"
_READ = 700  # characters
_ENOUGH = 2.4  # of evidence
_OF_ITS_WORDS = 0.1  # of evidence for each word: unknown languages have some words by chance
_AHEAD = 1.5  # times the evidence of the next
_ENOUGH_ALONE = 1.8  # where the next is far behind
_FAR_AHEAD = 3.0
_FEW = 12  # words: of so short a text the mail's own claim is believed, if nothing in it says otherwise
_CLAIMED_UNASKED = "en"  # by programs that nobody told what their user writes
_MOST_OF_A_WORD = 3
_HINT = 1.0
_LETTER = 0.6
_MOST_LETTERS = 2

_WORDS_OF = {
    "en": "the and you to of is in that it for on with your we have are this not be please i my from can would at "
    "was will if as there has been our me what an could but which how when thanks thank regards hello just "
    "any still know they or by am get dear he she his her do did don't i'm hi where why help need want who "
    "does it's",
    "de": "der die das und ich sie wir nicht ist mit für auf den dem ein eine einen einem einer von zu zum zur im "
    "es bitte haben hat habe bei uns ihr ihre ihren ihnen auch wie noch aber oder wenn dass daß werden wird "
    "kann können mir mich sind war schon sehr grüße grüßen freundlichen vielen dank mein meine keine kein "
    "nach aus am an hallo geehrte wurde um bin als über nur was",
    "es": "el la los las de que y en un una por con para no se lo su mi me es está están como más pero si ha he "
    "hemos al del muy gracias hola favor saludos nos le les este esta esto puedo pueden cuando usted ustedes "
    "son ser qué también todo ya hay sobre desde tengo cómo quisiera estimados buenos días porque sin",
    "fr": "le la les de des du et je vous nous que qui est une un pour dans pas ne sur avec ce cette au aux il elle "
    "mon ma votre vos notre ai avez a été être sont plus merci bonjour cordialement comme mais si se par en y "
    "j'ai n'est c'est fait bien très me ou où lorsque d'une d'un qu'il mes puis suis ça leur peux peut pouvez "
    "aussi",
    "pt": "o a os as de que e em um uma por com para não se do da dos das no na nos nas ao à é está foi meu minha "
    "eu você vocês mas como mais muito obrigado obrigada olá favor isso este esta são tem temos tenho pelo "
    "pela já também quando até gostaria bom dia estou podem pode seu sua qual sem ou ainda",
    "it": "il lo la gli le di che e è un una per con non si del della dei delle nel nella al alla sono ho abbiamo "
    "ha mi ci vi come ma più questo questa grazie buongiorno cordiali saluti anche dal dalla se suo mia mio "
    "sul quando stato essere vorrei ancora molto salve cosa perché potete prego nostro vostra ne da hanno era",
    "nl": "de het een en van ik is dat niet in op te voor met zijn die u uw wij we er aan maar om ook als bij nog "
    "naar kan heb hebben heeft wel mijn dit deze wordt worden graag bedankt groeten vriendelijke beste hallo "
    "geen kunt kunnen ons onze hoe wat over uit door al of jullie moet was dan zou alvast met alleen gaat",
    "pl": "i w na z się nie to że do jest o jak od po za co ale dla czy przez mam mi mnie mogę proszę dziękuję "
    "dzień dobry pozdrawiam są był było była tak już tylko przy oraz lub ten ta moje mój moja w ze jeszcze "
    "kiedy gdzie państwa witam być który która które bardzo może nadal tym",
    "sv": "och att det i en ett jag är som på för med inte till den har av vi ni om de men kan så var från hej tack "
    "hälsningar mvh mig min mitt mina er era ert när vad hur skulle också eller här där detta denna efter vid "
    "finns något några bara mycket måste blir vill fått vänliga ingen inget går",
    "da": "og at det i en et jeg er som på for med ikke til den har af vi de men kan så var fra hej tak hilsen "
    "venlig mig min mit mine jer jeres når hvad hvordan skulle også eller her der dette denne efter ved "
    "findes noget nogle kun meget blive vil fået mvh ingen hvis kunne være os sig have havde gerne skal "
    "bliver",
    "no": "og at det i en et jeg er som på for med ikke til den har av vi dere de men kan så var fra hei takk "
    "hilsen vennlig meg min mitt mine deres når hva hvordan skulle også eller her der dette denne etter ved "
    "finnes noe noen bare mye bli vil fått mvh ingen hvis kunne være oss seg ha hadde gjerne skal blir må",
    "fi": "ja on ei en se että mutta kun jos niin kuin tai ovat oli olen minä minun me te teidän voi voin voitte "
    "myös mitä miten hei kiitos terveisin ystävällisin tämä tämän nyt vielä ole olla ollut siitä siinä joka "
    "jotka kanssa saa saan hyvää päivää onko mikä vain sitä ett jo ne",
    "cs": "a v na se je to že do s o z jsem jsme jako ale pro by jak co které který která byl bylo byla není jsou "
    "už tak při nebo mi mám můžete prosím děkuji dobrý den pozdravem vás vám nás nám mě ve ze za od po jen "
    "když kde ještě také tento tato jestli mohu bude zda díky",
    "sk": "a v na sa je to že do s o z som sme ako ale pre by čo ktoré ktorý ktorá bol bolo bola nie sú už tak pri "
    "alebo mi mám môžete prosím ďakujem dobrý deň pozdravom vás vám nás nám ma vo zo za od po len keď kde "
    "ešte tiež tento táto či môžem bude",
    "tr": "ve bir bu için ile ne de da mi çok ben var yok olarak değil daha gibi ama kadar sonra nasıl lütfen "
    "merhaba teşekkürler teşekkür ederim iyi günler saygılarımla olan benim bana size sizin en ya ki her şey "
    "bizim neden hala henüz oldu olduğu istiyorum mu mı musunuz",
    "hu": "a az és hogy nem is egy ez azt van volt meg csak már de ha mint vagy kérem köszönöm üdvözlettel tisztelt "
    "jó napot szeretnék nekem lehet még be ki el ezt mert minden nagyon hol mikor hogyan amit amely",
    "ro": "și si de la în in nu să sa cu pe un o este sunt am ai au pentru care mai din ce că dar bună ziua "
    "mulțumesc va vă rog dumneavoastră mi-a dacă acest această fost foarte când",
    "hr": "i u na je da se ne za od sa su što ali kao nije sam smo ili iz po bi hvala poštovani molim lijep pozdrav "
    "dan mi moj kako još nisam biti koji koja koje već samo ima može",
    "ca": "el la els les de que i en un una per amb no es del al dels és són com més però si meu meva gràcies bon "
    "dia hola salutacions aquest aquesta això molt també quan tinc podeu vostra ens ho",
    "af": "die en van ek is dat nie in op te vir met my ons het jy u hierdie asseblief dankie groete kan sal was om "
    "ook aan by as maar daar moet word wat hoe nog geen baie julle hulle",
    "id": "yang dan di ini itu dengan untuk tidak dari dalam akan pada juga saya ke karena bisa ada mereka kami "
    "anda sudah atau terima kasih tolong mohon selamat telah apakah belum",
    "ru": "и в не на что я с как это по но для мы вы к у из за от так же то все мне меня у нас вас вам пожалуйста "
    "спасибо здравствуйте добрый день уважением или если при до был была было есть нет можно только уже чтобы "
    "когда очень мой моя ещё еще",
    "uk": "і в не на що я з як це по але для ми ви до у із за від так же та все мені мене нас вас вам будь ласка "
    "дякую добрий день повагою або якщо при був була було є немає можна тільки вже щоб коли дуже мій моя ще й",
    "bg": "и в не на че аз с как това по но за ние вие до от така също се да ми ме нас вас ви моля благодаря "
    "здравейте добър ден уважение или ако при беше има няма може само вече когато много още е са съм",
}
_LETTERS_OF = {
    "ß": "de", "ñ": "es", "¿": "es", "¡": "es", "ã": "pt", "õ": "pt", "œ": "fr", "ł": "pl", "ś": "pl",
    "ż": "pl", "ą": "pl", "ę": "pl", "ř": "cs", "ě": "cs", "ů": "cs", "ľ": "sk", "ô": "sk fr pt", "ğ": "tr",
    "ı": "tr", "ş": "tr ro", "ő": "hu", "ű": "hu", "ă": "ro", "ș": "ro", "ț": "ro", "đ": "hr", "å": "sv da no",
    "ø": "da no", "æ": "da no", "ä": "de sv fi", "ö": "de sv fi tr hu", "ü": "de tr hu", "ò": "it ca",
    "ì": "it", "ç": "fr pt tr ca", "ê": "fr pt", "ы": "ru", "э": "ru", "ё": "ru", "і": "uk", "ї": "uk",
    "є": "uk", "ґ": "uk", "ъ": "bg",
}  # fmt: skip
_SCRIPTS = {  # of one language, as far as mail goes
    "HANGUL": "ko", "GREEK": "el", "HEBREW": "he", "THAI": "th", "GEORGIAN": "ka", "ARMENIAN": "hy", "TAMIL": "ta",
    "BENGALI": "bn", "DEVANAGARI": "hi",
}  # fmt: skip
TOLD_APART = (*_WORDS_OF, *_SCRIPTS.values(), "zh", "ja", "ar", "fa")
_HAN_AND_KANA = ("CJK", "HIRAGANA", "KATAKANA")
_SAME = {"nb": "no", "nn": "no", "iw": "he", "in": "id", "cmn": "zh", "fil": "tl"}
_LINK = re.compile(r"(?:https?://|www\.|mailto:)\S{1,2000}|\[image:[^\]\n]{0,300}\]")
_MAILBOX = re.compile(r"(?<!\S)\S{1,100}@\S{1,200}")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_BEYOND_LATIN = re.compile("[^\x00-\u036f]")
_TAG = re.compile(r"([a-z]{2,3})(?:-[a-z0-9-]{1,30})?", re.IGNORECASE)


def _by_word() -> dict[str, dict[str, float]]:
    """Word -> what it counts for each language that has it."""
    having: dict[str, list[str]] = {}
    for language, words in _WORDS_OF.items():
        for word in dict.fromkeys(words.split()):
            having.setdefault(word, []).append(language)
    return {word: dict.fromkeys(languages, 1 / len(languages)) for word, languages in having.items()}


_BY_WORD = _by_word()


def detect(text: str, hint: str = "") -> str:
    """The primary tag of the language of a text. `hint`: the value of Content-Language, which is often a program's."""
    hinted = _primary(hint)
    text = unicodedata.normalize("NFC", text[:_READ]).replace("’", "'").lower()
    text = _MAILBOX.sub(" ", _LINK.sub(" ", text)) if "@" in text else _LINK.sub(" ", text)
    if script := _by_script(text):
        return script
    words = _WORD.findall(text)
    evidence = _evidence(text, words)
    if not evidence:
        return hinted if len(words) <= _FEW and hinted != _CLAIMED_UNASKED else UNKNOWN
    if hinted in evidence:
        evidence[hinted] += _HINT
    best, weight = max(evidence.items(), key=lambda each: each[1])
    second = max((each for language, each in evidence.items() if language != best), default=0.0)
    beyond_doubt = weight >= _ENOUGH_ALONE and weight >= _FAR_AHEAD * second
    if (beyond_doubt or (weight >= _ENOUGH and weight >= _AHEAD * second)) and weight >= _OF_ITS_WORDS * len(words):
        return best
    return hinted if best == hinted and len(words) <= _FEW else UNKNOWN


def _evidence(text: str, words: list[str]) -> dict[str, float]:
    """What speaks for each language, by words and letters."""
    evidence: dict[str, float] = {}
    for word, times in Counter(filter(_BY_WORD.__contains__, words)).items():
        for language, weight in _BY_WORD[word].items():
            evidence[language] = evidence.get(language, 0.0) + weight * min(times, _MOST_OF_A_WORD)
    for letter in set(text) & _LETTERS_OF.keys():
        languages = _LETTERS_OF[letter].split()
        for language in languages:
            weight = _LETTER * min(text.count(letter), _MOST_LETTERS) / len(languages)
            evidence[language] = evidence.get(language, 0.0) + weight
    return evidence


def _by_script(text: str) -> str:
    """The language that alone is written in the script of most letters; "" where many are."""
    if text.isascii() or not _BEYOND_LATIN.search(text):
        return ""
    letters = [char for char in text[:2_000] if char.isalpha()]
    foreign = Counter(unicodedata.name(char, "").split(" ")[0].split("-")[0] for char in letters if char > "\u036f")
    if sum(foreign.values()) < 2:
        return ""
    script, count = foreign.most_common(1)[0]
    asian = sum(foreign[each] for each in _HAN_AND_KANA)
    if asian >= 2 and 2 * asian > len(letters) / 2:  # a sign is a syllable or a word: half of the weight is enough
        return "ja" if foreign["HIRAGANA"] + foreign["KATAKANA"] > 0.1 * asian else "zh"
    if 2 * count <= len(letters) or count < 3:
        return ""
    if script == "ARABIC":
        return "fa" if any(char in text for char in "پچژگ") else "ar"
    return _SCRIPTS.get(script, "")


def _primary(hint: str) -> str:
    tag = _TAG.fullmatch(hint.partition(",")[0].strip())
    language = tag[1].lower() if tag else UNKNOWN
    return _SAME.get(language, language)
