"""Puts the recipe's models where the app takes its demo from: resources/demo/checkpoint*, in bfloat16.

    cd trainer && python -m demo.ship [checkpoint-direct ...]

Then golden/make_demo_answers.py has to answer with them.
"""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

from penumbra_train.export.finished_run import open_run
from penumbra_train.export.merge import write_folder

from .train_demo import RUNS, TRAINER

DEMO = TRAINER.parent / "resources" / "demo"
SHIPPED = {"checkpoint": "3-latent", "checkpoint-direct": "4-direct", "checkpoint-explicit": "2-explicit-mrope"}


def ship(name: str, runs: Path = RUNS, demo: Path = DEMO) -> None:
    """The last stage of the training; what lies there is replaced once the new one is whole."""
    run = open_run(runs / SHIPPED[name], None)
    new = demo / f"{name}.new"
    shutil.rmtree(new, ignore_errors=True)
    write_folder(run, new, "bfloat16")
    for path in new.iterdir():
        path.chmod(0o644)
    shutil.rmtree(demo / name, ignore_errors=True)
    new.replace(demo / name)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(SHIPPED)}; all by default")
    names = parser.parse_args().names or list(SHIPPED)
    unknown = set(names) - set(SHIPPED)
    if unknown:
        raise SystemExit(f"There is no {', '.join(sorted(unknown))}: choose of {', '.join(SHIPPED)}.")
    for name in names:
        ship(name)
        print(f"{DEMO / name}: {SHIPPED[name]}")


if __name__ == "__main__":
    main()
