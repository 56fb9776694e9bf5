"""What the session is saying: one utterance at a time, each with an id, the rest waiting in line."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable

from coach.events import Hush, Say
from coach.plan import Lengths

LATELY = 12
"""A recogniser may join as many of the coach's utterances into one."""

Then = Callable[[], None]
"""What to do when everything in line has been said."""


def nothing() -> None:
    """Nothing follows."""


class Talk:
    """The coach's side of the conversation.

    ``put`` receives Say and Hush commands. An utterance that is never reported as ended counts as ended some seconds
    after it should have been: a lost loudspeaker must not stop a session in its tracks.
    """

    def __init__(self, put: Callable[[Say | Hush], None], lengths: Lengths) -> None:
        self._put = put
        self._lengths = lengths
        self._line: deque[tuple[str, bool]] = deque()
        self._then: Then = nothing
        self._ids = 0
        self._current: int | None = None
        self.lately_said: deque[str] = deque([""], maxlen=LATELY)
        """The last utterances; the one that is being said, or was said last, at the end."""
        self.gives_up_at: float | None = None
        self.ended_at = float("-inf")

    @property
    def busy(self) -> bool:
        """Whether anything is being said."""
        return self._current is not None

    def say(self, lines: Iterable[str], now: float, then: Then = nothing, protected: bool = False) -> None:
        """Say lines one after another (after what is being said already), and then go on with ``then``."""
        self._line.extend((line, protected) for line in lines)
        self._then = then
        if not self.busy:
            self._next(now)

    def hush(self, now: float, always: bool = False) -> None:
        """Silence, and forget what was in line; ``always`` also where nothing is being said."""
        was_busy = self.busy
        self._line.clear()
        self._then = nothing
        self._current, self.gives_up_at = None, None
        if was_busy:
            self.ended_at = now
        if was_busy or always:
            self._put(Hush())

    def drop_line(self) -> None:
        """Forget what waits in line; what is being said is said to its end."""
        self._line.clear()

    def ended(self, utterance: int | None, now: float) -> None:
        """An utterance is out (None: the current one has taken too long); stale ids are ignored."""
        if self._current is None or utterance not in (None, self._current):
            return
        self._current, self.gives_up_at = None, None
        self.ended_at = now
        self._next(now)

    def _next(self, now: float) -> None:
        if not self._line:
            then, self._then = self._then, nothing
            then()
            return
        text, protected = self._line.popleft()
        self._ids += 1
        self._current = self._ids
        self.lately_said.append(text)
        self.gives_up_at = now + 2 * self._lengths(text) + 5.0
        self._put(Say(self._ids, text, protected))
