"""Whether what stands below a line of two dashes is a signature: a name, where to find its owner, a company, a motto.

People draw such a line between two thoughts too, or type below the signature that their program put on top. What was
typed is never put away: a line drawn by hand needs evidence of a signature below it, one that a program drew
(RFC 3676 4.3) is believed unless somebody speaks there. Total; looks at bounded text.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from mailgate.mail import endings
from mailgate.mail.plain import clean, plain

_READ = 2_000  # characters of a paragraph
_WORDS_OF_A_SENTENCE = 6
_WORDS_OF_A_NAME = 5
_LONGEST_NAME = 40
_LONGEST_AFTERTHOUGHT = 300
_CONTACT = re.compile(
    r"https?://|\bwww\.|[^\s@]@[^\s@]+\.[^\s@]|\+\d[\d ()/.-]{6,}\d|\b0\d{1,4}[ /-]\d{5,9}|"
    r"\(?\d{2,5}\)?[ ./-]\d{2,5}[ ./-]\d{2,9}(?!\d)|"
    r"\b(?:tel|phone|fax|mob|mobile|handy|cell|telefon\w*|tlf|p|t|f|m|w|e)\b ?\.?[.:] ?\S"
)
_ONESELF = re.compile(  # of oneself alone: no company and no lawyer speaks like that
    r"\b(?:i(?![.'/])|i'(?:m|ve|d|ll)|me|my|ich|mir|mich|meine?[nmrs]?|j'ai|je (?:suis|ne|n'\w+|vous|veux|voudrais|"
    r"souhaite|peux|dois)|moi|yo|mi|io|mio|mia|meu|minha|ik|mij|mijn|jag|jeg|minun|mnie|moje|mne|benim)\b|"
    r"(?<!\w)(?:я|мне|меня|мой|моя)(?!\w)|我(?![们們])|私(?=[はがもの])|저는|제가"
)
_SPEAKS = re.compile(  # of oneself and one's own, or to the reader
    rf"{_ONESELF.pattern}|\b(?:we|our|us|please|can you|could you|wir|uns|unser\w*|bitte|konnen sie|nous|notre|nos|"
    r"s'il vous plait|merci de|necesito|nuestr\w*|por favor|puede|noi|nostr\w*|per favore|nosso|wij|alstublieft|graag|"
    r"vi|prosze|prosim|lutfen|kerem)\b|(?<!\w)(?:пожалуйста|мы|нам)(?!\w)|请|請|ください|주세요"
)
_SAYS = re.compile(  # the small words of what is told of a thing at hand; a motto can do without
    r"\b(?:the|this|that|these|those|it|its|it's|there|here|you|your|not|doesn't|don't|isn't|can't|won't|didn't|"
    r"still|also|again|more|and|der|das|den|dem|eine?[nmrs]?|nicht|kein\w*|auch|noch|ist|sind|el|la|los|las|un|una|no|"
    r"tambien|le|les|une|ne|pas|est|aussi|il|lo|gli|non|anche|o|os|as|nao|tambem|de|het|een|niet|ook|nie|jest|inte|"
    r"ar|ikke|er|ei|on|neni|jsou)\b"
)
_FORMAL = re.compile(  # what companies and scanners add
    r"^(?:secured with|sent (?:from|with|via|using)|powered by|gesendet (?:mit|von)|envoye (?:avec|depuis))\b|"
    r"(?:consider|respect|think of|protect|mindful of|care (?:of|about|for)) (?:the |our )?(?:environment|planet)|"
    r"(?:before|need to|not to|avoid) print|(?:umwelt|drucken sie|ausdruck\w*)\b.{0,60}(?:mail|nachricht)|"
    r"antes de imprimir|medio ambiente|meio ambiente|avant d'imprimer|n'imprimez|prima di stampare|"
    r"rispett\w+ l'ambiente|afdrukken|denk aan het milieu|przed wydruk|skriv\w* ut|virus[- ]?free|"
    r"(?:scanned|checked|tested) (?:for|by)|"
    r"believed to be clean|auf viren|(?:gdpr|rgpd|dsgvo|lopd|data protection|datenschutz|proteccion de datos|"
    r"protection des donnees|personal data|privacy (?:policy|notice))|databases?\b|"
    r"(?:not|no) (?:accept|liab)|liability|registered (?:office|in|number)|incorporated in|all rights reserved"
)
_SECRET = re.compile(
    "confiden|vertraulich|privileg|vertrouwelijk|riservat|sigilos|poufn|konfidentiel|konfidensiell|fortrolig|"
    "luottamuksel|duvern|конфиденциальн|gizli|保密|機密|机密|disclaimer|intended (?:only|solely|for)|"
    "ausschliesslich fur"
)
_LEAST_DISCLAIMER = 80
_REACHED = re.compile(  # where somebody is found, and no page or file that he speaks of
    r"https?://[^\s/<>]+/?(?:[\s>)|]|$)|\bwww\.[^\s/<>]+/?(?:[\s>)|]|$)|[^\s@]@[^\s@]+\.[^\s@]|"
    r"\+\d[\d ()/.-]{6,}\d|\b(?:tel|phone|fax|mobile|telefon\w*)\b ?\.?[.:] ?\S|"
    r"[:：] ?\(?\d{2,5}\)?[ ./-]\d{2,5}[ ./-]\d{2,9}(?!\d)"
)
_ROLES = frozenset("admin administrator webmaster postmaster support helpdesk sales accounting".split())
_STREET = re.compile(
    r"\b(?:rue|avenue|av|bd|boulevard|chemin|place|via|viale|calle|avda|plaza|rua|piazza|ul|str|strasse|straat|weg|"
    r"street|"
    r"road|floor|suite|cedex|building|box|hrb|vat|ust|siret|nif|cif|kvk)\b"
)
_ABBREVIATED = re.compile(
    r"\b(?:inc|ltd|co|corp|llc|jr|sr|ph\.? ?d|m\.? ?sc|b\.? ?sc|m\.? ?a|dr|e\. ?v|s\. ?a|s\. ?l|s\. ?r\. ?l|b\. ?v|"
    r"n\. ?v|s\. ?p\. ?a|"
    r"a\. ?s|o\. ?o|d\. ?o\. ?o|str|st|ave|rd|dipl|ing|etc)\.$"
)
_ANSWERS = frozenset(
    "yes no ok okay done solved urgent important ja nein dringend wichtig erledigt oui non urgente si sim nao tak nie "
    "pilne да нет срочно jo nee spoed hotovo evet hayir".split()
)
_AFTERTHOUGHT = re.compile(
    r"(?:p\.? ?[sd]\b|n\.? ?b\b|edit|update|addendum|nachtrag|postdata|post-?scriptum|oh,|also\b|one more)|"
    r"[^\d]{0,80}\b(?:order|ticket|invoice|serial|tracking|bestell\w*|rechnung\w*|auftrag\w*|serien\w*|"
    r"pedido|factura|commande|facture|ordine|fattura|encomenda|fatura|bestelling|factuur|"
    r"zamowieni\w*|faktur\w*|objednavk\w*|siparis|заказ\w*)\b[^\d]{0,30}\d{2}"
)
_LISTED = re.compile(r"\s*(?:--+\s?\S|[-*•+] \S|\(?\d{1,3}[.)] )")
_QUOTED = re.compile(r"[\"“”„«»‘'`*_]")
_SENTENCE_END = tuple(".?!…。？！")
_QUESTION = re.compile(r"[?？](?=\s|$|[\"”»)])")
_CASELESS = re.compile("[\u0590-\u08ff\u0900-\u0dff\u0e00-\u0fff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_PARTICLES = frozenset(
    "de del della der den di da do dos du das van von vom zu zum la le el ten ter af av bin ibn al y e i und and et og "
    "och & / | - –".split()
)
_CLOSINGS = frozenset(map(plain, endings.CLOSINGS))


def is_signature(lines: Sequence[str], names: Iterable[str] = (), *, by_program: bool) -> bool:
    """Whether the lines below two dashes are a signature. `names`: the words of the writer's names, plain."""
    if any(_LISTED.match(line[:_LONGEST_NAME]) for line in lines if line[:2] == "--"):
        return False  # what a program printed
    first, *others = [*_paragraphs(lines)] or [[]]
    if not first:
        return True
    if _is_a_list(first) or any(map(_is_an_afterthought, first)) or any(map(_is_typed, others)):
        return False
    text = _plain(first)
    if _is_formal(text) or _is_in_quotes(first):
        return True
    if _asks(first, text) or any(map(_speaks_in_a_sentence, first)):
        return False
    if _closes(first) or _is_named(first, frozenset(names)):
        return _goes_on(first[1:], by_program=by_program)
    if not by_program:
        return _REACHED.search(text) is not None or _is_a_motto(first) or (_is_card(first[0]) and _has_contacts(others))
    return _has_contacts([first, *others]) or _is_a_saying(first) or _goes_on(first)


def _goes_on(lines: list[str], *, by_program: bool = True) -> bool:
    """Whether the lines below a name are still of a signature: a title, a company, an address, a saying."""
    text = _plain(lines)
    if not lines or _CONTACT.search(text) or (by_program and _is_a_saying(lines)) or _is_in_quotes(lines):
        return True
    said = [line.removesuffix(".") if len(line.split()) < 3 else line for line in lines]
    return all(_is_card(line) or _is_a_title(line) for line in said)


def speaks_of_oneself(text: str) -> bool:
    """Whether a text, in the form that `plain` gives it, says I, me or my, in any of the languages."""
    return _ONESELF.search(text) is not None


def holds_typed(lines: Sequence[str]) -> bool:
    """Whether somebody typed below the first paragraph of what a program says is a signature."""
    return any(_is_typed(each) for number, each in enumerate(_paragraphs(lines)) if number)


def _paragraphs(lines: Sequence[str]) -> Iterator[list[str]]:
    paragraph: list[str] = []
    for line in (each[:_READ].strip() for each in lines):
        if any(map(str.isalnum, line)):
            paragraph.append(line)
        elif paragraph and not line:
            yield paragraph
            paragraph = []
    if paragraph:
        yield paragraph


def _plain(paragraph: Sequence[str]) -> str:
    return plain(clean(" ".join(paragraph)[:_READ]))


def _is_typed(paragraph: list[str]) -> bool:
    """Whether a paragraph of a signature is the writer's words, and no address, slogan or disclaimer."""
    text = _plain(paragraph)
    if any(map(_is_an_afterthought, paragraph)):
        return True
    if _is_formal(text) or _is_in_quotes(paragraph):
        return False
    if _asks(paragraph, text):
        return True
    return not (_CONTACT.search(text) or all(map(_is_card, paragraph)))


def _is_an_afterthought(line: str) -> bool:
    """`P.S.`, or something about an order and its number."""
    return _AFTERTHOUGHT.match(plain(clean(line))) is not None


def _is_card(line: str) -> bool:
    """Whether a line could stand on a visiting card: names, titles, companies and addresses begin with capitals."""
    text = plain(clean(line))
    if _CONTACT.search(text) or _STREET.search(text) or _is_in_quotes([line]) or _is_formal(text):
        return True
    if line.endswith(_SENTENCE_END) and not _ABBREVIATED.search(text):
        return False
    words = [word for word in line.split() if word[0].isalpha() and word.casefold() not in _PARTICLES]
    if not words:
        return not any(map(str.isalnum, line))
    if _CASELESS.search(line):
        return len(words) < _WORDS_OF_A_SENTENCE
    capitals = sum(word.lower() != word for word in words)
    enough = 2 * capitals >= len(words) if len(words) > 3 else 2 * capitals > len(words)
    return enough and text not in _ANSWERS


def _is_a_title(line: str) -> bool:
    """`software engineer`: a few small words that say nothing of a thing at hand."""
    text = plain(clean(line))
    said = any(map(str.isdigit, text)) or line.endswith(_SENTENCE_END) or _SPEAKS.search(text) or _SAYS.search(text)
    return not said and len(text.split()) < _WORDS_OF_A_NAME and text not in _ANSWERS


def _is_a_saying(paragraph: Sequence[str]) -> bool:
    """A sentence that speaks of nobody here."""
    text = _plain(paragraph)
    return paragraph[-1].endswith(_SENTENCE_END) and len(text.split()) > 3 and _SPEAKS.search(text) is None


def _is_formal(text: str) -> bool:
    """A disclaimer, a scanner's note, a plea for trees; a person who speaks of himself writes none."""
    secret = len(text) >= _LEAST_DISCLAIMER and _SECRET.search(text) is not None
    return secret or (_FORMAL.search(text) is not None and not speaks_of_oneself(text))


def _asks(paragraph: Sequence[str], text: str) -> bool:
    """A question, or a sentence of somebody who speaks of himself."""
    if len(text) > _LONGEST_AFTERTHOUGHT or len(text.split()) < 3:
        return False
    ends, reachable = paragraph[-1].endswith(_SENTENCE_END), _CONTACT.search(text)
    if _QUESTION.search(text) and not reachable:
        return True
    spoken = len(text.split()) >= _WORDS_OF_A_SENTENCE and _is_prose(paragraph) and speaks_of_oneself(text)
    return spoken and (ends or not reachable)


def _is_prose(paragraph: Sequence[str]) -> bool:
    """Whether most words begin small: names, addresses and titles do not. What has no case needs a full stop."""
    words = [word for line in paragraph for word in line.split() if word[0].isalpha()]
    if _CASELESS.search(" ".join(paragraph)):
        return any(sign in line for line in paragraph for sign in "。？！") or len(words) >= _WORDS_OF_A_SENTENCE
    return len(words) >= 3 and 2 * sum(word[0].islower() for word in words) >= len(words)


def _speaks_in_a_sentence(line: str) -> bool:
    said = line[:_READ]
    if len(said.split()) < 3 or not said.endswith(_SENTENCE_END) or _is_in_quotes([said]) or not _is_prose([said]):
        return False
    return said[-1] in "?？" or _SPEAKS.search(plain(clean(said))) is not None


def _is_a_list(paragraph: Sequence[str]) -> bool:
    return any(_LISTED.match(line[:_LONGEST_NAME]) and not line.endswith("*") for line in paragraph[:2])


def _is_in_quotes(paragraph: Sequence[str]) -> bool:
    """A saying, with who said it perhaps: it begins with a quotation mark, and a line ends with one."""
    return _QUOTED.match(paragraph[0]) is not None and any(
        _QUOTED.match(line.rstrip(".,")[-1:]) is not None for line in paragraph
    )


def _closes(paragraph: Sequence[str]) -> bool:
    return plain(clean(paragraph[0][:100])).strip(" ,.!-–—*_") in _CLOSINGS


def _is_named(paragraph: Sequence[str], names: frozenset[str]) -> bool:
    """Whether the first line is the writer's name, or looks like somebody's or some company's."""
    line = paragraph[0]
    words = re.findall(r"[^\W\d_]+", plain(clean(line[:100])))
    his = names.intersection(words[:_WORDS_OF_A_NAME])
    if len(his) > 1 or (his and (len(words) < 3 or not _is_prose([line]))):
        return True
    if len(words) in (1, 2) and (
        words[0] in _ROLES or "signature" in words[0] or (len(words) == 1 and _is_short_for(words[0], names))
    ):
        return True
    if not words or len(line) > _LONGEST_NAME or line.endswith((*"?!:;", *"。？！")) or any(map(str.isdigit, line)):
        return False
    written = line.replace(",", " ").split()
    if not 0 < len(written) <= _WORDS_OF_A_NAME or (names and len(written) == 1):
        return False
    if any(_SAYS.fullmatch(word) and word not in _PARTICLES for word in words) or words[0] in _ANSWERS:
        return False
    return all(word in _PARTICLES or not word[0].islower() for word in written) and written[0][0].isalpha()


def _is_short_for(word: str, names: frozenset[str]) -> bool:
    """`Rob` or `rsmith` for Robert Smith, or `RS`."""
    if len(word) < 4 and set(word) <= {name[0] for name in names}:
        return len(word) > 1
    return any(len(name) > 2 < len(word) and (name.startswith(word) or word.startswith(name)) for name in names)


def _is_a_motto(paragraph: Sequence[str]) -> bool:
    """A saying in quotation marks, or one in English that speaks of nothing at hand."""
    if _is_in_quotes(paragraph):
        return True
    text = _plain(paragraph)
    ends = paragraph[-1].endswith(_SENTENCE_END) and text.isascii() and "?" not in text
    told = _SPEAKS.search(text) or _SAYS.search(text) or any(map(str.isdigit, text))
    return ends and len(text.split()) >= _WORDS_OF_A_SENTENCE and not told


def _has_contacts(paragraphs: list[list[str]]) -> bool:
    return any(_CONTACT.search(_plain(each)) for each in paragraphs)
