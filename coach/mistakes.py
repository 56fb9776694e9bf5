"""What is wrong with a routine file, in sentences for the person who wrote it."""

from __future__ import annotations

from typing import Any

PLAIN = r"^[^\x00-\x1f{}]*$"
PLAIN_OR_SIDE = r"^([^\x00-\x1f{}]|\{side\})*$"


def shown(value: Any) -> str:
    """A value as the file has it, cut short."""
    try:
        text = str(value).lower() if isinstance(value, bool) else str(value)
    except (RecursionError, ValueError):
        return "something far too long"
    if isinstance(value, str):
        text = '"' + "".join(c if c.isprintable() else " " for c in value) + '"'
    return text if len(text) <= 80 else text[:77] + "..."


def not_toml(error: Exception) -> str:
    """What keeps a text from being TOML, as the end of a sentence, in plain words where it is a usual slip."""
    said = str(error).rstrip(".")
    reason, _, place = said.partition(" (at ")
    hint = next((hint for sign, hint in _SLIPS.items() if reason.startswith(sign)), None)
    return (hint or reason[:1].lower() + reason[1:]) + (f" ({place}" if place else "")


def sentence(where: str, data: dict[str, Any], problem: Any) -> str:
    """One validation problem in plain words."""
    place, parts, node = [], list(problem["loc"]), data
    while parts:
        part = parts.pop(0)
        if part == "exercises" and parts and isinstance(parts[0], int):
            number = parts.pop(0)
            node = node["exercises"][number]
            name = node.get("name") if isinstance(node, dict) else None
            place.append(f"exercise {number + 1}" + (f" ({name})" if isinstance(name, str) else ""))
        elif isinstance(part, int):
            place.append(f"line {part + 1}")
        elif not part.startswith("function-") and part not in ("Range",):
            place.append({"lowest": "from", "highest": "to"}.get(part, part))
    return f"{where}: {', '.join(place) or 'the file'}: {_what(problem)}."


def _what(problem: Any) -> str:
    """What was found and what is allowed."""
    kind, found, limits = problem["type"], shown(problem["input"]), problem.get("ctx", {})
    if kind == "missing":
        return "is missing and has to be given"
    if kind == "extra_forbidden":
        return "is not a field of the format; see docs/ROUTINES.md for those that are"
    if kind == "value_error":
        return str(limits["error"])
    if kind in ("greater_than_equal", "less_than_equal"):
        word = "at least" if "ge" in limits else "at most"
        return f"found {found}; allowed is {word} {limits.get('ge', limits.get('le'))}"
    if kind in ("enum", "literal_error"):
        return f"found {found}; allowed is {limits['expected']}"
    if kind == "string_pattern_mismatch":
        return f"found {found}; allowed {_PATTERNS.get(limits['pattern'], _NAME)}"
    if kind in _LENGTHS:
        most = limits.get("max_length", limits.get("min_length"))
        return f"{'is empty' if kind == 'too_short' else f'found {found}'}; allowed is {_LENGTHS[kind].format(most)}"
    words = _TYPES.get(kind, problem["msg"][:1].lower() + problem["msg"][1:])
    return f"found {found}; {words}"


_SLIPS = {
    "Illegal character '\\n'": "a line ends in the midst of a text; look for a missing quotation mark",
    "Expected newline or end of document": "something is left over there; look for a missing quotation mark or comma",
    "Cannot overwrite a value": "the field is there twice; keep one",
    "Duplicate inline table key": "the field is there twice; keep one",
    "Cannot declare": "the table is there twice; keep one",
    "Invalid value": "something is missing after the =, or a text stands there without quotation marks",
    "Expected '=' after a key": "a = is missing; a line that is only a note begins with #",
    "Unclosed array": "a list is not closed; look for a missing ] or comma",
    "Unclosed inline table": "a table is not closed; look for a missing } or comma",
    "Unterminated string": "a text is not closed; look for a missing quotation mark",
}
_NAME = "are lower-case letters, digits and hyphens"
_PATTERNS = {
    PLAIN: "is text on one line, without { and }",
    PLAIN_OR_SIDE: "is text on one line, where {side} alone may stand in braces",
}
_LENGTHS = {
    "string_too_short": "text that is not empty",
    "string_too_long": "at most {} characters",
    "too_short": "at least {}",
    "too_long": "at most {}",
}
_TYPES = {
    "list_type": "allowed is a list in square brackets",
    "model_type": "allowed is a table of fields",
    "dict_type": "allowed is a table of fields",
    "string_type": "allowed is text in quotation marks",
    "float_type": "allowed is a number",
    "float_parsing": "allowed is a number",
    "finite_number": "allowed is an ordinary number",
}
