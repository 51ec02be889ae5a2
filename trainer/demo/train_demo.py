"""Trains the demo's models from nothing: every command of the recipe, in its order.

    cd trainer && python -m demo.train_demo [--list] [--only 3-latent]

What is there already is not made again, and a training that was broken off goes on from its last checkpoint, so the command can be
interrupted and given once more at any time. Everything lies in runs/demo; each command leaves its log in runs/demo/logs.

    python -m demo.train_demo --kept-start --only 3-latent-seed-2

begins with the model that all latent trainings begin with as it lies in demo/latent-start, instead of an hour of captions and
explicit chain-of-thought; only the questions are made.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

TRAINER = Path(__file__).resolve().parents[1]
RUNS = TRAINER / "runs" / "demo"
SEEDS = (0, 1, 2)
# `2-explicit-scaled` of a run of this recipe.
KEPT_START = Path(__file__).resolve().parent / "latent-start"
ABLATIONS = {
    "no-latent-text": ("method.latent_text=false",),
    "no-latent-vision": ("method.latent_vision=false",),
    "neither": ("method.latent_text=false", "method.latent_vision=false"),
}


@dataclass(frozen=True, slots=True)
class Step:
    """A command, which makes the folder runs/demo/`name`."""

    name: str
    arguments: tuple[str, ...]
    can_resume: bool = False

    @property
    def folder(self) -> Path:
        return RUNS / self.name

    @property
    def mark(self) -> Path:
        """Is there once the command has ended well."""
        return RUNS / "logs" / f"{self.name}.done"

    @property
    def is_done(self) -> bool:
        return self.mark.exists() and self.folder.exists()


def _made_by(name: str, module: str, *arguments: str) -> Step:
    return Step(name, ("-m", module, *arguments, "--out", f"runs/demo/{name}"))


def _dataset(name: str, *arguments: str) -> Step:
    return _made_by(name, "demo.make_demo_dataset", *arguments)


def _training(name: str, config: str, *changes: str) -> tuple[Step, Step]:
    """A training and the model that it leaves."""
    output = f"runs/demo/{name}"
    sets = tuple(part for change in (f'run.output="{output}"', *changes) for part in ("--set", change))
    return (
        Step(name, ("-m", "penumbra_train", "run", f"configs/demo/{config}.toml", "--resume", *sets), can_resume=True),
        _made_by(f"{name}-model", "penumbra_train", "merge", output),
    )


def recipe() -> list[Step]:
    steps = [
        _made_by("tokenizer", "demo.make_tokenizer"),
        _made_by("base", "penumbra_train", "new", "configs/demo/shape.toml"),
        _dataset("sparse", "--captions", "sparse", "--train", "9000", "--dev", "0", "--test", "0"),
        _dataset("full", "--captions", "full", "--train", "12600", "--dev", "0", "--test", "0"),
        _dataset("options", "--captions", "options", "--train", "2520", "--dev", "0", "--test", "0"),
        _dataset("qa", "--train", "12600"),
        _made_by("named", "demo.name_tokens", "--model", "runs/demo/base", "--pictures", "runs/demo/full", "--steps", "260"),
        _made_by("lettered", "demo.learn_letters", "--model", "runs/demo/named"),
        *_training("1-captions", "1-captions"),
        *_training("2-explicit", "2-explicit"),
        _made_by("2-explicit-scaled", "demo.scale_hidden", "--model", "runs/demo/2-explicit-model"),
        *_training("3-latent", "3-latent"),
        # The baselines get the image positions of ordinary Qwen2-VL prompting, as the app gives them.
        *_training("2-explicit-mrope", "2-explicit", 'method.positions="mrope"', 'model.path="runs/demo/2-explicit-model"'),
        *_training("4-direct", "4-direct"),
    ]
    for seed in SEEDS[1:]:
        steps += _training(f"3-latent-seed-{seed}", "3-latent", f"run.seed={seed}")
        steps += _training(f"4-direct-seed-{seed}", "4-direct", f"run.seed={seed}")
    for name, changes in ABLATIONS.items():
        steps += _training(f"3-latent-{name}", "3-latent", *changes)
    return steps + _chameleon()


def _chameleon() -> list[Step]:
    """The same way for a Chameleon, on the same questions: in `chameleon/`."""
    sees = ("data.image_width=96", "data.image_height=96", 'data.cache="runs/demo/chameleon/cache"')
    base, named = (f"runs/demo/chameleon/{name}" for name in ("base", "named"))

    def training(name: str, start: str) -> tuple[Step, Step]:
        return _training(f"chameleon/{name}", name, f'model.path="runs/demo/chameleon/{start}"', *sees)

    pictures = tuple(f"runs/demo/{name}" for name in ("full", "sparse", "options", "qa"))
    return [
        _made_by("chameleon/base", "demo.chameleon_base", "--pictures", *pictures),
        _made_by("chameleon/named", "demo.name_tokens", "--model", base, "--pictures", "runs/demo/full", "--steps", "400", "--side", "96"),
        _made_by("chameleon/lettered", "demo.learn_letters", "--model", named),
        *training("1-captions", "lettered"),
        *training("2-explicit", "1-captions-model"),
        _made_by("chameleon/2-explicit-scaled", "demo.scale_hidden", "--model", "runs/demo/chameleon/2-explicit-model"),
        *training("3-latent", "2-explicit-scaled"),
    ]


def carry_out(step: Step) -> None:
    step.mark.parent.mkdir(parents=True, exist_ok=True)
    if not step.can_resume:
        shutil.rmtree(step.folder, ignore_errors=True)
    started = time.monotonic()
    print(f"{step.name}: python {' '.join(step.arguments)}", flush=True)
    log_path = step.mark.with_suffix(".log")
    with log_path.open("a", encoding="utf-8") as log:
        environment = os.environ | {"PYTHONPATH": str(TRAINER), "OMP_WAIT_POLICY": "PASSIVE"}
        ended = subprocess.run([sys.executable, *step.arguments], cwd=TRAINER, env=environment, stdout=log, stderr=subprocess.STDOUT, check=False)
    if ended.returncode != 0:
        raise SystemExit(f"{step.name} ended with {ended.returncode}: see {log_path}. Give the command again to go on.")
    step.mark.touch()
    print(f"{step.name}: {time.monotonic() - started:.0f} s", flush=True)


def take_kept_start(steps: list[Step]) -> None:
    """Puts the kept model where the recipe would make it; does nothing where it is made."""
    (start,) = (step for step in steps if step.name == "2-explicit-scaled")
    if start.is_done:
        return
    shutil.copytree(KEPT_START, start.folder, dirs_exist_ok=True)
    start.mark.parent.mkdir(parents=True, exist_ok=True)
    start.mark.touch()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--list", action="store_true", help="print the steps, and which are done")
    parser.add_argument("--only", nargs="+", metavar="STEP", help="these steps alone; those before them have to be done")
    parser.add_argument("--kept-start", action="store_true", help="latent trainings begin with demo/latent-start")
    options = parser.parse_args()
    steps = recipe()
    unknown = set(options.only or ()) - {step.name for step in steps}
    if unknown:
        raise SystemExit(f"There is no step {', '.join(sorted(unknown))}: --list names them.")
    if options.kept_start:
        take_kept_start(steps)
    for step in steps:
        if options.list:
            print(f"{'done' if step.is_done else '    '}  {step.name}")
        elif (options.only is None or step.name in options.only) and not step.is_done:
            carry_out(step)


if __name__ == "__main__":
    main()
