"""Answers as mail programs write them, in many languages: what was typed, what is quoted, what is a signature.

All of it was made up here. Each program stands with its own words for who wrote what it quotes.
"""

import pytest

from mailgate.mail.parse import parse
from mailgate.mail.split import split

TYPED = "Hello Nina,\n\nthe second one is wrong: 2 licences: one too many.\nPlease send it again?"
OLD = "Dear Ana,\n\nwhich of the two invoices is wrong?\n\nKind regards\nNina Costa"
MARKED = "\n".join(f"> {line}".rstrip() for line in OLD.split("\n"))

ATTRIBUTIONS = {  # above what is marked with ">"
    "thunderbird en": "On 02/03/2026 10:00, Nina Costa wrote:",
    "thunderbird en us": "On 3/2/26 10:00 AM, Nina Costa wrote:",
    "thunderbird de": "Am 02.03.26 um 10:00 schrieb Nina Costa:",
    "thunderbird fr": "Le 02/03/2026 à 10:00, Nina Costa a écrit :",
    "thunderbird es": "El 2/3/26 a las 10:00, Nina Costa escribió:",
    "thunderbird it": "Il 02/03/2026 10:00, Nina Costa ha scritto:",
    "thunderbird pt": "Em 02/03/2026 10:00, Nina Costa escreveu:",
    "thunderbird nl": "Op 02-03-2026 om 10:00 schreef Nina Costa:",
    "thunderbird pl": "W dniu 2.03.2026 o 10:00, Nina Costa pisze:",
    "thunderbird sv": "Den 2026-03-02 kl. 10:00, skrev Nina Costa:",
    "thunderbird da": "Den 02-03-2026 kl. 10:00 skrev Nina Costa:",
    "thunderbird fi": "Nina Costa kirjoitti 2.3.2026 klo 10.00:",
    "thunderbird cs": "Dne 02. 03. 26 v 10:00 Nina Costa napsal(a):",
    "thunderbird ru": "02.03.2026 10:00, Nina Costa пишет:",
    "thunderbird tr": "2.03.2026 10:00 tarihinde Nina Costa yazdı:",
    "thunderbird ja": "On 2026/03/02 10:00, Nina Costa wrote:",
    "thunderbird zh": "在 2026/3/2 10:00, Nina Costa 写道:",
    "thunderbird hu": "2026. 03. 02. 10:00 keltezéssel, Nina Costa írta:",
    "thunderbird el": "Στις 2/3/26 10:00, ο/η Nina Costa έγραψε:",
    "thunderbird ko": "2026-03-02 오전 10:00에 Nina Costa 이(가) 쓴 글: 작성:",
    "gmail en": "On Mon, 2 Mar 2026 at 10:00, Nina Costa via Support <support@example.com>\nwrote:",
    "gmail de": "Am Mo., 2. März 2026 um 10:00 Uhr schrieb Nina Costa via Support <\nsupport@example.com>:",
    "gmail fr": "Le lun. 2 mars 2026 à 10:00, Nina Costa via Support <support@example.com>\na écrit :",
    "gmail es": "El lun, 2 mar 2026 a las 10:00, Nina Costa via Support (<\nsupport@example.com>) escribió:",
    "gmail it": "Il giorno lun 2 mar 2026 alle ore 10:00 Nina Costa via Support <\nsupport@example.com> ha scritto:",
    "gmail pt": "Em seg., 2 de mar. de 2026 às 10:00, Nina Costa <support@example.com>\nescreveu:",
    "gmail nl": "Op ma 2 mrt 2026 om 10:00 schreef Nina Costa <support@example.com>:",
    "gmail pl": "pon., 2 mar 2026 o 10:00 Nina Costa via Support <support@example.com>\nnapisał(a):",
    "gmail sv": "Den mån 2 mars 2026 kl 10:00 skrev Nina Costa <support@example.com>:",
    "gmail no": "man. 2. mars 2026 kl. 10:00 skrev Nina Costa <support@example.com>:",
    "gmail fi": "ma 2. maalisk. 2026 klo 10.00 Nina Costa (support@example.com) kirjoitti:",
    "gmail cs": "po 2. 3. 2026 v 10:00 odesílatel Nina Costa <support@example.com>\nnapsal:",
    "gmail ru": "пн, 2 мар. 2026 г. в 10:00, Nina Costa <support@example.com>:",
    "gmail uk": "пн, 2 бер. 2026 р. о 10:00 Nina Costa <support@example.com> пише:",
    "gmail tr": "Nina Costa <support@example.com>, 2 Mar 2026 Pzt, 10:00 tarihinde şunu\nyazdı:",
    "gmail zh": "Nina Costa <support@example.com> 于2026年3月2日周一 10:00写道：",
    "gmail ja": "2026年3月2日(月) 10:00 Nina Costa <support@example.com>:",
    "gmail ko": "2026년 3월 2일 (월) 오전 10:00, Nina Costa <support@example.com>님이 작성:",
    "gmail he": "\u202bבתאריך יום ב׳, 2 במרץ 2026 ב-10:00 מאת \u202aNina Costa\u202c\u200f <\u202asupport@example.com\u202c\u200f>:\u202c",
    "gmail hu": "Nina Costa <support@example.com> ezt írta (időpont: 2026. márc. 2., H, 10:00):",
    "gmail el": "Στις Δευ 2 Μαρ 2026 στις 10:00, ο χρήστης Nina Costa <support@example.com>\nέγραψε:",
    "apple mail en": "On 2 Mar 2026, at 10:00, Nina Costa via Support <support@example.com> wrote:",
    "apple mail us": "On Mar 2, 2026, at 10:00\u202fAM, Nina Costa wrote:",
    "apple mail de": "Am 02.03.2026 um 10:00 schrieb Nina Costa <support@example.com>:",
    "apple mail fr": "Le 2 mars 2026 à 10:00, Nina Costa <support@example.com> a écrit :",
    "apple mail es": "El 2 mar 2026, a las 10:00, Nina Costa <support@example.com> escribió:",
    "apple mail nl": "Op 2 mrt 2026, om 10:00 heeft Nina Costa <support@example.com> het volgende geschreven:",
    "apple mail sv": "2 mars 2026 kl. 10:00 skrev Nina Costa <support@example.com>:",
    "apple mail da": "Den 2. mar. 2026 kl. 10.00 skrev Nina Costa <support@example.com>:",
    "apple mail pl": "Wiadomość napisana przez Nina Costa <support@example.com> w dniu 02.03.2026, o godz. 10:00:",
    "apple mail ru": "2 марта 2026 г., в 10:00, Nina Costa <support@example.com> написал(а):",
    "apple mail ja": "2026/03/02 10:00、Nina Costa <support@example.com>のメール:",
    "apple mail pt": "Em 2 de mar. de 2026, à(s) 10:00, Nina Costa <support@example.com> escreveu:",
    "mutt": "On Mon, Mar 02, 2026 at 10:00:00AM +0100, Nina Costa wrote:",
    "neomutt de": "Nina Costa schrieb am Mo, 02. Mär 2026, 10:00:",
    "gnus": "Nina Costa <support@example.com> writes:",
    "claws": "On Mon, 2 Mar 2026 10:00:00 +0100\nNina Costa <support@example.com> wrote:",
    "kmail de": "Am Montag, 2. März 2026, 10:00:00 CET schrieb Nina Costa:",
    "evolution": "On Mon, 2026-03-02 at 10:00 +0100, Nina Costa wrote:",
    "roundcube fr": "Le 2026-03-02 10:00, Nina Costa a écrit :",
    "roundcube pt": "Em 2026-03-02 10:00, Nina Costa escreveu:",
    "horde": "Quoting Nina Costa <support@example.com>:",
    "horde de": "Zitat von Nina Costa <support@example.com>:",
    "k-9": "On 2 March 2026 10:00:00 CET, Nina Costa <support@example.com> wrote:",
    "k-9 de": "Am 2. März 2026 10:00:00 MEZ schrieb Nina Costa <support@example.com>:",
    "the bat": "Monday, March 2, 2026, 10:00:00 AM, you wrote:",
    "open-xchange": "Nina Costa <support@example.com> hat am 02.03.2026 10:00 CET geschrieben:",
    "proton": "On Monday, March 2nd, 2026 at 10:00 AM, Nina Costa <support@example.com> wrote:",
    "tutanota": "2 Mar 2026, 10:00 by support@example.com:",
    "yandex": '02.03.2026, 10:00, "Nina Costa" <support@example.com>:',
    "mail.ru": "Понедельник, 2 марта 2026, 10:00 +03:00 от Nina Costa <support@example.com>:",
    "163": 'At 2026-03-02 10:00:00, "Nina Costa" <support@example.com> wrote:',
    "163 zh": "在 2026-03-02 10:00:00，\"Nina Costa\" <support@example.com> 写道：",
    "lotus": "Nina Costa/ACME wrote on 02.03.2026 10:00:00:",
    "newsreader": "In article <1@example.com>, Nina Costa wrote:",
}  # fmt: skip

HEADS = {  # nothing below is marked
    "outlook en": "From: Nina Costa <support@example.com>\nSent: Monday, March 2, 2026 10:00 AM\nTo: Ana Silva <ana@acme.example>\nSubject: Re: Invoice",
    "outlook de": "Von: Nina Costa <support@example.com>\nGesendet: Montag, 2. März 2026 10:00\nAn: Ana Silva <ana@acme.example>\nCc: Bo\nBetreff: AW: Rechnung",
    "outlook fr": "De : Nina Costa <support@example.com>\nEnvoyé : lundi 2 mars 2026 10:00\nÀ : Ana Silva\nObjet : RE: Facture",
    "outlook es": "De: Nina Costa <support@example.com>\nEnviado el: lunes, 2 de marzo de 2026 10:00\nPara: Ana Silva\nAsunto: RE: Factura",
    "outlook it": "Da: Nina Costa <support@example.com>\nInviato: lunedì 2 marzo 2026 10:00\nA: Ana Silva\nOggetto: R: Fattura",
    "outlook pt": "De: Nina Costa <support@example.com>\nEnviada em: segunda-feira, 2 de março de 2026 10:00\nPara: Ana Silva\nAssunto: RES: Fatura",
    "outlook nl": "Van: Nina Costa <support@example.com>\nVerzonden: maandag 2 maart 2026 10:00\nAan: Ana Silva\nOnderwerp: RE: Factuur",
    "outlook pl": "Od: Nina Costa <support@example.com>\nWysłano: poniedziałek, 2 marca 2026 10:00\nDo: Ana Silva\nTemat: ODP: Faktura",
    "outlook sv": "Från: Nina Costa <support@example.com>\nSkickat: den 2 mars 2026 10:00\nTill: Ana Silva\nÄmne: SV: Faktura",
    "outlook da": "Fra: Nina Costa <support@example.com>\nSendt: 2. marts 2026 10:00\nTil: Ana Silva\nEmne: SV: Faktura",
    "outlook fi": "Lähettäjä: Nina Costa <support@example.com>\nLähetetty: maanantai 2. maaliskuuta 2026 10.00\nVastaanottaja: Ana Silva\nAihe: VS: Lasku",
    "outlook cs": "Od: Nina Costa <support@example.com>\nOdesláno: pondělí 2. března 2026 10:00\nKomu: Ana Silva\nPředmět: RE: Faktura",
    "outlook ru": "От: Nina Costa <support@example.com>\nОтправлено: 2 марта 2026 г. 10:00\nКому: Ana Silva\nТема: RE: Счёт",
    "outlook tr": "Kimden: Nina Costa <support@example.com>\nGönderildi: 2 Mart 2026 Pazartesi 10:00\nKime: Ana Silva\nKonu: YNT: Fatura",
    "outlook zh": "发件人: Nina Costa <support@example.com>\n发送时间: 2026年3月2日 10:00\n收件人: Ana Silva\n主题: 答复: 发票",
    "outlook tw": "寄件者: Nina Costa <support@example.com>\n寄件日期: 2026年3月2日 10:00\n收件者: Ana Silva\n主旨: RE: 發票",
    "outlook ja": "差出人: Nina Costa <support@example.com>\n送信日時: 2026年3月2日 10:00\n宛先: Ana Silva\n件名: RE: 請求書",
    "outlook ko": "보낸 사람: Nina Costa <support@example.com>\n보낸 날짜: 2026년 3월 2일 10:00\n받는 사람: Ana Silva\n제목: RE: 송장",
    "outlook hu": "Feladó: Nina Costa <support@example.com>\nElküldve: 2026. március 2. 10:00\nCímzett: Ana Silva\nTárgy: RE: Számla",
    "outlook el": "Από: Nina Costa <support@example.com>\nΣτάλθηκε: Δευτέρα 2 Μαρτίου 2026 10:00\nΠρος: Ana Silva\nΘέμα: RE: Τιμολόγιο",
    "outlook uk": "Від: Nina Costa <support@example.com>\nНадіслано: 2 березня 2026 р. 10:00\nКому: Ana Silva\nТема: RE: Рахунок",
    "outlook he": "מאת: Nina Costa <support@example.com>\nנשלח: יום שני 2 מרץ 2026 10:00\nאל: Ana Silva\nנושא: RE: חשבונית",
    "outlook stars": "*From:* Nina Costa <support@example.com>\n*Sent:* Monday, March 2, 2026 10:00 AM\n*To:* Ana Silva\n*Subject:* Re: Invoice",
    "outlook mobile": "________________________________\nFrom: Nina Costa <support@example.com>\nSent: Monday, March 2, 2026 10:00:00 AM\nTo: Ana Silva\nSubject: Re: Invoice",
    "outlook mac": "From: Nina Costa <support@example.com>\nDate: Monday, 2 March 2026 at 10:00\nTo: Ana Silva <ana@acme.example>\nSubject: Re: Invoice",
    "outlook mac old": 'On 02/03/2026, 10:00, "Nina Costa" <support@example.com> wrote:',
    "windows mail": "From: Nina Costa\nSent: Monday, 2 March 2026 10:00\nTo: Ana Silva",
    "hotmail": "Date: Mon, 2 Mar 2026 10:00:00 +0100\nFrom: support@example.com\nTo: ana@acme.example\nSubject: Re: Invoice",
    "outlook express de": "----- Original Message ----- \nFrom: Nina Costa\nTo: Ana Silva\nSent: Monday, March 02, 2026 10:00 AM\nSubject: Re: Invoice",
    "original de": "-----Ursprüngliche Nachricht-----\nVon: Nina Costa [mailto:support@example.com]\nGesendet: Montag, 2. März 2026 10:00\nAn: Ana Silva\nBetreff: AW: Rechnung",
    "original fr": "-----Message d'origine-----\nDe : Nina Costa",
    "original es": "-----Mensaje original-----\nDe: Nina Costa",
    "original it": "-----Messaggio originale-----\nDa: Nina Costa",
    "original pt": "-----Mensagem original-----\nDe: Nina Costa",
    "original nl": "-----Oorspronkelijk bericht-----\nVan: Nina Costa",
    "original pl": "-----Oryginalna wiadomość-----\nOd: Nina Costa",
    "original sv": "-----Ursprungligt meddelande-----\nFrån: Nina Costa",
    "original da": "-----Oprindelig meddelelse-----\nFra: Nina Costa",
    "original no": "-----Opprinnelig melding-----\nFra: Nina Costa",
    "original fi": "-----Alkuperäinen viesti-----\nLähettäjä: Nina Costa",
    "original cs": "-----Původní zpráva-----\nOd: Nina Costa",
    "original ru": "-----Исходное сообщение-----\nОт: Nina Costa",
    "original tr": "-----Özgün İleti-----\nKimden: Nina Costa",
    "qq": "------------------ 原始邮件 ------------------\n发件人: \"Nina Costa\" <support@example.com>;\n发送时间: 2026年3月2日(星期一) 上午10:00\n收件人: \"Ana\"<ana@acme.example>;\n主题: Re: Invoice",
    "qq en": "------------------ Original ------------------\nFrom: \"Nina Costa\";",
    "163 new": "---- 回复的原邮件 ----\n| 发件人 | Nina Costa<support@example.com> |\n| 发送日期 | 2026年3月2日 10:00 |",
    "naver": "-----Original Message-----\nFrom: \"Nina Costa\"<support@example.com>\nTo: <ana@acme.example>;",
    "daum": "--------- 원본 메일 ---------\n보낸사람 : Nina Costa <support@example.com>",
    "samsung": "-------- Original message --------\nFrom: Nina Costa <support@example.com> \nDate: 02/03/2026  10:00  (GMT+01:00) \nTo: ana@acme.example \nSubject: Re: Invoice",
    "samsung de": "-------- Ursprüngliche Nachricht --------\nVon: Nina Costa <support@example.com> \nDatum: 02.03.26  10:00  (GMT+01:00)",
    "yahoo": "On Monday, March 2, 2026 at 10:00:00 AM GMT+1, Nina Costa <support@example.com> wrote:  \n ",
    "yahoo fr": "Le lundi 2 mars 2026 à 10:00:00 UTC+1, Nina Costa <support@example.com> a écrit :  \n ",
    "yahoo de": "Am Montag, 2. März 2026 um 10:00:00 MEZ hat Nina Costa <support@example.com> Folgendes geschrieben:  \n ",
    "yahoo old": "----- Original Message ----\nFrom: Nina Costa <support@example.com>\nTo: ana@acme.example",
    "gmx": "Gesendet: Montag, 02. März 2026 um 10:00 Uhr\nVon: \"Nina Costa\" <support@example.com>\nAn: ana@acme.example\nBetreff: Re: Rechnung",
    "zimbra": "----- Original Message -----\nFrom: \"Nina Costa\" <support@example.com>\nTo: \"Ana\" <ana@acme.example>\nSent: Monday, March 2, 2026 10:00:00 AM",
    "proton old": "‐‐‐‐‐‐‐ Original Message ‐‐‐‐‐‐‐\nOn Monday, March 2, 2026 10:00 AM, Nina Costa <support@example.com> wrote:",
    "em client": '------ Original Message ------\nFrom: "Nina Costa" <support@example.com>\nTo: "Ana" <ana@acme.example>',
    "groupwise": ">>> Nina Costa <support@example.com> 02.03.2026 10:00 >>>",
    "zoho": "---- On Mon, 02 Mar 2026 10:00:00 +0100 Nina Costa <support@example.com> wrote ----",
    "lotus": 'From:        "Nina Costa" <support@example.com>\nTo:        Ana Silva/ACME@ACME\nDate:        02.03.2026 10:00\nSubject:        Re: Invoice',
    "front": "On March 2, 2026, 10:00 AM GMT+1 support@example.com wrote:",
}  # fmt: skip

SIGNATURES = [
    "-- \nAna Silva\nACME Ltd", "--\nAna", "Sent from my iPhone", "Von meinem iPhone gesendet", "Enviado desde mi iPhone",
    "Envoyé de mon iPhone", "Inviato da iPhone", "Enviado do meu iPhone", "Verstuurd vanaf mijn iPhone", "Get Outlook for iOS",
    "Wysłane z iPhone'a", "Skickat från min iPhone", "Sendt fra min iPhone", "Lähetetty iPhonesta", "Odesláno z iPhonu",
    "Отправлено с iPhone", "iPhone'umdan gönderildi", "发自我的iPhone", "iPhoneから送信", "나의 iPhone에서 보냄",
    "Sent from Yahoo Mail on Android", "Gesendet von Outlook für Android<https://aka.ms/x>", "Sent from my Frobnicator",
]  # fmt: skip


@pytest.mark.parametrize("client", ATTRIBUTIONS)
def test_an_answer_above_marked_lines(client: str) -> None:
    pieces = split(f"{TYPED}\n\n{ATTRIBUTIONS[client]}\n{MARKED}\n")
    assert (pieces.new_text, pieces.split) == (TYPED, "sure")
    assert pieces.quoted_text == f"{ATTRIBUTIONS[client]}\n{MARKED}"


@pytest.mark.parametrize("client", ATTRIBUTIONS)
def test_answers_between_marked_lines(client: str) -> None:
    text = f"{ATTRIBUTIONS[client]}\n> which of the two?\n\nThe second.\n\n> And when?\n\nToday.\n\n> Nina"
    pieces = split(text)
    assert pieces.split == "sure"
    assert pieces.new_text == text.removesuffix("\n\n> Nina")
    assert pieces.quoted_text == "> Nina"


@pytest.mark.parametrize("client", ATTRIBUTIONS)
def test_an_answer_below_marked_lines(client: str) -> None:
    text = f"{ATTRIBUTIONS[client]}\n{MARKED}\n\n{TYPED}\n\n-- \nAna"
    pieces = split(text)
    assert (pieces.split, pieces.signature) == ("sure", "-- \nAna")
    assert pieces.new_text.endswith(TYPED)


@pytest.mark.parametrize("client", HEADS)
def test_an_answer_above_lines_that_nothing_marks(client: str) -> None:
    pieces = split(f"{TYPED}\n\n{HEADS[client]}\n\n{OLD}\n")
    assert (pieces.new_text, pieces.split) == (TYPED, "sure")
    assert pieces.quoted_text == f"{HEADS[client].strip()}\n\n{OLD}" or pieces.quoted_text == f"{HEADS[client]}\n\n{OLD}"


@pytest.mark.parametrize("signature", SIGNATURES)
def test_a_signature_above_the_quotation_or_alone(signature: str) -> None:
    for below in ("", "\n\n" + HEADS["outlook en"] + "\n\n" + OLD, "\n\n" + ATTRIBUTIONS["gmail en"] + "\n\n" + MARKED):
        pieces = split(f"{TYPED}\n\n{signature}{below}")
        assert (pieces.new_text, pieces.signature) == (TYPED, signature)


HTML = {
    "gmail": '<div dir="ltr">TYPED</div><br><div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">'
    "mandag skrev Nina:<br></div><blockquote class=\"gmail_quote\" style=\"margin:0 0 0 .8ex\">OLD</blockquote></div>",
    "apple": '<body>TYPED<div><br><blockquote type="cite"><div>På måndag skrev Nina:</div><br><div>OLD</div></blockquote></div></body>',
    "outlook": '<div class="WordSection1"><p class="MsoNormal">TYPED</p><div style="border:none;border-top:solid #E1E1E1 1.0pt;'
    'padding:3.0pt 0cm 0cm 0cm"><p class="MsoNormal"><b>Frá:</b> Nina</p></div><p>OLD</p></div>',
    "outlook web": '<div class="elementToProof">TYPED</div><div id="appendonsend"></div><hr><div id="divRplyFwdMsg">Frá: Nina</div>OLD',
    "outlook mobile": '<div>TYPED</div><div id="ms-outlook-mobile-signature">Sæktu Outlook</div>'
    '<div id="mail-editor-reference-message-container"><div>Frá: Nina</div>OLD</div>',
    "yahoo": '<div>TYPED</div><div id="ydp123abcyahoo_quoted_1" class="ydp123abcyahoo_quoted"><div>Nina:</div>OLD</div>',
    "thunderbird": '<p>TYPED</p><div class="moz-cite-prefix">Nina ritaði:<br></div><blockquote type="cite" cite="mid:1@x">OLD</blockquote>',
    "proton": '<div>TYPED</div><div class="protonmail_quote">Nina:<br><blockquote class="protonmail_quote" type="cite">OLD</blockquote></div>',
    "gmx": '<div>TYPED</div><div name="quote" style="margin:10px;border-left:2px solid #C3D9E5;"><div>Nina:</div>'
    '<div name="quoted-content">OLD</div></div>',
    "zoho": '<div>TYPED</div><div class="zmail_extra"><div>Nina:</div><blockquote>OLD</blockquote></div>',
    "yandex": '<div>TYPED</div><div>02.03.2026, 10:00, "Nina" &lt;n@e.example&gt;:</div><blockquote style="border-left:1px solid">OLD</blockquote>',
}  # fmt: skip


@pytest.mark.parametrize("client", HTML)
def test_html_alone_is_split_by_its_structure_in_any_language(client: str) -> None:
    html = HTML[client].replace("TYPED", "Hello Nina,<br><br>the second one.").replace("OLD", "which one?<br>Nina Costa")
    body = parse(f"Content-Type: text/html; charset=utf-8\r\n\r\n{html}".encode()).body
    assert (body.new_text, body.split) == ("Hello Nina,\n\nthe second one.", "sure")
    assert "which one?" in body.quoted_text


@pytest.mark.parametrize("client", ["gmail", "apple", "thunderbird", "proton"])
def test_answers_between_the_quotations_of_html_stay(client: str) -> None:
    html = HTML[client].replace("OLD", "one?<br>two?").replace("TYPED", "")
    html = html.replace("one?<br>two?</blockquote>", 'one?</blockquote><p>yes</p><blockquote type="cite">two?</blockquote><p>no</p>')
    html = html.replace("one?<br>two?</div></blockquote>", 'one?</div></blockquote><p>yes</p><blockquote type="cite">two?</blockquote><p>no</p>')
    body = parse(f"Content-Type: text/html; charset=utf-8\r\n\r\n{html}".encode()).body
    assert [line for line in body.new_text.split("\n") if line][-4:] == ["> one?", "yes", "> two?", "no"]


def test_a_plain_text_that_marks_nothing_is_cut_where_its_html_says() -> None:
    html = HTML["outlook web"].replace("TYPED", "The second one.").replace("OLD", "which one?")
    parts = f"--b\r\nContent-Type: text/plain\r\n\r\nThe second one.\r\n\r\nFrá Nina\r\nwhich one?\r\n--b\r\nContent-Type: text/html\r\n\r\n{html}"
    body = parse(f"Content-Type: multipart/alternative; boundary=b\r\n\r\n{parts}\r\n--b--".encode()).body
    assert (body.new_text, body.quoted_text) == ("The second one.", "Frá Nina\nwhich one?")


@pytest.mark.parametrize(
    "text",
    [
        "From: Berlin\nTo: Rome\nDate: 3 May\n\nPlease book it.",
        "Our plan:\n\nFrom: Berlin\nTo: Rome\nDate: 3 May\n\nPlease book it.",
        "New message from your site\n\nFrom: Bo <bo@b.example>\nSubject: Help\nPhone: 555\nDate: today\nMessage: It does not print.",
        "On 2 March we ordered 3 licences:\none for Bo\ntwo for Al",
        "As you wrote:\nit should be there by now.",
        "I wrote on 3 May:\nnothing came back.",
        "Two things:\n-----\nfirst\n-----\nsecond",
        "The original message was lost.\nCould you send it again?",
        "Subject: to approval\nFrom: tomorrow on we are closed.",
        "Is 3 > 2?\nI think so.",
        "I use your app on my\niPhone and it does not start",
    ],
)
def test_what_only_looks_like_a_quotation_stays(text: str) -> None:
    assert (split(text).new_text, split(text).quoted_text) == (text, "")
