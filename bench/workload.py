"""The mails that everything is measured with: made once by the benchmark's own script, kept in .bench/."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
SCRIPTS = Path(os.environ.get("MAILGATE_BENCH") or ROOT.parent / "shared" / "bench")
Command = list[str | Path]
CACHE = ROOT / ".bench"


@dataclass(frozen=True)
class Workload:
    """`folder(token)` holds the same mails with that subject token, as each contestant writes its own."""

    count: int

    def folder(self, token: str) -> Path:
        folder = CACHE / f"mails-{self.count}-{''.join(c for c in token if c.isalnum()) or 'plain'}"
        if not (folder / "manifest.json").exists():
            CACHE.mkdir(exist_ok=True)
            make: Command = [sys.executable, "-B", SCRIPTS / "make_mails.py", str(self.count), folder, "--token", token]
            subprocess.run(make, check=True, stdout=subprocess.DEVNULL)
        return folder

    @property
    def facts(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.folder("[Ticket#{}]") / "manifest.json").read_text())["summary"]
        return found

    @property
    def conversations(self) -> int:
        return int(self.facts["conversations"])

    @property
    def summary(self) -> str:
        facts = self.facts
        median, mean = facts["median"] / 1024, facts["mean"] / 1024
        return f"{self.count:,} mails, median {median:.1f} KB, mean {mean:.1f} KB, {self.conversations:,} conversations"


def workload(count: int) -> Workload:
    return Workload(count)
