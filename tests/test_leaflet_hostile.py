"""Leaflets that mean harm: what they hold reaches nobody, and none keeps the coach busy or fills the memory."""

from __future__ import annotations

import io
import random
import sys
import time
import unicodedata
import zipfile
import zlib
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coach import leaflet_files
from coach.errors import CoachError
from coach.leaflet_clean import LINE_CHARACTERS, clean_lines, clean_text, clean_words
from coach.leaflet_files import LeafletText, read_leaflet
from coach.leaflet_html import read_html
from coach.leaflet_lines import Line
from coach.leaflet_worker import MEMORY_BYTES
from tests.leaflet_printed import docx_of, docx_text, html_of, locked, pdf_of, zipped

BAD = (
    "\x1b[31mred\x1b[0m \x1b]0;title\x07 "
    "\x1b]8;;http://evil.example\x1b\\here\x1b]8;;\x1b\\ \x9b2J \x1bc \x08 \x07 \x7f",
    "Bri\u202edge\u202c \u2066x\u2069 \u200b\u200e\ufeff \U000e0041 \ud800 \U0010fff0",
    "see https://evil.example/a?b=c or www.evil.example, javascript:alert(1) or me@evil.example",
    "<script>alert(1)</script> [link=file:///etc/passwd]x[/link] [[slnc 9999]] <silence msec='9'/>",
    "a" + "\u0301" * 50 + " <<b>script> <htt<b>p://evil.example",
)
"""What must not get through, in one form or another."""


def read(name: str, data: bytes) -> LeafletText:
    return read_leaflet(Path(name), data)


def is_harmless(text: str) -> bool:
    """Whether text can be shown, said and put into a name without commanding anything."""
    plain = all(unicodedata.category(character)[0] != "C" for character in text)
    tempting = any(
        sign in text for sign in ("://", "[", "]", "<script", "</", "<b", "<silence", "www.", "@", "javascript:")
    )
    return plain and not tempting and len(text) <= LINE_CHARACTERS


@pytest.mark.parametrize("bad", BAD)
def test_what_commands_terminals_and_speech_does_not_get_through(bad: str) -> None:
    tried: list[tuple[str, bytes]] = [
        ("a.txt", f"Bridge {bad}".encode("utf-8", "surrogatepass")),
        ("a.md", f"# Bridge {bad}".encode("utf-8", "replace")),
        ("a.html", f"<html><p>Bridge <a href='javascript:alert(1)'>here</a> {bad}".encode("utf-8", "replace")),
        ("a.html", html_of(f"Bridge {bad}").encode("utf-8", "replace")),
    ]
    for name, data in tried:
        leaflet = read(name, data)
        assert "Bri" in leaflet.lines[0].text
        assert all(is_harmless(line.text) for line in leaflet.lines), leaflet


def test_what_a_reader_sees_stays() -> None:
    seen = "Hold 5–10 s (½ a minute), pain < 4/10 & > 2: 3 × 10 ‘slowly’ … ______ 20° 50% £3 – é"  # noqa: RUF001
    assert clean_text(seen) == seen


@given(st.text(st.characters(), max_size=300) | st.lists(st.sampled_from(BAD)).map("".join))
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    once = clean_text(text)
    assert clean_text(once) == once
    assert all(unicodedata.category(character)[0] != "C" for character in clean_words(text))
    assert "://" not in once
    assert "[" not in once


@given(
    st.lists(
        st.builds(Line, st.text(max_size=30) | st.sampled_from(("", "word " * 3_000, "x" * 9_000, "a. " * 2_000))),
        max_size=4,
    )
)
@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_lines_are_short_and_gaps_single(lines: list[Line]) -> None:
    cleaned = list(clean_lines(lines))
    assert all(len(line.text) <= LINE_CHARACTERS for line in cleaned)
    assert not any(one == two == Line("") for one, two in pairwise(cleaned))
    assert "".join("".join(line.text.split()) for line in cleaned) == "".join(
        "".join(clean_words(line.text).split()) for line in lines
    )


def test_the_name_of_a_file_is_as_strange_as_its_content() -> None:
    with pytest.raises(CoachError) as told:
        read_leaflet(Path("\x1b[2J\u202e[bold]" + "n" * 200 + "\udcff.txt"), b"")
    assert str(told.value).isprintable()
    assert "[" not in str(told.value)


# --- any bytes -------------------------------------------------------------------------------------------------------


def reads_or_tells(name: str | None, data: bytes) -> LeafletText | None:
    """The leaflet, or None where it was refused in one plain sentence."""
    try:
        return read_leaflet(Path(name) if name else None, data)
    except CoachError as error:
        said = str(error)
    assert said.isprintable()
    assert said.endswith(".")
    return None


BEGINNINGS = st.sampled_from(
    (
        b"",
        b"\xef\xbb\xbf",
        b"\xff\xfe",
        b"\xfe\xff",
        b"\xff\xfe\0\0",
        b"BM",
        b"RIFF",
        b"II*\0",
        b"PK\x03\x04",
        b"PK\x05\x06",
    )
)


@given(BEGINNINGS, st.binary(max_size=400) | st.text(max_size=300).map(lambda text: text.encode("utf-16")))
def test_no_bytes_raise_anything_else(beginning: bytes, data: bytes) -> None:
    leaflet = reads_or_tells("a.txt", beginning + data)
    assert leaflet is None or all(is_plain(line) for line in leaflet.lines)


def is_plain(line: Line) -> bool:
    return all(unicodedata.category(character)[0] != "C" for character in line.text + (line.item or ""))


@given(st.integers(0, 2**32), st.integers(1, 40))
@settings(max_examples=60)
def test_a_damaged_archive_is_told(seed: int, times: int) -> None:
    reads_or_tells("a.zip", spoilt(zipped("leaflet.txt"), seed, times))


TAGS = (
    *(
        "p",
        "div",
        "table",
        "tr",
        "td",
        "th",
        "ul",
        "ol",
        "li",
        "h1",
        "b",
        "sup",
        "s",
        "pre",
        "br",
        "main",
        "input",
        "select",
    ),
    *("textarea", "a", "nav", "body", "head", "svg", "template"),
)
SOUP = st.lists(
    st.sampled_from([f"<{tag}>" for tag in TAGS] + [f"</{tag}>" for tag in TAGS])
    | st.sampled_from(
        ["<td rowspan=3>", "<td colspan=9999999>", "<ol start=-5>", "<li value=x>", "<!--", "&#0;", "&#x1b;"]
    )
    | st.text(max_size=8),
    max_size=40,
).map("".join)


@given(SOUP)
@settings(max_examples=300)
def test_no_page_is_too_odd(page: str) -> None:
    for line in read_html(page):
        assert line.row is None or 0 <= line.row <= 100
        assert is_plain(line) or "\f" in line.text


def spoilt(data: bytes, seed: int, times: int) -> bytes:
    """The data with some bytes changed."""
    chance = random.Random(seed)
    changed = bytearray(data)
    for _ in range(times):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


@pytest.mark.device
@pytest.mark.parametrize("seed", range(8))
def test_damaged_documents_are_read_or_told(seed: int) -> None:
    reads_or_tells("a.pdf", spoilt(bytes(pdf_of("Bridge 10 times\n" * 20).output()), seed, 60))
    reads_or_tells("a.docx", spoilt(docx_text("Bridge 10 times"), seed, 5))


# --- bombs ------------------------------------------------------------------------------------------------------------


def stream(content: bytes, filters: str = "/FlateDecode") -> bytes:
    """A PDF with one page that draws this."""
    head = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    page = b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R>>endobj\n"
    body = f"4 0 obj<</Length {len(content)}/Filter[{filters}]>>stream\n".encode() + content + b"\nendstream endobj\n"
    return head + page + body + b"trailer<</Root 1 0 R>>\n%%EOF"


def deflated(piece: bytes, times: int) -> bytes:
    packer = zlib.compressobj(9)
    return b"".join([packer.compress(piece * 1000) for _ in range(times // 1000)] + [packer.flush()])


def bombs() -> dict[str, bytes]:
    endless = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[2 0 R 2 0 R]>>endobj\n"
    laughs = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    entities = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(docx_of(""))) as old, zipfile.ZipFile(entities, "w") as new:
        for part in old.namelist():
            body = old.read(part).decode()
            new.writestr(part, f'<!DOCTYPE x [<!ENTITY a0 "lol">{laughs}]>{body}' if "document" in part else body)
    return {
        "stream.pdf": stream(deflated(b"0 0 m 1 1 l S\n", 3_000_000)),
        "twice.pdf": stream(zlib.compress(deflated(b"\0" * 1000, 1_000_000)), "/FlateDecode /FlateDecode"),
        "round.pdf": endless + b"trailer<</Root 1 0 R>>\n%%EOF",
        "brackets.pdf": b"%PDF-1.4\n1 0 obj" + b"[" * 1_000_000,
        "large.docx": docx_of("<w:p/>" * 8_000_000),
        "long.docx": docx_of("<w:p><w:r><w:t>a</w:t></w:r></w:p>" * 100_000),
        "deep.docx": docx_of("<w:p>" * 20_000 + "</w:p>" * 20_000),
        "laughs.docx": entities.getvalue(),
        "deep.html": b"<html>" + b"<div>" * 900_000 + b"Bridge",
        "tables.html": b"<html>" + b"<table><tr><td>" * 300_000 + b"Bridge",
        "bold.html": b"<html>" + b"<b><p>" * 700_000 + b"Bridge",
        "less.html": b"<html>" + b"<" * 4_900_000,
        "brackets.md": b"[" * 190_000,
        "stars.md": b"*a _b " * 30_000,
        "quotes.md": b"> " * 90_000 + b"a",
    }


BOMBS = bombs()


@pytest.mark.device
@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_or_read_in_bounded_time_and_memory(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leaflet_files, "LIMIT_S", 2.0)
    assert len(BOMBS[name]) <= leaflet_files.BYTES
    began = time.monotonic()
    reads_or_tells(name, BOMBS[name])
    assert time.monotonic() - began < 30
    if sys.platform == "linux":
        import resource

        assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024 < MEMORY_BYTES


SLOW = (
    *(
        "a@a." * 49_000,
        "www." * 49_000,
        "<!-- -->" * 24_000,
        "<" * 99_000 + "b>" * 40_000,
        "a+" * 99_000,
        "\x1b]" * 99_000,
    ),
    *(" " * 4_900_000 + "a", "\n" * 4_900_000 + "a", "\xad" + " " * 190_000, "\u0301" * 99_000, "1 " * 99_000),
)


@pytest.mark.parametrize("text", SLOW, ids=lambda text: ascii(text[:6]))
def test_no_text_is_slow_to_clean(text: str) -> None:
    began = time.monotonic()
    reads_or_tells("a.txt", text.encode())
    assert time.monotonic() - began < 20


def test_a_reader_that_never_ends_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leaflet_files, "LIMIT_S", 0.01)
    with pytest.raises(CoachError, match="takes too long"):
        read("a.docx", docx_text("Bridge"))


def test_hidden_words_of_a_document_are_not_read() -> None:
    hidden = "<w:r><w:rPr><w:vanish/></w:rPr><w:t> 900 times</w:t></w:r>"
    shown = "<w:r><w:rPr><w:vanish w:val='0'/></w:rPr><w:t> 9 times</w:t></w:r>"
    leaflet = read("a.docx", docx_of(f"<w:p><w:r><w:t>Bridge</w:t></w:r>{hidden}{shown}</w:p>"))
    assert leaflet.lines[0].text == "Bridge 9 times"


def test_a_locked_document_is_not_named_damaged() -> None:
    with pytest.raises(CoachError, match="locked"):
        read("a.pdf", locked())
