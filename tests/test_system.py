from __future__ import annotations

import ctypes.util
import importlib.util

import pytest

from coach import system


@pytest.mark.parametrize(
    ("release", "manager"),
    [
        ({"ID": "debian"}, "apt"),
        ({"ID": "linuxmint", "ID_LIKE": "ubuntu debian"}, "apt"),
        ({"ID": "fedora"}, "dnf"),
        ({"ID": "rocky", "ID_LIKE": "rhel centos fedora"}, "dnf"),
        ({"ID": "manjaro", "ID_LIKE": "arch"}, "pacman"),
        ({"ID": "opensuse-tumbleweed", "ID_LIKE": "opensuse suse"}, "zypper"),
        ({"ID": "alpine"}, "apk"),
        ({}, "brew"),
        ({"ID": "unheard-of"}, "brew"),
    ],
)
def test_the_manager_is_the_systems_own(release: dict[str, str], manager: str) -> None:
    assert system.package_manager(release, which={"brew": "/opt/bin/brew"}.get) == manager


def test_no_manager_no_command() -> None:
    assert system.package_manager({}, which=lambda _: None) is None


@pytest.mark.parametrize(
    ("manager", "line"),
    [
        ("apt", "sudo apt install libportaudio2 espeak-ng"),
        ("dnf", "sudo dnf install portaudio espeak-ng"),
        ("pacman", "sudo pacman -S portaudio espeak-ng"),
        ("zypper", "sudo zypper install libportaudio2 espeak-ng"),
        ("apk", "sudo apk add portaudio espeak-ng"),
        ("brew", "brew install portaudio espeak-ng"),
    ],
)
def test_one_exact_line_installs_all_that_is_missing(manager: str, line: str) -> None:
    assert system.install_command(["portaudio", "espeak"], manager, is_root=False) == line
    assert system.install_command(["portaudio", "espeak"], manager, is_root=True) == line.removeprefix("sudo ")


def test_what_is_missing_is_said_with_its_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system.sys, "platform", "linux")
    monkeypatch.setattr(ctypes.util, "find_library", lambda _: None)
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    monkeypatch.setattr(system, "package_manager", lambda: "apt")
    found = system.lacks()
    assert [lack.part for lack in found] == ["portaudio", "espeak"]
    said = system.advice(found)
    assert said is not None
    assert said.endswith("apt install libportaudio2 espeak-ng")
    assert "\n" not in said


def test_nothing_missing_nothing_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ctypes.util, "find_library", lambda name: name)
    assert system.lacks() == ()
    assert system.advice(()) is None
