"""The subject token: found in whatever people make of it, and nobody else's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.tickets.token import MAX_CANDIDATES, parse_ticket_tag

TAG = parse_ticket_tag("[Ticket#{number}]")


@given(st.from_regex(r"[0-9]{1,32}", fullmatch=True), st.text("Re: [x]#1", max_size=40), st.text(max_size=40))
def test_what_is_rendered_is_found(number: str, before: str, after: str) -> None:
    assert number in TAG.find(f"{before} {TAG.render(number)} {after}")


@pytest.mark.parametrize(
    "subject",
    [
        "[Ticket#1042] x",
        "Re: AW: [Ticket#1042] x",
        "RE: [TICKET#1042]",
        "[ Ticket # 1042 ]x",
        "回复：[Ticket#1042]",
        "［Ticket＃１０４２］",
        "[Ticket#\u00a01042]",
        "[[Ticket#1042]]",
    ],
)
def test_the_token_is_found_in_what_gateways_and_people_make_of_it(subject: str) -> None:
    assert TAG.find(subject) == ("1042",)
    assert TAG.find(TAG.remove(subject)) == ()


@pytest.mark.parametrize(
    "subject",
    [
        "",
        "Ticket#1042",
        "[Ticket1042]",
        "[Tickets#1042]",
        "[#1042]",
        "[Case#1042]",
        "[Ticket#]",
        "[Ticket#10a]",
        "[Ticket#" + "1" * 33 + "]",
    ],
)
def test_what_is_not_ours_is_left_alone(subject: str) -> None:
    assert TAG.find(subject) == ()
    assert TAG.remove(subject) == subject


def test_several_tokens_come_in_order_each_once_and_not_without_end() -> None:
    assert TAG.find("[Ticket#3] [Ticket#1] [Ticket#3]") == ("3", "1")
    assert len(TAG.find("".join(f"[Ticket#{n}]" for n in range(50)))) == MAX_CANDIDATES


def test_older_forms_are_found_and_removed_too() -> None:
    tag = parse_ticket_tag("[Ticket#{number}]", (r"\[OTRS:(\d+)\]",))
    assert tag.find("Re: [OTRS:77] and [Ticket#8]") == ("77", "8")
    assert tag.remove("Re: [OTRS:77] and [Ticket#8] x") == "Re: and x"


@pytest.mark.parametrize(
    ("form", "also"),
    [
        ("[Ticket]", ()),
        ("[{number}{number}]", ()),
        ("{number}", ()),
        (" {number} ", ()),
        ("[T2#{number}]", ()),
        ("[T\n{number}]", ()),
        ("[{number}]", ("(",)),
        ("[{number}]", (r"x\d+",)),
        ("[{number}]", (r"(x)(\d+)",)),
    ],
)
def test_a_tag_that_could_go_wrong_is_refused(form: str, also: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match=r".+"):
        parse_ticket_tag(form, also)


@given(st.lists(st.sampled_from(["[", "]", "#", "Ticket", "[Ticket#1]", "2", " ", "ｘ"]), max_size=12).map("".join))
def test_what_was_removed_is_gone(subject: str) -> None:
    assert TAG.find(TAG.remove(subject)) == ()
