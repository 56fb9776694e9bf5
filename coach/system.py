"""What only the system's package manager can supply, and the one line that installs it here."""

from __future__ import annotations

import ctypes.util
import importlib.util
import os
import platform
import shutil
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Manager:
    """A package manager: how it installs, and what it calls the two parts the coach may need."""

    command: str
    portaudio: str
    espeak: str
    as_root: bool = True


MANAGERS: Mapping[str, Manager] = {
    "apt": Manager("apt install", "libportaudio2", "espeak-ng"),
    "dnf": Manager("dnf install", "portaudio", "espeak-ng"),
    "pacman": Manager("pacman -S", "portaudio", "espeak-ng"),
    "zypper": Manager("zypper install", "libportaudio2", "espeak-ng"),
    "apk": Manager("apk add", "portaudio", "espeak-ng"),
    "brew": Manager("brew install", "portaudio", "espeak-ng", as_root=False),
}

_MANAGER_OF = {
    "debian": "apt",
    "ubuntu": "apt",
    "fedora": "dnf",
    "rhel": "dnf",
    "centos": "dnf",
    "arch": "pacman",
    "suse": "zypper",
    "opensuse": "zypper",
    "alpine": "apk",
}


@dataclass(frozen=True, slots=True)
class Lack:
    """A part that is missing here."""

    part: str
    """"portaudio" or "espeak"."""
    sentence: str
    """What is missing and what the coach can't do without it."""


def lacks() -> tuple[Lack, ...]:
    """What is missing on this system, most important first; nothing, usually."""
    found = []
    if not has_portaudio():
        found.append(Lack("portaudio", "The sound library PortAudio is missing, so the coach can't play or listen."))
    if not has_voice():
        found.append(Lack("espeak", "The speech program eSpeak NG is missing, so the coach has no voice."))
    return tuple(found)


def advice(found: Iterable[Lack]) -> str | None:
    """One plain line for all that is missing: what, and the command that installs it. None where nothing is."""
    found = tuple(found)
    if not found:
        return None
    what = " ".join(lack.sentence for lack in found)
    command = install_command(lack.part for lack in found)
    return f"{what} To install: {command}" if command else f"{what} Install it with this system's package manager."


def install_command(
    parts: Iterable[str],
    manager: str | None = None,
    *,
    is_root: bool | None = None,
) -> str | None:
    """The exact line that installs these parts ("portaudio", "espeak") here; None where no manager is known."""
    known = MANAGERS.get(manager or package_manager() or "")
    if known is None:
        return None
    if is_root is None:
        is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    names = " ".join(known.portaudio if part == "portaudio" else known.espeak for part in parts)
    return f"{'sudo ' if known.as_root and not is_root else ''}{known.command} {names}"


def package_manager(
    release: Mapping[str, str] | None = None,
    which: Callable[[str], str | None] = shutil.which,
) -> str | None:
    """The package manager of this system: by what the system says it is, else by what is there."""
    if release is None:
        try:
            release = platform.freedesktop_os_release()
        except OSError:
            release = {}
    for name in (release.get("ID", ""), *release.get("ID_LIKE", "").split()):
        if manager := _MANAGER_OF.get(name.split("-")[0]):
            return manager
    return next((manager for manager in MANAGERS if which(manager)), None)


def has_portaudio() -> bool:
    """Whether sounddevice will find PortAudio: its wheels bring it along, except on Linux."""
    if not sys.platform.startswith("linux"):
        return True
    return ctypes.util.find_library("portaudio") is not None


def has_voice() -> bool:
    """Whether there is something to speak with: part of Windows and macOS; on Linux a wheel or the system brings it."""
    if not sys.platform.startswith("linux"):
        return True
    if importlib.util.find_spec("espeakng_loader") is not None:
        return True
    return any(ctypes.util.find_library(name) for name in ("espeak-ng", "espeak"))
