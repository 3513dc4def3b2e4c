"""The language of a text: right where it is given, "und" where nobody could tell."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.mail.language import detect
from mailgate.mail.parse import parse

LONG = {
    "en": "Hello,\n\nI have ordered a lamp from your shop last week and it has still not been delivered. Could "
    "you please tell me when it will arrive?\n\nKind regards",
    "de": "Guten Tag,\n\nich habe letzte Woche eine Lampe in Ihrem Geschäft bestellt und sie ist noch nicht "
    "angekommen. Können Sie mir bitte sagen, wann sie geliefert wird?\n\nMit freundlichen Grüßen",
    "es": "Hola:\n\nLa semana pasada pedí una lámpara en su tienda y todavía no la he recibido. ¿Me pueden decir "
    "cuándo va a llegar, por favor?\n\nUn saludo",
    "fr": "Bonjour,\n\nj'ai commandé une lampe dans votre boutique la semaine dernière et elle n'est pas encore "
    "arrivée. Pouvez-vous me dire quand elle sera livrée ?\n\nCordialement",
    "pt": "Olá,\n\nencomendei uma lâmpada na vossa loja na semana passada e ainda não chegou. Podem dizer-me "
    "quando é que vai ser entregue?\n\nObrigado",
    "it": "Buongiorno,\n\nla settimana scorsa ho ordinato una lampada nel vostro negozio e non è ancora "
    "arrivata. Mi potete dire quando sarà consegnata?\n\nCordiali saluti",
    "nl": "Beste,\n\nik heb vorige week een lamp in jullie winkel besteld en die is nog niet aangekomen. Kunnen "
    "jullie mij zeggen wanneer hij geleverd wordt?\n\nMet vriendelijke groeten",
    "pl": "Dzień dobry,\n\nw zeszłym tygodniu zamówiłam lampę w Państwa sklepie i jeszcze nie dotarła. Czy mogą "
    "mi Państwo powiedzieć, kiedy będzie dostarczona?\n\nPozdrawiam",
    "sv": "Hej,\n\njag beställde en lampa i er butik förra veckan och den har inte kommit än. Kan ni säga mig "
    "när den levereras?\n\nVänliga hälsningar",
    "da": "Hej,\n\njeg bestilte en lampe i jeres butik i sidste uge, og den er ikke kommet endnu. Kan I sige "
    "mig, hvornår den bliver leveret, og hvad der er sket?\n\nVenlig hilsen",
    "no": "Hei,\n\njeg bestilte en lampe i butikken deres forrige uke, og den har ikke kommet ennå. Kan dere si "
    "meg når den blir levert, og hva som har skjedd?\n\nVennlig hilsen",
    "fi": "Hei,\n\ntilasin viime viikolla lampun kaupastanne, mutta se ei ole vielä saapunut. Voitteko kertoa, "
    "milloin se toimitetaan?\n\nYstävällisin terveisin",
    "cs": "Dobrý den,\n\nminulý týden jsem si ve vašem obchodě objednala lampu a ještě nedorazila. Můžete mi "
    "prosím říct, kdy bude doručena?\n\nDěkuji",
    "ru": "Здравствуйте!\n\nНа прошлой неделе я заказала у вас лампу, и она ещё не пришла. Скажите, пожалуйста, "
    "когда её доставят?\n\nС уважением",
    "tr": "Merhaba,\n\ngeçen hafta mağazanızdan bir lamba sipariş ettim ve henüz gelmedi. Ne zaman teslim "
    "edileceğini söyler misiniz lütfen?\n\nTeşekkür ederim",
    "zh": "您好，\n\n我上周在贵店订购了一盏灯，至今还没有收到。请问什么时候可以送到？\n\n谢谢",
    "ja": "お世話になっております。\n\n先週そちらの店でランプを注文しましたが、まだ届いておりません"
    "。いつ届くか教えていただけますか。\n\nよろしくお願いします",
    "uk": "Добрий день!\n\nМинулого тижня я замовила у вас лампу, але вона ще не прийшла. Скажіть, будь ласка, "
    "коли її доставлять?\n\nДякую",
    "hu": "Tisztelt Cím!\n\nMúlt héten rendeltem egy lámpát az üzletükben, de még nem érkezett meg. Kérem, írják "
    "meg, hogy mikor szállítják ki.\n\nÜdvözlettel",
    "ko": "안녕하세요, 지난주에 주문한 램프가 아직 도착하지 않았습니다. 언제 배송되나요?",
    "el": "Καλημέρα, η λάμπα που παρήγγειλα δεν έχει έρθει ακόμα. Πότε θα παραδοθεί;",
    "ar": "مرحبا، المصباح الذي طلبته الأسبوع الماضي لم يصل بعد. متى سيتم تسليمه؟",
}
SHORT = {
    "en": "This does not work, please help me.",
    "de": "Das geht bei mir leider nicht.",
    "es": "No puedo entrar en mi cuenta, ¿qué hago?",
    "fr": "Je ne peux pas ouvrir le fichier.",
    "pt": "Não consigo abrir a minha conta.",
    "it": "Non riesco ad aprire il mio file, potete aiutarmi?",
    "nl": "Ik kan het bestand niet openen.",
    "pl": "Nie mogę się zalogować, proszę o pomoc.",
    "sv": "Jag kan inte logga in på mitt konto.",
    "da": "Jeg kan ikke logge ind, hvad skal jeg gøre af fejl?",
    "fi": "En voi avata tiedostoa, mitä teen nyt?",
    "cs": "Nemohu se přihlásit, můžete mi prosím pomoci?",
    "ru": "Я не могу войти, что мне делать?",
    "tr": "Hesabıma giremiyorum, ne yapmam gerekiyor lütfen?",
    "zh": "我无法登录。",
    "ja": "ログインできません。",
}


A_LINE = {
    "en": ["I can't log in", "The lamp broke yesterday", "Forgot my password", "Please call me back"],
    "de": ["Hallo, ich komme nicht in mein Konto", "Passwort vergessen", "Anbei das Dokument", "Nein danke"],
    "es": ["Hola, no puedo entrar en mi cuenta", "Mi pedido no ha llegado", "La lámpara se rompió ayer"],
    "fr": ["L'imprimante ne marche pas", "Mot de passe oublié", "Combien coûte la livraison en Suisse ?"],
    "it": ["La stampante non funziona", "Ho sbagliato numero", "In allegato il documento"],
    "pt": ["Onde está a fatura?", "Esqueci a senha", "Podem enviar-me o recibo?"],
    "nl": ["De printer werkt niet", "Wachtwoord vergeten", "Ja, dat klopt"],
    "pl": ["Drukarka nie działa", "Zapomniałem hasła", "Czekam od poniedziałku"],
    "ru": ["Хочу отменить подписку", "Я ошибся номером", "Ссылка не открывается"],
    "uk": ["Моє замовлення не прийшло", "Де мій рахунок?"],
    "bg": ["Имам нужда от помощ", "Благодаря за отговора"],
}


@pytest.mark.parametrize(("language", "line"), [(language, line) for language in A_LINE for line in A_LINE[language]])
def test_a_line_is_enough_where_its_words_are_of_one_language(language: str, line: str) -> None:
    assert detect(line) == language


@pytest.mark.parametrize(
    "text", ["Не могу да се пријавим", "Tere, ma ei saa sisse logida", "Labdien, nevaru pieslēgties"]
)
def test_a_language_that_is_not_told_is_taken_for_no_other(text: str) -> None:
    assert detect(text) == "und"


@pytest.mark.parametrize("language", LONG)
def test_a_letter_is_in_the_language_it_is_written_in(language: str) -> None:
    assert detect(LONG[language]) == language
    assert detect(LONG[language], "en-US") == language, "what a program claims does not count against the words"


@pytest.mark.parametrize("language", SHORT)
def test_a_sentence_is_its_language_or_nothing_is_said(language: str) -> None:
    assert detect(SHORT[language]) == language


@pytest.mark.parametrize("language", LONG)
def test_a_few_words_never_give_a_wrong_language(language: str) -> None:
    words = LONG[language].split()
    for size in (1, 2, 4, 7):
        for start in range(0, len(words), size):
            assert detect(" ".join(words[start : start + size])) in {language, "und", *NEIGHBOURS.get(language, ())}


NEIGHBOURS = {  # where a few words are those of both
    "da": ("no",), "no": ("da",), "sv": ("no", "da"), "ja": ("zh",),
}  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "", "Hello", "Danke!", "OK", "Thx", "Merci", "test", "Ana Silva", "+1", "Invoice 4711", "12.50", "hi", "😀",
        "https://example.com/the/and/you/of/is/in/that", "the-and@you.example of-is@in.example", "Lorem ipsum dolor",
        "Der Spiegel", "Viva la revolución", "Los Pollos Hermanos", "Best Western Hotel Zürich", "Pedido 4711", "Oui",
    ],
)  # fmt: skip
def test_nothing_is_said_of_what_could_be_anything(text: str) -> None:
    assert detect(text) == "und"


def test_what_the_mail_claims_decides_only_where_its_words_do_not() -> None:
    assert detect("Danke!", "de-DE") == "de"
    assert detect("Danke!", "en-US") == "und"
    assert detect("Tusen takk!", "nb-NO") == "no"
    assert detect("", "pt-BR, en") == "pt"
    assert detect("x", "???") == "und"
    assert detect(LONG["it"], "fr") == "it"


def test_what_is_quoted_does_not_count() -> None:
    quoted = "\n".join(f"> {line}" for line in LONG["de"].split("\n"))
    mail = f"From: a@b.example\n\n{LONG['en']}\n\nOn Mon, 2 Mar 2026 at 10:00, Support wrote:\n{quoted}\n"
    assert parse(mail.encode()).body.language == "en"


@given(st.text(max_size=200), st.text(max_size=20))
def test_any_text_has_a_tag(text: str, hint: str) -> None:
    assert detect(text, hint).isascii()
    assert detect(text, hint) == detect(text, hint)
