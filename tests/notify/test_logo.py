"""The logo: what is taken, how big it is shown, and the mail that brings it."""

import shutil
from dataclasses import replace
from email import message_from_bytes, policy
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.errors import FilesRejected
from mailgate.mail.parse import parse
from mailgate.mail.pictures import SMALLEST_PICTURE, attached_files
from mailgate.notify.compose import compose, compose_parts
from mailgate.notify.enclosed import NOTHING, Enclosed, File
from mailgate.notify.logo import MAX_OCTETS, Logo, read_logo
from mailgate.notify.rendered import Rendered
from mailgate.notify.samples import ORDINARY
from mailgate.notify.templates import Templates
from tests.notify.test_compose import HEADERS
from tests.support.pictures import gif, jpeg, png

SHIPPED = Path(__file__).resolve().parents[2] / "templates"
PNG = png(400, 120)
FILL = b"\xff\xff\xe1\x00\x04\x00\x00"  # an octet of filling before another segment


def branded(directory: Path, logo: bytes | None = PNG, name: str = "logo.png") -> Templates:
    (directory / "_brand.toml").write_text(f'name = "Acme"\nlogo = "{name}"\n')
    if logo is not None:
        (directory / name).write_bytes(logo)
    return Templates.load(directory, SHIPPED)


@pytest.mark.parametrize(
    ("octets", "kind", "shown"),
    [
        (png(400, 120), "image/png", (187, 56)),
        (png(100, 40), "image/png", (100, 40)),
        (gif(900, 90), "image/gif", (280, 28)),
        (jpeg(56, 112), "image/jpeg", (28, 56)),
        (jpeg(80, 20, FILL), "image/jpeg", (80, 20)),
        (png(4000, 1), "image/png", (280, 1)),
    ],
)
def test_a_picture_is_known_by_its_octets_and_shown_within_bounds(
    octets: bytes, kind: str, shown: tuple[int, int]
) -> None:
    logo = read_logo(octets)
    assert isinstance(logo, Logo)
    assert (logo.content_type, (logo.width, logo.height)) == (kind, shown)


@pytest.mark.parametrize(
    ("octets", "said"),
    [
        (b"", "no PNG, JPEG or GIF"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "no PNG, JPEG or GIF"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "no PNG, JPEG or GIF"),
        (PNG[:20], "no PNG, JPEG or GIF"),
        (jpeg(10, 10)[:9], "no PNG, JPEG or GIF"),
        (jpeg(10, 10, b"\xff\xe0\x00\x00" * 3), "no PNG, JPEG or GIF"),
        (png(0, 10), "0 by 10 pixels"),
        (gif(65_535, 10), "65535 by 10 pixels"),
        (PNG + bytes(MAX_OCTETS), "bigger than 8,000 octets"),
    ],
)
def test_what_is_wrong_with_a_picture_is_said(octets: bytes, said: str) -> None:
    assert said in str(read_logo(octets))


@given(st.sampled_from((b"", b"\xff\xd8", b"GIF89a", PNG[:16])), st.binary(max_size=200))
def test_any_octets_are_a_logo_or_told_what_is_wrong(head: bytes, rest: bytes) -> None:
    found = read_logo(head + rest)
    assert isinstance(found, str) or (found.width >= 1 and found.height >= 1)


def test_the_frame_shows_it_by_its_content_id_in_mail_to_customers_and_agents(tmp_path: Path) -> None:
    templates = branded(tmp_path)
    for name in ("received", "agent_new", "approval_request"):
        rendered = templates.render(name, "en", ORDINARY)
        assert rendered.logo is not None
        assert f'<img src="cid:{rendered.logo.cid}" alt="Acme" width="187" height="56"' in rendered.html
        assert "//" not in rendered.html.partition("<img ")[2].partition(">")[0], "nothing is fetched"
        assert rendered.logo.inlined(rendered.html).count("data:image/png;base64,iVBOR") == 1
    assert templates.render("reply", "en", ORDINARY).logo is None, "an agent's answer has no banner"


def test_without_a_logo_a_mail_is_what_it_was(tmp_path: Path) -> None:
    (tmp_path / "_brand.toml").write_text('name = "Acme"\n')
    rendered = Templates.load(tmp_path, SHIPPED).render("received", "en", ORDINARY)
    assert rendered.logo is None
    assert 'color:#5b6472">Acme</div>\n' in rendered.html
    assert "<img" not in rendered.html


@pytest.mark.parametrize(
    ("logo", "name", "said"),
    [
        (None, "logo.png", "No such file"),
        (b"<svg/>", "logo.png", "it is no PNG, JPEG or GIF"),
        (bytes(MAX_OCTETS + 1), "logo.gif", "bigger than 8,000 octets"),
    ],
)
def test_a_logo_that_cannot_be_is_a_mistake_at_its_line(
    tmp_path: Path, logo: bytes | None, name: str, said: str
) -> None:
    with pytest.raises(FilesRejected) as caught:
        branded(tmp_path, logo, name)
    [problem] = caught.value.problems
    assert (problem.path, problem.line) == (str(tmp_path / "_brand.toml"), 2)
    assert f"the logo {tmp_path / name}: " in problem.message
    assert said in problem.message
    assert "at most 8,000 octets" in problem.mend


def test_a_frame_of_ones_own_that_shows_no_logo_is_told(tmp_path: Path) -> None:
    shutil.copy(SHIPPED / "_plain.html.j2", tmp_path / "_layout.html.j2")
    with pytest.raises(FilesRejected) as caught:
        branded(tmp_path)
    [problem] = caught.value.problems
    assert (problem.line, "shows no logo" in problem.message) == (2, True)


def shown(tmp_path: Path) -> Rendered:
    return branded(tmp_path).render("received", "en", ORDINARY)


def test_the_mail_brings_it_beside_the_text_that_shows_it(tmp_path: Path) -> None:
    rendered = shown(tmp_path)
    assert rendered.logo is not None
    mail = message_from_bytes(compose(HEADERS, rendered), policy=policy.default)
    related = [part.get_content_type() for part in mail.walk()]
    assert related == ["multipart/related", "multipart/alternative", "text/plain", "text/html", "image/png"]
    [picture] = [part for part in mail.walk() if part.get_content_type() == "image/png"]
    assert (picture["Content-ID"], picture.get_content()) == (f"<{rendered.logo.cid}>", PNG)
    assert picture.get_content_disposition() == "inline"
    text = replace(rendered, html="")
    assert not message_from_bytes(compose(HEADERS, text), policy=policy.default).is_multipart()


def test_it_is_kept_once_for_all_mails(tmp_path: Path) -> None:
    rendered = shown(tmp_path)
    other = replace(HEADERS, message_id="<mg.5572.abcdefghijklmnopq@example.com>")
    mails = [compose_parts(each, rendered, NOTHING) for each in (HEADERS, other)]
    assert mails[0].tail == mails[1].tail
    assert len(mails[0].tail) < 1.4 * len(PNG) + 400


def test_files_travel_beside_it(tmp_path: Path) -> None:
    rendered, file = shown(tmp_path), File("a.txt", "text/plain", None, b"words")
    mail = message_from_bytes(compose(HEADERS, rendered, Enclosed((), (file,))), policy=policy.default)
    assert [part.get_content_type() for part in mail.walk()] == [
        "multipart/mixed",
        "multipart/related",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "image/png",
        "text/plain",
    ]


def test_when_a_mail_that_quotes_ours_brings_it_back_it_is_no_file_of_the_customers(tmp_path: Path) -> None:
    assert MAX_OCTETS < SMALLEST_PICTURE
    noise = Random(1).randbytes(MAX_OCTETS - len(PNG))
    rendered = branded(tmp_path, PNG + noise).render("received", "en", ORDINARY)
    back = parse(compose(HEADERS, rendered))
    assert [each.content_type for each in back.attachments] == ["image/png"]
    assert attached_files(back) == ()
