"""What the bench of hearing does to a recording: as it says, and the same each time."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import soundfile

from bench import hearing
from bench.disturbance import CONDITIONS, Disturbance
from coach.errors import CoachError


def a_corpus(folder: Path, kinds: Sequence[tuple[str, str, str]]) -> list[dict[str, str]]:
    """Short sounds, as many as there are (kind, text, speaker), each another one."""
    rows = []
    for number, (kind, text, speaker) in enumerate(kinds):
        path = f"{kind}/{number}.wav"
        (folder / kind).mkdir(exist_ok=True)
        sound = np.random.default_rng(number).normal(0, 0.05, 4000)
        if kind == "rir":
            sound = sound * np.exp(-np.arange(4000) / 400)
        soundfile.write(folder / path, sound, 16_000, subtype="PCM_16")
        rows.append({"path": path, "kind": kind, "text": text, "speaker": speaker})
    with (folder / "manifest.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return rows


EVERYTHING = [
    ("command", "stop", "ann"),
    *[("rir", "", "")] * 3,
    *[("noise", "", "")] * 4,
    ("negative_sentence", "hello", "ann"),
    ("negative_sentence", "hello", "bob"),
]


@pytest.mark.parametrize("name", CONDITIONS)
def test_a_condition_is_the_same_each_time(name: str, tmp_path: Path) -> None:
    rows = a_corpus(tmp_path, EVERYTHING)
    made = [
        Disturbance(name, tmp_path, rows).written("command/0.wav", "ann", tmp_path / f"{number}.wav").read_bytes()
        for number in range(2)
    ]
    assert made[0] == made[1]
    assert (made[0] == (tmp_path / "command/0.wav").read_bytes()) == (name == "clean")


def test_another_seed_chooses_otherwise_and_another_condition_does_not(tmp_path: Path) -> None:
    rows = a_corpus(tmp_path, EVERYTHING)
    chosen = [Disturbance("room+noise10", tmp_path, rows, seed=seed).chosen("command/0.wav") for seed in range(20)]
    assert len({tuple(one.values()) for one in chosen}) > 3
    assert Disturbance("room", tmp_path, rows).chosen("command/0.wav")["room"] == chosen[0]["room"]
    assert Disturbance("noise5", tmp_path, rows).chosen("command/0.wav")["noise"] == chosen[0]["noise"]


def test_the_talker_is_somebody_else(tmp_path: Path) -> None:
    rows = a_corpus(tmp_path, EVERYTHING)
    for seed in range(10):
        talker = Disturbance("talker", tmp_path, rows, seed=seed)
        assert talker.chosen("command/0.wav", "ann") == {"talker": "negative_sentence/9.wav"}
    alone = Disturbance("talker", tmp_path, [line for line in rows if line["speaker"] != "bob"])
    with pytest.raises(CoachError):
        alone.chosen("command/0.wav", "ann")


def test_noise_is_as_far_below_as_the_condition_says(tmp_path: Path) -> None:
    rows = a_corpus(tmp_path, EVERYTHING)
    path = Disturbance("noise10", tmp_path, rows).written("command/0.wav", "ann", tmp_path / "out.wav")
    sound, _ = soundfile.read(path)
    speech, _ = soundfile.read(tmp_path / "command/0.wav")
    before = sound[:8000].std()  # half a second of noise before the words
    assert 20 * np.log10(speech.std() / before) == pytest.approx(10, abs=0.3)


def test_a_talker_does_not_pause_all_the_time(tmp_path: Path) -> None:
    rows = a_corpus(tmp_path, EVERYTHING)
    talk = np.zeros(64_000)
    talk[:24_000] = 0.1 * np.sin(np.arange(24_000) / 9)  # then silence, where sections chosen blindly would often be
    soundfile.write(tmp_path / "negative_sentence/9.wav", talk, 16_000, subtype="PCM_16")
    clean, _ = soundfile.read(tmp_path / "command/0.wav")
    silent = 0
    for seed in range(20):
        disturbed = Disturbance("talker", tmp_path, rows, seed=seed)
        sound, _ = soundfile.read(disturbed.written("command/0.wav", "ann", tmp_path / "out.wav"))
        silent += np.abs(sound[8000:-8000] - clean).max() + np.abs(sound[:8000]).max() < 1e-3
    assert silent <= 2


@pytest.mark.parametrize(("name", "missing"), [("room", "rir"), ("noise5", "noise"), ("talker", "negative_sentence")])
def test_a_condition_without_its_sounds_is_one_sentence(
    name: str, missing: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = a_corpus(tmp_path, [kind for kind in EVERYTHING if kind[0] != missing])
    with pytest.raises(CoachError, match=f"condition {name} is left out"):
        Disturbance(name, tmp_path, rows)
    assert hearing.main(["--corpus", str(tmp_path), "--condition", name]) == 2
    assert "Nothing was measured" in capsys.readouterr().err
