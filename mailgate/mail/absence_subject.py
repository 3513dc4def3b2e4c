"""Subjects of absence notices and automatic replies, in the languages that mail programs speak.

Some only a program writes ("Automatic reply: your subject"); others people write too, and the text decides
(mailgate/mail/absence.py). Compared in lower case, blanks as one. Bounded; total.
"""

import re
from typing import Literal

Subject = Literal["program", "notice", "noun", "weak", ""]

# What Exchange and Outlook write before the subject that they answer, and what other programs and providers do.
_REPLIES = """\
automatic reply|automatic response|automatic answer|automated reply|automated response|auto reply|auto response
automatische antwort|automatische abwesenheitsnotiz|abwesenheitsnotiz|abwesenheitsmeldung|abwesenheitsnachricht
abwesenheitsbenachrichtigung|abwesenheitsmitteilung|abwesenheitshinweis|réponse automatique|réponse auto
répondeur automatique|respuesta automática|respuesta automatica|autorespuesta|contestación automática
contestador automático|risposta automatica|risponditore automatico|resposta automática|resposta automatica
autoresposta|resposta automàtica|erantzun automatikoa|automatisch antwoord|automatische reactie
automatisch bericht|outomatiese antwoord|automatisk svar|automatiskt svar|autosvar|autosvar fra|automatisk besvarelse
sjálfvirkt svar|automaattinen vastaus|automaattivastaus|automaattinen poissaoloilmoitus|odpowiedź automatyczna
automatyczna odpowiedź|automatyczna odpowiedz|autoodpowiedź|autoresponder|automatická odpověď|automatická odpoveď
automatikus válasz|automatikus üzenet|răspuns automat|raspuns automat|автоматичен отговор|automatski odgovor
аутоматски одговор|автоматски одговор|samodejni odgovor|αυτόματη απάντηση|otomatik yanıt|otomatik cevap|otomati̇k yanit
avtomatik cavab|автоматический ответ|автоматическое уведомление|автоответ|автоответчик|автоматична відповідь
автовідповідь|аўтаматычны адказ|автоматты жауап|ავტომატური პასუხი|ինքնաշխատ պատասխան|automaatvastus
automaatne vastus|automātiskā atbilde|automātiska atbilde|automatinis atsakymas|automatinis atsakas
përgjigje automatike|përgjigjje automatike|freagra uathoibríoch|ymateb awtomatig|tweġiba awtomatika
תשובה אוטומטית|מענה אוטומטי|תגובה אוטומטית|رد تلقائي|الرد التلقائي|رد آلي|پاسخ خودکار|خودکار جواب
स्वचालित उत्तर|स्वत: उत्तर|स्वचालित जवाब|স্বয়ংক্রিয় উত্তর|தானியங்கு பதில்|ตอบกลับอัตโนมัติ|การตอบกลับอัตโนมัติ
trả lời tự động|thư trả lời tự động|balasan otomatis|jawaban otomatis|balasan automatik|awtomatikong tugon
自动答复|自动回复|自動答覆|自動回覆|自動回復|自動応答|自動返信|自動返信メール
자동 회신|자동 응답|자동회신|자동응답|자동 답장
out of office autoreply|out of office auto-reply|out of office reply|vacation reply|yahoo! auto response"""
# The same of one who is away: people write these too, when they ask about their own.
_ABSENCES = """\
absent(e) du bureau|absent du bureau|message d'absence du bureau|ofis dışında
hors du bureau|afwezig op kantoor|niet aanwezig|ikke til stede|ikke tilstede
ude af kontoret|poissa|poissaoloviesti|mimo kanceláře|mimo kancelárie|mimo kancelárii|házon kívül|irodán kívül
távolléti értesítő|távolléti üzenet|в офисе отсутствую|нет на рабочем месте|отсутствую на рабочем месте|поза офісом
не в офісі|извън офиса|în afara biroului|absent din birou|izvan ureda|van kancelarije|odsoten|odsotnost
εκτός γραφείου|απουσία από το γραφείο|işyeri dışında|i̇şyeri dışında|ofis dışı|kontorist väljas|ne biure|prombūtnē
fora de l'oficina|bulegotik kanpo|מחוץ למשרד|הודעת היעדרות|خارج المكتب|خارج از دفتر|कार्यालय से बाहर|ไม่อยู่ที่สำนักงาน
ngoài văn phòng|vắng mặt|di luar kantor|luar pejabat|不在办公室|不在辦公室|休假中
外出不在|不在中|부재 중|부재중|휴가중"""


def _any_of(table: str) -> str:
    phrases = {phrase for line in table.splitlines() for phrase in line.split("|")} - {""}
    return "|".join(re.escape(each.casefold()) for each in sorted(phrases, key=len, reverse=True))


_TAG = r"(?:\[[^\]]{1,40}\] ?|\(external\) ?|ext: ?){0,2}"
_NOTICE = (
    rf"{_any_of(_REPLIES)}|{_any_of(_ABSENCES)}|"
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
_ANSWERED = r"(?:re|aw|sv|tr|odp|rif|vs|antw|ynt|回复|답장)"
_BY_A_PROGRAM = re.compile(
    rf"{_TAG}(?:{_any_of(_REPLIES)})(?: ?[:：]| {_ANSWERED} ?[:：])|"
    rf"{_TAG}(?:{_NOTICE}|auto) ?[:：-]? ?{_ANSWERED} ?[:：]|"
    rf"[\[(](?:{_any_of(_REPLIES)})[\])]"
)
_AT_THE_END = re.compile(rf"[^\[(]{{1,150}}[\[(](?:{_any_of(_REPLIES)}|ooo|out of office)[\])]$")


def reads_as(told: str) -> Subject:
    """Who writes a subject like that: a program; one who is away, or asks about his notice; or anybody ("noun": the
    text has to say that it is one; "weak": that he is away). `told`: in lower case, without signs around it.
    """
    if _BY_A_PROGRAM.match(told) or _REPORTED_SUBJECT.match(told) or _AT_THE_END.match(told):
        return "program"
    plain_noun = _PLAIN_NOUN.match(told.lstrip("[("))
    if _AWAY_SUBJECT.match(told):
        return "noun" if plain_noun else "notice"
    if _IN_BRACKETS.match(told) and not plain_noun:
        return "notice"
    return "weak" if _WEAK_SUBJECT.match(told) else ""
