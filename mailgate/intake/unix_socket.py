"""The file of a unix socket that a door listens on: made, opened to its group, removed.

Fails with OSError; EADDRINUSE says that somebody still answers there.
"""

import errno
import os
import socket
import stat
from pathlib import Path


def clear_stale(path: str) -> None:
    """Remove the socket that a killed daemon left behind; anything else in the way is an OSError."""
    try:
        if not stat.S_ISSOCK(os.stat(path).st_mode):
            raise FileExistsError(errno.EEXIST, "a file that is no socket is in the way")
    except FileNotFoundError:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(1)
        try:
            probe.connect(path)
        except ConnectionRefusedError:
            remove(path)
            return
    raise OSError(errno.EADDRINUSE, "address in use")


def admit_group(path: str) -> None:
    """Let the group connect: that is how the MTA comes in."""
    Path(path).chmod(0o660)


def remove(path: str) -> None:
    Path(path).unlink(missing_ok=True)
