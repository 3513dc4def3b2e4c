"""A directory of templates, written for one test."""

from collections.abc import Callable
from pathlib import Path

import pytest

Write = Callable[[dict[str, str]], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Makes a directory of templates, with a small layout unless one is given."""

    def make(files: dict[str, str]) -> Path:
        frames = {"_layout.html.j2": "<body>{{ content }}</body>", "_layout.txt.j2": "{{ content }}"}
        for name, source in (frames | files).items():
            path = tmp_path / "templates" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(source, "utf-8")
        return tmp_path / "templates"

    return make
