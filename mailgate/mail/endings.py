"""What stands below a mail and says nothing of its own: footers that phones and apps add, and closings above a name.

A footer is kept as a real one; its devices and apps stand for all of their kind (mailgate/mail/footer.py).
"""


def _phrases(text: str) -> list[str]:
    """The phrases of a table whose columns mean nothing."""
    return [phrase for line in text.splitlines() for phrase in line.split("|")]


FOOTERS = """\
Sent from my iPhone
Sent from iPhone
Sent from an iPhone
Sent from a Galaxy device
Sent from my mobile
Sent from my mobile phone
Sent from my mobile device
Sent from my cell phone
Sent from my phone
Sent from my smartphone
Sent from my tablet
Sent from mobile
Sent from a phone
Sent from a mobile phone
Sent from mobile device
Sent from a mobile device
Sent via mobile
Sent via mobile device
Sent via my mobile
Sent from my cell, please excuse any typos
Sent from my phone, please excuse any typos
Sent from my phone, please excuse my brevity
Sent from my mobile, please excuse any typos
Sent from my mobile device, please excuse any typos
Sent from my mobile device, please excuse my brevity
Sent from my Android phone, please excuse any typos
Sent from Mail for Windows 10
Sent from the mail app for Windows
Sent from Yahoo Mail for iPhone
Sent from Yahoo Mail on Android
Sent from Outlook for iOS on my iPhone
Sent from my BlackBerry 10 smartphone on the Verizon network
Sent from my iPhone, please excuse any typos
Sent from my iPhone, please excuse my brevity
Sent from my iPhone - please excuse brevity
Sent from my iPhone so please excuse any typos
Sent from my Android device with K-9 Mail
Sent from my Android device with K-9 Mail. Please excuse my brevity
Sent from the all new Aol app for iOS
Sent from the Aol app for Android
Sent on my iPhone
Sent with Spark
Sent with my iPhone
Sent with Proton Mail secure email
Sent with Proton Mail for iOS
Sent from Proton Mail, encrypted email based in Switzerland
Sent from my Xperia by Sony smartphone
Sent via iPhone
Sent via my iPhone
Sent via the Samsung Galaxy S21 5G
Sent via the Samsung Galaxy S21 5G, an AT&T 5G smartphone
Sent via Superhuman for iPhone
Sent using Zoho Mail
Sent using the GMX mail app
Get Outlook for Android
Get the Outlook app for iOS
Download Outlook for iOS
Yahoo Mail: Search, Organize, Conquer
Von meinem iPhone gesendet
Von meinem Handy gesendet
Von meinem Smartphone gesendet
Von meinem Tablet gesendet
Von meinem Mobiltelefon gesendet
Von meinem Mobilgerät gesendet
Von einem Mobilgerät gesendet
Von iPhone gesendet
Von Outlook für iOS gesendet
Von Yahoo Mail auf Android gesendet
Von Mail für Windows gesendet
Von unterwegs gesendet
Mit iPhone gesendet
Mit meinem iPhone gesendet
Mit der GMX Mail App gesendet
Gesendet von iPhone
Gesendet von meinem iPhone
Gesendet von meinem Handy
Gesendet von meinem Smartphone
Gesendet von meinem Mobiltelefon
Gesendet von meinem Mobilgerät
Gesendet von einem Mobilgerät
Gesendet von unterwegs
Gesendet von Mail für Windows 10
Gesendet von Outlook für Android
Gesendet von Yahoo Mail auf Android
Gesendet vom iPhone
Gesendet aus Outlook für iOS
Gesendet mit meinem iPhone
Gesendet mit GMX
Gesendet mit der GMX Mail App
Gesendet mit der mobilen GMX Mail App
Gesendet mit Outlook für Android
Gesendet über Outlook für Android
Diese Nachricht wurde von meinem Android-Gerät mit K-9 Mail gesendet
Diese Nachricht wurde von meinem iPhone gesendet
Diese Nachricht wurde mit der GMX App gesendet
Outlook für Android herunterladen
Outlook für iOS beziehen
Outlook für iOS abrufen
Holen Sie sich Outlook für iOS
Hol dir Outlook für iOS
Laden Sie Outlook für iOS herunter
Enviado desde mi iPhone
Enviado desde mi móvil
Enviado desde mi teléfono
Enviado desde mi teléfono móvil
Enviado desde mi celular
Enviado desde mi dispositivo móvil
Enviado desde mi smartphone
Enviado desde mi tablet
Enviado desde mi iPhone de Movistar
Enviado desde mi teléfono Huawei
Enviado desde mi dispositivo Samsung
Enviado desde iPhone
Enviado desde Outlook para iOS
Enviado desde Correo para Windows 10
Enviado desde Yahoo Mail en Android
Enviado con Spark
Enviado con el correo de GMX
Enviado por iPhone
Enviado a través de Outlook para iOS
Obtener Outlook para Android
Obtén Outlook para Android
Descargar Outlook para Android
Consigue Outlook para Android
Envoyé de mon iPhone
Envoyé de mon téléphone
Envoyé de mon portable
Envoyé de mon mobile
Envoyé de mon smartphone
Envoyé de mon téléphone portable
Envoyé depuis mon iPhone
Envoyé depuis mon téléphone
Envoyé depuis mon portable
Envoyé depuis mon mobile
Envoyé depuis mon smartphone
Envoyé depuis mon appareil Samsung
Envoyé depuis mon téléphone Orange
Envoyé depuis un mobile
Envoyé depuis Outlook pour iOS
Envoyé depuis l'application Orange Mail
Envoyé à partir de mon iPhone
Envoyé à partir de mon téléphone
Envoyé à partir de Outlook pour Android
Envoyé à partir d'Outlook pour Android
Envoyé à partir de Courrier pour Windows
Envoyé à partir d'un téléphone Huawei
Envoyé par iPhone
Envoyé avec Proton Mail
Envoyé avec la messagerie sécurisée Proton Mail
Envoyé via iPhone
Télécharger Outlook pour Android
Téléchargez Outlook pour Android
Obtenir Outlook pour Android
Obtenez Outlook pour Android
Provenance : Courrier pour Windows 10
Enviado do meu iPhone
Enviado do meu telemóvel
Enviado do meu celular
Enviado do meu telefone
Enviado do meu smartphone
Enviado do meu dispositivo móvel
Enviado do iPhone
Enviado de iPhone
Enviado de meu iPhone
Enviado a partir do meu iPhone
Enviado a partir do meu telemóvel
Enviado a partir do meu smartphone
Enviado a partir do iPhone
Enviado a partir do Outlook para iOS
Enviado do Outlook para iOS
Enviado do Email para Windows 10
Enviado do Correio para Windows
Enviado do Yahoo Mail no Android
Enviado pelo meu iPhone
Enviado pelo Outlook para iOS
Enviado via iPhone
Enviado com Proton Mail
Obter Outlook para Android
Obter o Outlook para Android
Obtenha Outlook para Android
Obtenha o Outlook para Android
Baixar o Outlook para Android
Inviato da iPhone
Inviato da mio iPhone
Inviato dal mio iPhone
Inviato dal mio cellulare
Inviato dal mio telefono
Inviato dal mio smartphone
Inviato dal mio dispositivo Samsung
Inviato da smartphone
Inviato da dispositivo mobile
Inviato da Outlook per Android
Inviato da Posta per Windows 10
Inviato da Yahoo Mail su Android
Inviato con Spark
Inviato tramite iPhone
Ottieni Outlook per Android
Scarica Outlook per Android
Scaricare Outlook per Android
Verzonden vanaf mijn iPhone
Verzonden vanaf mijn telefoon
Verzonden vanaf mijn mobiel
Verzonden vanaf mijn mobiele telefoon
Verzonden vanaf mijn smartphone
Verzonden vanaf iPhone
Verzonden vanaf Outlook voor Android
Verzonden vanuit Mail voor Windows
Verzonden vanuit Outlook voor iOS
Verzonden met Proton Mail
Verzonden met mijn iPhone
Verzonden via iPhone
Verstuurd vanaf mijn iPhone
Verstuurd vanaf mijn telefoon
Verstuurd vanaf mijn mobiel
Verstuurd vanaf mijn smartphone
Verstuurd vanaf iPhone
Verstuurd via iPhone
Verstuurd met mijn iPhone
Outlook voor Android downloaden
Download Outlook voor Android
Outlook voor iOS ophalen
Wysłane z iPhone'a
Wysłano z iPhone'a
Wysłane z mojego iPhone'a
Wysłane z iPhone
Wysłane z mojego iPhone
Wysłane z iPada
Wysłane z telefonu
Wysłane z telefonu Samsung
Wysłane z mojego telefonu
Wysłano z mojego telefonu
Wysłane z urządzenia Galaxy
Wysłane z urządzenia mobilnego
Wysłane z programu Outlook dla systemu Android
Wysłane z aplikacji Outlook dla systemu Android
Wysłane z aplikacji Poczta dla systemu Windows
Pobierz program Outlook dla systemu Android
Pobierz aplikację Outlook dla systemu Android
Pobierz Outlook dla systemu Android
Отправлено с iPhone
Отправлено с моего iPhone
Отправлено с телефона
Отправлено с мобильного
Отправлено с мобильного устройства
Отправлено с моего телефона
Отправлено с устройства Samsung
Отправлено с Android-устройства
Отправлено из Outlook для iOS
Отправлено из Почты для Windows 10
Отправлено из мобильной Почты Mail.ru
Отправлено из мобильной Яндекс Почты
Отправлено из почты Mail.ru для Android
Отправлено через Outlook для Android
Скачать Outlook для Android
Получить Outlook для Android
Скачайте Outlook для Android
Надіслано з iPhone
Надіслано з мого iPhone
Відправлено з iPhone
Отримати Outlook для Android
iPhone'umdan gönderildi
iPad'imden gönderildi
iPhone'dan gönderildi
iPad'den gönderildi
iPhone cihazımdan gönderildi
Telefonumdan gönderildi
Cep telefonumdan gönderildi
Windows için Posta'dan gönderildi
iOS için Outlook'tan gönderildi
Android için Outlook'u edinin
Android için Outlook uygulamasını edinin
Skickat från min iPhone
Skickat från min mobil
Skickat från min telefon
Skickat från iPhone
Skickat från Outlook för iOS
Skickat från E-post för Windows
Skickat med Proton Mail
Hämta Outlook för Android
Sendt fra min iPhone
Sendt fra min mobil
Sendt fra min telefon
Sendt fra iPhone
Sendt fra Outlook til iOS
Sendt fra Outlook for iOS
Sendt fra Mail til Windows
Sendt med Proton Mail
Hent Outlook til Android
Få Outlook for Android
Skaff deg Outlook for Android
Last ned Outlook for Android
Lähetetty iPhonesta
Lähetetty iPadista
Lähetetty puhelimesta
Lähetetty Samsung-laitteesta
Lähetetty Galaxy-laitteestani
Lähetetty Outlook for iOS:stä
Hanki Outlook for Android
Hanki Outlook Androidille
Odesláno z iPhonu
Odesláno z mého iPhonu
Odesláno z iPadu
Odesláno z iPhone
Odesláno z mobilu
Odesláno z mého mobilu
Odesláno z telefonu
Odesláno ze zařízení Samsung
Odesláno z aplikace Outlook pro Android
Odesláno pomocí Proton Mail
Získat Outlook pro Android
Stáhnout Outlook pro Android
Odoslané z iPhonu
Odoslané z iPhone
Odoslané z mobilu
iPhone-ról küldve
Elküldve az iPhone-omról
Küldve az iPhone-omról
Az Outlook beszerzése Android rendszerre
Trimis de pe iPhone
Trimis de pe iPhone-ul meu
Trimis de pe telefonul meu
Trimis din Outlook pentru Android
Obțineți Outlook pentru Android
Descărcați Outlook pentru Android
Στάλθηκε από το iPhone μου
Στάλθηκε από iPhone
Απεστάλη από το iPhone μου
Λήψη του Outlook για Android
Dikirim dari iPhone saya
Dikirim dari iPhone
Dikirim dari ponsel saya
Dapatkan Outlook untuk Android
Đã gửi từ iPhone của tôi
Được gửi từ iPhone của tôi
Gửi từ iPhone của tôi
Tải Outlook cho Android
ส่งจาก iPhone ของฉัน
मेरे iPhone से भेजा गया
आईफ़ोन से भेजा गया
أُرسلت من الـ iPhone
أُرسلت من iPhone
تم الإرسال من الـ iPhone
مرسل من الـ iPhone
تم الإرسال من جهاز Samsung
الحصول على Outlook لـ Android
احصل على Outlook لنظام Android
נשלח מה-iPhone שלי
נשלח מ-iPhone
קבל את Outlook עבור Android
ارسال شده از iPhone من
发自我的iPhone
发自我的手机
从我的 iPhone 发送
通过 iPhone 发送
从 Outlook for iOS 发送
发送自 iPhone
发送自 Windows 10 版邮件应用
从 Windows 版邮件发送
获取 Outlook for Android
获取适用于 Android 的 Outlook
來自我的 iPhone
從我的 iPhone 傳送
自我的 iPhone 傳送
我的 iPhone 傳送
從我的手機傳送
取得 Outlook for Android
取得適用於 Android 的 Outlook
iPhoneから送信
私のiPhoneから送信
マイ iPhoneから送信
スマホから送信
スマートフォンから送信
携帯から送信
Outlook for iOS から送信
Windows 版のメールから送信
Outlook for Androidを入手
Android 版 Outlook を入手
나의 iPhone에서 보냄
내 iPhone에서 보냄
iPhone에서 보냄
내 휴대폰에서 보냄
Windows용 메일에서 보냄
iOS용 Outlook에서 보냄
Android용 Outlook 다운로드
Android용 Outlook 받기
""".splitlines()

BRANDS = _phrases("""\
iphone|ipad|ipod touch|ipod|ios|ipados|macos|macbook|imac|apple watch|apple mail|icloud
android|pixel|google pixel|windows phone|windows mobile|windows|blackberry|bb10
samsung|galaxy|huawei|honor|xiaomi|redmi|poco|oneplus|oppo|vivo|realme|motorola|moto|lg|htc|sony|xperia|nokia|lumia
fairphone|zte|lenovo|asus|alcatel|wiko|nothing phone
outlook|yahoo|aol|gmail|google mail|gmx|web.de|t-online|telekom|freenet|1&1|ionos|posteo|mailbox.org|proton|protonmail
tutanota|tuta|spark|airmail|bluemail|blue mail|k-9|k9|fairemail|thunderbird|edison|mailbird|superhuman|zoho|fastmail
canary|aqua mail|typeapp|mailspring|shortwave|libero|virgilio|tiscali|orange|sfr|laposte|mail.ru|яндекс|yandex|uol|naver
foxmail|qq邮箱|网易邮箱大师
mailbox|acompli|polymail|mixmax|postbox|unibox|nine|front|newton|cloudmagic|mymail|boxer
verizon|at&t|t-mobile|sprint|vodafone|o2|telstra|optus|rogers|bell|telus|movistar|claro|tigo|telcel|jio|airtel|tele2
""")

# They belong to a brand that they stand beside; alone they are words of their own.
NOUNS = """\
mail e-mail email app mobile wireless device phone cell smartphone tablet handy mobiltelefon mobilgerät gerät network
lte pc pro max mini plus ultra note edge fold flip air se xl fe lite neo duos
""".split()

# Where the links lead that such footers carry. A link to elsewhere says more.
HOSTS = """\
aka.ms go.microsoft.com outlook.com onelink.me yahoo.com yho.com aol.com proton.me protonmail.com apple.co apple.com
play.google.com gmx.net gmx.com gmx.ch gmx.at web.de bluemail.me sparkmailapp.com readdle.com getmailbird.com
canarymail.io windows.microsoft.com 9folders.com mailboxapp.com
superhuman.com airmailapp.com typeapp.com k9mail.app samsung.com libero.it
""".split()

CLOSINGS = _phrases("""\
regards|kind regards|best regards|warm regards|kindest regards|many regards|with kind regards|with best regards
rgds|br|kr|best|all the best|best wishes
sincerely|yours sincerely|sincerely yours|yours faithfully|yours truly|respectfully
mfg|lg|vg|bg|mit freundlichen grüßen|mit freundlichem gruß|mit besten grüßen|mit besten gruß|mit herzlichen grüßen
freundliche grüße|viele grüße|beste grüße|liebe grüße|herzliche grüße|schöne grüße|mit lieben grüßen|mit vielen grüßen
freundlicher gruß|gruß|grüße|hochachtungsvoll
saludos|un saludo|saludos cordiales|un cordial saludo|cordiales saludos|atentamente|cordialmente|un abrazo
cordialement|bien cordialement|très cordialement|bien à vous|cdt|cdlt|salutations|sincères salutations
cumprimentos|com os melhores cumprimentos|melhores cumprimentos|os melhores cumprimentos|atenciosamente|abraços|att
cordiali saluti|distinti saluti|cordialmente|saluti|un cordiale saluto
met vriendelijke groet|met vriendelijke groeten|vriendelijke groet|vriendelijke groeten|groet|groeten|mvg
z poważaniem|pozdrawiam|pozdrowienia|serdecznie pozdrawiam|с уважением|с наилучшими пожеланиями|з повагою
med vänlig hälsning|med vänliga hälsningar|vänliga hälsningar|hälsningar|mvh|med venlig hilsen|venlig hilsen|vh
med vennlig hilsen|vennlig hilsen|hilsen|ystävällisin terveisin|terveisin|s pozdravem|s přátelským pozdravem
saygılarımla|iyi çalışmalar|üdvözlettel|cu stimă|με εκτίμηση|敬具|此致|祝好|よろしくお願いします
""")
