"""Leaflets in many kinds of files: the lines are the same whatever they came in."""

from __future__ import annotations

import io
import zipfile
from html import escape
from pathlib import Path

import pytest
from fpdf import FPDF, FPDFException
from fpdf.enums import AccessPermission, EncryptionMethod

from coach.errors import CoachError
from coach.leaflet_files import LeafletText, load_leaflet, read_leaflet
from coach.leaflet_lines import Line

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

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
CONTENT_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.'
    'wordprocessingml.document.main+xml"/></Types>'
)
RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
    'Target="word/document.xml"/></Relationships>'
)


def pdf_of(text: str, size: int = 12) -> FPDF:
    """The text printed on A4, its long lines wrapped."""
    pdf = FPDF()
    pdf.set_font("Helvetica", size=size)
    pdf.add_page()
    for line in text.split("\n"):
        if line.strip():
            pdf.multi_cell(0, 6, line, align="L", new_x="LMARGIN", new_y="NEXT")
        else:
            pdf.ln(6)
    return pdf


def docx_of(body: str) -> bytes:
    """A Word document with this in its body."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as document:
        document.writestr("[Content_Types].xml", CONTENT_TYPES)
        document.writestr("_rels/.rels", RELATIONS)
        document.writestr("word/document.xml", f'<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>')
    return packed.getvalue()


def paragraphs(text: str) -> list[list[str]]:
    return [block.split("\n") for block in text.strip().split("\n\n")]


def docx_text(text: str) -> bytes:
    broken = ["<w:br/>".join(f"<w:t>{escape(line)}</w:t>" for line in block) for block in paragraphs(text)]
    return docx_of("".join(f"<w:p><w:r>{runs}</w:r></w:p>" for runs in broken))


def html_of(text: str) -> str:
    inside = "\n".join(f"<p>{'<br>'.join(escape(line) for line in block)}</p>" for block in paragraphs(text))
    return f"<!DOCTYPE html>\n<html><head><title>Sheet</title></head><body>{inside}</body></html>"


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
    try:
        pdf.set_encryption("owner", "", EncryptionMethod.AES_256, AccessPermission.none())
    except FPDFException:
        pdf.set_encryption("owner", "", EncryptionMethod.RC4, AccessPermission.none())
    assert said(read("a.pdf", bytes(pdf.output()))) == [(None, "Bridge 10 times")]


def locked() -> bytes:
    pdf = pdf_of("Bridge 10 times")
    pdf.set_encryption("owner", "user", EncryptionMethod.RC4)
    return bytes(pdf.output())


def scan() -> bytes:
    from PIL import Image

    pdf = FPDF()
    pdf.add_page()
    pdf.image(Image.new("L", (200, 300), 200), x=0, y=0, w=200)
    return bytes(pdf.output())


def zipped(name: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(name, "x")
    return packed.getvalue()


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
