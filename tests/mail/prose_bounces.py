"""Bounces as mail systems write them for people; names, hosts and wording of the circumstances are made up.

Each: the author, the subject, the text (the returned header is added below), and what is to be read of each recipient:
address, action, status, permanent.
"""

from dataclasses import dataclass

OURS = "<mg.17.ab@desk.example>"
HEADER = (
    "Return-Path: <support+b17@desk.example>\nReceived: from desk.example by mx.relay.example; Mon, 2 Mar 2026 "
    "10:00:00 "
    f"+0100\nMessage-ID: {OURS}\nFrom: Support <support@desk.example>\nTo: Bob Gone <bob@gone.example>\n"
    "Subject: Your order\nMIME-Version: 1.0\n\nDear Bob\n"
)
Read = tuple[str, str, str | None, bool]


@dataclass(frozen=True, slots=True)
class Prose:
    author: str
    subject: str
    text: str
    read: tuple[Read, ...]
    marker: str = ""  # between the text and the returned header; "": no header is returned
    fields: str = ""

    def raw(self) -> bytes:
        below = f"\n{self.marker}\n\n{HEADER}" if self.marker else ""
        head = f"From: {self.author}\nTo: support@desk.example\nSubject: {self.subject}\n{self.fields}"
        return f"{head}Content-Type: text/plain; charset=utf-8\n\n{self.text}{below}".encode()


HARD: Read = ("bob@gone.example", "failed", "5.1.1", True)
FULL: Read = ("bob@gone.example", "failed", "5.2.2", True)
DELAY: Read = ("bob@gone.example", "delayed", "4.4.1", False)
EVE: Read = ("eve@gone.example", "failed", "5.1.1", True)

SYSTEMS: dict[str, Prose] = {
    "qmail": Prose(
        "MAILER-DAEMON@mx.relay.example",
        "failure notice",
        "Hi. This is the qmail-send program at mx.relay.example.\nI'm afraid I wasn't able to deliver your message "
        "to the "
        "following addresses.\nThis is a permanent error; I've given up. Sorry it didn't work out.\n\n"
        "<bob@gone.example>:\n"
        "192.0.2.9 does not like recipient.\nRemote host said: 550 Unknown user\nGiving up on 192.0.2.9.\n\n"
        "<eve@gone.example>:\n"
        "Sorry, no mailbox here by that name. (#5.1.1)\n",
        (HARD, EVE),
        "--- Below this line is a copy of the message.",
    ),
    "qmail, host": Prose(
        "MAILER-DAEMON@mx.relay.example",
        "failure notice",
        "Hi. This is the qmail-send program at mx.relay.example.\n\n<bob@gone.example>:\nSorry, I couldn't find any "
        "host named "
        "gone.example. (#5.1.2)\n",
        (("bob@gone.example", "failed", "5.1.2", True),),
        "--- Below this line is a copy of the message.",
    ),
    "Exim": Prose(
        "Mail Delivery System <Mailer-Daemon@mx.relay.example>",
        "Mail delivery failed: returning message to sender",
        "This message was created automatically by mail delivery software.\n\nA message that you sent could not be "
        "delivered to "
        "one or more of its\nrecipients. This is a permanent error. The following address(es) failed:\n\n  "
        "bob@gone.example\n"
        "    SMTP error from remote mail server after RCPT TO:<bob@gone.example>:\n    host mx.gone.example "
        "[192.0.2.9]: 550 "
        "mailbox is full\n",
        (FULL,),
        "------ This is a copy of the message, including all the headers. ------",
    ),
    "Exim, alias": Prose(
        "Mail Delivery System <Mailer-Daemon@mx.relay.example>",
        "Mail delivery failed: returning message to sender",
        "The following address(es) failed:\n\n  bob@gone.example\n    (generated from info@gone.example)\n    retry "
        "timeout "
        "exceeded\n",
        (("bob@gone.example", "failed", "4.4.7", False),),
        "------ This is a copy of the message's headers. ------",
        "X-Failed-Recipients: bob@gone.example\n",
    ),
    "Exim, delay": Prose(
        "Mail Delivery System <Mailer-Daemon@mx.relay.example>",
        "Warning: message 1abcDE-0001 delayed 24 hours",
        "A message that you sent has not yet been delivered to one or more of its\nrecipients after more than 24 "
        "hours on the "
        "queue on mx.relay.example.\n\nThe address to which the message has not yet been delivered is:\n\n  "
        "bob@gone.example\n"
        "    Delay reason: Connection refused\n\nNo action is required on your part. Delivery attempts will continue "
        "for\nsome "
        "time.\n",
        (DELAY,),
    ),
    "Postfix": Prose(
        "MAILER-DAEMON@mx.relay.example (Mail Delivery System)",
        "Undelivered Mail Returned to Sender",
        "This is the mail system at host mx.relay.example.\n\nI'm sorry to have to inform you that your message "
        "could not\nbe "
        "delivered to one or more recipients. It's attached below.\n\nFor further assistance, please send mail to "
        "postmaster.\n\n<bob@gone.example>: host mx.gone.example[192.0.2.9] said: 550 5.1.1\n    <bob@gone.example>: "
        "Recipient "
        'address rejected: User unknown (in reply to\n    RCPT TO)\n\n<eve@gone.example>: unknown user: "eve"\n',
        (HARD, EVE),
    ),
    "Sendmail": Prose(
        "Mail Delivery Subsystem <MAILER-DAEMON@mx.relay.example>",
        "Returned mail: see transcript for details",
        "The original message was received at Mon, 2 Mar 2026 10:00:00 +0100\nfrom desk.example [192.0.2.1]\n\n   "
        "----- The "
        "following addresses had permanent fatal errors -----\n<bob@gone.example>\n    (reason: 550 5.1.1 User "
        "unknown)\n"
        "<eve@gone.example>\n    (reason: 552 5.2.2 over quota)\n\n   ----- Transcript of session follows -----\n... "
        "while talking to "
        "mx.gone.example.:\n>>> DATA\n<<< 550 5.1.1 <bob@gone.example>... User unknown\n<<< 552 5.2.2 "
        "<eve@gone.example> over "
        "quota\n",
        (HARD, ("eve@gone.example", "failed", "5.2.2", True)),
        "   ----- Original message follows -----",
    ),
    "Sendmail 5": Prose(
        "MAILER-DAEMON@old.relay.example",
        "Returned mail: User unknown",
        "   ----- Transcript of session follows -----\nWhile talking to mx.gone.example:\n>>> RCPT "
        "To:<bob@gone.example>\n<<< 550 "
        "<bob@gone.example>... User unknown\n550 <bob@gone.example>... User unknown\n",
        (HARD,),
        "   ----- Unsent message follows -----",
    ),
    "Sendmail, delay": Prose(
        "Mail Delivery Subsystem <MAILER-DAEMON@mx.relay.example>",
        "Warning: could not send message for past 4 hours",
        "    **********************************************\n    **      THIS IS A WARNING MESSAGE ONLY      **\n    "
        "**  YOU DO NOT "
        "NEED TO RESEND YOUR MESSAGE  **\n    **********************************************\n\n   ----- Transcript "
        "of session "
        "follows -----\n<bob@gone.example>... Deferred: Connection timed out with mx.gone.example.\nWarning: message "
        "still "
        "undelivered after 4 hours\nWill keep trying until message is 5 days old\n",
        (DELAY,),
    ),
    "Gmail": Prose(
        "Mail Delivery Subsystem <mailer-daemon@googlemail.com>",
        "Delivery Status Notification (Failure)",
        "Delivery to the following recipient failed permanently:\n\n     bob@gone.example\n\nTechnical details of "
        "permanent "
        "failure:\nThe recipient server did not accept our requests to connect, the domain gone.example does not "
        "exist. [state "
        "14]\n",
        (("bob@gone.example", "failed", "5.1.2", True),),
        "----- Original message -----",
    ),
    "Gmail, delay": Prose(
        "Mail Delivery Subsystem <mailer-daemon@googlemail.com>",
        "Delivery Status Notification (Delay)",
        "This is an automatically generated Delivery Status Notification\n\nTHIS IS A WARNING MESSAGE ONLY.\n\nYOU "
        "DO NOT NEED TO "
        "RESEND YOUR MESSAGE.\n\nDelivery to the following recipient has been delayed:\n\n     bob@gone.example\n\n"
        "Message will be "
        "retried for 2 more day(s)\n\nTechnical details of temporary failure:\nThe recipient server did not respond. "
        "Please try "
        "again.\n",
        (DELAY,),
        "----- Message header follows -----",
    ),
    "Exchange 2003": Prose(
        "System Administrator <postmaster@relay.example>",
        "Undeliverable: Your order",
        "Your message\n\n  To:      Bob Gone\n  Subject: Your order\n  Sent:    Mon, 2 Mar 2026 10:00:00 +0100\n\n"
        "did not reach the "
        "following recipient(s):\n\nbob@gone.example on Mon, 2 Mar 2026 10:00:02 +0100\n    The recipient name is not "
        "recognized\n\tThe MTS-ID of the original message is: c=us;a= ;p=relay;l=EXCH-260302100000Z-7\n    "
        "MSEXCH:IMS:RELAY:EXCH 0 "
        "(000C05A6) Unknown Recipient\n",
        (HARD,),
    ),
    "Exchange 2007": Prose(
        "Microsoft Exchange <postmaster@relay.example>",
        "Undeliverable: Your order",
        "Delivery has failed to these recipients or distribution lists:\n\nbob@gone.example\nThe recipient's e-mail "
        "address was "
        "not found in the recipient's e-mail system.\n\nDiagnostic information for administrators:\n\nGenerating "
        "server: "
        "mail.relay.example\n\nbob@gone.example\n#550 5.1.1 RESOLVER.ADR.RecipNotFound; not found ##\n",
        (HARD,),
        "Original message headers:",
    ),
    "Exchange, German": Prose(
        "Microsoft Outlook <postmaster@relay.example>",
        "Unzustellbar: Ihre Bestellung",
        "Fehler bei der Nachrichtenzustellung an folgende Empfänger oder Verteilerlisten:\n\nBob Gone "
        "(bob@gone.example)\nDas "
        "Postfach des Empfängers ist voll und kann zurzeit keine Nachrichten annehmen.\n",
        (FULL,),
        "Ursprüngliche Nachrichtenkopfzeilen:",
    ),
    "Exchange, French": Prose(
        "Microsoft Outlook <postmaster@relay.example>",
        "Non remis : Votre commande",
        "Échec de la remise à ces destinataires ou groupes :\n\nbob@gone.example\nL'adresse de messagerie entrée est "
        "introuvable. "
        "Vérifiez l'adresse.\n",
        (HARD,),
    ),
    "Outlook.com": Prose(
        "Mail Delivery Subsystem <postmaster@hotmail.example>",
        "Undeliverable: Your order",
        "Delivery has failed to these recipients or groups:\n\nbob@gone.example (bob@gone.example)\nYour message "
        "couldn't be "
        "delivered. The email address wasn't found at the destination domain.\n\n550 5.5.0 Requested action not "
        "taken: mailbox "
        "unavailable\n",
        (("bob@gone.example", "failed", "5.5.0", True),),
    ),
    "Yahoo": Prose(
        "MAILER-DAEMON@yahoo.example",
        "Failure Notice",
        "Sorry, we were unable to deliver your message to the following address.\n\n<bob@gone.example>:\n554: "
        "delivery error: dd "
        "This user doesn't have a yahoo.example account (bob@gone.example) [0] - mta17.mail.example\n",
        (HARD,),
        "--- Original message follows.",
    ),
    "Domino": Prose(
        "Bob Gone <bob@gone.example>",
        "DELIVERY FAILURE: User bob (bob@gone.example) not listed in Domino Directory",
        "Your message\n\n  Subject: Your order\n\nwas not delivered to:\n\n  bob@gone.example\n\nbecause:\n\n  User "
        "bob "
        "(bob@gone.example) not listed in Domino Directory\n",
        (HARD,),
        "--- Returned message ---",
        "Return-Path: <>\n",
    ),
    "Courier": Prose(
        "Courier mail server at mx.relay.example <@relay.example>",
        "NOTICE: mail delivery status.",
        "This is a delivery status notification from mx.relay.example,\nrunning the Courier mail server, version "
        "0.65.2.\n\n"
        "UNDELIVERABLE MAIL\n\nYour message to the following recipients cannot be delivered:\n\n<bob@gone.example>:\n"
        "    "
        "mx.gone.example [192.0.2.9]:\n>>> RCPT TO:<bob@gone.example>\n<<< 550 User unknown\n",
        (HARD,),
        "",
        "Return-Path: <>\n",
    ),
    "Zoho": Prose(
        "mailer-daemon@mail.zoho.example",
        "Undelivered Mail Returned to Sender",
        "This message was created automatically by mail delivery software.\nA message that you sent could not be "
        "delivered to one "
        "or more of its recipients. This is a permanent error.\n\nbob@gone.example, ERROR_CODE :550, ERROR_CODE :5.1.1 "
        "<bob@gone.example>... User Unknown\n",
        (HARD,),
    ),
    "Zoho, bracketed": Prose(
        "mailer-daemon@mail.zoho.example",
        "Delivery Status Notification (Failure)",
        "This message was created automatically by mail delivery software.\n\n[Status: Error, Address: "
        "<bob@gone.example>, "
        "ResponseCode 421, , Host not reachable.]\n",
        (("bob@gone.example", "failed", "4.4.1", False),),
        "Received: from desk.example by mx.zoho.example",
    ),
    "Yandex": Prose(
        "mailer-daemon@yandex.example",
        "Недоставленное сообщение",
        "Это письмо отправлено почтовым сервером yandex.example.\n\nК сожалению, мы вынуждены сообщить Вам о том, "
        "что Ваше письмо не "
        "может быть доставлено одному или нескольким адресатам.\n\n<bob@gone.example>: host mx.gone.example said: "
        "550 такой "
        "пользователь не найден\n",
        (HARD,),
    ),
    "Mail.ru": Prose(
        "mailer-daemon@corp.mail.example",
        "Mail failure.",
        "This message was created automatically by mail delivery software.\n\nA message that you sent could not be "
        "delivered.\nThe "
        "following address(es) failed:\n\n  bob@gone.example\n    SMTP error from remote mail server after RCPT "
        "TO:<bob@gone.example>:\n    host 192.0.2.9: 550 no such user (bob@gone.example)\n",
        (HARD,),
    ),
    "GroupWise": Prose(
        "Mailer-Daemon@relay.example",
        "Message status - undeliverable",
        "The message that you sent was undeliverable to the following:\n\tbob@gone.example (user not found)\n",
        (HARD,),
        "Possibly truncated original message follows:",
    ),
    "IMail": Prose(
        "Postmaster <postmaster@relay.example>",
        "Undeliverable Mail",
        "User mailbox exceeds allowed size: bob@gone.example\n",
        (FULL,),
        "Original message follows.",
    ),
    "IMail, unknown": Prose(
        "Postmaster <postmaster@relay.example>",
        "Undeliverable Mail",
        "Unknown user: bob@gone.example\n\nRCPT TO generated following response:\n550 not known here\n",
        (HARD,),
        "Original message follows.",
    ),
    "MDaemon": Prose(
        "MDaemon@relay.example",
        "Permanent Delivery Failure",
        "The attached message had PERMANENT fatal delivery errors!\n\nAfter one or more unsuccessful delivery "
        "attempts the attached "
        "message has\nbeen removed from the mail queue on this server.\n\nFailed address: bob@gone.example\n\n--- "
        "Session Transcript "
        "---\n --> RCPT To:<bob@gone.example>\n <-- 550 <bob@gone.example>, Recipient unknown\n--- End ---\n",
        (HARD,),
    ),
    "Mimecast": Prose(
        "postmaster@relay.example",
        "[Postmaster] Email Delivery Failure",
        "This is a delivery failure notification message indicating that\nan email you addressed to email address :\n"
        "-- "
        "bob@gone.example\n\ncould not be delivered. The problem appears to be :\n-- Recipient email server rejected "
        "the message\n\n"
        "Additional information follows :\n-- 5.7.1 Message blocked by policy\n",
        (("bob@gone.example", "failed", "5.7.1", True),),
    ),
    "Proofpoint": Prose(
        "Mail Delivery Subsystem <MAILER-DAEMON@relay.example>",
        "Returned mail: User unknown",
        "   ----- The following addresses had permanent delivery errors -----\n<bob@gone.example>\n\n   ----- "
        "Transcript of session "
        "follows -----\n550 5.1.1 <bob@gone.example>... User unknown\n",
        (HARD,),
    ),
    "Barracuda": Prose(
        "postmaster@relay.example",
        "**Message you sent blocked by our bulk email filter**",
        "Your message to: bob@gone.example\nwas blocked by our Spam Firewall. The email you sent with the following "
        "subject has NOT "
        "BEEN DELIVERED:\n\nSubject: Your order\n",
        (("bob@gone.example", "failed", "5.7.1", True),),
    ),
    "smail, T-Online": Prose(
        "<MAILER-DAEMON@relay.example>",
        "mail failed, returning to sender",
        "|------------------------- Message log follows: -------------------------|\n no valid recipients were found "
        "for this "
        "message\n|------------------------- Failed addresses follow: ---------------------|\n <bob@gone.example> "
        "... unknown "
        "user\n",
        (HARD,),
        "|------------------------- Message text follows: ------------------------|",
    ),
    "GMX": Prose(
        '"GMX Mailer Daemon" <mailer-daemon@gmx.example>',
        "Mail delivery failed: returning message to sender",
        "This message was created automatically by mail delivery software.\n\nA message that you sent could not be "
        "delivered to\none "
        'or more of its recipients. The following addresses failed:\n\n"bob@gone.example":\nSMTP error from remote '
        "server after RCPT "
        "command:\nhost: mx.gone.example\n5.1.1 <bob@gone.example>... User unknown\n",
        (HARD,),
        "--- The header of the original message is following. ---",
    ),
    "web.de": Prose(
        "mailer-daemon@web.example",
        "Mail delivery failed: returning message to sender",
        "Diese Nachricht wurde automatisch erzeugt.\n\nIhre E-Mail konnte an die folgenden Empfänger nicht zugestellt "
        "werden:\n\nbob@gone.example:\nDie Adresse existiert nicht.\n",
        (HARD,),
    ),
    "Orange": Prose(
        "MAILER-DAEMON@smtp.orange.example (Mail Delivery System)",
        "Undelivered Mail Returned to Sender",
        "Votre message n'a pas pu être distribué à un ou plusieurs destinataires.\n\n<bob@gone.example>: host "
        "mx.gone.example said: "
        "550 5.2.1 Adresse d au moins un destinataire invalide\n",
        (("bob@gone.example", "failed", "5.2.1", True),),
    ),
    "Amazon": Prose(
        "MAILER-DAEMON@eu-west-1.amazonses.example",
        "Delivery Status Notification (Failure)",
        "An error occurred while trying to deliver the mail to the following recipients:\nbob@gone.example\n",
        (("bob@gone.example", "failed", None, True),),
    ),
    "James": Prose(
        "postmaster@relay.example",
        "[BOUNCE]",
        "Hi. This is the James mail server at mx.relay.example.\nI'm afraid I wasn't able to deliver your message to "
        "the following "
        "addresses.\n\nFailed recipient(s):\nbob@gone.example\n\nError message:\n550 5.1.1 User unknown\n",
        (HARD,),
    ),
    "OpenSMTPD": Prose(
        "Mailer Daemon <MAILER-DAEMON@relay.example>",
        "Delivery status notification: error",
        "    Hi!\n\n    This is the MAILER-DAEMON, please DO NOT REPLY to this email.\n\n    An error has occurred "
        "while attempting to "
        "deliver a message for\n    the following list of recipients:\n\nbob@gone.example: 552 Mailbox full\n",
        (FULL,),
        "    Below is a copy of the original message:",
    ),
    "Sun": Prose(
        "Internet Mail Delivery <postmaster@relay.example>",
        "Delivery Notification: Delivery has failed",
        f"This report relates to a message you sent with the following header fields:\n\n  Message-id: {OURS}\n  "
        f"Date: Mon, 02 Mar "
        "2026 10:00:00 +0100\n  From: Support <support@desk.example>\n  To: bob@gone.example\n  Subject: Your order\n"
        "\nYour message "
        "cannot be delivered to the following recipients:\n\n  Recipient address: bob@gone.example\n  Reason: Remote "
        "SMTP server has "
        "rejected address\n  Diagnostic code: smtp;550 5.1.1 User unknown\n",
        (HARD,),
    ),
    "MailMarshal": Prose(
        "MailMarshal <postmaster@relay.example>",
        "Undeliverable Mail: Your order",
        "Your message:\n   From:    support@desk.example\n   Subject: Your order\n\nCould not be delivered because "
        "of\n\n550 5.1.1 "
        "User unknown\n\nThe following recipients were affected:\n    bob@gone.example\n",
        (HARD,),
    ),
    "SurfControl": Prose(
        "Mail Administrator <postmaster@relay.example>",
        "Unable to deliver message",
        "Your message could not be sent.\nA transcript of the attempts to send the message follows.\nThe number of "
        "attempts made: "
        "1\nAddressed To: bob@gone.example\n\nFailed to send to identified host,\nbob@gone.example: [192.0.2.9], 550 "
        "No such user\n",
        (HARD,),
    ),
    "too large": Prose(
        "MAILER-DAEMON@mx.relay.example",
        "Undelivered Mail Returned to Sender",
        "<bob@gone.example>: message size 12911111 exceeds size limit 10240000 of server mx.gone.example\n",
        (("bob@gone.example", "failed", "5.3.4", True),),
    ),
    "relay denied": Prose(
        "MAILER-DAEMON@mx.relay.example",
        "Undelivered Mail Returned to Sender",
        "<bob@gone.example>: host mx.gone.example said: 554 <bob@gone.example>: Relay access denied\n",
        (("bob@gone.example", "failed", "5.7.1", True),),
    ),
    "Japanese": Prose(
        "MAILER-DAEMON@relay.example",
        "配信エラー",
        "以下の宛先にメールを配信できませんでした。\n\nbob@gone.example\n宛先のメールアドレスが存在しません。\n",
        (HARD,),
    ),
    "Chinese": Prose(
        "postmaster@qq.example",
        "系统退信",
        "很抱歉，您的邮件无法送达。\n\n收件人：bob@gone.example\n收件人地址不存在。\n",
        (HARD,),
    ),
    "Spanish": Prose(
        "Microsoft Outlook <postmaster@relay.example>",
        "No se puede entregar: Su pedido",
        "No se pudo entregar a estos destinatarios o grupos:\n\nbob@gone.example\nEl buzón del destinatario está "
        "lleno.\n",
        (FULL,),
    ),
}
