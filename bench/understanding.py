"""How much of what people might say is understood: ``python -m bench.understanding``.

Over the tables of made-up phrases in ``tests/phrases``, by table and by what should have come of them. The rules have
been mended with all of them but those in ``tests/phrases/unseen``. Hearing is another matter: see `bench.hearing`.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from coach.intents import Action, Context, strength, understand

PHRASES = Path(__file__).parents[1] / "tests" / "phrases"
GROUPS = ("number", "help", "stop", "ask", "ease", "continue", "none", "command")
HELP = (Action.GP, Action.URGENT, Action.EMERGENCY)


def dangerous(expected: Action, got: Action) -> bool:
    """Whether the session should have ended, or help should have been named, and was not."""
    return expected.ends_session and (not got.ends_session or (got is Action.STOP and expected in HELP))


def group(expected: Action, scored: bool) -> str:
    """One of `GROUPS`."""
    if scored:
        return "number"
    if expected in HELP:
        return "help"
    return expected.value if strength(expected) or expected is Action.NONE else "command"


def counted(table: Path) -> Counter[tuple[str, str]]:
    """How many phrases there are by group, and how many of them are "right" and "dangerous"."""
    count: Counter[tuple[str, str]] = Counter()
    for line in table.read_text(encoding="utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        label, words = line.split(" | ", 1)
        accepted = [Action(part) for part in label.split() if part in set(Action)]
        scored = any(part.isdigit() for part in label.split())
        context = next((Context(part[1:]) for part in label.split() if part.startswith("@")), None)
        got = understand(words, context).action
        of = group(accepted[0], scored)
        count[of, "all"] += 1
        count[of, "right"] += got in accepted
        count[of, "dangerous"] += got not in accepted and dangerous(accepted[0], got)
    return count


def shown(name: str, count: Counter[tuple[str, str]], of: tuple[str, ...] = GROUPS) -> str:
    """One line: right of all, and dangerous."""
    total, right, bad = (sum(count[one, what] for one in of) for what in ("all", "right", "dangerous"))
    return f"{name:10} {right:5} of {total:5} right ({right / total:6.1%}), {bad:3} dangerous"


def main() -> None:
    """Print the tables the rules were mended with, then those they were not."""
    for title, folder in (("mended with", PHRASES), ("never mended with", PHRASES / "unseen")):
        print(f"Tables that the rules have been {title}:")
        every: Counter[tuple[str, str]] = Counter()
        for table in sorted(folder.glob("*.txt")):
            count = counted(table)
            every += count
            print("  " + shown(table.stem, count))
        for one in GROUPS:
            print("    " + shown(one, every, (one,)))


if __name__ == "__main__":
    main()
