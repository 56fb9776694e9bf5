"""Leaflets as other programs would write them: PDF, Word and web pages, made without what reads them."""

from __future__ import annotations

import io
import zipfile
from html import escape

from fpdf import FPDF
from fpdf.enums import EncryptionMethod

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
