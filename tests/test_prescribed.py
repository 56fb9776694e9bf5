"""The grammar of doses: every way of saying one gives its numbers, and what is vague gives none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.prescribed import Prescribed, Span, read, read_typed

FIELDS = ("hold_s", "reps", "sets", "duration_s", "sides", "times_per_day", "vague")

PHRASES: list[tuple[str, dict[str, object]]] = [
    ("Hold for 5 seconds, repeat 10 times", {"hold_s": (5, 5), "reps": (10, 10)}),
    ("x 10", {"reps": (10, 10)}),
    ("10 x", {"reps": (10, 10)}),
    ("10 reps", {"reps": (10, 10)}),
    ("Target Repetitions = 10", {"reps": (10, 10)}),
    ("5 lifts each leg", {"reps": (5, 5), "sides": "both"}),
    ("3 sets of 10", {"sets": (3, 3), "reps": (10, 10)}),
    ("3 x 10", {"sets": (3, 3), "reps": (10, 10)}),
    ("3*10", {"sets": (3, 3), "reps": (10, 10)}),
    ("3\u00d710", {"sets": (3, 3), "reps": (10, 10)}),
    ("15 times, repeat for 3 sets", {"sets": (3, 3), "reps": (15, 15)}),
    ("Hold a plank, 3 x 30 secs", {"hold_s": (30, 30), "reps": (3, 3)}),
    ("March on the spot, 3 x 30 secs", {"duration_s": (30, 30), "sets": (3, 3)}),
    ("25 times, repeat 3 times", {"reps": (25, 25), "sets": (3, 3)}),
    ("10 times, rest, repeat the routine 2-3 times", {"reps": (10, 10), "sets": (2, 3)}),
    ("Repeat 3 times, rest, and 3 times again", {"reps": (3, 3), "sets": (2, 2)}),
    ("Do 15, rest, 15, rest, a last 15", {"reps": (15, 15), "sets": (3, 3)}),
    ("March for around 1 minute. Repeat 2 times", {"duration_s": (60, 60), "sets": (2, 2)}),
    ("Walk on tiptoe for 10 seconds (5 reps)", {"duration_s": (10, 10), "reps": (5, 5)}),
    ("Hold 10 seconds, four sets per leg", {"hold_s": (10, 10), "sets": (4, 4), "sides": "both"}),
    ("Go round the circuit twice", {"sets": (2, 2)}),
    ("8 \u2013 10 times", {"reps": (8, 10)}),
    ("8 or 10 times", {"reps": (8, 10)}),
    ("between 8 and 10 times", {"reps": (8, 10)}),
    ("Hold for about 25 seconds", {"hold_s": (25, 25)}),
    ("Hold for half a minute", {"hold_s": (30, 30)}),
    ("Keep rolling for 1-2 minutes", {"duration_s": (60, 120)}),
    ("Hold for a count of five", {"hold_s": (5, 5)}),
    ("Hold and count to 5", {"hold_s": (5, 5)}),
    ("Starting with 5 and building to 10 times", {"reps": (5, 10)}),
    ("Hold for 5 seconds. When easy, hold for 10", {"hold_s": (5, 5)}),
    ("March; work up to 5 minutes", {"duration_s": (300, 300)}),
    ("3, 5 or 10 times (as prescribed)", {"vague": True}),
    ("Repeat twice", {"reps": (2, 2)}),
    ("Repeat ………… times", {"vague": True}),
    ("Repeat ______ times", {"vague": True}),
    ("Hold for 1530 seconds", {"vague": True}),
    ("Hold for l0 seconds", {"vague": True}),
    ("Hold for a few seconds", {"vague": True}),
    ("Stay there for one deep breath", {"vague": True}),
    ("Hold as long as is comfortable", {"vague": True}),
    ("Repeat several times", {"vague": True}),
    ("Keep going until you are tired", {"vague": True}),
    ("Hold, then relax", {"vague": True}),
    ("Relax and repeat", {"vague": True}),
    ("Repeat on the other side", {"sides": "both"}),
    ("Repeat 3 times on both sides", {"reps": (3, 3), "sides": "both"}),
    ("4 to the left then 4 to the right", {"reps": (4, 4), "sides": "both"}),
    ("10 times, alternating legs", {"reps": (10, 10), "sides": "alternate"}),
    ("Rock from side to side 10 times", {"reps": (10, 10), "sides": "alternate"}),
    ("Left leg only, 10 times", {"reps": (10, 10), "sides": "left"}),
    ("Draw both knees to your chest", {}),
    ("10 times clockwise and 10 times anticlockwise", {"reps": (10, 10)}),
    ("Lift the sore arm 10 times", {"reps": (10, 10)}),
    ("10 times, twice a day", {"reps": (10, 10), "times_per_day": (2, 2)}),
    ("2-3 times a day", {"times_per_day": (2, 3)}),
    ("2-3 x a day", {"times_per_day": (2, 3)}),
    ("Morning and night", {"times_per_day": (2, 2)}),
    ("Every day", {"times_per_day": (1, 1)}),
    ("Every other day", {}),
    ("Every 1-2 hours", {}),
    ("3 times a week", {}),
    ("Hold for 5 seconds, relax for 10 seconds", {"hold_s": (5, 5)}),
    ("Bend the knee to 90 degrees, 10 times", {"reps": (10, 10)}),
    ("Stand 30 cm from the wall", {}),
    ("Lower over 4 seconds", {}),
    ("Ice for 15 minutes", {}),
    ("Build up by 1 or 2 each week", {}),
]  # fmt: skip


@pytest.mark.parametrize(("words", "wanted"), PHRASES, ids=[words for words, _ in PHRASES])
def test_each_way_of_saying_a_dose(words: str, wanted: dict[str, object]) -> None:
    """All fields, the ones not said among them."""
    dose = read(words)
    given_fields = {field: getattr(dose, field) for field in FIELDS}
    assert given_fields == {field: wanted.get(field, False if field == "vague" else None) for field in FIELDS}


def _said(span: tuple[int, int], draw: st.DrawFn) -> str:
    words = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
    low, high = span
    if low == high:
        return draw(st.sampled_from([str(low), words[low], f"about {low}", f"at least {low}", f"up to {low}"]))
    joins = ["{a}-{b}", "{a} \u2013 {b}", "{a} to {b}", "{a} or {b}", "between {a} and {b}"]
    return draw(st.sampled_from(joins)).format(a=low, b=high)


@st.composite
def doses(draw: st.DrawFn) -> tuple[str, Prescribed]:
    """A mixture of phrases in any order, and what they say."""

    def span(lowest: int = 2) -> tuple[int, int]:
        low = draw(st.integers(lowest, 11))
        return (low, draw(st.sampled_from([low, min(12, low + 2)])))

    hold, reps, sets, day = (draw(st.none() | st.just(span())) for _ in range(4))
    if sets and not reps:
        sets = None
    sides = draw(st.sampled_from([None, "both", "alternate"]))
    pieces = []
    if hold:
        pattern = draw(
            st.sampled_from(
                ["Hold for {} seconds.", "Hold {} secs.", "Hold it for a count of {}.", "Stay there for {} sec."]
            )
        )
        pieces.append(pattern.format(_said(hold, draw)))
    if reps and sets:
        pattern = draw(
            st.sampled_from(["Do {1} sets of {0}.", "{1} sets of {0} reps.", "Repeat {0} times ({1} sets)."])
        )
        first = _said(reps, draw)
        pieces.append(pattern.format(first, _said(sets, draw)))
    elif reps:
        pieces.append(
            draw(st.sampled_from(["Repeat {} times.", "Do this {} times.", "{} reps.", "{} repetitions."])).format(
                _said(reps, draw)
            )
        )
    if sides:
        both = ["Repeat on the other side.", "Then change legs.", "On each leg."]
        pieces.append(
            draw(st.sampled_from(both if sides == "both" else ["Alternate sides.", "Move from side to side."]))
        )
    if day:
        pieces.append(
            draw(st.sampled_from(["{} times a day.", "{} times daily.", "{} times per day."])).format(_said(day, draw))
        )
    pieces = [piece[:1].upper() + piece[1:] for piece in draw(st.permutations(pieces))]
    lead = draw(
        st.sampled_from(
            ["", "Lie on your back with your knees bent.", "Stand about 30 cm from a wall.", "Sit in a chair."]
        )
    )

    def real(value: tuple[int, int] | None) -> Span | None:
        return (float(value[0]), float(value[1])) if value else None

    wanted = Prescribed(hold_s=real(hold), reps=real(reps), sets=real(sets), sides=sides, times_per_day=real(day))
    return " ".join([lead, *pieces]).strip(), wanted


@given(doses())
def test_any_mixture_of_phrases_gives_its_numbers(told: tuple[str, Prescribed]) -> None:
    """In any order, with positions and distances about them."""
    words, wanted = told
    dose = read(words)
    for field in FIELDS:
        assert getattr(dose, field) == getattr(wanted, field), f"{field} of {words!r}"


@given(st.text(max_size=400))
def test_no_text_raises(text: str) -> None:
    """Whatever is in it."""
    read(text)
    read_typed(text)


@given(
    st.lists(
        st.sampled_from(
            [
                "hold",
                "10",
                "5-",
                "x",
                "\u00d7",
                "…",
                "___",
                "times",
                "sec",
                "minutes",
                "repeat",
                "sets",
                "of",
                "each",
                "(",
                ")",
                ":",
                "a",
                "day",
                "½",
                "99999999999",
                "1/2",
                "to",
                "or",
                "and",
            ]
        ),
        max_size=30,
    )
)
def test_no_heap_of_dose_words_raises(words: list[str]) -> None:
    """Nor gives a number that nobody can do."""
    dose = read(" ".join(words))
    for span, most in ((dose.hold_s, 300), (dose.reps, 100), (dose.sets, 12), (dose.duration_s, 3600)):
        assert span is None or 0 < span[0] <= span[1] <= most


@pytest.mark.parametrize(
    ("line", "name", "wanted"),
    [
        ("bridge 3x10 hold 5s", "bridge", {"sets": (3, 3), "reps": (10, 10), "hold_s": (5, 5)}),
        ("knee to chest, both sides, hold 25 seconds, three times", "knee to chest", {
            "hold_s": (25, 25), "reps": (3, 3), "sides": "both"}),
        ("march for 2 minutes", "march", {"duration_s": (120, 120)}),
        ("calf stretch 30s x 3 each leg", "calf stretch", {"hold_s": (30, 30), "reps": (3, 3), "sides": "both"}),
        ("10 squats", "", {"reps": (10, 10)}),
        ("just a name", "just a name", {}),
    ],
)  # fmt: skip
def test_doses_people_type(line: str, name: str, wanted: dict[str, object]) -> None:
    """A name, and what follows it."""
    given_name, dose = read_typed(line)
    assert given_name == name
    for field in FIELDS[:-1]:
        assert getattr(dose, field) == wanted.get(field), field


def test_each_dose_keeps_the_words_it_came_from() -> None:
    """Of the sentences only those with a dose in them."""
    dose = read("Lie on your back. Hold for 5 seconds. Breathe. Repeat 10 times.")
    assert dose.quotes == ("Hold for 5 seconds.", "Repeat 10 times.")


def test_long_text_is_read_in_little_time() -> None:
    """No pattern takes longer than in proportion."""
    import time

    began = time.process_time()
    for word in ("hold ", "rest ", "1-", "repeat on ", "10 x ", "a ", "lower ", "one leg "):
        read(word * (20_000 // len(word)))
    assert time.process_time() - began < 10
