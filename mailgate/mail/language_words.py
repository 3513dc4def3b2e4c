"""Words and letters by which languages are told apart (mailgate/mail/language.py): the small words that no text does
without, and what people write of to a desk.

A word may stand in several lists; it counts the less the more of them have it.
"""

SMALL = {
    "en": "the and you to of is in that it for on with your we have are this not be please i my from can would at was "
    "will if as there has been our me what an could but which how when thanks thank regards hello just any "
    "still know they or by am get dear he she his her do did don't i'm hi where why help need want who does "
    "it's",
    "de": "der die das und ich sie wir nicht ist mit für auf den dem ein eine einen einem einer von zu zum zur im es "
    "bitte haben hat habe bei uns ihr ihre ihren ihnen auch wie noch aber oder wenn dass daß werden wird kann "
    "können mir mich sind war schon sehr grüße grüßen freundlichen vielen dank mein meine keine kein nach aus "
    "am an hallo geehrte wurde um bin als über nur was",
    "es": "el la los las de que y en un una por con para no se lo su mi me es está están como más pero si ha he hemos "
    "al del muy gracias hola favor saludos nos le les este esta esto puedo pueden cuando usted ustedes son ser "
    "qué también todo ya hay sobre desde tengo cómo quisiera estimados buenos días porque sin",
    "fr": "le la les de des du et je vous nous que qui est une un pour dans pas ne sur avec ce cette au aux il elle "
    "mon ma votre vos notre ai avez a été être sont plus merci bonjour cordialement comme mais si se par en y "
    "j'ai n'est c'est fait bien très me ou où lorsque d'une d'un qu'il mes puis suis ça leur peux peut pouvez "
    "aussi",
    "pt": "o a os as de que e em um uma por com para não se do da dos das no na nos nas ao à é está foi meu minha eu "
    "você vocês mas como mais muito obrigado obrigada olá favor isso este esta são tem temos tenho pelo pela já "
    "também quando até gostaria bom dia estou podem pode seu sua qual sem ou ainda",
    "it": "il lo la gli le di che e è un una per con non si del della dei delle nel nella al alla sono ho abbiamo ha "
    "mi ci vi come ma più questo questa grazie buongiorno cordiali saluti anche dal dalla se suo mia mio sul "
    "quando stato essere vorrei ancora molto salve cosa perché potete prego nostro vostra ne da hanno era",
    "nl": "de het een en van ik is dat niet in op te voor met zijn die u uw wij we er aan maar om ook als bij nog "
    "naar kan heb hebben heeft wel mijn dit deze wordt worden graag bedankt groeten vriendelijke beste hallo "
    "geen kunt kunnen ons onze hoe wat over uit door al of jullie moet was dan zou alvast alleen gaat",
    "pl": "i w na z się nie to że do jest o jak od po za co ale dla czy przez mam mi mnie mogę proszę dziękuję dzień "
    "dobry pozdrawiam są był było była tak już tylko przy oraz lub ten ta moje mój moja ze jeszcze kiedy gdzie "
    "państwa witam być który która które bardzo może nadal tym",
    "sv": "och att det i en ett jag är som på för med inte till den har av vi ni om de men kan så var från hej tack "
    "hälsningar mvh mig min mitt mina er era ert när vad hur skulle också eller här där detta denna efter vid "
    "finns något några bara mycket måste blir vill fått vänliga ingen inget går",
    "da": "og at det i en et jeg er som på for med ikke til den har af vi de men kan så var fra hej tak hilsen venlig "
    "mig min mit mine jer jeres når hvad hvordan skulle også eller her der dette denne efter ved findes noget "
    "nogle kun meget blive vil fået mvh ingen hvis kunne være os sig have havde gerne skal bliver",
    "no": "og at det i en et jeg er som på for med ikke til den har av vi dere de men kan så var fra hei takk hilsen "
    "vennlig meg min mitt mine deres når hva hvordan skulle også eller her der dette denne etter ved finnes noe "
    "noen bare mye bli vil fått mvh ingen hvis kunne være oss seg ha hadde gjerne skal blir må",
    "fi": "ja on ei en se että mutta kun jos niin kuin tai ovat oli olen minä minun me te teidän voi voin voitte myös "
    "mitä miten hei kiitos terveisin ystävällisin tämä tämän nyt vielä ole olla ollut siitä siinä joka jotka "
    "kanssa saa saan hyvää päivää onko mikä vain sitä ett jo ne",
    "cs": "a v na se je to že do s o z jsem jsme jako ale pro by jak co které který která byl bylo byla není jsou už "
    "tak při nebo mi mám můžete prosím děkuji dobrý den pozdravem vás vám nás nám mě ve ze za od po jen když "
    "kde ještě také tento tato jestli mohu bude zda díky",
    "sk": "a v na sa je to že do s o z som sme ako ale pre by čo ktoré ktorý ktorá bol bolo bola nie sú už tak pri "
    "alebo mi mám môžete prosím ďakujem dobrý deň pozdravom vás vám nás nám ma vo zo za od po len keď kde ešte "
    "tiež tento táto či môžem bude",
    "tr": "ve bir bu için ile ne de da mi çok ben var yok olarak değil daha gibi ama kadar sonra nasıl lütfen merhaba "
    "teşekkürler teşekkür ederim iyi günler saygılarımla olan benim bana size sizin en ya ki her şey bizim "
    "neden hala henüz oldu olduğu istiyorum mu mı musunuz",
    "hu": "a az és hogy nem is egy ez azt van volt meg csak már de ha mint vagy kérem köszönöm üdvözlettel tisztelt "
    "jó napot szeretnék nekem lehet még be ki el ezt mert minden nagyon hol mikor hogyan amit amely",
    "ro": "și si de la în in nu să sa cu pe un o este sunt am ai au pentru care mai din ce că dar bună ziua mulțumesc "
    "va vă rog dumneavoastră mi-a dacă acest această fost foarte când",
    "hr": "i u na je da se ne za od sa su što ali kao nije sam smo ili iz po bi hvala poštovani molim lijep pozdrav "
    "dan mi moj kako još nisam biti koji koja koje već samo ima može",
    "ca": "el la els les de que i en un una per amb no es del al dels és són com més però si meu meva gràcies bon dia "
    "hola salutacions aquest aquesta això molt també quan tinc podeu vostra ens ho",
    "af": "die en van ek is dat nie in op te vir met my ons het jy u hierdie asseblief dankie groete kan sal was om "
    "ook aan by as maar daar moet word wat hoe nog geen baie julle hulle",
    "id": "yang dan di ini itu dengan untuk tidak dari dalam akan pada juga saya ke karena bisa ada mereka kami anda "
    "sudah atau terima kasih tolong mohon selamat telah apakah belum",
    "ru": "и в не на что я с как это по но для мы вы к у из за от так же то все мне меня нас вас вам пожалуйста "
    "спасибо здравствуйте добрый день уважением или если при до был была было есть нет можно только уже чтобы "
    "когда очень мой моя ещё еще",
    "uk": "і в не на що я з як це по але для ми ви до у із за від так же та все мені мене нас вас вам будь ласка "
    "дякую добрий день повагою або якщо при був була було є немає можна тільки вже щоб коли дуже мій моя ще й",
    "bg": "и в не на че аз с как това по но за ние вие до от така също се да ми ме нас вас ви моля благодаря "
    "здравейте добър ден уважение или ако при беше има няма може само вече когато много още е са съм",
}
DESK = {
    "en": "account password order invoice login log printer delivery refund parcel received arrived broken working "
    "works problem issue question error message please sorry wrong missing still yet again morning afternoon "
    "evening charged twice paid subscription cancel change address forgot ordered bought send sent open reset "
    "should because nothing something anyone without after before since tried try used going back call me yes "
    "no too very much many some more most other than then so up out about into over here there what's that's "
    "i've i'd i'll we're you're isn't wasn't couldn't didn't doesn't can't cost costs link attached attachment "
    "receipt correct monday tuesday wednesday thursday friday saturday sunday week month year number name talk "
    "speak someone waiting wait solved fixed mistyped shipping store shop new already never always were being "
    "find see yesterday today tomorrow lot",
    "de": "konto passwort kennwort bestellung rechnung anmelden einloggen drucker lieferung paket erhalten angekommen "
    "kaputt defekt funktioniert geht problem frage fehler fehlermeldung leider falsch fehlt immer wieder guten "
    "morgen tag abend doppelt abgebucht bezahlt abo kündigen kündigung ändern adresse vergessen bestellt "
    "gekauft bekomme bekommen schicken senden öffnen zurück möchte brauche hilfe helfen danke antwort warum "
    "wann wo wieso nichts etwas jemand ohne nachdem seit gestern heute rückruf gerne liebe euch euer eure dann "
    "denn doch mal ja nein nun jetzt weil damit dabei dazu davon bereits eben ganz genau gibt gut hier ihm ihn "
    "jede jeder keinen könnte kostet link anhang anbei anlage siehe stimmt dokument datei gern jemandem "
    "sprechen warte montag dienstag mittwoch donnerstag freitag samstag sonntag woche monat jahr nummer name "
    "erledigt versand quittung würde wäre hätte sollte muss müssen wollen will soll sich alles klar erneut neue "
    "neuen neu laden geschäft",
    "es": "cuenta contraseña pedido factura entrar acceder impresora entrega paquete recibido llegado llega llegó "
    "roto funciona funcionar problema pregunta mensaje error ayuda ayudar necesito quiero olvidado respuesta "
    "buenas tardes noches cobrado veces pagado suscripción cancelar cambiar dirección comprado compré enviar "
    "enviado abrir todavía aún sigue nada alguien antes después desde ayer hoy producto urgente reembolso "
    "devolución donde dónde cuándo dos tiene tienen hacer hice puede podrían gracias correo cliente fue era "
    "hace hago dice dijo están estoy estamos eso esa ese esos esas otro otra mismo bien mal tan hasta entre "
    "contra cual cuál quién quien cuánto cuanto cuesta coste envío envio enlace adjunto recibo perdón disculpe "
    "disculpen correcto lunes martes miércoles jueves viernes sábado domingo semana mes año vez número nombre "
    "hablar esperando espero llamar llame sí resuelto solucionado mucho mucha nuevo nueva tienda llamo ustedes",
    "fr": "compte commande facture connecter imprimante livraison colis reçu arrivée arrivé arrive cassé marche "
    "fonctionne problème question erreur aide besoin oublié passe mot réponse j'ai j'arrive débité fois payé "
    "abonnement annuler changer adresse acheté envoyer envoyé ouvrir toujours encore rien quelqu'un avant après "
    "depuis hier aujourd'hui produit remboursement souhaite voudrais veux pourquoi quand soir bonsoir aidez l' "
    "d' j' n' c' qu' s' m' t' s'il plaît recevoir l'imprimante n'arrive d'aide ça cela suis m'a qu'est vais "
    "c'est s'est tu ils elles leur leurs cet ces son sa ses quel quelle combien coûte coût lien joint ci-joint "
    "pardon désolé oui non lundi mardi mercredi jeudi vendredi samedi dimanche semaine mois année numéro nom "
    "parler attends attendre appeler appelez réglé résolu beaucoup nouveau nouvelle magasin veuillez trouver "
    "trompé très peu tout tous toute toutes faire dit était avoir sera serait pourriez peut-être déjà jamais "
    "document envoyez",
    "it": "account ordine fattura accedere stampante consegna pacco ricevuto arrivato arriva rotto funziona "
    "funzionano problema domanda errore aiuto bisogno dimenticato risposta buonasera buon giorno addebitato "
    "volte pagato abbonamento annullare cambiare indirizzo comprato inviare inviato aprire ancora niente nulla "
    "qualcuno prima dopo ieri oggi prodotto rimborso voglio riesco quando dove dov'è avete ciao perché password "
    "stato stata ordinato l' un' d' c' dell' all' nell' sull' quest' tutto bene si sì essere fare fatto detto "
    "hai abbia molto poco tutti tutte questi queste quello quella quanto quanti costa costo link allegato "
    "ricevuta scusi scusate corretto lunedì martedì mercoledì giovedì venerdì sabato domenica settimana mese "
    "anno numero nome parlare aspetto chiamare chiamate risolto sbagliato mille apre spedizione negozio nuovo "
    "nuova già mai sempre così però quindi oppure potreste può posso devo deve loro noi voi io lei documento",
    "pt": "conta senha palavra-passe pedido encomenda fatura entrar aceder impressora entrega pacote recebi recebido "
    "chegou chega partido quebrado funciona funcionar problema pergunta mensagem erro ajuda preciso quero "
    "esqueci resposta boa tarde noite cobrado vezes pago assinatura cancelar mudar endereço morada comprei "
    "enviar enviado abrir ainda continua nada alguém antes depois desde ontem hoje produto reembolso onde "
    "consigo quando porque duas fui meus minhas nossa nosso obrigada prezados era estava fazer fez disse esse "
    "essa aquele pouco tudo todos quanto custa custo link anexo recibo desculpe desculpem correto segunda terça "
    "quarta quinta sexta sábado domingo semana mês ano número nome falar espera ligar liguem resolvido enganei "
    "novo nova loja nunca sempre assim então poderiam posso devo deve às aos num numa sou sim queria segue "
    "envio documento abre",
    "nl": "account wachtwoord bestelling factuur inloggen printer levering pakket ontvangen aangekomen kapot werkt "
    "werken probleem vraag fout foutmelding helaas hulp nodig vergeten antwoord goedemorgen goedemiddag "
    "goedenavond dubbel afgeschreven betaald abonnement opzeggen wijzigen adres gekocht sturen verstuurd openen "
    "nog steeds niets iemand zonder sinds gisteren vandaag product terugbetaling terug wil waar wanneer waarom "
    "krijg graag komt mijn is ja nee dan toch eens hier daar haar hun ze zij mij me hem heel veel weinig alles "
    "iets iedereen hoeveel kost kosten link bijlage bon sorry klopt maandag dinsdag woensdag donderdag vrijdag "
    "zaterdag zondag week maand jaar nummer naam spreken wacht wachten bellen belt opgelost dank vergist "
    "verzending winkel nieuwe nieuw nooit altijd dus want omdat zich zie bent had hebt moeten willen zullen zal "
    "gebroken mag document",
    "pl": "konto hasło hasła zamówienie faktura fakturę zalogować drukarka dostawa paczka paczki otrzymałem "
    "otrzymałam dostałem dostałam dotarło dotarła uszkodzony zepsuty działa problem pytanie błąd pomocy pomoc "
    "potrzebuję zapomniałem zapomniałam odpowiedź cześć pobrano razy zapłaciłem subskrypcję anulować zmienić "
    "adres kupiłem wysłać otworzyć nadal dalej nic ktoś dwa od wczoraj dziś produkt zwrot pieniędzy chcę mogę "
    "gdzie kiedy dlaczego moja jest dzień dobry tak już tu tam ich jego jej nas wam pan pani państwo mogą można "
    "trzeba być byli będzie ile kosztuje link załącznik załączeniu załączam paragon przepraszam zgadza "
    "poniedziałku wtorek środa czwartek piątek sobota niedziela tydzień miesiąc rok numer nazwa porozmawiać "
    "kimś czekam zadzwonić rozwiązane pomyliłem wysyłka sklep nowy nowa nigdy zawsze więc albo chciałbym "
    "chciałabym",
    "sv": "konto lösenord beställning faktura logga skrivaren leverans paket kommit fungerar problem fråga fel hjälp "
    "behöver glömt svaret svar god morgon dubbelt betalat ändra adress köpt skicka öppna fortfarande inget igår "
    "idag produkten vill varför när min kvitto",
    "da": "konto adgangskode ordre faktura logge printeren levering pakke modtaget virker problem spørgsmål fejl "
    "hjælp brug glemt svaret svar godmorgen trukket betalt opsige ændre adresse købt sende åbne stadig intet i "
    "går dag produktet vil hvorfor hvornår kommet",
    "no": "konto passord bestilling faktura logge logget inn skriveren levering pakke mottatt virker fungerer problem "
    "spørsmål feil hjelp trenger glemt svaret svar trukket betalt avslutte endre adresse kjøpt sende åpne "
    "fortsatt ingenting går dag produktet vil hvorfor når får kommet",
    "fi": "tili salasana tilaus tilaukseni lasku kirjautua kirjautumaan tulostin toimitus paketti saapunut toimi "
    "toimii ongelma kysymys virhe apua tarvitsen unohtanut unohdin vastauksesta vastaus huomenta päivää "
    "veloitettu maksettu peruuttaa muuttaa osoite ostin lähettää avata edelleen mitään eilen tänään tuote "
    "haluan miksi milloin pääse",
    "cs": "účet heslo objednávka faktura přihlásit tiskárna doručení balík obdržel nedorazila nefunguje funguje "
    "problém dotaz chyba pomoc potřebuji zapomněl odpověď zaplatil předplatné zrušit změnit adresa koupil "
    "poslat otevřít stále nic včera dnes výrobek chci proč kdy nemohu moje",
    "tr": "hesabım hesap hesabıma şifre şifremi sipariş siparişim fatura giriş yazıcı teslimat kargo gelmedi ulaşmadı "
    "bozuk çalışmıyor sorun soru hata yardım yardıma ihtiyacım unuttum cevabınız yanıt günaydın ödeme iptal "
    "değiştirmek adres aldım göndermek açamıyorum hâlâ hiçbir dün bugün ürün istiyorum nerede yapamıyorum",
    "ru": "аккаунт пароль заказ счёт счет войти принтер доставка посылка получил получила пришёл пришел пришла "
    "работает работают сломан проблема вопрос ошибка помощь помогите нужна нужно нужен забыл забыла ответ "
    "деньги дважды списали оплатил подписку отменить изменить адрес купил отправить открыть ничего сих пор "
    "вчера сегодня товар хочу где почему когда верните придёт могу всё все ещё добрый здравствуйте вернуть сайт "
    "да вот там тут его её ее их нам тебя себя мной будет были быть надо сколько стоит ссылка вложение вложении "
    "чек извините верно понедельника вторник среда четверг пятница суббота воскресенье неделя неделю месяц год "
    "номер имя поговорить жду позвонить позвоните решено ошибся магазин новый новая никогда всегда потому "
    "поэтому кто какой какая большое пришлите отправьте скажите подскажите",
    "uk": "акаунт обліковий замовлення рахунок увійти принтер доставка посилка отримав отримала прийшло прийшов "
    "працює працюють зламаний проблема питання помилка допомога допоможіть потрібна потрібно потрібен забув "
    "забула відповідь гроші двічі сплатив скасувати змінити адреса купив відправити відкрити нічого досі вчора "
    "сьогодні товар хочу де чому коли можу вітаю моє привіт пароль",
    "bg": "акаунт парола поръчка фактура вляза влизам принтерът доставка пратка получих пристигна работи счупен "
    "проблем въпрос грешка помощ нужда имам забравих отговора отговор пари два пъти платих откажа променя адрес "
    "купих изпратя отворя все още нищо вчера днес продукт искам къде защо кога мога благодаря здравейте",
    "hu": "fiók jelszó rendelés számla bejelentkezni nyomtató szállítás csomag megkaptam érkezett működik probléma "
    "kérdés hiba segítség segítséget elfelejtettem válasz válaszát fizettem lemondani tegnap termék szeretném "
    "miért hol tudok ügyfélszolgálat kedves",
    "ro": "cont parola comanda factura autentific imprimanta livrare colet primit ajuns funcționează problemă "
    "întrebare eroare ajutor nevoie uitat răspuns plătit anula adresa cumpărat trimite încă nimic ieri azi "
    "produsul vreau unde pot",
    "hr": "račun lozinka narudžba prijaviti pisač dostava paket primio stigla radi problem pitanje greška pomoć "
    "trebam zaboravio odgovoru odgovor platio otkazati promijeniti adresa još uvijek ništa jučer danas proizvod "
    "želim gdje kada mogu dobar",
    "sk": "účet heslo objednávka faktúra prihlásiť tlačiareň doručenie balík dostal nefunguje problém otázka chyba "
    "pomoc potrebujem zabudol odpoveď zaplatil zrušiť zmeniť stále nič včera dnes chcem prečo kedy nemôžem moja",
    "ca": "compte contrasenya comanda factura impressora paquet rebut arribat funciona problema ajuda necessito vull "
    "oblidat resposta encara puc entrar meva bona tarda",
    "id": "akun kata sandi pesanan faktur masuk printer pengiriman paket diterima sampai rusak berfungsi masalah "
    "pertanyaan kesalahan bantuan butuh lupa jawaban bayar batalkan ubah alamat beli kirim buka masih apa "
    "kemarin produk ingin mengapa kapan pagi siang",
    "af": "rekening wagwoord bestelling faktuur inteken drukker pakkie ontvang aangekom werk probleem vraag fout hulp "
    "nodig vergeet antwoord betaal kanselleer verander adres gekoop stuur nog steeds niks gister vandag hoekom "
    "waar wanneer goeie môre",
}
# Languages that are not told: their words speak against the others.
UNTOLD = {
    "et": "ja ei on ma et see kui oma mu sa ta meie teie tere aitäh palun saa saab konto parool tellimus arve sisse "
    "logida ole veel kas mis kuidas tänan lugupidamisega päevast ega aga siis või",
    "lv": "un ir nav es ka ar par no uz labdien paldies lūdzu konts parole pasūtījums rēķins nevaru pieslēgties mans "
    "mana kā kad bet vai jūs mēs cieņu",
    "lt": "ir yra ne aš kad su apie iš į sveiki laba diena ačiū prašau paskyra slaptažodis užsakymas sąskaita negaliu "
    "prisijungti mano kaip kada bet ar jūs mes pagarba gerbiami",
    "sl": "in je ni se da za na ne sem v z ki kot ali pa so po od do pozdravljeni hvala prosim račun geslo naročilo "
    "morem prijaviti moj kako kdaj lep pozdrav tiskalnik deluje še",
    "sr": "и у на је да се не за од са што али као није сам смо или из по хвала поштовани молим мој како још лозинка "
    "наруџбина рачун могу пријавим одговору ради принтер штампач када где помоћ треба ово",
    "mk": "и во на е да се не за од со што но како сум сме или по благодарам почитувани молам мојот лозинка нарачка "
    "сметка можам работи кога каде помош треба ова",
    "be": "і ў не на што я з як гэта па але для мы вы да за так калі дзякуй ласка дзень добры вас мне мой працуе",
    "gl": "o a os as de que e en un unha por con para non se do da dos das meu miña grazas ola isto está pedido",
    "eu": "eta da ez du bat nire dut kaixo eskerrik asko mesedez kontua pasahitza eskaera",
    "is": "og að ekki er ég það sem á í við til hæ takk kveðja mig mér þetta hef get pöntun lykilorð reikningur",
    "sq": "dhe në një nuk është për me të që po jo faleminderit përshëndetje llogaria fjalëkalimi porosia",
    "vi": "và là của không tôi có cho được với này xin chào cảm ơn tài khoản mật khẩu đơn hàng hóa",
    "la": "lorem ipsum dolor sit amet consectetur adipiscing elit et in est non ut",
}

WORDS_OF = {language: f"{words} {DESK.get(language, '')}" for language, words in SMALL.items()}
LETTERS_OF = {
    "ß": "de", "ñ": "es", "¿": "es", "¡": "es", "ã": "pt", "õ": "pt", "œ": "fr", "ł": "pl", "ś": "pl",
    "ż": "pl", "ą": "pl", "ę": "pl", "ř": "cs", "ě": "cs", "ů": "cs", "ľ": "sk", "ô": "sk fr pt", "ğ": "tr",
    "ı": "tr", "ş": "tr ro", "ő": "hu", "ű": "hu", "ă": "ro", "ș": "ro", "ț": "ro", "đ": "hr", "å": "sv da no",
    "ø": "da no", "æ": "da no", "ä": "de sv fi", "ö": "de sv fi tr hu", "ü": "de tr hu", "ò": "it ca",
    "ì": "it", "ç": "fr pt tr ca", "ê": "fr pt", "ы": "ru", "э": "ru", "ё": "ru", "і": "uk", "ї": "uk",
    "є": "uk", "ґ": "uk", "ъ": "bg",
}  # fmt: skip
