import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import TemplateSyntaxError

from mailgate.notify.sandbox import TemplateSandbox
from mailgate.notify.tags import Tags, statements_as_blocks

SANDBOX = TemplateSandbox(html=False)
PIECES = ["{{ a }}", "{% if a %}", "{% endif %}", "{# c #}", "x", "\n", "{", "}", "%", "```\n", " "]


def there_and_back(source: str) -> str:
    tags = Tags()
    return tags.restore(tags.protect(source, SANDBOX))


@pytest.mark.parametrize(
    ("source", "template"),
    [
        ("a {{ b }} c", "a {{ b }} c"),
        ("{{ '}}' }}", "{{ '}}' }}"),
        ("{% if a %}x{% endif %}", "{% if a %}x{% endif %}"),
        ("a {# no {{ b }} #} c", "a  c"),
        ("a\n\n{%- if b -%}\n\nc{% endif %}", "a{% if b %}c{% endif %}"),
        ("{% raw %}{{ a }}{% endraw %}", "{{ '{' }}{ a }}"),
        ("a \U000f0000\U00100000 b", "a  b"),
    ],
)
def test_tags_come_back_as_they_were(source: str, template: str) -> None:
    assert there_and_back(source) == template


def test_what_only_looks_like_a_tag_after_markdown_stays_literal() -> None:
    tags = Tags()
    protected = tags.protect("{{ a }}", SANDBOX)
    template = SANDBOX.from_string(tags.restore("{{ b }} {% c %} {# d #} {" + protected))
    assert template.render(a="A") == "{{ b }} {% c %} {# d #} {A"


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_protection_hides_every_tag_and_loses_none(source: str) -> None:
    tags = Tags()
    try:
        SANDBOX.parse(source)
    except TemplateSyntaxError:
        return
    protected = tags.protect(source, SANDBOX)
    assert "{{" not in protected
    assert "{%" not in protected
    blocks = statements_as_blocks(protected, tags)
    assert tags.statements_in(blocks) == tags.statements_in(protected)
    assert there_and_back(source).count("{{ a }}") == source.count("{{ a }}")


def blocks_of(source: str) -> str:
    tags = Tags()
    return tags.restore(statements_as_blocks(tags.protect(source, SANDBOX), tags))


@pytest.mark.parametrize(
    ("source", "paragraphs"),
    [
        ("a\n{% if b %}\nc\n{% endif %}\nd", ["a", "{% if b %}", "c", "{% endif %}", "d"]),
        ("a\n{% if b %}c{% endif %}\nd", ["a\n{% if b %}c{% endif %}\nd"]),
        ("a\n\n{% if b %}c{% endif %}\n\nd", ["a", "{% if b %}", "c", "{% endif %}", "d"]),
        ("{% if b %}c{% else %}e{% endif %}", ["{% if b %}", "c", "{% else %}", "e", "{% endif %}"]),
        (
            "{% if b %}{% if c %}d{% else %}e{% endif %}{% elif f %}g{% endif %}",
            ["{% if b %}", "{% if c %}d{% else %}e{% endif %}", "{% elif f %}", "g", "{% endif %}"],
        ),
        ("{% if b %}c{% else %}e{% endif %} f", ["{% if b %}c{% else %}e{% endif %} f"]),
        ("{% if b %}c{% endif %}{% if d %}e{% endif %}", ["{% if b %}c{% endif %}{% if d %}e{% endif %}"]),
        ("{% if b %}{% if d %}e{% endif %}{% endif %}", ["{% if b %}", "{% if d %}e{% endif %}", "{% endif %}"]),
        ("a\n{# c #}\nd", ["a", "d"]),
    ],
)
def test_a_statement_alone_on_its_line_parts_paragraphs(source: str, paragraphs: list[str]) -> None:
    assert [each.strip() for each in re.split(r"\n{2,}", blocks_of(source)) if each.strip()] == paragraphs


def test_a_statement_alone_in_a_code_block_leaves_no_line() -> None:
    assert blocks_of("```\n{% if a %}\nx\n{% endif %}\n```\n") == "```\n{% if a %}x\n{% endif %}```\n\n"
