"""What a person can type from where she stands: the program's name, and paths as short as they can be."""

import os
import shlex
import shutil
import sys
from pathlib import Path


def program() -> str:
    """How this program was called, as a word for a shell: `mailgate` where the shell finds this one by that name."""
    called = Path(sys.argv[0])
    if called.name == "__main__.py":
        return f"{typed(Path(sys.executable))} -m mailgate"
    found = shutil.which(called.name)
    return called.name if found and _same(Path(found), called) else typed(called)


def typed(path: Path) -> str:
    """The path for a shell: relative or absolute, whichever is shorter."""
    absolute = os.path.abspath(path)
    try:
        relative = os.path.relpath(absolute)
    except OSError:  # the working directory is gone
        relative = absolute
    return shlex.quote(min(relative, absolute, key=len))


def _same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return False
