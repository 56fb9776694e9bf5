"""Real streams keep pace with the clock, as `soundness` counts it: far from what counts as a wrong speed."""

from __future__ import annotations

import json
import subprocess

import pytest

from coach.soundness import TOO_MUCH_S
from tests.pulse import box_or_skip

pytestmark = [pytest.mark.audio, pytest.mark.device]

LISTENER = """
import json, time
from coach.microphone import Microphone
from coach.player import Player
class Told:
    def ended(self, token): pass
    def lost(self, why, tokens): lost.append(why)
    def back(self): pass
lost, worst, trouble = [], [0.0, 0.0], []
player, microphone = Player(Told()), Microphone()
player.open()
microphone.open()
began = time.monotonic()
while time.monotonic() - began < 20:
    microphone.read(0.25)
    for index, pace in enumerate((microphone._flow._pace, player._pace)):
        worst[index] = max(worst[index], pace._ahead_s, pace._short_s, pace._slow_s)
    trouble += [microphone.trouble] if microphone.trouble else []
microphone.close()
player.close()
print(json.dumps([lost, trouble[:1], worst]))
"""


def test_the_streams_of_a_sound_system_are_not_taken_for_fast_or_slow() -> None:
    with box_or_skip() as box, box.noise():
        child = box.child(LISTENER, stderr=subprocess.DEVNULL)
        out, _ = child.communicate(timeout=120)
    lost, trouble, worst = json.loads(out)
    assert not lost
    assert not trouble
    assert max(worst) < TOO_MUCH_S / 2
