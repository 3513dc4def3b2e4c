"""A pattern that RE2 does not take is told with what mends this very mistake."""

import pytest

from mailgate.rules.regex import NotRe2, regex
from mailgate.rules.regex_mistakes import _OTHERWISE


@pytest.mark.parametrize(
    ("pattern", "said", "mended"),
    [
        ("a{1,2000}", "RE2 counts to 1000", "a{1,1000}"),
        ("a{2000}", "RE2 counts to 1000", "a{1000}a{1000}"),
        ("a**b", "leave one of the signs out", "a*b"),
        ("*a", "put what is repeated before the sign", r"\*a"),
        ("[z-a]", "the smaller character first", "[a-z]"),
        ("(abc", "close the group", "(abc)"),
        ("abc)", r"write \) for the sign", r"abc\)"),
        ("[abc", "close the bracket", "[abc]"),
        (r"\p{Foo}", r"\p{Greek}", r"\p{Greek}"),
        ("[[:foo:]]", "[[:alpha:]]", "[[:alpha:]]"),
        ("a\\", r"write \\ for the sign", r"a\\"),
        ("(?z)a", "flags are (?i)", "(?i)a"),
        (r"\q", r"leave the \ out", "q"),
        ("(?P<a b>x)", "a name is (?P<order>", "(?P<ab>x)"),
        ("a{5,2}", "the smaller number stands first", "a{2,5}"),
    ],
)
def test_each_mistake_has_the_mend_that_mends_it(pattern: str, said: str, mended: str) -> None:
    with pytest.raises(NotRe2) as error:
        regex(pattern)
    assert said in error.value.mend
    assert error.value.mend != _OTHERWISE
    regex(mended)
