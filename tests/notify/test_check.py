import pytest

from mailgate.notify import check
from mailgate.notify.samples import SAMPLES
from mailgate.notify.sandbox import TemplateSandbox
from mailgate.problems import Problem

SANDBOX = TemplateSandbox(html=False)
VALUES = {told: sample.mapping() for told, sample in SAMPLES.items()}


def problems(source: str, line: int = 1) -> list[Problem]:
    return check.mistakes(check.passage("en/x.md", source, line), SANDBOX, VALUES)


@pytest.mark.parametrize(
    ("source", "line", "column", "said", "mend"),
    [
        ("a\n{{ tikcet.number }}", 2, 4, 'unknown variable "tikcet"', 'did you mean "ticket"?'),
        ("{{ ticket.nubmer }}", 1, 11, '"ticket" has no "nubmer"', 'did you mean "number"?'),
        ("{{ ticket.number | uper }}", 1, 20, 'unknown filter "uper"', 'did you mean "upper"?'),
        ("{% if site is definde %}{% endif %}", 1, 15, 'unknown test "definde"', 'did you mean "defined"?'),
        ("a\n\n{% if site %}", 3, 1, "not well formed", ""),
        ("{% foo %}", 1, 4, "not well formed", ""),
        ("{{ site", 1, 1, "not well formed", ""),
        ("\n{% for x in message.attachments %}\n{{ x.nmae }}\n{% endfor %}", 3, 6, "has no attribute 'nmae'", ""),
        ("{{ message.text.upper() }}", 1, 1, "not safely callable", ""),
        ("{{ ticket.number / 2 }}", 1, 1, "unsupported operand", ""),
        ("{{ ticket['nubmer'] }}", 1, 12, "has no attribute 'nubmer'", ""),
        ("{{ {}[ticket.state] }}", 1, 1, "has no", ""),
    ],
)
def test_a_mistake_has_its_place_and_its_mend(source: str, line: int, column: int, said: str, mend: str) -> None:
    found = problems(source)
    assert any(said in each.message for each in found), found
    problem = next(each for each in found if said in each.message)
    assert (problem.path, problem.line, problem.column) == ("en/x.md", line, column)
    assert mend in problem.mend


def test_lines_are_those_of_the_file() -> None:
    assert problems("{{ nobody }}", line=7)[0].line == 7
    assert problems("a\n{% for x in message.attachments %}{{ x.y }}{% endfor %}", line=7)[0].line == 8


def test_all_mistakes_are_told_at_once() -> None:
    assert len(problems("{{ a }} {{ ticket.b }} {{ site | c }}\n{{ d }}")) == 4


def test_what_is_not_well_formed_hides_no_other_mistake() -> None:
    found = problems("{% for b in ticket.tags %}{{ b }}{{ a }}\n{% if site %}{{ site | c }}{{ ticket.d | }}")
    assert [each.message.partition(":")[0] for each in found] == [
        "the template is not well formed",
        'unknown variable "a"',
        'unknown filter "c"',
    ]
    assert [each.line for each in found] == [2, 1, 2]


def test_what_fails_only_with_some_mails_says_with_which() -> None:
    (problem,) = problems("{{ message.attachments[0].filename }}")
    assert "(in a mail without name and text)" in problem.message


def test_names_that_a_template_makes_itself_are_known() -> None:
    source = "{% set a = site %}{% for b in ticket.tags %}{{ a }}{{ b }}{{ loop.index }}{% endfor %}"
    assert problems(source + "{% macro m(c) %}{{ c }}{% endmacro %}{{ m(1) }}") == []


def test_a_template_that_grows_beyond_the_cap_is_told_of() -> None:
    template = SANDBOX.from_string("{% for a in results %}{{ page }}{% endfor %}")
    assert "the text grew beyond" in check.defeat(template, VALUES)
    many = {"page": "x" * 9_999, "results": (1,) * 100, "answer": None}
    assert "512,000" in check.defeat(template, {"x": VALUES["an ordinary mail"] | many})
    assert check.defeat(SANDBOX.from_string("{{ page }}"), VALUES) == ""
