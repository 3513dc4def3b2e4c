"""Which configuration a command means, and its reading."""

import argparse
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from mailgate.cli.frames import show_problems
from mailgate.config.read import load
from mailgate.config.settings import Config
from mailgate.errors import CannotStart

NAME = "config.toml"
VARIABLE = "MAILGATE_CONFIG"
PLACES = (Path(NAME), Path("var", NAME), Path("/etc/mailgate", NAME))


def find(given: str | None, environ: Mapping[str, str]) -> Path:
    """-C, else $MAILGATE_CONFIG, else the first of PLACES that exists. Raises CannotStart where there is none."""
    if given or environ.get(VARIABLE):
        path = Path(given or environ[VARIABLE])
        return path / NAME if path.is_dir() else path
    for path in PLACES:
        if path.is_file():
            return path
    places = ", ".join(map(str, PLACES))
    raise CannotStart(f"there is no configuration ({places}, ${VARIABLE} or -C); `mailgate init` makes one", 78)


def configured(args: argparse.Namespace, *, offline: bool = False) -> Config:
    """The configuration of this call. Its warnings are told with -v. Raises CannotStart or FilesRejected."""
    config = load(find(args.config, os.environ), os.environ, offline=offline)
    if config.warnings and args.verbose:
        show_problems(config.warnings, config.sources, sys.stderr)
    return config
