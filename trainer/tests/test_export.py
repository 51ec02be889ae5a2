"""What merge writes: read back by transformers, by the independent reference, and by the app's importer."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
import torch
from small_dataset import ConfigOf
from transformers import AutoTokenizer, Qwen2VLForConditionalGeneration

from penumbra_train.cli import main
from penumbra_train.config.schema import Source
from penumbra_train.export.evaluate import evaluate
from penumbra_train.export.finished_run import open_run
from penumbra_train.training.loop import train

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "golden"))
from prompts import Sample as ReferenceSample  # noqa: E402
from reference import Settings, load_checkpoint, load_released, run_latent  # noqa: E402

REPOSITORY = Path(__file__).resolve().parents[2]
LORA = {"r": 8, "alpha": 2, "dropout": 0.0}


def importer(arguments: Sequence[str], home: Path) -> dict[str, object]:
    """Runs the app's importer; skipped where the app is not installed beside the trainer."""
    node = shutil.which("node") or os.environ.get("npm_node_execpath")
    bundled = sorted((REPOSITORY / "node_modules").glob("node-linux-*/bin/node"))
    program = str(bundled[0]) if bundled else node
    if program is None or not (REPOSITORY / "node_modules" / "onnxruntime-node").exists():
        pytest.skip("the app's dependencies are not installed")
    command = [program, "src/main/cli/main.ts", "model", "import", *arguments, "--store", str(home / "store.sqlite"), "--json"]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stderr + done.stdout
    found: dict[str, object] = json.loads(done.stdout)
    return found


@pytest.fixture(params=["lora", "full"])
def trained(request: pytest.FixtureRequest, config_of: ConfigOf) -> Path:
    """Rates far too high, so that what was trained differs from the base for certain."""
    model = {"lora": LORA} if request.param == "lora" else {"vision": "trained"}
    config = config_of(model=model, optimiser={"lr": 0.02}, schedule={"epochs": [1, 0, 2]})
    assert train(config, "", resume=False) == 0
    return Path(config.run.output)


def reference_outputs(checkpoint: object, dataset: Path, settings: Settings) -> list[str]:
    rows = [json.loads(line) for line in (dataset / "data" / "dev.jsonl").read_text().splitlines()]
    samples = [ReferenceSample(row["id"], row["question"], tuple(row["choices"]), "", row["image"]) for row in rows]
    with torch.no_grad():
        return [run_latent(checkpoint, dataset, sample, settings).record["outputText"] for sample in samples]  # type: ignore[arg-type]


def test_a_merged_folder_answers_as_the_training_did(trained: Path, base: Path, dataset: Path, tmp_path: Path) -> None:
    out = tmp_path / "merged"
    assert main(["merge", str(trained), "--out", str(out)]) == 0
    model = Qwen2VLForConditionalGeneration.from_pretrained(out)
    original = Qwen2VLForConditionalGeneration.from_pretrained(base).state_dict()
    changed = [name for name, value in model.state_dict().items() if not torch.equal(value, original[name])]
    assert any("q_proj" in name for name in changed)
    assert any("visual" in name for name in changed) == (open_run(trained, None).config.model.lora is None)
    tokenizer = AutoTokenizer.from_pretrained(out)
    assert [len(tokenizer(token)["input_ids"]) for token in ("<|latent|>", "<|start-latent|>", "<|end-latent|>")] == [1] * 3

    predictions = tmp_path / "predictions.jsonl"
    evaluate(open_run(trained, None), Source(str(dataset), "dev"), predictions)
    ours = [json.loads(line)["messages"][-1] for line in predictions.read_text().splitlines()]
    settings = Settings(latentSteps=2, patchesPerStep=1, maxTokens=4, imageSize={"width": 56, "height": 56})
    assert reference_outputs(load_checkpoint(out), dataset, settings) == ours

    found = importer([str(out), "--out", str(tmp_path / "bundle")], tmp_path)
    described = json.loads((tmp_path / "bundle" / "bundle.json").read_text())
    assert found
    assert described["trainedFor"] | {"method": "ivt-lr", "latentSteps": 2, "patchesPerStep": 1} == described["trainedFor"]
    assert described["specialTokens"]["latent"] == tokenizer.convert_tokens_to_ids("<|latent|>")


def test_the_released_layout_is_read_back(config_of: ConfigOf, base: Path, dataset: Path, tmp_path: Path) -> None:
    """Alpha / r is 16 / 64 as in the published files, which state neither."""
    config = config_of(model={"lora": LORA}, optimiser={"lr": 0.02})
    train(config, "", resume=False)
    run, out, plain = Path(config.run.output), tmp_path / "released", tmp_path / "plain"
    assert main(["merge", str(run), "--out", str(out), "--layout", "released"]) == 0
    assert main(["merge", str(run), "--out", str(plain)]) == 0
    settings = Settings(latentSteps=2, patchesPerStep=1, maxTokens=4, imageSize={"width": 56, "height": 56})
    from_plain = reference_outputs(load_checkpoint(plain), dataset, settings)
    assert reference_outputs(load_released(base, out / "model.pth"), dataset, settings) == from_plain
    importer(
        [str(base), "--adapter", str(out / "model.pth"), "--lora-alpha", "2", "--out", str(tmp_path / "bundle")], tmp_path
    )
    described = json.loads((tmp_path / "bundle" / "bundle.json").read_text())
    assert described["trainedFor"]["latentSteps"] == 2


def test_what_merge_refuses(config_of: ConfigOf, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = config_of(schedule={"epochs": [1, 0, 0]})
    train(config, "", resume=False)
    output = config.run.output
    assert main(["merge", output, "--out", str(tmp_path / "a"), "--layout", "released"]) == 1
    assert "without LoRA" in capsys.readouterr().err
    assert main(["merge", output, "--out", str(tmp_path / "a"), "--stage", "7"]) == 1
    assert "It holds 0, 1, 2." in capsys.readouterr().err
    assert main(["merge", output, "--out", str(tmp_path)]) == 1
    assert "exists already" in capsys.readouterr().err
    assert main(["merge", str(tmp_path / "nowhere"), "--out", str(tmp_path / "a")]) == 1
    assert "cannot be read" in capsys.readouterr().err
