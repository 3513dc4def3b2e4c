"""Which parts are the text of a mail (spec/mail.md 1)."""

from mailgate.mail.message import Message
from mailgate.mail.parse import parse


def mail(*parts: bytes, subtype: bytes = b"mixed", fields: bytes = b"") -> Message:
    body = b"".join(b"--b\r\n%s\r\n" % part for part in parts)
    return parse(b"%sContent-Type: multipart/%s; boundary=b\r\n\r\n%s--b--\r\n" % (fields, subtype, body))


PLAIN = b"Content-Type: text/plain; charset=utf-8\r\n\r\nplain"
HTML = b"Content-Type: text/html; charset=utf-8\r\n\r\n<p>html</p>"


def test_of_two_alternatives_with_the_same_words_the_plain_text_counts_and_the_html_is_kept() -> None:
    body = mail(b"*html*", HTML, subtype=b"alternative").body
    assert (body.text, body.html) == ("*html*", "<p>html</p>")


def test_a_blank_plain_alternative_gives_way_to_the_html() -> None:
    assert mail(b"\r\n  \r\n", HTML, subtype=b"alternative").body.text.strip() == "html"


def test_html_alone_is_rendered() -> None:
    body = parse(b"Content-Type: text/html; charset=utf-8\r\n\r\n<p>caf\xc3\xa9</p>").body
    assert (body.text, body.html, body.charset) == ("café", "<p>café</p>", "utf-8")


def test_the_charset_inside_html_counts_where_the_part_names_none() -> None:
    raw = b"Content-Type: text/html\r\n\r\n<meta charset=windows-1251><p>\xcf\xf0\xe8\xe2\xe5\xf2</p>"
    assert parse(raw).body.text == "Привет"


def test_all_texts_of_a_mixed_mail_follow_each_other() -> None:
    assert mail(PLAIN, b"Content-Type: image/png\r\n\r\nx", HTML, PLAIN).body.text.split() == ["plain", "html", "plain"]


def test_a_text_with_a_file_name_is_a_file() -> None:
    message = mail(PLAIN, b'Content-Type: text/plain; name="log.txt"\r\nContent-Disposition: inline\r\n\r\nlog')
    assert message.body.text == "plain"
    assert [each.filename for each in message.attachments] == ["log.txt"]


def test_only_the_first_part_of_a_related_mail_is_shown() -> None:
    message = mail(HTML, HTML, subtype=b"related")
    assert message.body.text == "html"
    assert [each.filename for each in message.attachments] == ["part-2.html"]


def test_flowed_text_is_unfolded() -> None:
    raw = b"Content-Type: text/plain; format=flowed; delsp=no\r\n\r\none \r\ntwo\r\n"
    assert parse(raw).body.text == "one two\n"


def test_the_language_is_the_one_that_the_mail_names() -> None:
    assert parse(b"Content-Language: de-DE, en\r\n\r\nx").body.language == "de"
    assert parse(b"Content-Language: ???\r\n\r\nx").body.language == "und"
    assert parse(b"\r\nx").body.language == "und"


def test_what_had_to_be_guessed_is_a_defect_of_its_part() -> None:
    raw = b"Content-Type: text/plain; charset=x-unknown\r\n\r\ncaf\xe9"
    assert parse(raw).body.text == "café"
    assert "part 1: unknown charset 'x-unknown': read as windows-1252" in parse(raw).defects


def test_a_mail_without_a_body_has_an_empty_one() -> None:
    body = parse(b"Subject: x\r\n\r\n").body
    assert (body.text, body.split, body.html) == ("", "none", None)


def test_much_html_in_many_parts_costs_no_more_than_in_one() -> None:
    part = "--b\nContent-Type: text/html\n\n" + "<b>x" * 20_000 + "hello\n"
    raw = "Content-Type: multipart/mixed; boundary=b\n\n" + part * 60 + "--b--\n"
    assert parse(raw.encode()).body.text.count("hello") == 60


def test_the_footer_that_a_list_put_behind_base64_is_text() -> None:
    footer = b"_____\r\nYou get this as you are on our list\r\n"
    raw = b"Content-Transfer-Encoding: base64\r\n\r\nSGVsbG8sIGhvdyBhcmUgeW91\r\n" + footer
    assert parse(raw).body.text == "Hello, how are you\n_____\nYou get this as you are on our list\n"
