"""`penumbra-train`: one command for each thing that the package does."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from penumbra_train import __version__
from penumbra_train.problem import Problem


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="penumbra-train", description="Trains IVT-LR models.")
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(dest="command", required=True)

    run = commands.add_parser("run", help="train, as a TOML file states it")
    run.add_argument("config", type=Path)
    run.add_argument("--resume", action="store_true", help="go on from the last checkpoint in run.output, if there is one")
    run.add_argument("--set", action="append", default=[], metavar="TABLE.KEY=VALUE", help="change one key of the file")
    run.set_defaults(action=_run)

    new = commands.add_parser("new", help="make a small model with random weights, to be trained from nothing")
    new.add_argument("config", type=Path)
    new.add_argument("--out", type=Path, required=True)
    new.add_argument("--set", action="append", default=[], metavar="TABLE.KEY=VALUE")
    new.set_defaults(action=_new)

    options = parser.parse_args(arguments)
    try:
        code: int = options.action(options)
        return code
    except Problem as problem:
        print(f"penumbra-train: {problem.message}", file=sys.stderr)
        if problem.action:
            print(problem.action, file=sys.stderr)
        return 1


def _run(options: argparse.Namespace) -> int:
    from penumbra_train.config.reader import read_config
    from penumbra_train.training.loop import train

    config = read_config(options.config, options.set)
    changes = "".join(f"# --set {change}\n" for change in options.set)
    signal = train(config, changes + options.config.read_text(encoding="utf-8"), resume=options.resume)
    return 128 + signal if signal else 0


def _new(options: argparse.Namespace) -> int:
    from penumbra_train.config.reader import build, read_document
    from penumbra_train.scratch import ScratchConfig, make_scratch

    config = build(ScratchConfig, read_document(options.config, options.set), str(options.config), "")
    print(f"{make_scratch(config, options.out):,} parameters in {options.out}")
    return 0
