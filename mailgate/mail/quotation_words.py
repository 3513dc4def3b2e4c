"""The words by which mail programs say who wrote what they quote, language by language (spec/mail.md 2).

Compared in the form that `plain` gives them: without case and accents. Languages follow each other in no order; a word
that two of them share stands once.
"""

from mailgate.mail.plain import plain


def _phrases(text: str) -> tuple[str, ...]:
    """The phrases of a table, plain, each once, the longest first."""
    found = {plain(phrase) for line in text.splitlines() for phrase in line.split("|")} - {""}
    return tuple(sorted(found, key=lambda phrase: (-len(phrase), phrase)))


LABELS: dict[str, str] = {  # of the head that is written above a quoted mail
    phrase: kind
    for kind, text in {
        "from": """\
from|von|de|da|van|od|från|fra|lähettäjä|keneltä|от|от кого|отправитель|від|від кого|kimden|gönderen
de la part de|发件人|发信人|寄件人|寄件者|發件人|差出人|送信者|보낸사람|보낸 사람|발신자|feladó|küldő|από|מאת
de la|expeditor|šalje|من|afzender|odesílatel|odosielateľ|remetente|expéditeur|mittente|absender|avsändare
afsender|avsender|nadawca|remitente|từ|dari|จาก|saatja|шаље|nuo|siuntėjas|sūtītājs|kellelt|daripada|nork|igorlea
प्रेषक|از|од|кімнен|nga|kimdən|ад|mula kay|발신|frá|pošiljatelj""",
        "date": """\
sent|date|date sent|on|gesendet|gesendet am|datum|enviado|enviado el|enviado em|enviada|enviada em|fecha
fecha de envío|envoyé|envoyé le|date d'envoi|message du|data|data de envio|inviato|inviato il|data invio|verzonden
verzonden op|verzonddatum|wysłano|wysłane|data wysłania|skickat|skickat den|sendt|sendt den|dato|lähetetty
päiväys|päivämäärä|pvm|odesláno|odoslané|dátum|отправлено|дата|дата отправки|надіслано|gönderildi
gönderme tarihi|gönderim tarihi|gönderilme tarihi|tarih|发送时间|发送日期|发件时间|发信时间|日期|时间|時間
寄件日期|傳送時間|發送時間|傳送日期|送信日時|送信日|日付|日時|보낸날짜|보낸 날짜|보낸시간|보낸 시간|날짜|발신일
elküldve|küldve|στάλθηκε|εστάλη|ημερομηνία|נשלח|תאריך|trimis|trimis la|изпратено|poslano|التاريخ|đã gửi|ngày
dikirim|tanggal|ส่ง|วันที่|saadetud|kuupäev|expediat|poslato|послато|išsiųsta|siųsta|nosūtīts|تاريخ الإرسال|تم الإرسال
ส่งเมื่อ|terkirim|dihantar|enviat|enviat el|bidalia|bidalita|भेजा गया|दिनांक|ارسال شده|تاریخ|испратено|gestuur
жіберілген
dërguar|göndərildi|адпраўлена|ipinadala|발신일시|보낸 일시""",
        "to": """\
to|an|para|pour|à|a|aan|do|till|til|vastaanottaja|kenelle|komu|pro|кому|получатель|kime|alıcı|收件人|收信人
收件者|宛先|받는사람|받는 사람|수신자|수신인|címzett|προς|אל|נמען|către|catre|до|за|za|prima|إلى|đến|tới|kepada
ถึง|empfänger|destinatario|destinatário|destinataire|sent to|saaja|kam|gavėjas|adresāts|adressaat|kellele|per a|nori
hartzailea|प्रति|به|кімге|për|kimə|каму|kay|ke|прима|primatelj""",
        "subject": """\
subject|betreff|asunto|objet|sujet|assunto|oggetto|onderwerp|temat|ämne|emne|aihe|předmět|predmet|тема|konu|主题
主旨|主題|標題|件名|제목|tárgy|θέμα|נושא|subiect|subiectul|относно|الموضوع|chủ đề|tiêu đề|subjek|perihal|เรื่อง
re|assumpte|teema|naslov|thema|tēma|gaia|विषय|موضوع|предмет|тақырып|mövzu|тэма|paksa|zadeva|efni""",
        "other": """\
cc|bcc|cci|cco|ccn|kopie|kopia|kopi|kopio|copie|copie à|copia|cópia|másolat|копия|копія|bilgi|抄送|副本|参照|密送|참조
숨은참조|mailto|dw|udw|reply to|antwort an|responder a|répondre à|rispondi a|importance|wichtigkeit|importancia
importanza|priority|priorität|prioridad|attachments|attachment|anlagen|anlage|anhang|anhänge|pièces jointes
pièce jointe|adjuntos|datos adjuntos|anexos|allegati|bijlagen|załączniki|bilagor|vedhæftede filer|vedlegg
liitteet|přílohy|вложения|ekler|附件|添付ファイル|첨부|organization|sender|received|sensitivity|categories
classification|folder|newsgroups|when|where|date received|signed by|mailed by|kopija|cc'd""",
    }.items()
    for phrase in _phrases(text)
}

ORIGINAL = _phrases("""\
original message|original|original email|original e-mail|original mail|original appointment|your message
previous message|previous replies|previous discussion|previous conversation|previous messages|reply separator
replied message|reply message|quoted message|message history|conversation history|in reply to|start original message
begin original message|originalnachricht|original-nachricht|original nachricht|originalmail|original-mail
ursprüngliche nachricht|ursprüngliche mail|ursprüngliche e-mail|vorherige nachricht|antwort nachricht|originaltermin
ursprünglicher termin|mensaje original|mensaje anterior|correo original|correo electrónico original
mensaje inicial|respuesta anterior|message d'origine|message original|message initial|message précédent
courriel d'origine|e-mail d'origine|mail original|mensagem original|mensagem anterior|e-mail original
messaggio originale|messaggio originario|email originale|messaggio precedente|oorspronkelijk bericht
oorspronkelijke bericht|origineel bericht|originele bericht|oorspronkelijke e-mail|oryginalna wiadomość
wiadomość oryginalna|wiadomość pierwotna|oryginalny e-mail|originalmeddelande|ursprungligt meddelande
ursprungligt mejl|ursprungsmeddelande|oprindelig meddelelse|oprindelig besked|original meddelelse
original besked|oprindelig mail|opprinnelig melding|original melding|originalmelding|opprinnelig e-post
alkuperäinen viesti|alkuperäinen sähköposti|původní zpráva|originální zpráva|původní e-mail|pôvodná správa
originálna správa|исходное сообщение|исходное письмо|оригинальное сообщение|первоначальное сообщение
вихідне повідомлення|оригінальне повідомлення|orijinal ileti|orijinal mesaj|orjinal mesaj|özgün ileti
orijinal e-posta|asıl mesaj|原始邮件|原邮件|回复的原邮件|邮件原件|原始信息|原始消息|原始郵件|原始訊息
元のメッセージ|オリジナルメッセージ|元メール|원본 메시지|원본 메일|원본 이메일|원본메시지|원본메일|eredeti üzenet
eredeti levél|αρχικό μήνυμα|πρωτότυπο μήνυμα|הודעה מקורית|ההודעה המקורית|mesaj original|mesajul original
оригинално съобщение|originalna poruka|izvorna poruka|izvorno sporočilo|missatge original|pesan asli|thư gốc
algne kiri|الرسالة الأصلية|ข้อความต้นฉบับ""")

FORWARDED = _phrases("""\
forwarded message|forwarded mail|forwarded email|forwarded by|begin forwarded message|start of forwarded message
forwarded|weitergeleitete nachricht|weitergeleitete mail|weitergeleitete e-mail|anfang der weitergeleiteten
weitergeleitet von|beginn der weitergeleiteten|mensaje reenviado|inicio del mensaje reenviado|reenviado por
correo reenviado|message transféré|message réexpédié|début du message|transféré par|mail transféré
e-mail transféré|faire suivre|messaggio inoltrato|inizio messaggio inoltrato|inoltrato da
inizio del messaggio inoltrato|mensagem encaminhada|mensagem reencaminhada|início da mensagem|encaminhado por
doorgestuurd bericht|doorgestuurde bericht|begin doorgestuurd bericht|doorgestuurd door|doorgezonden bericht
wiadomość przekazana|przekazana wiadomość|przekazywanej wiadomości|przesłana dalej|przesyłana dalej
vidarebefordrat|vidarebefordrad|videresendt|videresend|välitetty viesti|edelleenlähetetty|lähetetty edelleen
přeposlaná zpráva|přeposílané zprávy|přeposlan|preposlaná|пересылаемое сообщение|пересланное сообщение
перенаправленное сообщение|переадресованного сообщения|пересылаемого сообщения|пересылаемое письмо
пересланное письмо|переслане повідомлення|iletilen ileti|iletilmiş mesaj|iletilen mesaj|yönlendirilen
iletinin başlangıcı|转发邮件信息|转发的邮件|转发邮件|转发信息|转发开始|轉寄郵件|轉寄的郵件|轉寄信件|開始轉寄
転送されたメッセージ|転送メッセージ|転送されたメール|転送メール|전달된 메시지|전달된 메일|전달 메시지
továbbított üzenet|továbbított levél|προωθημένο μήνυμα|הודעה מועברת|הודעות מועברות|הודעה שהועברה
mesaj redirecționat|препратено съобщение|proslijeđena poruka|prosleđena poruka|posredovano sporočilo
missatge reenviat|pesan terusan|pesan yang diteruskan|edastatud kiri|رسالة معاد توجيهها""")

WROTE = _phrases("""\
wrote|writes|has written|schrieb|schrieben|geschrieben|schreibt|escribió|escribio|escribe|ha escrito|a écrit
écrit|a ecrit|écrivait|escreveu|escreve|ha scritto|scritto|scrisse|scrive|schreef|geschreven|napisał|napisała
napisał(a)|napisal(a)|napisano|napisana przez|pisze|skrev|har skrivit|skriver|kirjoitti|kirjoittaa|napsal
napsala|napsal(a)|píše|napísal|napísala|napísal(a)|написал|написала|написал(а)|написав|написала(в)|написав(ла)
пишет|писал|писала|пише|написа|yazdı|yazmış|şunu yazdı|şunları yazdı|írta|ezt írta|έγραψε|έγραψαν|a scris
ha escrit|viết|sinulat ni|idatzi du|missatge de|napisao|napisao/la|je napisal|va escriure|kirjutas|rašė
rakstīja|đã viết|menulis""")

WROTE_UNSPACED = _phrases("""\
نوشت|تمت كتابة ما يلي بواسطة|ने लिखा|쓴 글|写道|寫道|写到|写信|書きました|書いた|のメール|のメッセージ
님이 작성|작성|님이 쓴|썼습니다|님의 말|כתב|כתבה|كتب
เขียนว่า|เขียน""")

OPENERS = _phrases("""\
on|at|am|le|el|il|em|op|den|dnia|w dniu|dne|dňa|в|у|на|pada|vào lúc|la|στις|在|于|於|il giorno|el día|no dia
a les|la data de|בתאריך""")

QUOTING = _phrases(
    "quoting|zitat von|citando a|citando|citat från|cytowanie|citace|quoto|цитирую|citation de|mengutip|selon|citerar"
)
