"""The pure modules are pure: they import nothing that knows the time, the machine or chance."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "coach"

PURE = {
    "commands",
    "conversation",
    "cues",
    "deciding",
    "dose",
    "dose_patterns",
    "dose_sides",
    "dose_vague",
    "dose_words",
    "echo",
    "errors",
    "events",
    "hearing",
    "intents",
    "interview",
    "knowledge",
    "leaflet",
    "leaflet_blocks",
    "leaflet_defaults",
    "leaflet_general",
    "leaflet_lines",
    "leaflet_lists",
    "leaflet_parts",
    "leaflet_positions",
    "leaflet_steps",
    "leaflet_tables",
    "leaflet_titles",
    "leaflet_warnings",
    "lexicon",
    "listed",
    "mistakes",
    "numbers",
    "past",
    "past_sound",
    "plan",
    "policy",
    "prescribed",
    "prompts",
    "question",
    "replies",
    "reports",
    "routine",
    "safety",
    "scene",
    "scores",
    "session",
    "simulate",
    "sound_check",
    "states",
    "talk",
    "walk",
    "wording",
}
"""What decides. ``tests/test_architecture.py`` is the list: a new module that decides belongs on it."""

ALLOWED = {
    "__future__",
    "collections",
    "dataclasses",
    "datetime",  # as arithmetic: what reads the clock is refused below
    "difflib",
    "enum",
    "functools",
    "heapq",
    "importlib",  # importlib.resources, for the words in the package's own data file
    "itertools",
    "math",
    "pydantic",
    "pydantic_core",
    "re",
    "string",
    "tomllib",
    "types",
    "unicodedata",
    "typing",
}


def imports(path: Path) -> Iterator[str]:
    """The modules that a file imports, wherever in it; those of the coach as ``coach.name``."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            yield from (f"coach.{alias.name}" for alias in node.names) if module == "coach" else (module,)


@pytest.mark.parametrize("name", sorted(PURE))
def test_a_pure_module_imports_only_what_is_pure(name: str) -> None:
    """No clock, thread, file, device, chance or log, not even at second hand."""
    for module in imports(PACKAGE / f"{name}.py"):
        top, _, rest = module.partition(".")
        if top == "coach":
            assert rest.split(".")[0] in PURE | {"__version__"}, f"{name} imports {module}, which is not pure"
        else:
            assert top in ALLOWED, f"{name} imports {module}"


@pytest.mark.parametrize("name", sorted(PURE))
def test_a_pure_module_opens_nothing(name: str) -> None:
    """The calls that read the world without an import."""
    tree = ast.parse((PACKAGE / f"{name}.py").read_text(encoding="utf-8"))
    calls = {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    assert not calls & {"open", "print", "input", "exec", "eval", "__import__"}
    methods = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    assert not methods & {"now", "today", "utcnow"}, "the time is an argument"


def test_the_list_names_modules_that_exist() -> None:
    """A pure module that was renamed must not drop off the list unseen."""
    assert {path.stem for path in PACKAGE.glob("*.py")} >= PURE


def test_importing_the_session_loads_no_device_library() -> None:
    """Text mode and ``coach understand`` must be quick, and work where there is no sound at all."""
    import subprocess

    heavy = "{'sounddevice', 'vosk', 'pyttsx3', 'numpy', 'soundfile', 'soxr', 'sqlite_utils', 'prompt_toolkit'}"
    code = f"import coach.session, coach.cli, coach.simulate, sys; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("path", sorted(PACKAGE.glob("*.py")), ids=lambda path: path.stem)
def test_functions_can_be_read_at_a_glance(path: Path) -> None:
    """No function over 60 lines."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert (node.end_lineno or 0) - node.lineno < 60, f"{path.name}: {node.name}"
