"""The language of what somebody wrote, sure enough to choose a template by; "und" where it is not (BCP 47, ISO 639-3).

Scripts that one language alone is written in decide by themselves. Elsewhere the small words do that no text does
without: a word counts for the languages that have it, the less the more of them there are, and letters of their own
count a little. Short texts and languages that are not in the table are "und". Pure; only the beginning of a text is
looked at, and where its first lines leave no doubt, only those.
"""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Mapping
from operator import itemgetter

from mailgate.mail.language_words import LETTERS_OF, UNTOLD, WORDS_OF

UNKNOWN = "und"
_READ = 700  # characters
_GLANCED_AT = 250  # of a longer text
_BEYOND_DOUBT = 4.8  # of evidence
_FAR_BEYOND = 3.0  # times the evidence of the next
_ENOUGH = 2.4  # of evidence
_OF_ITS_WORDS = 0.1  # of evidence for each word: unknown languages have some words by chance
_AHEAD = 1.5  # times the evidence of the next
_ENOUGH_ALONE = 1.8  # where the next is far behind
_FAR_AHEAD = 2.5
_A_SENTENCE = 3  # words
_OF_FEW_WORDS = 0.25  # of evidence for each
_ENOUGH_OF_FEW = 1.3
_ENOUGH_IN_CYRILLIC = 1.0  # few languages are written in it
_CYRILLIC = frozenset(("ru", "uk", "bg", "sr", "mk", "be"))
_FEW = 12  # words: of so short a text the mail's own claim is believed, if nothing in it says otherwise
_CLAIMED_UNASKED = "en"  # by programs that nobody told what their user writes
_MOST_OF_A_WORD = 3
_HINT = 1.0
_LETTER = 0.6
_MOST_LETTERS = 2

_SCRIPTS = {  # of one language, as far as mail goes
    "HANGUL": "ko", "GREEK": "el", "HEBREW": "he", "THAI": "th", "GEORGIAN": "ka", "ARMENIAN": "hy", "TAMIL": "ta",
    "BENGALI": "bn", "DEVANAGARI": "hi",
}  # fmt: skip
TOLD_APART = (*WORDS_OF, *_SCRIPTS.values(), "zh", "ja", "ar", "fa")
_HAN_AND_KANA = ("CJK", "HIRAGANA", "KATAKANA")
_SAME = {"nb": "no", "nn": "no", "iw": "he", "in": "id", "cmn": "zh", "fil": "tl"}
_LINK = re.compile(r"(?:https?://|www\.|mailto:)\S{1,2000}|\[image:[^\]\n]{0,300}\]")
_MAILBOX = re.compile(r"(?<!\S)\S{1,100}@\S{1,200}")
_WORD = re.compile(r"[^\W\d_]++(?:['’-][^\W\d_]++)*+")
_BEYOND_LATIN = re.compile("[^\x00-\u036f]")
_TAG = re.compile(r"([a-z]{2,3})(?:-[a-z0-9-]{1,30})?", re.IGNORECASE)


def _by_word() -> dict[str, tuple[tuple[str, float], ...]]:
    """Word -> what it counts for each language that has it; those that are not told do not lessen those that are."""
    having: dict[str, list[str]] = {}
    for language, words in (*WORDS_OF.items(), *UNTOLD.items()):
        for word in dict.fromkeys(words.split()):
            having.setdefault(word, []).append(language)
    return {word: _weights(languages) for word, languages in having.items()}


def _weights(languages: list[str]) -> tuple[tuple[str, float], ...]:
    told = sum(language in WORDS_OF for language in languages)
    return tuple((each, 1 / (told if each in WORDS_OF else len(languages))) for each in languages)


_BY_WORD = _by_word()
_SPELLING = 1.0
_SPELLINGS = (  # what the others that are written in Cyrillic letters do not write
    (re.compile("[ыэё]|ь(?![оё])"), "ru"),
    (re.compile("[іїєґ]"), "uk"),
    (re.compile("[јљњћђџѓќѕ]"), "sr"),
    (re.compile("[ўәғқңөұүһ]"), "be"),
)


def detect(text: str, hint: str = "") -> str:
    """The primary tag of the language of a text. `hint`: the value of Content-Language, which is often a program's."""
    if len(text) > 2 * _GLANCED_AT and (language := _at_a_glance(text[:_GLANCED_AT])):
        return language
    hinted = _primary(hint)
    text = _plain(text[:_READ])
    if script := _by_script(text):
        return script
    words = _words(text)
    evidence = _evidence(text, Counter(words))
    if not evidence:
        return hinted if len(words) <= _FEW and hinted != _CLAIMED_UNASKED else UNKNOWN
    if hinted in evidence:
        evidence[hinted] += _HINT
    best, weight, second = _best(evidence)
    if _is_enough(weight, second, len(words), cyrillic=best in _CYRILLIC):
        return best if best in WORDS_OF else UNKNOWN
    return hinted if best == hinted and len(words) <= _FEW else UNKNOWN


def _at_a_glance(start: str) -> str:
    """The language that is beyond doubt after the first lines of a text; "" where none is."""
    text = _plain(start)
    if script := _by_script(text):
        return script
    words = _words(text)
    evidence = _evidence(text, dict.fromkeys(words, 1))
    if not evidence:
        return ""
    best, weight, second = _best(evidence)
    sure = weight >= max(_BEYOND_DOUBT, _FAR_BEYOND * second, _OF_ITS_WORDS * len(words))
    return best if sure and best in WORDS_OF else ""


def _plain(text: str) -> str:
    """Lower case, without addresses."""
    text = unicodedata.normalize("NFC", text).replace("’", "'").lower()
    if ":" in text or "www." in text:
        text = _LINK.sub(" ", text)
    return _MAILBOX.sub(" ", text) if "@" in text else text


def _words(text: str) -> list[str]:
    words = _WORD.findall(text)
    return [part for word in words for part in _parts(word)] if "'" in text else words


def _best(evidence: dict[str, float]) -> tuple[str, float, float]:
    """The language that most speaks for, how much, and how much for the next."""
    best, weight = max(evidence.items(), key=itemgetter(1))
    return best, weight, max((each for language, each in evidence.items() if language != best), default=0.0)


def _is_enough(weight: float, second: float, words: int, *, cyrillic: bool) -> bool:
    """Whether the evidence for the best is, beside that for the next. Few words that speak for one alone are."""
    if weight < _OF_ITS_WORDS * words:
        return False
    if _A_SENTENCE <= words <= _FEW and weight >= _OF_FEW_WORDS * words and weight >= _FAR_AHEAD * second:
        return weight >= (_ENOUGH_IN_CYRILLIC if cyrillic else _ENOUGH_OF_FEW)
    ahead = weight >= _ENOUGH and weight >= _AHEAD * second
    return ahead or (weight >= _ENOUGH_ALONE and weight >= _FAR_AHEAD * second)


def _parts(word: str) -> tuple[str, ...]:
    """`l'imprimante` is also `l'` and `imprimante`; of `don't` nobody knows the parts."""
    first, sign, last = word.partition("'")
    return (word, first + sign, last) if sign else (word,)


def _evidence(text: str, times: Mapping[str, int]) -> dict[str, float]:
    """What speaks for each language, by words, each with how many `times` it is there, and by letters."""
    evidence: defaultdict[str, float] = defaultdict(float)
    for word in filter(_BY_WORD.__contains__, times):
        counted = times[word] if times[word] < _MOST_OF_A_WORD else _MOST_OF_A_WORD
        for language, weight in _BY_WORD[word]:
            evidence[language] += weight * counted
    if text.isascii():
        return evidence
    for letter in set(text) & LETTERS_OF.keys():
        languages = LETTERS_OF[letter].split()
        for language in languages:
            evidence[language] += _LETTER * min(text.count(letter), _MOST_LETTERS) / len(languages)
    for signs, language in _SPELLINGS:
        if signs.search(text):
            evidence[language] += _SPELLING
    return evidence


def _by_script(text: str) -> str:
    """The language that alone is written in the script of most letters; "" where many are."""
    if text.isascii() or not _BEYOND_LATIN.search(text):
        return ""
    letters = [char for char in text if char.isalpha()]
    foreign: Counter[str] = Counter()
    for char, times in Counter(letters).items():
        if char > "\u036f":
            foreign[unicodedata.name(char, "").split(" ")[0].split("-")[0]] += times
    if foreign.total() < 2:
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
