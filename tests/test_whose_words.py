"""Whose words are they? The coach's own are dropped, doubtful ones are told apart, a person's always pass."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from coach.canceller import Cancelled, Canceller
from coach.events import Heard
from coach.own_voice import (
    CLEAR_DB,
    EARLY,
    ENDS_AFTER_S,
    IN_SILENCE_DB,
    LATELY_S,
    NOTICED_WITHIN_BYTES,
    PERHAPS_DB,
    QUIET_AGAIN_S,
    SILENT_AFTER_S,
    STILL_DB,
    STILL_S,
    TELL_EVERY_S,
    OwnVoice,
)
from coach.reference import Reference
from tests.fake_ears import FakeRecogniser

RATE_HZ = 16_000
BLOCK = 320
STEP_S = BLOCK / RATE_HZ
COACH, PERHAPS, CLEAR = PERHAPS_DB - 0.2, CLEAR_DB - 0.2, CLEAR_DB + 0.2
"""What is unexplained where only the coach sounds, where perhaps somebody does, and where clearly somebody does."""
PARTIAL, FINAL = Heard("stop", final=False), Heard("stop")
DOUBTFUL_PARTIAL, DOUBTFUL = Heard("stop", final=False, sure=False), Heard("stop", sure=False)


class Judged(Canceller):
    """Passes sound through, and finds in it what it is told to."""

    def __init__(self) -> None:
        self.unexplained_db, self.can_tell, self.near = 0.0, True, False

    def process(self, heard: Any, played: Any) -> Cancelled:
        return Cancelled(heard, self.near, self.unexplained_db, self.can_tell, None, -40.0)

    def reset(self) -> None: ...


class Ear(FakeRecogniser):
    """Notes also with which sound it was told to begin anew, and how much it had been fed by then."""

    def __init__(self) -> None:
        super().__init__()
        self.begun: list[tuple[int, bytes]] = []

    def start_over(self, pcm16: bytes) -> None:
        self.begun.append((len(self.fed), pcm16))


class Talk:
    """The coach and perhaps a person, 20 ms after 20 ms."""

    def __init__(self) -> None:
        self.canceller, self.ear, self._reference = Judged(), Ear(), Reference()
        self._own = OwnVoice(self._reference, self.canceller)
        self._place = 10 * RATE_HZ
        self.sounded: list[float] = []
        """When somebody was told of, in seconds since the beginning."""

    @property
    def now(self) -> float:
        """Since the beginning."""
        return self._place / RATE_HZ - 10

    def step(
        self, *words: Heard, coach: bool = True, db: float | None = None, near: bool = False, tells: bool = True
    ) -> list[Heard]:
        """A piece of sound with words from the recogniser: those that are passed on. Nobody speaks but the coach."""
        db = (COACH if coach else 0.0) if db is None else db
        played = np.full(BLOCK, 0.1 * coach, np.float32)
        self._reference.played(played, RATE_HZ, (self._place + EARLY) / RATE_HZ)
        self.canceller.unexplained_db, self.canceller.near, self.canceller.can_tell = db, near, tells
        self.ear.script = [list(words)]
        # No two pieces are the same.
        piece = np.full(BLOCK, self._place // BLOCK, "<i2").tobytes()
        cleaned, kept = self._own.listen(self.ear, piece, self._place)
        self._place += BLOCK
        self.sounded += [self.now] if cleaned.sounded else []
        return kept

    def during(self, seconds: float, **how: Any) -> None:
        """Nothing is made out for a while."""
        for _ in range(round(seconds / STEP_S)):
            assert self.step(**how) == []


@pytest.fixture
def talk() -> Talk:
    made = Talk()
    made.during(2.0)
    return made


# --- while the coach sounds ---------------------------------------------------------------------------


@pytest.mark.parametrize("words", [PARTIAL, FINAL])
def test_while_only_the_coach_sounds_words_are_its_own(talk: Talk, words: Heard) -> None:
    assert talk.step(words) == []


@pytest.mark.parametrize(("words", "passed"), [(PARTIAL, DOUBTFUL_PARTIAL), (FINAL, DOUBTFUL)])
@pytest.mark.parametrize("how", [{"db": PERHAPS}, {"tells": False}])
def test_where_somebody_may_have_spoken_words_are_doubtful(
    talk: Talk, words: Heard, passed: Heard, how: dict[str, Any]
) -> None:
    """Where nobody can tell, somebody may have."""
    assert talk.step(words, **how) == [passed]


@pytest.mark.parametrize("words", [PARTIAL, FINAL, DOUBTFUL])
def test_where_somebody_clearly_speaks_words_pass_as_they_are(talk: Talk, words: Heard) -> None:
    talk.step(db=CLEAR)
    talk.during(0.5)
    assert talk.step(words) == [words]


def test_what_nobody_can_tell_is_not_clear(talk: Talk) -> None:
    assert talk.step(FINAL, db=CLEAR, tells=False) == [DOUBTFUL]


@pytest.mark.parametrize("db", [PERHAPS, CLEAR])
def test_a_voice_of_long_ago_says_nothing_of_these_words(talk: Talk, db: float) -> None:
    talk.step(db=db)
    talk.during(LATELY_S + STEP_S)
    assert talk.step(FINAL) == []
    talk.step(db=db)
    talk.during(LATELY_S - 2 * STEP_S)
    assert talk.step(FINAL) != []


def test_the_clearest_of_late_counts(talk: Talk) -> None:
    talk.step(db=CLEAR)
    talk.during(0.3, db=PERHAPS)
    assert talk.step(PARTIAL) == [PARTIAL]


def test_after_a_final_a_voice_must_be_heard_anew(talk: Talk) -> None:
    """What the coach says next is its own."""
    talk.step(db=CLEAR)
    assert talk.step(FINAL) == [FINAL]
    assert talk.step(PARTIAL) == []
    assert talk.step(FINAL) == []
    assert talk.step(PARTIAL, db=PERHAPS) == [DOUBTFUL_PARTIAL]


def test_a_final_that_is_the_coach_s_own_takes_what_was_heard_before_it_along(talk: Talk) -> None:
    talk.step(db=CLEAR)
    talk.during(LATELY_S + STEP_S)
    assert talk.step(FINAL, PARTIAL) == []


@pytest.mark.parametrize("said", [FINAL, Heard("")])
def test_what_was_passed_on_as_a_partial_always_ends(talk: Talk, said: Heard) -> None:
    """However long the coach talks on before the recogniser sees an end."""
    talk.step(db=CLEAR)
    assert talk.step(PARTIAL) == [PARTIAL]
    talk.during(3 * LATELY_S)
    assert talk.step(said) == [Heard(said.words, sure=False)]
    assert talk.step(FINAL) == []


# --- in silence --------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", [PARTIAL, FINAL, DOUBTFUL])
@pytest.mark.parametrize("db", [0.0, CLEAR])
def test_words_in_silence_always_pass(words: Heard, db: float) -> None:
    """However soft: nothing else stands beside them."""
    talk = Talk()
    assert talk.step(words, coach=False, db=db) == [words]
    talk.during(1.0)
    talk.during(ENDS_AFTER_S, coach=False, db=db)
    assert talk.step(words, coach=False, db=db) == [words]


def test_just_after_the_coach_words_may_still_be_its_last_ones(talk: Talk) -> None:
    talk.during(ENDS_AFTER_S - 2 * STEP_S, coach=False)
    assert talk.step(FINAL, coach=False) == []


@pytest.mark.parametrize(("db", "passed"), [(IN_SILENCE_DB + 0.1, [FINAL]), (IN_SILENCE_DB - 0.1, [])])
@pytest.mark.parametrize("coach_next", [True, False])
def test_a_voice_in_the_coach_s_pause_is_a_person_s(
    talk: Talk, db: float, passed: list[Heard], coach_next: bool
) -> None:
    """Its last words are gone by then; and it may have begun again when the recogniser brings them."""
    talk.during(SILENT_AFTER_S + STEP_S, coach=False)
    talk.step(coach=False, db=db)
    talk.during(0.2, coach=coach_next)
    assert talk.step(FINAL, coach=coach_next) == passed


def test_words_that_end_just_before_the_coach_begins_pass_where_their_voice_stood_out() -> None:
    for db, passed in ((IN_SILENCE_DB + 0.1, [FINAL]), (IN_SILENCE_DB - 0.1, [])):
        talk = Talk()
        talk.during(3.0, coach=False)
        talk.during(0.4, coach=False, db=db)
        talk.during(0.6)
        assert talk.step(FINAL) == passed


# --- who still speaks -------------------------------------------------------------------------------


def test_who_still_speaks_to_a_coach_that_has_fallen_silent_is_told_of_now_and_then_for_a_while(talk: Talk) -> None:
    talk.during(0.5, db=CLEAR, near=True)
    (began,), silent_at = talk.sounded, talk.now
    talk.during(STILL_S + 2, coach=False, db=STILL_DB + 0.1)
    later = np.array(talk.sounded[1:])
    assert began < silent_at + SILENT_AFTER_S < later[0]
    assert np.diff(later) == pytest.approx(TELL_EVERY_S, abs=2 * STEP_S)
    assert later[-1] == pytest.approx(silent_at + STILL_S, abs=TELL_EVERY_S + STEP_S)


def test_nobody_speaks_where_no_more_sounds_than_the_room_and_where_the_coach_has_not_spoken(talk: Talk) -> None:
    talk.during(STILL_S, coach=False, db=STILL_DB - 0.1)
    assert talk.sounded == []
    fresh = Talk()
    fresh.during(STILL_S, coach=False, db=CLEAR)
    assert fresh.sounded == []


# --- beginning to read with their first word ----------------------------------------------------------


def test_reading_begins_anew_with_a_person_once_and_with_what_came_just_before(talk: Talk) -> None:
    talk.during(0.3, db=PERHAPS, near=True)
    assert talk.ear.begun == [], "not before it is clear"
    talk.during(0.5, db=CLEAR, near=True)
    talk.during(QUIET_AGAIN_S - 2 * STEP_S)
    talk.during(0.5, db=CLEAR, near=True)
    (fed, before), *more = talk.ear.begun
    assert not more, "the same person"
    assert len(before) == NOTICED_WITHIN_BYTES
    assert before == b"".join(talk.ear.fed[:fed])[-NOTICED_WITHIN_BYTES:], "and the piece itself comes next"
    talk.during(QUIET_AGAIN_S + STEP_S)
    talk.during(0.5, db=CLEAR, near=True)
    assert len(talk.ear.begun) == 2, "somebody new"


def test_reading_does_not_begin_anew_for_sounds_in_silence_that_are_nobody_s_over_the_coach(talk: Talk) -> None:
    talk.during(1.0, coach=False)
    talk.during(1.0, coach=False, db=CLEAR)
    assert talk.ear.begun == []


def test_reading_does_not_begin_anew_once_words_of_theirs_were_passed_on(talk: Talk) -> None:
    """Their partial would have no final, and their words would be cut in two."""
    talk.step(db=PERHAPS, near=True)
    assert talk.step(PARTIAL, near=True) == [DOUBTFUL_PARTIAL]
    talk.during(0.5, db=CLEAR, near=True)
    assert talk.ear.begun == []
    assert talk.step(FINAL) == [FINAL]
    talk.during(QUIET_AGAIN_S + STEP_S)
    talk.during(0.5, db=CLEAR, near=True)
    assert len(talk.ear.begun) == 1


def test_words_that_were_dropped_do_not_keep_reading_from_beginning_anew(talk: Talk) -> None:
    assert talk.step(PARTIAL) == []
    talk.during(0.1, db=CLEAR, near=True)
    assert len(talk.ear.begun) == 1
