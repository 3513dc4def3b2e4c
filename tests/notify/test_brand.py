import pytest

from mailgate.notify.brand import Brand, LogoFile, logo_file, read_brand


def test_a_brand() -> None:
    assert read_brand('name = "Acme"\ncolour = "#a00"\nfooter = "Bye"\n', "b") == (Brand("Acme", "#a00", "Bye"), ())
    assert read_brand("", "b") == (Brand(), ())


def test_the_picture_that_is_named_is_found_with_its_line() -> None:
    assert logo_file('name = "Acme"\nlogo = "Acme-2.JPG"\n') == LogoFile("Acme-2.JPG", 2)
    for source in ("", 'logo = ""', "logo = 3", 'logo = "../x.png"', 'logo = "'):
        assert logo_file(source) is None


@pytest.mark.parametrize(
    ("source", "line", "said", "mend"),
    [
        ('name = "Acme"\ncolor = "#a00"\n', 2, 'unknown key "color"', 'did you mean "colour"?'),
        ('colour = "red;background:url(//x)"\n', 1, "is no colour", "#0b57d0"),
        ("name = 3\n", 1, "is not a text", 'name = "..."'),
        ('name = "Acme\n', 1, "not TOML", ""),
        ("[logos]\nx = 1\n", 0, 'unknown key "logos"', ""),
        ("[logo]\nx = 1\n", 0, "is not a text", ""),
        ('logo = "https://acme.example/logo.png"\n', 1, "no name of a picture", '"logo.png"'),
        ('name = "Acme"\nlogo = "../keys.png"\n', 2, "no name of a picture", '"logo.png"'),
        ('logo = "logo.svg"\n', 1, "no name of a picture", "PNG, JPEG or GIF"),
    ],
)
def test_a_mistake_has_its_line_and_leaves_the_default(source: str, line: int, said: str, mend: str) -> None:
    brand, (problem,) = read_brand(source, "b")
    assert said in problem.message
    assert mend in problem.mend
    assert problem.line == line
    assert brand.colour == Brand().colour
