"""The page docs/reference/templates.md says what is true, and all of it."""

import dataclasses
import re
from pathlib import Path

from mailgate.notify import brand, frontmatter
from mailgate.notify.samples import ORDINARY
from mailgate.notify.sandbox import TemplateSandbox
from mailgate.notify.templates import Templates

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = (ROOT / "docs" / "reference" / "templates.md").read_text("utf-8")
CODE = set(re.findall(r"`([^`\n]+)`", PAGE))


def test_every_key_variable_and_filter_is_on_the_page() -> None:
    assert {*frontmatter.KEYS, *brand.KEYS} <= CODE
    for name, value in ORDINARY.mapping().items():
        if dataclasses.is_dataclass(value):
            assert {f"{name}.{each.name}" for each in dataclasses.fields(value)} <= CODE
        else:
            assert name in CODE
    assert {each.partition("(")[0] for each in CODE} >= set(TemplateSandbox(html=False).filters)


def test_every_shipped_template_is_on_the_page() -> None:
    assert Templates.load(ROOT / "templates", ROOT / "templates").names <= CODE


def test_the_example_of_the_page_is_a_template(tmp_path: Path) -> None:
    example = PAGE.partition("```jinja\n")[2].partition("```")[0]
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "received.md").write_text(example, "utf-8")
    rendered = Templates.load(tmp_path, ROOT / "templates").render("received", "en", ORDINARY)
    assert rendered.text == (
        "Hello Ana,\n\nwe have your message and gave it the number 1042.\nWe have your files too.\n\n"
        "Your words were:\n\n> Hi, any news on this? I attach the PDF again.\n>\n> Thanks\n> Ana\n"
    )
