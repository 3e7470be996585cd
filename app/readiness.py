"""Tells systemd that the service is ready, by the protocol of `sd_notify`, where systemd asks for it."""

import socket

from app.settings import notify_socket


def notify_ready() -> None:
    address = notify_socket()
    if not address:
        return
    if address.startswith("@"):
        address = "\0" + address[1:]  # a name outside of the file system
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
        channel.connect(address)
        channel.sendall(b"READY=1")
