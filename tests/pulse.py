"""A sound system in a box: a PulseAudio server of our own with a virtual loudspeaker, room and microphone.

What is played to the loudspeaker is heard in the room, and the microphone hears the room::

    speaker --left--+
                    air --> mic
    room ----right--+

Loudspeaker and room are the two channels of one device, so that the echo is as loud as wanted and never wanders.

Code that uses real streams runs in a child process with ``box.environment``, for PortAudio finds its server when it is
first loaded.
"""

from __future__ import annotations

import math
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
RATE_HZ = 16_000
NEEDED = ("pulseaudio", "pactl", "parec", "paplay")
AIR = "module-null-sink sink_name=air rate=48000 channels=2 channel_map=front-left,front-right"
SINK = "module-remap-sink sink_name={} master=air channels=1 channel_map=mono master_channel_map={} remix=no"
SPEAKER, ROOM = SINK.format("speaker", "front-left"), SINK.format("room", "front-right")
MICROPHONE = "module-remap-source source_name=mic master=air.monitor channels=1 channel_map=mono"
# Without a listener an idle virtual loudspeaker stalls its first stream for seconds.
LISTENER = (
    "module-null-sink sink_name=nowhere rate=48000 channels=1 channel_map=mono",
    "module-loopback source=air.monitor sink=nowhere latency_msec=20",
)
DEFAULTS = (("sink", "speaker"), ("source", "mic"))
MIXED_DB = 20 * math.log10(2)
"""Two channels mixed into one are halved."""


def missing() -> str | None:
    """Why there can be no box on this machine; None where there can."""
    lacking = [tool for tool in NEEDED if not shutil.which(tool)]
    if not lacking:
        return None
    return f"{', '.join(lacking)} not found: apt-get install pulseaudio pulseaudio-utils libasound2-plugins"


class PulseBox:
    """The server, from ``with`` to its end."""

    def __init__(self, echo: bool = True, echo_db: float = 0.0) -> None:
        """Without ``echo`` the room does not hear the loudspeaker, as with headphones.

        With it, the loudspeaker is heard ``echo_db`` louder than it plays.
        """
        self._microphone = MICROPHONE if echo else f"{MICROPHONE} master_channel_map=front-right remix=no"
        self._echo_db, self._mixed_db = echo_db, MIXED_DB if echo else 0.0
        self._folder = tempfile.TemporaryDirectory(prefix="pulse-")
        home = self._folder.name
        self._own = {
            "PULSE_RUNTIME_PATH": home,
            "PULSE_STATE_PATH": home,
            "XDG_RUNTIME_DIR": home,
            "HOME": home,
        }
        self.environment: dict[str, str] = {
            **os.environ,
            "PULSE_SERVER": f"unix:{home}/native",
            # By name: where that one is pulled out there is no other.
            "PULSE_SINK": "speaker",
            "PULSE_SOURCE": "mic",
            "XDG_RUNTIME_DIR": home,
            "PYTHONPATH": str(ROOT),
        }
        self._server: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> PulseBox:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self.stop()
        self._folder.cleanup()

    def start(self) -> None:
        """Start the server (again); clients see it as the same one."""
        modules = [
            f"module-native-protocol-unix auth-anonymous=1 socket={self._folder.name}/native",
            f"module-cli-protocol-unix socket={self._folder.name}/cli",
            AIR,
            *LISTENER,
            SPEAKER,
            ROOM,
            self._microphone,
        ]
        command = ["pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1"]
        # Ahead of all else, as where somebody listens to it.
        command += ["--disable-shm=yes", "--use-pid-file=no", "--high-priority=yes", "--realtime=yes"]
        command += [part for module in modules for part in ("-L", module)]
        self._server = subprocess.Popen(
            command,
            env={**os.environ, **self._own},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + 10
        while any(self._pactl(f"set-default-{kind}", name).returncode for kind, name in DEFAULTS):
            if time.monotonic() > deadline or self._server.poll() is not None:
                self.stop()
                raise RuntimeError("PulseAudio did not start")
            time.sleep(0.02)
        self._set_levels()

    def stop(self) -> None:
        """Take the sound system away, as when its device is pulled out."""
        if self._server is not None:
            self._server.kill()
            self._server.wait()
            self._server = None
        Path(self._folder.name, "native").unlink(missing_ok=True)

    def freeze(self) -> None:
        """Let the sound system hang: streams stay open, and no frames move."""
        assert self._server is not None
        self._server.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Undo ``freeze``."""
        assert self._server is not None
        self._server.send_signal(signal.SIGCONT)

    def unplug_speaker(self) -> None:
        """Pull the loudspeaker out: what plays there ends, and finds no other."""
        self._pull("sink", "speaker", "sink-input")

    def plug_speaker(self) -> None:
        """Undo ``unplug_speaker``."""
        self._must("load-module", *SPEAKER.split())
        self._set_levels()

    def unplug_microphone(self) -> None:
        """Pull the microphone out: who listens there hears no more, and finds no other."""
        self._pull("source", "mic", "source-output")

    def plug_microphone(self) -> None:
        """Undo ``unplug_microphone``."""
        self._must("load-module", *self._microphone.split())
        self._set_levels()

    def mute_microphone(self, muted: bool) -> None:
        """Switch the microphone off, or on again: muted it gives zeros."""
        self._must("set-source-mute", "mic", "1" if muted else "0")

    def play_in_room(self, wav: Path) -> None:
        """Play a sound file where the microphone hears it, as a person speaking; returns when it is out."""
        subprocess.run(["paplay", "-d", "room", str(wav)], env=self.environment, check=True, timeout=120)

    @contextmanager
    def noise(self, seconds: float = 300.0) -> Iterator[None]:
        """The faint noise that any real room has, for as long as the ``with`` lasts: so many seconds at most."""
        import numpy as np
        import soundfile

        path = Path(self._folder.name, "noise.wav")
        soundfile.write(path, np.random.default_rng(5).normal(0, 0.0005, round(RATE_HZ * seconds)), RATE_HZ)
        playing = subprocess.Popen(["paplay", "-d", "room", str(path)], env=self.environment)
        try:
            yield
        finally:
            playing.kill()
            playing.wait()

    @contextmanager
    def recording(self, source: str = "speaker.monitor") -> Iterator[Recording]:
        """Record what comes out of the loudspeaker (or another source) while the ``with`` lasts."""
        recording = Recording(source, self.environment)
        try:
            yield recording
        finally:
            recording.stop()

    def child(
        self, code: str, *arguments: str, env: Mapping[str, str] | None = None, **named: Any
    ) -> subprocess.Popen[str]:
        """Run Python code in a process that has this sound system; its standard output is a pipe."""
        command: Sequence[str] = [sys.executable, "-c", code, *arguments]
        environment = {**self.environment, **os.environ, "PULSE_SERVER": self.environment["PULSE_SERVER"]}
        environment |= {"XDG_RUNTIME_DIR": self._folder.name, "PYTHONPATH": str(ROOT), **(env or {})}
        return subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment,
            text=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            **named,
        )

    def _set_levels(self) -> None:
        self._must("set-sink-volume", "speaker", f"{self._echo_db:+g}dB")
        self._must("set-source-volume", "mic", f"{self._mixed_db:+g}dB")

    def _pull(self, kind: str, name: str, stream: str) -> None:
        """Take a device away. Its streams go first: of themselves they would move on to another device."""
        device = next(line.split()[0] for line in self._listed(f"{kind}s") if line.split()[1] == name)
        for line in self._listed(f"{stream}s"):
            if line.split()[1] == device and "module-" not in line:
                self._command(f"kill-{stream} {line.split()[0]}")
        module = next(line.split()[0] for line in self._listed("modules") if f"{kind}_name={name}" in line)
        self._must("unload-module", module)

    def _command(self, command: str) -> None:
        """What ``pactl`` can't do; it is done when its line is closed from the other side."""
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(5)
            line.connect(f"{self._folder.name}/cli")
            line.sendall(f"{command}\n".encode())
            line.shutdown(socket.SHUT_WR)
            while line.recv(4096):
                pass

    def _listed(self, things: str) -> list[str]:
        return self._must("list", "short", things).splitlines()

    def _must(self, *arguments: str) -> str:
        done = self._pactl(*arguments)
        done.check_returncode()
        return done.stdout

    def _pactl(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = ["pactl", *arguments]
        return subprocess.run(command, env=self.environment, capture_output=True, text=True, timeout=10)


class Recording:
    """What a source gives, as 16 kHz mono, with the time at which each sample came."""

    def __init__(self, source: str, environment: Mapping[str, str]) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as the recording
        self._process = subprocess.Popen(
            ["parec", "-d", source, f"--rate={RATE_HZ}", "--channels=1", "--format=s16le", "--latency-msec=5"],
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=self._file,
            stderr=subprocess.DEVNULL,
        )

    def stop(self) -> None:
        """End the recording; what came stays readable."""
        self._process.terminate()
        self._process.wait()

    def samples(self) -> Any:
        """What has been recorded so far: float32, shape (n,)."""
        import numpy as np

        self._file.seek(0)
        sound = self._file.read()
        return np.frombuffer(sound[: len(sound) // 2 * 2], "<i2").astype(np.float32) / 32768

    def seconds(self) -> float:
        """How much has been recorded so far."""
        return os.fstat(self._file.fileno()).st_size / 2 / RATE_HZ


def loud_spans(samples: Any, gap_s: float = 0.2, threshold: float = 0.01) -> list[tuple[float, float]]:
    """Where there is sound: (start, end) in seconds; spans closer than ``gap_s`` are one."""
    import numpy as np

    spans: list[tuple[float, float]] = []
    for at in np.flatnonzero(np.abs(samples) > threshold) / RATE_HZ:
        if spans and at - spans[-1][1] < gap_s:
            spans[-1] = (spans[-1][0], float(at))
        else:
            spans.append((float(at), float(at)))
    return spans


@contextmanager
def box_or_skip() -> Iterator[PulseBox]:
    """A box for one test, to make a fixture of; the test is skipped, saying why, where there can be none."""
    why = missing()
    if why:
        pytest.skip(why)
    with PulseBox() as box:
        yield box
