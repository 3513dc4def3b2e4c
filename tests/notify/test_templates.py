from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.errors import FilesRejected
from mailgate.notify.rendered import Rendered
from mailgate.notify.samples import BARE, HOSTILE, LONG, ORDINARY, RIGHT_TO_LEFT, SAMPLES
from mailgate.notify.templates import TemplateFailed, Templates
from mailgate.notify.variables import AgentView, AttachmentView, CustomerView, MessageView
from mailgate.problems import Problem

SHIPPED = Path(__file__).resolve().parent.parent.parent / "templates"
STANDARD = Templates.load(SHIPPED)
HEAD = '---\nsubject: "{{ ticket.tag }} {{ ticket.subject }}"\nkind: auto-reply\n---\n'
ANYTHING = st.text(st.characters(codec=None, exclude_categories=[]), max_size=200)

Write = Callable[[dict[str, str]], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Makes a directory of templates, with a small layout unless one is given."""

    def make(files: dict[str, str]) -> Path:
        frames = {"_layout.html.j2": "<body>{{ content }}</body>", "_layout.txt.j2": "{{ content }}"}
        for name, source in (frames | files).items():
            path = tmp_path / "templates" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(source, "utf-8")
        return tmp_path / "templates"

    return make


def rejected(directory: Path) -> tuple[Problem, ...]:
    with pytest.raises(FilesRejected) as caught:
        Templates.load(directory)
    return caught.value.problems


def shipped_renders() -> list[tuple[str, Rendered]]:
    return [
        (name, STANDARD.render(name, language, sample))
        for name in sorted(STANDARD.names)
        for language in sorted(STANDARD.languages(name))
        for sample in SAMPLES.values()
    ]


def test_the_standard_set_is_complete_in_both_languages() -> None:
    names = {"received", "not_accepted", "agent_new", "agent_followup", "limit_reached"}
    assert STANDARD.names >= names | {"received_neutral", "not_accepted_neutral"}
    assert {STANDARD.languages(name) for name in STANDARD.names} == {frozenset(("en", "es"))}


def test_every_automatic_answer_has_a_neutral_form() -> None:
    assert STANDARD.neutral_forms == {
        "received": "received_neutral",
        "received_neutral": "received_neutral",
        "not_accepted": "not_accepted_neutral",
        "not_accepted_neutral": "not_accepted_neutral",
    }
    assert {STANDARD.kind(name) for name in STANDARD.neutral_forms} == {"auto-reply"}


@pytest.mark.parametrize("name", ["received_neutral", "not_accepted_neutral"])
@pytest.mark.parametrize("language", ["en", "es"])
def test_a_neutral_answer_is_the_same_whoever_wrote_whatever(name: str, language: str) -> None:
    renders = {STANDARD.render(name, language, sample) for sample in SAMPLES.values()}
    assert len(renders) == 1
    assert "1042" in renders.pop().text


@pytest.mark.parametrize("name", ["agent_new", "agent_followup"])
@pytest.mark.parametrize("language", ["en", "es"])
def test_an_agent_reads_the_customers_words_first_and_who_he_is(name: str, language: str) -> None:
    proven = STANDARD.render(name, language, ORDINARY)
    assert proven.text.startswith("Hi, any news on this?")
    assert (
        proven.text.index("invoice-4711.pdf  218 KB")
        < proven.text.index("-" * 60)
        < proven.text.index("Ana Silva <ana")
    )
    assert "dmarc=pass acme.example" in proven.text
    assert proven.html.index("any news on this") < proven.html.index("invoice-4711.pdf") < proven.html.index("<hr")
    assert proven.subject == "[Ticket#1042] Invoice 4711 is wrong"
    unproven = STANDARD.render(name, language, replace(ORDINARY, verified=""))
    for part in (unproven.text, unproven.html):
        assert {"en": "is NOT verified", "es": "NO está verificada"}[language] in part
    assert {"en": "filed on the ticket as an internal note", "es": "como nota interna"}[language] in unproven.text


def test_who_owns_a_ticket_is_said_from_the_readers_side() -> None:
    def owner_line(owner: str) -> str:
        ticket = replace(ORDINARY.ticket, owner=owner)
        return STANDARD.render("agent_new", "en", replace(ORDINARY, ticket=ticket)).text

    assert "high, yours\n" in owner_line("nina")
    assert "high, omar's\n" in owner_line("omar")
    assert "high, nobody's yet\n" in owner_line("")
    stranger = STANDARD.render("agent_new", "en", replace(ORDINARY, agent=AgentView()))
    assert "nina's" in stranger.text


def test_a_customer_is_called_by_name_where_he_has_one() -> None:
    assert STANDARD.render("received", "en", ORDINARY).text.startswith("Hello Ana,\n")
    assert STANDARD.render("received", "en", BARE).text.startswith("Hello there,\n")
    assert STANDARD.render("received", "es", BARE).text.startswith("Hola:\n")
    assert STANDARD.render("received", "es", RIGHT_TO_LEFT).text.startswith("Hola ليلى:\n")
    assert STANDARD.render("received", "en", HOSTILE).text.startswith("Hello there,\n")


def test_the_shipped_templates_leave_no_markup_no_gaps_and_no_placeholder() -> None:
    for name, rendered in shipped_renders():
        assert "\n\n\n" not in rendered.text, name
        assert rendered.text == rendered.text.strip() + "\n", name
        assert not [char for char in rendered.text + rendered.html if ord(char) >= 0xF0000], name
        assert "<br>\n<br>" not in rendered.html or "Thanks" in rendered.html or "مرحبا" in rendered.html, name
        assert rendered.subject, name


def test_hostile_words_stay_literal_in_both_parts() -> None:
    for name in ("received", "agent_new", "agent_followup"):
        rendered = STANDARD.render(name, "en", HOSTILE)
        assert "{{7*7}}{{''.__class__}}{% for x in range(9e9) %} **bold** <b>x</b>" in rendered.subject
        assert "<script" not in rendered.html
        assert 'href="https://evil' not in rendered.html
    text = STANDARD.render("agent_new", "en", HOSTILE).text
    assert text.count("\n" + "-" * 60 + "\n") == 1
    assert "[click](https://evil.example) <script>alert(1)</script> {{ 7*7 }} <m@evil.example>" in text


@given(ANYTHING, ANYTHING, ANYTHING, ANYTHING)
def test_any_words_make_a_mail_with_nothing_but_our_own_markup(subject: str, name: str, text: str, file: str) -> None:
    variables = replace(
        ORDINARY,
        ticket=replace(ORDINARY.ticket, subject=subject),
        customer=CustomerView(name, "a@x"),
        message=MessageView(subject, text, text, (AttachmentView(file, 1),)),
    )
    plain = STANDARD.render(
        "agent_new", "en", replace(variables, message=MessageView("", "x", "x", (AttachmentView("f", 1),)))
    )
    rendered = STANDARD.render("agent_new", "en", variables)
    assert rendered.html.replace("<br>", "").count("<") == plain.html.replace("<br>", "").count("<")
    (rendered.subject + rendered.text + rendered.html).encode()
    assert len(rendered.subject.splitlines()) <= 1


def test_a_language_falls_back_to_its_family_then_to_english() -> None:
    assert [STANDARD.render("received", tag, ORDINARY).language for tag in ("es-MX", "ES", "es", "de", "und", "")] == [
        *("es", "es", "es", "en", "en", "en")
    ]


def test_a_right_to_left_template_says_so(write: Write) -> None:
    layout = '<html lang="{{ language }}" dir="{{ direction }}">{{ content }}</html>'
    templates = Templates.load(write({"_layout.html.j2": layout, "ar/x.md": HEAD + "مرحبا"}))
    assert templates.render("x", "en", ORDINARY).html == (
        '<html lang="ar" dir="rtl"><p style="margin:0 0 16px">مرحبا</p>\n</html>'
    )


def test_what_a_directory_lacks_comes_from_the_packaged_set(write: Write) -> None:
    own = write(
        {"en/received.md": HEAD + "Mine, {{ brand.name }}", "_brand.toml": 'name = "Acme & Co"\nfooter = "Bye"'}
    )
    templates = Templates.load(own, SHIPPED)
    assert templates.names == STANDARD.names
    assert templates.render("received", "es", ORDINARY).text == "Mine, Acme & Co\n"
    assert templates.render("agent_new", "es", ORDINARY) != STANDARD.render("agent_new", "es", ORDINARY)  # own layout
    assert "<body><p" in templates.render("received", "en", ORDINARY).html


def test_the_brand_stands_in_both_parts(write: Write, tmp_path: Path) -> None:
    for name in ("_layout.html.j2", "_layout.txt.j2"):
        (tmp_path / name).write_text((SHIPPED / name).read_text("utf-8"), "utf-8")
    files = {name: (SHIPPED / name).read_text("utf-8") for name in ("_layout.html.j2", "_layout.txt.j2")}
    brand = 'name = "Acme"\ncolour = "#ff0000"\nfooter = "Acme <Ltd>"'
    rendered = Templates.load(write(files | {"_brand.toml": brand, "en/x.md": HEAD + "Hi"})).render("x", "en", ORDINARY)
    assert rendered.text == "Hi\n-- \nAcme <Ltd>\n"
    assert "Acme &lt;Ltd&gt;" in rendered.html
    assert "#ff0000" in rendered.html
    assert ">Acme</div>" in rendered.html


def test_a_subject_is_one_line_whatever_it_is_made_of(write: Write) -> None:
    templates = Templates.load(write({"en/x.md": HEAD + "x"}))
    ticket = replace(ORDINARY.ticket, subject="Help\r\nBcc: victim@x\x00\u2028Evil: 1")
    assert (
        templates.render("x", "en", replace(ORDINARY, ticket=ticket)).subject
        == "[Ticket#1042] Help Bcc: victim@x Evil: 1"
    )


def test_every_mistake_of_every_file_is_told_at_once(write: Write) -> None:
    problems = rejected(
        write(
            {
                "en/a.md": HEAD + "{{ ticket.nubmer }}\n\n{{ customer.name | frist_name }}\n{% if x %}{% endif %}",
                "en/b.md": "---\nsubject: x\nkind: agnet\n---\n",
                "es/c.md": HEAD + "{% if site %}",
                "_brand.toml": "color = 1",
                "_layout.txt.j2": "{{ nobody }}{{ content }}",
            }
        )
    )
    places = {(Path(each.path).name, each.line, each.column) for each in problems}
    assert places == {
        *(("a.md", 5, 11), ("a.md", 7, 20), ("a.md", 8, 7), ("b.md", 3, 7), ("c.md", 5, 1)),
        *(("_brand.toml", 1, 1), ("_layout.txt.j2", 1, 4)),
    }


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"en/a.md": HEAD.replace("auto-reply", "auto-reply\nneutral: recieved") + "x"}, 'no template "recieved"'),
        ({"_layout.html.j2": "no place", "en/a.md": HEAD}, "does not say where"),
        ({"_layout.html.j2": "{{ content }}{{ content }}", "en/a.md": HEAD}, "does not say where"),
        ({"_layout.html.j2": "{% if site %}{{ content }}", "en/a.md": HEAD}, "not well formed"),
        ({"english/a.md": HEAD}, "is no language"),
        ({"en/a.md": HEAD + "[x]: http://a/{% if site %}\n\n{% endif %}"}, "Markdown shows nothing"),
        ({"en/a.md": HEAD + "{% for a in message.text %}{{ message.text }}{% endfor %}"}, "256,000"),
    ],
)
def test_mistakes_that_only_the_whole_shows(write: Write, files: dict[str, str], said: str) -> None:
    problems = rejected(write(files))
    assert any(said in each.message for each in problems), problems


def test_a_neutral_template_may_not_speak_of_the_sender(write: Write) -> None:
    neutral = '---\nsubject: "{{ ticket.subject }}"\nkind: auto-reply\n---\nHello {{ customer.name }}\n'
    problems = rejected(
        write({"en/a.md": HEAD.replace("auto-reply", "auto-reply\nneutral: b") + "x", "en/b.md": neutral})
    )
    assert {(each.line, each.column) for each in problems} == {(2, 11), (5, 10)}
    assert all("R32" in each.mend for each in problems)


def test_files_that_cannot_be_read_are_told_of(write: Write, tmp_path: Path) -> None:
    directory = write({"en/a.md": HEAD})
    (directory / "en" / "b.md").write_bytes(b"\xff\xfe\xfa")
    assert "cannot be read" in rejected(directory)[0].message
    assert "no such directory" in rejected(tmp_path / "nowhere")[0].message


def test_an_unknown_name_is_a_key_error_and_values_that_defeat_a_template_are_its_failure(write: Write) -> None:
    templates = Templates.load(write({"en/x.md": HEAD + "{{ 1 / (message.subject | length - 7) }}"}))
    with pytest.raises(KeyError):
        templates.render("y", "en", ORDINARY)
    seven = replace(ORDINARY, message=MessageView(subject="x" * 7))
    with pytest.raises(TemplateFailed, match=r"template x \(en\): .*zero"):
        templates.render("x", "en", seven)


def test_the_longest_mail_still_makes_a_notification() -> None:
    worst = replace(LONG, message=replace(LONG.message, new_text="'\n" * 10_000, text="'\n" * 10_000))
    assert len(STANDARD.render("agent_new", "en", worst).html) > 100_000
