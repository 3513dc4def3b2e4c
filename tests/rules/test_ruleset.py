"""Sets of files: loading, hashing, refusing, and never another exception."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.errors import FilesRejected
from mailgate.problems import frame, report
from mailgate.rules.files import MAX_ENTRIES, read_tests
from mailgate.rules.ruleset import MAX_FILES, check, compiled, load
from tests.conftest import ROOT
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
    (tmp_path / "readme.txt").write_text("x")
    (tmp_path / "lists").mkdir()
    for name in ("vip", "eu.csv", "README.md"):
        (tmp_path / "lists" / name).write_text("acme.example")
    ruleset, problems, _ = check(tmp_path, VOCABULARY)
    assert ruleset is not None
    assert {problem.severity for problem in problems} == {"warning"}
    assert {Path(problem.path).name for problem in problems} == {"b.yml", "vip", "eu.csv"}


def test_tests_of_rules_are_no_rules_and_no_part_of_the_set(tmp_path: Path) -> None:
    write(tmp_path, a=RULE.format("a"))
    before, _, _ = check(tmp_path, VOCABULARY)
    (tmp_path / "tests").mkdir()
    (tmp_path / "a.test.yaml").write_text("nonsense: [")
    (tmp_path / "tests" / "b.test.yaml").write_text("nonsense: [")
    after, problems, _ = check(tmp_path, VOCABULARY)
    assert problems == ()
    assert before is not None
    assert after is not None
    assert (before.hash, len(after.rules)) == (after.hash, 1)
    assert list(read_tests(tmp_path, 100, 100, 10)[0]) == ["a.test.yaml", "tests/b.test.yaml"]


def test_a_file_of_processes_is_a_process_and_no_rules(tmp_path: Path) -> None:
    write(tmp_path, a=RULE.format("a"))
    (tmp_path / "processes").mkdir()
    (tmp_path / "processes" / "book.yaml").write_text(RULE.format("b"))
    ruleset, problems, _ = check(tmp_path, VOCABULARY)
    assert ruleset is None
    assert {Path(problem.path).name for problem in problems} == {"book.yaml"}
    assert "the process has no name" in [problem.message for problem in problems]


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


def test_a_directory_of_something_else_is_not_searched_for_ever(tmp_path: Path) -> None:
    (tmp_path / "mail").mkdir()
    for number in range(MAX_ENTRIES + 1):
        (tmp_path / "mail" / f"{number}.eml").touch()
    ruleset, (problem,), _ = check(tmp_path, VOCABULARY)
    assert (ruleset, problem.code, Path(problem.path).name) == (None, "MG008", "mail")


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
exists over list tag set reply template every notify owner team to stop state smtp.peer age now weekday size messages
attachment.name between assign round_robin least_busy max pending for until then close reject code drop join ticket
untag unset include macros defaults tags state.changed tag.added watchers digest"""
shapes = st.recursive(
    st.sampled_from(
        """x|true|a@b.example|'/a/'|received|5|~|'*'|ticket.created|high|message.received|over 5MB|between 1 and 2|2d|
        22:00|none|192.0.2.0/24|billing|a.yaml|state.changed""".split("|")
    ),
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


SHIPPED = {path.name: path.read_bytes() for path in sorted((ROOT / "rules").glob("*.yaml"))}
FULL = b"""
include: [shared/m.yaml]
defaults: {tags: [from-mail]}
macros:
  order: {subject: '/#(?P<order>\\d+)/'}
rules:
  - name: gate
    when: message.received
    if: {smtp.peer: 192.0.2.0/24, smtp.sender: {list: vip}, now: between 22:00 and 06:00}
    do: [{reject: {code: 450, text: Come again}}]
  - name: change
    when: [{state.changed: {from: [open, new], to: closed}}, {tag.added: vip}]
    if: {owner: none, age: over 2d, messages: [1, over 20], any: [{use: vip}, {not: {queue: billing}}]}
    do: [{assign: {least_busy: {team: billing, max: 15}}}, {pending: {for: 3d}}]
  - name: table
    when: ticket.created
    first:
      - {if: {use: order}, do: [{set: {order: "{{ m.order }}"}}, {use: tell}]}
      - {else: true, do: [{close: {template: closed}}, reopen, {untag: vip}, {unset: order}]}
"""
MACROS = (
    b"macros: {vip: {customer.email: {list: vip}}, tell: [{notify: {role: lead, template: agent_new, digest: ok}}]}"
)


@given(st.data())
def test_a_set_with_something_torn_out_moved_or_doubled_is_a_set_or_problems(data: st.DataObject) -> None:
    files = {**SHIPPED, "50.yaml": FULL, "shared/m.yaml": MACROS, "lists/vip.txt": b"acme.example\n.b.example\n"}
    assert data is not None
    for _ in range(data.draw(st.integers(1, 4))):
        name = data.draw(st.sampled_from(sorted(files)))
        raw = files[name]
        start, end = sorted(data.draw(st.tuples(*[st.integers(0, len(raw))] * 2)))
        piece = data.draw(
            st.sampled_from([b"", raw[start:end] * 2, b"\n", b"{", b": ", b"- ", b"use: vip", b"'", b"\xff"])
        )
        files[name] = raw[:start] + piece + raw[min(end, start + 40) :]
    ruleset, problems, sources = compiled(files, VOCABULARY)
    assert (ruleset is None) is any(problem.severity == "error" for problem in problems)
    assert all(problem.path in sources or not problem.line for problem in problems)


def test_the_whole_language_loads_without_a_word() -> None:
    files = {**SHIPPED, "50.yaml": FULL, "shared/m.yaml": MACROS, "lists/vip.txt": b"acme.example\n"}
    ruleset, problems, sources = compiled(files, VOCABULARY)
    assert problems == (), report(problems, sources)
    assert ruleset is not None
    assert (set(ruleset.needs), ruleset.refuses) == ({"loads"}, True)


def test_the_frames_of_the_book_are_the_frames_that_are_shown() -> None:
    head = "rules:\n- name: r\n  when: ticket.created\n  do:\n     #\n"
    text = f"{head}     - priority: hihg\n     #\n     - tag: billing\n       queue: billing\n"
    _, problems, sources = compiled({"20-billing.yaml": text.encode()}, VOCABULARY)
    assert [frame(problem, sources) for problem in problems] == [
        'error[MG004]: "hihg" is not a valid value for "priority"\n'
        " --> rules/20-billing.yaml:6:18\n"
        "  |\n"
        "6 |      - priority: hihg\n"
        "  |                  ^^^^ expected one of: low, normal, high, urgent\n"
        '  = help: did you mean "high"?',
        "error[MG011]: an action has exactly one key\n"
        " --> rules/20-billing.yaml:9:8\n"
        "  |\n"
        "8 |      - tag: billing\n"
        "9 |        queue: billing\n"
        "  |        ^^^^^ two actions in one list item\n"
        '  = help: put each action on its own "- " line',
    ]


def test_files_of_queues_lists_and_includes_are_read_from_their_directories(tmp_path: Path) -> None:
    for name, text in {
        "10.yaml": "include: shared/m.yaml\nrules: [{name: a, when: ticket.created, if: {use: m}, do: [{tag: a}]}]",
        "shared/m.yaml": "macros: {m: {from: {list: vip}}}",
        "lists/vip.txt": "acme.example",
        "queues/billing.yaml": RULE.format("b"),
        "queues/.hidden.yaml": "nonsense: [",
        "notes.txt": "no list",
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    ruleset, problems, _ = check(tmp_path, VOCABULARY)
    assert problems == ()
    assert ruleset is not None
    assert list(ruleset.files) == ["10.yaml", "lists/vip.txt", "queues/billing.yaml", "shared/m.yaml"]
    assert [(rule.name, rule.queue) for rule in ruleset.rules] == [("a", None), ("b", "billing")]
    (tmp_path / "lists/vip.txt").write_text("other.example")
    assert load(tmp_path, VOCABULARY).hash != ruleset.hash


def test_directories_that_lead_round_in_a_circle_come_to_an_end(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "again").symlink_to(tmp_path)
    write(tmp_path, a=RULE.format("a"))
    ruleset, problems, _ = check(tmp_path, VOCABULARY)
    assert ruleset is not None
    assert {problem.code for problem in problems} == {"MG207"}
