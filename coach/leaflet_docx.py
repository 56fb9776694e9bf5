"""Word documents as lines, by way of the page that they would be."""

from __future__ import annotations

import io
import zipfile
from xml.etree import ElementTree

from coach.leaflet_html import read_html
from coach.leaflet_lines import Line

UNPACKED_BYTES = 40_000_000
"""What the written parts of a document may come to, unpacked: a leaflet's are a hundredth of it."""
PARTS = 2_000

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


class UnreadableError(Exception):
    """A document that is not read: ``str(error)`` is the key of the sentence that says why."""


def read_docx(data: bytes) -> tuple[Line, ...]:
    """The lines of a Word document. Raises UnreadableError, or what its parser raises at a broken one."""
    import mammoth

    page = mammoth.convert_to_html(
        io.BytesIO(_writing(data)),
        include_embedded_style_map=False,
        convert_image=mammoth.images.img_element(lambda image: {}),
        external_file_access=False,
    )
    return read_html(page.value)


def _writing(data: bytes) -> bytes:
    """The document with nothing but its written parts, each as small as a leaflet's and with no rules of its own."""
    kept = io.BytesIO()
    room = UNPACKED_BYTES
    with zipfile.ZipFile(io.BytesIO(data)) as packed, zipfile.ZipFile(kept, "w") as written:
        names = {part.filename: part for part in packed.infolist()}
        if len(names) > PARTS:
            raise UnreadableError("heavy")
        for name, part in names.items():
            if not name.endswith((".xml", ".rels")):
                continue
            room -= part.file_size
            if room < 0:
                raise UnreadableError("heavy")
            # No more is unpacked than the size that was promised and counted.
            content = packed.read(part)
            if b"<!DOCTYPE" in content.replace(b"\0", b""):
                raise UnreadableError("broken")
            written.writestr(name, _shown(content) if b"vanish" in content else content)
    return kept.getvalue()


def _shown(part: bytes) -> bytes:
    """A written part without the words that are hidden on paper and on the screen."""
    tree = ElementTree.fromstring(part)
    for parent in tree.iter():
        for run in [child for child in parent if child.tag == f"{_W}r"]:
            mark = run.find(f"{_W}rPr/{_W}vanish")
            if mark is not None and mark.get(f"{_W}val", "1") not in ("0", "false", "off"):
                parent.remove(run)
    shown: bytes = ElementTree.tostring(tree, encoding="utf-8")
    return shown
