"""Why a mail did not arrive, in words: every language says all of it."""

import pytest

from mailgate.notify import delivery_words as module
from mailgate.notify.delivery_words import delivery_words


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        ("550 5.1.1 User unknown", "The address does not exist."),
        ("5.1.1 550 5.1.1 <bob@gone.example>: User unknown", "The address does not exist."),
        ("550 5.4.1 Recipient address rejected: Access denied", "The address does not exist."),
        ("550 no such user here", "The address does not exist."),
        ("554 5.4.4 Host unknown", "The domain of the address does not exist."),
        ("550 5.2.1 mailbox disabled", "The mailbox is switched off."),
        ("452 4.2.2 Mailbox full", "The mailbox is full."),
        ("552 over quota", "The mailbox is full."),
        ("552 5.3.4 message size limit", "The mail is too big for their server."),
        ("550 5.7.1 blocked", "Their server refused the mail by its policy."),
        ("550 5.7.26 DMARC", "Their server refused the mail by its policy."),
        ("550 5.1.8 sender address rejected", "Their server does not accept our address as the sender."),
        ("554 5.4.6 too many hops", "The mail went round in circles between their servers."),
        ("gave up after 5 days: timeout", "Their server could not be reached for days."),
        ("gave up after 5 days", "Their server could not be reached for days."),
        ("4.4.1 connection refused", "Their server could not be reached."),
        ("554 no", "Their server refused the mail."),
        ("", "Their server refused the mail."),
    ],
)
def test_a_servers_reply_is_said_as_a_person_says_it(reply: str, words: str) -> None:
    assert delivery_words(reply, "en") == words


@pytest.mark.parametrize(
    ("reply", "language", "words"),
    [
        ("552 5.3.4 exceeds size limit 10240000", "en", "Their server takes 10.2 MB, this mail has 12.4 MB."),
        ("552 5.3.4 too large (limit 10 MB)", "en", "Their server takes 10 MB, this mail has 12.4 MB."),
        ("552 5.3.4 maximum is 10000 KB", "de", "Der Mailserver nimmt 10 MB, diese Mail hat 12,4 MB."),
        ("552 5.3.4 limit 10.000.000 bytes", "es", "Su servidor admite 10 MB y este mensaje tiene 12,4 MB."),
        ("552 5.3.4 too large", "de", "Die Mail mit 12,4 MB ist zu groß für den Mailserver."),
        ("552 5.3.4 limit 99 MB", "en", "The mail, of 12.4 MB, is too big for their server."),
        ("552 5.3.4 limit reached, code 17", "en", "The mail, of 12.4 MB, is too big for their server."),
        ("552 5.3.4 limit ,.,", "fr-FR", "The mail, of 12.4 MB, is too big for their server."),
    ],
)
def test_the_sizes_are_told_where_they_are_known(reply: str, language: str, words: str) -> None:
    assert delivery_words(reply, language, 12_400_000) == words


def test_every_language_has_words_for_everything() -> None:
    languages = module._WORDS
    assert set(languages) == {"en", "de", "es"}
    assert len({frozenset(each) for each in languages.values()}) == 1
    assert set(module._KEYS.values()) <= set(languages["en"])
