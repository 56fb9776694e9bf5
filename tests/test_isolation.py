"""The suite itself: no test reaches the network."""

from __future__ import annotations

import socket
import urllib.request

import pytest


def test_the_network_is_refused() -> None:
    with socket.socket() as outside, pytest.raises(OSError, match="tests may not reach"):
        outside.connect(("192.0.2.1", 80))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as outside, pytest.raises(OSError, match="may not reach"):
        outside.sendto(b"", ("192.0.2.1", 80))
    with pytest.raises(OSError, match="tests may not look up"):
        urllib.request.urlopen("http://coach.invalid/", timeout=1)


def test_loopback_works() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as client:
        assert client.getpeername() == server.getsockname()
