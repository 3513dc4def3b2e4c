"""Firms that are closed for some time."""

import pytest

from mailgate.mail.closure import tells_of_closure


@pytest.mark.parametrize(
    "text",
    [
        "our offices are closed from december 24 through january 2. we will respond when we return.",
        "unser büro ist vom 24.12. bis 6.1. geschlossen. ihre nachricht wird danach bearbeitet und beantwortet.",
        "notre société sera fermée jusqu'au 2 janvier. nous répondrons à vos messages dès notre retour.",
        "i nostri uffici resteranno chiusi fino al 6 gennaio. risponderemo alla riapertura.",
        "年末年始休業とさせていただきます。順次ご返信いたします。",
    ],
)
def test_a_firm_that_is_closed_and_answers_later(text: str) -> None:
    assert tells_of_closure(text)


@pytest.mark.parametrize("text", ["we are closed on friday.", "i will respond when i return.", "the ticket is closed."])
def test_one_of_the_two_is_not_enough(text: str) -> None:
    assert not tells_of_closure(text)
