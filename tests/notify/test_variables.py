"""The variables of one mail."""

from dataclasses import replace

from mailgate.notify import variables, views
from mailgate.notify.samples import ORDINARY


def test_a_neutral_mail_sees_nothing_of_the_sender() -> None:
    seen = variables.neutral_mapping(ORDINARY)
    assert set(seen) == {"ticket", "queue", "site", "now"}
    assert seen["ticket"] == variables.NeutralTicket("1042", "[Ticket#1042]")


def test_all_words_that_came_by_mail_are_cleaned_at_once_and_ours_stay() -> None:
    def clean(text: str) -> str:
        return text.replace("a", "")

    cleaned = ORDINARY.without(clean)
    for name in (
        "customer",
        "message",
        "answers_to",
        "quoted",
        "earlier",
        "wrote_since",
        "results",
        "kept_text",
        "page",
        "held",
    ):
        assert getattr(cleaned, name) != getattr(ORDINARY, name), name
    for name in ("doubt", "delivery", "digest", "author"):
        assert getattr(replace(ORDINARY, author="ana").without(clean), name) != getattr(ORDINARY, name), name
    for name in ("answer", "signature", "links", "agent", "queue", "site", "reply_does", "now"):
        assert getattr(cleaned, name) == getattr(ORDINARY, name), name
    assert replace(ORDINARY, quoted=None, wrote_since=None).without(clean).quoted is None


def test_long_texts_and_lists_are_cut_but_never_the_answer() -> None:
    long = replace(
        ORDINARY,
        kept_text="x" * 10**6,
        page="x" * 10**6,
        earlier=ORDINARY.earlier * 500,
        results=ORDINARY.results * 500,
        digest=ORDINARY.digest * 500,
        answer=views.AnswerView("x" * 10**6),
    )
    seen = long.mapping()
    assert [len(seen[name]) for name in ("earlier", "results", "digest")] == [10, 100, 100]
    assert seen["page"] == seen["kept_text"] == "x" * variables.MAX_TEXT + "\n[...]"
    assert len(seen["answer"].text) == 10**6
