"""Words in the form in which they are compared."""

import pytest

from mailgate.mail.plain import BLANKS, clean, plain


@pytest.mark.parametrize(
    ("written", "plainly"),
    [("Schließen", "schliessen"), ("MAÑANA  ya", "manana ya"), ("Envoyé", "envoye"), ("От", "от")],
)
def test_case_accents_and_runs_of_blanks_do_not_count(written: str, plainly: str) -> None:
    assert plain(written) == plainly


def test_what_has_no_shape_goes_and_every_blank_is_one() -> None:
    assert clean("a\u200bb\u00a0c\u202ed") == "ab cd"
    assert "\u00a0" in BLANKS
