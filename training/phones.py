"""The sounds of English, what they leave behind in the next one, and the numbers that stand for both."""

from __future__ import annotations

SILENCE, GARBAGE = "SIL", "SPN"
SOUNDS = (
    "AA", "AE", "AH", "AO", "AW", "AY", "B", "CH", "D", "DH", "EH", "ER", "EY", "F", "G", "HH", "IH", "IY", "JH", "K",
    "L", "M", "N", "NG", "OW", "OY", "P", "R", "S", "SH", "T", "TH", "UH", "UW", "V", "W", "Y", "Z", "ZH",
)  # fmt: skip
LABELS = (SILENCE, *SOUNDS, GARBAGE)
"""What one frame of sound may be."""
_PLACES = {
    "silence": "SIL SPN HH",
    "front": "IY IH EH EY AY OY Y AE",
    "back": "UW UH OW AW AO W",
    "open": "AA AH",
    "rhotic": "ER R",
    "lateral": "L",
    "nasal": "M N NG",
    "labial": "P B F V",
    "dental": "T D TH DH",
    "hissing": "S Z",
    "hushing": "SH ZH CH JH",
    "velar": "K G",
}
PLACES = tuple(_PLACES)
"""Where the mouth is after a sound. A sound is modelled apart for each place it comes from."""
PLACE_OF = {label: number for number, name in enumerate(PLACES) for label in _PLACES[name].split()}
POSITIONS = "BEIS"
"""Beginning, end, inside of a word; a word by itself."""
PHONES = ("<eps>", SILENCE, *(f"{label}_{position}" for label in (*SOUNDS, GARBAGE) for position in POSITIONS))
"""The phones of the graph; their numbers are their places in this row."""
PHONE_ID = {phone: number for number, phone in enumerate(PHONES)}
LABEL_ID = {label: number for number, label in enumerate(LABELS)}


def label_of(phone: int) -> int:
    """The number of the sound that a phone is, wherever in the word."""
    return LABEL_ID[PHONES[phone].split("_")[0]]


def positioned(sounds: tuple[str, ...]) -> tuple[int, ...]:
    """The phones of a word with these sounds."""
    if len(sounds) == 1:
        return (PHONE_ID[sounds[0] + "_S"],)
    inside = (PHONE_ID[sound + "_I"] for sound in sounds[1:-1])
    return (PHONE_ID[sounds[0] + "_B"], *inside, PHONE_ID[sounds[-1] + "_E"])
