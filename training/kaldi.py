"""Kaldi's binary acoustic model, written and read: a transition model, a feed-forward network over time, and priors.

Only what this recipe makes: phones with one emitting state, layers that are an affine map of spliced frames and a
rectifier, and a log-softmax at the end.
"""

from __future__ import annotations

import math
import re
import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

NAME = "output"
_HMM_FORMAT_TWO_STATES = 2


@dataclass(frozen=True, slots=True)
class Layer:
    """An affine map of frames spliced together; a rectifier follows."""

    offsets: tuple[int, ...]
    """The frames it takes, relative to the one it is for; for the weights the first offset comes first."""
    weights: Any
    """float, shape (outputs, inputs * len(offsets))"""
    bias: Any


@dataclass(frozen=True, slots=True)
class Transitions:
    """The states of the phones. State ``k`` (from 1) has the transition ids 2k-1 (stay) and 2k (leave)."""

    states: Sequence[tuple[int, int]]
    """(phone, pdf) in rising order; phones count from 1, and a phone may come with several pdfs."""
    stay: Sequence[float]
    """For each phone from 1 on, how likely a frame is followed by another of the same phone."""
    ids: dict[tuple[int, int], int] = field(init=False)
    """The number of each state."""

    def __post_init__(self) -> None:
        if list(self.states) != sorted(set(self.states)):
            raise ValueError("the states of a transition model must be in rising order, each once")
        object.__setattr__(self, "ids", {state: number for number, state in enumerate(self.states, 1)})


@dataclass(frozen=True, slots=True)
class AcousticModel:
    """What is in ``am/final.mdl``."""

    transitions: Transitions
    layers: Sequence[Layer]
    """The hidden layers; the last layer, without a rectifier, is ``output``."""
    output: Layer
    priors: Any
    """How common each pdf is; the recogniser divides by it. float, shape (pdfs,)"""


def written(model: AcousticModel, bits: int = 8) -> bytes:
    """The file. ``bits`` is 8, 16 or 32 for a weight."""
    return b"\0B" + _transitions(model.transitions) + _network(model, bits)


def read(data: bytes) -> AcousticModel:
    """A file that `written` made. ValueError where it is something else."""
    return _Reader(data).model()


def _int(value: int) -> bytes:
    return b"\4" + struct.pack("<i", value)


def _float(value: float) -> bytes:
    return b"\4" + struct.pack("<f", value)


def _token(text: str) -> bytes:
    return text.encode() + b" "


def _ints(values: Sequence[int]) -> bytes:
    return b"\4" + struct.pack(f"<i{len(values)}i", len(values), *values)


def _vector(values: Any) -> bytes:
    import numpy as np

    return _token("FV") + _int(len(values)) + np.asarray(values, "<f4").tobytes()


def _matrix(values: Any, bits: int) -> bytes:
    """In 32 bits, or between the least and the greatest value in steps of 1/255 or 1/65535 of that range."""
    import numpy as np

    array = np.ascontiguousarray(values, "<f4")
    rows, columns = array.shape
    if bits == 32:
        return _token("FM") + _int(rows) + _int(columns) + array.tobytes()
    least, reach = float(array.min()), float(np.ptp(array)) or 1.0
    steps = np.round((array - least) / reach * (2**bits - 1)).astype("<u2" if bits == 16 else "u1")
    return _token("CM2" if bits == 16 else "CM3") + struct.pack("<ffii", least, reach, rows, columns) + steps.tobytes()


def _transitions(transitions: Transitions) -> bytes:
    phones = len(transitions.stay)
    parts = [
        _token("<TransitionModel>"),
        _token("<Topology>"),
        _ints(range(1, phones + 1)),
        _ints([-1, *range(phones)]),
        _int(phones),
    ]
    for stay in transitions.stay:
        # Two states: one that emits, with a way to itself and one out, and the end.
        parts += [
            _int(_HMM_FORMAT_TWO_STATES),
            _int(0),
            _int(2),
            _int(0),
            _float(stay),
            _int(1),
            _float(1 - stay),
            _int(-1),
            _int(0),
        ]
    parts += [_token("</Topology>"), _token("<Triples>"), _int(len(transitions.states))]
    parts += [_int(phone) + _int(0) + _int(pdf) for phone, pdf in transitions.states]
    chances = [0.0]
    for phone, _ in transitions.states:
        stay = transitions.stay[phone - 1]
        chances += [math.log(stay), math.log(1 - stay)]
    parts += [
        _token("</Triples>"),
        _token("<LogProbs>"),
        _vector(chances),
        _token("</LogProbs>"),
        _token("</TransitionModel>"),
    ]
    return b"".join(parts)


def _network(model: AcousticModel, bits: int) -> bytes:
    wiring = [f"input-node name=input dim={model.layers[0].weights.shape[1] // len(model.layers[0].offsets)}"]
    components: list[tuple[str, bytes]] = []
    source = "input"
    for number, layer in enumerate(model.layers):
        frames = ", ".join(f"Offset({source}, {offset})" if offset else source for offset in layer.offsets)
        spliced = f"Append({frames})" if len(layer.offsets) > 1 else frames
        wiring.append(f"component-node name=l{number}.affine component=l{number}.affine input={spliced}")
        wiring.append(f"component-node name=l{number}.relu component=l{number}.relu input=l{number}.affine")
        components.append((f"l{number}.affine", _affine(layer, bits)))
        components.append((f"l{number}.relu", _pointwise("RectifiedLinearComponent", layer.weights.shape[0])))
        source = f"l{number}.relu"
    wiring.append(f"component-node name={NAME}.affine component={NAME}.affine input={source}")
    wiring.append(f"component-node name={NAME}.log-softmax component={NAME}.log-softmax input={NAME}.affine")
    wiring.append(f"output-node name={NAME} input={NAME}.log-softmax objective=linear")
    components.append((f"{NAME}.affine", _affine(model.output, bits)))
    components.append((f"{NAME}.log-softmax", _pointwise("LogSoftmaxComponent", model.output.weights.shape[0])))
    parts = [
        _token("<Nnet3>"),
        b"\n",
        ("\n".join(wiring) + "\n\n").encode(),
        _token("<NumComponents>"),
        _int(len(components)),
    ]
    parts += [_token("<ComponentName>") + _token(name) + data for name, data in components]
    # The contexts are worked out anew when the file is loaded.
    parts += [_token("</Nnet3>"), _token("<LeftContext>"), _int(0), _token("<RightContext>"), _int(0)]
    return b"".join([*parts, _token("<Priors>"), _vector(model.priors)])


def _affine(layer: Layer, bits: int) -> bytes:
    weights = _token("<LinearParams>") + _matrix(layer.weights, bits)
    return (
        _token("<FixedAffineComponent>")
        + weights
        + _token("<BiasParams>")
        + _vector(layer.bias)
        + _token("</FixedAffineComponent>")
    )


def _pointwise(kind: str, size: int) -> bytes:
    counts = (
        _token("<ValueAvg>")
        + _vector([])
        + _token("<DerivAvg>")
        + _vector([])
        + _token("<Count>")
        + b"\x08"
        + struct.pack("<d", 0)
    )
    return _token(f"<{kind}>") + _token("<Dim>") + _int(size) + counts + _token(f"</{kind}>")


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def model(self) -> AcousticModel:
        self._expect(b"\0B")
        transitions = self._transitions()
        self._expect(_token("<Nnet3>"))
        end = self._data.index(b"\n\n", self._at)
        wiring = self._data[self._at : end].decode()
        self._at = end + 2
        self._expect(_token("<NumComponents>"))
        spliced = [self._offsets(line) for line in wiring.splitlines() if ".affine component=" in line]
        layers: list[Layer] = []
        for _ in range(self._int()):
            self._expect(_token("<ComponentName>"))
            self._word()
            if (kind := self._word()) == "<FixedAffineComponent>":
                layers.append(self._affine(spliced[len(layers)]))
            else:
                self._at = self._data.index(_token("</" + kind[1:]), self._at) + len(kind) + 2
        for token in ("</Nnet3>", "<LeftContext>", "", "<RightContext>", "", "<Priors>"):
            self._expect(_token(token)) if token else self._int()
        return AcousticModel(transitions, layers[:-1], layers[-1], self._vector())

    def _transitions(self) -> Transitions:
        self._expect(_token("<TransitionModel>") + _token("<Topology>"))
        self._ints(), self._ints()
        stay: list[float] = []
        for _ in range(self._int()):
            header = [self._int() for _ in range(4)]
            if header[:3] != [_HMM_FORMAT_TWO_STATES, 0, 2]:
                raise ValueError("this acoustic model has other states than one for each phone")
            stay.append(self._float())
            self._int(), self._float(), self._int(), self._int()
        self._expect(_token("</Topology>") + _token("<Triples>"))
        states = [(self._int(), self._int() * 0 + self._int()) for _ in range(self._int())]
        self._expect(_token("</Triples>") + _token("<LogProbs>"))
        self._vector()
        self._expect(_token("</LogProbs>") + _token("</TransitionModel>"))
        return Transitions(states, stay)

    def _affine(self, offsets: tuple[int, ...]) -> Layer:
        self._expect(_token("<LinearParams>"))
        weights = self._matrix()
        self._expect(_token("<BiasParams>"))
        bias = self._vector()
        self._expect(_token("</FixedAffineComponent>"))
        return Layer(offsets, weights, bias)

    @staticmethod
    def _offsets(line: str) -> tuple[int, ...]:
        frames = line.split("input=", 1)[1].removeprefix("Append(")
        parts = re.findall(r"Offset\([\w.-]+, (-?\d+)\)|([\w.]+)", frames)
        return tuple(int(offset or 0) for offset, _ in parts)

    def _expect(self, token: bytes) -> None:
        if not self._data.startswith(token, self._at):
            raise ValueError(f"expected {token!r} at byte {self._at} of the acoustic model")
        self._at += len(token)

    def _word(self) -> str:
        end = self._data.index(b" ", self._at)
        word, self._at = self._data[self._at : end].decode(), end + 1
        return word

    def _take(self, form: str) -> tuple[Any, ...]:
        values = struct.unpack_from(form, self._data, self._at)
        self._at += struct.calcsize(form)
        return values

    def _int(self) -> int:
        return int(self._take("<bi")[1])

    def _float(self) -> float:
        return float(self._take("<bf")[1])

    def _ints(self) -> list[int]:
        return list(self._take(f"<{self._int()}i"))

    def _array(self, kind: str, count: int) -> Any:
        import numpy as np

        array = np.frombuffer(self._data, kind, count, self._at)
        self._at += array.nbytes
        return array

    def _vector(self) -> Any:
        self._expect(_token("FV"))
        return self._array("<f4", self._int())

    def _matrix(self) -> Any:
        if (kind := self._word()) == "FM":
            rows, columns = self._int(), self._int()
            return self._array("<f4", rows * columns).reshape(rows, columns)
        least, reach, rows, columns = self._take("<ffii")
        steps = self._array("<u2" if kind == "CM2" else "u1", rows * columns).reshape(rows, columns)
        return least + steps.astype("f4") * (reach / (65535 if kind == "CM2" else 255))
