"""The two that we are measured against: the bare pipeline behind SMTP, and django-helpdesk in a venv of its own."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from bench.measured import Measured, Watch
from bench.ours import load
from bench.workload import CACHE, SCRIPTS, Command, Workload
from tests.support.postgres import free_port


def floor(mails: Workload, sessions: int = 10) -> Measured:
    """Block-wise DATA, mail-parser, one template, one commit for whatever arrived; 250 after the commit."""
    folder, port = mails.folder("[#{}]"), free_port()
    with tempfile.TemporaryDirectory(prefix="floor-", dir=CACHE) as scratch:
        command: Command = [
            sys.executable,
            "-B",
            SCRIPTS / "pipeline_floor.py",
            folder,
            "--serve",
            str(port),
            "--data",
            "block",
        ]
        command += ["--parser", "mail-parser", "--db", str(Path(scratch) / "floor.db")]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            process.stdout.readline()
            try:
                with Watch(process.pid) as watch:
                    sent = load(folder, port, sessions)
            finally:
                process.kill()
    return Measured(
        rate=sent["mails_per_s"],
        cpu_ms=1000 * watch.cpu / mails.count,
        rss_mb=watch.rss / 2**20,
        p50_ms=sent["p50_ms"],
        p99_ms=sent["p99_ms"],
    )


def django_helpdesk(mails: Workload) -> Measured:
    """Its own function for one mail, called for each, on SQLite."""
    folder = mails.folder("[Support-{}]")
    python = _helpdesk_python()
    with tempfile.TemporaryDirectory(prefix="helpdesk-", dir=CACHE) as scratch:
        command: Command = [python, "-B", SCRIPTS / "peers" / "django_helpdesk_bench.py", scratch, folder]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    said: dict[str, Any] = json.loads(done.stdout)
    return Measured(rate=said["mails_per_s"], cpu_ms=said["cpu_ms_per_mail"], rss_mb=said["peak_rss_mb"])


def _helpdesk_python() -> Path:
    """The interpreter of a venv that has django-helpdesk, made when it is first needed."""
    venv = CACHE / "helpdesk"
    ready = venv / ".ready"
    if not ready.exists():
        print("  fetching django-helpdesk into .bench/ (once)", flush=True)
        subprocess.run([sys.executable, "-m", "venv", "--clear", venv], check=True)
        install: Command = [
            venv / "bin" / "python",
            "-m",
            "pip",
            "--disable-pip-version-check",
            "--quiet",
            "install",
            "django-helpdesk",
        ]
        subprocess.run(install, check=True, env=os.environ | {"PIP_NO_INPUT": "1"})
        ready.touch()
    return venv / "bin" / "python"
