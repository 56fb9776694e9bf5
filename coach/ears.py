"""Always listening: sound in, Heard out, and an honest word when no sound or no sense comes.

Two threads do all the work: one listens, one watches that the first is not stuck. All they do to the rest of the
coach is to put events into its inbox. The ears are never muted and keep no sound.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable
from pathlib import Path

from coach.errors import CoachError
from coach.events import Command, Event, Heard, Listen, Outcry, Sounded
from coach.intents import Context
from coach.microphone import BACKLOG_LIMIT_S, NO_FRAMES_S, Microphone, MicrophoneLostError, Source
from coach.models import NoModelError, none_here, own_model
from coach.outcries import Outcries
from coach.own_voice import OwnVoice
from coach.recogniser import BYTES_PER_S, Recogniser, VoskRecogniser
from coach.reference import SETTLES_S, Reference
from coach.soundness import Loudness, Silence, Unanswered
from coach.watchdog import Inbox, Watchdog

__all__ = ["Ears", "Inbox", "open_ears"]

READ_S = 0.25
FIRST_REOPEN_S = 10.0
LONGEST_REOPEN_S = 60.0
LATE_LIMIT_S = 3.0
STUCK_LIMIT_S = 2.5
LOADING_LIMIT_S = BACKLOG_LIMIT_S
"""What is said while the model loads waits for it; past this, words would be lost."""
QUICK_RETRY_S = 0.25
FIRST_RETRY_S = 1.0
LONGEST_RETRY_S = 10.0
EVEN_S = SETTLES_S + 0.1
WATCH_EVERY_S = 0.25


class Ears:
    """Listens from ``start`` to ``close``, whatever else goes on."""

    def __init__(
        self,
        inbox: Inbox,
        load: Callable[[], Recogniser],
        source: Source | None = None,
        own_voice: OwnVoice | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """``load`` makes the recogniser and is called in the listening thread; ``source`` is the microphone.

        ``own_voice`` takes the coach's own voice out of what it brings; without one everything counts as a person's.
        """
        self._inbox = inbox
        self._load = load
        self._source: Source = source if source is not None else Microphone()
        self._own_voice = own_voice
        self._clock = clock
        self._recogniser: Recogniser | None = None
        self._expected: Context | None = None
        self._open = False
        self._silence = Silence()
        self._unanswered = Unanswered()
        self._noticed: int | None = None
        self._loudness = Loudness()
        self._outcries = Outcries()
        self._reopen_after_s = FIRST_REOPEN_S
        self._retry_s = FIRST_RETRY_S
        self._seen_dropped = 0
        self._late = False
        self._useless_s = 0.0  # for so long a stream has brought nothing of use
        self._heard_at = float("-inf")
        self._dog = Watchdog(inbox, clock)
        self._closing = threading.Event()
        self._threads: list[threading.Thread] = []
        self.ready = threading.Event()
        """Set once sound reaches the recogniser evenly; what is said before that waits and is not lost."""
        self._heard_s = 0.0

    def start(self) -> None:
        """Begin to listen; returns at once."""
        for name, work in (("ears", self._listen), ("ears-watch", self._watch)):
            thread = threading.Thread(target=work, name=name, daemon=True)
            self._threads.append(thread)
            thread.start()

    def observe(self, what: Event | Command) -> None:
        """Take note of what the session expects to hear. Thread-safe."""
        if isinstance(what, Listen):
            self._expected = Context(what.context) if what.context else None

    def close(self) -> None:
        """Stop listening; waits for a moment, not for a thread that is stuck. May be called twice."""
        self._closing.set()
        self._dog.close()
        for thread in self._threads:
            if thread is not threading.current_thread():
                thread.join(timeout=2.0)

    # --- the listening thread ---

    def _listen(self) -> None:
        try:
            while not self._closing.is_set():
                pause_s = self.step()
                if pause_s:
                    self._closing.wait(pause_s)
        finally:
            with contextlib.suppress(Exception):
                self._source.close()

    def step(self) -> float:
        """Do the next thing there is to do; the answer is how long to wait before the next one, in seconds.

        The microphone comes before the model, so that what is said while the model loads is heard after all.
        """
        try:
            if not self._open:
                self._open_source()
            if self._recogniser is None:
                with self._dog.doing("the speech model takes too long to load", LOADING_LIMIT_S):
                    self._recogniser = self._load()
            block = self._source.read(READ_S)
        except MicrophoneLostError as error:
            if self._open:
                self._end_utterance()
            pause_s = self._interrupted(str(error))
            self._let_go()
            return pause_s
        except NoModelError:
            return self._failed("there is no speech model on this computer yet")
        except Exception:  # noqa: BLE001 - whatever a recogniser raises must not make the coach deaf unnoticed
            return self._failed("the speech model can't be used")
        return self._take(block) if block else 0.0

    def _open_source(self) -> None:
        with self._dog.doing("the microphone does not answer", STUCK_LIMIT_S):
            self._source.open()
        self._open = True
        self._silence.begin_anew()
        self._outcries = Outcries()
        if self._own_voice is not None:
            self._own_voice.reset()
        self._seen_dropped = self._source.dropped

    def _end_utterance(self) -> None:
        """The sound has a gap here: what was said before it still counts, and is not joined to what comes after."""
        if self._recogniser is not None:
            with contextlib.suppress(Exception):
                own = self._own_voice
                self._post(own.rest(self._recogniser) if own else self._recogniser.flush())
                self._recogniser.reset()

    def _let_go(self) -> None:
        """Close the microphone; a sound system that hangs keeps this from ending, so say first that it is lost."""
        self._open = False
        with contextlib.suppress(Exception):
            self._source.close()

    def _take(self, block: bytes) -> float:
        recogniser = self._recogniser
        assert recogniser is not None
        try:
            with self._dog.doing("the speech recogniser does not answer", STUCK_LIMIT_S):
                recogniser.expect(self._expected)
                sound, heard = self._hear(block, recogniser)
        except Exception:  # noqa: BLE001 - as above
            self._recogniser = None
            return self._failed("the speech recogniser has failed")
        self._post(heard)
        if self._dog.why is not None:
            self._outcries = Outcries()  # whatever cries in a stream that is at fault is nobody's voice
        elif self._outcries.passed(sound, [words.words for words in heard if words.final]):
            self._inbox.put(Outcry())
        self._heard_s += len(block) / BYTES_PER_S
        if self._heard_s >= EVEN_S:
            self.ready.set()
        self._judge_answers(recogniser, sound)
        self._judge(block)
        return 0.0

    def _hear(self, block: bytes, recogniser: Recogniser) -> tuple[bytes, list[Heard]]:
        """What is left without the coach's own voice, and the words in it. Silence on a voice comes before words."""
        if self._own_voice is None:
            return block, recogniser.feed(block)
        cleaned, heard = self._own_voice.listen(recogniser, block, self._source.place)
        if cleaned.sounded and self._dog.why is None:
            self._inbox.put(Sounded())
        return cleaned.pcm16, heard

    def _judge(self, block: bytes) -> None:
        """Is what comes worth listening to, and in time?"""
        self._heard_at = self._clock()
        length_s = len(block) / BYTES_PER_S
        if self._silence.is_dead(block, self._dog.why is not None):
            self._dog.lost("the microphone gives no sound at all; it may be switched off, or not allowed")
            self._reopen_while_useless(length_s)
            return
        self._judge_lateness()
        overloaded = self._loudness.trouble(block)
        trouble = self._source.trouble or overloaded
        if trouble:
            self._dog.lost(trouble)
        if self._source.trouble:
            self._reopen_while_useless(length_s)
        elif not (trouble or self._silence.zeros or self._late or self._unanswered.again):
            self._retry_s, self._reopen_after_s, self._useless_s = FIRST_RETRY_S, FIRST_REOPEN_S, 0.0
            self._dog.heard(length_s)

    def _judge_answers(self, recogniser: Recogniser, sound: bytes) -> None:
        """A recogniser that makes nothing of voices is replaced; when the next one does so too, it is told."""
        noticed: int | None = getattr(recogniser, "noticed", None)
        answered = noticed is None or noticed != self._noticed
        self._noticed = noticed
        if self._unanswered.passed(sound, answered):
            self._recogniser = None
            if self._unanswered.again:
                self._dog.lost("the speech recogniser makes nothing of what is said")

    def _judge_lateness(self) -> None:
        backlog_s = self._source.backlog_s()
        if self._source.dropped > self._seen_dropped and backlog_s > LATE_LIMIT_S:
            self._late = True
            self._dog.lost("this computer is too busy to listen in time")
        elif backlog_s < LATE_LIMIT_S / 2:
            self._late = False
        self._seen_dropped = self._source.dropped

    def _reopen_while_useless(self, length_s: float) -> None:
        """It may be a dead stream: try another now and then, rarely, for a gap in the sound is a risk too."""
        self._useless_s += length_s
        if self._useless_s >= self._reopen_after_s:
            self._reopen_after_s, self._useless_s = min(2 * self._reopen_after_s, LONGEST_REOPEN_S), 0.0
            self._end_utterance()
            self._let_go()

    def _post(self, heard: list[Heard]) -> None:
        for words in heard:
            self._inbox.put(words)

    def _interrupted(self, why: str) -> float:
        """No more sound. Where it came just now, another stream may bring it before anybody needs to know."""
        by_s = self._heard_at + NO_FRAMES_S
        if self._clock() < by_s and self._dog.lost_unless_heard(why, by_s):
            return QUICK_RETRY_S
        return self._failed(why)

    def _failed(self, why: str) -> float:
        self._dog.lost(why)
        pause_s = self._retry_s
        self._retry_s = min(2 * self._retry_s, LONGEST_RETRY_S)
        return pause_s

    # --- the watching thread ---

    def _watch(self) -> None:
        while not self._closing.wait(WATCH_EVERY_S):
            self.look()

    def look(self) -> None:
        """Is the listening thread stuck in a call that does not end, or without sound?"""
        self._dog.look()


def open_ears(
    inbox: Inbox, model_dir: Path | None, microphone: str | int | None = None, reference: Reference | None = None
) -> Ears:
    """The ears of a session: the Vosk model in ``model_dir``, and a microphone by name or as the system chooses.

    ``reference`` is what the coach's loudspeaker plays. Where there is no model they say so by EarsLost, as with
    anything else that keeps them from hearing.
    """

    def load() -> Recogniser:
        if model_dir is None:
            raise NoModelError(none_here())
        try:
            return VoskRecogniser(model_dir)
        except CoachError:
            own = own_model()
            if own is None or own == model_dir:
                raise
            return VoskRecogniser(own)  # a chosen one that can't be loaded must not make the coach deaf

    return Ears(inbox, load, Microphone(microphone), OwnVoice(reference) if reference else None)
