"""The logos of a signature are not what somebody attached."""

from dataclasses import replace

import pytest

from mailgate.mail.message import NO_MESSAGE, Attachment, Body
from mailgate.mail.pictures import SMALLEST_PICTURE, attached_files, is_trimming

SHOT = Attachment("shot.png", "image/png", 90_000, "a" * 64, True, "<shot@x>", "2")
LOGO = Attachment("image001.png", "image/png", 900, "b" * 64, True, "image001.png@01DA", "3")
FILE = Attachment("invoice.pdf", "application/pdf", 900, "c" * 64, True, None, "4")


def test_small_inline_images_are_trimmings_and_files_are_not() -> None:
    message = replace(NO_MESSAGE, attachments=(SHOT, LOGO, FILE))
    assert attached_files(message) == (SHOT, FILE)
    assert not is_trimming(replace(LOGO, inline=False), Body())
    assert is_trimming(replace(SHOT, size=SMALLEST_PICTURE - 1), Body())


@pytest.mark.parametrize("mark", ["[cid:shot@x]", "[cid:shot%40x]", "[image: shot.png]"])
def test_a_picture_that_only_the_quotation_or_the_signature_shows_is_a_trimming(mark: str) -> None:
    assert is_trimming(SHOT, Body(signature=f"Ana\n{mark}"))
    assert is_trimming(SHOT, Body(quoted_text=f"> see {mark}"))
    assert not is_trimming(SHOT, Body(new_text=f"look: {mark}", quoted_text=f"> see {mark}"))
    assert not is_trimming(SHOT, Body(new_text="look"))


def test_the_same_picture_again_is_listed_once() -> None:
    again = replace(SHOT, content_id="other@x", part="5")
    message = replace(NO_MESSAGE, attachments=(SHOT, again, replace(FILE, inline=False), replace(FILE, inline=False)))
    assert [each.part for each in attached_files(message)] == ["2", "4", "4"], (
        "what somebody attached twice counts twice"
    )
