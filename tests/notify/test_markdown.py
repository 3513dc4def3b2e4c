import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import TemplateSyntaxError

from mailgate.notify.markdown import RULE, two_parts
from mailgate.notify.sandbox import TemplateSandbox
from mailgate.notify.tags import Tags

TEXT, HTML = TemplateSandbox(html=False), TemplateSandbox(html=True)


def parts(source: str, **values: object) -> tuple[str, str]:
    """The two parts as rendered, the HTML without its styles."""
    tags = Tags()
    text, html = two_parts(tags.protect(source, TEXT), tags)
    plain = HTML.from_string(tags.restore(html)).render(values)
    while ' style="' in plain:
        before, _, after = plain.partition(' style="')
        plain = before + after.partition('"')[2]
    return TEXT.from_string(tags.restore(text)).render(values).strip("\n"), plain.strip("\n")


@pytest.mark.parametrize(
    ("source", "text", "html"),
    [
        ("a **b** *c* `d`", "a b c d", "<p>a <strong>b</strong> <em>c</em> <code>d</code></p>"),
        ("a\nb", "a\nb", "<p>a\nb</p>"),
        ("a\\\nb", "a\nb", "<p>a<br>\nb</p>"),
        ("# A\n\nb", "A\n\nb", "<h1>A</h1>\n<p>b</p>"),
        ("- a\n- b", "- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
        ("3. a\n4. b", "3. a\n4. b", '<ol start="3">\n<li>a</li>\n<li>b</li>\n</ol>'),
        ("- a\n  b\n\n  c", "- a\n  b\n  \n  c", "<ul>\n<li>\n<p>a\nb</p>\n<p>c</p>\n</li>\n</ul>"),
        ("> a\n> b", "> a\n> b", "<blockquote>\n<p>a\nb</p>\n</blockquote>"),
        ("a\n\n---\n\nb", f"a\n\n{RULE}\nb", "<p>a</p>\n<hr>\n<p>b</p>"),
        ("```\na  b\n```", "a  b", "<pre><code>a  b\n</code></pre>"),
        ("[a](https://x.example/y)", "a <https://x.example/y>", '<p><a href="https://x.example/y">a</a></p>'),
        ("<https://x.example>", "https://x.example", '<p><a href="https://x.example">https://x.example</a></p>'),
        ("[a@x.example](mailto:a@x.example)", "a@x.example", '<p><a href="mailto:a@x.example">a@x.example</a></p>'),
        ("<b>a</b>", "<b>a</b>", "<p>&lt;b&gt;a&lt;/b&gt;</p>"),
        ("![logo](https://x.example/p.png)", "logo", "<p>logo</p>"),
        ("a &amp; b", "a & b", "<p>a &amp; b</p>"),
    ],
)
def test_one_source_makes_two_parts(source: str, text: str, html: str) -> None:
    assert parts(source) == (text, html)


def test_a_value_is_never_markdown_nor_html() -> None:
    text, html = parts("Hello **{{ a }}**", a="[x](https://evil.example) **y** <b>z</b>\n# w")
    assert text == "Hello [x](https://evil.example) **y** <b>z</b>\n# w"
    assert html == ("<p>Hello <strong>[x](https://evil.example) **y** &lt;b&gt;z&lt;/b&gt;<br>\n# w</strong></p>")


def test_an_expression_of_its_own_is_no_paragraph_for_it_may_hold_blocks() -> None:
    assert parts("{{ a | quote }}", a="x\ny") == (
        "> x\n> y",
        '<div><blockquote class="quote" type="cite" dir="auto">x<br>\ny</blockquote></div>',
    )


@pytest.mark.parametrize("nothing", ["", None, "\n"])
def test_an_expression_of_its_own_that_is_empty_leaves_nothing_behind(nothing: str | None) -> None:
    assert parts("a\n\n{{ x }}\n\nb", x=nothing) == ("a\n\nb", "<p>a</p>\n<p>b</p>")
    assert parts("a\n\n{{ x }}\n\nb", x="<y>") == ("a\n\n<y>\n\nb", "<p>a</p>\n<div>&lt;y&gt;</div>\n<p>b</p>")


def test_a_condition_of_its_own_lines_leaves_nothing_behind() -> None:
    source = "a\n\n{% if x %}\nb\n{% endif %}\n\nc"
    assert parts(source, x=True) == ("a\n\nb\n\nc", "<p>a</p>\n<p>b</p>\n<p>c</p>")
    assert parts(source, x=False) == ("a\n\nc", "<p>a</p>\n<p>c</p>")


def test_a_condition_that_is_a_paragraph_leaves_nothing_behind() -> None:
    source = "a\n\n{% if x %}**b**{% endif %}\n\nc"
    assert parts(source, x=True) == ("a\n\nb\n\nc", "<p>a</p>\n<p><strong>b</strong></p>\n<p>c</p>")
    assert parts(source, x=False) == ("a\n\nc", "<p>a</p>\n<p>c</p>")


@pytest.mark.parametrize("end", ["\\\n", "\n"])
def test_a_condition_that_is_a_line_takes_its_line_end_along(end: str) -> None:
    tag = "<br>\n" if end == "\\\n" else "\n"
    for source in (f"a{end}{{% if x %}}b{{% endif %}}{end}c", f"a{end}{{% if x %}}b{end}{{% endif %}}c"):
        assert parts(source, x=True) == ("a\nb\nc", f"<p>a{tag}b{tag}c</p>")
        assert parts(source, x=False) == ("a\nc", f"<p>a{tag}c</p>")
    first = f"{{% if x %}}a{{% endif %}}{end}b"
    assert parts(first, x=True) == ("a\nb", f"<p>a{tag}b</p>")
    assert parts(first, x=False) == ("b", "<p>b</p>")
    last = f"a{end}{{% if x %}}b{{% endif %}}"
    assert parts(last, x=False) == ("a", "<p>a</p>")


def test_an_else_within_a_line_keeps_its_line() -> None:
    source = "a\n{% if x %}b{% else %}c{% endif %}\nd"
    assert parts(source, x=False) == ("a\nc\nd", "<p>a\nc\nd</p>")


def test_a_loop_around_an_item_repeats_the_item_and_not_the_list() -> None:
    source = "a:\n\n{% for each in x %}\n- {{ each }}\n{% endfor %}\n\nb"
    assert parts(source, x=["c", "d"]) == (
        "a:\n\n- c\n- d\n\nb",
        "<p>a:</p>\n<ul>\n<li>c</li>\n<li>d</li>\n</ul>\n<p>b</p>",
    )


@pytest.mark.parametrize(
    ("value", "href"),
    [
        ("https://x.example/?a=1&b=2", "https://x.example/?a=1&amp;b=2"),
        ("mailto:a@x.example", "mailto:a@x.example"),
        ("javascript:alert(1)", "#"),
        ("java\nscript:alert(1)", "#"),
        ("data:text/html,x", "#"),
        ('https://x.example/" onclick="x', "#"),
        ("//x.example", "#"),
    ],
)
def test_a_link_from_a_value_goes_to_the_web_or_a_mailbox_or_nowhere(value: str, href: str) -> None:
    assert parts("[x]({{ a }})", a=value)[1] == f'<p><a href="{href}">x</a></p>'


def test_a_value_within_a_link_is_percent_encoded() -> None:
    text, html = parts("[x](https://x.example/{{ a }}?q)", a='a/b?c&d" e')
    assert html == '<p><a href="https://x.example/a%2Fb%3Fc%26d%22%20e?q">x</a></p>'
    assert text == "x <https://x.example/a%2Fb%3Fc%26d%22%20e?q>"


def test_a_title_is_one_escaped_line() -> None:
    html = parts('[x](https://x.example "{{ a }}")', a='"\n<b>')[1]
    assert html == '<p><a href="https://x.example" title="&#34; &lt;b&gt;">x</a></p>'


def test_a_value_in_a_code_block_keeps_its_line_ends_once() -> None:
    assert parts("```\n{{ a }}\n```", a="x\n<y>") == ("x\n<y>", "<pre><code>x\n&lt;y&gt;\n</code></pre>")


def test_braces_of_the_text_are_no_tags() -> None:
    assert parts("a {\\{ b }} {\\% c %}") == ("a {{ b }} {% c %}", "<p>a {{ b }} {% c %}</p>")


PIECES = [
    "{% if a %}",
    "{% endif %}",
    "{% for b in a %}",
    "{% endfor %}",
    "{{ a }}",
    "x",
    "\n",
    "\n\n",
    "- ",
    "> ",
    "*",
]


@given(st.lists(st.sampled_from([*PIECES, "```\n", "# ", "[x](", ")", "\\", "`", "1. ", "    ", "---\n"]), max_size=25))
def test_whatever_is_written_both_parts_hold_the_statements_in_order_or_it_is_noticed(pieces: list[str]) -> None:
    source = "".join(pieces)
    tags = Tags()
    protected = tags.protect(source, TEXT)
    text, html = two_parts(protected, tags)
    try:
        TEXT.parse(source)
    except TemplateSyntaxError:
        return
    statements = tags.statements_in(protected)
    if tags.statements_in(text) == tags.statements_in(html) == statements:
        TEXT.from_string(tags.restore(text)).render(a=["v"])
        HTML.from_string(tags.restore(html)).render(a=["v"])
