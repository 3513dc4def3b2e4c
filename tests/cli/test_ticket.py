"""The page of `mailgate ticket show`."""

from typing import Any
from zoneinfo import ZoneInfo

from mailgate.cli.ticket import page

TICKET: dict[str, Any] = {
    "number": "1001",
    "subject": "Help",
    "queue": "support",
    "state": "new",
    "priority": "normal",
    "owner": None,
    "customer": None,
    "type": None,
    "closes_at": None,
    "closes_by": None,
    "merged_into": None,
    "watchers": [],
    "tags": [],
    "linked": [],
    "articles": [],
    "outbox": [],
}


def done(event: str, **detail: object) -> dict[str, Any]:
    return {"at": "2026-11-23T03:16:06+00:00", "actor": "rule:vip", "event": event, "detail": detail}


def test_the_history_is_told_in_words() -> None:
    history = [
        done("owner.changed", old=None, new="omar", how="least_busy"),
        done("field.changed", fields={"order": "4711"}),
        done("tag.added", tags=["vip", "eu"]),
        done("article.added", verified=True, subject="a\x1b[2Jb"),
        done("ticket.merged") | {"detail": None},
    ]
    lines = page(TICKET | {"history": history}).rpartition("history\n")[2].splitlines()
    assert [line[41:] for line in lines] == [
        "owner nobody → omar (least_busy)",
        "field.changed  fields order = 4711",
        "tag.added  tags vip, eu",
        "article.added  subject a [2Jb",
        "ticket.merged",
    ]


def test_its_type_its_target_and_who_watches_stand_in_the_head() -> None:
    found = TICKET | {"type": "incident", "merged_into": "1000", "watchers": ["kim@example.com"], "history": []}
    found |= {"closes_at": "2026-03-06T09:30:00+00:00", "closes_by": "rule:chase"}
    head = page(found).partition("-" * 72)[0].splitlines()
    assert head[3:] == [
        "type incident",
        "closes at 2026-03-06 09:30 unless somebody writes (rule:chase)",
        "merged into #1000",
        "watched by kim@example.com",
    ]


def test_its_times_are_those_of_the_site() -> None:
    history = [done("pending.until", until="2026-12-01T13:34:26.451448+00:00")]
    assert "2026-11-23 04:16  rule:vip               pending.until  until 2026-12-01 14:34" in page(
        TICKET | {"history": history}, ZoneInfo("Europe/Berlin")
    )
