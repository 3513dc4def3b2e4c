import pytest

from mailgate.notify.frontmatter import read_head

GOOD = '---\nsubject: "{{ ticket.tag }} x"\nkind: auto-reply\nneutral: other\n---\nHello\n\nthere\n'


def test_a_head_and_where_the_rest_begins() -> None:
    head, problems = read_head(GOOD, "en/x.md")
    assert head is not None
    assert not problems
    assert (head.subject, head.kind, head.neutral) == ("{{ ticket.tag }} x", "auto-reply", "other")
    assert (head.subject_line, head.neutral_line, head.body_line) == (2, 4, 6)
    assert head.body == "Hello\n\nthere\n"


def test_neutral_may_be_left_out() -> None:
    head, _ = read_head("---\nsubject: x\nkind: agent\n---\n", "x")
    assert head is not None
    assert head.neutral is None


def test_a_key_that_is_told_already_is_not_missing() -> None:
    for source in ("---\nsubjct: x\nkind: agent\n---\n", "---\nsubject: {{ x }}\nkind: agent\n---\n"):
        assert len(read_head(source, "en/x.md")[1]) == 1


@pytest.mark.parametrize(
    ("source", "line", "said", "mend"),
    [
        ("", 1, "not closed", "begin the file"),
        ("Hello", 1, "not closed", ""),
        ("---\nsubject: x\nkind: agent\n", 1, "not closed", ""),
        ("---\nkind: agent\n---\n", 1, '"subject" is missing', "add a line"),
        ('---\nsubject: ""\nkind: agent\n---\n', 2, '"subject" is missing', ""),
        ("---\nsubject: x\n---\n", 1, '"kind" is missing', ""),
        ("---\nsubject: x\nkind: agnet\n---\n", 3, '"agnet" is no kind', 'did you mean "agent"?'),
        ("---\nsubject: x\nkind: agent\nneutrla: y\n---\n", 4, 'unknown key "neutrla"', 'did you mean "neutral"?'),
        ("---\nsubject: x\nkind: agent\nkind: agent\n---\n", 4, "stands twice", ""),
        ("---\nsubject: {{ ticket.tag }}\nkind: agent\n---\n", 2, "", "quotation marks"),
        ("---\nsubject: [a]\nkind: agent\n---\n", 2, "is not a text", "quotation marks"),
        ("---\nsubject: 'x\nkind: agent\n---\n", 3, "no YAML", ""),
        ("---\nsubject: *x\n---\n", 2, "no YAML", ""),
        ("---\njust words\n---\n", 1, "`key: value`", ""),
        ("---\n---\n", 1, "`key: value`", ""),
        ("---\nsubject: \x00\n---\n", 1, "no YAML", ""),
        ("---\nsubject: " + "[" * 5000 + "\n---\n", 1, "no YAML", ""),
    ],
)
def test_each_mistake_has_its_line_and_its_mend(source: str, line: int, said: str, mend: str) -> None:
    head, problems = read_head(source, "en/x.md")
    assert head is None
    assert any(said in each.message and mend in each.mend for each in problems)
    assert problems[0].path == "en/x.md"
    assert line in [each.line for each in problems]
