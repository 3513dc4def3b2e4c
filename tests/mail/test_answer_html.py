"""An agent's HTML: only what she wrote now, only what is safe, and the same words as her text."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.mail.answer_html import answer_html, says_the_same
from mailgate.mail.html import to_text
from mailgate.mail.text_html import html_of_text

NOTIFICATION = (
    '<div class="card" data-mailgate="mail"><div>Example</div><div class="box">Hi, any news?</div>'
    '<div data-mailgate="rule">below this line: for agents only</div><p>Billing: open, high, yours</p></div>'
)
THUNDERBIRD = f"""<html><head><meta http-equiv="content-type" content="text/html; charset=UTF-8"></head>
<body text="#000000" bgcolor="#FFFFFF"><p>Dear Ana,</p>
    <p>we have <b>mended</b> it. See <a href="https://example.com/a?b=1&amp;c=2">the page</a>.<br>
    </p>
    <pre class="moz-signature" cols="72">--
Nina Costa</pre>
    <div class="moz-cite-prefix">On 02.03.26 10:00, Ana Silva via Support wrote:<br></div>
    <blockquote type="cite" cite="mid:mg.5571.a7kq@example.com">{NOTIFICATION}</blockquote>
  </body></html>"""
GMAIL = f"""<div dir="ltr"><div>#close</div><div>#tag vip</div><div><br></div><div>Dear Ana,</div><div><br></div>
<div>we have <b>mended</b> it. See <a href="https://example.com/a?b=1&amp;c=2">the page</a>.</div><div><br></div>
<div><span class="gmail_signature_prefix">-- </span><br><div dir="ltr" class="gmail_signature">Nina Costa</div></div>
</div><br><div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">On Mon, 2 Mar 2026 at 10:00,
 Ana Silva via Support &lt;<a href="mailto:support@example.com">support@example.com</a>&gt; wrote:<br></div>
<blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex">{NOTIFICATION}</blockquote></div>"""
OUTLOOK = f"""<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><style><!-- p.MsoNormal {{margin:0cm}} -->
</style></head><body lang="EN-GB" link="#0563C1"><div class="WordSection1">
<p class="MsoNormal"><span style="color:#1F497D">Dear Ana,<o:p></o:p></span></p>
<p class="MsoNormal"><o:p>&nbsp;</o:p></p>
<p class="MsoNormal">we have <b>mended</b> it. See
<a href="https://example.com/a?b=1&amp;c=2">the page</a>.<o:p></o:p></p>
<div><div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm">
<p class="MsoNormal"><b>From:</b> Ana Silva via Support &lt;support@example.com&gt; <br><b>Sent:</b> Monday<br>
<b>To:</b> Nina<br><b>Subject:</b> [Ticket#1042] Invoice<o:p></o:p></p></div></div>
<p class="MsoNormal">Hi, any news?</p>{NOTIFICATION}</div></body></html>"""
OUTLOOK_WEB = f"""<html><head></head><body><div class="elementToProof" style="font-family: Aptos; color: rgb(0, 0, 0);">
Dear Ana,</div><div class="elementToProof"><br></div><div class="elementToProof">we have <b>mended</b> it. See
<a href="https://example.com/a?b=1&amp;c=2" id="LPlnk1">the page</a>.</div><div id="appendonsend"></div>
<hr style="display:inline-block;width:98%" tabindex="-1"><div id="divRplyFwdMsg" dir="ltr"><b>From:</b> Ana Silva via
Support</div><div class="x_card">Hi, any news?</div>{NOTIFICATION}</body></html>"""
APPLE = f"""<html><head></head><body style="overflow-wrap: break-word;">Dear Ana,
<div><br></div><div>we have <b>mended</b> it. See <a href="https://example.com/a?b=1&amp;c=2">the page</a>.<br
id="lineBreakAtBeginningOfMessage"><div><br>
<blockquote type="cite"><div>On 2 Mar 2026, at 10:00, Ana Silva via Support wrote:</div><br
class="Apple-interchange-newline"><div>{NOTIFICATION}</div></blockquote></div><br></div></body></html>"""
IPHONE = f"""<html><body dir="auto"><div dir="ltr"></div><div dir="ltr">Dear Ana,</div><div dir="ltr"><br></div><div
dir="ltr">we have <b>mended</b> it. See <a href="https://example.com/a?b=1&amp;c=2">the page</a>.</div><div dir="ltr">
<br>Sent from my iPhone</div><div dir="ltr"><br>
<blockquote type="cite">On 2 Mar 2026, at 10:00, Ana Silva wrote:<br><br>
</blockquote></div><blockquote type="cite"><div dir="ltr">{NOTIFICATION}</div></blockquote></body></html>"""
CLIENTS = {
    "thunderbird": THUNDERBIRD, "gmail": GMAIL, "outlook": OUTLOOK, "outlook web": OUTLOOK_WEB, "apple mail": APPLE,
    "iphone": IPHONE,
}  # fmt: skip
TEXTS = [
    "Dear Ana,\n\nwe have mended it. See the page <https://example.com/a?b=1&c=2>.",
    "Dear Ana,\n\nwe have *mended* it. See the page<https://example.com/a?b=1&c=2>.",
]
COMMANDS = ("#close", "#tag vip")
NO_CIDS: frozenset[str] = frozenset()


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("client", CLIENTS)
def test_what_mail_programs_write_keeps_its_form_and_loses_what_is_not_hers(client: str, text: str) -> None:
    made = answer_html(CLIENTS[client], text, NO_CIDS, COMMANDS)
    assert "<b>mended</b>" in made  # cut from the HTML, not made from the text
    assert 'href="https://example.com/a?b=1&amp;c=2"' in made
    assert "Dear Ana," in made
    for foreign in ("any news", "agents only", "Billing", "wrote", "Nina", "iPhone", "#close", "Sent:", "mailgate"):
        assert foreign not in made
    assert not re.match(r"\s*(?:<div[^>]*>)*\s*<br>", made)
    assert says_the_same(made, text)


def test_an_inline_image_travels_and_no_other_does() -> None:
    html = (
        '<p>See <img src="cid:shot@x" width="20" onerror="x()" alt="secret"> here'
        '<img src="https://evil.example/p.gif"><img src="cid:other"><img src="data:image/png;base64,AA"></p>'
    )
    made = answer_html(html, "See [cid:shot@x] here", frozenset(("shot@x",)))
    assert made.count("<img") == 1
    assert 'src="cid:shot@x"' in made
    assert not {"onerror", "secret", "evil", "data:"} & set(re.findall(r"onerror|secret|evil|data:", made))
    gmail = '<div>See <img src="cid:ii_1" alt="s.png"> here</div>'
    assert "cid:ii_1" in answer_html(gmail, "See [image: s.png] here", frozenset(("ii_1",)))


def test_a_mail_of_several_documents_is_read_to_its_end() -> None:
    """Apple Mail writes one before and one after each file; the second here ends oddly."""
    html = (
        '<html><head><meta charset="utf-8"></head><body>Here it <b>is</b>:<div><img src="cid:a"></div></body></html>\n'
        "<html><body><div>and <i>here</i>.</div></body >\n</HTML >\n"
        '<html><body><div>Nina</div><blockquote type="cite">quoted</blockquote></body></html>'
    )
    made = answer_html(html, "Here it is:\n\nand here.\n\nNina", frozenset("a"))
    for kept in ("<b>is</b>", 'src="cid:a"', "<i>here</i>", "Nina"):
        assert kept in made
    assert made.index("cid:a") < made.index("here")
    assert "quoted" not in made


def test_an_image_below_the_last_word_travels_too() -> None:
    html = '<div>See below</div><div><br></div><div><img src="cid:a"></div><div>-- <br>Nina</div>'
    assert answer_html(html, "See below", frozenset("a")).rstrip().endswith('<img src="cid:a"></div>')


def test_punctuation_beside_other_markup_stays() -> None:
    html = "<div>#note</div><div>¿<b>Lista</b>? <i>Sí</i>!</div><div>-- </div><div>Nina</div>"
    assert to_text(answer_html(html, "¿Lista? Sí!", NO_CIDS, ("#note",))) == "¿Lista? Sí!"


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>Yes</p><p style='display:none'>secret</p>", "Yes\n\nand more"),
        ("<p>Something else</p>", "The answer"),
        ("", "The answer"),
        ("<!-- -->", "The answer"),
        ("\x00\ufffe<p", "The answer"),
        ("<p>The answers</p>", "The answer"),
        ("<p>not The answer</p>", "The answer"),
        ("<p>The <script>answer</script></p>", "The answer"),
        ("<div>" * 300 + "The answer", "The answer"),
        ("<i>x" * 60_000 + "The answer", "The answer"),
        ("<p>The answer</p>" + " " * 2_000_001, "The answer"),
        ("<p><a href='https://evil.example/'>The answer</a></p>", "The answer"),
    ],
)
def test_html_that_does_not_say_the_text_is_made_from_the_text(html: str, text: str) -> None:
    assert answer_html(html, text, NO_CIDS) == html_of_text(text)


def test_hidden_words_never_come_to_light() -> None:
    html = "<p>Yes</p><p style='display:none'>secret</p><p style='font-size:0'>words</p>"
    assert to_text(answer_html(html, "Yes", NO_CIDS)) == "Yes"


@pytest.mark.parametrize(
    "html",
    [
        '<p onclick="x()">Yes</p>',
        "<p>Yes<script>x()</script></p>",
        '<p style="position:fixed;background:url(https://evil.example)">Yes</p>',
        '<p>Yes</p><svg><a xlink:href="javascript:x()"><text>.</text></a></svg>',
        '<p><a href="javascript:x()">Yes</a></p>',
        '<p><a href="data:text/html,x">Yes</a></p>',
        '<p><a href="cid:x">Yes</a></p>',
        '<base href="https://evil.example"><p><a href="y">Yes</a></p>',
        "<form action='https://evil.example'><p>Yes</p></form>",
        "<noscript><p title='</noscript><img src=x onerror=x()>'></noscript><p>Yes</p>",
        "<math><mtext><table><mglyph><style><!--</style><img title='--><img src=1 onerror=x()>'></table></math>Yes",
        "<link rel=stylesheet href=https://evil.example><p>Yes</p>",
        '<p>Yes</p><img src="https://evil.example/p">',
    ],
)
def test_nothing_active_and_nothing_remote_goes_out(html: str) -> None:
    made = answer_html(html, "Yes", frozenset("x"))
    assert to_text(made) == "Yes"
    assert not re.search(r"<[^>]*(?:script|\son[a-z]+=|evil|data:|cid:|url\(|form|position|href)", made.lower()), made


def test_a_short_answer_is_not_found_inside_a_command() -> None:
    html = "<div>#tag ok</div><div><b>ok</b></div>"
    assert answer_html(html, "ok", NO_CIDS, ("#tag ok",)) == "<div><b>ok</b></div>"


def test_commands_and_text_in_one_preformatted_block() -> None:
    assert "#close" not in (made := answer_html("<pre>#close\nDone\nhere</pre>", "Done\nhere", NO_CIDS, ("#close",)))
    assert to_text(made) == "Done\nhere"


def test_answers_between_quoted_lines_stay_where_they_are() -> None:
    html = '<blockquote type="cite">one?</blockquote><p>yes</p><blockquote type="cite">two?</blockquote><p>no</p>'
    made = answer_html(html, "> one?\n\nyes\n\n> two?\n\nno", NO_CIDS)
    assert to_text(made).replace("\n\n", "\n") == "> one?\nyes\n> two?\nno"
    assert made.count("<blockquote") == 2


PIECES = st.sampled_from(
    ["<p>", "</p>", "<div class=gmail_quote>", "</div>", "<b>", "</b>", "one", "two", " ", "&nbsp;", "\n", "<br>",
     "-- ", "<blockquote type=cite>", "</blockquote>", "<script>x</script>", "<img src=cid:a>",
     "<img src=https://e.example/x>",
     "<div id=appendonsend>", "<table><tr><td>", "</table>", "#close", "&lt;script&gt;", "<a href=javascript:x>y</a>",
     "<div data-mailgate=mail>", "<style>", "<!--", "-->", "€5", "\u202e", "<a href=https://e.example/one>one</a>"]
)  # fmt: skip
WORDS = st.lists(st.sampled_from(["one", "two", "y", "€5", "> one", "", "https://e.example/one", "-"]), max_size=6)


@given(st.lists(PIECES, max_size=25).map("".join) | st.text(max_size=200), WORDS.map("\n".join) | st.text(max_size=60))
def test_any_html_says_the_text_and_holds_nothing_but_our_tags(html: str, text: str) -> None:
    made = answer_html(html, text, frozenset("a"), ("#close",))
    assert made == html_of_text(text) or says_the_same(made, text)
    for tag in re.findall(r"<[^>]*>", made):
        assert not re.search(r"script|javascript|\son|gmail|mailgate", tag)
    assert set(re.findall(r'src="([^"]*)"', made)) <= {"cid:a"}


def test_the_work_grows_with_the_length_alone() -> None:
    for hostile in (
        "<blockquote type=cite>" * 40_000,
        "<p>one</p>" * 60_000,
        "<div style='border-top:" * 40_000,
        "<!--" * 99_999,
    ):
        assert answer_html(hostile + "<p>yes", "yes", NO_CIDS)
