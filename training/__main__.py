"""The steps of the recipe: ``python -m training STEP``; each keeps its results and is not done twice."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from multiprocessing import get_context
from pathlib import Path

from training.places import CACHE, MODEL

STEPS = ("speak", "collect", "align", "prepare", "train", "sharpen", "export", "score")
_DESCRIPTION = """Make models/coach-en.

speak    sentences from the coach's own data, by synthesis
collect  recordings of people, cut into clips
align    which sound is when, by the model of --start (or spread evenly, with --start none)
prepare  features of the clips and of changed copies
train    the network, for --minutes; with --more the one that is there learns on
sharpen  the network on whole rows of sounds, for --minutes-sharp
export   the model's folder: network, graph, settings
score    the development recordings through `bench.hearing`
kept     sentences of the speakers kept out, as a folder in the cache for `bench.hearing --wer` (not part of all)

To go round once more with the model just made: `align --again`, `prepare --again`, `train --more`, and the steps after.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one step or all. Returns the exit status."""
    parser = argparse.ArgumentParser(
        "training", description=_DESCRIPTION, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("step", choices=[*STEPS, "all", "kept"])
    parser.add_argument(
        "--start", default=str(MODEL), help="the model to align with, one that this recipe made; none: spread evenly"
    )
    parser.add_argument("--sentences", type=int, default=20_000, help="how many to speak")
    parser.add_argument("--minutes", type=float, default=35.0, help="how long to train")
    parser.add_argument("--minutes-sharp", type=float, default=25.0, help="how long to sharpen")
    parser.add_argument("--more", action="store_true", help="train on from the network that is there")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--again", action="store_true", help="forget the step's results first")
    options = parser.parse_args(arguments)
    for step in STEPS if options.step == "all" else (options.step,):
        if options.again:
            for path in CACHE.glob(_RESULTS.get(step, "-")):
                path.unlink()
        print(f"{step} ...", flush=True)
        _DO[step](options)
    return 0


def _speak(options: argparse.Namespace) -> None:
    from training.synthesis import WORKERS, speak

    _side_by_side(options.workers, speak, [(share, options.sentences) for share in range(WORKERS)])


def _collect(options: argparse.Namespace) -> None:
    from training.recordings import collect

    collect()


def _align(options: argparse.Namespace) -> None:
    from training.alignment import align

    start = None if options.start == "none" else Path(options.start)
    files = [path.with_suffix("") for path in sorted(CACHE.glob("*.i16"))]
    _side_by_side(
        options.workers,
        align,
        [(path, share, options.workers, start) for path in files for share in range(options.workers)],
    )


def _prepare(options: argparse.Namespace) -> None:
    from training.examples import prepare

    _side_by_side(options.workers, prepare, [(share, options.workers) for share in range(options.workers)])


def _train(options: argparse.Namespace) -> None:
    from training.network import train

    train(60 * options.minutes, more=options.more)


def _sharpen(options: argparse.Namespace) -> None:
    from training.sequences import sharpen

    sharpen(60 * options.minutes_sharp)


def _export(options: argparse.Namespace) -> None:
    from training.export import export

    export()


def _score(options: argparse.Namespace) -> None:
    from bench.hearing import main as hearing
    from training.places import SHARED

    hearing([str(SHARED / "corpus"), "--kept", "--model", str(MODEL)])


def _kept(_options: argparse.Namespace) -> None:
    from training.recordings import write_kept

    print(write_kept(CACHE / "kept"), "sentences in", CACHE / "kept")


def _side_by_side(workers: int, task: Callable[..., object], jobs: Sequence[tuple[object, ...]]) -> None:
    # Fresh processes: a forked one would share torch's threads.
    with get_context("spawn").Pool(workers) as pool:
        pool.starmap(task, jobs, chunksize=1)


_DO = {
    "speak": _speak,
    "collect": _collect,
    "align": _align,
    "prepare": _prepare,
    "train": _train,
    "sharpen": _sharpen,
    "export": _export,
    "score": _score,
    "kept": _kept,
}
_RESULTS = {
    "speak": "synthesised-*",
    "collect": "people.*",
    "align": "aligned-*",
    "prepare": "examples-*",
}

if __name__ == "__main__":
    sys.exit(main())
