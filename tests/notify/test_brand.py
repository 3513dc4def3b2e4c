import pytest

from mailgate.notify.brand import Brand, read_brand


def test_a_brand() -> None:
    assert read_brand('name = "Acme"\ncolour = "#a00"\nfooter = "Bye"\n', "b") == (Brand("Acme", "#a00", "Bye"), ())
    assert read_brand("", "b") == (Brand(), ())


@pytest.mark.parametrize(
    ("source", "line", "said", "mend"),
    [
        ('name = "Acme"\ncolor = "#a00"\n', 2, 'unknown key "color"', 'did you mean "colour"?'),
        ('colour = "red;background:url(//x)"\n', 1, "is no colour", "#0b57d0"),
        ("name = 3\n", 1, "is not a text", 'name = "..."'),
        ('name = "Acme\n', 1, "not TOML", ""),
        ("[logo]\nx = 1\n", 0, 'unknown key "logo"', ""),
    ],
)
def test_a_mistake_has_its_line_and_leaves_the_default(source: str, line: int, said: str, mend: str) -> None:
    brand, (problem,) = read_brand(source, "b")
    assert said in problem.message
    assert mend in problem.mend
    assert problem.line == line
    assert brand.colour == Brand().colour
