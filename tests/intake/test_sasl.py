"""The AUTH dialogue ends in credentials or in a reply, whatever is sent."""

import asyncio
from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.intake import replies
from mailgate.intake.sasl import Credentials, read_credentials
from mailgate.intake.wire import LineTooLong


def dialogue(argument: str, *answers: bytes | None) -> tuple[Credentials | bytes, list[bytes]]:
    """What comes of it, and the challenges; an answer of None is a line that is too long."""
    said: list[bytes] = []
    left = iter(answers)

    async def ask(challenge: bytes) -> bytes:
        said.append(challenge)
        answer = next(left)
        if answer is None:
            raise LineTooLong
        return answer

    return asyncio.run(read_credentials(argument, ask)), said


def b64(text: str) -> str:
    return b64encode(text.encode()).decode()


NINA = Credentials("nina", "geheim")


def test_plain_with_and_without_an_initial_response() -> None:
    response = b64("\0nina\0geheim")
    assert dialogue(f"PLAIN {response}") == (NINA, [])
    assert dialogue("plain", response.encode()) == (NINA, [b"334 \r\n"])


def test_one_may_name_oneself_as_the_one_to_act_for_and_nobody_else() -> None:
    assert dialogue(f"PLAIN {b64(chr(0).join(('nina', 'nina', 'geheim')))}")[0] == NINA
    assert dialogue(f"PLAIN {b64(chr(0).join(('omar', 'nina', 'geheim')))}")[0] == replies.CANNOT_DECODE


def test_login_asks_for_name_and_password() -> None:
    challenges = [b"334 VXNlcm5hbWU6\r\n", b"334 UGFzc3dvcmQ6\r\n"]
    assert dialogue("LOGIN", b64("nina").encode(), b64("geheim").encode()) == (NINA, challenges)
    assert dialogue(f"LOGIN {b64('nina')}", b64("geheim").encode()) == (NINA, challenges[1:])


def test_names_and_passwords_may_hold_any_letter() -> None:
    assert dialogue(f"PLAIN {b64(chr(0) + 'zoë' + chr(0) + 'пароль €')}") == (Credentials("zoë", "пароль €"), [])


@pytest.mark.parametrize(
    ("argument", "answers"),
    [("PLAIN", [b"*"]), ("LOGIN", [b"*"]), ("LOGIN", [b64("nina").encode(), b"*"]), ("PLAIN *", [])],
)
def test_a_star_cancels(argument: str, answers: list[bytes]) -> None:
    assert dialogue(argument, *answers)[0] == replies.AUTH_CANCELLED


@pytest.mark.parametrize(
    "response",
    [
        *("=", "!", "AA", "AA=A", "ä", "\udcff", "AG5pbmE", f"{b64('x')} {b64('y')}"),
        *map(b64, ("nina", "\0nina", "\0nina\0", "\0\0x", "\0nina\0x\0y")),
        b64encode(b"\0nina\0\xff").decode(),
    ],
)
def test_garbage_is_told_so(response: str) -> None:
    assert dialogue(f"PLAIN {response}")[0] == replies.CANNOT_DECODE


def test_another_mechanism_is_not_supported() -> None:
    assert dialogue("CRAM-MD5")[0] == replies.NO_SUCH_MECHANISM


def test_an_answer_that_is_too_long_ends_the_dialogue() -> None:
    assert dialogue("PLAIN", None)[0] == replies.AUTH_LINE_TOO_LONG


def test_a_password_shows_in_no_repr() -> None:
    assert "geheim" not in repr(NINA)


@given(st.text(max_size=60), st.lists(st.binary(max_size=60), min_size=2, max_size=2))
def test_anything_gives_credentials_or_a_reply(rest: str, answers: list[bytes]) -> None:
    for mechanism in ("PLAIN", "LOGIN", ""):
        outcome, _ = dialogue(f"{mechanism} {rest}".strip(" "), *answers)
        assert isinstance(outcome, Credentials) or outcome.endswith(b"\r\n")
