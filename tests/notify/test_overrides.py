"""NAME.html.j2 and NAME.txt.j2 beside a template, and which form of a template is taken."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from mailgate.errors import FilesRejected
from mailgate.notify.hours import ALWAYS_OPEN
from mailgate.notify.samples import HOSTILE, ORDINARY
from mailgate.notify.templates import Templates
from mailgate.problems import Problem

SHIPPED = Path(__file__).resolve().parents[2] / "templates"
HEAD = '---\nsubject: "{{ ticket.tag }}"\nkind: auto-reply\n---\n'
Make = Callable[[dict[str, str]], Path]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """A directory of templates with a small frame."""

    def written(files: dict[str, str]) -> Path:
        frame = {"_layout.html.j2": "<body>{{ content }}</body>", "_layout.txt.j2": "({{ content }})"}
        for name, source in (frame | files).items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(source, "utf-8")
        return tmp_path

    return written


def mistakes(directory: Path, packaged: Path | None = None) -> tuple[Problem, ...]:
    with pytest.raises(FilesRejected) as caught:
        Templates.load(directory, packaged)
    return caught.value.problems


def test_an_override_stands_in_the_frame_in_place_of_the_markdown(make: Make) -> None:
    files = {"en/a.md": HEAD + "Hello **{{ customer.name }}**", "en/a.html.j2": "<h1>{{ customer.name }}</h1>"}
    rendered = Templates.load(make(files)).render("a", "en", HOSTILE)
    assert "<h1>[click](https://evil.example) &lt;script&gt;" in rendered.html
    assert rendered.text.startswith("(Hello [click]")
    rendered = Templates.load(make(files | {"en/a.txt.j2": "*{{ customer.address }}*"})).render("a", "en", ORDINARY)
    assert rendered.text == "(*ana@acme.example*)\n"


def test_what_follows_the_text_follows_an_override_too(make: Make) -> None:
    head = HEAD.replace("auto-reply", "agent\nfooter: f")
    files = {"en/a.md": head + "my words", "en/a.html.j2": "<h1>mine</h1>", "en/_f.md": "**foot**"}
    rendered = Templates.load(make(files)).render("a", "en", ORDINARY)
    assert (rendered.html.count("<h1>mine</h1>"), rendered.html.count("<strong>foot</strong>")) == (1, 1)
    assert "my words" not in rendered.html
    assert rendered.text == "(my words\n\nfoot)\n"


@pytest.mark.parametrize(
    ("source", "line", "said"),
    [
        ("<b>\n{{ ticket.nubmer }}</b>", 2, 'has no "nubmer"'),
        ("{% if site %}", 1, "not well formed"),
        ('<p>\n<img src="https://x.example/logo.png">', 2, "fetches nothing"),
        ("<p style=\"background: url('//x.example/a.png')\">", 1, "fetches nothing"),
        ("<script>alert(1)</script>", 1, "runs nothing"),
    ],
)
def test_an_override_is_proven_as_templates_are(make: Make, source: str, line: int, said: str) -> None:
    (problem,) = mistakes(make({"en/a.md": HEAD + "x", "en/a.html.j2": source}))
    assert (Path(problem.path).name, problem.line) == ("a.html.j2", line)
    assert said in problem.message


def test_an_override_of_no_template_is_told_of(make: Make) -> None:
    (problem,) = mistakes(make({"en/a.txt.j2": "x"}))
    assert "a part of no template" in problem.message


def test_an_override_of_a_packaged_template_is_proven(make: Make) -> None:
    source = (SHIPPED / "en" / "received.md").read_text("utf-8")
    own = make({"en/received.md": source, "en/received.html.j2": "{{ nobody }}"})
    for frame in own.glob("_layout.*"):
        frame.unlink()
    (problem,) = mistakes(own, SHIPPED)
    assert 'unknown variable "nobody"' in problem.message


@pytest.mark.parametrize(
    ("own", "language", "site", "taken"),
    [
        ({"de", "es", "en"}, "de-AT", "es", "own de"),
        ({"es", "en"}, "de", "es", "own es"),
        ({"es", "en"}, "de", "es-MX", "own es"),
        ({"en"}, "de", "es", "own en"),
        ({"fr"}, "de", "es", "packaged de"),
        ({"fr"}, "pt", "es", "packaged es"),
        ({"fr"}, "pt", "it", "packaged en"),
    ],
)
def test_a_missing_language_is_the_sites_then_english_then_the_packaged_one(
    make: Make, own: set[str], language: str, site: str, taken: str
) -> None:
    directory = make({f"{each}/received.md": HEAD + f"own {each}" for each in own})
    for frame in directory.glob("_layout.*"):
        frame.unlink()  # the packaged one's stands for what need not be proven
    rendered = Templates.load(directory, SHIPPED).render("received", language, ORDINARY, site)
    whose = "own" if "own" in rendered.text else "packaged"
    assert f"{whose} {rendered.language}" == taken


def test_the_example_of_the_specification_is_a_template(make: Make) -> None:
    source = """\
---
subject: "{{ ticket.tag }} {{ ticket.subject }}"
kind: auto-reply            # sets Auto-Submitted, guards; others: agent, customer, report
---
Hello {{ customer.name | first_name | default("there") }},

we have your message and gave it the number **{{ ticket.number }}**.
{% if hours.office.closed %}We are back on {{ hours.office.opens | date("full") }}.{% endif %}
Please keep {{ ticket.tag }} in the subject when you answer.
"""
    templates = Templates.load(make({"en/a.md": source}))
    assert templates.render("a", "en", ORDINARY).text == (
        "(Hello Ana,\n\nwe have your message and gave it the number 1042.\nWe are back on Tuesday, 3 March 2026.\n"
        "Please keep [Ticket#1042] in the subject when you answer.)\n"
    )
    assert "We are back" not in templates.render("a", "en", replace(ORDINARY, hours=ALWAYS_OPEN)).text
