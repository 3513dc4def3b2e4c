"""Whether a text wants something or reports a fault: then a person wrote it, whatever else it says of machines.

Not the words of absence notices ("please contact my colleague"). In the languages of spec/mail.md 2, by unmistakable
phrases only. Total.
"""

from mailgate.mail.sieve import Sieve

_WANTS = Sieve(
    # en
    r"\b(?:does ?n.t|do ?n.t|did ?n.t|does not|do not|did not|is ?n.t|is not|not|never|stopped|no longer) work(?:s|"
    r"ed|ing)?"
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


def wants(text: str) -> bool:
    """`text`: in lower case."""
    return _WANTS.search(text) is not None
