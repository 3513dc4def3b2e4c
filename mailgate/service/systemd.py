"""sd_notify(3): tells systemd that the daemon is ready, stopping, or alive. Silent where there is no systemd."""

import os
import socket


def notify(state: str) -> None:
    """Send one state, such as "READY=1"."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    if address.startswith("@"):
        address = "\0" + address[1:]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as channel:
        channel.sendto(state.encode(), address)
