"""What `doctor` prints, as lines or as one JSON object."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from coach import doctor
from coach.errors import CoachError

if TYPE_CHECKING:
    from coach.sound_check import Judgement, SoundCheck


class Report:
    """One run of `doctor`. With ``as_json`` what is for the moment goes to the standard error output."""

    def __init__(self, model: Path | None, as_json: bool, verbose: bool) -> None:
        self._model, self._as_json, self._verbose = model, as_json, verbose
        self._findings: list[doctor.Finding] = []
        self._left_out: str | None = None
        self._check: SoundCheck | None = None
        self._judgement: Judgement | None = None

    def examine(self) -> None:
        """The quick part."""
        for finding in doctor.examine(self._model):
            self._add(finding)

    def listen_and_talk(self) -> None:
        """The sound check, where there can be one."""
        from coach.sound_check import judge

        self._left_out = doctor.why_no_sound_check(self._findings, sys.stderr if self._as_json else sys.stdout)
        if self._left_out:
            if not self._as_json:
                click.echo(f"The sound check was left out: {self._left_out}.")
            return
        self._show(f"\n{doctor.WHAT_COMES}")
        try:
            self._check = doctor.check_sound(self._model, self._show)
        except CoachError as error:
            self._add(doctor.Finding("sound check", False, str(error)))
            return
        self._judgement = judge(self._check)
        if self._as_json:
            return
        click.echo()
        for line in (*(doctor.shown(self._check) if self._verbose else ()), *self._judgement.lines):
            click.echo(line)

    def end(self) -> int:
        """Print the object, where that is wanted; the status."""
        from coach.sound_check import Verdict

        healthy = all(finding.fine for finding in self._findings)
        if self._judgement is not None and self._judgement.verdict is Verdict.UNRELIABLY:
            healthy = False
        if self._as_json:
            click.echo(json.dumps(self._told(healthy), ensure_ascii=False))
        return 0 if healthy else 1

    def _add(self, finding: doctor.Finding) -> None:
        self._findings.append(finding)
        if not self._as_json:
            click.echo(f"{finding.state:<7}  {finding.what}: {finding.text}")

    def _show(self, line: str) -> None:
        click.echo(line, err=self._as_json)

    def _told(self, healthy: bool) -> dict[str, Any]:
        judged = self._judgement
        return {
            "fine": healthy,
            "findings": [{"what": one.what, "state": one.state.lower(), "text": one.text} for one in self._findings],
            "sound_check": self._check.model_dump(mode="json") if self._check else None,
            "left_out": self._left_out,
            "verdict": judged.verdict.value if judged else None,
            "sentence": judged.sentence if judged else None,
            "remarks": [
                {"text": remark.text, "remedy": remark.remedy, "grave": remark.grave} for remark in judged.remarks
            ]
            if judged
            else [],
        }
