"""Answers as mail programs write them, in many languages: what was typed, what is quoted, what is a signature.

All of it was made up here. Each program stands in samples/ with its own words for who wrote what it quotes.
"""

from pathlib import Path

import pytest

from mailgate.mail.parse import parse
from mailgate.mail.split import split


def samples(name: str) -> dict[str, str]:
    """The samples of a file: each below a line with two equals signs and the program's name."""
    text = Path(__file__).parent.joinpath("samples", f"{name}.txt").read_text("utf-8")
    pieces = (piece.partition("\n") for piece in text.split("== ")[1:])
    return {title: sample.strip("\n") for title, _, sample in pieces}


TYPED = "Hello Nina,\n\nthe second one is wrong: 2 licences: one too many.\nPlease send it again?"
OLD = "Dear Ana,\n\nwhich of the two invoices is wrong?\n\nKind regards\nNina Costa"
MARKED = "\n".join(f"> {line}".rstrip() for line in OLD.split("\n"))

ATTRIBUTIONS = samples("attributions")  # above what is marked with ">"
HEADS = samples("heads")  # nothing below is marked
HTML = samples("html")

SIGNATURES = [*samples("signatures").values(), "--\nAna", "Sent from my Frobnicator"]


@pytest.mark.parametrize("client", ATTRIBUTIONS)
def test_an_answer_above_marked_lines(client: str) -> None:
    pieces = split(f"{TYPED}\n\n{ATTRIBUTIONS[client]}\n{MARKED}\n")
    assert (pieces.new_text, pieces.split) == (TYPED, "sure")
    assert pieces.quoted_text == f"{ATTRIBUTIONS[client]}\n{MARKED}"


@pytest.mark.parametrize("client", ATTRIBUTIONS)
def test_answers_between_marked_lines(client: str) -> None:
    text = f"{ATTRIBUTIONS[client]}\n> which of the two?\n\nThe second.\n\n> And when?\n\nToday.\n\n> Nina"
    pieces = split(text)
    assert pieces.split == "sure"
    assert pieces.new_text == text.removesuffix("\n\n> Nina")
    assert pieces.quoted_text == "> Nina"


@pytest.mark.parametrize("client", ATTRIBUTIONS)
def test_an_answer_below_marked_lines(client: str) -> None:
    text = f"{ATTRIBUTIONS[client]}\n{MARKED}\n\n{TYPED}\n\n-- \nAna"
    pieces = split(text)
    assert (pieces.split, pieces.signature) == ("sure", "-- \nAna")
    assert pieces.new_text.endswith(TYPED)


@pytest.mark.parametrize("client", HEADS)
def test_an_answer_above_lines_that_nothing_marks(client: str) -> None:
    pieces = split(f"{TYPED}\n\n{HEADS[client]}\n\n{OLD}\n")
    assert (pieces.new_text, pieces.split) == (TYPED, "sure")
    assert (
        pieces.quoted_text == f"{HEADS[client].strip()}\n\n{OLD}" or pieces.quoted_text == f"{HEADS[client]}\n\n{OLD}"
    )


@pytest.mark.parametrize("signature", SIGNATURES)
def test_a_signature_above_the_quotation_or_alone(signature: str) -> None:
    for below in ("", "\n\n" + HEADS["outlook en"] + "\n\n" + OLD, "\n\n" + ATTRIBUTIONS["gmail en"] + "\n\n" + MARKED):
        pieces = split(f"{TYPED}\n\n{signature}{below}")
        assert (pieces.new_text, pieces.signature) == (TYPED, signature)


@pytest.mark.parametrize("client", HTML)
def test_html_alone_is_split_by_its_structure_in_any_language(client: str) -> None:
    html = (
        HTML[client].replace("TYPED", "Hello Nina,<br><br>the second one.").replace("OLD", "which one?<br>Nina Costa")
    )
    body = parse(f"Content-Type: text/html; charset=utf-8\r\n\r\n{html}".encode()).body
    assert (body.new_text, body.split) == ("Hello Nina,\n\nthe second one.", "sure")
    assert "which one?" in body.quoted_text


ANSWERED = '</blockquote><p>yes</p><blockquote type="cite">two?</blockquote><p>no</p>'


@pytest.mark.parametrize("client", ["gmail", "apple", "thunderbird", "proton"])
def test_answers_between_the_quotations_of_html_stay(client: str) -> None:
    html = HTML[client].replace("TYPED", "").replace("OLD", "one?").replace("</blockquote>", ANSWERED, 1)
    body = parse(f"Content-Type: text/html; charset=utf-8\r\n\r\n{html}".encode()).body
    assert [line for line in body.new_text.split("\n") if line][-4:] == ["> one?", "yes", "> two?", "no"]


def test_a_plain_text_that_marks_nothing_is_cut_where_its_html_says() -> None:
    html = HTML["outlook web"].replace("TYPED", "The second one.").replace("OLD", "which one?")
    plain = "Content-Type: text/plain\n\nThe second one.\n\nFrá Nina\nwhich one?"
    parts = f"--b\n{plain}\n--b\nContent-Type: text/html\n\n{html}\n--b--"
    body = parse(f"Content-Type: multipart/alternative; boundary=b\n\n{parts}".encode()).body
    assert (body.new_text, body.quoted_text) == ("The second one.", "Frá Nina\nwhich one?")


@pytest.mark.parametrize(
    "text",
    [
        "From: Berlin\nTo: Rome\nDate: 3 May\n\nPlease book it.",
        "Our plan:\n\nFrom: Berlin\nTo: Rome\nDate: 3 May\n\nPlease book it.",
        "From your site\n\nFrom: Bo <bo@b.example>\nSubject: Help\nPhone: 555\nDate: today\nMessage: No print.",
        "On 2 March we ordered 3 licences:\none for Bo\ntwo for Al",
        "As you wrote:\nit should be there by now.",
        "I wrote on 3 May:\nnothing came back.",
        "Two things:\n-----\nfirst\n-----\nsecond",
        "The original message was lost.\nCould you send it again?",
        "Subject: to approval\nFrom: tomorrow on we are closed.",
        "Is 3 > 2?\nI think so.",
        "Your mail came back:\n\n<bo@b.example>: host mx.b.example[192.0.2.1] said:\n    550 no such user",
        "I use your app on my\niPhone and it does not start",
    ],
)
def test_what_only_looks_like_a_quotation_stays(text: str) -> None:
    assert (split(text).new_text, split(text).quoted_text) == (text, "")
