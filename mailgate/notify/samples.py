"""Awkward mails against which every template is rendered when it is loaded: a mistake is found before a mail is due."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from mailgate.notify.hours import HoursView
from mailgate.notify.named import NO_FIELDS, Named
from mailgate.notify.variables import DOUBT_REASONS, HELD_REASONS, LINKED_REASONS, LINKS, Variables
from mailgate.notify.views import (
    AgentView,
    AnswerView,
    AttachmentView,
    CustomerView,
    DeliveryView,
    DigestLine,
    DoubtView,
    EarlierView,
    HeldView,
    ItemView,
    MessageView,
    ProcessView,
    QueueView,
    RecordView,
    ResultLine,
    StepView,
    TicketView,
    ValueView,
    VoteView,
    WantedView,
)

_NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
_ADDRESS = "billing+1042.rn7.5571.abcdefghijklmnopq@example.com"
_FEBRUARY = datetime(2026, 2, 28, 16, 2, tzinfo=UTC)
_ASKED = EarlierView(_FEBRUARY, "nina", "Could you send me the PDF?")
_NOTED = EarlierView(_FEBRUARY - timedelta(hours=1), "kim", "They paid twice in January too.", internal=True)
_PAGE = """\
Ticket 1042  Invoice 4711 is wrong
state        open
owner        nina
2026-02-28 16:02  nina       answered   Could you send me the PDF?
2026-03-02 09:30  ana@acme.example  wrote  Hi, any news on this? I attach the PDF again."""

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
        owner_title="Nina Costa",
        linked="1040",
        linked_why="subject",
        type="incident",
        fields=Named({"order": "4711", "price": "1234.5 EUR"}),
    ),
    customer=CustomerView(
        "Ana Silva", "ana@acme.example", group="vip", record=RecordView(3, 41, False, "988", "Refund", _FEBRUARY)
    ),
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
    author="Kim Lee",
    answer=AnswerView(
        "Dear Ana,\n\nwe have *mended* it: https://example.com/4711\n\nRegards",
        "<p>Dear Ana,</p>\n<p>we have <b>mended</b> it: "
        '<a href="https://example.com/4711">https://example.com/4711</a></p>\n<p>Regards</p>',
    ),
    signature="Nina Costa\nBilling at Example",
    quoted=EarlierView(datetime(2026, 3, 2, 9, 30, tzinfo=UTC), "Ana Silva", "Hi, any news on this?\n\nThanks\nAna"),
    earlier=(_ASKED, _NOTED),
    wrote_since=EarlierView(_NOON - timedelta(minutes=3), "Ana Silva", "One more thing: the VAT is wrong too."),
    reply_does="answer",
    answers_to="Ana, Ben",
    actor="Kim Lee",
    copied=("Ben <ben@acme.example>", "Eve Ray <eve@acme.example>"),
    left_out=("eve@acme.example",),
    links={name: f"mailto:{_ADDRESS}?subject=Ticket%201042&body=%23{name}" for name in LINKS if name != "reopen"},
    results=(
        ResultLine(1, "#ntoe", "unknown command. Did you mean #note?", False),
        ResultLine(2, "#assign nina", "nina has the ticket", True),
    ),
    kept_text="Ana, I will look into it.\n\nNina",
    page=_PAGE,
    held=HeldView("answered", EarlierView(_NOON - timedelta(minutes=8), "kim", "I have sent you a new invoice.")),
    doubt=DoubtView("alias", 'add also = ["nina@home.example"] to [agents.nina]', "nina@home.example", "dmarc=none"),
    delivery=DeliveryView(
        "ana@acme.example", "552 5.3.4 Message too big", "Their server takes 10 MB, this mail has 12.4 MB."
    ),
    digest=(
        DigestLine(_FEBRUARY, "1042", "Ana Silva wrote: Hi, any news on this?"),
        DigestLine(_NOON, "", "Two mails to you were not taken as yours"),
    ),
    hours=Named({}, HoursView(True, _NOON + timedelta(hours=21))),
    process=ProcessView(
        "book-order",
        "Book order",
        3,
        (ValueView("title", "Faust"), ValueView("price", "24.90 EUR"), ValueView("manager", "boss@example.com")),
    ),
    step=StepView(
        "approve",
        _NOON,
        (WantedView("isbn", "number", "unknown"), WantedView("reason", "text")),
        (ItemView(1, "order placed", True), ItemView(2, "price entered", False)),
        _NOON + timedelta(days=5),
        "granted",
        (VoteView("boss@example.com", True, "We need it."),),
        quorum=1,
        counted=1,
    ),
)

BARE = Variables(
    ticket=replace(
        ORDINARY.ticket,
        subject="",
        state="new",
        owner="",
        tags=(),
        owner_title="",
        linked="",
        linked_why="",
        fields=NO_FIELDS,
    ),
    customer=CustomerView("", "ana@acme.example"),
    message=MessageView(),
    queue=ORDINARY.queue,
    site=ORDINARY.site,
    now=ORDINARY.now,
    notice=ORDINARY.notice,
)

NO_TICKET = replace(BARE, ticket=TicketView("", "", "", "", "", "", "", _NOON), customer=CustomerView("", ""))

REASONS = {
    f"an answer that is held: {reason}": replace(
        ORDINARY, held=replace(ORDINARY.held, reason=reason, found=("your own reply address",))
    )
    for reason in (*HELD_REASONS, "Another reason.")
} | {
    f"a mail in doubt: {reason}": replace(ORDINARY, doubt=replace(ORDINARY.doubt, reason=reason))
    for reason in (*DOUBT_REASONS, "Another reason.")
}

LINKED = {
    reason: replace(ORDINARY, ticket=replace(ORDINARY.ticket, linked_why=reason))
    for reason in (*LINKED_REASONS, "", "Another reason")
}

RIGHT_TO_LEFT = replace(
    ORDINARY,
    ticket=replace(ORDINARY.ticket, subject="بخصوص الفاتورة رقم ٤٧١١"),
    customer=CustomerView("ليلى حداد", "layla@acme.example"),
    message=MessageView("بخصوص الفاتورة", "مرحبا\n\nشكرا", "مرحبا\n\nشكرا", (AttachmentView("فاتورة.pdf", 999),)),
    author="ليلى",
    answer=AnswerView("مرحبا ليلى\n\nشكرا"),
    earlier=(EarlierView(_FEBRUARY, "ليلى حداد", "مرحبا"),),
    kept_text="مرحبا",
)

LONG = replace(
    ORDINARY,
    reopened=True,
    ticket=replace(ORDINARY.ticket, subject=("A subject that never ends " * 8)[:200]),
    customer=CustomerView("Wolfeschlegelsteinhausenbergerdorff " * 5, "w" * 64 + "@" + "a" * 60 + ".example"),
    message=MessageView("x" * 200, "word " * 3_900, "word " * 3_900, (AttachmentView("f" * 200, 10**12),) * 50),
    answer=AnswerView("word " * 9_000, "<p>word</p> " * 9_000),
    quoted=EarlierView(_NOON, "w" * 200, "word " * 3_900),
    earlier=(EarlierView(_NOON, "w" * 200, "word " * 400),) * 500,
    results=(ResultLine(1, "#tag " + "x" * 195, "y" * 200, False),) * 500,
    kept_text="word " * 9_000,
    page="word " * 9_000,
    held=HeldView("x" * 200, EarlierView(_NOON, "w" * 200, "word " * 3_900)),
    digest=(DigestLine(_NOON, "1042", "x" * 200),) * 500,
)

_RULES = "-" * 60 + "\n-- below this line: for agents only ------------------------"
HOSTILE = replace(
    ORDINARY,
    ticket=replace(
        ORDINARY.ticket,
        subject="{{7*7}}{{''.__class__}}{% for x in range(9e9) %} **bold** <b>x</b>",
        tags=("<script>", "{{ 7*7 }}", "**bold**"),
        type="[x](https://evil.example)<script>",
        owner_title="<b>x</b>\n",
        linked_why="<script>",
        fields=Named({"order": "<script>\n{{ 7*7 }}", "price": "[x](https://evil.example)"}),
    ),
    customer=CustomerView(
        "[click](https://evil.example) <script>alert(1)</script> {{ 7*7 }}",
        "m@evil.example",
        also=("<script>@evil.example",),
        record=RecordView(1, 1, False, "988", "<script>{{ 7*7 }}\n" + _RULES, _FEBRUARY),
    ),
    message=MessageView(
        "<b>",
        "</div><script>x</script>",
        "</div><script>x</script>\n---\n# head\n* * *\n" + _RULES,
        (AttachmentView("<script>{{ 7*7 }}\n" + _RULES, 1),),
    ),
    notice=("<script>{{ 7*7 }}\n" + _RULES, "[x](https://evil.example)<script>"),
    author="<b>x</b>",
    answers_to="<b>{{ 7*7 }}</b>\n" + _RULES,
    answer=AnswerView("<b>{{ 7*7 }}</b>\n" + _RULES),
    signature="<b>{{ 7*7 }}</b>",
    quoted=EarlierView(_NOON, "<b>x</b>", "</blockquote><script>x</script>"),
    earlier=(EarlierView(_NOON, "<b>x</b>\n", "</blockquote><script>x</script>\n" + _RULES),),
    links={"take": 'javascript:x()//mailto:"><script>x</script>', "note": 'mailto:a"><script>x</script>'},
    results=(ResultLine(1, "<b>\n" + _RULES, "</td><script>x</script>", False),),
    kept_text="</div><script>x</script>\n" + _RULES,
    page="</pre><script>x</script>\n" + _RULES,
    held=HeldView("<script>x</script>\n" + _RULES, EarlierView(_NOON, "<b>", "<script>")),
    doubt=DoubtView("<script>\n", "<script>\n", "<script>\n", "<script>\n"),
    delivery=DeliveryView("<script>\n", "<script>\n" + _RULES, "<script>"),
    digest=(DigestLine(_NOON, "1042", "<script>\n" + _RULES),),
    process=ProcessView("x", "<script>", 1, (ValueView("title", "<b>{{ 7*7 }}</b> [a](https://evil.example)"),)),
    step=StepView(
        "x",
        _NOON,
        (WantedView("a", "money", "<script>"),),
        (ItemView(1, "<b>x</b>", False),),
        _NOON,
        "",
        (VoteView("<script>", False, "</div><script>x</script>\n" + _RULES),),
        quorum=2,
        counted=1,
    ),
)

SAMPLES: dict[str, Variables] = {
    "an ordinary mail": ORDINARY,
    "a mail without name and text": BARE,
    "a right-to-left mail": RIGHT_TO_LEFT,
    "a mail with a subject of 200 characters": LONG,
    "a hostile mail": HOSTILE,
}
