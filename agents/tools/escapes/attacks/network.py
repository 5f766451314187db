"""Ways to other machines and to services of this one."""

from __future__ import annotations

import socket
from typing import Any

from .common import Traps


def send(family: int, kind: int, address: Any, traps: Traps) -> str:
    """Send the secret to a trap, which notes what arrives."""
    with socket.socket(family, kind) as sender:
        sender.settimeout(2)
        sender.connect(address)
        sender.send(traps["secret"].encode())
    return ""


def tcp(traps: Traps) -> str:
    return send(socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", traps["tcp"]), traps)


def udp(traps: Traps) -> str:
    return send(socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", traps["udp"]), traps)


def unix(traps: Traps) -> str:
    return send(socket.AF_UNIX, socket.SOCK_STREAM, traps["unix"], traps)


def abstract(traps: Traps) -> str:
    return send(socket.AF_UNIX, socket.SOCK_STREAM, "\0" + traps["abstract"], traps)


def outside(_traps: Traps) -> str:
    # TEST-NET-1 of RFC 5737 belongs to nobody; connecting a datagram socket sends nothing.
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))
    return "there is a route to the internet"


def dns(_traps: Traps) -> str:
    servers = []
    with open("/etc/resolv.conf", encoding="utf-8") as file:
        for line in file:
            words = line.split()
            if words[:1] == ["nameserver"]:
                servers.append(words[1])
    for server in servers:
        family = socket.AF_INET6 if ":" in server else socket.AF_INET
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((server, 53))
        return "there is a route to the name server " + server
    raise OSError("no name server is known")


def vsock(_traps: Traps) -> str:
    socket.socket(40, socket.SOCK_STREAM).close()  # AF_VSOCK
    return "a socket to the host of a virtual machine (AF_VSOCK)"


def services(traps: Traps) -> str:
    for path in traps["services"]:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as caller:
            try:
                caller.connect(path)
            except OSError:
                continue
            return f"connected to {path}"
    raise OSError("none of them answers")
