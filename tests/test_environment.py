"""The first start, and every start after it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest

from coach import environment, setup_steps
from coach.environment import ROOT, STAMP, SetupError, is_finished, python_of, ready, stamps

posix = pytest.mark.skipif(os.name == "nt", reason="uses links, permissions and signals of POSIX")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A copy of the coach, as far as the first start looks at it."""
    folder = tmp_path / "coach copy"
    folder.mkdir()
    for name in ("requirements.lock", "requirements-test.lock"):
        (folder / name).write_text(f"# {name}\n", encoding="utf-8")
    return folder


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The environments that were made, each in no time and with this Python."""
    found: list[Path] = []

    def make(root: Path, folder: Path, wanted: Sequence[str], *, tests: bool, tell: environment.Say) -> None:
        found.append(folder)
        finish(folder, wanted)

    monkeypatch.setattr(setup_steps, "make", make)
    return found


def finish(folder: Path, wanted: Sequence[str]) -> None:
    python = python_of(folder)
    python.parent.mkdir(parents=True, exist_ok=True)
    if not python.exists():
        shutil.copy(sys.executable, python)
    (folder / STAMP).write_text("\n".join([*wanted, f"python {python.resolve()}"]), encoding="utf-8")


def test_the_second_start_only_looks(root: Path, made: list[Path]) -> None:
    assert ready(root) == python_of(root / ".venv")
    assert ready(root) == python_of(root / ".venv")
    assert made == [root / ".venv"]


def test_tests_ask_for_more_and_what_serves_them_serves_the_coach(root: Path, made: list[Path]) -> None:
    ready(root)
    ready(root, tests=True)
    ready(root, tests=True)
    ready(root)
    assert len(made) == 2


def test_a_new_lock_asks_for_a_new_environment(root: Path, made: list[Path]) -> None:
    ready(root)
    (root / "requirements.lock").write_text("new", encoding="utf-8")
    ready(root)
    assert len(made) == 2


def test_an_unfinished_or_broken_environment_is_not_used(root: Path) -> None:
    folder, wanted = root / ".venv", stamps(root)[:1]
    assert not is_finished(folder, wanted)
    finish(folder, wanted)
    assert is_finished(folder, wanted)
    (folder / STAMP).write_text(environment.BUILDING, encoding="utf-8")
    assert not is_finished(folder, wanted)
    finish(folder, wanted)
    python_of(folder).unlink()
    assert not is_finished(folder, wanted)
    finish(folder, ["python /usr/bin/another", *wanted])
    (folder / STAMP).write_text("\n".join([*wanted, "python /usr/bin/another"]), encoding="utf-8")
    assert not is_finished(folder, wanted)


def test_a_copy_without_its_locks_says_so(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match=r"requirements\.lock"):
        ready(tmp_path)


def test_a_read_only_folder_sends_the_environment_to_the_users_own(
    root: Path, made: list[Path], coach_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (root / ".venv.lock").mkdir()  # Nobody can write a file in its place, whatever their rights.
    assert ready(root).is_relative_to(coach_home / "data" / "environments")
    assert ready(root).is_relative_to(coach_home / "data" / "environments")
    assert len(made) == 1
    (coach_home / "file").touch()
    monkeypatch.setenv("COACH_HOME", str(coach_home / "file"))
    with pytest.raises(SetupError, match="make one writable"):
        ready(root)


def test_two_starts_at_once_make_one_environment(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, go_on = threading.Event(), threading.Event()
    made, told = [], []

    def make(root: Path, folder: Path, wanted: Sequence[str], *, tests: bool, tell: environment.Say) -> None:
        made.append(folder)
        begun.set()
        assert go_on.wait(20)
        finish(folder, wanted)

    def tell(line: str) -> None:
        told.append(line)
        go_on.set()

    monkeypatch.setattr(setup_steps, "make", make)
    first = threading.Thread(target=ready, args=(root,))
    first.start()
    assert begun.wait(20)
    ready(root, tell=tell)
    first.join()
    assert len(made) == 1
    assert [line for line in told if "another start" in line] == told


@pytest.mark.parametrize(
    ("printed", "said"),
    [
        ("NewConnectionError: Failed to establish a new connection: [Errno -3]", "needs the internet"),
        ("ERROR: No matching distribution found for click==8 (from versions: none)", "needs the internet"),
        ("ERROR: Could not install: [Errno 28] No space left on device", "disk is full"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE", "not the one"),
        ("noise\nERROR: something else\nnoise", "something else"),
        ("", "no reason"),
    ],
)
def test_what_went_wrong_is_one_plain_sentence(printed: str, said: str) -> None:
    sentence = setup_steps.why_failed(printed.splitlines())
    assert said in sentence
    assert "\n" not in sentence


def test_a_missing_part_of_python_is_named_with_its_command() -> None:
    debian = setup_steps.missing_venv_sentence("NAME=x\nID=ubuntu\nID_LIKE=debian\n", (3, 12))
    assert "sudo apt install python3.12-venv" in debian
    assert "apt" not in setup_steps.missing_venv_sentence("ID=fedora\n", (3, 12))


def test_progress_counts_what_this_system_needs() -> None:
    told: list[str] = []
    progress = setup_steps.Progress(total=3, tell=told.append)
    for line in (
        "Ignoring pywin32: markers 'sys_platform == \"win32\"' don't match your environment",
        "Collecting numpy==2.4.6 (from -r requirements.lock (line 3))",
        "  Downloading numpy-2.4.6-cp311-cp311-manylinux.whl (16.7 MB)",
        "Processing /somewhere/typing_extensions-4.16.0-py3-none-any.whl (from -r requirements.lock (line 9))",
        "Installing collected packages: numpy, typing_extensions",
    ):
        progress.line(line)
        if "Downloading" in line:
            progress.waiting()
    assert told[0] == "[1/2] numpy"
    assert "numpy, 16.7 MB" in told[1]
    assert told[2:] == ["[2/2] typing_extensions", "Putting the parts in place"]


def test_a_long_silence_is_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(setup_steps, "QUIET_S", 0.01)
    told: list[str] = []
    command = [sys.executable, "-c", "import sys; input(); print('Collecting x==1')"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:

        def tell(line: str) -> None:
            told.append(line)
            if len(told) == 1:
                assert process.stdin is not None
                process.stdin.write("\n")
                process.stdin.flush()

        assert setup_steps.follow(process, setup_steps.Progress(1, tell)) == ["Collecting x==1"]
    assert told[0].startswith("  still at it")
    assert told[-1] == "[1/1] x"


def test_old_pythons_are_told_politely() -> None:
    """The very first file and what it says must be readable by a Python of any age."""
    text = (ROOT / "run_coach.py").read_text(encoding="ascii")
    head = text[: text.index("from coach.environment")]
    for new in ("f'", 'f"', ":=", "->", "match ", "print("):
        assert new not in head
    old = head.replace("import sys\n", "import sys\nsys.version_info = (3, 8, 1)\n", 1)
    result = subprocess.run([sys.executable, "-c", old], capture_output=True, text=True, check=False)
    assert result.returncode == 2
    assert "Python 3.11 or newer, and this one is 3.8" in result.stderr
    assert result.stdout == ""


def test_giving_up_and_going_wrong_end_quietly(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(environment, "ROOT", root)
    monkeypatch.setattr(environment, "become", pytest.fail)

    def go_wrong(error: BaseException) -> None:
        def make(*_: object, **__: object) -> None:
            raise error

        monkeypatch.setattr(setup_steps, "make", make)

    go_wrong(KeyboardInterrupt())
    assert environment.run_coach([]) == 130
    go_wrong(SetupError("The disk is full."))
    assert environment.run_coach([]) == 2
    assert environment.run_tests([]) == 2
    said = capsys.readouterr()
    assert said.out == ""  # It belongs to the coach.
    assert said.err.splitlines()[1:] == ["The disk is full."] * 2
    assert "Stopped" in said.err.splitlines()[0]


@posix
def test_arguments_input_output_and_status_pass_through(root: Path, tmp_path: Path) -> None:
    """From another folder and through a link, with a stand-in for the coach's own command."""
    shutil.copy(ROOT / "run_coach.py", root)
    package = root / "coach"
    package.mkdir()
    for name in ("__init__.py", "environment.py", "setup_steps.py"):
        shutil.copy(ROOT / "coach" / name, package)
    stand_in = "import os, sys; print(sys.argv[1:], os.getcwd(), input()); sys.exit(7)"
    (package / "__main__.py").write_text(stand_in, encoding="utf-8")
    folder = root / ".venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    setup_steps.point_to(python_of(folder), root)
    finish(folder, stamps(root))
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "coach.py").write_text("raise SystemExit('the wrong coach')", encoding="utf-8")
    link = tmp_path / "elsewhere" / "start"
    link.symlink_to(root / "run_coach.py")
    for arguments, passed in ((["preview", "x y"], ["preview", "x y"]), ([], ["start"])):
        command = [sys.executable, str(link), *arguments]
        result = subprocess.run(command, cwd=link.parent, input="words\n", capture_output=True, text=True, check=False)
        assert (result.returncode, result.stderr) == (7, "")
        assert result.stdout == f"{passed} {link.parent} words\n"


def test_an_environment_moves_with_its_folder(root: Path, tmp_path: Path) -> None:
    folder = root / ".venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    (root / "here_it_is.py").touch()
    setup_steps.point_to(python_of(folder), root)
    moved = root.rename(tmp_path / "moved")
    subprocess.run([python_of(moved / ".venv"), "-P", "-c", "import here_it_is"], check=True, cwd=tmp_path)


@pytest.mark.device
def test_a_real_first_start_from_nothing_and_again_after_an_interruption(root: Path) -> None:
    """Makes a whole environment with the system's own pip; one dependency stands for all."""
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    begin = lock.index("\nplatformdirs==") + 1
    (root / "requirements.lock").write_text(lock[begin : lock.index("\n    # via", begin)] + "\n", encoding="utf-8")
    told: list[str] = []
    try:
        python = ready(root, tell=told.append)
    except SetupError as error:
        if "internet" in str(error):
            pytest.skip(str(error))
        raise
    assert told == [
        "Setting up the coach; this happens once and takes a minute or two.",
        "[1/1] platformdirs",
        "Putting the parts in place",
        "Everything is in place.",
    ]
    subprocess.run([python, "-c", "import platformdirs"], check=True)
    assert ready(root, tell=pytest.fail) == python
    (root / ".venv" / STAMP).write_text(environment.BUILDING, encoding="utf-8")
    (root / ".venv" / "left-over").touch()
    ready(root, tell=told.append)
    assert not (root / ".venv" / "left-over").exists()
    subprocess.run([python, "-c", "import platformdirs"], check=True)


@pytest.mark.device
def test_offline_the_first_start_says_what_to_do(root: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (root / "requirements.lock").write_text("nothing-at-all==1 --hash=sha256:" + "0" * 64 + "\n", encoding="utf-8")
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/")
    monkeypatch.setenv("PIP_RETRIES", "0")
    with pytest.raises(SetupError, match="needs the internet this one time"):
        ready(root, tell=lambda _: None)
    assert not is_finished(root / ".venv", stamps(root)[:1])
