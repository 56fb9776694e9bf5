"""The ears on virtual time: when they are lost, when they are back, and what nobody is told."""

from __future__ import annotations

import numpy as np

from coach.ears import (
    FIRST_REOPEN_S,
)
from coach.events import EarsBack, EarsLost, Event, Heard, Outcry
from coach.microphone import NO_FRAMES_S
from coach.soundness import NO_ZEROS_S, SILENCE_LIMIT_S, STUCK
from coach.watchdog import LONGEST_PROOF_S
from tests.fake_ears import BLOCK_S, SOUND, ZEROS, Bench, FakeRecogniser, FakeSource, bench


def test_a_lost_microphone_is_said_once_and_so_is_its_return() -> None:
    source = FakeSource(SOUND, "it was unplugged", opening=())
    recogniser = FakeRecogniser(last=(Heard("my back"),))
    ears = bench(source, recogniser)
    assert ears.run(1) == []
    source.opening = ["no microphone was found"] * 5
    assert ears.run(3) == [Heard("my back")], "perhaps it can be opened again at once"
    assert recogniser.resets == 1
    ears.clock.now += NO_FRAMES_S
    assert ears.run(1) == [EarsLost("no microphone was found")]
    assert ears.run(2) == []
    assert ears.run(2) == [EarsBack()]
    assert source.opened == 7


def test_a_microphone_that_is_interrupted_again_and_again_is_not_passed_over() -> None:
    ears = bench(FakeSource(*[SOUND, "gone"] * 20), FakeRecogniser())
    told = []
    for _ in range(20):
        told += ears.run(2)
        ears.clock.now += 1.0
    assert told == [EarsLost("gone"), EarsBack(), EarsLost("gone")]


def test_a_microphone_that_can_be_opened_again_at_once_was_never_lost() -> None:
    source = FakeSource(SOUND, "its rate has changed")
    ears = bench(source, FakeRecogniser())
    ears.run(2)
    ears.clock.now += NO_FRAMES_S - 0.1
    ears.ears.look()
    assert ears.run(2) == []
    ears.clock.now += 100
    ears.ears.look()
    assert ears.events() == []
    assert source.opened == 2


def test_one_that_brings_nothing_then_is_lost_two_seconds_after_the_last_sound() -> None:
    source = FakeSource(SOUND, "it was unplugged", b"", b"", b"")
    ears = bench(source, FakeRecogniser())
    ears.run(3)
    ears.clock.now += NO_FRAMES_S - 0.1
    ears.ears.look()
    assert ears.events() == []
    ears.clock.now += 0.1
    ears.ears.look()
    assert ears.run(1) == [EarsLost("it was unplugged")]


def test_one_that_has_brought_nothing_for_two_seconds_is_lost_before_another_try() -> None:
    source = FakeSource(SOUND, "no more sound")
    ears = bench(source, FakeRecogniser())
    ears.run(1)
    ears.clock.now += NO_FRAMES_S
    assert ears.run(1) == [EarsLost("no more sound")]


def test_a_loss_is_said_before_the_microphone_is_closed_for_that_may_hang() -> None:
    source = FakeSource(SOUND, "gone")
    ears = bench(source, FakeRecogniser())
    ears.run(1)
    ears.clock.now += NO_FRAMES_S
    said_by_then: list[Event] = []
    source.close = lambda: said_by_then.extend(ears.events())  # type: ignore[method-assign]
    ears.run(1)
    assert said_by_then == [EarsLost("gone")]


def test_pauses_between_attempts_grow_to_a_limit_and_begin_anew_after_a_return() -> None:
    source = FakeSource(opening=("none",) * 6)
    ears = bench(source, FakeRecogniser())
    assert [ears.ears.step() for _ in range(7)] == [1, 2, 4, 8, 10, 10, 0]
    source.answers, source.opening = ["gone"], ["none"]
    assert ears.ears.step() < 1
    ears.clock.now += NO_FRAMES_S
    assert ears.ears.step() == 1


def test_seconds_of_exact_zeros_are_no_hearing_and_any_sound_is() -> None:
    blocks = round(SILENCE_LIMIT_S / BLOCK_S)
    source = FakeSource(*[ZEROS] * blocks, SOUND)
    ears = bench(source, FakeRecogniser())
    assert ears.run(blocks - 1) == []
    (lost,) = ears.run(1)
    assert isinstance(lost, EarsLost)
    assert "no sound at all" in lost.why
    assert ears.run(1) == [EarsBack()]
    assert source.opened == 1, "it goes on listening all the while"


def test_a_microphone_that_is_silent_between_words_is_given_longer_each_time() -> None:
    blocks = round(SILENCE_LIMIT_S / BLOCK_S)
    ears = bench(FakeSource(*[ZEROS] * blocks, SOUND, *[ZEROS] * (2 * blocks)), FakeRecogniser())
    assert len(ears.run(blocks + 1)) == 2
    assert ears.run(2 * blocks - 1) == []
    assert len(ears.run(1)) == 1


def test_a_stream_that_stays_silent_is_opened_anew_and_stays_lost_until_there_is_sound() -> None:
    blocks = round((SILENCE_LIMIT_S + FIRST_REOPEN_S) / BLOCK_S)
    source = FakeSource(*[ZEROS] * (blocks + 10))
    ears = bench(source, FakeRecogniser())
    assert len(ears.run(blocks + 5)) == 1
    assert source.opened == 2
    assert ears.run(5) == []
    assert ears.run(1) == [EarsBack()]


def test_a_computer_that_can_not_keep_up_is_deaf_until_it_has_caught_up() -> None:
    source = FakeSource()
    ears = bench(source, FakeRecogniser())
    assert ears.run(1) == []
    source.dropped, source.backlog = 5, 9.9
    assert ears.run(2) == [EarsLost("this computer is too busy to listen in time")]
    source.backlog = 2.0
    assert ears.run(2) == []
    source.backlog = 0.1
    assert ears.run(2) == [EarsBack()]


def test_a_stream_at_fault_is_no_hearing_until_it_says_that_it_is_sound_and_is_opened_anew_meanwhile() -> None:
    source = FakeSource()
    ears = bench(source, FakeRecogniser())
    assert ears.run(5) == []
    source.trouble = STUCK
    assert ears.run(5) == [EarsLost(STUCK)]
    ears.run(round(FIRST_REOPEN_S / BLOCK_S))
    assert source.opened == 2
    source.trouble = None
    assert ears.run(1) == [EarsBack()]


def test_what_cries_in_a_stream_at_fault_is_nobody() -> None:
    at_s = np.arange(16_000) / 16_000
    cry = (8000 * np.sin(2 * np.pi * 400 * at_s) * (at_s < 0.6)).astype("<i2").tobytes()
    cries = [cry[at : at + 640] for at in range(0, len(cry), 640)]
    for trouble in (None, STUCK):
        ears = bench(FakeSource(*[SOUND] * 150, *cries, *[SOUND] * 100), FakeRecogniser())
        ears.source.trouble = trouble
        cried = [event for event in ears.run(300) if isinstance(event, Outcry)]
        assert len(cried) == (trouble is None)


def test_the_more_often_it_is_lost_the_longer_it_must_be_sound_before_that_is_said() -> None:
    source = FakeSource()
    ears = bench(source, FakeRecogniser())
    told = []
    for _ in range(60):  # two seconds of trouble and three without, for five minutes
        for trouble, blocks in ((STUCK, 100), (None, 150)):
            source.trouble = trouble
            told += ears.run(blocks)
            ears.clock.now += blocks * BLOCK_S
    assert told == [EarsLost(STUCK), EarsBack(), EarsLost(STUCK), EarsBack(), EarsLost(STUCK)]
    told = ears.run(round(LONGEST_PROOF_S / BLOCK_S))
    assert told == [EarsBack()]


def test_a_microphone_without_silences_for_a_minute_is_one_whose_silence_is_a_fault_again() -> None:
    blocks = round(SILENCE_LIMIT_S / BLOCK_S)
    source = FakeSource(*[ZEROS] * blocks, *[SOUND] * round(NO_ZEROS_S / BLOCK_S), *[ZEROS] * blocks)
    ears = bench(source, FakeRecogniser())
    ears.run(blocks + round(NO_ZEROS_S / BLOCK_S))
    assert len(ears.run(blocks)) == 1


class Mute(FakeRecogniser):
    """Takes sound, and notices nothing in it, or something where ``answers`` is set."""

    def __init__(self) -> None:
        super().__init__()
        self.noticed, self.answers = 0, False

    def feed(self, pcm16: bytes) -> list[Heard]:
        self.noticed += self.answers
        return super().feed(pcm16)


def test_a_recogniser_that_makes_nothing_of_voices_is_replaced_and_then_told_of() -> None:
    loud, soft = b"\x00\x10" * 320, SOUND
    voices = 3 * [*[soft] * 100, *[loud] * 50]  # a second each
    made: list[Mute] = []

    def load() -> Mute:
        made.append(Mute())
        return made[-1]

    ears = Bench(FakeSource(*voices, *voices, *voices), load)
    assert ears.run(len(voices) + 80) == []
    assert len(made) == 2, "replaced before anybody need know"
    told = ears.run(len(voices))
    assert [type(event) for event in told] == [EarsLost]
    made[-1].answers = True
    assert ears.run(5) == [EarsBack()]
    assert ears.run(1000) == []
    assert len(made) == 3


def test_a_recogniser_that_cannot_say_whether_it_noticed_anything_is_not_judged() -> None:
    loud = b"\x00\x10" * 320
    ears = bench(FakeSource(*20 * [*[SOUND] * 100, *[loud] * 25]), FakeRecogniser())
    assert ears.run(2500) == []
