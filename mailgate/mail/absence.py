"""Absence notices and acknowledgements that carry no header: known by their subject, or by all of their text.

Careful towards people: whoever writes "I was out of office last week, but ..." or asks something is one. What is quoted
is never looked at. The languages are those of spec/mail.md 2.
"""

import re
import unicodedata
from collections.abc import Iterator

from mailgate.mail.sieve import Sieve

BY_SUBJECT = "RFC 3834 the subject is an absence notice's"
_LONGEST_TEXT = 2_500
_MOST_SENTENCES = 14

_TAG = r"(?:\[[^\]]{1,40}\] ?|\(external\) ?|ext: ?){0,2}"
_NOTICE = (
    r"auto(?:matic|mated|matisch[es]{0,2}|matyczna|maattinen|matick[áé]|matiskt?|mat(?:isch|isk))?[ :-]{0,2}"
    r"(?:reply|response|answer|antwort|odpowied[zź]|odpov[eě][dď]|vastaus|svar|antwoord)|auto-?responder|"
    r"out[ -]of[ -](?:the[ -])?office(?: auto-?reply| reply| message| notification| response)?|(?:i am |i'm )?"
    r"away from (?:the|my) (?:office|mail|desk)|ooo(?= ?[:(-]|$| re:)|oof(?=: ?(?:auto|out of|re:|aw:))|"
    r"(?:i am |i'm )?(?:currently )?out of (?:the |my )?office|on (?:annual|maternity|paternity|parental|sick) leave|"
    r"vacation (?:reply|response|notice|message|auto-?reply)|vacation|(?:i am |i'm )?on vacation|away message|"
    r"absence notice|"
    r"abwesenheits(?:notiz|meldung|nachricht|assistent|info)|abwesenheit|(?:ich bin )?(?:derzeit |momentan |zur "
    r"?zeit )?nicht im (?:b[uü]ro|haus)|"
    r"urlaubs(?:notiz|meldung|vertretung)|automatische (?:abwesenheits|empfangs)\w+|eingangsbestätigung|"
    r"respuesta autom[aá]tica|fuera de (?:la )?oficina|mensaje de ausencia|aviso de ausencia|autorespuesta|"
    r"r[eé]ponse automatique|absente? du bureau|absence du bureau|message d'absence|notification d'absence|avis "
    r"d'absence|accusé de réception|"
    r"resposta autom[aá]tica|fora do escrit[oó]rio|aus[eê]ncia tempor[aá]ria|aviso de ausência|estou de férias|"
    r"risposta automatica|fuori (?:sede|ufficio)|assente dall'ufficio|messaggio di assenza|"
    r"afwezigheids(?:melding|bericht|assistent)|niet op kantoor|afwezig|automatisch antwoord|"
    r"odpowied[zź] automatyczna|automatyczna odpowied[zź]|poza biurem|nieobecno[śs][ćc]|"
    r"fr[aå]nvaromeddelande|fr[aå]nvarande|ikke p[aå] kontoret|frav[aæ]r(?:smelding|sbesked)?|fraværende|autosvar|"
    r"automatisk svar|"
    r"poissaoloilmoitus|poissa (?:toimistosta|toimistolta)|automaattinen poissaoloilmoitus|mimo kancel[aá][rř]|"
    r"nepřítomnost|"
    r"автоответ(?:чик)?|автоматический ответ|вне офиса|(?:я )?в отпуске|нет на месте|"
    r"otomatik (?:yan[ıi]t|cevap)|ofis d[ıi][sş][ıi](?:nday[ıi]m)?|"
    r"自动(?:回复|答复)|自動(?:回覆|回信|返信|応答|答覆)(?:メール)?|不在通知|"
    r"不在のお知らせ|外出中|外出自动回复|休假|부재중 알림"
)
_AWAY_SUBJECT = re.compile(
    rf"{_TAG}(?:{_NOTICE})(?:(?:re|aw|sv|antw)(?=:))?(?: ?[:：;,|(\[–—-]|[.!…]*$| re[: ]| bis | until | from | (?:aw|"
    rf"sv): )"
)
_PLAIN_NOUN = re.compile(  # these alone, or before a person's own words, are a person's subject too
    r"(?:abwesenheit|vacation(?! (?:reply|response|notice|message|auto))|afwezig|"
    r"nieobecno[śs][ćc]|nepřítomnost|frav[aæ]r|休假|on vacation|accusé de réception|"
    r"eingangsbestätigung)\b(?! ?[:：])"
)

_REPORTED_SUBJECT = re.compile(  # written by a program about its owner, or marked in front
    r"auto(?:matic)?(?: ?reply)? ?: ?.{2,60} (?:is|ist|est|está|è|är|er|jest) (?:currently |derzeit |actuellement "
    r")?(?:out of "
    r"(?:the )?office|away|au(?:ß|ss)er haus|nicht (?:im|in)|absente?|fuera|fuori|afwezig|frånvarande)|"
    r".{2,60} (?:is out of the office|ist au(?:ß|ss)er haus|est absente?(?: du bureau)?) ?\(|"
    r"yahoo! auto response|"
    r"auto(?:matic|mated)? e-?mail (?:reply|response)"
)
_IN_BRACKETS = re.compile(rf"[\[(](?:{_NOTICE}|ooo)[\])]")
_WEAK_SUBJECT = re.compile(  # a person's word as well: the text has to agree
    rf"{_TAG}(?:away|on (?:leave|holidays?|vacation)|im urlaub|en cong[ée]s?|de vacaciones) (?:until|till|from|bis|vom|"
    rf"jusqu'au|du|hasta) |"
    rf"{_TAG}(?:absent(?:\(e\)|e)?|absence|ferie|urlaub|cong[ée]s?|vacaciones|férias|vakantie|holidays?|urlop|"
    rf"dovolená|semester|"
    r"отпуск|izin|ausente|assente|abwesend|leave)(?: ?[:：]|$)"
)
_ACKNOWLEDGED_SUBJECT = re.compile(
    r"(?:\[[^\]]{1,40}\] ?|[\w-]{0,20}#\S{1,20} ?[:-]? ?){0,2}(?:"
    r"(?:your (?:support )?(?:request|ticket|case|e-?mail|message|enquiry|inquiry|query)(?: \S{1,24})?|(?:support "
    r")?(?:request|ticket|"
    r"case)(?: ?[#\[(]?[\w-]*\d[\w-]*[\])]?)?) (?:has been |was |is )?(?:received|created|opened|registered|"
    r"submitted|logged)(?=\s*(?:$|"
    r"[.!:#(\[–-]))|we(?: have|'ve)? received your|new ticket created|thank(?:s| you) for (?:contacting|your "
    r"(?:e-?mail|request|"
    r"enquiry|inquiry)\b)|ihre (?:anfrage|nachricht|e-?mail)(?: \S{1,24})? (?:ist |wurde )?(?:bei uns "
    r")?(?:eingegangen|eingetroffen|"
    r"erhalten|empfangen|registriert)|(?:anfrage|ticket) (?:erhalten|eröffnet|erstellt)|(?:eingangs|"
    r"empfangs)bestätigung|bestätigung "
    r"(?:ihrer|deiner) anfrage|(?:hemos recibido|recibimos) (?:su|tu)|(?:solicitud|ticket) recibid|confirmación de "
    r"recepción|acuse de "
    r"recibo|nous avons (?:bien )?reçu votre|accusé de réception|(?:demande|votre message) (?:a été )?(?:bien "
    r")?reçue?|recebemos "
    r"(?:sua|seu|o seu|a sua)|abbiamo ricevuto|conferma di ricezione|ontvangstbevestiging|uw (?:aanvraag|bericht|"
    r"e-?mail) is ontvangen)"
)
_CONTACTING = re.compile(
    r"thank(?:s| you) for (?:contacting|reaching out to|getting in touch with)|danke für ihre anfrage"
)
_REPLY_LINE = re.compile(
    r"^[\s#*=<>\[\]_~-]{2,20}(?:please )?(?:type|write|enter|add|reply|respond)[^\n]{0,40}\b(?:above|over) this line|"
    r"^[\s#*=<>\[\]_~-]{2,20}(?:bitte )?(?:antworten sie|antwort|schreiben sie)[^\n]{0,40}(?:oberhalb|über) dieser "
    r"(?:linie|zeile)|"
    r"^[\s#*=<>\[\]_~-]{2,20}[^\n]{0,60}(?:encima de esta línea|au-dessus de cette ligne|acima desta linha|sopra "
    r"questa (?:linea|riga)|"
    r"boven deze (?:lijn|regel))",
    re.MULTILINE,
)
_RECEIVED = Sieve(
    r"we(?:'ve| have)? got your (?:request|message|e-?mail)|your (?:e-?mail|request|message) will be (?:answered|"
    r"processed)|"
    r"(?:request|ticket|case)\b[^.\n]{0,60}has (?:now |already )?been (?:received|created|opened|registered|logged)|"
    r"(?:request|ticket|case|message|e-?mail|enquiry|inquiry|query)\b[^.\n]{0,60}(?:has been|was|is being|have been) "
    r"(?:received|created|opened|"
    r"registered|logged|reviewed|assigned a)|(?:we(?: have|'ve)?|has|have) (?:successfully |now )?received your|"
    r"received your (?:request|e-?mail|"
    r"message|ticket|enquiry|inquiry)|(?:anfrage|nachricht|e-?mail|ticket)\b[^.\n]{0,60}(?:erhalten|eingegangen|"
    r"eröffnet|angelegt)|"
    r"hemos recibido|recibimos (?:su|tu)|avons bien reçu|recebemos|abbiamo ricevuto|hebben (?:wij |we )?uw[^.\n"
    r"]{0,40}ontvangen"
)
_SAYS_AUTOMATIC = Sieve(
    r"this (?:is|e-?mail is|message is|e-?mail was|message was|reply is) (?:an |a )?(?:system[- "
    r"])?(?:auto(?:matic(?:ally)?|mated|-?)|autogenerated)[ -]?"
    r"(?:\w+ )?(?:e-?mail|reply|response|message|notification|generated|acknowledg\w+|sent)|(?:automatically|"
    r"auto)[ -]?generated (?:e-?mail|"
    r"message|reply|response)|(?:dies|das|hierbei|es) (?:ist|handelt es sich um|handelt sich um) (?:ist )?ein\w* "
    r"automatisch \w*\s?\w*\s?(?:antwort|"
    r"nachricht|mail|e-mail)|(?:ein\w* )?automatische\w? (?:antwort|e-?mail|nachricht|empfangs\w+|abwesenheits\w+)|"
    r"(?:nachricht|mail|antwort) (?:wurde|"
    r"wird) automatisch|ce(?:ci|t)? (?:est |message |e-?mail |courriel )?(?:est )?(?:un |une |a été )?(?:message |"
    r"réponse |e-?mail |courriel )?(?:"
    r"automatique|envoyé automatiquement|généré automatiquement)|(?:message|réponse) automatique|(?:este es|esto es|"
    r"es) un (?:mensaje|correo) "
    r"(?:autom[aá]tico|generado autom)|respuesta autom[aá]tica|(?:esta é uma|é uma) (?:mensagem|resposta) "
    r"autom[aá]tica|(?:questo è un|questa è una) "
    r"(?:messaggio|risposta|e-?mail) automatic|(?:dit is een|dit) automati\w+ (?:bericht|antwoord|gegenereerd)|"
    r"automatisch (?:bericht|antwoord)|"
    r"(?:to jest |wiadomość |ta wiadomość )?(?:została )?(?:wygenerowana automatycznie|automatyczna (?:wiadomość|"
    r"odpowiedź))|detta är ett automat\w+|"
    r"dette er (?:en|et) automat\w+|tämä on automaatti\w+|toto je automatick\w+|это автоматическ\w+|письмо "
    r"(?:сформировано|отправлено) "
    r"автоматически|bu (?:bir )?otomatik|自动(?:回复|发送)|自動(?:返信|送信|配信|回覆)"
)

_TO_NOBODY = Sieve(  # nobody reads what is answered, or only after a test: a person does not say so of her own mail
    r"(?:this|our|my) (?:e-?mail )?(?:mailbox|inbox|address|account) is (?:not|no longer) (?:being )?(?:monitored|"
    r"read|checked|in use)|"
    r"(?:unattended|unmonitored) (?:e-?mail )?(?:mailbox|inbox|address|account)|(?:do not|don't) (?:reply|respond) "
    r"(?:directly )?to this (?:e-?mail|message|mail|address)|"
    r"antworten sie (?:bitte )?nicht auf diese (?:e-?mail|mail|nachricht)|(?:ne pas|merci de ne pas|ne) répond(?:re|"
    r"ez) (?:pas )?(?:directement )?à (?:ce|cet) (?:message|courriel|mail|e-?mail)|"
    r"no respond(?:a|as|er|áis) (?:directamente )?a este (?:correo|mensaje|e-?mail)|não respond(?:a|er|am) (?:a "
    r")?est[ea] (?:e-?mail|mensagem|correio)|non rispond(?:ere|a|ete) a quest[ao] (?:e-?mail|mail|messaggio)|"
    r"niet (?:te )?(?:antwoorden|reageren|beantwoorden) op (?:deze|dit) (?:e-?mail|mail|bericht)|(?:nie odpowiadać|"
    r"nie odpowiadaj) na (?:tę|ten|te) (?:wiadomość|e-?mail|mail)|svara inte på (?:detta|det här) (?:mejl|mail|"
    r"meddelande|e-post)|"
    r"(?:ikke|venligst ikke) (?:svar|besvar) (?:på )?denne (?:mail|e-?mail|e-post|besked)|не отвечайте на это "
    r"(?:письмо|сообщение)|请勿(?:直接)?回复(?:此|本)?邮件|このメールに(?:は)?返信(?:しない|なさらない|いただいて)|"
    r"이 (?:메일|이메일)에 (?:회신|답장)하지|"
    r"(?:not on|not in|to) (?:my|the|our) (?:list of )?(?:approved|allowed|authorized) senders|complete (?:the "
    r")?delivery of your (?:message|e-?mail)|"
    r"(?:your )?(?:message|e-?mail)\b[^.\n]{0,80}\b(?:queued|held|waiting|blocked|"
    r"quarantined)\b[^.\n]{0,60}\b(?:verification|verify|confirm|approv|challenge)|"
    r"(?:confirm|prove|verify) (?:that )?you(?:'re| are) (?:a )?(?:human|real person|not a (?:robot|spammer|machine))"
)
_BEFORE_IT = 12  # characters: "Please", "Note:"
_OTHERS_SAY = re.compile(r"\b(?:i|says?|said|told|states?|wrote|ich|sagt|steht|je|dit|yo|dice|pone)\b")
_RECEIPT_SUBJECT = re.compile(
    r"(?:read|not read|gelesen|ungelesen|lu|leído|lido|lida|letto|gelezen|przeczytano|läst|læst|"
    r"прочитано)(?: receipt)? ?[:：]"
)
_READ_IT = Sieve(
    r"(?:message|nachricht|mensaje|bericht|mail)\b[^§]{0,400}?\b(?:was|wurde|fue|is) (?:read|displayed|opened|deleted "
    r"without|gelesen|ungelesen|angezeigt|leído|gelezen)|"
    r"message\b[^§]{0,400}?\ba été lu"
)
_WILL_ANSWER = Sieve(
    r"\b(?:we|our team|our support team|a (?:support )?representative|someone|one of our \w+|an agent|a member of our "
    r"team) (?:will|shall|aim to|try to) (?:\w+ )?(?:get back to you|respond|reply|answer|contact you|be in touch)|"
    r"(?:and|we'll) (?:will )?(?:get back to you|respond|be in touch) (?:within|as soon as|shortly)|your (?:e-?mail|"
    r"request|message|ticket|case|enquiry|inquiry) will be (?:answered|processed|handled|reviewed|dealt)|we're on it"
)
_LINK = re.compile(r"\bhttps?://\S+")

_ABSENT_WORDS = (
    r"\bi(?:'m| am) ooo\b|no longer (?:works?|working|employed) (?:at|for|here|with|by)|no longer with the company|"
    # en
    r"\b(?:i am|i'm|i will be|i'll be)\b[^.!?§]{0,40}?(?:\bout of (?:the |my )?(?:office|country)|\baway(?: from "
    r"(?:the|my) (?:office|desk|e-?mail|mail))?\b|on (?:\w+ )?"
    r"(?:leave|vacation|holidays?|a business trip|pto|furlough|sabbatical)|travel+ing|not in the office|out (?:until|"
    r"till|from|on)|unavailable)|"
    r"^(?:currently )?(?:out of (?:the )?office|on (?:annual |maternity )?(?:leave|vacation))\b|(?:no longer|don't|"
    r"do not) work (?:at|for|here|with)|has left "
    r"the company|"
    # de
    r"\b(?:ich (?:bin|befinde mich|werde)|bin ich|bin)\b[^.!?§]{0,60}?(?:nicht (?:im (?:büro|haus|hause)|am "
    r"arbeitsplatz|erreichbar|anwesend|da\b)|abwesend|au(?:ß|ss)er haus|"
    r"auf dienstreise|(?:im|in) (?:\w+ )?(?:urlaub|elternzeit|mutterschutz|krankenstand)|wieder (?:erreichbar|im "
    r"büro|da\b))|nicht mehr (?:im unternehmen|"
    r"bei \S+ (?:tätig|beschäftigt))|"
    # es, pt
    r"\b(?:estoy|estaré|me encuentro|me encontraré)\b[^.!?§]{0,40}?(?:fuera|ausente|de vacaciones|de viaje|de baja|"
    r"de permiso)|\b(?:estou|estarei|encontro-me)\b"
    r"[^.!?§]{0,40}?(?:fora|ausente|de férias|em viagem|de licença)|"
    # fr, it
    r"\bje (?:suis|serai)\b[^.!?§]{0,50}?(?:absente?|en (?:congés?|vacances|déplacement)|hors (?:du|de mon) bureau|"
    r"indisponible)|actuellement absente?|"
    r"\b(?:sono|sarò)\b[^.!?§]{0,40}?(?:assente|fuori (?:sede|ufficio)|in (?:ferie|vacanza|viaggio|trasferta|"
    r"maternità))|"
    # nl
    r"\bik (?:ben|zal)\b[^.!?§]{0,50}?(?:niet (?:op|aanwezig|bereikbaar)|afwezig|(?:met|op) (?:vakantie|verlof)|met "
    r"zwangerschapsverlof)|"
    # pl, cs
    r"(?:jestem|będę|przebywam)\b[^.!?§]{0,40}?(?:poza biurem|nieobecn|na urlopie|niedostępn)|(?:jsem|"
    r"budu)\b[^.!?§]{0,40}?(?:mimo kancelář|nepřítom|na dovolené)|"
    # sv, da, no
    r"\b(?:jag är|jag kommer att vara|jeg er|jeg vil være)\b[^.!?§]{0,50}?(?:frånvarande|inte (?:på plats|på "
    r"kontoret|anträffbar)|på (?:semester|ferie|tjänsteresa)|"
    r"tjänstledig|föräldraledig|fraværende|ikke (?:på kontoret|til stede|tilstede)|bortrest|borte|ute av kontoret|"
    r"ledig)|"
    # fi
    r"\b(?:olen|olemme)\b[^.!?§]{0,40}?(?:poissa|lomalla|vuosilomalla|matkoilla|tavoitettavissa vasta)|"
    # ru
    r"(?:я )?(?:нахожусь|буду|сейчас)?\s?(?:в отпуске|в командировке|вне офиса|отсутству(?:ю|ет)|нет на (?:рабочем "
    r")?месте)|"
    # tr
    r"(?:ofis dışında|izinde|yıllık izinde|tatilde)(?:yim|yım| olacağım)|"
    # zh, ja
    r"我(?:现在|目前|正在|将)?[^。\n]{0,12}(?:不在办公室|休假|出差|外出|度假)|(?:目前|現在)(?:我)?(?:休假|"
    r"不在辦公室|出差)|(?:外出|出張|休暇|不在)(?:中です|にしております|"
    r"しております|"
    r"をいただいて|となります|のため)|(?:お休み|夏季休暇|休暇)を(?:頂|いただ)|"
    # ko, vi, th, id
    r"(?:휴가|부재|출장|연차|휴직) ?중|자리를 비(?:우|웠)|(?:đang|sẽ) (?:nghỉ phép|đi công tác|vắng mặt)|"
    r"ลา(?:พักร้อน|หยุด|ป่วย)|"
    r"ไม่อยู่ที่(?:สำนักงาน|ออฟฟิศ)|\b(?:saya )?(?:sedang|akan) cuti\b|tidak berada di kantor|"
    # da, is, tr
    r"\bjeg holder (?:ferie|fri)|ég (?:er|verð) í (?:fríi|orlofi)|\b(?:izinli|tatilde|raporlu)(?:yim|yım)\b|ofiste "
    r"(?:olmayacağım|değilim)|"
    # el, hu, ro
    r"(?:θα )?(?:απουσιάζω|λείπω|βρίσκομαι σε άδεια)|είμαι (?:σε άδεια|εκτός γραφείου)|"
    r"szabadságon (?:vagyok|leszek)|(?:vagyok|leszek) szabadságon|nem (?:vagyok|leszek) az irodában|házon kívül "
    r"(?:vagyok|leszek)|"
    r"\b(?:sunt|voi fi|mă aflu) (?:în (?:concediu|delegație)|plecat)|nu (?:sunt|voi fi) (?:la|în) birou|"
    # uk, bg
    r"(?:я |буду |перебуваю |зараз )(?:у|в) (?:відпустці|відрядженні)|буду відсутн|(?:в|във) (?:отпуск|командировка|"
    r"отпуска) съм|съм (?:в отпуск|извън офиса)|"
    # hr, sr, sl, sk
    r"\bna (?:godišnjem )?(?:sam )?(?:godišnjem )?odmoru\b|\bizvan (?:sam )?ureda\b|(?:nisam|nisem) (?:u uredu|u "
    r"kancelariji|v pisarni)|\b(?:sem|bom) (?:na dopustu|odsot)|"
    r"\bna godišnjem (?:sam )?odmoru|\bsom (?:na dovolenke|mimo kancelárie|na pn)|"
    # lt, lv, et
    r"\besu (?:atostogose|išvykęs|komandiruotėje)|\batostogauju\b|\besmu (?:atvaļinājumā|komandējumā)|\bolen "
    r"(?:puhkusel|kontorist väljas|lähetuses)|"
    # ca
    r"\b(?:estic|estaré|soc|seré) (?:fora|de vacances|absent)|"
    # he, ar, fa, hi
    r"(?:אני|אהיה) (?:בחופשה|בחופש|מחוץ למשרד|לא במשרד)|(?:أنا|سأكون|أكون) (?:حاليا |حالياً )?(?:خارج المكتب|في إجازة|"
    r"في اجازة)|(?:در مرخصی|خارج از دفتر) (?:هستم|خواهم)|छुट्टी पर (?:हूँ|हूं|रहूँगा|रहूंगा)"
)
_IN_SENTENCE = r"(?:[^.!?]|(?<=\d)\.|\.(?=\S))"  # a date's full stop ends none
_ABSENT = Sieve(_ABSENT_WORDS.replace("[^.!?§]", _IN_SENTENCE), wider=_ABSENT_WORDS.replace("[^.!?§]", "[^!?]"))
_PAST = re.compile(
    r"\b(?:was|were|have been|had been|just (?:got )?back|i am back|i'm back|war|waren|bin zurück|estuve|étais|ero|"
    r"was ik)\b|\bbut\b|\baber\b"
)
_COMES_WITH_IT = re.compile(
    r"\b(?:until|till|return\w*|back (?:in|on|at|to)|from \d|through|starting|urgent|emergenc\w+|immediate|contact|"
    r"in my absence|absence|limited access|no access|"
    r"forwarded|upon|when i|as soon as|thank(?:s| you) for (?:your|the) (?:e-?mail|message|mail)|reaching out|"
    r"colleague|reach me|"
    r"e-?mails?|respond|reply|regards|"
    r"bis (?:zum|einschlie)|wieder|dringend\w*|vertret\w+|kollege\w*|weitergeleitet|wende\w*|danke|vielen dank|"
    r"nachricht|rückkehr|zurück|antwort\w*|erreichbar|"
    r"grüße\w*|grüßen|hasta|regres\w+|urgent\w*|contact\w+|gracias|mensaje|volver\w*|jusqu\w*|retour|merci|urgence|"
    r"joindre|répond\w+|courriels?|até|retorno|"
    r"obrigad[oa]|fino al|rientr\w+|ritorno|grazie|tot|terug|dringende|bedankt|do dnia|wrócę|powr\w+|pilnych|"
    r"dziękuję|till|åter|tillbaka|tilbake|tilbage|brådskande|"
    r"haste\w*|takaisin|palaan|kiireelli\w+|do \d|zpět|urgentní\w*|naléhav\w+|до \d|вернусь|срочн\w+|спасибо|"
    r"kontakt\w*|mellemtiden|kadar|acil|teşekkür\w*|döneceğim)\b|\d{1,2}[./-]\d{1,2}|"
    r"\b20\d\d\b|\S@\S|\+?\d[\d /()-]{6,}|紧急|返回|联系|回来|回復|回复|戻り|ご連絡|緊急|至急|返信|\d+月\d+日|"
    r"\d+ ?월 ?\d+ ?일|까지|연락|긴급|급한|khẩn|gấp|liên hệ|ติดต่อ|ด่วน|hubungi|mendesak|μέχρι|επείγ|επικοινων|"
    r"sürgős|keress|"
    r"urgenț|contacta|"
    r"până|термінов|звертай|спешн|свържете|hitn|kontaktira|nujn|súrn|naliehav|skubi|kreipki|steidzam|kiire|fins |"
    r"urgènci|contacteu|"
    r"דחופ|עד |عاجل|حتى|للأمور|فوری|तक |संपर्क"
)
_GREETING = re.compile(
    r"(?:hi|hello|dear|good (?:morning|day|afternoon)|hallo|guten tag|sehr geehrte\w*|liebe\w*|hola|buenos días|"
    r"estimad\w+|bonjour|madame|monsieur|olá|prezad\w+|"
    r"ciao|buongiorno|gentile|beste|geachte|hej|hei|szanown\w+|dzień dobry|witam|dobrý den|здравствуйте|добрый день|"
    r"уважаем\w+|merhaba|sayın|您好|你好|"
    r"mit freundlichen|viele grüße|best|kind|regards|cordialement|saludos|atentamente|sincerely|thanks|thank you|"
    r"danke|merci|gracias|cheers|mvh|hälsningar)\b"
)


def is_notice(subject: str, new_text: str) -> str:
    """Why a mail is an absence notice or an acknowledgement, or ""."""
    told = _plain(subject[:200]).strip("*-=~_ ")
    if _AWAY_SUBJECT.match(told) and not (_PLAIN_NOUN.match(told) and not _text_agrees(new_text)):
        return BY_SUBJECT
    if _IN_BRACKETS.match(told) and not _PLAIN_NOUN.match(told[1:]):
        return BY_SUBJECT
    if _REPORTED_SUBJECT.match(told) or (_WEAK_SUBJECT.match(told) and _says_absent(new_text)):
        return BY_SUBJECT
    text = _lines(_LINK.sub("", new_text) if "://" in new_text else new_text)
    if not text or "?" in text or "？" in text:
        return ""
    if _is_to_nobody(text) or (_RECEIPT_SUBJECT.match(told) and _READ_IT.search(text)):
        return "RFC 3834 the text is a machine's"
    if _REPLY_LINE.search(text) and (_RECEIVED.search(text) or _ACKNOWLEDGED_SUBJECT.match(told)):
        return "RFC 3834 a ticket system acknowledges"
    if _SAYS_AUTOMATIC.search(text) and (
        _ABSENT.search(text) or _RECEIVED.search(text) or _ACKNOWLEDGED_SUBJECT.match(told)
    ):
        return "RFC 3834 the text says that it is an automatic reply"
    acknowledges = _ACKNOWLEDGED_SUBJECT.match(told) or _CONTACTING.search(text) or _WILL_ANSWER.search(text)
    if acknowledges and _RECEIVED.search(text):
        return "RFC 3834 an acknowledgement"
    return "RFC 3834 the text is an absence notice's" if _is_all_about_absence(text) else ""


def _is_to_nobody(text: str) -> bool:
    if not _TO_NOBODY.suspects(text):
        return False
    told = ((each, _TO_NOBODY.search(each)) for each in _sentences(text))
    return any(found and found.start() <= _BEFORE_IT and not _OTHERS_SAY.search(each) for each, found in told)


def _text_agrees(new_text: str) -> bool:
    text = _lines(new_text)
    return not text.strip() or bool(_ABSENT.search(text) or _SAYS_AUTOMATIC.search(text) or _RECEIVED.search(text))


def _says_absent(new_text: str) -> bool:
    text = _lines(new_text)
    return "?" not in text and any(map(_is_away, _sentences(text)))


def _is_away(sentence: str) -> bool:
    return _ABSENT.search(sentence) is not None and _PAST.search(sentence) is None


def _plain(text: str) -> str:
    return unicodedata.normalize("NFC", " ".join(text.split())).casefold().replace("\u2019", "'")


def _lines(text: str) -> str:
    """The text in lower case, its line breaks kept; a very long one is no notice."""
    if len(text) > _LONGEST_TEXT:
        return ""
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return unicodedata.normalize("NFC", "\n".join(lines)).lower().replace("\u2019", "'")


def _is_all_about_absence(text: str) -> bool:
    """Whether somebody is away now, and nothing is said but that, until when, and whom to ask meanwhile."""
    if not _ABSENT.suspects(" ".join(text.split())):
        return False
    sentences = list(_sentences(text))
    if len(sentences) > _MOST_SENTENCES or not any(map(_is_away, sentences[:3])):
        return False
    away = [number for number, each in enumerate(sentences) if _is_away(each)]
    others = [each for number, each in enumerate(sentences) if number not in away]
    strange = [each for each in others if not (_COMES_WITH_IT.search(each) or _GREETING.match(each) or len(each) < 25)]
    told_more = any(_COMES_WITH_IT.search(each) for each in sentences)
    return told_more and len(strange) <= len(sentences) // 4


def _sentences(text: str) -> Iterator[str]:
    """The sentences; a line that is broken in the middle of one goes on in the next."""
    for paragraph in re.split(r"\n\s*\n", text):
        for sentence in re.split(r"(?<=[.!。])(?<!\d\.)\s+|(?<=[。！])", " ".join(paragraph.split())):
            if sentence.strip(" .!,-_*"):
                yield sentence.strip()
