"""A plain thank-you, and everything that only looks like one."""

import pytest

from mailgate.tickets.thanks import is_only_thanks


@pytest.mark.parametrize(
    "text",
    [
        "Thank you!",
        "Thanks a lot for your help!\n\nBest regards",
        "thx",
        "Vielen Dank für die schnelle Antwort",
        "Merci beaucoup pour votre aide",
        "Muchas gracias por su ayuda",
        "Obrigado pela ajuda",
        "谢谢",
        "It works now, thanks!",
        "Danke!\n\nViele Grüße",
    ],
)
def test_nothing_but_thanks_is_known(text: str) -> None:
    assert is_only_thanks(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ok",
        "Thank you, but it does not work",
        "Thanks. When will it arrive?",
        "thanks，什么时候？",
        "Help, thanks",
        "Thanks! Help",
        "Thanks, my order is 4711",
        "Danke, es geht nicht",
        "no thanks, close it",
        "Hello support team",
        "Great",
        "Thanks " * 20,
        "Thanks" + " " * 500 + "it is broken",
        "Gracias, no funciona",
        "Answer, thanks",
        "thanks\n-- \nAna Silva",
    ],
)
def test_whatever_might_be_more_is_taken_for_more(text: str) -> None:
    assert not is_only_thanks(text)
