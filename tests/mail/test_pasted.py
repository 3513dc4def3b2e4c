"""Lines that begin with `>` and quote nobody."""

import pytest

from mailgate.mail.pasted import is_pasted


@pytest.mark.parametrize(
    "text",
    [">>> import x\n>>> x.y()", "> npm install\n> npm ERR! code", "> shop@1.4.0 build\n> tsc", "< old\n---\n> new",
     "> git push\n> error: failed", "> select * from orders"],
)  # fmt: skip
def test_a_console_or_a_comparison_is_known(text: str) -> None:
    assert is_pasted(text.split("\n"))


@pytest.mark.parametrize(
    "text",
    [
        "> does it work?\n> Ana",
        "Ana wrote:\n> make it work",
        "> go on",
        "> show me",
        ">>> old\n>> newer\n> new",
        "",
        "text",
    ],
)
def test_what_somebody_wrote_is_none(text: str) -> None:
    assert not is_pasted(text.split("\n"))
