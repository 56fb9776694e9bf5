"""Takes the coach's own voice out of the microphone's sound, and notices when somebody speaks over it.

Pure arithmetic: no thread, no clock. It is imported by the ears only, for numpy is slow to load.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from coach.adaptive import BINS, HOP, TAIL_HOPS, DelaySearch, Filter, Floats, Played
from coach.alignment import EARLIEST, LATEST, Drift, History
from coach.near_end import BAND_EDGES, NearEnd, in_bands

_WINDOW = np.sqrt(0.5 - 0.5 * np.cos(np.pi * np.arange(2 * HOP) / HOP)).astype(np.float32)
_FLOOR = np.float32(10 ** (-12 / 20))
_OVER = np.float32(2.0)
_POWER_MEMORY = 0.98
_LOUDEST = np.float32(4.0)
"""Sound beyond -1..1 is cut here: one wild sample must not spoil what was learned."""
_LATELY_MEMORY = 0.8
_WORSE_HOPS = 30
_MISFIT = 10 ** (1.0 / 10)
_TAKEN = 10 ** (-1.0 / 10)
_ABSENT_HOPS = 200
"""So much of the coach's sound without even 1 dB that could be taken out: there is no echo, as with headphones."""
_QUIET_POWER = 1e-10
_POWER_GAIN = (0.1, 1000.0)
"""What loudspeaker and microphone make of a sound: both may be turned up or down."""

_BAND_OF_BIN = np.clip(np.searchsorted(BAND_EDGES, np.arange(BINS), side="right") - 1, 0, len(BAND_EDGES) - 2)


@dataclass(frozen=True, slots=True)
class Cancelled:
    """A piece of sound without the coach's own."""

    samples: NDArray[np.float32]
    """(n,), as many as were given, 10 ms late; -1..1 where the microphone's were."""
    near: bool
    """Somebody, or something, sounds besides the coach, while the coach does."""
    unexplained_db: float
    """The most that there was beyond the coach's own sound and what the room usually has, whether the coach sounds or
    not; some 1 dB where it is only badly taken out, 3 dB and more where somebody speaks."""
    can_tell: bool
    """Somebody would be noticed; not so just after a beginning of the coach, or where its devices change."""
    echo_loss_db: float | None
    """How much was taken out in the last half second or so; None while nothing is played."""
    level_dbfs: float
    """The power of the microphone's sound in this piece; a full-scale square wave is 0."""


class Canceller:
    """One microphone and one loudspeaker. Any block length that is a multiple of HOP will do, and may change."""

    def __init__(self) -> None:
        self._filter = Filter()
        self._search = DelaySearch()
        self._drift = Drift()
        self._near_end = NearEnd()
        self.reset()

    @property
    def delay_s(self) -> float:
        """By how much later than ``played`` says the coach's sound is first looked for; 20 ms before it comes or so."""
        return self._lag / 16_000

    @property
    def drift_ppm(self) -> float:
        """By how much slower the microphone's clock seems to be than the loudspeaker's, in millionths."""
        return self._drift.samples_a_hop / HOP * 1e6

    def reset(self) -> None:
        """The devices have changed: learn everything anew."""
        self._history = History()
        self._played = Played()
        self._lag = 0.0
        self._filter.reset()
        self._search.reset()
        self._drift.reset()
        self._near_end.reset()
        # What was heard, what was left of it and the echo taken out, of the hop before; and what is still to come out.
        self._before = np.zeros((3, HOP), np.float32)
        self._rest = np.zeros(HOP, np.float32)
        self._left_power = np.zeros(BINS, np.float32)
        # Of what was heard and what was left, over half a second and over some hops.
        self._powers = np.zeros(2)
        self._lately = np.zeros(2)
        self._worse_hops = 0
        self._idle_hops = 0

    def process(self, heard: NDArray[np.float32], played: NDArray[np.float32]) -> Cancelled:
        """The next piece: the microphone's sound and what was played at that time, (n,) each, -1..1, at 16 kHz.

        What is heard may be up to 0.6 s later than ``played`` says, and no earlier. Raises ValueError where the lengths
        differ or are no multiple of HOP.
        """
        if heard.shape != played.shape or heard.ndim != 1 or len(heard) % HOP:
            raise ValueError(f"pieces of {heard.shape} and {played.shape} samples; equal multiples of {HOP} are needed")
        heard, played = _tamed(heard), _tamed(played)
        samples = np.empty(len(heard), np.float32)
        near, can_tell, unexplained_db = False, True, 0.0
        for start in range(0, len(heard), HOP):
            hop = slice(start, start + HOP)
            samples[hop] = self._hop(heard[hop], played[hop])
            near |= self._near_end.is_near
            unexplained_db = max(unexplained_db, self._near_end.unexplained_db)
            can_tell &= self._near_end.can_tell
        power = float(np.square(heard, dtype=np.float64).mean()) if len(heard) else 0.0
        level_dbfs = 10 * float(np.log10(power + 1e-12))
        return Cancelled(samples, near, unexplained_db, can_tell, self._echo_loss_db(), level_dbfs)

    def _hop(self, heard: Floats, played: Floats) -> Floats:
        self._history.add(played)
        if self._history.is_empty:
            left, echo = heard, np.zeros(HOP, np.float32)
            self._drift.pause()
            self._wander()
        else:
            left, echo = self._cancelled(heard, bool(np.square(played).mean() > _QUIET_POWER))
        now = np.stack((heard, left, echo))
        spectra = np.fft.rfft(np.concatenate((self._before, now), axis=1) * _WINDOW, axis=1)
        power = (spectra.real**2 + spectra.imag**2).astype(np.float32)
        sounding = bool(np.square(played).mean() > _QUIET_POWER)
        nothing = self._history.is_empty or self._is_absent
        doubt = np.zeros(BINS, np.float32) if nothing else self._filter.doubt
        bands = in_bands(np.stack((power[1], power[2], doubt)))
        self._near_end.judge(bands[0], bands[1], bands[2], sounding, self._is_absent or self._fits(_MISFIT))
        late, self._before = self._before[1], now
        out: Floats = late + self._rest
        if self._history.is_empty:
            self._rest = np.zeros(HOP, np.float32)
            return out
        removed = np.fft.irfft(spectra[1] * (1 - self._gain(power))) * _WINDOW
        self._rest = -removed[HOP:].astype(np.float32)
        out -= removed[:HOP].astype(np.float32)
        return out

    def _cancelled(self, heard: Floats, sounding: bool) -> tuple[Floats, Floats]:
        spectrum = np.fft.rfft(np.concatenate((self._before[0], heard))).astype(np.complex64)
        if self._search.look(spectrum, self._history.spectra, int(self._lag / HOP)):
            self._lag = float(self._search.delay_hops * HOP)
            self._read_again()
            self._begin_anew()
        else:
            self._read()
        if self._drift.look(self._search.cross, self._search.power, sounding):
            self._begin_anew()
        left, echo = self._filter.cancel(heard, self._played.spectra)
        powers = np.array([float(heard @ heard), float(left @ left)])
        self._powers = _POWER_MEMORY * self._powers + (1 - _POWER_MEMORY) * powers
        self._lately = _LATELY_MEMORY * self._lately + (1 - _LATELY_MEMORY) * powers
        self._idle_hops = 0 if self._fits(_TAKEN) else self._idle_hops + sounding
        if self._is_absent:
            return heard, np.zeros(HOP, np.float32)
        if self._fits(1.0):
            self._worse_hops = max(0, self._worse_hops - 1)
            return left, echo
        self._worse_hops += 1
        if self._worse_hops > _WORSE_HOPS:
            self._begin_anew()
        return heard, echo

    def _wander(self) -> None:
        wanders = self._drift.samples_a_hop
        if EARLIEST < self._lag + wanders < LATEST:
            self._lag += wanders

    def _read(self) -> None:
        lag = self._lag
        self._wander()
        self._played.add(self._history.hop(lag, self._lag))

    def _read_again(self) -> None:
        """All that the filter listens to, from the new place."""
        step = self._drift.samples_a_hop
        for hops in range(TAIL_HOPS, -1, -1):
            lag = self._lag + hops * (HOP - step)
            self._played.add(self._history.hop(lag, lag + step))

    @property
    def _is_absent(self) -> bool:
        return self._idle_hops >= _ABSENT_HOPS

    def _fits(self, most: float) -> bool:
        """Is no more left than was there? Otherwise the echo is no longer where the filter takes it out."""
        return bool(self._lately[1] <= most * self._lately[0])

    def _begin_anew(self) -> None:
        self._filter.reset(float(np.clip(self._search.power_gain, *_POWER_GAIN)))
        self._near_end.unsettle()
        self._worse_hops = 0

    def _gain(self, power: Floats) -> Floats:
        """(BINS,) of what is left to keep: less where it is no more than the echo that is still in it."""
        _, left, echo = power
        self._left_power += 0.5 * (left - self._left_power)
        leak = (10 ** (self._near_end.leak_db / 10)).astype(np.float32)[_BAND_OF_BIN]
        kept = 1 - _OVER * leak * echo / (self._left_power + np.float32(1e-9))
        return np.asarray(np.sqrt(np.clip(kept, _FLOOR**2, 1)), np.float32)

    def _echo_loss_db(self) -> float | None:
        if self._history.is_empty:
            return None
        return float(10 * np.log10((self._powers[0] + 1e-12) / (self._powers[1] + 1e-12)))


def _tamed(samples: NDArray[np.float32]) -> Floats:
    sound = np.nan_to_num(np.asarray(samples, np.float32), nan=0.0, posinf=1.0, neginf=-1.0)
    return np.clip(sound, -_LOUDEST, _LOUDEST)
