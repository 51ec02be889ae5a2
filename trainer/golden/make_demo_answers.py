"""Writes test/golden/demo: what the reference answers to every question of the demo dataset with each of the demo's checkpoints.

`<checkpoint>.jsonl`: {"id", "outputText", "selectedSlots": [[slot, ...] for each latent step]}; `manifest.json`: versions,
the settings of each file, and the SHA-256 of the weights that answered. Weights that have answered already are not asked again.

    trainer/.venv/bin/python trainer/golden/make_demo_answers.py
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch

from make_golden import manifest
from prompts import Sample
from reference import Settings, load_checkpoint, run_latent, run_no_cot

ROOT = Path(__file__).resolve().parents[2]
DEMO = ROOT / "resources" / "demo"
DATASET = DEMO / "dataset"
OUT = ROOT / "test" / "golden" / "demo"
MAX_TOKENS = 64


def trained_for(folder: Path) -> tuple[str, Settings]:
    """A checkpoint's method and settings by its own word; ordinary prompting resizes dynamically."""
    given = json.loads((folder / "latent_config.json").read_text(encoding="utf-8"))
    settings = Settings(
        latentSteps=given["latent_steps"],
        patchesPerStep=given["patches_per_step"],
        stepLayout=given["step_layout"],
        promptFormat=given["prompt_format"],
        maxTokens=MAX_TOKENS,
        imageSize=given["image_size"] if given["method"] == "ivt-lr" else None,
    )
    return given["method"], settings


def answer_all(folder: Path, samples: list[Sample]) -> tuple[str, Settings, list[dict[str, Any]]]:
    method, settings = trained_for(folder)
    run = {"ivt-lr": run_latent, "cot": run_no_cot, "no-cot": run_no_cot}[method]
    checkpoint = load_checkpoint(folder)
    rows = []
    for sample in samples:
        record = run(checkpoint, DATASET, sample, settings).record
        slots = [step["selectedSlots"] for step in record["steps"]]
        rows.append({"id": sample.sampleId, "outputText": record["outputText"], "selectedSlots": slots})
    return method, settings, rows


def main() -> None:
    torch.set_num_threads(1)
    torch.set_grad_enabled(False)
    lines = (DATASET / "data" / "test.jsonl").read_text(encoding="utf-8").splitlines()
    samples = [
        Sample(row["id"], row["question"], tuple(row["choices"]), row["context"], row["image"]) for row in map(json.loads, lines)
    ]
    OUT.mkdir(parents=True, exist_ok=True)
    manifest_path = OUT / "manifest.json"
    known = json.loads(manifest_path.read_text(encoding="utf-8"))["checkpoints"] if manifest_path.exists() else {}
    answered = {}
    for folder in sorted(DEMO.glob("checkpoint*")):
        digest = hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()
        if known.get(folder.name, {}).get("weightsSha256") == digest:
            answered[folder.name] = known[folder.name]
            continue
        method, settings, rows = answer_all(folder, samples)
        (OUT / f"{folder.name}.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8", newline="\n")
        answered[folder.name] = {"method": method, "settings": asdict(settings), "weightsSha256": digest}
        print(f"{folder.name}: {len(rows)} questions", flush=True)
    kept = {name: value for name, value in manifest(0, "").items() if name in ("reference", "versions", "dtype", "device", "attention")}
    text = json.dumps({"script": "trainer/golden/make_demo_answers.py", **kept, "checkpoints": answered}, indent=2)
    manifest_path.write_text(f"{text}\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
