"""Our notification, quoted back as mail programs quote it, is found and cut out of the answer (spec/agents.md 5)."""

from dataclasses import replace
from pathlib import Path

import pytest

from mailgate.mail.answer_html import answer_html
from mailgate.mail.split import split
from mailgate.notify.samples import ORDINARY
from mailgate.notify.templates import Templates

SHIPPED = Path(__file__).resolve().parents[2] / "templates"

STANDARD = Templates.load(SHIPPED, SHIPPED)
ANSWER = "Dear Ana,\n\nyou will have it tomorrow."
LANGUAGES = ["de", "en", "es"]
TO_AGENTS = sorted(name for name in STANDARD.names if STANDARD.kind(name) == "agent" and name != "digest")


def quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.split("\n"))


def thunderbird(answer: str, notification: str) -> str:
    return (
        f"{answer}\n\nAm 02.03.26 um 12:00 schrieb Ana Silva via Billing:\n{quoted(notification)}\n\n-- \nNina Costa\n"
    )


def gmail(answer: str, notification: str) -> str:
    head = "On Mon, 2 Mar 2026 at 12:00, Ana Silva via Billing\n<billing@example.com> wrote:"
    return f"{answer}\n\n-- \nNina Costa\n\n\n{head}\n\n{quoted(notification)}\n"


def outlook(answer: str, notification: str) -> str:
    head = "Von: Ana Silva via Billing\nGesendet: Montag, 2. März 2026 12:00\nAn: Nina Costa\nBetreff: Rechnung"
    return f"{answer}\n\n{head}\n\n{notification}"


def apple(answer: str, notification: str) -> str:
    return f"{answer}\n\n" + quoted(f"On 2 Mar 2026, at 12:00, Ana Silva via Billing wrote:\n\n{notification}")


def yahoo(answer: str, notification: str) -> str:
    return f"{answer}\n\n{notification}"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", TO_AGENTS)
@pytest.mark.parametrize("program", [thunderbird, gmail, outlook, apple])
def test_what_is_quoted_of_our_mail_is_cut(program: type, name: str, language: str) -> None:
    notification = STANDARD.render(name, language, ORDINARY).text
    pieces = split(program(ANSWER, notification))
    assert (pieces.new_text, pieces.split) == (ANSWER, "sure")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", TO_AGENTS)
def test_our_own_part_is_cut_even_where_nothing_marks_it_as_quoted(name: str, language: str) -> None:
    pieces = split(yahoo(ANSWER, STANDARD.render(name, language, ORDINARY).text))
    assert pieces.split == "sure"
    for ours in ("#pending", "They paid twice", "vip, invoice"):
        assert ours not in pieces.new_text


@pytest.mark.parametrize("language", LANGUAGES)
def test_answers_between_the_customers_lines_stay_and_our_part_goes(language: str) -> None:
    customers = replace(ORDINARY.message, new_text="First?\n\nSecond?")
    lines = quoted(STANDARD.render("agent_new", language, replace(ORDINARY, message=customers)).text)
    text = lines.replace("> First?\n", "> First?\n\nyes\n\n").replace("> Second?\n", "> Second?\n\nno\n\n")
    pieces = split(text)
    assert (pieces.new_text, pieces.split) == ("> First?\n\nyes\n\n>\n> Second?\n\nno", "sure")
    assert "#pending" in pieces.quoted_text


def test_who_types_below_our_part_is_heard_and_our_part_goes() -> None:
    notification = quoted(STANDARD.render("agent_new", "en", ORDINARY).text)
    pieces = split(f"On Mon, 2 Mar 2026, Ana Silva via Support wrote:\n{notification}\n\n{ANSWER}")
    assert pieces.split == "sure"
    assert pieces.new_text.startswith("> Hi, any news on this?")
    assert pieces.new_text.endswith(ANSWER)
    for ours in ("agents only", "#pending", "They paid twice", "wrote:"):
        assert ours not in pieces.new_text
        assert ours in pieces.quoted_text
    assert split(f"{notification}\n{ANSWER}").split == "unsure"  # the rest of a line of ours that was wrapped?
    assert split(f"{notification}\n\n-- \nNina").new_text != "Nina"


@pytest.mark.parametrize("name", TO_AGENTS)
def test_our_html_is_cut_wherever_it_stands_even_when_its_classes_were_rewritten(name: str) -> None:
    ours = STANDARD.render(name, "en", ORDINARY).html
    card = ours[ours.index('<div class="card"') : ours.index("</body>")].replace('class="', 'class="x_')
    html = f"<div><b>Dear Ana,</b></div><div>you will have it tomorrow.</div><div>{card}</div>"
    made = answer_html(html, ANSWER, frozenset())
    assert "<b>Dear Ana,</b>" in made
    assert "agents" not in made
    assert "mailto:" not in made
