"""What of a web page is seen, and as what."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode


def tags(names: str) -> frozenset[str]:
    """The names of tags in a line."""
    return frozenset(names.split())


BLANK = "______"
"""What stands for a field to fill in, as it is printed on paper."""
_ROLES = tags("navigation contentinfo search menu menubar banner dialog")
_AROUND = re.compile(r"\b(?:cookies?|breadcrumbs?|skip-?link)\b", re.IGNORECASE)
_UNSEEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?:px|pt|em|;|$)", re.IGNORECASE)
_STRUCTURE = tags("ul ol table section article h1 h2 h3 h4 h5 h6")
_NO_FIELD = tags("hidden button submit reset image checkbox radio file password")


def is_hidden(node: LexborNode) -> bool:
    """Whether a reader of the page never sees it, or it belongs to the site around the page."""
    attributes = node.attributes
    if not attributes:
        return node.tag == "header" and node.parent is not None and node.parent.tag == "body" and not _has_title(node)
    if "hidden" in attributes and attributes["hidden"] != "until-found":
        return True
    if (attributes.get("role") or "").lower() in _ROLES or _UNSEEN.search(attributes.get("style") or ""):
        return True
    if node.tag in ("body", "html", "main", "article"):
        return False
    return bool(_AROUND.search(f"{attributes.get('class') or ''} {attributes.get('id') or ''}"[:500]))


def _has_title(node: LexborNode) -> bool:
    return node.css_first("h1") is not None


def is_note(node: LexborNode) -> bool:
    """Whether it is the raised number or star of a footnote, which must not be read as a part of the number before."""
    if node.tag != "sup":
        return False
    after = node.next
    fraction = after is not None and (after.text() or "").lstrip().startswith(("/", "\u2044"))
    return not fraction and re.fullmatch(r"[\s\d*†‡(),\[\]]*", node.text() or "") is not None


def shown_field(node: LexborNode) -> str:
    """What a field of a form shows: its content, or a blank."""
    attributes = node.attributes
    if node.tag == "input":
        if (attributes.get("type") or "text").lower() in _NO_FIELD:
            return ""
        return f" {attributes.get('value') or BLANK} "
    text = node.text() if node.tag == "textarea" else ""
    return f" {text.strip() or BLANK} "


def is_layout(table: LexborNode) -> bool:
    """Whether a table only arranges the page: it has one column, or whole sections in its cells."""
    widest = 0
    for node in table.traverse():
        if node != table and node.tag in _STRUCTURE:
            return True
        if node.tag in ("td", "th"):
            place, before = 1, node.prev
            while before is not None and place < 2:
                place += before.tag in ("td", "th")
                before = before.prev
            widest = max(widest, place)
    return widest < 2


def number_of(node: LexborNode, name: str, usual: int, highest: int) -> int:
    value = (node.attributes.get(name) or "").strip()
    return min(int(value), highest) if re.fullmatch(r"[0-9]{1,6}", value) and int(value) else usual
