"""HTML laid out as a person would have typed it."""

import textwrap

import pytest

from mailgate.mail.html import to_text

CASES = {
    "paragraphs and lines": ("<p>a<br>b</p><p>c</p><div>d</div><div>e</div>", "a\nb\n\nc\n\nd\ne"),
    "Gmail's empty lines": ("<div>a</div><div><br></div><div>b</div>", "a\n\nb"),
    "many empty lines are one": ("a<br><br><br><p>&nbsp;</p><p>b", "a\n\nb"),
    "Outlook": (
        '<p class=MsoNormal>a<o:p></o:p></p><p class=MsoNormal>b<o:p></o:p></p><p class="MsoNormal"><o:p>&nbsp;</o:p>'
        "</p><p class=MsoNormal>c</p>",
        "a\nb\n\nc",
    ),
    "headings": ("<h1>Order</h1>text<h2>More</h2>text", "Order\n\ntext\n\nMore\n\ntext"),
    "lists": ("<p>x</p><ul><li>a<li>b<br>c</ul><p>y</p>", "x\n\n- a\n- b\n  c\n\ny"),
    "numbers": ('<ol start="3"><li>a</li><li value="9">b</li><li>c</li></ol>', "3. a\n9. b\n10. c"),
    "lists in lists": ("<ul><li>a<ol><li>b</li></ol></li><li>c</li></ul>", "- a\n  1. b\n- c"),
    "Word's lists": (
        "<p class=MsoListParagraph><![if !supportLists]><span style='mso-list:Ignore'>&middot;<span>&nbsp; </span>"
        "</span><![endif]>a</p>",
        "- a",
    ),
    "definitions": ("<dl><dt>a<dd>b<dd>c</dl>", "a\n  b\n  c"),
    "a quotation": (
        '<p>x</p><blockquote type="cite">a<blockquote class=gmail_quote>b</blockquote></blockquote>',
        "x\n\n> a\n>\n>> b",
    ),
    "an indent is no quotation": ('<blockquote style="margin:0 0 0 40px;border:none">a</blockquote>', "a"),
    "as it was typed": ("<pre>\na\n  b   c\n</pre>d", "a\n  b   c\n\nd"),
    "white space that stays": ('<div style="white-space:pre-wrap">a\n  b</div>', "a\n  b"),
    "blanks": ("a&nbsp;&nbsp; b \n c<b> </b>d", "a b c d"),
    "an indent": ("<div>&nbsp; &nbsp; x = 1</div>", "    x = 1"),
    "a rule": ("a<hr>b", f"a\n{'_' * 32}\nb"),
    "a link": ('see <a href="https://x.example/a">here</a>.', "see here <https://x.example/a>."),
    "a link that says itself": (
        '<a href="https://www.x.example/">x.example</a> <a href="http://y.example/z?q=1">http://y.example/z…</a>',
        "x.example http://y.example/z…",
    ),
    "a link that deceives": (
        '<a href="https://evil.example/?bank.example">bank.example</a> '
        '<a href="http://bank.example.evil.example">bank.example</a>',
        "bank.example <https://evil.example/?bank.example> bank.example <http://bank.example.evil.example>",
    ),
    "a link on a picture": ('<a href="https://x.example/"><img src="b.png"></a>', "<https://x.example/>"),
    "the same link twice": (
        '<a href="https://x.example/"><img alt="Logo" src=x></a><a href="https://x.example/">Shop</a>',
        "[image: Logo] <https://x.example/>Shop",
    ),
    "an address": (
        '<a href="mailto:a@b.example?subject=x">a@b.example</a> <a href="mailto:a@b.example">Ana</a>',
        "a@b.example Ana <mailto:a@b.example>",
    ),
    "a link that nobody follows": (
        '<a href="javascript:x()">a</a> <a href="#top">b</a> <a name=c>d</a> <a href="tel:1">1</a>',
        "a b d 1",
    ),
    "pictures": (
        '<img alt="A chart" src=x> <img src=y> <img alt="" src=z> <img alt="count" width=1 height=1>',
        "[image: A chart]",
    ),
    "an emoji": ('Thanks <img alt="😀" src="cid:x">', "Thanks 😀"),
    "a table": (
        "<table><tr><th>Item<th>Qty</tr><tr><td>Lamp with shade<td>2</tr><tr><td colspan=2>Thank you</tr></table>",
        "Item             Qty\nLamp with shade  2\nThank you",
    ),
    "wide characters": ("<table><tr><td>名前<td>a</tr><tr><td>b<td>c</table>", "名前  a\nb     c"),
    "a form": ("<table><tr><td>Name:<td>Ana</tr><tr><td>Text:<td>a<br>b</table>", "Name:  Ana\nText:  a\n       b"),
    "a table for the layout": (
        "<table><tr><td><table><tr><td><img alt=Acme src=x><td>Home<td>Shop</table></tr>"
        "<tr><td>Dear Ana,<p>it is sent.</p></table>",
        "[image: Acme]  Home  Shop\n\nDear Ana,\n\nit is sent.",
    ),
    "broken": ("<P>a<DIV>b<B>c<P>d</B>e</DIV></SPAN></P>f</BODY></HTML>g", "a\n\nbc\n\nde\n\nfg"),
    "a table without its tags": ("<tr><td>a</td><td>b</td></tr>", "a\nb"),
    "what cannot be closed from inside": ("<div><table><tr><td>a</div>b</td></tr></table>c</div>", "ab\nc"),
    "several documents": ("<html><body>a</body></html><html><body>b</body></html>", "a\nb"),
    "tags in the middle of words": ("in<b>voi</b>ce <span>4</span><span>2</span>", "invoice 42"),
}


@pytest.mark.parametrize("case", CASES)
def test_html_is_what_one_would_have_typed(case: str) -> None:
    html, expected = CASES[case]
    assert to_text(html) == expected, textwrap.indent(to_text(html), "| ")


def test_what_is_nested_without_end_keeps_its_words_in_order() -> None:
    html = "".join(f"<div><blockquote type=cite><ul><li>{n}" for n in range(400))
    assert [int(word) for word in to_text(html).split() if word.isdigit()] == list(range(400))
