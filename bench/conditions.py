"""The conditions that every measurement is printed with."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version


def conditions(more: str = "", packages: tuple[str, ...] = ()) -> str:
    """Machine, Python, packages, and whatever else matters."""
    versions = "".join(f", {name} {version(name)}" for name in packages)
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    machine = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores{load}"
    return f"conditions: {machine}, Python {platform.python_version()}{versions}{'; ' + more if more else ''}"
