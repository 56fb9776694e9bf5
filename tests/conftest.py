"""What holds for every test: no real home, no network."""

from __future__ import annotations

import ipaddress
import itertools
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

settings.register_profile("fast", max_examples=100, deadline=None)
settings.register_profile("thorough", max_examples=500, deadline=None)


class NetworkRefusedError(OSError):
    """A test, or the code it runs, tried to leave this machine."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write the golden files anew")


def pytest_configure(config: pytest.Config) -> None:
    """Where slow tests run too, random ones that ask for no number of their own are tried oftener."""
    settings.load_profile("fast" if config.option.markexpr else "thorough")


@pytest.fixture(scope="session")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A name for each test's home, cheaply: most of thousands are never made."""
    folder = tmp_path_factory.mktemp("homes")
    return (folder / str(number) for number in itertools.count())


@pytest.fixture(autouse=True)
def elsewhere(homes: Iterator[Path], monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the coach's own folders would be for this test alone, also for the processes it starts."""
    home = next(homes)
    monkeypatch.setenv("COACH_HOME", str(home))
    monkeypatch.delenv("COACH_AS", raising=False)
    return home


@pytest.fixture
def coach_home(elsewhere: Path) -> Path:
    """The same, made already."""
    elsewhere.mkdir(exist_ok=True)
    return elsewhere


@pytest.fixture(autouse=True, scope="session")
def offline() -> Iterator[None]:
    """Refuse every socket that would leave this machine; loopback and local (unix) sockets work."""
    connect, connect_ex, sendto = socket.socket.connect, socket.socket.connect_ex, socket.socket.sendto
    getaddrinfo = socket.getaddrinfo

    def guarded_connect(self: socket.socket, address: Any) -> None:
        _refuse_unless_local(self.family, address)
        connect(self, address)

    def guarded_connect_ex(self: socket.socket, address: Any) -> int:
        _refuse_unless_local(self.family, address)
        return connect_ex(self, address)

    def guarded_sendto(self: socket.socket, data: Any, *rest: Any) -> int:
        _refuse_unless_local(self.family, rest[-1])
        return sendto(self, data, *rest)

    def guarded_getaddrinfo(host: Any, *rest: Any, **named: Any) -> Any:
        if host is not None and not _is_local_host(host):
            raise NetworkRefusedError(f"tests may not look up {host!r}")
        return getaddrinfo(host, *rest, **named)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded_connect)
        patch.setattr(socket.socket, "connect_ex", guarded_connect_ex)
        patch.setattr(socket.socket, "sendto", guarded_sendto)
        patch.setattr(socket, "getaddrinfo", guarded_getaddrinfo)
        yield


def _refuse_unless_local(family: int, address: Any) -> None:
    if family == getattr(socket, "AF_UNIX", None):
        return
    host = address[0] if isinstance(address, tuple) else address
    if family not in (socket.AF_INET, socket.AF_INET6) or not _is_local_host(host):
        raise NetworkRefusedError(f"tests may not reach {address!r}")


def _is_local_host(host: Any) -> bool:
    name = os.fsdecode(host) if isinstance(host, bytes) else str(host)
    if name in ("", "localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
