"""What kind of file a leaflet came in, and how its text is encoded."""

from __future__ import annotations

import codecs
import io
import re
import zipfile

from coach.errors import CoachError

KINDS = ("text", "markdown", "html", "pdf", "docx")

_SUFFIXES = {
    ".md": "markdown",
    ".markdown": "markdown",
    ".htm": "html",
    ".html": "html",
    ".xhtml": "html",
    ".pdf": "pdf",
    ".docx": "docx",
}
_PICTURE = (
    "is a picture, which the coach can't read: ask for a version with text, or type the exercises into a text file."
)
_ARCHIVE = "is an archive of files: unpack it, and use the leaflet's own file."
_SOUND = "is a sound or a film: the coach needs the leaflet's words as text."
_WORD = "is an old Word document or one with a password: open it, save it as .docx without one, and use that file."
_OTHER = "is neither text, a web page, PDF nor Word: save the leaflet as one of these, and use that file."
_OFFICE = "is an office document that the coach can't read: open it, save it as PDF or as text, and use that file."
_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG", _PICTURE),
    (b"\xff\xd8\xff", _PICTURE),
    (b"GIF8", _PICTURE),
    (b"BM", _PICTURE),
    (b"II*\0", _PICTURE),
    (b"MM\0*", _PICTURE),
    (b"\x1f\x8b", _ARCHIVE),
    (b"7z\xbc\xaf", _ARCHIVE),
    (b"Rar!", _ARCHIVE),
    (b"BZh", _ARCHIVE),
    (b"\xfd7zXZ", _ARCHIVE),
    (b"\x28\xb5\x2f\xfd", _ARCHIVE),
    (b"ID3", _SOUND),
    (b"OggS", _SOUND),
    (b"fLaC", _SOUND),
    (b"\xd0\xcf\x11\xe0", _WORD),
    (b"{\\rtf", _OFFICE),
)
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CODINGS = ["cp1252", "mac_roman", "cp850"]
"""What English leaflets are written in, besides Unicode. The guess is between these alone: a short text fits many."""
_DECLARED = re.compile(rb"(?:charset|encoding)\s*=\s*[\"']?\s*([a-z][a-z0-9_.:-]{1,30})", re.IGNORECASE)
_COMMENTS = re.compile(r"<!--.*?-->|<\?xml[^>]*>", re.DOTALL | re.IGNORECASE)
_PAGE = re.compile(r"<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")


def kind_of(name: str, suffix: str, data: bytes, kind: str | None) -> str:
    """The kind of file: what its content shows, then what it was said to be, then its name. Raises CoachError."""
    if kind is not None and kind not in KINDS:
        raise CoachError(f"The coach reads these kinds of leaflets: {', '.join(KINDS)}.")
    if not data.strip():
        raise CoachError(f"{name} is empty: the coach needs the leaflet's words.")
    if b"%PDF-" in data[:1024]:
        return "pdf"
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return _packed(name, data)
    if what := _known(data):
        raise CoachError(f"{name} {what}")
    wanted = kind or _SUFFIXES.get(suffix.lower())
    beginning = _COMMENTS.sub("", decoded(name, data[:100_000]).strip()[:4000]).lstrip()
    if wanted in (None, "pdf", "docx") and _PAGE.match(beginning):
        return "html"
    if re.match(r"<svg\b", beginning):
        raise CoachError(f"{name} {_PICTURE}")
    if wanted in ("pdf", "docx"):
        called = "a PDF" if wanted == "pdf" else "a Word document"
        raise CoachError(f"{name} is called {called} but is none inside: get it again, or save it as text.")
    return wanted or "text"


def decoded(name: str, data: bytes) -> str:
    """The text of a file in any encoding. Raises CoachError where it is no text."""
    text = _decoded(data)
    if len(_CONTROLS.findall(text)) > max(8, 0.01 * len(text)):
        raise CoachError(f"{name} {_OTHER}")
    return text


def _decoded(data: bytes) -> str:
    for mark, coding in _BOMS:
        if data.startswith(mark):
            return data.decode(coding, "replace").removeprefix("\ufeff")
    even, odd = data[0:20_000:2].count(0), data[1:20_000:2].count(0)
    half = max(1, min(len(data), 20_000) // 2)
    if max(even, odd) > 0.3 * half and min(even, odd) < 0.1 * half:
        return data.decode("utf-16-be" if even > odd else "utf-16-le", "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    mended = data.decode("utf-8", "replace")
    if mended.count("\ufffd") * 4 < sum(character > "\x7f" for character in mended):
        return mended  # Unicode with a scratch; as anything else, every letter with an accent would be two wrong ones.
    return data.decode(_declared(data) or _guessed(data), "replace")


def _declared(data: bytes) -> str | None:
    """The encoding that a page names in its head, as long as it is one that all systems read alike."""
    found = _DECLARED.search(data[:4096])
    if found is None:
        return None
    try:
        coding = codecs.lookup(found[1].decode("ascii")).name
        " ".encode(coding)
    except (LookupError, UnicodeError, ValueError):
        return None
    # What pages call Latin 1 has long meant this.
    return {"iso8859-1": "cp1252", "ascii": "cp1252"}.get(coding, coding if coding != "utf-8" else None)


def _guessed(data: bytes) -> str:
    from charset_normalizer import from_bytes

    best = from_bytes(data[:100_000], cp_isolation=_CODINGS).best()
    return best.encoding if best is not None else "cp1252"


def _known(data: bytes) -> str | None:
    for magic, what in _MAGIC:
        if data.startswith(magic) and (magic != b"BM" or b"\0" in data[:20]):
            return what
    if data[:4] == b"RIFF":
        return _PICTURE if data[8:12] == b"WEBP" else _SOUND
    if data[4:8] == b"ftyp":
        return _PICTURE if data[8:12] in (b"heic", b"heix", b"mif1", b"msf1", b"avif") else _SOUND
    return None


def _packed(name: str, data: bytes) -> str:
    """What a zip holds: a Word document, or something to be told about."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            names = set(packed.namelist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, EOFError):
        raise CoachError(f"{name} is damaged and can't be read: get it again.") from None
    if "word/document.xml" in names or any(re.fullmatch(r"word/document\d*\.xml", part) for part in names):
        return "docx"
    office = any(part.startswith(("xl/", "ppt/")) or part in ("mimetype", "content.xml") for part in names)
    raise CoachError(f"{name} {_OFFICE if office else _ARCHIVE}")
