"""What the bench of hearing counts, and of what form of manifest."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from bench import error_rate, hearing, pocketsphinx_ear
from bench.recordings import Recording, Wanted, manifest, recording_of, recordings
from bench.tallies import Tally, counted, interval, table
from coach.errors import CoachError
from coach.intents import Context

from .shared import SHARED


def row(kind: str, text: str = "", **more: str) -> dict[str, str]:
    return {"path": "a/b.wav", "kind": kind, "text": text, "speaker": "", **more}


def event(action: str, final: bool = True, score: int | None = None, heard: str = "") -> dict[str, Any]:
    return {"action": action, "final": final, "score": score, "heard": heard}


def tally_of(given: dict[str, str], *events: dict[str, Any]) -> Tally:
    recording = recording_of(given)
    assert recording is not None
    return counted([(recording, events)])[recording.sort]


@pytest.mark.parametrize(
    ("given", "sort", "wanted", "actions"),
    [
        (row("command", "stop"), "command stop", Wanted.ACTION, ("stop",)),
        (row("command", "go"), "command go", Wanted.ACTION, ("resume",)),
        (row("digit", "nine"), "digit", Wanted.SCORE, ()),
        (row("digit", "0", path="other/FSDD/0_x.wav"), "digit, 8 kHz source", Wanted.SCORE, ()),
        (row("negative_word", "tree"), "negative_word", Wanted.NOTHING, ()),
        (row("noise_event", "rain"), "noise_event", Wanted.NOTHING, ()),
        (row("sentence", "it burns", expect="report"), "report", Wanted.REPORT, None),
        (row("sentence", "it burns", expect="stop|urgent"), "report", Wanted.REPORT, ("stop", "urgent")),
        (row("report", "it burns", action="ask|stop"), "report", Wanted.REPORT, ("ask", "stop")),
        (row("report", "it burns", expect="report", action="ease"), "report", Wanted.REPORT, ("ease",)),
        (row("medical_sentence", "it burns"), "report", Wanted.REPORT, None),
        (row("symptom", "my skin is dry", expect="other"), "other", Wanted.ANYTHING, ()),
        (row("report", "pause please", action="pause"), "phrase, command", Wanted.ACTION, ("pause",)),
        (row("report", "the cat", action="none"), "phrase for nobody", Wanted.NOTHING, ("none",)),
    ],
)
def test_a_row_says_what_should_come_of_it(
    given: dict[str, str], sort: str, wanted: Wanted, actions: tuple[str, ...] | None
) -> None:
    recording = recording_of(given)
    assert recording is not None
    assert (recording.sort, recording.wanted) == (sort, wanted)
    if actions is not None:
        assert recording.actions == actions
    else:
        assert "ease" in recording.actions
        assert "continue" not in recording.actions
        assert not recording.is_named


def test_what_was_just_asked_comes_from_the_kind_or_the_row() -> None:
    given = [row("digit", "two"), row("command", "no"), row("report", "seven", context="asked_score", action="stop")]
    contexts = [recording.context for recording in recordings(given)[0]]
    assert contexts == [Context.ASKED_SCORE, Context.ASKED_YES_NO, Context.ASKED_SCORE]


def test_unknown_rows_are_named_and_left_out() -> None:
    strange = [row("music"), row("music"), row("digit", "eleven"), row("command", "xyzzy"), row("report", context="x")]
    known, unknown = recordings([*strange, row("rir"), row("asr_smoke"), row("silence")])
    assert [recording.sort for recording in known] == ["silence"]
    assert unknown == Counter(
        {"music": 2, "digit eleven": 1, "command xyzzy": 1, "report with the context x": 1},
    )


def test_a_manifest_of_another_form_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(CoachError):
        manifest(tmp_path)
    (tmp_path / "manifest.csv").write_text("file,words\na,b\n", encoding="utf-8")
    assert hearing.main(["--corpus", str(tmp_path)]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "path, kind and text" in said


REPORT = row("sentence", "it burns", expect="report")


@pytest.mark.parametrize(
    ("given", "events", "counts"),
    [
        (REPORT, [event("stop")], "right"),
        (REPORT, [event("ask")], "asked"),
        (REPORT, [event("ask"), event("ease")], "asked"),
        (REPORT, [event("continue")], ""),
        (REPORT, [event("yes")], ""),
        (REPORT, [event("none")], "missed"),
        (REPORT, [event("stop", final=False)], "missed hushed"),
        (row("report", "a", action="ask|stop"), [event("ask")], "right"),
        (row("report", "a", action="urgent"), [event("stop")], "dangerous"),
        (row("report", "a", action="ease"), [event("stop")], ""),
        (row("report", "a", action="continue"), [event("continue"), event("resume")], "right"),
        (row("command", "stop"), [event("stop", final=False), event("none")], "missed hushed"),
        (row("command", "yes"), [event("yes")], "right"),
        (row("command", "yes"), [event("yes"), event("stop")], ""),
        (row("digit", "two"), [event("continue", score=2)], "right"),
        (row("digit", "two"), [event("continue", score=2), event("stop", score=8)], ""),
        (row("digit", "two"), [event("ask")], "asked"),
        (row("digit", "zero"), [event("none")], "missed"),
        (row("negative_word", "tree"), [event("none")], "right"),
        (row("negative_word", "tree"), [event("ask", final=False)], "hushed"),
        (row("report", "tree", action="none|ask"), [event("ask")], "right"),
        (row("sentence", "dry skin", expect="other"), [event("yes")], ""),
    ],
)
def test_what_came_is_counted_once(given: dict[str, str], events: list[dict[str, Any]], counts: str) -> None:
    tally = tally_of(given, *events)
    found = [name for name in ("right", "asked", "missed", "dangerous", "hushed") if getattr(tally, name)]
    assert set(found) == set(counts.split())


def test_only_a_final_ends_but_a_partial_is_told() -> None:
    taken_back = tally_of(row("noise"), event("stop", final=False), event("none"))
    assert (taken_back.acted, taken_back.ended, taken_back.ended_by_partial) == (1, 0, 1)
    stopped = tally_of(row("noise"), event("stop", final=False), event("gp"))
    assert (stopped.acted, stopped.ended, stopped.ended_by_partial) == (1, 1, 0)


def test_totals_take_their_sorts_together() -> None:
    given = [row("command", "yes"), row("command", "no"), row("negative_word"), row("noise"), row("silence")]
    given += [row("report", "a", action="stop"), row("report", "b", action="none")]
    tallies = counted((recording, []) for recording in recordings(given)[0])
    totals = ("yes and no", "all negatives", "all noise, silence", "all with an action")
    assert [tallies[name].clips for name in totals] == [2, 1, 2, 2]
    assert tallies["all with an action"].dangerous == 1
    assert len(table(tallies).splitlines()) == len(tallies) + 2


def test_the_worst_tenth_is_of_speakers() -> None:
    heard = [
        (Recording("x", "command stop", Wanted.ACTION, "stop", f"speaker {number}", ("stop",)), [event(action)])
        for number in range(20)
        for action in ("stop", "none" if number < 2 else "stop")
    ]
    tally = counted(heard)["command stop"]
    assert tally.worst_tenth() == 0.5
    assert tally.as_dict()["speakers"] == 20
    assert counted(heard[:2])["command stop"].worst_tenth() is None


def test_intervals_are_wilsons() -> None:
    assert interval(0, 10) == pytest.approx((0, 0.2775), abs=1e-4)
    assert interval(8, 10) == pytest.approx((0.4902, 0.9433), abs=1e-4)
    assert interval(0, 0) == (0, 1)


@pytest.mark.parametrize(
    ("said", "heard", "errors"),
    [
        ("my knee hurts", "my knee hurts", (3, 0, 0, 0)),
        ("my knee hurts", "", (3, 0, 3, 0)),
        ("my knee hurts", "my new hurts now", (3, 1, 0, 1)),
        ("it hurts in my back", "hurts my back", (5, 0, 2, 0)),
    ],
)
def test_word_errors_are_the_fewest(said: str, heard: str, errors: tuple[int, ...]) -> None:
    found = error_rate.word_errors(said.split(), heard.split())
    assert (found.words, found.swapped, found.missing, found.added) == errors


def test_word_errors_are_of_sentences_only() -> None:
    given = [row("command", "stop"), row("noise_event", "baby cry"), row("negative_phrase", "Don\u2019t, please!")]
    found = error_rate.by_sort((recording, "don't peas") for recording in recordings(given)[0])
    assert list(found) == ["negative_phrase"]
    assert found["negative_phrase"].rate == 0.5
    assert "50 % of 2 words" in error_rate.shown(found)


@pytest.mark.parametrize("arguments", [[], ["a", "--corpus", "b"], ["--corpus", "b", "--every", "0"]])
def test_one_folder_is_named(arguments: list[str]) -> None:
    with pytest.raises(SystemExit):
        hearing.main(arguments)


def test_pocketsphinx_hears_or_is_left_out(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(pocketsphinx_ear, "is_there", lambda: False)
    options = hearing._options(["--corpus", "x", "--pocketsphinx"])
    assert [ear.name for ear in hearing._ears(options)] == ["coach-en"]
    assert "PocketSphinx is left out" in capsys.readouterr().err
    monkeypatch.setattr(pocketsphinx_ear, "is_there", lambda: True)
    assert [(ear.name, ear.reading) for ear in hearing._ears(options)][1:] == [
        ("PocketSphinx", "free"),
        ("PocketSphinx", "closed"),
    ]


class FakeDecoder:
    """Of pocketsphinx: what it is given, and "stop"."""

    hypstr = "STOP"

    def __init__(self) -> None:
        self.sound = b""

    def start_utt(self) -> None: ...

    def end_utt(self) -> None: ...

    def process_raw(self, sound: bytes, no_search: bool, full_utt: bool) -> None:
        self.sound = sound

    def hyp(self) -> FakeDecoder:
        return self


def test_pocketsphinx_gets_the_whole_recording_without_the_silence_after_it() -> None:
    ear = pocketsphinx_ear.PocketSphinxRecogniser.__new__(pocketsphinx_ear.PocketSphinxRecogniser)
    ear._decoder, ear._sound = FakeDecoder(), bytearray()
    assert ear.feed(b"\1\2" * 1000) == ear.feed(bytes(64_000)) == []
    assert [heard.words for heard in ear.flush()] == ["stop"]
    assert len(ear._decoder.sound) == 2000 + 6400
    ear.flush()
    assert len(ear._decoder.sound) == 6400


@pytest.mark.audio
def test_recordings_are_heard_in_a_process_of_its_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    if SHARED is None:
        pytest.skip("no recordings at hand: set COACH_SHARED to a folder with corpus/manifest.csv in it")
    clips = [line for line in manifest(SHARED / "corpus") if line["kind"] == "command" and line["text"] == "stop"][:2]
    lines = [f"{SHARED / 'corpus' / line['path']},command,stop" for line in clips]
    (tmp_path / "manifest.csv").write_text(
        "\n".join(["path,kind,text", *lines, "gone.wav,command,stop"]), encoding="utf-8"
    )
    assert hearing.main(["--corpus", str(tmp_path), "--json"]) == 0
    said = capsys.readouterr()
    told = json.loads(said.out)
    assert told["sorts"]["command stop"]["clips"] == 2
    assert told["sorts"]["command stop"]["right"] == 2
    assert 0 < told["real_time_factor"] < 1
    assert told["size_bytes"] > 1e6
    assert "gone.wav" in said.err
