"""Whether a text wants something or reports a fault: then a person wrote it, whatever else it says of machines.

Not the words of absence notices ("please contact my colleague"). In the languages of spec/mail.md 2, by unmistakable
phrases only. Total.
"""

import re

from mailgate.mail.sieve import Sieve

_WANTS = Sieve(
    # en
    r"\b(?:does ?n.t|do ?n.t|did ?n.t|does not|do not|did not|is ?n.t|is not|not|never|stopped|no longer) work(?:s|"
    r"ed|ing)?\b"
    r"(?! at\b| for\b| with\b| here\b| in\b| on\b| from\b| mon| tue| wed| thu| fri| sat| sun)|"
    r"\b(?:is|are|was|were|looks?|seems?|it's) (?:still |completely |totally )?(?:broken|wrong|missing|incorrect|"
    r"faulty)\b|"
    r"\b(?:fix|repair|switch off|switch on|turn off|turn on|deactivate|disable|enable|activate|reset|refund|cancel) "
    r"(?:it|this|that|the|my|our)\b|\b(?:switch|turn) (?:it|this|that) o(?:ff|n)\b|\bplease (?:add|set|change|fix|"
    r"correct|"
    r"remove|tell|explain|switch|turn|stop|install|configure|enable|disable)\b|\b(?:i|we) (?:cannot|can.?t|can not|"
    r"could ?n.t|am unable to|are unable to) "
    r"(?:log|sign|find|see|set|turn|switch|change|disable|activate|enable|use|open|install|download|print|pay|order)\b|"
    r"\bi (?:need|want|would like|have a (?:question|problem))\b|\bhow (?:do|can) (?:i|we)\b|\b(?:can|could) you\b|"
    r"\bwrong (?:days?|dates?|number|amount|in)\b|\bplease help\b|\b(?:an?|this|the following) (?:error|bug|fault)\b|"
    # de
    r"\b(?:funktionier|geht|gehen|läuft|klapp)\w* (?:\w+ ){0,3}nicht(?! ans| mehr ans)\b|\b(?:ist|"
    r"sind) (?:\w+ ){0,3}(?:falsch|"
    r"kaputt|defekt|fehlerhaft)\b|\bfalsche?[nrs]? (?:tag|datum|zahl|betrag)|\b(?:ich|wir) (?:brauche|benötige|"
    r"möchte|hätte gern)"
    r"|\bkönnen sie|\bkönnten sie|\bwie kann ich|\bbitte (?:um hilfe|helfen|abstellen|ausschalten|deaktivieren|"
    r"korrigieren)|"
    # fr, es, it, pt
    r"ne (?:fonctionne|marche)(?:nt)? (?:pas|plus)|pouvez-vous|pourriez-vous|j.ai besoin|comment (?:puis-je|faire)|"
    r"\bno (?:me )?(?:funciona|sirve|deja|puedo (?:entrar|acceder|activar|desactivar))|\bnecesito\b|\bquisiera\b|"
    r"\b(?:cómo|como) (?:puedo|se)\b|pueden? (?:ayudar|desactivar|cambiar)|non (?:funziona|va|riesco)|ho bisogno|"
    r"\bcome (?:posso|si fa)\b|potete|não (?:funciona|consigo)|\bpreciso\b|\bgostaria\b|"
    # nl, pl, cs, sv, da, no, fi, ru, tr
    r"werkt (?:\w+ )?niet|werken (?:\w+ )?niet|kunt u|kunnen jullie|ik wil graag|hoe kan ik|nie (?:działa|mogę)|"
    r"potrzebuję|"
    r"jak mogę|nefunguje|nemůžu|fungerar inte|virker ikke|fungerer ikke|ei toimi|не (?:работает|могу)|как (?:мне|"
    r"можно)|"
    r"çalışmıyor|"
    # zh, ja, ko
    r"不能用|无法(?:登录|使用)|怎么(?:办|设)|動きません|できません|동작하지|안 됩니다"
)

_PLEA = re.compile(
    r"\b(?:please|kindly|bitte|merci de|veuillez|s'il (?:vous|te) pla[iî]t|svp|prière de|por favor|favor de|ruego|"
    r"rogamos|peço|per favore|v[io] prego|si prega|per cortesia|graag|gelieve|alstublieft|a\.?u\.?b|proszę|prosimy|"
    r"prosím\w*|vänligen|snälla|gärna|venligst|vennligst|gerne|pyydän|ystävällisesti|пожалуйста|прошу|просим|"
    r"lütfen|kérem|kérjük)\b|してください|て下さい|てください"
)
_OF_AN_ABSENCE = re.compile(  # whom to ask meanwhile, and to be patient
    # an address, a telephone number, letters of every kind
    r"\S@\S|\d[\d /()-]{5,}|https?:|www\.|mail|mejl|e-?post|post[ai]\b|correo|courriel|"
    # en
    r"\b(?:contact|call|write|reach|speak|phone|ring|note|be aware|be advised|allow|expect|bear|patien|excuse|"
    r"understand|forward|redirect|direct|address|refer|resend|send (?:it|them|your|any|all|urgent)|leave|visit|use|"
    r"log|submit|raise|open a|wait|accept|respond|reply|get in touch|update your|urgent|emergenc|feel free)|"
    # de, nl
    r"wende|kontakt|contact|r[uf]+en? sie|anruf|schreib|richte|antwort|beacht|geduld|verständnis|entschuldig|nachricht|"
    r"dringend|notf[aä]ll|erreich|telefon|vertret|kolleg|adress|\bbel(?:len)?\b|schrijf|\bricht|spoed|begrip|bericht|"
    r"collega|reager|beantwo|"
    # fr, es, pt, it
    r"écri|appel|joindre|messag|noter|patien|compréhension|excus|renvoy|transf|urg[eê]n|urgên|téléphon|répon|"
    r"rapproch|collègue|comuni|escrib|llam|dir[ií]j|mensa[jg]|pacien|disculp|en cuenta|compañer|respond|contat|"
    r"escrev|\blig(?:ue|ar)|desculp|colega|tratar|scriv|chiam|rivolg|pazien|scus|risp|"
    # pl, cs, sv, da, no, fi
    r"pisa|dzwoni|kierowa|cierpliw|wyrozumia|wiadomo|piln|zwraca|odpow|volej|pište|obra[ťc]|trpěl|strpení|pochopení|"
    r"naléhav|zpráv|odpov|\bring|skriv|vänd|henvend|tålamod|tålmod|förstå|forstå|brådsk|haste|akut|svar|besked|"
    r"meddel|melding|\bsms|yhtey|soit|kärsiv|ymmärr|kiiree|viest|"
    # ru, tr, hu, ja
    r"обращ|свяж|связ|пиш|звон|писать|почт|терпен|поним|срочн|сообщ|отве|коллег|телефон|ileti|aray|yaz|başvur|"
    r"sabır|anlay|acil|mesaj|keres|ír[jn]|hív|sürg|türel|連絡|電話|メール|了承|容赦|待ち|問い?合わせ|緊急|至急|返信"
)


def begs(sentence: str) -> bool:
    """Whether a sentence asks for what no absence notice asks for ("please send the technician on Friday"). In lower
    case.
    """
    return (_PLEA.search(sentence) is not None or wants(sentence)) and _OF_AN_ABSENCE.search(sentence) is None


def wants(text: str) -> bool:
    """`text`: in lower case."""
    return _WANTS.search(text) is not None
