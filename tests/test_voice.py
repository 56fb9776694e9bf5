"""Both voices, with a fake loudspeaker and a fake renderer; the sound card's callback is worked by hand."""

from __future__ import annotations

import queue
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from coach import chimes, portaudio
from coach import voice as module
from coach.errors import CoachError
from coach.events import Event, Say, SpeechEnded, VoiceBack, VoiceLost
from coach.plan import estimated_length_s
from coach.voice import CaptionVoice, SpokenVoice, open_voice
from tests.fake_sound import FakeRenderer, FakeSound

LIMIT_S = 10.0


class Studio:
    """A spoken voice, its inbox and its fakes."""

    def __init__(self, folder: Path) -> None:
        self.inbox: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self.sound, self.renderer, self.bells = FakeSound(), FakeRenderer(), 0
        self.folder = folder
        self.voice = SpokenVoice(
            self.inbox, self.renderer, folder=folder, load=self.sound.load, volume=1.0, bell=self._ring
        )
        # The sound card of these tests is in a hurry; a wrong speed is the business of the player's own.
        self.voice._player._pace.off = lambda *_: 0  # type: ignore[method-assign]
        # Captions take no time here.
        self.voice._captions._wait = lambda cut, _seconds: cut.is_set()

    def _ring(self) -> None:
        self.bells += 1

    def until(self, *wanted: Event) -> list[np.ndarray]:
        """Play until these events have come, in this order and no others; returns the blocks that came out."""
        blocks, left = [], list(wanted)
        for _ in range(round(LIMIT_S / 0.002)):
            blocks.append(self.sound.stream.pump())
            try:
                event = self.inbox.get(timeout=0.002)
            except queue.Empty:
                continue
            assert event == left.pop(0)
            if not left:
                return blocks
        raise AssertionError(f"still waiting for {left}")

    def until_sound(self) -> None:
        """Play until something is heard."""
        for _ in range(round(LIMIT_S / 0.001)):
            if self.sound.stream.pump().any():
                return
            threading.Event().wait(0.001)
        raise AssertionError("nothing is heard")

    def until_rendered(self, text: str, rate_wpm: int) -> None:
        for _ in range(round(LIMIT_S / 0.001)):
            if (text, rate_wpm) in self.renderer.asked:
                return
            threading.Event().wait(0.001)
        raise AssertionError(f"{text} was not rendered")


@pytest.fixture
def studio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Studio]:
    monkeypatch.setattr(portaudio, "load", FakeSound)
    monkeypatch.setattr(portaudio, "_owners", [])
    studio = Studio(tmp_path)
    yield studio
    studio.voice.close()


def spoken_s(blocks: list[np.ndarray]) -> float:
    return np.count_nonzero(np.concatenate(blocks)) / 16_000


def test_what_is_said_is_played_and_then_reported(studio: Studio) -> None:
    studio.voice.say(Say(1, "Lie down on the mat."))
    blocks = studio.until(SpeechEnded(1))
    assert spoken_s(blocks) == pytest.approx(0.5, abs=0.02)


def test_utterances_and_chimes_queue_in_order(studio: Studio) -> None:
    studio.voice.say(Say(1, "One two three."))
    studio.voice.chime("begin")
    studio.voice.say(Say(2, "Four."))
    blocks = studio.until(SpeechEnded(1), SpeechEnded(2))
    assert spoken_s(blocks) == pytest.approx(0.4 + chimes.length_s("begin"), abs=0.03)


def test_prepared_prompts_are_not_rendered_again(studio: Studio) -> None:
    told: list[tuple[int, int]] = []
    studio.voice.prepare(["One.", "Two.", "One."], lambda done, of: told.append((done, of)))
    assert told == [(1, 2), (2, 2)]
    studio.voice.say(Say(1, "Two."))
    studio.until(SpeechEnded(1))
    assert studio.renderer.asked == [("One.", 150), ("Two.", 150)]


def test_a_second_start_renders_nothing(studio: Studio) -> None:
    studio.voice.prepare(["One.", "Two."])
    second = SpokenVoice(studio.inbox, FakeRenderer(), folder=studio.folder, load=studio.sound.load)
    second.prepare(["One.", "Two."])
    assert second._renderer.asked == []
    second.close()


def test_a_hush_ends_everything_once_and_silences_the_next_block(studio: Studio) -> None:
    for number in (1, 2, 3):
        studio.voice.say(Say(number, "A rather long sentence that goes on and on."))
    studio.until_sound()
    studio.voice.hush()
    assert not studio.sound.stream.pump().any()
    studio.until(SpeechEnded(1), SpeechEnded(2), SpeechEnded(3))
    for _ in range(100):
        assert not studio.sound.stream.pump().any()
    assert studio.inbox.empty()


def test_advice_after_a_hush_is_heard_whole(studio: Studio) -> None:
    studio.voice.say(Say(1, "A rather long sentence that goes on and on."))
    studio.until_sound()
    studio.voice.hush()
    studio.voice.say(Say(2, "Stop now.", protected=True))
    blocks = studio.until(SpeechEnded(1), SpeechEnded(2))
    assert spoken_s(blocks) == pytest.approx(0.2, abs=0.02)


def test_a_hush_also_drops_what_is_still_being_rendered(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    rendering, go_on = threading.Event(), threading.Event()
    render = studio.renderer.render

    def slow(text: str, rate_wpm: int, path: Path) -> None:
        rendering.set()
        go_on.wait(LIMIT_S)
        render(text, rate_wpm, path)

    monkeypatch.setattr(studio.renderer, "render", slow)
    studio.voice.say(Say(1, "Lie down."))
    assert rendering.wait(LIMIT_S)
    studio.voice.hush()
    go_on.set()
    studio.voice.say(Say(2, "Sit up on the chair."))
    blocks = studio.until(SpeechEnded(1), SpeechEnded(2))
    assert spoken_s(blocks) == pytest.approx(0.5, abs=0.02)


def test_volume_and_rate_change_from_the_next_utterance_on(studio: Studio) -> None:
    studio.voice.say(Say(1, "One two three."))
    loud = np.abs(np.concatenate(studio.until(SpeechEnded(1)))).max()
    studio.voice.adjust(75, 0.5)
    studio.voice.say(Say(2, "One two three."))
    blocks = studio.until(SpeechEnded(2))
    assert np.abs(np.concatenate(blocks)).max() == pytest.approx(0.25 * loud, rel=0.05)
    assert spoken_s(blocks) == pytest.approx(0.6, abs=0.02)


def test_at_a_new_rate_the_plan_is_rendered_again_in_the_background(studio: Studio) -> None:
    studio.voice.prepare(["One.", "Two."])
    studio.voice.adjust(120, 1.0)
    studio.until_rendered("Two.", 120)


def test_the_length_is_known_once_rendered_scaled_at_a_new_rate_and_else_estimated(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "Lie down on the mat."
    assert studio.voice.length_s(text) == estimated_length_s(text, 150)
    studio.voice.prepare([text])
    known_s = studio.voice.length_s(text)
    assert known_s == pytest.approx(0.61, abs=0.02)
    monkeypatch.setattr(studio.voice, "_in_background", lambda work: None)
    studio.voice.adjust(300, 1.0)
    assert studio.voice.length_s(text) == pytest.approx(known_s / 2)
    assert studio.renderer.asked == [(text, 150)]


def test_an_unknown_chime_is_refused_where_it_is_asked_for(studio: Studio) -> None:
    with pytest.raises(ValueError, match="gong"):
        studio.voice.chime("gong")


def test_a_lost_loudspeaker_is_reported_and_what_was_being_said_still_ends(studio: Studio) -> None:
    studio.voice.say(Say(1, "A rather long sentence that goes on and on."))
    studio.voice.say(Say(2, "And one more."))
    studio.until_sound()
    studio.sound.broken = True
    studio.sound.stream.active = False
    got = [studio.inbox.get(timeout=LIMIT_S) for _ in range(3)]
    assert got[0] == VoiceLost("the loudspeaker can't be opened: no loudspeaker was found")
    assert got[1:] == [SpeechEnded(1), SpeechEnded(2)]
    studio.voice.say(Say(3, "Still there."))
    assert studio.inbox.get(timeout=LIMIT_S) == SpeechEnded(3)
    assert studio.bells >= 2


def test_after_a_loss_every_line_rings_and_is_answered_and_a_hush_still_silences(studio: Studio) -> None:
    """A loudspeaker that hangs: whoever lies on the floor hears the terminal's bell, and the session goes on."""
    studio.sound.broken, studio.sound.stream.active = True, False
    assert isinstance(studio.inbox.get(timeout=LIMIT_S), VoiceLost)
    before = studio.bells
    for number in range(1, 6):
        studio.voice.chime("end")
        studio.voice.say(Say(number, "A line."))
        assert studio.inbox.get(timeout=LIMIT_S) == SpeechEnded(number)
    assert studio.bells - before == 5
    studio.voice.hush()
    assert studio.inbox.empty()


def test_a_voice_that_can_not_be_rendered_is_lost_until_it_can(studio: Studio) -> None:
    studio.renderer.fails = True
    studio.voice.say(Say(1, "One."))
    studio.voice.say(Say(2, "Two."))
    studio.until(VoiceLost("The voice could not say something."), SpeechEnded(1), SpeechEnded(2))
    studio.renderer.fails = False
    studio.voice.say(Say(3, "Three."))
    studio.until(VoiceBack(), SpeechEnded(3))


def test_what_can_not_be_prepared_is_said_before_the_session(studio: Studio) -> None:
    studio.renderer.fails = True
    with pytest.raises(CoachError):
        studio.voice.prepare(["One."])


def test_nothing_is_reported_after_close(studio: Studio) -> None:
    studio.voice.say(Say(1, "One."))
    studio.voice.close()
    assert studio.inbox.empty()
    assert studio.renderer.closed
    assert studio.sound.stream.closed


@pytest.mark.parametrize("volume", [float("nan"), float("inf"), -1.0, 80.0])
def test_a_volume_that_is_none_becomes_the_usual_one(studio: Studio, volume: float) -> None:
    studio.voice.adjust(150, volume)
    studio.voice.say(Say(1, "One."))
    loudest = max(float(np.abs(block).max()) for block in studio.until(SpeechEnded(1)))
    assert 0.0 < loudest <= module.VOLUME**2


def test_without_a_loudspeaker_there_are_captions_and_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = FakeSound()
    broken.broken = True
    monkeypatch.setattr(portaudio, "load", broken.load)
    voice, lack = open_voice(queue.SimpleQueue())
    assert isinstance(voice, CaptionVoice)
    assert lack is not None
    assert lack.startswith("There is no sound: no loudspeaker was found")


def test_a_start_loads_no_sound_library_before_it_needs_one() -> None:
    code = "import sys, coach.voice, coach.captions, coach.soundtrack; print(*sys.modules)"
    root = Path(module.__file__).resolve().parent.parent
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True, timeout=60)
    heavy = {"numpy", "sounddevice", "soundfile", "soxr", "pyttsx3", "mutagen", "rich"}
    assert not heavy & set(done.stdout.split())


# --- captions only -----------------------------------------------------------------------------


class Reader:
    """A caption voice whose time is given out by hand."""

    def __init__(self) -> None:
        self.inbox: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self.waits: queue.SimpleQueue[float] = queue.SimpleQueue()
        self.over = threading.Semaphore(0)
        self.bells = 0
        self.voice = CaptionVoice(self.inbox, bell=self._ring, wait=self._wait)

    def _ring(self) -> None:
        self.bells += 1

    def _wait(self, cut: threading.Event, seconds: float) -> bool:
        if not cut.is_set():
            self.waits.put(seconds)
            self.over.acquire(timeout=LIMIT_S)
        return cut.is_set()


@pytest.fixture
def reader() -> Iterator[Reader]:
    reader = Reader()
    yield reader
    reader.voice.close()
    reader.over.release()


def test_a_caption_lasts_as_long_as_saying_it(reader: Reader) -> None:
    reader.voice.say(Say(1, "Lie down on the mat."))
    assert reader.waits.get(timeout=LIMIT_S) == estimated_length_s("Lie down on the mat.", 150)
    assert reader.inbox.empty()
    reader.over.release()
    assert reader.inbox.get(timeout=LIMIT_S) == SpeechEnded(1)
    assert reader.bells == 1


def test_captions_and_chimes_take_turns(reader: Reader) -> None:
    reader.voice.chime("end")
    reader.voice.say(Say(1, "One."))
    assert reader.waits.get(timeout=LIMIT_S) == chimes.length_s("end")
    assert reader.waits.empty()
    reader.over.release()
    assert reader.waits.get(timeout=LIMIT_S) == reader.voice.length_s("One.")
    assert reader.inbox.empty()


def test_a_hush_ends_all_captions_once(reader: Reader) -> None:
    reader.voice.say(Say(1, "One."))
    reader.voice.say(Say(2, "Two."))
    reader.waits.get(timeout=LIMIT_S)
    reader.voice.hush()
    assert [reader.inbox.get(timeout=LIMIT_S) for _ in range(2)] == [SpeechEnded(1), SpeechEnded(2)]
    reader.over.release()
    reader.voice.say(Say(3, "Three."))
    reader.waits.get(timeout=LIMIT_S)
    reader.over.release()
    assert reader.inbox.get(timeout=LIMIT_S) == SpeechEnded(3)


def test_a_slower_rate_gives_more_time_to_read(reader: Reader) -> None:
    before = reader.voice.length_s("One.")
    reader.voice.adjust(75, 1.0)
    assert reader.voice.length_s("One.") == pytest.approx(2 * before)


def test_real_time_passes_by_default() -> None:
    inbox: queue.SimpleQueue[Event] = queue.SimpleQueue()
    voice = CaptionVoice(inbox, rate_wpm=6000)
    voice.say(Say(1, "One."))
    assert inbox.get(timeout=LIMIT_S) == SpeechEnded(1)
    voice.close()


def test_the_bell_rings_on_a_terminal_only(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    module.terminal_bell()
    assert capsys.readouterr().out == ""
    monkeypatch.setattr(module.sys.stdout, "isatty", lambda: True, raising=False)
    module.terminal_bell()
    assert capsys.readouterr().out == "\a"
