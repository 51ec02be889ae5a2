"""Accuracy of every training of the recipe on the test split after each of its stages, as docs/reproduction.md shows it.

    cd trainer && python -m demo.report

Trainings that are not finished are left out, and what was answered already is not answered again. The figures go to demo/results.json,
the tables to standard output; figures there of trainings that lie elsewhere by now are kept. Trainings that began with another model
are lines of their own, because a pretraining made again on another processor is another model. Times, sweeps, attention and evidence of the models that ship: `npm run -s bench -- reproduction`.
"""

from __future__ import annotations

import hashlib
import json
import re
import statistics
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from penumbra_train.config.schema import Source
from penumbra_train.export.evaluate import evaluate
from penumbra_train.export.finished_run import open_run

from .train_demo import RUNS, TRAINER, recipe

RESULTS = Path(__file__).with_name("results.json")
DOMAINS = ("science", "commonsense", "mathematics")


@dataclass(frozen=True, slots=True)
class Row:
    """A training's answers to the test split after one of its stages."""

    training: str
    stage: int
    latent_steps: int
    count: int
    accuracy: float
    by_domain: dict[str, float]
    autoregressive_steps: float
    unparsed: int
    # First digits of the SHA-256 of the weights that the training began with; None: not recorded.
    start: str | None = None

    @property
    def family(self) -> str:
        """The training without its seed."""
        return re.sub(r"-seed-\d+$", "", self.training)


def finished_trainings() -> list[str]:
    """Those on questions (captions are none of them), in the recipe's order."""
    return [step.name for step in recipe() if step.arguments[1:3] == ("penumbra_train", "run") and step.is_done and step.name != "1-captions"]


def start_of(training: str) -> str:
    model = open_run(RUNS / training, None).config.model.path
    return hashlib.sha256((TRAINER / model / "model.safetensors").read_bytes()).hexdigest()[:8]


def answered(training: str) -> list[Row]:
    """One row for each stage; kept beside the training's weights."""
    rows = []
    start = start_of(training)
    for weights in sorted((RUNS / training / "stages").glob("stage-*.safetensors")):
        kept = weights.with_suffix(".test.json")
        if not kept.exists() or kept.stat().st_mtime < weights.stat().st_mtime:
            run = open_run(RUNS / training, int(weights.stem.removeprefix("stage-")))
            found = evaluate(run, Source(str(RUNS / "qa"), "test"), None).summary()
            kept.write_text(json.dumps({"training": training, "stage": run.stage, "latent_steps": run.latent_count, **found}), encoding="utf-8")
        rows.append(Row(**json.loads(kept.read_text(encoding="utf-8")), start=start))
    return rows


def _spread(values: Iterable[float]) -> str:
    """In percent; with several, the mean and the standard deviation of the sample."""
    percent = [100 * value for value in values]
    mean = f"{statistics.mean(percent):.1f}"
    return f"{mean} ± {statistics.stdev(percent):.1f}" if len(percent) > 1 else mean


def table(rows: list[Row]) -> str:
    """Markdown: trainings that differ in their seed are one line."""
    lines = ["| training | seeds | latent steps | accuracy, % | " + " | ".join(DOMAINS) + " | AR steps |"]
    lines.append("| --- | --- | --- | --- | " + "--- | " * len(DOMAINS) + "--- |")
    for family, start, stage in dict.fromkeys((row.family, row.start, row.stage) for row in rows):
        alike = [row for row in rows if (row.family, row.start, row.stage) == (family, start, stage)]
        domains = " | ".join(_spread(row.by_domain[domain] for row in alike) for domain in DOMAINS)
        steps = statistics.mean(row.autoregressive_steps for row in alike)
        overall = _spread(row.accuracy for row in alike)
        name = family if start is None else f"{family} (from {start})"
        lines.append(f"| {name} | {len(alike)} | {alike[0].latent_steps} | {overall} | {domains} | {steps:.1f} |")
    return "\n".join(lines)


def merged(kept: list[Row], new: list[Row]) -> list[Row]:
    """The new rows replace those of the same training from the same start; the others stay, before them."""
    made = {(row.training, row.start) for row in new}
    return [row for row in kept if (row.training, row.start) not in made] + new


def main() -> None:
    kept = [Row(**row) for row in json.loads(RESULTS.read_text(encoding="utf-8"))] if RESULTS.exists() else []
    rows = merged(kept, [row for training in finished_trainings() for row in answered(training)])
    RESULTS.write_text(json.dumps([asdict(row) for row in rows], indent=2) + "\n", encoding="utf-8", newline="\n")
    print(table(rows))


if __name__ == "__main__":
    main()
