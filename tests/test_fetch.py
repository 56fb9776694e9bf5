"""Fetching a model from a server of our own: broken connections, wrong files, full disks, two at once."""

from __future__ import annotations

import errno
import hashlib
import io
import re
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from coach import fetch, models, settings
from coach.errors import CoachError
from coach.fetch import PublicModel, fetch_model

from .test_cli import coach
from .test_models import FILES

NAME = "vosk-model-test"


def archive(extra: dict[str, bytes] | None = None, without: str = "", links: tuple[str, ...] = ()) -> bytes:
    """A zip with a model's shape in it, large enough to break off in the middle of."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as zipped:
        for name in FILES:
            if name != without:
                zipped.writestr(f"{NAME}/{name}", hashlib.shake_256(name.encode()).digest(40_000))
        for name, content in (extra or {}).items():
            zipped.writestr(name, content)
        for name in links:
            link = zipfile.ZipInfo(name)
            link.external_attr = 0o120777 << 16
            zipped.writestr(link, "/etc/passwd")
    return held.getvalue()


class Server:
    """Serves one file, with Range; can break off, refuse ranges, or answer with an error."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.breaks: list[int] = []
        """After how many bytes to break off, for the next answers."""
        self.ranges = True
        self.status = 200
        self.asked: list[str | None] = []
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server.answer(self)

            def log_message(self, *_: Any) -> None:
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._http.server_port}/model.zip"
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        wanted = request.headers.get("Range")
        self.asked.append(wanted)
        if self.status != 200:
            request.send_error(self.status)
            return
        start = int(re.sub(r"\D", "", wanted)) if wanted and self.ranges else 0
        if start >= len(self.content):
            request.send_error(416)
            return
        body = self.content[start:]
        request.send_response(206 if start else 200)
        if start:
            request.send_header("Content-Range", f"bytes {start}-{len(self.content) - 1}/{len(self.content)}")
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body[: self.breaks.pop(0)] if self.breaks else body)

    def close(self) -> None:
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()


@pytest.fixture
def server() -> Iterator[Server]:
    served = Server(archive())
    yield served
    served.close()


@pytest.fixture
def console() -> Console:
    return Console(file=io.StringIO(), width=200)


def said(console: Console) -> str:
    return console.file.getvalue()  # type: ignore[attr-defined, no-any-return]


def wanted(server: Server, content: bytes | None = None) -> PublicModel:
    content = server.content if content is None else content
    return PublicModel(NAME, server.url, len(content), hashlib.sha256(content).hexdigest(), "CC0")


def left_in(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()} - {f".{NAME}.lock"}


def test_the_public_model_is_the_one_the_readme_names() -> None:
    readme = (Path(__file__).parent.parent / "models" / "README.md").read_text(encoding="utf-8")
    small = fetch.SMALL_ENGLISH
    assert all(text in readme for text in (small.name, small.sha256, f"{small.size:,}", small.licence))
    assert small.url.endswith(f"/{small.name}.zip")
    assert small.url.startswith("https://")


def test_a_model_is_fetched_into_the_data_folder_and_found_there(
    server: Server, console: Console, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(models, "_HERE", tmp_path / "a" / "b")
    folder = fetch_model(wanted(server), console=console)
    assert folder == models.find_model() == models.user_models() / NAME
    assert left_in(models.user_models()) == {NAME}
    assert f"The speech model is in place: {folder}" in said(console)


def test_a_model_that_is_there_is_left_alone(server: Server, console: Console, tmp_path: Path) -> None:
    fetch_model(wanted(server), folder=tmp_path, console=console)
    fetch_model(wanted(server), folder=tmp_path, console=console)
    assert len(server.asked) == 1
    assert "is already there" in said(console)


def test_a_connection_that_breaks_is_taken_up_where_it_broke(server: Server, console: Console, tmp_path: Path) -> None:
    server.breaks = [98_304, 49_152]
    assert models.what_is_wrong(fetch_model(wanted(server), folder=tmp_path, console=console)) is None
    assert server.asked == [None, "bytes=98304-", "bytes=147456-"]


def test_what_an_earlier_call_brought_is_not_fetched_again(server: Server, console: Console, tmp_path: Path) -> None:
    server.breaks = [98_304, 0]
    with pytest.raises(
        CoachError, match=r"broke after 0\.1 of 0\.2 MB; to go on from there: coach setup --public-model"
    ):
        fetch_model(wanted(server), folder=tmp_path, console=console)
    assert left_in(tmp_path) == {f".{NAME}.zip.part"}
    fetch_model(wanted(server), folder=tmp_path, console=console)
    assert server.asked[-1] == "bytes=98304-"
    assert left_in(tmp_path) == {NAME}


def test_a_server_without_ranges_is_begun_again(server: Server, console: Console, tmp_path: Path) -> None:
    server.ranges = False
    server.breaks = [100_000]
    assert models.what_is_wrong(fetch_model(wanted(server), folder=tmp_path, console=console)) is None


def test_left_overs_that_fit_nothing_are_begun_again(server: Server, console: Console, tmp_path: Path) -> None:
    part = tmp_path / f".{NAME}.zip.part"
    for junk in (b"x" * 1000, b"x" * len(server.content), b"x" * (len(server.content) + 5)):
        part.write_bytes(junk)
        folder = fetch_model(wanted(server), folder=tmp_path, console=console)
        (folder / "am/final.mdl").unlink()  # so that the next one has something to do
    (tmp_path / f".{NAME}-killed").mkdir()
    fetch_model(wanted(server), folder=tmp_path, console=console)
    assert left_in(tmp_path) == {NAME}


@pytest.mark.parametrize("content", [b"another file", archive(extra={"x": b"y"}), b""])
def test_another_file_is_thrown_away(server: Server, console: Console, tmp_path: Path, content: bytes) -> None:
    model = wanted(server)
    server.content = content
    with pytest.raises(CoachError):
        fetch_model(model, folder=tmp_path, console=console)
    assert not (tmp_path / NAME).exists()


def test_a_wrong_checksum_is_said(server: Server, console: Console, tmp_path: Path) -> None:
    with pytest.raises(CoachError, match=r"its SHA-256 is another.*thrown away"):
        fetch_model(replace(wanted(server), sha256="0" * 64), folder=tmp_path, console=console)
    assert left_in(tmp_path) == set()


@pytest.mark.parametrize(
    "content",
    [
        archive(extra={f"{NAME}/../../evil": b"x"}),
        archive(extra={"/evil": b"x"}),
        archive(extra={"..\\evil": b"x"}),
        archive(extra={"C:/evil": b"x"}),
        archive(links=(f"{NAME}/link",)),
        archive(extra={"bomb": bytes(2_000_000)}),
        archive(without="am/final.mdl"),
        b"no zip at all",
    ],
)
def test_an_archive_that_is_not_only_a_model_is_not_unpacked(
    server: Server, console: Console, tmp_path: Path, content: bytes
) -> None:
    server.content = content
    folder = tmp_path / "deep" / "models"
    with pytest.raises(CoachError):
        fetch_model(replace(wanted(server), largest_unpacked=1_000_000), folder=folder, console=console)
    assert left_in(folder) <= {f".{NAME}.zip.part"}
    assert not list(tmp_path.rglob("*evil*"))


def test_offline_and_refusing_servers_are_one_sentence_each(console: Console, tmp_path: Path) -> None:
    gone = Server(archive())
    gone.close()
    with pytest.raises(CoachError, match=r"127\.0\.0\.1 can't be reached: try again when .* connected") as offline:
        fetch_model(wanted(gone), folder=tmp_path, console=console)
    assert "\n" not in str(offline.value)
    for status, reason in ((404, "Not Found"), (503, "Service Unavailable")):
        server = Server(archive())
        server.status = status
        with pytest.raises(CoachError, match=f"answered “{status} {reason}”"):
            fetch_model(wanted(server), folder=tmp_path, console=console)
        server.close()
    assert left_in(tmp_path) == set()


def test_a_full_disk_is_one_sentence_and_leaves_no_half_model(
    server: Server, console: Console, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: zipfile.ZipFile, path: Path) -> None:
        Path(path, NAME, "am").mkdir(parents=True)
        Path(path, NAME, "am", "final.mdl").write_bytes(b"x")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(zipfile.ZipFile, "extractall", full)
    with pytest.raises(CoachError, match="There is no room for the speech model in"):
        fetch_model(wanted(server), folder=tmp_path, console=console)
    assert left_in(tmp_path) == {f".{NAME}.zip.part"}


def test_a_folder_that_can_not_be_made_is_one_sentence(server: Server, console: Console, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(CoachError, match="can't be put into"):
        fetch_model(wanted(server), folder=tmp_path / "file" / "models", console=console)


def test_two_at_once_fetch_it_once(server: Server, console: Console, tmp_path: Path) -> None:
    found: list[Path] = []
    threads = [
        threading.Thread(target=lambda: found.append(fetch_model(wanted(server), folder=tmp_path, console=console)))
        for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [tmp_path / NAME] * 3
    assert server.asked == [None]


def test_setup_hears_with_what_came_and_only_with_that(
    server: Server, console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetch, "fetch_model", lambda: fetch_model(wanted(server), console=console))
    server.status = 404
    assert coach("setup", "--public-model").exit_code == 2
    assert settings.load().model is None
    server.status = 200
    assert coach("setup", "--public-model").exit_code == 0
    assert models.find_model(None, settings.load().model) == models.user_models() / NAME
