from pathlib import Path

import pytest

from mailgate.errors import FilesRejected
from mailgate.notify.samples import ORDINARY
from mailgate.notify.templates import Templates
from mailgate.problems import Problem
from tests.notify.conftest import Write

SHIPPED = Path(__file__).resolve().parent.parent.parent / "templates"
STANDARD = Templates.load(SHIPPED, SHIPPED)
HEAD = '---\nsubject: "{{ ticket.tag }} {{ ticket.subject }}"\nkind: auto-reply\n---\n'


def rejected(directory: Path) -> tuple[Problem, ...]:
    with pytest.raises(FilesRejected) as caught:
        Templates.load(directory)
    return caught.value.problems


def test_what_comes_with_mailgate_is_proven() -> None:
    assert Templates.load(SHIPPED, prove_all=True).names == STANDARD.names


def test_what_a_directory_lacks_comes_from_the_packaged_set(write: Write) -> None:
    own = write(
        {"en/received.md": HEAD + "Mine, {{ brand.name }}", "_brand.toml": 'name = "Acme & Co"\nfooter = "Bye"'}
    )
    templates = Templates.load(own, SHIPPED)
    assert templates.names == STANDARD.names
    assert templates.render("received", "es", ORDINARY).text == "Mine, Acme & Co\n"
    assert templates.render("agent_new", "es", ORDINARY) != STANDARD.render("agent_new", "es", ORDINARY)  # own layout
    assert "<body><p" in templates.render("received", "en", ORDINARY).html


def test_every_mistake_of_every_file_is_told_at_once(write: Write) -> None:
    problems = rejected(
        write(
            {
                "en/a.md": HEAD + "{{ ticket.nubmer }}\n\n{{ customer.name | frist_name }}\n{% if x %}{% endif %}",
                "en/b.md": "---\nsubject: x\nkind: agnet\n---\n{{ tikcet.number }}",
                "es/c.md": HEAD + "{% if site %}",
                "_brand.toml": "color = 1",
                "_layout.txt.j2": "{{ nobody }}{{ content }}",
            }
        )
    )
    places = {(Path(each.path).name, each.line, each.column) for each in problems}
    assert places == {
        *(("a.md", 5, 11), ("a.md", 7, 20), ("a.md", 8, 7), ("b.md", 3, 7), ("b.md", 5, 4), ("c.md", 5, 1)),
        *(("_brand.toml", 1, 1), ("_layout.txt.j2", 1, 4)),
    }


def test_a_mistake_in_a_footer_is_told_once_however_many_templates_have_it(write: Write) -> None:
    head = HEAD.replace("auto-reply", "agent\nfooter: t")
    (problem,) = rejected(write({"en/a.md": head + "x", "en/b.md": head + "y", "en/_t.md": "{{ tikcet.number }}"}))
    assert Path(problem.path).name == "_t.md"


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"en/a.md": HEAD.replace("auto-reply", "auto-reply\nneutral: recieved") + "x"}, 'no template "recieved"'),
        ({"_layout.html.j2": "no place", "en/a.md": HEAD}, "does not say where"),
        ({"_layout.html.j2": "{{ content }}{{ content }}", "en/a.md": HEAD}, "does not say where"),
        ({"_layout.html.j2": "{% if site %}{{ content }}", "en/a.md": HEAD}, "not well formed"),
        ({"english/a.md": HEAD}, "is no language"),
        ({"en/a.md": HEAD.replace("auto-reply", "agent\nlayout: plian") + "x"}, 'no layout "plian"'),
        ({"en/a.md": HEAD.replace("auto-reply", "agent\nlayout: ../x") + "x"}, "no name of a layout"),
        ({"en/a.md": HEAD.replace("auto-reply", "agent\nfooter: tikcet") + "x"}, 'no footer "tikcet"'),
        ({"en/a.md": HEAD.replace("auto-reply", "agent\nfooter: t"), "en/_t.md": "{{ x }}"}, 'unknown variable "x"'),
        ({"en/a.md": HEAD + "[x]: http://a/{% if site %}\n\n{% endif %}"}, "Markdown shows nothing"),
        ({"en/a.md": HEAD + "{% for a in results %}{{ message.text }}{% endfor %}"}, "grew beyond"),
    ],
)
def test_mistakes_that_only_the_whole_shows(write: Write, files: dict[str, str], said: str) -> None:
    problems = rejected(write(files))
    assert any(said in each.message for each in problems), problems


def test_a_body_that_is_not_well_formed_hides_no_mistake_in_the_subject(write: Write) -> None:
    for subject in ("{{ tikcet.tag }}", "{{ ticket['nubmer'] }}", "{% if site %}"):
        head = HEAD.replace("{{ ticket.tag }} {{ ticket.subject }}", subject)
        problems = rejected(write({"en/a.md": head + "{{ custmer }}\n{% if site %}\n"}))
        assert [each.line for each in sorted(problems, key=lambda each: each.line)] == [2, 5, 6]


def test_a_neutral_template_may_not_speak_of_the_sender(write: Write) -> None:
    neutral = '---\nsubject: "{{ ticket.subject }}"\nkind: auto-reply\n---\nHello {{ customer.name }}\n'
    problems = rejected(
        write({"en/a.md": HEAD.replace("auto-reply", "auto-reply\nneutral: b") + "x", "en/b.md": neutral})
    )
    assert {(each.line, each.column) for each in problems} == {(2, 11), (5, 10)}
    assert all("R32" in each.mend for each in problems)


def test_files_that_cannot_be_read_are_told_of(write: Write, tmp_path: Path) -> None:
    directory = write({"en/a.md": HEAD})
    (directory / "en" / "b.md").write_bytes(b"\xef\xbb\xbf" + HEAD.encode() + b"\r\nGr\xfc\xdfe\r\n")
    (directory / "en" / "c.md").mkdir()
    latin, no_file = rejected(directory)
    assert (latin.line, latin.column, latin.message) == (6, 3, "cannot be read: the byte 0xfc is not UTF-8")
    assert (latin.mend, no_file.message) == ("save the file as UTF-8", "cannot be read: Is a directory")
    assert "no such directory" in rejected(tmp_path / "nowhere")[0].message


def test_a_language_without_the_footer_is_told_of(write: Write) -> None:
    files = {"en/a.md": HEAD.replace("auto-reply", "agent\nfooter: t"), "en/_t.md": "foot"}
    assert Templates.load(write(files)).render("a", "en", ORDINARY).text == "foot\n"
    problems = rejected(write(files | {"pt/a.md": files["en/a.md"]}))
    assert [(Path(each.path).parent.name, each.line, each.mend) for each in problems] == [("pt", 4, "write pt/_t.md")]


def test_a_template_chooses_its_layout(write: Write) -> None:
    files = {"_plain.html.j2": "<i>{{ content }}</i>", "_plain.txt.j2": "({{ content }})"}
    files["en/a.md"] = HEAD.replace("auto-reply", "customer\nlayout: plain") + "x"
    rendered = Templates.load(write(files)).render("a", "en", ORDINARY)
    assert (rendered.text, rendered.html[:4]) == ("(x)\n", "<i><")


def test_what_comes_with_mailgate_is_trusted_and_what_was_changed_is_proven(write: Write) -> None:
    copied = {str(path.relative_to(SHIPPED)): path.read_text("utf-8") for path in SHIPPED.rglob("*") if path.is_file()}
    own = write(copied)
    quick = Templates.load(own, SHIPPED)
    for name in STANDARD.names:
        assert quick.render(name, "de", ORDINARY) == STANDARD.render(name, "de", ORDINARY)
    for changed in ("en/agent_new.md", "en/_ticket.md"):
        write(copied | {changed: copied[changed] + "\n{{ tikcet }}\n"})
        with pytest.raises(FilesRejected) as caught:
            Templates.load(own, SHIPPED)
        assert {each.path for each in caught.value.problems} == {str(own / changed)}


def test_a_packaged_template_that_becomes_somebodys_neutral_form_is_proven_as_such(write: Write) -> None:
    own = write({"en/a.md": HEAD.replace("auto-reply", "auto-reply\nneutral: received") + "x"})
    with pytest.raises(FilesRejected) as caught:
        Templates.load(own, SHIPPED)
    assert all("R32" in each.mend for each in caught.value.problems)
