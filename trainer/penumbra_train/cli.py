"""`penumbra-train`: one command for each thing that the package does."""

from __future__ import annotations

import argparse
import os
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

    merge = commands.add_parser("merge", help="write what was trained as a model that the app imports")
    merge.add_argument("run", type=Path, help="output folder of a training")
    merge.add_argument("--out", type=Path, required=True)
    merge.add_argument("--stage", type=int, help="after this stage; default: the last one finished")
    merge.add_argument("--layout", choices=("folder", "released"), default="folder", help="released: one model.pth, LoRA apart")
    merge.add_argument("--dtype", choices=("float32", "bfloat16"), help="of the folder's weights; default: the training's")
    merge.set_defaults(action=_merge)

    evaluate = commands.add_parser("evaluate", help="accuracy of a training's weights on a split")
    evaluate.add_argument("run", type=Path, help="output folder of a training")
    evaluate.add_argument("--data", required=True, help="dataset folder")
    evaluate.add_argument("--split", default="test")
    evaluate.add_argument("--limit", type=int, default=0)
    evaluate.add_argument("--stage", type=int)
    evaluate.add_argument("--latent-steps", type=int, help="other than the stage's own")
    evaluate.add_argument("--predictions", type=Path, help="JSON Lines to write, in M3CoT's shape")
    evaluate.set_defaults(action=_evaluate)

    plan = commands.add_parser("plan", help="parameters and memory of a training, without weights")
    plan.add_argument("config", type=Path)
    plan.add_argument("--model-config", type=Path, help="config.json; default: the one in model.path")
    plan.add_argument("--text-tokens", type=int, default=200, help="of a prompt, without its image")
    plan.add_argument("--target-tokens", type=int, default=150, help="of a rationale and its answer")
    plan.add_argument("--set", action="append", default=[], metavar="TABLE.KEY=VALUE")
    plan.set_defaults(action=_plan)

    bench = commands.add_parser("bench", help="samples a second at stage 3: cached against recompute-everything")
    bench.add_argument("--size", choices=("tiny", "middle"), default="tiny")
    bench.add_argument("--batch", type=int, default=16)
    bench.add_argument("--rounds", type=int, default=5)
    bench.add_argument("--threads", type=int, default=2)
    bench.set_defaults(action=_bench)

    options = parser.parse_args(arguments)
    # Before PyTorch is loaded: threads that spin while they wait take the cores from whoever else works on them.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
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


def _merge(options: argparse.Namespace) -> int:
    from penumbra_train.export.finished_run import open_run
    from penumbra_train.export.merge import write_folder, write_released

    run = open_run(options.run, options.stage)
    if options.layout == "released":
        write_released(run, options.out)
        alpha = run.config.model.lora.alpha if run.config.model.lora is not None else 0
        note = "" if alpha == 16 else f" --lora-alpha {alpha}"
        print(f"penumbra model import {run.config.model.path} --adapter {options.out}/model.pth{note} --out MODEL")
    else:
        write_folder(run, options.out, options.dtype)
        print(f"penumbra model import {options.out} --out MODEL")
    return 0


def _evaluate(options: argparse.Namespace) -> int:
    import json

    from penumbra_train.config.schema import Source
    from penumbra_train.export.evaluate import evaluate
    from penumbra_train.export.finished_run import open_run

    source = Source(options.data, options.split, options.limit)
    run = open_run(options.run, options.stage)
    accuracy = evaluate(run, source, options.predictions, latent_count=options.latent_steps)
    print(json.dumps({"stage": run.stage, **accuracy.summary()}))
    return 0


def _plan(options: argparse.Namespace) -> int:
    from penumbra_train.config.reader import read_config
    from penumbra_train.plan import plan, report

    config = read_config(options.config, options.set)
    model_config = options.model_config or Path(config.model.path) / "config.json"
    if not model_config.is_file():
        raise Problem(f"{model_config}: there is no such file.", "Give the model's config.json with --model-config.")
    found = plan(config, model_config, text_tokens=options.text_tokens, target_tokens=options.target_tokens)
    print(report(found, config))
    return 0


def _bench(options: argparse.Namespace) -> int:
    import torch

    from penumbra_train.bench import bench, report

    torch.set_num_threads(options.threads)
    print(report(bench(options.size, options.batch, options.rounds)))
    return 0
