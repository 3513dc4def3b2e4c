"""mailgate.size"""

import pytest

from mailgate.size import parse_size, size_text


@pytest.mark.parametrize(
    ("text", "octets"),
    [
        ("35MB", 35_000_000),
        ("512kB", 512_000),
        ("512KB", 512_000),
        ("1GB", 1_000_000_000),
        ("1KiB", 1024),
        ("2 MiB", 2 * 1024 * 1024),
        ("1gib", 1024**3),
        ("17B", 17),
        ("1.5GB", 1_500_000_000),
        ("0.001kB", 1),
    ],
)
def test_a_size_is_a_number_and_a_unit(text: str, octets: int) -> None:
    assert parse_size(text) == octets


@pytest.mark.parametrize("text", ["", "35", "MB", "-1MB", "35M", "35 megabytes", "1,5MB", "0.0001kB", "٣MB"])
def test_anything_else_is_refused_with_its_text_and_an_example(text: str) -> None:
    with pytest.raises(ValueError, match="35MB") as caught:
        parse_size(text)
    assert f'"{text}"' in str(caught.value)


@pytest.mark.parametrize(
    ("octets", "text"), [(999, "999B"), (1_000, "1kB"), (10_240_000, "10.2MB"), (1_000_000_000, "1GB")]
)
def test_a_size_is_said_in_its_greatest_unit(octets: int, text: str) -> None:
    assert size_text(octets) == text
