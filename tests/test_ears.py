"""The ears with a stand-in microphone and recogniser, on virtual time: what they say, and what they wait for."""

from __future__ import annotations

import threading
from pathlib import Path
from queue import SimpleQueue

import pytest

from coach.ears import (
    EVEN_S,
    LOADING_LIMIT_S,
    STUCK_LIMIT_S,
    Ears,
    open_ears,
)
from coach.errors import CoachError
from coach.events import EarsBack, EarsLost, Event, Heard, Hush, Listen
from coach.intents import Context
from coach.models import NoModelError
from tests.fake_ears import Bench, FakeRecogniser, FakeSource, bench


def test_the_recogniser_is_told_what_was_asked_before_it_is_given_more_sound() -> None:
    recogniser = FakeRecogniser()
    ears = bench(FakeSource(), recogniser)
    ears.run(2)
    ears.ears.observe(Listen(Context.ASKED_SCORE))
    ears.run(1)
    ears.ears.observe(Listen(None))
    ears.ears.observe(Hush())
    ears.run(1)
    assert recogniser.expected[-2:] == [Context.ASKED_SCORE, None]


def test_words_arrive_as_they_are_recognised_and_ready_is_said_once_sound_flows() -> None:
    partial, final = Heard("severe", final=False), Heard("severe pain")
    ears = bench(FakeSource(), FakeRecogniser([], [partial], [final]))
    assert not ears.ears.ready.is_set()
    assert ears.run(3) == [partial, final]
    assert not ears.ears.ready.is_set(), "a stream comes in bursts at first"
    ears.run(round(EVEN_S / 0.02))
    assert ears.ears.ready.is_set()


def test_the_microphone_is_open_before_the_model_is_loaded() -> None:
    source = FakeSource()

    def load() -> FakeRecogniser:
        assert source.is_open
        return FakeRecogniser()

    assert Bench(source, load).run(2) == []


def test_a_recogniser_that_fails_is_said_and_replaced() -> None:
    made: list[FakeRecogniser] = []

    def load() -> FakeRecogniser:
        made.append(FakeRecogniser(RuntimeError("bad")) if not made else FakeRecogniser())
        return made[-1]

    ears = Bench(FakeSource(), load)
    assert ears.run(1) == [EarsLost("the speech recogniser has failed")]
    assert ears.run(1) == [EarsBack()]
    assert len(made) == 2


def test_no_model_and_a_bad_model_are_plain_reasons_said_once() -> None:
    def none() -> FakeRecogniser:
        raise NoModelError("none")

    def bad() -> FakeRecogniser:
        raise RuntimeError("kaldi")

    assert Bench(FakeSource(), none).run(3) == [EarsLost("there is no speech model on this computer yet")]
    assert Bench(FakeSource(), bad).run(3) == [EarsLost("the speech model can't be used")]


def test_a_recogniser_that_hangs_is_noticed_by_the_watch_and_its_return_too() -> None:
    inside, go_on = threading.Event(), threading.Event()

    class Hanging(FakeRecogniser):
        def feed(self, pcm16: bytes) -> list[Heard]:
            inside.set()
            assert go_on.wait(10)
            return []

    ears = bench(FakeSource(), Hanging())
    stuck = threading.Thread(target=ears.ears.step)
    stuck.start()
    assert inside.wait(10)
    ears.clock.now += STUCK_LIMIT_S - 0.1
    ears.ears.look()
    assert ears.events() == []
    ears.clock.now += 0.1
    ears.ears.look()
    ears.ears.look()
    assert ears.events() == [EarsLost("the speech recogniser does not answer")]
    go_on.set()
    stuck.join()
    assert ears.events() == [EarsBack()]
    ears.clock.now += 100
    ears.ears.look()
    assert ears.events() == []


def test_a_model_may_take_as_long_to_load_as_sound_can_wait() -> None:
    ears = bench(FakeSource(), FakeRecogniser())
    seen: list[list[Event]] = []

    def load() -> FakeRecogniser:
        for wait_s in (LOADING_LIMIT_S - 0.1, 0.2):
            ears.clock.now += wait_s
            ears.ears.look()
            seen.append(ears.events())
        return FakeRecogniser()

    ears.ears = Ears(ears.inbox, load, ears.source, clock=ears.clock)
    assert ears.run(1) == [EarsBack()]
    assert seen == [[], [EarsLost("the speech model takes too long to load")]]


def test_threads_start_listen_and_end() -> None:
    words = Heard("stop")
    source = FakeSource()
    inbox: SimpleQueue[Event] = SimpleQueue()
    ears = Ears(inbox, lambda: FakeRecogniser([words]), source)
    ears.start()
    assert ears.ready.wait(10)
    assert inbox.get(timeout=10) == words
    ears.close()
    ears.close()
    assert not source.is_open
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("ears")]


def test_nothing_is_said_after_the_end() -> None:
    ears = bench(FakeSource("gone"), FakeRecogniser())
    ears.ears.close()
    assert ears.run(2) == []


def test_ears_without_a_model_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    inbox: SimpleQueue[Event] = SimpleQueue()
    ears = open_ears(inbox, None)
    monkeypatch.setattr(ears, "_source", FakeSource())
    ears.step()
    assert inbox.get(timeout=1) == EarsLost("there is no speech model on this computer yet")


def test_a_chosen_model_that_cannot_be_loaded_makes_way_for_the_coachs_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[Path] = []

    def load(folder: Path) -> FakeRecogniser:
        tried.append(folder)
        if folder != tmp_path / "own":
            raise CoachError("damaged")
        return FakeRecogniser()

    monkeypatch.setattr("coach.ears.VoskRecogniser", load)
    monkeypatch.setattr("coach.ears.own_model", lambda: tmp_path / "own")
    ears = open_ears(SimpleQueue(), tmp_path / "chosen")
    ears._source = FakeSource()
    ears.step()
    assert tried == [tmp_path / "chosen", tmp_path / "own"]
    assert ears._recogniser is not None
