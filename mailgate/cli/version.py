"""`mailgate version`: which version this is, and on what it runs."""

import argparse
import json
import platform
from typing import Any

from mailgate import __version__


def register(subparsers: Any) -> None:
    subparsers.add_parser("version", help="print the version")


def run(args: argparse.Namespace) -> int:
    if args.json:
        print(json.dumps({"version": __version__, "python": platform.python_version()}))
    else:
        print(f"mailgate {__version__}")
    return 0
