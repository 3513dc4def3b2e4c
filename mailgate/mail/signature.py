"""What stands below a text and is not part of it: the signature, a phone's footer, a disclaimer, a list's footer.

Conservative: whole lines at the end only, and never all that was written. Total; looks at a bounded number of lines.
"""

import re
from collections.abc import Sequence

from mailgate.mail.footer import without_mobile_footer
from mailgate.mail.occasion import ANY, Occasion
from mailgate.mail.plain import clean, plain
from mailgate.mail.sieve import Sieve
from mailgate.mail.signature_block import holds_typed, is_signature, speaks_of_oneself

_LINES = 15  # below "--", which people also type
_LINES_OF_RFC_3676 = 40  # below "-- ", which programs write (RFC 3676 4.3)
_LINES_OF_A_FOOTER = 12  # of a list's footer, or around a disclaimer
_LINES_OF_A_LIST = 8
_LINES_OF_FOOTERS = 40
_LAST_CHARACTERS = 2_000
_DRAWN = frozenset("-_=*#~–—")
_RULE = re.compile(r"\s{0,4}[-_=*#~–—]{4,}\s{0,4}$|\s{0,4}_[ _]{8,}\s{0,4}$")
_LIST = re.compile(r"mailing[ -]?list|/listinfo/|mailman|list archives?:|unsubscribe|google groups")
_SECRET = Sieve(
    "confiden|vertraulich|privileg|vertrouwelijk|riservat|sigilos|poufn|konfidentiel|konfidensiell|fortrolig|"
    "luottamuksel|"
    "d[uů]v[eě]rn|конфиденциальн|gizli|保密|機密|机密|exclusiv|esclusiv|ausschliess|exclusief|gesetzlich gesch[uü]tz"
)
_ADDRESSEE = re.compile(
    "intended|addressee|recipient|empfanger|adressat|destinat|geadresseerde|ontvanger|adresat|mottagare|"
    "modtager|mottaker|"
    "vastaanottaj|prijemc|получател|адресат|alici|收件人|宛"
)
_BY_MISTAKE = re.compile(
    "delete|destroy|notify|in error|unauthori|disclos|loschen|vernicht|irrtumlich|unterrichten|unbefugt|elimin|"
    "borr|"
    "detruire|supprim|par erreur|por error|per errore|por engano|verwijder|ten onrechte|usun|zniszcz|radera|slett|"
    "poista|smaz|удалит|уничтож|ошиб|siliniz|删除|削除|interdit|prohibi|proibi|vietat|untersagt|nicht gestattet|"
    "verboden|"
    "zabronion|zakazan|forbjud|forbudt|запрещ|禁止"
)
_LEAST_DISCLAIMER = 120  # characters
_LONGEST_PLEA = 200  # characters, for the trees
_TREES = ("environment", "environnement", "umwelt", "ambient", "milieu", "rodowisk", "miljö", "ympäristö", "prostřed")
_BEFORE_PRINTING = re.compile(
    r"\W{0,4}(?:\w\W{1,3})?(?:please (?:consider|think|remember)|consider|think|before|save|bitte (?:denken|prufen|"
    r"bedenk)|denken|bevor|pensez?|avant|merci de penser|antes|por favor,? piense|piense|prima|pensa|denk|"
    r"voordat|zanim|"
    r"pomysl|tank pa|innan|taenk|inden|tenk|for du|ajattele|mysl|prosim,? mysl)\b[^.!?]{0,120}"
)
_PRINTING = re.compile(r"print|druck|imprim|stamp|skriv|drukuj|vytisk|tulost")
_GENERIC_FOOTER = re.compile(
    r"(?:sent (?:from|via|using|with|on)|enviado (?:desde|de|do|con)|envoye (?:de|depuis|avec|a partir)|"
    r"inviato d[aei]\w*|verzonden v[ai]\w+|verstuurd v[ai]\w+|gesendet (?:von|mit)|skickat fran|sendt fra|"
    r"wyslane? z|"
    r"odeslano z[e]?|отправлено (?:с|из)) "
    r"(?:my|mi|mon|meu|mijn|minem|meinem|mio|min|mojego|meho|моего) [^\W\d]\w{2,20}(?: \w{1,12})?\.?$"
)


def cut_signature(
    lines: Sequence[str], occasion: Occasion = ANY, *, may_be_all: bool = False
) -> tuple[list[str], list[str]]:
    """The lines without and with what stands below them. Unless a signature `may_be_all`, something must be left."""
    end = _without_blank_end(lines, len(lines))
    cut = end
    while (above := _above_a_footer(lines, cut)) < cut and end - above <= _LINES_OF_FOOTERS:
        cut = _without_blank_end(lines, above)  # a disclaimer, and a list's below it
    cut = _above_the_delimiter(lines, cut, occasion)
    if cut == end:
        cut = _above_a_phones_footer(lines, end)
    if cut == end or not (may_be_all or says_something(lines[:cut])):
        return list(lines), []
    return list(lines[:cut]), list(lines[cut:])


def is_proven(signature: str, occasion: Occasion = ANY) -> bool:
    """Whether what was put away as a signature shows itself that it is one; its line of dashes proves nothing here."""
    first, _, below = signature.partition("\n")
    return not is_delimiter(first) or is_signature(below.split("\n"), occasion.names(), by_program=False)


def says_something(lines: Sequence[str]) -> bool:
    """Whether there is a letter, a digit or a picture in it."""
    return any(char.isalnum() or ord(char) > 0x2000 for line in lines for char in line)


def is_delimiter(line: str) -> bool:
    """Whether a line is the one that signatures stand below."""
    return line.rstrip() in ("--", "—", "–", "__")


def _above_the_delimiter(lines: Sequence[str], end: int, occasion: Occasion) -> int:
    for number in range(end - 1, max(-1, end - 2 - _LINES_OF_RFC_3676), -1):
        line = lines[number]
        by_program = line == "-- "
        if not by_program and not (is_delimiter(line) and end - number - 1 <= _LINES):
            continue
        below = lines[number + 1 : end]
        if _is_no_text(below, strict=False) or (
            is_signature(below, occasion.names(), by_program=by_program)
            and (by_program or not _announces(lines[:number]))
        ):
            return number
    return end


def _announces(lines: Sequence[str]) -> bool:
    """Whether the last line says that something follows: "Please send:"."""
    last = next((line for line in reversed(lines[-3:]) if line.strip()), "")
    return last.rstrip().endswith((":", "："))


def _above_a_phones_footer(lines: Sequence[str], end: int) -> int:
    """Up over lines like `Sent from my iPhone`, and over a delimiter that stands above them only."""
    start, length = end, 0
    while start and length < _LAST_CHARACTERS and end - start < _LINES:
        start -= 1
        length += len(lines[start]) + 1
    if length > 2 * _LAST_CHARACTERS:
        return end
    text = "\n".join(lines[start:end])
    kept = without_mobile_footer(text)
    if kept != text:
        return start + (kept.count("\n") + 1 if kept else 0)
    last = plain(clean(lines[end - 1][:80])).strip(" .*_") if end else ""
    alone = end > 1 and not lines[end - 2].strip()
    return end - 1 if alone and _GENERIC_FOOTER.match(last) else end


def _above_a_footer(lines: Sequence[str], end: int) -> int:
    """Up over a disclaimer or a mailing list's footer, with the rule above it."""
    first = max(0, end - _LINES_OF_A_FOOTER)
    rule = next((number for number in range(end - 1, first - 1, -1) if _is_rule(lines[number])), None)
    if rule is not None and _is_no_text(lines[rule + 1 : end], strict=False):
        above = rule
        while above > first and (_is_rule(lines[above - 1]) or not lines[above - 1].strip()):
            above -= 1
        return above
    start = end
    while start and lines[start - 1].strip() and end - start < _LINES_OF_A_FOOTER:
        start -= 1
    return start if _is_no_text(lines[start:end], strict=True) and (not start or not lines[start - 1].strip()) else end


def _is_rule(line: str) -> bool:
    return line.strip()[:1] in _DRAWN and _RULE.match(line[:100]) is not None


def _is_no_text(lines: Sequence[str], *, strict: bool) -> bool:
    written = " ".join(line[:_LAST_CHARACTERS] for line in lines)[:_LAST_CHARACTERS]
    if strict and _is_for_the_trees(written):
        return True
    if strict and len(written) < _LEAST_DISCLAIMER:
        return False
    text = written.casefold()
    if not strict and len(lines) <= _LINES_OF_A_LIST and _LIST.search(text):
        return ("http" in text or "@" in text) and not (speaks_of_oneself(plain(clean(written))) or holds_typed(lines))
    if len(text) < _LEAST_DISCLAIMER or not _SECRET.search(text):
        return False
    text = plain(clean(written))
    said = [pattern.search(text) is not None for pattern in (_ADDRESSEE, _BY_MISTAKE)]
    return (all(said) if strict else any(said)) and not speaks_of_oneself(text)


def _is_for_the_trees(written: str) -> bool:
    """Please consider the environment before printing this e-mail."""
    lower = written.lower()
    if len(written) > _LONGEST_PLEA or not any(word in lower for word in _TREES) or "environment var" in lower:
        return False
    text = plain(clean(written))
    begins = _BEFORE_PRINTING.match(text)
    if begins is None or text[begins.end() + 1 :].strip():  # it is not all of it
        return False
    return _PRINTING.search(text) is not None and not speaks_of_oneself(text)


def _without_blank_end(lines: Sequence[str], end: int) -> int:
    while end and not lines[end - 1].strip():
        end -= 1
    return end
