import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.mail.html import to_text
from mailgate.notify.rendered import Rendered
from mailgate.notify.samples import BARE, HOSTILE, LINKED, LONG, NO_TICKET, ORDINARY, REASONS, RIGHT_TO_LEFT, SAMPLES
from mailgate.notify.templates import TemplateFailed, Templates
from mailgate.notify.variables import DOUBT_REASONS, HELD_REASONS, LINKS
from mailgate.notify.views import (
    AgentView,
    AnswerView,
    AttachmentView,
    CustomerView,
    EarlierView,
    HeldView,
    MessageView,
    ResultLine,
)
from tests.notify.conftest import Write

SHIPPED = Path(__file__).resolve().parent.parent.parent / "templates"
STANDARD = Templates.load(SHIPPED, SHIPPED)
HEAD = '---\nsubject: "{{ ticket.tag }} {{ ticket.subject }}"\nkind: auto-reply\n---\n'
ANYTHING = st.text(st.characters(codec=None, exclude_categories=[]), max_size=200)


def shipped_renders() -> list[tuple[str, Rendered]]:
    return [
        (name, STANDARD.render(name, language, sample))
        for name in sorted(STANDARD.names)
        for language in sorted(STANDARD.languages(name))
        for sample in SAMPLES.values()
    ]


LANGUAGES = ["de", "en", "es"]
TO_AGENTS = sorted(name for name in STANDARD.names if STANDARD.kind(name) == "agent" and name != "digest")


def test_the_standard_set_is_complete_in_all_three_languages() -> None:
    assert STANDARD.names >= {
        *("received", "received_neutral", "not_accepted", "not_accepted_neutral", "closed", "closed_neutral", "reply"),
        *("agent_new", "agent_followup", "agent_assigned", "agent_note", "agent_due", "agent_held", "digest"),
        "agent_answered",
        *("command_result", "command_error", "confirm", "sender_unknown", "delivery_failed"),
        *("limit_reached", "quarantined", "account_down", "account_up", "reload_failed"),
    }
    assert {STANDARD.languages(name) for name in STANDARD.names} == {frozenset(LANGUAGES)}


def test_every_automatic_answer_has_a_neutral_form() -> None:
    assert STANDARD.neutral_forms == {
        "received": "received_neutral",
        "received_out_of_hours": "received_neutral",
        "received_neutral": "received_neutral",
        "not_accepted": "not_accepted_neutral",
        "not_accepted_neutral": "not_accepted_neutral",
        "closed": "closed_neutral",
        "closed_for_silence": "closed_neutral",
        "closed_neutral": "closed_neutral",
    }
    assert {STANDARD.kind(name) for name in STANDARD.neutral_forms} == {"auto-reply"}


@pytest.mark.parametrize("name", ["received_neutral", "not_accepted_neutral", "closed_neutral"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_neutral_answer_is_the_same_whoever_wrote_whatever(name: str, language: str) -> None:
    renders = {STANDARD.render(name, language, sample) for sample in SAMPLES.values()}
    assert len(renders) == 1
    assert "1042" in renders.pop().text


RULES = {
    "en": "-- below this line: for agents only ------------------------\n",
    "es": "-- debajo de esta línea: solo para agentes -----------------\n",
    "de": "-- unterhalb dieser Zeile: nur für Agenten -----------------\n",
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_agent_is_told_of_a_mail_that_says_two_things_or_hides_some(language: str) -> None:
    said = {"en": "say different things", "es": "dicen cosas distintas", "de": "sagen Verschiedenes"}[language]
    odd = replace(ORDINARY, message=replace(ORDINARY.message, differs=True, hides=True))
    plain, rendered = STANDARD.render("agent_new", language, ORDINARY), STANDARD.render("agent_new", language, odd)
    assert said not in plain.text
    for part in (rendered.text, rendered.html):
        assert (
            part.count(said) == part.count({"en": "hides text", "es": "oculta texto", "de": "verbirgt"}[language]) == 1
        )


@pytest.mark.parametrize("name", ["agent_new", "agent_followup"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_an_agent_reads_the_customers_words_first_and_who_he_is(name: str, language: str) -> None:
    proven = STANDARD.render(name, language, ORDINARY)
    assert proven.text.startswith("Hi, any news on this?")
    assert (
        proven.text.index("invoice-4711.pdf  218 KB")
        < proven.text.index(RULES[language])
        < proven.text.index("Ana Silva <ana")
    )
    assert "dmarc=pass acme.example" in proven.text
    footer = proven.html.index('data-mailgate="rule"')
    assert proven.html.index("any news on this") < proven.html.index("invoice-4711.pdf") < footer
    assert proven.subject == "[Ticket#1042] Invoice 4711 is wrong"
    unproven = STANDARD.render(name, language, replace(ORDINARY, verified="", actor=""))
    warning = {"en": "is NOT verified", "es": "NO está verificada", "de": "NICHT geprüft"}[language]
    assert warning in unproven.text
    assert warning in unproven.html
    assert warning not in STANDARD.render(name, language, replace(ORDINARY, verified="")).text  # a proven agent's doing
    ordinary = replace(ORDINARY, answers_to="")
    proven = STANDARD.render(name, language, ordinary)
    note = STANDARD.render(name, language, replace(ordinary, reply_does="note")).text
    assert {"en": "A reply answers Ana", "es": "contesta a Ana", "de": "Antwort geht an Ana"}[language] in proven.text
    assert {"en": "as an internal note", "es": "como nota interna", "de": "als interne Notiz"}[language] in note


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_ticket_that_a_colleague_moves_without_a_word_says_so(language: str) -> None:
    moved = STANDARD.render("agent_new", language, replace(ORDINARY, message=MessageView())).text
    assert moved.startswith("Kim Lee ")
    assert "Billing" in moved.partition("\n")[0]


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_said_of_a_ticket_is_one_paragraph_whatever_of_it_is_missing(language: str) -> None:
    """Jinja's other branches part paragraphs; in this one a line is there or not."""
    for name, more in (
        ("agent_new", {"actor": ""}),
        ("agent_new", {"actor": "", "verified": "", "stands_in": "team", "joined_by": "x"}),
        ("agent_new", {"actor": "", "verified": "", "stands_in": "owner", "apart": True, "joined_by": "x"}),
        ("agent_note", {}),
        ("agent_note", {"stands_in": "owner"}),
    ):
        text = STANDARD.render(name, language, replace(ORDINARY, **more)).text
        about = text.partition(RULES[language])[2].strip().split("\n\n")
        assert about[0].startswith("Billing: ")
        assert "<ana@acme.example>" in about[0]
        assert all(line.strip() for line in about[0].splitlines())
    for word in ("team", "owner"):
        told = STANDARD.render("agent_new", language, replace(ORDINARY, stands_in=word)).text
        assert {"en": "away", "de": "abwesend", "es": "ausente"}[language] in told


def test_who_owns_a_ticket_is_said_from_the_readers_side() -> None:
    def owner_line(owner: str, title: str = "") -> str:
        ticket = replace(ORDINARY.ticket, owner=owner, owner_title=title)
        return STANDARD.render("agent_new", "en", replace(ORDINARY, ticket=ticket)).text

    assert "high, yours;" in owner_line("nina")
    assert "high, omar's;" in owner_line("omar")
    assert "high, Omar Diaz's;" in owner_line("omar", "Omar Diaz")
    assert "high, nobody's yet;" in owner_line("")
    stranger = STANDARD.render("agent_new", "en", replace(ORDINARY, agent=AgentView()))
    assert "Nina Costa's" in stranger.text


def test_a_customer_is_called_by_name_where_he_has_one() -> None:
    assert STANDARD.render("received", "en", ORDINARY).text.startswith("Hello Ana,\n")
    assert STANDARD.render("received", "en", BARE).text.startswith("Hello there,\n")
    assert STANDARD.render("received", "es", BARE).text.startswith("Hola:\n")
    assert STANDARD.render("received", "es", RIGHT_TO_LEFT).text.startswith("Hola ليلى:\n")
    assert STANDARD.render("received", "en", HOSTILE).text.startswith("Hello there,\n")


def test_the_shipped_templates_leave_no_markup_no_gaps_and_no_placeholder() -> None:
    for name, rendered in shipped_renders():
        if "word word" not in rendered.text and "script" not in rendered.text:
            assert "\n\n\n" not in rendered.text, name
            assert "**" not in rendered.text, name
        assert rendered.text == rendered.text.strip() + "\n", name
        assert not [char for char in rendered.text + rendered.html if ord(char) >= 0xF0000], name
        assert '<p style="margin:0 0 16px"></p>' not in rendered.html, name
        assert rendered.subject, name


def test_hostile_words_stay_literal_in_both_parts() -> None:
    for name in ("received", "agent_new", "agent_followup"):
        rendered = STANDARD.render(name, "en", HOSTILE)
        assert "{{7*7}}{{''.__class__}}{% for x in range(9e9) %} **bold** <b>x</b>" in rendered.subject
        assert "<script" not in rendered.html
        assert 'href="https://evil' not in rendered.html
    text = STANDARD.render("agent_new", "en", HOSTILE).text
    assert text.count("\n" + RULES["en"]) == 1
    assert "\n" + "-" * 60 not in text
    assert "[click](https://evil.example) <script>alert(1)</script> {{ 7*7 }} <m@evil.example>" in text


@given(ANYTHING, ANYTHING, ANYTHING, ANYTHING)
def test_any_words_make_a_mail_with_nothing_but_our_own_markup(subject: str, name: str, text: str, file: str) -> None:
    variables = replace(
        ORDINARY,
        ticket=replace(ORDINARY.ticket, subject=subject),
        customer=CustomerView(name, "a@x"),
        message=MessageView(subject, text, text, (AttachmentView(file, 1),)),
    )
    plain = STANDARD.render(
        "agent_new", "en", replace(variables, message=MessageView("", "x", "x", (AttachmentView("f", 1),)))
    )
    rendered = STANDARD.render("agent_new", "en", variables)
    assert rendered.html.replace("<br>", "").count("<") == plain.html.replace("<br>", "").count("<")
    (rendered.subject + rendered.text + rendered.html).encode()
    assert len(rendered.subject.splitlines()) <= 1


def test_a_language_falls_back_to_its_family_then_to_english() -> None:
    assert [STANDARD.render("received", tag, ORDINARY).language for tag in ("es-MX", "ES", "es", "fr", "und", "")] == [
        *("es", "es", "es", "en", "en", "en")
    ]


def test_a_right_to_left_template_says_so(write: Write) -> None:
    layout = '<html lang="{{ language }}" dir="{{ direction }}">{{ content }}</html>'
    templates = Templates.load(write({"_layout.html.j2": layout, "ar/x.md": HEAD + "مرحبا"}))
    assert templates.render("x", "en", ORDINARY).html == (
        '<html lang="ar" dir="rtl"><p style="margin:0 0 16px">مرحبا</p>\n</html>'
    )


def test_the_brand_stands_in_both_parts(write: Write, tmp_path: Path) -> None:
    for name in ("_layout.html.j2", "_layout.txt.j2"):
        (tmp_path / name).write_text((SHIPPED / name).read_text("utf-8"), "utf-8")
    files = {name: (SHIPPED / name).read_text("utf-8") for name in ("_layout.html.j2", "_layout.txt.j2")}
    brand = 'name = "Acme"\ncolour = "#ff0000"\nfooter = "Acme <Ltd>"'
    rendered = Templates.load(write(files | {"_brand.toml": brand, "en/x.md": HEAD + "Hi"})).render("x", "en", ORDINARY)
    assert rendered.text == "Hi\n-- \nAcme <Ltd>\n"
    assert "Acme &lt;Ltd&gt;" in rendered.html
    assert "#ff0000" in rendered.html
    assert ">Acme</div>" in rendered.html


def test_a_subject_is_one_line_whatever_it_is_made_of(write: Write) -> None:
    templates = Templates.load(write({"en/x.md": HEAD + "x"}))
    ticket = replace(ORDINARY.ticket, subject="Help\r\nBcc: victim@x\x00\u2028Evil: 1")
    assert (
        templates.render("x", "en", replace(ORDINARY, ticket=ticket)).subject
        == "[Ticket#1042] Help Bcc: victim@x Evil: 1"
    )


def test_an_unknown_name_is_a_key_error_and_values_that_defeat_a_template_are_its_failure(write: Write) -> None:
    templates = Templates.load(write({"en/x.md": HEAD + "{{ 1 / (message.subject | length - 7) }}"}))
    with pytest.raises(KeyError):
        templates.render("y", "en", ORDINARY)
    seven = replace(ORDINARY, message=MessageView(subject="x" * 7))
    with pytest.raises(TemplateFailed, match=r"template x \(en\): .*zero"):
        templates.render("x", "en", seven)


def test_the_longest_mail_still_makes_a_notification() -> None:
    worst = replace(LONG, message=replace(LONG.message, new_text="'\n" * 10_000, text="'\n" * 10_000))
    assert len(STANDARD.render("agent_new", "en", worst).html) > 100_000


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", TO_AGENTS)
def test_every_mail_to_an_agent_marks_where_our_own_part_begins(name: str, language: str) -> None:
    rendered = STANDARD.render(name, language, ORDINARY)
    assert RULES[language] in rendered.text
    assert '<div class="card" data-mailgate="mail"' in rendered.html
    assert ": #take  #note  #close  #pending 3d  #history\n" in rendered.text
    assert "mailto:" not in rendered.text
    address = "mailto:billing+1042.rn7.5571.abcdefghijklmnopq@example.com?subject=Ticket%201042"
    assert f"{address}&amp;body=%23take" in rendered.html
    assert "They paid twice in January too." in rendered.text
    bare = STANDARD.render(name, language, BARE)
    assert "#take" not in bare.text
    assert "<a " not in bare.html


FOR_HER_ALONE = ("command_error", "command_result", "confirm", "sender_unknown", "agent_held", "delivery_failed")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", FOR_HER_ALONE)
def test_a_mail_that_is_hers_alone_begins_with_what_it_says_and_not_with_our_line(name: str, language: str) -> None:
    for variables in SAMPLES.values():
        assert not STANDARD.render(name, language, variables).text.startswith("--")
    short = replace(ORDINARY, kept_text="", page="", held=HeldView("unsure"))
    assert (
        f"{RULES[language]}\n-- " not in STANDARD.render(name, language, short).text
    )  # two lines in a row say nothing


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_customer_must_never_read_stands_below_our_line(language: str) -> None:
    """What is quoted of our mail without any mark is cut at that line (mail.split)."""
    note = replace(
        ORDINARY, held=HeldView("internal", EarlierView(ORDINARY.now, "Kim", "They paid late.", internal=True))
    )
    for name, secrets in {
        "agent_held": ("They paid late.", "I will look into it"),
        "command_error": ("I will look into it",),
        "command_result": ("They paid twice",),
        "confirm": ("nina@home.example", "I will look into it"),
        "sender_unknown": ("nina@home.example", "I will look into it"),
    }.items():
        above, _, below = STANDARD.render(name, language, note).text.partition(RULES[language])
        for secret in secrets:
            assert secret not in above
            assert secret in below


DECISIONS = {
    "agent_held": ("send", "as_note", "discard"),
    "command_error": ("corrected", "as_text", "as_note", "discard"),
    "confirm": ("confirm", "discard"),
    "command_result": ("undo",),
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", DECISIONS)
def test_a_mail_with_links_of_its_own_says_once_what_to_reply(name: str, language: str) -> None:
    links = {each: ORDINARY.links[each] for each in DECISIONS[name]}
    rendered = STANDARD.render(name, language, replace(ORDINARY, results=(), links=links))
    lead = {"en": "Reply with", "es": "Responda con", "de": "Antworten Sie mit"}[language]
    said = [line for line in rendered.text.split("\n") if line.startswith(lead)]
    assert len(said) == 1
    assert [line[:2] for line in said[0].split("#")[1:]] == [LINKS[each][1:3] for each in links]
    assert rendered.html.count("<a ") == len(links)


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_gets_an_answer_is_named_whoever_wrote(language: str) -> None:
    for name in TO_AGENTS:
        text = STANDARD.render(name, language, ORDINARY).text
        assert {"en": "answers Ana, Ben.", "es": "contesta a Ana, Ben.", "de": "geht an Ana, Ben."}[language] in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_colleagues_answer_is_no_note(language: str) -> None:
    answered = STANDARD.render("agent_answered", language, replace(ORDINARY, answers_to="")).text.partition("\n")[0]
    note = STANDARD.render("agent_note", language, ORDINARY).text.partition("\n")[0]
    said = {"en": "Kim Lee answered Ana:", "es": "Kim Lee ha contestado a Ana:", "de": "Antwort von Kim Lee an Ana:"}
    assert answered == said[language]
    assert {"en": "Internal note", "es": "Nota interna", "de": "Interne Notiz"}[language] in note


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["agent_note", "agent_answered", "agent_followup"])
def test_a_new_owner_reads_first_that_the_ticket_is_his(name: str, language: str) -> None:
    mine = {
        "en": "This ticket is yours now.\n",
        "es": "Este ticket es ahora suyo.\n",
        "de": "Dieses Ticket ist jetzt bei",
    }
    assert STANDARD.render(name, language, replace(ORDINARY, new_owner=True)).text.startswith(mine[language])
    others = replace(ORDINARY, new_owner=True, ticket=replace(ORDINARY.ticket, owner="kim"))
    assert mine[language] not in STANDARD.render(name, language, others).text


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_footer_says_which_ticket_this_one_is_linked_with(language: str) -> None:
    for name in ("agent_new", "agent_note"):
        said = {reason: STANDARD.render(name, language, each).text for reason, each in LINKED.items()}
        assert all(" 1040" in text for text in said.values())
        assert len(set(said.values())) == len(said)
        assert " 1040 (Another reason)\n" in said["Another reason"]
        assert "(subject)" not in said["subject"]
        assert " 1040" not in STANDARD.render(name, language, BARE).text


def test_a_receipt_has_no_gaps_and_marks_our_part_once() -> None:
    results = (ResultLine(0, "", "Your answer goes out to Ana in 60 s.", True),)
    links = {"undo": ORDINARY.links["undo"]}
    receipt = replace(ORDINARY, results=results, links=links, page="", wrote_since=None, earlier=(), answers_to="")
    assert STANDARD.render("command_result", "en", receipt).text.startswith(
        "  Your answer goes out to Ana in 60 s.\n\nReply with #undo to take it back.\n\n" + RULES["en"] + "\nBilling: "
    )
    assert STANDARD.render("command_result", "en", replace(receipt, results=(), links={})).text.startswith(
        "Done.\n\n" + RULES["en"]
    )


def test_a_mail_of_no_ticket_speaks_of_none() -> None:
    for name in ("command_result", "command_error", "confirm", "sender_unknown"):
        for language in LANGUAGES:
            rendered = STANDARD.render(name, language, NO_TICKET)
            assert rendered.subject.startswith("Example: ")
            assert {"en": "A reply", "es": "Si responde", "de": "Ihre Antwort "}[language] not in rendered.text


def test_one_other_ticket_is_not_many_in_spanish() -> None:
    assert "Otros tickets: 1 abierto, 1 cerrado;" in STANDARD.render("agent_new", "es", HOSTILE).text
    assert "Otros tickets: 3 abiertos, 41 cerrados;" in STANDARD.render("agent_new", "es", ORDINARY).text


@pytest.mark.parametrize("name", ["confirm", "sender_unknown"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_an_agent_who_is_asked_reads_what_is_known_of_the_sender(name: str, language: str) -> None:
    asked = next(each for each in REASONS.values() if each.doubt.sender)
    told = {
        verdict: STANDARD.render(name, language, replace(asked, doubt=replace(asked.doubt, verdict=verdict))).text
        for verdict in ("passed", "failed", "unknown")
    }
    assert len(set(told.values())) == len(told)
    anybody = {"en": "anybody can write that sender", "de": "Jeder kann diesen", "es": "cualquiera puede poner ese"}
    assert [verdict for verdict, text in told.items() if anybody[language] in text] == ["unknown"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_has_its_sentence_and_an_unknown_one_is_printed(language: str) -> None:
    said = [STANDARD.render("agent_held", language, each).text for each in REASONS.values()]
    doubted = [
        STANDARD.render(name, language, each).text
        for name in ("sender_unknown", "confirm")
        for each in REASONS.values()
    ]
    assert len(set(said)) == len(HELD_REASONS) + 1
    assert len(set(doubted)) >= 2 * (len(DOUBT_REASONS) + 1)
    assert sum("Another reason." in each for each in said) == 1
    for reason in (*HELD_REASONS, *DOUBT_REASONS):
        assert not [text for text in said + doubted if re.search(rf"[.?] {reason}(?: |$)", text.partition("\n")[0])]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_command_error_says_first_that_nothing_happened_then_what_was_wrong(language: str) -> None:
    text = STANDARD.render("command_error", language, ORDINARY).text
    nothing = {"en": "Nothing was sent", "es": "No se ha enviado", "de": "Es wurde nichts gesendet"}
    assert text.startswith(nothing[language])
    order = [
        *("!  1  #ntoe         unknown command. Did you mean #note?", "   2  #assign nina  nina has"),
        *("#confirm ", "#send ", "#note ", "#discard ", RULES[language]),
        *(" 7 ", "I will look into it", "icket 1042 ---"),
    ]
    places = [text.index(each) for each in order]
    assert places == sorted(places)


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_answer_to_a_customer_has_no_banner_no_card_and_no_mark_of_a_machine(language: str) -> None:
    rendered = STANDARD.render("reply", language, ORDINARY)
    assert rendered.text.startswith(
        "Dear Ana,\n\nwe have *mended* it: https://example.com/4711\n\nRegards\n\n-- \nNina Costa\n"
    )
    assert rendered.text.endswith("\n> Hi, any news on this?\n>\n> Thanks\n> Ana\n")
    assert "we have <b>mended</b> it" in rendered.html
    for foreign in ("mailgate", "card", 'class="name"', "internal", "Billing:"):
        assert foreign not in rendered.html
    assert STANDARD.render("reply", language, BARE).text == "\n"
    split_again = to_text(rendered.html)
    assert split_again.index("Dear Ana") < split_again.index("Nina Costa") < split_again.index("any news")


def test_an_answer_without_html_shows_its_lines_and_a_long_one_goes_out_whole() -> None:
    plain = STANDARD.render("reply", "en", replace(BARE, answer=AnswerView("a\n<b>")))
    assert "a<br>\n&lt;b&gt;" in plain.html
    long = "'\n" * 400_000
    assert len(STANDARD.render("reply", "en", replace(BARE, answer=AnswerView(long))).text) == len(long)


@pytest.mark.parametrize("name", sorted(STANDARD.names))
def test_the_longest_values_of_all_kinds_still_make_a_mail(name: str) -> None:
    quotes = "'\n" * 10_000
    worst = replace(
        LONG,
        message=replace(LONG.message, new_text=quotes, text=quotes),
        earlier=(replace(LONG.earlier[0], text=quotes[:2_000]),) * 10,
        results=(replace(LONG.results[0], text="'" * 200, said="'" * 200),) * 100,
        kept_text=quotes,
        page=quotes,
        held=replace(LONG.held, other=replace(LONG.earlier[0], text=quotes)),
        links=ORDINARY.links,
    )
    for language in LANGUAGES:
        assert STANDARD.render(name, language, worst).html
