"""Awkward mails against which every template is rendered when it is loaded: a mistake is found before a mail is due."""

from dataclasses import replace
from datetime import UTC, datetime

from mailgate.notify.variables import (
    AgentView,
    AttachmentView,
    CustomerView,
    MessageView,
    QueueView,
    TicketView,
    Variables,
)

_NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)

ORDINARY = Variables(
    ticket=TicketView(
        number="1042",
        tag="[Ticket#1042]",
        subject="Invoice 4711 is wrong",
        queue="billing",
        state="open",
        priority="high",
        owner="nina",
        created=datetime(2026, 3, 2, 9, 30, tzinfo=UTC),
        tags=("vip", "invoice"),
    ),
    customer=CustomerView("Ana Silva", "ana@acme.example"),
    message=MessageView(
        subject="Re: Invoice 4711 is wrong",
        text="Hi, any news on this? I attach the PDF again.\n\nThanks\nAna\n\n> Could you send me the PDF?",
        new_text="Hi, any news on this? I attach the PDF again.\n\nThanks\nAna",
        attachments=(AttachmentView("invoice-4711.pdf", 218_304),),
    ),
    queue=QueueView("billing", "Billing", "billing@example.com"),
    site="Example",
    now=_NOON,
    verified="dmarc=pass acme.example",
    agent=AgentView("nina", "Nina Costa", "nina@example.com"),
    notice=("S4711", "TemplateFailed: it was too long"),
)

BARE = replace(
    ORDINARY,
    ticket=replace(ORDINARY.ticket, subject="", state="new", owner="", tags=()),
    customer=CustomerView("", "ana@acme.example"),
    message=MessageView(),
    verified="",
    agent=AgentView(),
)

RIGHT_TO_LEFT = replace(
    ORDINARY,
    ticket=replace(ORDINARY.ticket, subject="بخصوص الفاتورة رقم ٤٧١١"),
    customer=CustomerView("ليلى حداد", "layla@acme.example"),
    message=MessageView("بخصوص الفاتورة", "مرحبا\n\nشكرا", "مرحبا\n\nشكرا", (AttachmentView("فاتورة.pdf", 999),)),
)

LONG = replace(
    ORDINARY,
    ticket=replace(ORDINARY.ticket, subject=("A subject that never ends " * 8)[:200]),
    customer=CustomerView("Wolfeschlegelsteinhausenbergerdorff " * 5, "w" * 64 + "@" + "a" * 60 + ".example"),
    message=MessageView("x" * 200, "word " * 3_900, "word " * 3_900, (AttachmentView("f" * 200, 10**12),) * 50),
)

HOSTILE = replace(
    ORDINARY,
    ticket=replace(ORDINARY.ticket, subject="{{7*7}}{{''.__class__}}{% for x in range(9e9) %} **bold** <b>x</b>"),
    customer=CustomerView("[click](https://evil.example) <script>alert(1)</script> {{ 7*7 }}", "m@evil.example"),
    message=MessageView("<b>", "</div><script>x</script>", "</div><script>x</script>\n---\n# head\n* * *\n" + "-" * 60),
)

SAMPLES: dict[str, Variables] = {
    "an ordinary mail": ORDINARY,
    "a mail without name and text": BARE,
    "a right-to-left mail": RIGHT_TO_LEFT,
    "a mail with a subject of 200 characters": LONG,
    "a hostile mail": HOSTILE,
}
