"""Sets of files: loading, hashing, refusing, and never another exception."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.errors import FilesRejected
from mailgate.rules.ruleset import MAX_FILES, check, compiled, is_in_step, load
from tests.rules.desk import VOCABULARY, rules

RULE = "rules: [{{name: {0}, when: ticket.created, do: [{{tag: {0}}}]}}]"


def write(directory: Path, **files: str) -> Path:
    for name, text in files.items():
        (directory / f"{name}.yaml").write_text(text, encoding="utf-8")
    return directory


def test_files_run_in_the_byte_order_of_their_names(tmp_path: Path) -> None:
    names = ["b", "a", "Z", "é", "10", "9"]
    ruleset = load(write(tmp_path, **{name: RULE.format(f"r-{place}") for place, name in enumerate(names)}), VOCABULARY)
    assert [rule.file for rule in ruleset.rules] == ["10.yaml", "9.yaml", "Z.yaml", "a.yaml", "b.yaml", "é.yaml"]
    assert list(ruleset.files) == [rule.file for rule in ruleset.rules]


def test_a_set_with_any_error_is_rejected_whole_with_all_of_them(tmp_path: Path) -> None:
    write(tmp_path, a=RULE.format("fine"), b="rules: [x]", c="rules: *y", d="a: 1\na: 2")
    with pytest.raises(FilesRejected) as caught:
        load(tmp_path, VOCABULARY)
    problems = caught.value.problems
    assert [problem.place for problem in problems] == [
        f"{tmp_path}/b.yaml:1:9",
        f"{tmp_path}/c.yaml:1:8",
        f"{tmp_path}/d.yaml:1:1",
        f"{tmp_path}/d.yaml:2:1",
    ]
    assert caught.value.sources[f"{tmp_path}/b.yaml"] == "rules: [x]"


def test_warnings_stay_with_a_set_that_loads(tmp_path: Path) -> None:
    text = "rules: [{name: r, when: ticket.created, do: [stop, {tag: never}]}]"
    ruleset, problems, _ = check(write(tmp_path, a=text), VOCABULARY)
    assert ruleset is not None
    assert [problem.code for problem in problems] == ["MG201"]
    assert ruleset.warnings == problems


def test_the_hash_names_the_bytes_and_the_names() -> None:
    one, text = RULE.format("a").encode(), RULE.format("a").encode()

    def name_of(files: dict[str, bytes]) -> str:
        ruleset, _, _ = compiled(files, VOCABULARY)
        assert ruleset is not None
        return ruleset.hash

    assert name_of({"a.yaml": one}) == name_of({"a.yaml": text})
    assert name_of({"a.yaml": one, "b.yaml": b""}) == name_of({"b.yaml": b"", "a.yaml": one})
    different = [{"a.yaml": one}, {"b.yaml": one}, {"a.yaml": one + b"\n"}, {"a.yaml": one, "b.yaml": b""}, {}]
    assert len({name_of(files) for files in different}) == len(different)
    assert len(name_of({})) == 12


def test_templates_with_an_interval_are_known_to_whoever_counts() -> None:
    ruleset = rules(
        """
        rules:
          - {name: a, when: ticket.created, do: [{reply: {template: received, every: 1d}}]}
          - {name: b, when: ticket.created, do: [{reply: closed}]}
          - {name: c, when: ticket.created, enabled: false, do: [{reply: {template: closed, every: 1d}}]}
        """
    )
    assert ruleset.templates_with_interval == {"received"}


def test_hidden_files_are_not_read_and_what_would_silently_do_nothing_is_told(tmp_path: Path) -> None:
    write(tmp_path, a=RULE.format("a"))
    (tmp_path / ".#a.yaml").symlink_to("nowhere")
    (tmp_path / "b.yml").write_text("nonsense: [")
    (tmp_path / "a.test.yaml").write_text("nonsense: [")
    (tmp_path / "readme.txt").write_text("x")
    (tmp_path / "lists").mkdir()
    ruleset, problems, _ = check(tmp_path, VOCABULARY)
    assert ruleset is not None
    assert [(Path(problem.path).name, problem.severity) for problem in problems] == [
        ("a.test.yaml", "warning"),
        ("b.yml", "warning"),
    ]


@pytest.mark.parametrize("directory", ["queues", "processes"])
def test_rules_in_directories_of_later_versions_are_refused(tmp_path: Path, directory: str) -> None:
    write(tmp_path, a=RULE.format("a"))
    (tmp_path / directory).mkdir()
    (tmp_path / directory / "billing.yaml").write_text(RULE.format("b"))
    ruleset, (problem,), _ = check(tmp_path, VOCABULARY)
    assert ruleset is None
    assert (problem.code, Path(problem.path).name) == ("MG010", directory)


def test_what_is_no_readable_file_is_a_problem_and_does_not_block(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.yaml")
    (tmp_path / "b.yaml").mkdir()
    (tmp_path / "c.yaml").symlink_to("nowhere")
    (tmp_path / "d.yaml").symlink_to("/dev/zero")
    ruleset, problems, _ = check(tmp_path, VOCABULARY)
    assert ruleset is None
    assert [problem.message for problem in problems] == ["this is not a file"] * 4


def test_a_missing_directory_is_a_problem(tmp_path: Path) -> None:
    ruleset, (problem,), _ = check(tmp_path / "none", VOCABULARY)
    assert ruleset is None
    assert problem.place == str(tmp_path / "none")
    assert "No such file" in problem.message


def test_an_empty_directory_is_the_set_without_rules(tmp_path: Path) -> None:
    assert load(tmp_path, VOCABULARY).rules == ()


def test_a_name_that_is_no_text_does_no_harm(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"\xff.yaml")).write_text("rules: [x]")
    ruleset, (problem,), _ = check(tmp_path, VOCABULARY)
    assert ruleset is None
    assert problem.path.encode("utf-8").endswith(b"?.yaml")


def test_too_much_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes(b"#" * 1_000_001)
    ruleset, (problem,), _ = check(tmp_path, VOCABULARY)
    assert (ruleset, problem.code, "1,000,000" in problem.message) == (None, "MG008", True)
    for number in range(6):
        (tmp_path / f"{number}.yaml").write_bytes(b"#" * 999_999)
    ruleset, problems, _ = check(tmp_path, VOCABULARY)
    assert ruleset is None
    assert any("5,000,000" in problem.message for problem in problems)


def test_too_many_files_are_refused(tmp_path: Path) -> None:
    for number in range(MAX_FILES + 1):
        (tmp_path / f"{number}.yaml").touch()
    ruleset, (problem,), _ = check(tmp_path, VOCABULARY)
    assert (ruleset, problem.code) == (None, "MG008")


def test_the_number_of_values_is_counted_over_all_files() -> None:
    half = b"x: [" + b"a, " * 30_000 + b"]"
    _, problems, _ = compiled({"a.yaml": half, "b.yaml": half}, VOCABULARY)
    assert [problem.code for problem in problems] == ["MG003", "MG008"]


def test_an_endless_list_of_mistakes_is_cut() -> None:
    text = "rules:\n" + "".join(f"  - {{name: r{i}, when: nonsense, do: [{{tga: x}}]}}\n" for i in range(2_000))
    _, problems, _ = compiled({"a.yaml": text.encode()}, VOCABULARY)
    assert len(problems) == 201
    assert any("there are more problems" in problem.message for problem in problems)


@pytest.mark.parametrize("size", [100_000, 900_000])
def test_a_word_without_end_is_quoted_short(size: int) -> None:
    long = "x" * size
    _, problems, _ = compiled(
        {"a.yaml": f"rules: [{{name: {long}, when: {long}, if: {{{long}: 1}}, do: []}}]".encode()}, VOCABULARY
    )
    assert problems
    assert all(len(problem.message) + len(problem.mend) < 500 for problem in problems)


WORDS = """rules: - name: r when: ticket.created customer.replied if: do: first: else: true {} [ ] , { } queue: support
billing from: a@b.example subject: '/(?P<x>a)/' '/(' set: {x: "{{m.x}}"} "{{" reply: received every: 1d notify: stop
agent_new all: any: not: is_auto: priority: high at least over 5 state: tag: field.x: header.X: exists: re: '*' note:
&a *a !!b ~ null false 0 é # | > ? - - :"""
fragments = st.lists(st.sampled_from([*WORDS.split(), "\n", "\n  ", "\n    ", "\n      ", "\t"]), max_size=40)


@given(st.one_of(st.binary(max_size=60), fragments.map(lambda parts: " ".join(parts).encode())))
def test_any_bytes_are_a_set_or_problems(raw: bytes) -> None:
    ruleset, problems, sources = compiled({"a.yaml": raw}, VOCABULARY)
    assert (ruleset is None) is any(problem.severity == "error" for problem in problems)
    assert set(sources) == {"rules/a.yaml"}


KEYS = """name when if do first else enabled note all any not use from subject queue priority field.x is_auto re has
exists over list tag set reply template every notify owner team to stop state"""
shapes = st.recursive(
    st.sampled_from(["x", "true", "a@b.example", "'/a/'", "received", "5", "~", "'*'", "ticket.created", "high"]),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]"),
        st.dictionaries(st.sampled_from(KEYS.split()), inner, max_size=4).map(
            lambda pairs: f"{{{', '.join(f'{key}: {value}' for key, value in pairs.items())}}}"
        ),
    ),
    max_leaves=12,
)


@given(shapes)
def test_any_shape_of_values_is_a_set_or_problems(shape: str) -> None:
    for text in (shape, f"rules: {shape}", f"rules: [{{name: r, when: ticket.created, if: {shape}, do: {shape}}}]"):
        ruleset, problems, _ = compiled({"a.yaml": text.encode()}, VOCABULARY)
        assert (ruleset is None) is any(problem.severity == "error" for problem in problems)


def test_a_rule_set_is_in_step_until_its_files_change(tmp_path: Path) -> None:
    file = tmp_path / "10.yaml"
    file.write_text("rules: []\n")
    ruleset = load(tmp_path, VOCABULARY)
    assert is_in_step(ruleset, tmp_path)
    file.write_text("rules: [] # changed\n")
    assert not is_in_step(ruleset, tmp_path)
