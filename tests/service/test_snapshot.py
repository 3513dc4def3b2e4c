"""A set is read once and checked whole, from disk as from the database, and its mistakes are told as of the files."""

import shutil
from pathlib import Path

import pytest

from mailgate.config.read import load
from mailgate.errors import FilesRejected
from mailgate.notify.samples import ORDINARY
from mailgate.service.snapshot import checked, differing_on_disk, take_files, take_texts
from tests.service.conftest import CONFIG, ROOT
from tests.support.pictures import png

RULES = "rules: [{name: one, when: ticket.created, if: {from: {list: vip}}, do: [{priority: high}]}]\n"


@pytest.fixture
def files(tmp_path: Path) -> Path:
    (tmp_path / "rules" / "lists").mkdir(parents=True)
    (tmp_path / "rules" / "10.yaml").write_text(RULES)
    (tmp_path / "rules" / "lists" / "vip.txt").write_text("acme.example\n")
    (tmp_path / "templates" / "en").mkdir(parents=True)
    shutil.copy(ROOT / "templates" / "en" / "received.md", tmp_path / "templates" / "en")
    text = CONFIG.format(url=f"sqlite:///{tmp_path / 'x.db'}", root=tmp_path, rules=tmp_path / "rules")
    (tmp_path / "config.toml").write_text(text)
    return tmp_path


def mistakes(files: Path) -> list[str]:
    with pytest.raises(FilesRejected) as rejected:
        checked(take_files(files / "config.toml", {}), ROOT / "templates")
    return [problem.place for problem in rejected.value.problems]


def test_what_is_stored_is_what_was_read(files: Path) -> None:
    (files / "templates" / "en" / "received.html.j2").write_text("<h1>mine</h1>")
    made = checked(take_files(files / "config.toml", {}), ROOT / "templates")
    templates = {"templates/en/received.md", "templates/en/received.html.j2"}
    assert set(made.files) == {"config.toml", "rules/10.yaml", "rules/lists/vip.txt", *templates}
    again = checked(take_texts(made.files, files / "config.toml", {}), ROOT / "templates")
    assert (again.hash, again.files, again.config.queues) == (made.hash, made.files, made.config.queues)
    assert again.rules.hash == made.rules.hash
    assert again.templates.names == made.templates.names
    assert "<h1>mine</h1>" in again.templates.render("received", "en", ORDINARY).html


def test_the_logo_is_in_the_set(files: Path) -> None:
    picture = files / "templates" / "logo.png"
    (files / "templates" / "_brand.toml").write_text('logo = "logo.png"\n')
    (files / "templates" / "other.png").write_bytes(b"nobody names it")
    picture.write_bytes(png(40, 20))
    made = checked(take_files(files / "config.toml", {}), ROOT / "templates")
    assert made.files.keys() >= {"templates/_brand.toml", "templates/logo.png"}
    assert "templates/other.png" not in made.files
    again = checked(take_texts(made.files, files / "config.toml", {}), ROOT / "templates")
    assert (again.hash, again.files) == (made.hash, made.files)
    logo = again.templates.render("received", "en", ORDINARY).logo
    assert logo is not None
    assert logo.octets == png(40, 20)
    assert differing_on_disk(files / "config.toml", {}, made.config, made.files) == ()
    picture.write_bytes(png(40, 21))
    assert differing_on_disk(files / "config.toml", {}, made.config, made.files) == ("templates/logo.png",)
    assert checked(take_files(files / "config.toml", {}), ROOT / "templates").hash != made.hash
    picture.unlink()
    assert mistakes(files) == [f"{files}/templates/_brand.toml:1:1"]


def test_mistakes_of_all_files_are_told_together_with_their_places_on_disk(files: Path) -> None:
    (files / "rules" / "20.yaml").write_text("rules: [nonsense]\n")
    template = files / "templates" / "en" / "received.md"
    template.write_text(template.read_text() + "\n{{ tikcet.number }}\n")
    places = mistakes(files)
    assert any(place.startswith(f"{files}/rules/20.yaml:1:") for place in places)
    assert any(place.startswith(f"{template}:") for place in places)


@pytest.mark.parametrize("name", ["rules/10.yaml", "templates/en/received.md", "rules/lists/vip.txt"])
def test_a_file_that_is_no_text_is_named(files: Path, name: str) -> None:
    (files / name).write_bytes(b"\xff\xfe\x00")
    assert any(place.startswith(str(files / name)) for place in mistakes(files))


def test_a_missing_directory_is_named(files: Path) -> None:
    shutil.rmtree(files / "templates")
    shutil.rmtree(files / "rules")
    assert {str(files / "templates"), str(files / "rules")} <= set(mistakes(files))


def test_what_differs_on_disk_is_named_even_where_the_configuration_is_broken(files: Path) -> None:
    made = checked(take_files(files / "config.toml", {}), ROOT / "templates")

    def differ() -> tuple[str, ...]:
        return differing_on_disk(files / "config.toml", {}, made.config, made.files)

    assert differ() == ()
    (files / "rules" / "10.yaml").write_text(RULES + "# more\n")
    (files / "rules" / "20.yaml").write_text("rules: []\n")
    (files / "templates" / "en" / "received.md").unlink()
    assert differ() == ("rules/10.yaml", "rules/20.yaml", "templates/en/received.md")
    (files / "config.toml").write_text("nonsense")
    assert differ() == ("config.toml", "rules/10.yaml", "rules/20.yaml", "templates/en/received.md")


def test_the_configuration_is_kept_as_it_was_written(files: Path) -> None:
    config = files / "config.toml"
    config.write_bytes(config.read_bytes().replace(b"\n", b"\r\n") + "# un\u00a0mot\r\n".encode())
    assert load(config, {}).text.encode() == config.read_bytes()


def test_a_file_that_is_not_utf8_is_told_once_with_its_place(files: Path) -> None:
    (files / "rules" / "lists" / "vip.txt").write_bytes(b"acme.example\ncaf\xe9.example\n")
    assert [place for place in mistakes(files) if "vip.txt" in place] == [f"{files}/rules/lists/vip.txt:2:4"]


def test_what_is_expected_of_a_template_is_a_template(files: Path) -> None:
    (files / "rules" / "10.yaml").write_text("rules: [{name: one, when: ticket.created, do: [{reply: nonesuch}]}]\n")
    (files / "templates" / "en" / "received.md").write_text("---\nsubject: x\nkind: nothing\n---\n")
    (files / "templates" / "_brand.toml").write_text("")
    with pytest.raises(FilesRejected) as rejected:
        checked(take_files(files / "config.toml", {}), ROOT / "templates")
    [unknown] = (each for each in rejected.value.problems if each.code == "MG104")
    assert unknown.expected.startswith("expected one of: account_down, ")
