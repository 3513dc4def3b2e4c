"""What a reader of HTML cannot see, and what only looks as if it could not be seen."""

import pytest

from mailgate.mail.html import render
from mailgate.mail.looks import Sheet

HIDDEN = [
    "display:none", "display: NONE !important", "visibility:hidden", "opacity:0", "opacity:0.0", "font-size:0",
    "font-size:0px", "font-size:1px", "font-size:0%", "max-height:0", "max-height:0;overflow:hidden",
    "height:0;overflow:hidden", "width:0px;overflow:hidden", "text-indent:-9999px", "position:absolute;left:-10000px",
    "color:#fff", "color:white", "color:#FEFEFE", "color:rgb(255,255,255)", "color:transparent",
    "color:#123456;background-color:#123456", "color:#333;background:#333333",
]  # fmt: skip
SHOWN = [
    "", "display:block", "opacity:0.9", "font-size:10px", "font-size:1.5em", "font-size:0.9em", "max-height:20px",
    "height:0", "line-height:0", "text-indent:-18.0pt", "color:#000", "color:gray", "color:white;background:#003366",
    "color:#fff;background-image:url(x.png)", "color:#fff;background:linear-gradient(#000,#111)", "mso-hide:all",
    "left:-5px", "margin:0",
]  # fmt: skip


@pytest.mark.parametrize("style", HIDDEN)
def test_what_no_reader_sees_is_set_apart(style: str) -> None:
    found = render(f'<p>seen</p><div style="{style}">secret <b>words</b></div><p>too</p>')
    assert found.text == "seen\n\ntoo"
    assert found.hidden == "secret words"


@pytest.mark.parametrize("style", SHOWN)
def test_what_readers_see_is_text(style: str) -> None:
    assert render(f'<p>seen</p><div style="{style}">words</div>').text == "seen\n\nwords"


@pytest.mark.parametrize(
    "html",
    [
        "<p hidden>secret</p>",
        '<font color="#FFFFFF">secret</font>',
        '<table bgcolor="#eeeeee"><tr><td><font color="#eeeeee">secret</font></table>',
        "<style>.pre{display:none}</style><div class='x pre'>secret</div>",
        "<style>div#pre , p.y { display : none }</style><div id=pre>secret</div>",
        "<style><!-- span.s{font-size:9pt} .pre{max-height:0} --></style><span class=pre>secret</span>",
        '<div style="font-size:0"><span style="font-size:100%">secret</span></div>',
    ],
)  # fmt: skip
def test_attributes_and_style_sheets_hide_too(html: str) -> None:
    assert (render(f"{html}<p>seen").text, render(f"{html}<p>seen").hidden) == ("seen", "secret")


@pytest.mark.parametrize(
    "html",
    [
        '<div style="font-size:0"><div style="font-size:13px">words</div></div>',  # how MJML takes out gaps
        "<style>@media (max-width:600px){.m{display:none}}</style><p class=m>words",
        "<style>.button{background:#003366}</style><a class=button style='color:#fff'>words</a>",
        '<td background="x.png"><font color="white">words</font></td>',
        "<style>.x{display:none}</style><p class=x style='display:block'>words",
        '<div style="visibility:hidden"><p style="visibility:visible">words</div>',
        '<font color="white"><div style="color:#222">words</div></font>',
    ],
)  # fmt: skip
def test_what_is_shown_again_inside_or_on_an_unknown_ground_is_text(html: str) -> None:
    assert (render(html).text, render(html).hidden) == ("words", "")


def test_a_document_of_thousands_of_styles_is_still_read() -> None:
    html = "".join(f'<p style="margin:{n}px">{n}' for n in range(3_000))
    assert render(html).text.endswith("2999")


def test_comments_of_a_style_sheet_hide_what_stands_in_them_and_no_more() -> None:
    sheet = Sheet()
    sheet.add("/* .a{display:none} */ .b{display:none} /*x*/*/ .c{display:none} /* .d{display:none}")
    assert sheet.hidden == {".b"}


def test_a_style_sheet_of_nothing_but_beginnings_is_read_in_one_pass() -> None:
    for css in ("/* " * 60_000, "a" * 200_000, "{" * 200_000, "@x{" * 60_000):
        sheet = Sheet()
        sheet.add(css)
        assert not sheet.hidden
