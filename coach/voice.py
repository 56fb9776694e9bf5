"""The coach's voice: through the loudspeaker, or, where there is none, by captions only."""

from __future__ import annotations

import contextlib
import queue
import sys
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from coach import chimes, portaudio
from coach.caption_voice import CaptionVoice, Inbox, Progress
from coach.clips import Clip, Clips
from coach.errors import CoachError
from coach.events import Event, Say, SpeechEnded, VoiceBack, VoiceLost
from coach.plan import USUAL_WPM, estimated_length_s
from coach.player import Player
from coach.reference import Reference
from coach.renderer import Pyttsx3Renderer, Renderer

__all__ = ["CaptionVoice", "Inbox", "SpokenVoice", "Voice", "open_voice", "terminal_bell"]

VOLUME = 0.8


class Voice(Protocol):
    """What the session's commands are performed with.

    Utterances and chimes queue in order and never overlap. Every utterance is answered by exactly one SpeechEnded. No
    method but ``prepare`` takes longer than a few milliseconds.
    """

    def prepare(self, texts: Iterable[str], progress: Progress | None = None) -> None:
        """Make everything ready that is going to be said. Raises CoachError where nothing can be said at all."""

    def length_s(self, text: str) -> float:
        """How long ``text`` takes at the current rate: known, where it has been made ready, or else estimated."""

    def say(self, command: Say) -> None:
        """Say it after what is being said."""

    def hush(self) -> None:
        """Silence at once, and forget what waits; everything cut or forgotten is reported as ended."""

    def chime(self, name: str) -> None:
        """Sound a chime after what is being said. Raises ValueError for an unknown one."""

    def adjust(self, rate_wpm: int, volume: float) -> None:
        """Change the voice from the next utterance on."""

    def close(self) -> None:
        """Let go of the loudspeaker; nothing is reported any more."""


def open_voice(
    inbox: Inbox,
    *,
    rate_wpm: int = USUAL_WPM,
    volume: float = VOLUME,
    voice: str | None = None,
    loudspeaker: str | int | None = None,
    reference: Reference | None = None,
) -> tuple[Voice, str | None]:
    """The best voice there is, and a sentence for the person saying what is lacking, or None.

    ``reference`` notes what is played.
    """
    try:
        renderer = Pyttsx3Renderer(voice)
        spoken = SpokenVoice(
            inbox, renderer, rate_wpm=rate_wpm, volume=volume, loudspeaker=loudspeaker, reference=reference
        )
        return spoken, None
    except CoachError as error:
        return CaptionVoice(inbox, rate_wpm, bell=terminal_bell), str(error)


def terminal_bell() -> None:
    """Ring the terminal, if there is one, so that a caption is noticed."""
    if sys.stdout.isatty():
        sys.stdout.write("\a")
        sys.stdout.flush()


# --- with sound ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class _Turn:
    """An utterance (or a chime: then there is no utterance) on its way to the loudspeaker."""

    utterance: int | None
    text: str
    rate_wpm: int
    gain: float
    generation: int


class SpokenVoice:
    """A Voice through the loudspeaker, from rendered clips.

    It has a thread of its own that finds or renders the next clip, so that rendering holds up nobody. When the
    loudspeaker goes, or nothing can be rendered, it posts VoiceLost and goes on as a CaptionVoice with the terminal's
    bell, until VoiceBack. Raises CoachError, when it is made, where there is no loudspeaker.
    """

    def __init__(
        self,
        inbox: Inbox,
        renderer: Renderer | None = None,
        *,
        rate_wpm: int = USUAL_WPM,
        volume: float = VOLUME,
        loudspeaker: str | int | None = None,
        reference: Reference | None = None,
        folder: Path | None = None,
        bell: Callable[[], None] | None = terminal_bell,
        load: Callable[[], Any] | None = None,
    ) -> None:
        """``folder`` keeps the clips (by default the coach's cache); ``load`` gives another sounddevice module."""
        self._inbox = inbox
        self._rate_wpm, self._volume = rate_wpm, _safe(volume)
        self._rates = [rate_wpm]
        self._texts: tuple[str, ...] = ()
        self._lock = threading.Lock()
        self._generation = 0
        self._pending: dict[int, _Turn] = {}
        self._turns: queue.SimpleQueue[_Turn | None] = queue.SimpleQueue()
        self._lost = self._mute = self._closed = False
        self._captions = CaptionVoice(_Ends(self._end), rate_wpm, bell=bell)
        self._player = Player(self, loudspeaker, reference=reference, load=load or portaudio.load)
        self._player.open()
        self._renderer = renderer or Pyttsx3Renderer()
        self._clips = Clips(self._renderer, folder)
        threading.Thread(target=self._run, name="voice", daemon=True).start()

    def prepare(self, texts: Iterable[str], progress: Progress | None = None) -> None:
        """See Voice. Each text that was never said at this rate takes some 15 ms, the others next to nothing."""
        self._texts = tuple(dict.fromkeys(texts))
        missing = 0
        for number, text in enumerate(self._texts, start=1):
            if not self._clips.has(text, self._rate_wpm):
                self._clips.get(text, self._rate_wpm)
                missing += 1
            if progress is not None:
                progress(number, len(self._texts))
        later = self._clips.tidy if missing else getattr(self._renderer, "warm", None)
        if later is not None:
            self._in_background(later)

    def length_s(self, text: str) -> float:
        """See Voice."""
        for rate_wpm in (self._rate_wpm, *reversed(self._rates)):
            known_s = self._clips.known_s(text, rate_wpm)
            if known_s is not None:
                return known_s * rate_wpm / self._rate_wpm
        return estimated_length_s(text, self._rate_wpm)

    def say(self, command: Say) -> None:
        """See Voice."""
        self._line_up(command.utterance, command.text)

    def chime(self, name: str) -> None:
        """See Voice."""
        chimes.length_s(name)
        self._line_up(None, name)

    def hush(self) -> None:
        """See Voice."""
        with self._lock:
            self._player.hush()
            self._generation += 1
            cut = list(self._pending)
            self._pending.clear()
        self._captions.hush()
        for utterance in cut:
            self._inbox.put(SpeechEnded(utterance))

    def adjust(self, rate_wpm: int, volume: float) -> None:
        """See Voice. At a new rate the prepared texts are rendered again, in the background."""
        self._volume = _safe(volume)
        self._captions.adjust(rate_wpm, volume)
        if rate_wpm != self._rate_wpm:
            self._rate_wpm = rate_wpm
            self._rates.append(rate_wpm)
            self._in_background(lambda: self._render_all(rate_wpm))

    def close(self) -> None:
        """See Voice."""
        self._closed = True
        self._turns.put(None)
        self._captions.close()
        self._player.close()
        self._renderer.close()
        self._clips.close()

    # --- told by the player ------------------------------------------------------------------

    def ended(self, token: object) -> None:
        """A turn is out."""
        if isinstance(token, _Turn) and token.utterance is not None:
            self._end(token.utterance)

    def lost(self, why: str, tokens: list[object]) -> None:
        """The loudspeaker is gone: what was not heard is read instead."""
        self._lost = True
        self._inbox.put(VoiceLost(why))
        for token in tokens:
            if isinstance(token, _Turn):
                self._caption(token)

    def back(self) -> None:
        """The loudspeaker plays again."""
        self._lost = False
        self._inbox.put(VoiceBack())

    # --- inside ------------------------------------------------------------------------------

    def _line_up(self, utterance: int | None, text: str) -> None:
        with self._lock:
            # Loudness is felt by ratios: squared, each step of the volume feels about the same.
            turn = _Turn(utterance, text, self._rate_wpm, self._volume**2, self._generation)
            if utterance is not None:
                self._pending[utterance] = turn
            self._turns.put(turn)

    def _run(self) -> None:
        for turn in iter(self._turns.get, None):
            if turn.generation != self._generation:
                continue
            clip = None if self._lost or self._captions.busy else self._clip(turn)
            if clip is not None:
                clip = self._player.fitted(clip)
            with self._lock:
                wanted = turn.generation == self._generation
                played = wanted and clip is not None and self._player.play(turn, clip, turn.gain)
            if wanted and not played:
                self._caption(turn)

    def _clip(self, turn: _Turn) -> Clip | None:
        """The sound of a turn; None, after VoiceLost, where it can't be made."""
        try:
            clip = chimes.chime(turn.text) if turn.utterance is None else self._clips.get(turn.text, turn.rate_wpm)
        except CoachError as error:
            if not self._mute:
                self._mute = True
                self._inbox.put(VoiceLost(str(error)))
            return None
        if self._mute and turn.utterance is not None:
            self._mute = False
            self._inbox.put(VoiceBack())
        return clip

    def _caption(self, turn: _Turn) -> None:
        if turn.generation != self._generation:
            return
        if turn.utterance is None:
            self._captions.chime(turn.text)
        else:
            self._captions.say(Say(turn.utterance, turn.text))

    def _end(self, utterance: int) -> None:
        """Report an utterance as ended, unless that has been done."""
        with self._lock:
            if self._closed or self._pending.pop(utterance, None) is None:
                return
        self._inbox.put(SpeechEnded(utterance))

    def _render_all(self, rate_wpm: int) -> None:
        for text in self._texts:
            if self._closed or rate_wpm != self._rate_wpm:
                return
            if not self._clips.has(text, rate_wpm):
                self._clips.get(text, rate_wpm)

    def _in_background(self, work: Callable[[], None]) -> None:
        def run() -> None:
            # Whatever it is, it will be tried again, and reported, when it is needed.
            with contextlib.suppress(CoachError, OSError):
                work()

        threading.Thread(target=run, name="voice-background", daemon=True).start()


def _safe(volume: float) -> float:
    """The volume, or the usual one in place of what would hurt the ears ("nan" is between no two numbers)."""
    return volume if 0.0 <= volume <= 1.0 else VOLUME


class _Ends:
    """The inbox of the captions inside a SpokenVoice."""

    def __init__(self, end: Callable[[int], None]) -> None:
        self._end = end

    def put(self, event: Event, /) -> None:
        if isinstance(event, SpeechEnded):
            self._end(event.utterance)
