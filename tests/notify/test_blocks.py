"""The larger pieces of a mail say the same in both forms, and nobody's words become markup or a rule of ours."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.mail.html import to_text
from mailgate.notify import blocks
from mailgate.notify.scrub import scrub_line
from mailgate.notify.views import AnswerView, DigestLine, EarlierView, ResultLine

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
ANYTHING = st.text(st.characters(codec=None, exclude_categories=[]), max_size=100)
MESSAGES = st.lists(st.builds(EarlierView, st.just(NOON), ANYTHING, ANYTHING, st.booleans()), max_size=3)
RESULTS = st.lists(st.builds(ResultLine, st.integers(0, 99), ANYTHING, ANYTHING, st.booleans()), max_size=3)
LINES = st.lists(st.builds(DigestLine, st.just(NOON), st.just("1042"), ANYTHING), max_size=3)


def test_a_rule_says_what_comes_below_it() -> None:
    assert blocks.rule_text("earlier") == "-- earlier " + "-" * 49
    assert "data-mailgate" in blocks.rule_html("<b>")
    assert "&lt;b&gt;" in blocks.rule_html("<b>")


def test_only_the_links_that_there_are_become_buttons() -> None:
    links = {"take": "mailto:a+b@x?body=%23take&subject=x", "send": "mailto:c@x", "note": "https://evil.example"}
    words = {"note": "Note", "send": "Send it", "take": "Take", "close": "Close"}
    assert blocks.buttons_text(links, **words) == "#send  #take"
    assert blocks.buttons_text(links, "First line:", **words) == "First line: #send  #take"
    made = blocks.buttons_html(links, **words)
    assert made.count("<a ") == 2
    assert 'href="mailto:a+b@x?body=%23take&amp;subject=x"' in made
    assert blocks.buttons_text({}, "First line:", **words) == blocks.buttons_html({}, "First line:", **words) == ""


def test_a_choice_says_what_to_type_and_no_address() -> None:
    links = {"corrected": "mailto:a@x", "discard": "mailto:b@x"}
    words = {
        "corrected": ("Do it as corrected", "to do it as corrected"),
        "send": ("Send it", "to send it"),
        "discard": ("Discard", "to <drop> it"),
    }
    said = "Reply with #confirm to do it as corrected, #discard to <drop> it."
    assert blocks.buttons_text(links, "Reply with", **words) == said
    made = blocks.buttons_html(links, "Reply with", **words)
    assert made.count("<a ") == 2
    assert "Do it as corrected</a>" in made
    assert to_text(made[made.index("<div") :]) == said


def test_a_link_that_we_do_not_know_is_a_mistake_of_the_template() -> None:
    with pytest.raises(ValueError, match="tkae"):
        blocks.buttons_text({}, tkae="Take")


def test_results_stand_in_columns_and_failures_are_marked() -> None:
    results = (
        ResultLine(1, "#close", "closed", True),
        ResultLine(12, "#x", "unknown", False),
        ResultLine(0, "", "y", True),
    )
    assert blocks.result_list_text(results) == ("   1  #close  closed\n! 12  #x      unknown\n  y")
    made = blocks.result_list_html(results)
    assert made.count("<tr>") == 3
    assert made.count("bad") == 1


def test_a_column_of_results_that_is_empty_is_not_there() -> None:
    taken, waits = ResultLine(0, "#take", "yours", True), ResultLine(0, "", "It goes out in 60 s.", True)
    assert blocks.result_list_text((taken,)) == "  #take  yours"
    assert blocks.result_list_text((waits,)) == "  It goes out in 60 s."
    assert "<code" not in blocks.result_list_html((waits,))


def test_earlier_messages_are_quoted_with_who_and_when() -> None:
    message = EarlierView(NOON, "kim", "one\n\ntwo", internal=True)
    assert blocks.messages_text(message, "note") == "> 2026-03-02 12:00 kim (note):\n> one\n>\n> two"
    assert blocks.messages_text((message, message)).count("\n\n") == 1
    assert blocks.messages_html((message, message), "note").count("<blockquote") == 2
    assert blocks.messages_text(()) == blocks.messages_html(()) == ""


def test_a_digest_is_a_line_each() -> None:
    lines = (DigestLine(NOON, "1042", "a\nb"), DigestLine(NOON, "", "c"))
    assert blocks.digest_list_text(lines) == "2026-03-02 12:00  #1042  a b\n2026-03-02 12:00  c"
    assert to_text(blocks.digest_list_html(lines)).split() == "12:00 2026-03-02 #1042 a b 12:00 2026-03-02 c".split()


def test_an_answer_is_printed_as_it_is_and_made_of_its_text_where_it_has_no_html() -> None:
    assert blocks.as_is_text(AnswerView("\n*a*\n")) == "*a*"
    assert blocks.as_is_html(AnswerView("a", "<b>a</b>")) == '<div dir="auto"><b>a</b></div>'
    assert blocks.as_is_html(AnswerView("a <b>\nc")) == '<div dir="auto">a &lt;b&gt;<br>\nc</div>'


def test_two_lists_in_one_mail_stand_in_line_and_what_is_no_commands_begins_at_the_margin() -> None:
    short = blocks.result_list_html((ResultLine(1, "#a", "x", True), ResultLine(0, "", "y", True)))
    long = blocks.result_list_html((ResultLine(12, "#a", "x", True), ResultLine(0, "#b", "x", True)))
    assert short.count('width="28"') == 1
    assert long.count('width="28"') == 2
    assert short.count('colspan="2"') == 1
    assert "colspan" not in long


def test_what_waits_is_told_as_that_and_not_as_an_internal_note() -> None:
    waits = EarlierView(NOON, "nina", "On its way.", internal=True, waits=True)
    assert blocks.messages_text(waits, "internal", "not sent yet").splitlines()[0].endswith("nina (not sent yet):")
    assert "not sent yet" in blocks.messages_html(waits, "internal", "not sent yet")
    assert "internal" in blocks.messages_text(waits, "internal")


def test_a_signature_stands_below_its_line() -> None:
    assert blocks.signed_text("Nina\nBilling\n") == "-- \nNina\nBilling"
    assert to_text(blocks.signed_html("Nina\n<b>")) == "--\nNina\n<b>"


def test_a_page_keeps_its_columns_and_cannot_hold_our_rule() -> None:
    page = "a   b\n-- below this line: for agents only ------------------------\nc"
    assert blocks.preformatted_text(page).splitlines()[1].startswith(" --")
    assert "a   b\n" in blocks.preformatted_html(page)


@given(MESSAGES, RESULTS, LINES, ANYTHING)
def test_whatever_they_wrote_becomes_no_markup_and_no_line_of_ours(
    messages: list[EarlierView], results: list[ResultLine], lines: list[DigestLine], text: str
) -> None:
    pairs = [
        (blocks.messages_html(messages, "n"), len(messages) * 4),
        (
            blocks.result_list_html(results),
            2
            + sum(
                4 + 2 * bool(each.line or each.text) + 2 * bool(scrub_line(each.text)) + 2 * (not each.ok)
                for each in results
            ),
        ),
        (blocks.digest_list_html(lines), 2 + len(lines) * 6),
        (blocks.preformatted_html(text), 2),
        (blocks.signed_html(text), 2),
        (blocks.as_is_html(AnswerView(text)), 2),
        (blocks.rule_html(text), 2),
        (blocks.buttons_html({"take": "mailto:" + text}, text, take=text), 0),
        (blocks.buttons_html({"take": "mailto:a@x"}, text, take=(text, f"x {text}")), 6),
    ]
    for made, tags in pairs:
        assert made.replace("<br>", "").count("<") in (tags, tags + 2 * (tags == 0))
        made.encode()
    assert all(line.startswith(">") or not line for line in blocks.messages_text(messages).split("\n"))
    assert len(blocks.result_list_text(results).split("\n")) == max(1, len(results))


def test_both_parts_know_the_same_blocks() -> None:
    assert blocks.TEXT_BLOCKS.keys() == blocks.HTML_BLOCKS.keys()
