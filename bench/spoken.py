"""Phrases with known meanings, spoken by free synthesisers, as a folder for ``bench.hearing``.

    python -m bench.spoken PHRASES.jsonl FOLDER [--voice ENGINE:VOICE]...

A line of PHRASES has ``text``, ``action``, ``accept`` and ``context``. The voices are ones that coach-en never heard.
"""

from __future__ import annotations

import argparse
import csv
import json
import subprocess
import sys
from pathlib import Path

from coach.errors import CoachError

VOICES = ("espeak:en-gb-x-rp+m5", "espeak:en-gb-x-rp+f5", "espeak:en-gb-x-rp+max", "espeak:en-gb-x-rp+klatt3")
"""Kept out of training to develop with. flite:rms is kept for the last measurement only."""


def main(arguments: list[str] | None = None) -> int:
    """Speak them all. Returns the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("phrases", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument(
        "--voice", action="append", help="espeak:NAME or flite:NAME; each phrase is spoken by one of them in turn"
    )
    options = parser.parse_args(arguments)
    options.folder.mkdir(parents=True, exist_ok=True)
    voices = options.voice or VOICES
    lines = [json.loads(line) for line in options.phrases.read_text(encoding="utf-8").splitlines()]
    lines = [line for line in lines if "typed" not in line["tags"] and "[unk]" not in line["text"]]
    with (options.folder / "manifest.csv").open("w", newline="", encoding="utf-8") as file:
        manifest = csv.writer(file)
        manifest.writerow(["path", "kind", "text", "speaker", "action", "context"])
        for number, line in enumerate(lines):
            voice = voices[number % len(voices)]
            name = f"{number:04}.wav"
            speak(line["text"], voice, options.folder / name)
            accepted = "|".join([line["action"], *line["accept"]])
            manifest.writerow([name, "report", line["text"], voice, accepted, line["context"] or ""])
    return 0


def speak(text: str, voice: str, path: Path, rate_wpm: int = 145) -> None:
    """A text to a wave file, by "espeak:NAME" or "flite:NAME"; flite has a rate of its own. Raises CoachError."""
    engine, name = voice.split(":")
    if engine == "espeak":
        command = ["espeak-ng", "-v", name, "-s", str(rate_wpm), "-w", str(path), "--", text]
    else:
        command = ["flite", "-voice", name, "-t", text, "-o", str(path)]
    try:
        subprocess.run(command, check=True, capture_output=True, timeout=60)
    except (OSError, subprocess.SubprocessError) as error:
        raise CoachError(f"The voice {voice} can't speak: is {command[0]} installed?") from error


if __name__ == "__main__":
    sys.exit(main())
