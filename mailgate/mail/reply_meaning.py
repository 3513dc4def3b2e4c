"""What a server's words mean, as an RFC 3463 status: for replies and notices that give no code of their own.

Only what is unmistakable has a meaning. The words are those that servers send, in the languages of spec/mail.md 2.
"""

import re

_LONGEST = 4_000
_IN_SENTENCE = r"(?:[^.]|\.(?=\S))"  # a full stop inside a host name ends none

STATUS = re.compile(r"(?<![\w.])(?<!version )([245]\.\d{1,3}\.\d{1,3})(?!\.?\d)", re.IGNORECASE)
REPLY_CODE = re.compile(r"(?<![\w.:/@-])([45])([0-5]\d)(?=[ \-,;:)\]#]|$)")
_HASHED_CODE = re.compile(r"#([45])([0-5]\d)(?=[ -])")

# (subject and detail, the class where no code says it, the words); the first that matches counts.
_MEANINGS: tuple[tuple[str, str, str], ...] = (
    ("6.7", "5", r"\bsmtputf8\b|non-ascii addresses? (?:are |is )?not (?:permitted|supported|allowed)"),
    ("7.1", "4", r"\bgr[ae]y-?list"),
    ("1.3", "5", r"(?:invalid|bad) (?:recipient |e-?mail )?address syntax|malformed (?:recipient |e-?mail )?address"),
    (
        "7.1", "5",
        r"relay(?:ing)? (?:\w+ ){0,3}(?:denied|prohibited|not (?:permitted|allowed)|refused)|not (?:permitted|"
        r"allowed) to "
        r"relay|(?:not|n't|unable to|cannot|no) relay(?:ing)?\b|unauthori[sz]ed relay|relay (?:access )?not|isn't in "
        r"my "
        r"list of allowed rcpthosts",
    ),
    (
        "2.2", "5",
        r"(?:mail ?box|mailfolder|inbox|maildir|account|quota|mail ?folder|user)\W[^.\n]{0,50}?(?:\bfull\b|over "
        r"?quota|over the "
        r"\w+ quota|exceed(?:s|ed)?\b|over (?:its|the) (?:size|storage|limit)|over limit)|over ?quota|full mailbox|"
        r"exceed(?:s|ed|ing)?\b[^.\n]{0,40}(?:storage|quota|mailbox|allowed size)|(?:disk|storage|mail) ?quota|quota "
        r"(?:is )?"
        r"(?:full|exceeded)|insufficient (?:disk|system|storage)[^.\n]{0,10}(?:space|storage)|not enough (?:disk |"
        r"storage )?"
        r"(?:space|storage)|out of (?:disk |storage )(?:space|quota)|recipient storage full|postfach[^.\n"
        r"]{0,40}(?:voll|"
        r"erschöpft)|speicherplatz|buz[oó]n[^.\n]{0,30}llen[oa]|bo[iî]te[^.\n]{0,50}plein|casella[^.\n]{0,30}piena|"
        r"caixa[^.\n]{0,40}cheia|mailbox (?:is )?vol\b|skrzynk\w+[^.\n]{0,30}(?:pełna|przepełn)|переполнен|"
        r"превышен[^.\n]"
        r"{0,30}(?:квот|объ[её]м)|容量(?:不足|オーバー)|いっぱい|postlåd\w*[^.\n]{0,30}full|"
        r"postkasse[^.\n]{0,30}ful[dl]|postvak[^.\n]{0,30}vol\b|postilaatikko[^.\n]{0,30}täynnä|schránk\w+[^.\n"
        r"]{0,40}(?:plná|zaplněn)|"
        r"posta kutusu[^.\n]{0,40}dolu|邮箱已满|郵箱已滿|信箱已滿",
    ),
    (
        "3.4", "5",
        r"(?:message|mail|e-?mail|size|attachment|file|content)\w*[^.\n]{0,50}(?:too (?:big|large|long)|"
        r"exceed\w*[^.\n]{0,50}(?:"
        r"size|limit|maximum|length))|too large|exceed\w*[^.\n]{0,20}(?:maximum|max)\b[^.\n]{0,20}\bsize|"
        r"message size (?:limit|exceed)|size limit|larger than|zu gro(?:ß|ss)|demasiado grande|"
        r"trop volumineu|troppo grand|muito grande|"
        r"te groot|слишком (?:большо|велик)|サイズ(?:超過|が大き)",
    ),
    (
        "1.1", "5",
        r"(?:user|username|recipient|mailbox|account|addressee|address|e-?mail(?: address| account)?|local[ -]part|"
        r"inbox|customer|subscriber)"
        r"(?:s|\(s\))?\b[^.\n]{0,70}?(?:\bunknown|\bnot found|doesn.?t exist|does ?not exist|not exist\b|"
        r"\bnon-?exist|couldn.t be found|"
        r"could not be found|wasn.t found|was not found|not (?:be )?recogni[sz]ed|\bnot listed|\binvalid\b|(?:not|"
        r"n.t) (?:a )?valid|not "
        r"known|\bunrecogni[sz]ed|is/are unknown|unbekannt)|unknown[ -](?:user|recipient|address|mailbox|local|account|"
        r"customer)|no such (?:\w+ )?(?:user|recipient|mailbox|person|address|account|name|customer|subscriber)|"
        r"invalid "
        r"(?:recipient|mailbox|user|address|local)|no mailbox (?:here|by|found|with)|not our (?:customer|user)|"
        r"(?:n.t|not) have "
        r"an? (?:\S+ )?account|no valid recipients?|bad destination mailbox|not a (?:valid|known) (?:user|mailbox|"
        r"recipient)|recipnotfound|no (?:user|account|mailbox|person) (?:by|with|named|here)|(?:mailbox|recipient) "
        r"(?:is )?(?:currently )?unavailable|user unavailable|does not like recipient|no longer (?:with|working|"
        r"employed)|"
        r"not listed in (?:public|domino|the)|(?:empf(?:ä|ae)nger|benutzer|adresse|postfach)\w*[^.\n"
        r"]{0,40}(?:unbekannt|nicht "
        r"gefunden|existiert nicht|nicht vorhanden|nicht bekannt)|adress\w+[^.\n]{0,50}(?:n.existe pas|inconnu|"
        r"introuvable)|(?:destinat\w+|usuario|utilisateur|utente|usuário|buz[oó]n|cuenta|direcci[oó]n|indirizzo|"
        r"endereço)[^.\n]"
        r"{0,40}(?:desconocid|inconnu|sconosciut|desconhecid|inexistente|no existe|introuvable|não existe|non esiste|"
        r"no encontrad|não encontrad)|gebruiker[^.\n]{0,20}onbekend|adres[^.\n]{0,30}(?:bestaat niet|nie istnieje)|"
        r"nie ma takiego|nie znaleziono|adres[^.\n]{0,60}niet gevonden|hitta e-postadress|indirizzo[^.\n]{0,60}non "
        r"(?:è stato )?"
        r"trovat|(?:kan|kunne) ikke find\w* e-mail|sähköpostiosoitetta ei löyd|nebyla nalezena|adres\w*[^.\n"
        r"]{0,30}bulunamadı|(?:пользовател|адресат|получател|ящик|адрес)\w*[^.\n]{0,40}не (?:найден|существует|"
        r"зарегистрирован)|存在しません|見つかりません|アドレス(?:不明|が見つから)|"
        r"(?:用户|收件人|地址|邮箱|帳號|收件者)[^.\n]{0,12}(?:不存在|不正确|找不到)|找不到[^.\n。]{0,20}(?:地址|收件人|位址)|"
        r"adresse\b[^.\n]{0,60}(?:n.a pas (?:pu être|été) trouvée|ble ikke funnet|blev ikke fundet)|"
        r"no se (?:encontró|ha encontrado|pudo encontrar) (?:la )?dirección|sähköpostiosoitetta ei löyty|"
        r"주소를 찾을 수 없|"
        r"не вдалося знайти[^.\n]{0,30}адрес|адрес\w*[^.\n]{0,30}не (?:знайдено|існує)",
    ),
    (
        "1.2", "5",
        r"host (?:\S+ )?(?:or domain name )?(?:is )?(?:not found|unknown|not exist)|unknown (?:host|domain|mail "
        r"host)|no such "
        r"(?:host|domain)|domain\b[^.\n]{0,70}(?:does ?n.t exist|does not exist|not found|couldn.t be found|could "
        r"not be found|"
        r"not exist|\binvalid|not (?:known|valid))|unrout(?:e)?able|name or service not known|name service error|"
        r"nxdomain|"
        r"dns (?:error|lookup|failure|server returned)|name server[^.\n]{0,30}(?:not found|error|fail)|no (?:mx|dns|"
        r"a|valid) "
        r"(?:record|host|entry)|(?:cannot|can't|couldn't|could not|unable to) (?:find|resolve|locate)[^.\n"
        r"]{0,30}(?:host|domain|"
        r"dns|mx|server)|illegal host|host name lookup fail|null mx|does not accept mail|bad destination (?:system|"
        r"host)|"
        r"dom[aä]in\w*[^.\n]{0,30}(?:unbekannt|existiert nicht|n.existe pas|no existe|inexistant)|домен\w*[^.\n"
        r"]{0,30}не "
        r"(?:найден|существует)",
    ),
    (
        "2.1", "5",
        r"(?:mailbox|account|user|address|recipient|inbox)\b[^.\n]{0,50}(?:disabled|inactive|suspended|deactivated|"
        r"blocked for|not active|expired|closed|terminated|discontinued|no longer (?:active|available|valid|in use|"
        r"exists?|accept))|"
        r"(?:disabled|inactive|suspended|deactivated|expired|closed) (?:user|account|mailbox|recipient|address)|"
        r"konto[^.\n]"
        r"{0,30}(?:gesperrt|deaktiviert)|отключ[её]н|заблокирован",
    ),
    (
        "4.6", "5",
        r"(?:mail|routing|message|forwarding)[ -]?loop|too many (?:hops|received)|hop ?count|loops? back to|looping",
    ),
    (
        "7.1", "5",
        r"\bspam|black ?list|block ?list|\bblocked\b|\brbl\b|dnsbl|reputation|policy|\bvirus|malware|infected|"
        r"unsolicited|"
        r"\bdmarc\b|\bdkim\b|\bspf\b|not (?:authori[sz]ed|permitted|allowed)|content (?:rejected|filter)|banned|"
        r"access denied|"
        r"denied by|prohibited|sender (?:address )?(?:rejected|denied)|does ?n.t (?:allow|accept)|only accepts? "
        r"(?:mail|messages)|restricted|"
        r"richtlinie|abgelehnt wegen|пол[иі]тик|спам",
    ),
    (
        "4.1", "4",
        r"connection (?:was )?(?:refused|reset|closed|lost|dropped|failed|timed out|died|aborted|timeout)|(?:cannot|"
        r"can't|"
        r"couldn't|could not|unable to|failed to) (?:be )?(?:connect|establish|contact|reach|open)|no route to|"
        r"network (?:is )?"
        r"unreachable|(?:host|server)[^.\n]{0,30}(?:not reachable|unreachable|not respond|is down|not answer)|not "
        r"reachable|"
        r"hosts? ha(?:s|ve) been failing|"
        r"no answer from|accept our requests? to connect|bad connection|lost connection|connect(?:ion)? to [^\n"
        r"]{1,100}(?:refused|timed out)",
    ),
    (
        "4.7", "4",
        r"timed? ?out|timeout|retry time|time ?limit|\bexpired|too (?:old|long in)|maximum (?:time|retry|retries)|"
        r"queue "
        r"(?:too|for|life)|too long|for too long|gave up|(?:within|after|for) (?:the last |more than |over )?\d+ "
        r"(?:hours?|days?|attempts)|"
        r"zeitüberschreitung|tiempo de espera|délai",
    ),
)  # fmt: skip
_COMPILED = tuple(
    (detail, usual, re.compile(words.replace(r"[^.\n]", _IN_SENTENCE))) for detail, usual, words in _MEANINGS
)


def quoted_status(text: str) -> str | None:
    """The first enhanced code that stands in a reply or notice."""
    found = STATUS.search(text)
    return found[1] if found else None


def quoted_failure(text: str) -> str | None:
    """The first enhanced code of a failure: a notice of one has none of success, but the numbers of programs."""
    return next((code for code in STATUS.findall(text) if code[0] != "2"), None)


def reply_class(text: str) -> str:
    """The class, "4" or "5", of the first SMTP reply code in a text, or ""."""
    found = _HASHED_CODE.search(text) or REPLY_CODE.search(text)
    return found[1] if found else ""


def inferred_status(text: str, known_class: str = "") -> str | None:
    """The status that a text without an enhanced code means, or None where it is not unmistakable.

    `known_class`: "4" or "5" where it is known otherwise; else the reply code in the text says it, else what is usual.
    """
    lower = " ".join(text[:_LONGEST].lower().replace("\u2019", "'").split())
    for detail, usual, words in _COMPILED:
        if words.search(lower):
            return f"{known_class or reply_class(lower) or usual}.{detail}"
    return None
