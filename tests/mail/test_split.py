"""New text, quotation, signature (spec/mail.md 2): text that the customer typed is never lost."""

import cProfile
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.mail.markers import MARKERS
from mailgate.mail.occasion import ANY, Occasion
from mailgate.mail.split import Marked, split

HEADER_BLOCKS = [
    "From: Ana <a@b.example>\nSent: Monday, 2 March 2026 10:00\nTo: Support\nSubject: Invoice",
    "-----Original Message-----\nFrom: Ana\nDate: Monday\nTo: Support\nSubject: Invoice",
    "Von: Ana\nGesendet: Montag, 2. März 2026 10:00\nAn: Support\nBetreff: Rechnung",
    "De : Ana\nEnvoyé : lundi 2 mars 2026\nÀ : Support\nObjet : Facture",
    "________________________________\nDe: Ana\nEnviado: lunes\nPara: Soporte\nAsunto: Factura",
    "*From:* Ana\n*Sent:* Monday\n*To:* Support\n*Subject:* Invoice",
    "Da: Ana\nInviato: lunedì\nA: Supporto\nOggetto: Fattura",
    "Van: Ana\nVerzonden: maandag\nAan: Support\nOnderwerp: Factuur",
    "От: Ана\nОтправлено: понедельник\nКому: Поддержка\nТема: Счёт",
    "====\n\nMessage du : 02/03/2026 10:00\nDe : Ana <a@b.example>\nA : Support\nCopie à :\nObjet : Facture",
    "发件人: Ana\n发送时间: 2026年3月2日\n收件人: Support\n主题: Invoice",
]


@pytest.mark.parametrize("block", HEADER_BLOCKS)
def test_an_outlook_header_block_and_all_below_is_quoted(block: str) -> None:
    pieces = split(f"Thanks!\n\n{block}\n\nthe old text")
    assert (pieces.new_text, pieces.split) == ("Thanks!", "sure")
    assert pieces.quoted_text == f"{block}\n\nthe old text"


@pytest.mark.parametrize(
    "attribution",
    [
        "On Mon, 2 Mar 2026 at 10:00, Ana Silva <ana@acme.example> wrote:",
        "On Mon, 2 Mar 2026 at 10:00, Ana Silva\n<ana@acme.example> wrote:",
        "Am 02.03.2026 um 10:00 schrieb Ana Silva:",
        "Le lun. 2 mars 2026 à 10:00, Ana Silva <ana@acme.example> a écrit :",
        "El lun, 2 mar 2026 a las 10:00, Ana escribió:",
        "在 2026年3月2日，Ana 写道：",
    ],
)
def test_a_quotation_below_the_answer_takes_its_attribution_along(attribution: str) -> None:
    pieces = split(f"Thanks!\n\n{attribution}\n\n> old\n>\n> text\n")
    assert (pieces.new_text, pieces.split) == ("Thanks!", "sure")
    assert pieces.quoted_text == f"{attribution}\n\n> old\n>\n> text"


def test_the_head_above_a_marked_quotation_goes_whole() -> None:
    head = "Gesendet: Montag, 02. März 2026 um 10:00 Uhr\nVon: Ana <a@b.example>\nAn: Support\nBetreff: Rechnung"
    assert split(f"Danke!\n\n{head}\n\n> alt\n> mehr").new_text == "Danke!"


def test_a_sentence_above_a_quotation_is_no_attribution() -> None:
    assert split("Look what they say:\n> old").new_text == "Look what they say:"


@pytest.mark.parametrize("marker", MARKERS)
def test_our_marker_parts_the_answer_from_the_notification(marker: str) -> None:
    pieces = split(f"Thanks!\n\n-- {marker} --\nthe notification")
    assert (pieces.new_text, pieces.split) == ("Thanks!", "sure")
    assert pieces.quoted_text == f"-- {marker} --\nthe notification"


def test_who_types_inside_the_quotation_is_still_heard() -> None:
    text = "> what he asked\n> -- reply above this line --\n> old\n\nmy answer in the middle\n> older"
    assert split(text).new_text == "> what he asked\n\nmy answer in the middle"
    text = text.replace("\n\n", "\n")
    assert (split(text).new_text, split(text).split) == (text, "unsure")


@pytest.mark.parametrize(
    "text",
    [
        "> question one\n\nanswer one\n\n> question two\n\nanswer two",
        "> question one\nanswer one\n> question two\nanswer two",
        "On Mon, 2 Mar 2026, Ana wrote:\n> question\n\nThe answer stands below.",
    ],
)
def test_answers_between_and_below_quoted_lines_stay(text: str) -> None:
    assert (split(text).new_text, split(text).quoted_text, split(text).split) == (text, "", "sure")


def test_what_is_quoted_below_the_last_answer_is_put_away() -> None:
    pieces = split("first\n> quoted\nbetween\n> quoted again\n\n-- \nAna")
    assert (pieces.new_text, pieces.quoted_text) == ("first\n> quoted\nbetween", "> quoted again")
    assert (pieces.signature, pieces.split) == ("-- \nAna", "sure")


def test_the_rest_of_a_quoted_line_that_was_wrapped_is_not_taken_for_an_answer() -> None:
    full = "> Could you please look at the invoice again, since we have ordered"
    text = f"{full}\nonly one licence\n> and two are listed?\n\nWe do."
    assert (split(text).new_text, split(text).split) == (text, "unsure")


@pytest.mark.parametrize("text", ["> all of it\n> is quoted", "From: a\nSent: b\nTo: c\nSubject: d\n\nbody"])
def test_a_text_that_is_nothing_but_quotation_is_shown_whole(text: str) -> None:
    assert (split(text).new_text, split(text).split) == (text, "unsure")


def test_a_forwarded_text_is_what_the_writer_wants_read() -> None:
    text = "FYI\n\n---------- Forwarded message ----------\nFrom: Ana\nDate: Monday\nSubject: x\nTo: me\n\nthe text"
    assert (split(text).new_text, split(text).quoted_text) == (text, "")


NO_ANSWER = Occasion(answers=False)


@pytest.mark.parametrize("occasion", [ANY, NO_ANSWER])
@pytest.mark.parametrize(
    "text",
    [
        "A trip:\n\nFrom: Berlin\nTo: Munich\nSubject: Booking\n\nTwo adults, please.",
        "Route\n-----\nFrom: Berlin\nTo: Munich\n\nTwo adults",
        "It fails:\n\n> npm install\n> npm ERR! code",
        "It fails:\n\n>>> import x\n>>> x.y()",
        "They differ:\n3c3\n< old\n---\n> new",
    ],
)
def test_a_form_or_a_console_is_the_writers_own(text: str, occasion: Occasion) -> None:
    pieces = split(text, occasion=occasion)
    assert (pieces.new_text, pieces.split == "sure") == (text, False)


@pytest.mark.parametrize(
    "text",
    [
        "Help:\n> some line\n> another",
        "The log says\n-----Original Message-----\nand then it stops.",
        "On 3 May 2026 at 10:00 your colleague Ana wrote:\n\nThe lamp is fine.\n\nThat is wrong.",
        "trip\n\nDate: 3 May\nFrom: Berlin\nTo: Munich\nSubject: booking\n\ntwo persons",
    ],
)
def test_in_a_mail_that_answers_none_what_may_be_a_quotation_is_kept(text: str) -> None:
    pieces = split(text, occasion=NO_ANSWER)
    assert (pieces.new_text, pieces.quoted_text) == (text, "")
    assert split(f"Thanks!\n\n{HEADER_BLOCKS[0]}\n\nthe old text", occasion=NO_ANSWER).new_text == "Thanks!"


def test_words_below_a_signature_that_the_html_marks_stay() -> None:
    text = "Hello\n\nAna Silva\n\nPlease cancel order 4711."
    assert split(text, Marked(signature=2)).new_text == text
    assert split("Hello\n\nAna Silva\n\nACME", Marked(signature=2)).signature == "Ana Silva\n\nACME"


@pytest.mark.parametrize("line", ["-- ", "--"])
def test_a_signature_stands_below_its_line(line: str) -> None:
    pieces = split(f"Hello\n\n{line}\nAna\nACME")
    assert (pieces.new_text, pieces.signature, pieces.split) == ("Hello", f"{line}\nAna\nACME", "none")


def test_a_signature_above_the_quotation_is_found_too() -> None:
    pieces = split("Hello\n-- \nAna\n\nOn 2 March Bob wrote:\n> old")
    assert (pieces.new_text, pieces.signature) == ("Hello", "-- \nAna")
    assert pieces.quoted_text == "On 2 March Bob wrote:\n> old"


@pytest.mark.parametrize("text", ["", "Hello", "From: Berlin\nto Rome", "a -- b", "1 > 0", "-----\nHello\n-----"])
def test_plain_text_has_nothing_quoted(text: str) -> None:
    assert (split(text).new_text, split(text).split) == (text, "none")


LINES = st.sampled_from(
    [*HEADER_BLOCKS, "> a", ">> b", "c d", "", "-- ", "On 1 May Ana wrote:", "wrote:", "-- reply above this line --",
     "----Original Message----", "From: x", "To: y", "_" * 30, "日本語", "---------- Forwarded message ----------"]
)  # fmt: skip


@given(st.one_of(st.lists(LINES, max_size=25).map("\n".join), st.text(max_size=300)))
def test_every_word_is_in_one_of_the_three(text: str) -> None:
    pieces = split(text)
    parts = (pieces.new_text, pieces.quoted_text, pieces.signature)
    assert Counter(word for part in parts for word in part.split()) == Counter(text.split())


TYPED = st.lists(st.sampled_from(["alpha", "beta", "gamma?", "delta.", "On", "From", "5"]), min_size=1, max_size=6).map(
    " ".join
)
QUOTED = st.sampled_from(["> one", "> two?", ">", ">> three", "> On 2 March 2026 Ana wrote:", "> From: Bo", "> -- "])


@given(st.lists(st.one_of(TYPED, QUOTED, st.just("")), max_size=30))
def test_a_line_that_is_not_marked_as_quoted_is_never_put_away(lines: list[str]) -> None:
    pieces = split("\n".join(lines))
    typed = [line for line in lines if not line.startswith(">") and line]
    kept = [line for line in f"{pieces.new_text}\n{pieces.signature}".split("\n") if not line.startswith(">") and line]
    assert kept == typed


HOSTILE = [
    "From: a\n", "On Mon \n", "On Mon ", "> ", ">\n", "> a\nb\n\n", "-----Original Message\n", "wrote:\n",
    "a@b.example wrote 2026:\n",
    "-", "_ ", ":", "\n", "From: ", "AB> a\n", "-- \n", "> -- reply above this line --\nx\n\n", "----- ",
    "Sent from my iPhone\n",
    "From: a\n\n", "2026-03-02 10:00 a <a@b.example>:\n", "confidential recipient delete ",
    "-- \nAna\n\nPlease go.\n\n", "--\nAna\n", "____________\nTo: a\n", ">>> a\n", "please reply above this line\n",
]  # fmt: skip


@pytest.mark.parametrize("piece", HOSTILE)
def test_the_work_grows_with_the_length_alone(piece: str) -> None:
    """Counted in function calls, C functions included; patterns are bounded by the length of what they are given."""
    small, large = (_calls(piece * (size // len(piece))) for size in (8_000, 32_000))
    assert large <= 5 * small + 2_000


def _calls(text: str) -> int:
    profile = cProfile.Profile()
    profile.enable()
    split(text)
    profile.disable()
    return int(sum(entry.callcount for entry in profile.getstats()))


def test_in_a_mail_that_answers_none_what_html_cites_is_put_away_only_with_its_writer() -> None:
    cited = "Look:\n\n> some text\n> from somewhere"
    assert split(cited, Marked(quoted=2), NO_ANSWER).new_text == cited
    written = "Look:\n\n> On 2 March 2026 Bob wrote:\n> old"
    assert split(written, occasion=NO_ANSWER).new_text == "Look:"
    assert split(written, Marked(quoted=2), NO_ANSWER).new_text == "Look:"
