"""Absence notices and acknowledgements without a header, in many languages; and people who write about absence."""

import pytest

from mailgate.mail.absence import is_notice

NOTICES = {
    "English": "Thank you for your email.\n\nI am out of the office until Monday, 9 March, with limited access to my "
    "email.\n"
    "In urgent cases please contact my colleague Bob (bob@acme.example).\n\nKind regards\nAna Silva",
    "English, short": "I'm on vacation until 14 July. Your mail will not be forwarded.",
    "English, future": "Hello,\n\nI will be out of office from 1 to 12 April and reply when I return.\n\nBest, Ana",
    "German": "Guten Tag,\n\nvielen Dank für Ihre Nachricht. Ich bin bis zum 12.03. nicht im Büro. In dringenden "
    "Fällen wenden "
    "Sie sich bitte an meine Kollegin.\n\nMit freundlichen Grüßen\nAna Silva",
    "German, holiday": "Ich befinde mich im Urlaub und bin ab dem 15.7. wieder erreichbar. Ihre E-Mail wird nicht "
    "weitergeleitet.",
    "Spanish": "Gracias por su mensaje. Estoy fuera de la oficina hasta el 12 de marzo. Para asuntos urgentes, "
    "contacte con Luis.",
    "French": "Bonjour,\n\nJe suis absente du bureau jusqu'au 12 mars. En cas d'urgence, vous pouvez joindre M. "
    "Petit.\n\nCordialement",
    "Portuguese": "Obrigado pela mensagem. Estarei ausente até 12 de março. Para assuntos urgentes, contacte o meu "
    "colega.",
    "Italian": "Grazie per la mail. Sono fuori ufficio fino al 12 marzo. Per urgenze potete scrivere a "
    "luca@acme.example.",
    "Dutch": "Bedankt voor uw bericht. Ik ben tot 12 maart niet op kantoor. Voor dringende zaken kunt u contact "
    "opnemen met Jan.",
    "Polish": "Dziękuję za wiadomość. Jestem na urlopie do dnia 12.03. W pilnych sprawach proszę o kontakt z Janem.",
    "Swedish": "Tack för ditt mejl. Jag är på semester till den 12 mars. Vid brådskande ärenden, ring Lars.",
    "Danish": "Tak for din mail. Jeg er på ferie og er tilbage den 12. marts. Kontakt Lars i mellemtiden.",
    "Norwegian": "Takk for din e-post. Jeg er ikke på kontoret, og er tilbake 12. mars. Kontakt Lars ved behov.",
    "Finnish": "Kiitos viestistäsi. Olen lomalla 12.3. asti, palaan silloin. Kiireellisissä asioissa ota yhteyttä "
    "Mattiin.",
    "Czech": "Děkuji za zprávu. Jsem na dovolené do 12. 3. a vrátím se zpět v pondělí. V urgentních případech "
    "volejte Janu.",
    "Russian": "Спасибо за письмо. Я в отпуске до 12 марта. По срочным вопросам обращайтесь к Ивану.",
    "Turkish": "Mesajınız için teşekkürler. 12 Mart tarihine kadar izindeyim. Acil durumlarda Ali ile görüşün.",
    "Chinese": "您好，我目前休假，3月12日返回。紧急事宜请联系李先生。",
    "Danish, holding": "Hej,\n\nJeg holder ferie og er tilbage den 4. december. Ved hastesager kontakt Jan.",
    "Turkish, leave": "Merhaba,\n\n4 Aralık tarihine kadar izinliyim. Acil durumlarda Ali ile iletişime "
    "geçebilirsiniz.",
    "Korean": "안녕하세요.\n\n12월 4일까지 휴가 중입니다. 급한 용무는 김대리에게 연락 바랍니다.",
    "Greek": "Γεια σας,\n\nΘα απουσιάζω μέχρι τις 4 Δεκεμβρίου. Για επείγοντα επικοινωνήστε με τον Γιάννη.",
    "Hungarian": "Üdvözlöm,\n\nszabadságon vagyok december 4-ig. Sürgős esetben keresse Jánost.",
    "Romanian": "Bună ziua,\n\nSunt în concediu până pe 4 decembrie. Pentru urgențe contactați pe Ion.",
    "Ukrainian": "Добрий день!\n\nЯ у відпустці до 4 грудня. З термінових питань звертайтеся до Івана.",
    "Bulgarian": "Здравейте,\n\nВ отпуск съм до 4 декември. При спешни случаи се свържете с Иван.",
    "Croatian": "Pozdrav,\n\nna godišnjem sam odmoru do 4. prosinca. Za hitne slučajeve kontaktirajte Ivana.",
    "Catalan": "Bon dia,\n\nEstaré fora de l'oficina fins al 4 de desembre. Per a urgències contacteu amb en Joan.",
    "Lithuanian": "Sveiki,\n\nEsu atostogose iki gruodžio 4 d. Skubiais atvejais kreipkitės į Joną.",
    "Hebrew": "שלום,\n\nאני בחופשה עד 4 בדצמבר. לעניינים דחופים פנו ליוסי.",
    "Arabic": "مرحبا،\n\nأنا خارج المكتب حتى 4 ديسمبر. للأمور العاجلة يرجى التواصل مع أحمد.",
    "Vietnamese": "Xin chào,\n\nTôi đang nghỉ phép đến ngày 4/12. Việc gấp xin liên hệ anh Nam.",
    "Japanese": "メールありがとうございます。3月12日まで休暇をいただいております。緊急の場合は佐藤までご連絡ください。",
}


@pytest.mark.parametrize("language", NOTICES)
def test_an_absence_notice_without_a_header_is_known_by_its_text(language: str) -> None:
    assert is_notice("Invoice 4711", NOTICES[language])
    assert is_notice("Re: Invoice 4711", NOTICES[language])


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        (
            "[#123] Request received",
            "##- Please type your reply above this line -##\n\nYour request (123) has been received and is being "
            "reviewed by our "
            "support staff.",
        ),
        (
            "[Ticket ID: 551234] Printer",
            "Thank you for contacting our support team. A support ticket has now been opened for your request.\n\n"
            "You can view it at any time: https://acme.example/viewticket.php?tid=551234",
        ),
        ("[Ticket#4711] RE: Printer", "Thanks for your email.\n\nYour email will be answered by a human ASAP"),
        (
            "(HELP-551) Printer",
            "Just confirming that we got your request. We're on it.\n\nView request: https://x.example",
        ),
        ("Re: Printer", "Hello! We have received your message and will get back to you within 24 hours."),
        ("Re: Printer", "This mailbox is not monitored. Please use the form on our website."),
        ("Re: Printer", "Ihre Anfrage liegt uns vor. Bitte antworten Sie nicht auf diese E-Mail."),
        (
            "Re: Printer",
            "Your message is held because you are not on my list of approved senders.\nhttps://x.example/a?b",
        ),
        ("Please confirm", "To complete delivery of your message, reply to this mail with the subject unchanged."),
        ("Re: Printer", "Your message to Ana has been queued for delivery pending verification."),
        ("Read: Printer", "Your message\n\n   To: Ana\n   Subject: Printer\n\nwas read on Monday."),
        ("Gelesen: Printer", "Ihre Nachricht wurde gelesen am Montag"),
        ("Not read: Printer", "Your message was deleted without being read on Monday."),
        (
            "Re: Your order",
            "--- Bitte antworten Sie oberhalb dieser Linie ---\n\nIhre Anfrage ist bei uns eingegangen.",
        ),
        (
            "We received your message",
            "Hi Ana,\n\nwe have received your message and will come back to you within a day.",
        ),
        ("Thank you for contacting Acme", "This is an automated response. We have received your request."),
        ("Ihre Anfrage ist eingegangen", "Dies ist eine automatische Antwort. Wir haben Ihre Nachricht erhalten."),
        ("Demande reçue", "Ceci est un message automatique. Nous avons bien reçu votre demande."),
    ],
)
def test_the_acknowledgement_of_another_desk_is_an_automatic_reply(subject: str, text: str) -> None:
    assert is_notice(subject, text)


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        (
            "Re: Invoice",
            "I was out of office last week, but now I am back. The invoice is still wrong, please correct it.",
        ),
        ("Invoice", "I am on vacation until Monday. Could you send the invoice to Bob instead?"),
        (
            "Printer",
            "I am out of the office until Monday. The printer on the second floor is broken again. It makes strange "
            "noises all day "
            "long. The toner was replaced twice. Nobody could print anything since last Friday.",
        ),
        ("Re: Automatic reply: Invoice", "Fine, it can wait."),
        ("Abwesenheit", "Herr Müller meldet sich krank. Das Attest liegt bei."),
        ("Vacation", "Please book the hotel that we spoke of for three persons and two nights."),
        ("Question", "Your system wrote me: this is an automatic reply. Why does it do that?"),
        ("Ticket received", "The ticket for the concert is torn, please send another one."),
        ("Urlaub", "Ich war im Urlaub und habe Ihre Rechnung erst heute gesehen."),
        ("Re: Termin", "Ich bin morgen wieder da, dann rufe ich an. Das Angebot passt so, bitte bestellen."),
        (
            "Re: [Ticket#1042] Invoice",
            "##- Please type your reply above this line -##\n\nHi, the amount is 17 EUR too high.",
        ),
        ("Delivery", "We have received your parcel, but it is broken."),
        ("Order", "Your confirmation says please do not reply to this email, so I write here. Order 4711 never came."),
        ("Order", "I know that this mailbox is not monitored at night. My order 4711 never came."),
        ("Mail", "My message to Kim is held for approval and I do not know by whom."),
        ("Re: Printer", "Thanks for your email. I have received your message and the printer works again."),
        ("Read: the manual", "I have read the manual, and the printer still does not print."),
        ("Re: Order", "We got your offer. Somebody will call you about the price, but the date is too late for us."),
        ("Re: Vizită", "Sunt în birou mâine, vă aștept."),
        ("Out of office", "Out of office assistant doesn't work"),
        ("Vacation", "Vacation days wrong in my account"),
        ("Automatic reply", "How can I switch it on for our address?"),
        ("Automatic reply", "My automatic reply says 'I am out of office' but I am back. Please turn it off."),
        ("Abwesenheitsnotiz", "Meine Abwesenheitsnotiz funktioniert nicht."),
        ("Mail", "This is an automatic reply, it says: I am out of office. But I am not, please turn it off."),
        ("Out of office: how do I set it?", "See the subject."),
        ("Прилад", "Прилад у відпустці не був, він просто не працює."),
    ],
)
def test_a_person_who_writes_about_it_is_a_person(subject: str, text: str) -> None:
    assert is_notice(subject, text) == ""


def test_a_subject_that_says_until_when_is_a_notice_where_the_text_agrees() -> None:
    assert is_notice("On vacation until 3 May", "I am out of office.")
    assert not is_notice("On vacation until 3 May", "I need the invoice before I leave, please send it today.")


@pytest.mark.parametrize("subject", ["Automatic reply: Can you help?", "Out of office", "자동 회신: 질문"])
def test_a_program_s_subject_is_enough_where_the_text_wants_nothing(subject: str) -> None:
    assert is_notice(subject, "Thank you for your mail.")
    assert is_notice(subject, "I am out of the office until Monday. Is it urgent? Call my colleague Bob.")


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        (
            "Re: Lamp",
            "I have left ACME as of 28 February 2026. Please update your records and contact Bob Jones "
            "(bob@acme.example) going forward.",
        ),
        (
            "Re: Lamp",
            "Hi there! I only work Monday to Wednesday. If you've emailed me on a Thursday or Friday, I will "
            "get back to you on Monday.",
        ),
        (
            "Lamp",
            "Closed for the holidays\n\nOur offices are closed from December 24 through January 2. We will "
            "respond to your message when we return on January 5.",
        ),
        (
            "Re: Lampe",
            "Unser Büro ist vom 24.12. bis 6.1. geschlossen. Ihre Nachricht wird ab dem 7.1. bearbeitet. Wir "
            "wünschen frohe Festtage!",
        ),
        (
            "Re: Lampe",
            "Frau Silva ist nicht mehr für unser Unternehmen tätig. Bitte wenden Sie sich an Herrn Bob, "
            "bob@acme.example.",
        ),
        (
            "Re: Lampe",
            "Bonjour,\nActuellement en congé maternité, je serai de retour le 9 mars. Pour toute demande, "
            "merci de vous adresser à Bob.",
        ),
        (
            "Re: Lampe",
            "Bonjour, je ne suis pas au bureau et je n'ai pas accès à mes mails jusqu'au 9 mars. Merci de "
            "votre compréhension.",
        ),
        (
            "Re: Lampara",
            "Hola, no estoy en la oficina y no tendré acceso al correo hasta el 9 de marzo. Un saludo.",
        ),
        (
            "Re: Lampada",
            "Oi, estou em férias com retorno em 09/03. Assuntos urgentes tratar com Bob.",
        ),
        (
            "Re: Lampada",
            "Gentile cliente, i nostri uffici resteranno chiusi dal 24 dicembre al 6 gennaio. Risponderemo "
            "alla riapertura. Buone feste!",
        ),
        (
            "Re: Lampada",
            "Buongiorno, non sono in ufficio e non potrò leggere le mail fino al 9 marzo. Per urgenze: "
            "bob@acme.example",
        ),
        (
            "Re: Lamp",
            "Geachte heer, mevrouw,\n\nWegens vakantie ben ik afwezig tot en met 9 maart. Uw mail wordt niet "
            "doorgestuurd.\n\nMet vriendelijke groet",
        ),
        (
            "Sv: Lampe",
            "Tak for din mail. Jeg er på barsel til 1. september. Kontakt Bob på bob@acme.example.",
        ),
        (
            "SV: Lampe",
            "Hei! Jeg har ferie og er tilbake mandag 9. mars. For hastesaker, ring 12345678.",
        ),
        (
            "VS: Lamppu",
            "Hei! Olen poissa toimistolta 9.3. asti. Vastaan viestiisi palattuani.",
        ),
        (
            "Re: Lampa",
            "Dobrý den, v době od 2.3. do 9.3. jsem nepřítomen. Na e-maily odpovím po návratu.",
        ),
        (
            "Re: Лампа",
            "Добрый день! В настоящее время я нахожусь в командировке. Отвечу на Ваше письмо после возвращения "
            "9 марта.",
        ),
        (
            "Re: 灯",
            "您好，邮件已收到，我会尽快回复。谢谢！(自动回复)",
        ),
        (
            "Re: ランプ",
            "ご連絡ありがとうございます。誠に勝手ながら、12月29日から1月3日まで冬季休業"
            "とさせていただきます。1月4日以降に順次ご返信いたします。",
        ),
        (
            "Votre demande a bien été reçue",
            "Bonjour,\nNous avons bien reçu votre demande et nous vous répondrons dans les meilleurs délais.\n"
            "L'équipe ACME",
        ),
        (
            "Re: Order",
            "Hello, I'm currently attending a conference and won't be checking email until 9 March. If it's "
            "urgent, call my mobile.",
        ),
        (
            "Re: Order",
            "I am off sick at the moment. Please direct urgent queries to the team inbox team@acme.example.",
        ),
        (
            "Re: Order",
            "Bonjour, en congés du 2 au 9 mars, je vous répondrai à mon retour. Bien cordialement.",
        ),
        (
            "Re: Order",
            "Estimados, me encuentro con licencia médica hasta el 9 de marzo. Por temas urgentes contactar a Bob.",
        ),
        (
            "Re: Order",
            "Hei, olen sairauslomalla toistaiseksi. Asiani hoitaa Matti.",
        ),
        (
            "Re: Order",
            "Sayın ilgili, 2-9 Mart tarihleri arasında izinli olacağım. Acil durumlarda lütfen Bob'u arayınız.",
        ),
        (
            "Re: Order",
            "你好，本人因公出差至3月9日，期间查收邮件不便，急事请致电。",
        ),
        (
            "Re: Order",
            "Danke für Ihre Mail. Ich mache vom 2. bis 9. März Urlaub und melde mich danach bei Ihnen.",
        ),
        (
            "Re: Order",
            "Bonjour, je suis en formation jusqu'au 9 mars. Je traiterai votre mail à mon retour.",
        ),
        (
            "Re: Order",
            "Sono in malattia fino al 9 marzo. Per necessità contattare l'ufficio.",
        ),
        (
            "Re: Order",
            "Przebywam na zwolnieniu lekarskim do 9 marca. Zastępuje mnie Jan Kowalski, jan@acme.example.",
        ),
        (
            "Re: Order",
            "Jag är sjukskriven. Kontakta Lars på lars@acme.example.",
        ),
        (
            "Re: Order",
            "Tak for din mail. Jeg er på kursus og læser ikke mails før mandag.",
        ),
        (
            "Re: Order",
            "Takk for din henvendelse. Jeg er i permisjon til 9. mars.",
        ),
        (
            "Re: Order",
            "Kiitos viestistäsi! Olen vapaalla ja palaan töihin 9.3.",
        ),
        (
            "Re: Order",
            "Я на больничном. По всем вопросам обращайтесь к Ивану: ivan@acme.example.",
        ),
        (
            "Re: Order",
            "您好,春节放假期间暂不处理邮件,2月20日恢复上班后回复您。",
        ),
    ],
)
def test_other_words_for_being_away_gone_closed_or_heard(subject: str, text: str) -> None:
    assert is_notice(subject, text)


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        (
            "Vacation",
            "Hi, I will be on vacation next week. Please deliver the lamp on 20 March instead.",
        ),
        (
            "Re: Lamp",
            "I will be out of the office until Thursday, so please send the technician on Friday.",
        ),
        (
            "Auto reply text wrong",
            'Our auto reply says: "I am currently out of the office". Please remove it.',
        ),
        (
            "Abwesenheitsnotiz",
            "Hallo, bitte schaltet bei Frau Meier die Abwesenheitsnotiz ein, sie ist krank.",
        ),
        (
            "Re: Lampe",
            "Ich bin ab morgen im Urlaub. Bitte rufen Sie meine Frau an, um einen Termin zu vereinbaren: 0170 "
            "123456. Die Lampe flackert immer noch.",
        ),
        (
            "Re: Lampe",
            "Je suis en vacances jusqu'au 9 mars, merci de livrer la lampe après cette date.",
        ),
        (
            "Re: Lampara",
            "Estoy de viaje hasta el jueves, por favor envíen al técnico el viernes.",
        ),
        (
            "Re: Lamp",
            "Ik ben tot donderdag op vakantie, graag vrijdag leveren.",
        ),
        (
            "Re: Lampada",
            "Estou fora até quinta, por favor agendem para sexta.",
        ),
        (
            "Re: Lamp",
            "Jag är på semester till torsdag, skicka gärna teknikern på fredag.",
        ),
        (
            "Order",
            "We are closed on Monday. The alarm in the warehouse went off on Sunday and we need somebody to check it.",
        ),
        (
            "Re: Order",
            "Nous sommes fermés le lundi. Le livreur est passé lundi et a laissé le colis dehors. Le colis est abîmé.",
        ),
        (
            "Re: Order",
            "Bob hat die Firma verlassen, sein Konto bitte sperren und die E-Mails an mich umleiten.",
        ),
        (
            "Re: Order",
            "Herr Maier ist nicht mehr bei uns beschäftigt. Seine Lizenz wird ab 1.4. nicht mehr gebraucht, "
            "bitte kündigen.",
        ),
        (
            "Re: Order",
            "Monsieur Petit ne travaille plus chez nous, merci de supprimer son compte.",
        ),
        (
            "Re: Order",
            "I have left the company and need a copy of my last invoice.",
        ),
        (
            "Re: Order",
            "Our office in Berlin is closed for good. Your reply never reached us, since we moved to Hamburg. "
            "Ship everything to the new address.",
        ),
        (
            "Re: Order",
            "Wir haben geschlossen, weil die Kasse nicht startet. Niemand antwortet auf unsere E-Mails. "
            "Schicken Sie sofort einen Techniker.",
        ),
        (
            "Re: Order",
            "Je ne suis pas disponible mardi, proposez une autre date.",
        ),
        (
            "Re: Order",
            "Non sono disponibile martedì, va bene mercoledì alle 10.",
        ),
        (
            "Re: Order",
            "I left the invoice on the desk and am waiting for your reply.",
        ),
        (
            "Re: Order",
            "Monsieur, absent du stock depuis mars, l'article 4711 me manque toujours.",
        ),
    ],
)
def test_who_is_away_and_asks_for_something_is_a_person(subject: str, text: str) -> None:
    assert is_notice(subject, text) == ""
