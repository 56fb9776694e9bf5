"""Leaflets in many kinds of files: the lines are the same whatever they came in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from fpdf import FPDF
from fpdf.enums import AccessPermission, EncryptionMethod

from coach.errors import CoachError
from coach.leaflet import understand_leaflet
from coach.leaflet_files import LeafletText, load_leaflet, read_leaflet
from coach.leaflet_lines import Line
from tests.leaflet_printed import docx_of, docx_text, html_of, locked, pdf_of, scan, zipped
from tests.shared import SHARED

LEAFLET = """Moves for a stiff back

Go gently at first, and do these on a firm bed or on a mat on the floor. A little pulling is fine; if \
a move brings on sharp pain, leave it out and tell the person who gave you this sheet.

1. Knee hugs
Lie on your back with both knees bent. Bring one knee towards you with your hands, as far as is comfortable.
Hold for 20 seconds. Repeat 3 times on each side.

2. Bridge
Lie on your back, feet flat and apart. Squeeze your seat and lift it off the bed until body and thighs are in line.
3 x 10, twice daily

3. Heel slides
Slide one heel towards your seat and away again.
Repeat ______ times.

Ring the desk if you are in doubt.
"""


def said(leaflet: LeafletText) -> list[tuple[str | None, str]]:
    lines = list(leaflet.lines)
    while lines and lines[-1] == Line(""):
        lines.pop()
    return [(line.item, line.text) for line in lines]


def read(name: str, data: bytes) -> LeafletText:
    return read_leaflet(Path(name), data)


def html_lines(body: str) -> list[Line]:
    return [line for line in read("sheet.html", f"<html><body>{body}".encode()).lines if line != Line("")]


AS_TEXT = said(read("sheet.txt", LEAFLET.encode()))


def test_plain_text_keeps_its_lines_gaps_and_numbers() -> None:
    assert AS_TEXT[:2] == [(None, "Moves for a stiff back"), (None, "")]
    assert ("1.", "Knee hugs") in AS_TEXT
    assert (None, "Repeat ______ times.") in AS_TEXT


@pytest.mark.parametrize("name", ["sheet.pdf", "sheet.docx", "sheet.html", "sheet.md", "no-ending"])
def test_the_same_leaflet_in_another_file_gives_the_same_lines(name: str) -> None:
    data = {
        "sheet.pdf": lambda: bytes(pdf_of(LEAFLET).output()),
        "sheet.docx": lambda: docx_text(LEAFLET),
        "sheet.html": lambda: html_of(LEAFLET).encode(),
        "no-ending": lambda: html_of(LEAFLET).encode("utf-16"),
        "sheet.md": LEAFLET.encode,
    }[name]()
    lines = said(read(name, data))
    if name == "sheet.md":  # there, what follows a numbered line belongs to it, and gaps are loose
        assert [line for line in lines if line[1]] == [line for line in AS_TEXT if line[1]]
    else:
        assert lines == AS_TEXT


def doses(lines: Sequence[Line]) -> list[dict[str, Any]]:
    return [{**exercise, "steps": None} for exercise in understand_leaflet(lines).as_dict()["exercises"]]


def printed(text: str) -> dict[str, bytes]:
    """The text as three other kinds of files."""
    return {
        "sheet.pdf": bytes(pdf_of(text).output()),
        "sheet.docx": docx_text(text),
        "sheet.html": html_of(text).encode(),
    }


PLAIN = str.maketrans({"•": "\u00b7", "…": "...", "\u2019": "'", "\u2018": "'", "\u2013": "-", "“": '"', "”": '"'})
"""What the letters of a PDF's own fonts lack is printed otherwise."""


@pytest.mark.device
@pytest.mark.parametrize("path", sorted(SHARED.glob("leaflets/**/*.txt")) if SHARED else [], ids=lambda path: path.stem)
def test_a_leaflet_in_another_file_gives_the_same_exercises(path: Path) -> None:
    text = path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n").replace("\f", "\n\n")
    text = re.sub(r"\n[ \t]*\n+", "\n\n", text).translate(PLAIN).encode("latin-1", "ignore").decode("latin-1")
    expected = doses(read("sheet.txt", text.encode()).lines)
    for name, data in printed(text).items():
        assert doses(read(name, data).lines) == expected, name


PROGRAMME = (
    ("Exercise", "How to do it", "Hold", "Repeat"),
    ("Bridge", "Lie on your back with bent knees and lift your seat slowly off the bed.", "5 seconds", "10 times"),
    ("Calf stretch", "Stand facing a wall, one foot behind, and lean forwards.", "20 seconds", "3 times each leg"),
)


def programme(kind: str) -> bytes:
    """The table in a file of this kind."""
    if kind == "pdf":
        pdf = pdf_of("")
        with pdf.table() as table:
            for row in PROGRAMME:
                table.row(row)
        return bytes(pdf.output())
    before, after = ("<w:tr>", "</w:tr>") if kind == "docx" else ("<tr>", "</tr>")
    cell = "<w:tc><w:p><w:r><w:t>{}</w:t></w:r></w:p></w:tc>" if kind == "docx" else "<td><p>{}</p></td>"
    rows = "".join(before + "".join(map(cell.format, row)) + after for row in PROGRAMME)
    return docx_of(f"<w:tbl>{rows}</w:tbl>") if kind == "docx" else f"<html><table>{rows}</table>".encode()


@pytest.mark.parametrize("kind", ["pdf", "docx", "html"])
def test_a_table_in_another_file_gives_the_same_exercises(kind: str) -> None:
    text = "\n".join(" | ".join(row) for row in PROGRAMME)
    expected = doses(read("sheet.txt", text.encode()).lines)
    assert [(one["hold_s"], one["reps"]) for one in expected] == [([5, 5], [10, 10]), ([20, 20], [3, 3])]
    assert doses(read(f"sheet.{kind}", programme(kind)).lines) == expected


@pytest.mark.parametrize(
    "coding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252", "mac_roman"]
)
def test_any_encoding(coding: str) -> None:
    text = "Stretch \u2013 10 \u00d7 each side, “slowly”\nDon\u2019t bounce… count to five, then rest. Café £2\n"
    text = text if coding != "mac_roman" else text.replace("\u00d7", "x")
    assert said(read("sheet.txt", text.encode(coding))) == [(None, line) for line in text.splitlines()]


def test_line_ends_pages_soft_hyphens_ligatures_and_symbols() -> None:
    text = "First\r\nex\u00ad\r\nercise \ufb01nger\u00a0lift\rlast\f\uf0b7 Bridge\u2028next\u00adone"
    assert said(read("a.txt", text.encode())) == [
        (None, "First"),
        (None, "exercise finger lift"),
        (None, "last"),
        (None, ""),
        ("•", "Bridge"),
        (None, "nextone"),
    ]


def test_a_page_is_read_as_it_is_seen() -> None:
    lines = html_lines(
        "<nav>Menu</nav><script>alert(1)</script><style>p{}</style><header><a href='/'>Home</a></header>"
        "<h2>Bridge</h2><p>Lift <b>slowly</b>,<br>10<sup>1</sup> times, hold <input> seconds.</p>"
        "<p hidden>no</p><div style='display: none'>no</div><p><s>20</s> 30 times</p>"
        "<ol start=3><li>Roll<ul><li>left</ul><li>Rest</ol><ol type=a><li>Last</ol><footer>Print</footer>"
    )
    assert [(line.text, line.heading, line.item) for line in lines] == [
        ("Bridge", 2, None),
        ("Lift slowly,", 0, None),
        ("10 times, hold ______ seconds.", 0, None),
        ("30 times", 0, None),
        ("Roll", 0, "3."),
        ("left", 0, "•"),
        ("Rest", 0, "4."),
        ("Last", 0, "a."),
    ]


def test_a_table_becomes_cells_and_a_layout_does_not() -> None:
    lines = html_lines(
        "<table><tr><th>Move<th>How often<tr><td rowspan=2>Bridge<td>10 times<tr><td>daily</table>"
        "<table><tr><td><h2>Inside</h2><p>text</p><td>more</table>"
    )
    assert [(line.text, line.row, line.column) for line in lines] == [
        ("Move", 0, 0),
        ("How often", 0, 1),
        ("Bridge", 1, 0),
        ("10 times", 1, 1),
        ("daily", 2, 1),
        ("Inside", None, None),
        ("text", None, None),
        ("more", None, None),
    ]


def test_a_word_document_with_headings_lists_and_a_table() -> None:
    cell = "<w:tc><w:p><w:r><w:t>{}</w:t></w:r></w:p></w:tc>"
    document = docx_of(
        "<w:p><w:r><w:rPr><w:b/></w:rPr><w:t>Wall slide</w:t></w:r></w:p>"
        "<w:p><w:r><w:t>Slide down </w:t></w:r><w:ins><w:r><w:t>slowly</w:t></w:r></w:ins>"
        "<w:del><w:r><w:delText>fast</w:delText></w:r></w:del></w:p>"
        f"<w:tbl><w:tr>{cell.format('Bridge')}{cell.format('3 x 10')}</w:tr></w:tbl>"
    )
    lines = [line for line in read("a.docx", document).lines if line.text]
    assert lines == [
        Line("Wall slide", heading=6),
        Line("Slide down slowly"),
        Line("Bridge", row=0, column=0),
        Line("3 x 10", row=0, column=1),
    ]


def test_a_pdf_with_headings_columns_and_page_numbers() -> None:
    pdf = FPDF()
    for page in range(1, 4):
        pdf.add_page()
        pdf.set_font("Helvetica", size=20)
        pdf.cell(0, 10, f"Move {page}", new_x="LMARGIN", new_y="NEXT")
        pdf.set_font("Helvetica", size=11)
        for side in range(2):
            pdf.set_left_margin(10 + 100 * side)
            pdf.set_y(30)
            pdf.multi_cell(
                85, 5, f"Page {page} side {side} " + "lift your leg up slowly and let it down again " * 8, align="L"
            )
        pdf.set_left_margin(10)
        pdf.set_auto_page_break(False)
        pdf.set_y(-12)
        pdf.cell(0, 5, f"Page {page} of 3")
    lines = [line for line in read("a.pdf", bytes(pdf.output())).lines if line.text]
    assert [line.text for line in lines if line.heading] == ["Move 1", "Move 2", "Move 3"]
    starts = [line.text[:13] for line in lines if not line.heading]
    assert starts == [f"Page {page} side {side}" for page in range(1, 4) for side in range(2)]


def test_a_pdf_table_and_the_figure_of_a_footnote() -> None:
    pdf = pdf_of("Your programme")
    with pdf.table() as table:
        for row in (("Move", "How often"), ("Bridge", "10 times"), ("March on the spot", "")):
            table.row(row)
    pdf.ln(8)
    pdf.write(6, "Repeat 10")
    pdf.set_font_size(6)
    pdf.set_char_spacing(0)
    pdf.write(6, "1")
    pdf.set_font_size(12)
    pdf.write(6, " times")
    lines = [line for line in read("a.pdf", bytes(pdf.output())).lines if line != Line("")]
    assert [(line.text, line.row, line.column) for line in lines] == [
        ("Your programme", None, None),
        ("Move", 0, 0),
        ("How often", 0, 1),
        ("Bridge", 1, 0),
        ("10 times", 1, 1),
        ("March on the spot", 2, 0),
        ("", 2, 1),
        ("Repeat 10 times", None, None),
    ]


def test_a_pdf_that_is_only_protected_against_changes_is_read() -> None:
    pdf = pdf_of("Bridge 10 times")
    pdf.set_encryption("owner", "", EncryptionMethod.AES_128, AccessPermission.none())
    assert said(read("a.pdf", bytes(pdf.output()))) == [(None, "Bridge 10 times")]


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("a.pdf", scan(), "is a scan"),
        ("a.pdf", locked(), "locked with a password"),
        ("a.pdf", b"%PDF-1.7 nothing more", "damaged"),
        ("a.pdf", b"plain words", "none inside"),
        ("a.png", b"\x89PNG\r\n\x1a\n", "is a picture"),
        ("a.jpg", b"\xff\xd8\xff\xe0", "is a picture"),
        ("a.txt", b"RIFF\0\0\0\0WEBPVP8 ", "is a picture"),
        ("a.svg", b"<svg xmlns='x'><text>Bridge</text></svg>", "is a picture"),
        ("a.heic", b"\0\0\0\x18ftypheic", "is a picture"),
        ("a.mp3", b"ID3\x03", "sound or a film"),
        ("a.zip", zipped("leaflet.txt"), "unpack it"),
        ("a.zip", b"PK\x03\x04broken", "damaged"),
        ("a.odt", zipped("mimetype"), "office document"),
        ("a.xlsx", zipped("xl/workbook.xml"), "office document"),
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old Word document"),
        ("a.rtf", b"{\\rtf1 Bridge}", "office document"),
        ("a.txt", b" \n", "is empty"),
        ("a.txt", b"1234", "no text in it"),
        ("a.bin", bytes(range(256)) * 20, "is neither text"),
        ("a.txt", b"a" * 5_000_001, "larger than 5 MB"),
        ("a.txt", b"word " * 50_000, "far more text"),
        ("a.pdf", bytes(pdf_of("\n".join(["line"] * 2000)).output()), "too many pages"),
    ],
)
def test_what_is_no_leaflet_is_told_what_it_is(name: str, data: bytes, words: str) -> None:
    with pytest.raises(CoachError, match=words) as told:
        read(name, data)
    assert name in str(told.value)
    assert str(told.value).count("\n") == 0


def test_files_that_are_not_there_or_are_no_files(tmp_path: Path) -> None:
    (tmp_path / "sheet.txt").write_text("Bridge x 10", encoding="utf-8")
    assert said(load_leaflet(tmp_path / "sheet.txt")) == [(None, "Bridge x 10")]
    for path in (tmp_path, tmp_path / "none\x1b[31m.txt", Path("/dev/zero"), Path("\0"), Path("a" * 5000)):
        with pytest.raises(CoachError) as told:
            load_leaflet(path)
        assert str(told.value).isprintable()


def test_what_is_typed_or_copied_is_text_or_a_page() -> None:
    assert said(read_leaflet(None, b"bridge 3x10 hold 5s")) == [(None, "bridge 3x10 hold 5s")]
    assert read_leaflet(None, b"<html><p>Bridge").kind == "html"
    assert said(read_leaflet(None, b"# Bridge", "markdown")) == [(None, "Bridge")]
    with pytest.raises(CoachError, match="kinds of leaflets"):
        read_leaflet(None, b"x", "exe")
