"""Writes resources/self-test: a very small checkpoint, one question, and what the reference answers to it.

`penumbra doctor` imports the checkpoint on the user's machine, lets each device answer, and compares. Nothing here
is trained. Weights are drawn again, seed after seed, until no decision hangs on less than MIN_GAPS: a device
with coarser arithmetic than float32 must still select the same patches and tokens.

    python trainer/golden/make_self_test.py
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from tokenizers import Tokenizer

from corpus import picture_question_text
from make_checkpoints import Shape, make_old_layout, padded, random_state
from make_golden import compact, manifest
from prompts import Sample
from reference import Checkpoint, Settings, load_checkpoint, run_latent

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from penumbra_train.hub_folder import SPECIAL_TOKENS, train_tokenizer, write_json, write_latent_config  # noqa: E402

OUT = Path(__file__).resolve().parents[2] / "resources" / "self-test"
SIDE = 112  # 4 x 4 slots of 28 pixels
MAX_PIXELS = 28 * 28 * 16
BASE_VOCABULARY = 320
SHAPE = Shape(32, 2, 4, 2, 64, (1, 1, 2), 1, 16, 1, True, padded(BASE_VOCABULARY + len(SPECIAL_TOKENS)), max_positions=512)
MIN_GAPS = {"minSelectionGap": 4e-4, "minLogitGap": 0.3}
SAMPLE = Sample("self-test", "Which bird is above the red wheel?", ("the left bird", "the right bird"), "", "question.png")


def draw_image(path: Path) -> None:
    """A picture whose slots all differ; integers only, so that every machine draws the same."""
    y, x = np.mgrid[0:52, 0:76]
    checks = (x // 9 + y // 7) % 3 * 90
    Image.fromarray(np.stack([x * 3, 255 - y * 4, checks], axis=-1).astype(np.uint8)).save(path, optimize=True)


def is_clear(record: dict[str, Any]) -> bool:
    """Clear gaps, and an answer of several different tokens that ends by itself."""
    tokens = record["outputTokenIds"]
    return (
        all(record[name] > gap for name, gap in MIN_GAPS.items())
        and record["finishReason"] == "end"
        and len(set(tokens)) >= 4
        and "\ufffd" not in record["outputText"]
    )


def find_seed(settings: Settings, tokenizer: Tokenizer, base: Checkpoint) -> int:
    """The first seed whose weights, rounded as they will be stored, answer clearly. Loads them into `base`."""
    for seed in range(1, 20_000):
        state = random_state(base.model, SHAPE, tokenizer, seed)
        base.model.load_state_dict({key: value.to(torch.bfloat16).float() for key, value in state.items()})
        if is_clear(run_latent(base, OUT, SAMPLE, settings).record):
            return seed
    raise ValueError("no seed is clear enough")


def main() -> None:
    torch.set_num_threads(1)
    torch.set_grad_enabled(False)
    OUT.mkdir(parents=True, exist_ok=True)
    draw_image(OUT / SAMPLE.image)
    settings = replace(Settings(), maxTokens=8, imageSize={"width": SIDE, "height": SIDE})
    folder = OUT / "checkpoint"
    tokenizer = train_tokenizer(picture_question_text(seed=14, lines=400), BASE_VOCABULARY)
    make_old_layout(folder, tokenizer, SHAPE, MAX_PIXELS, seed=0)
    seed = find_seed(settings, tokenizer, load_checkpoint(folder))
    make_old_layout(folder, tokenizer, SHAPE, MAX_PIXELS, seed)
    trace = run_latent(load_checkpoint(folder), OUT, SAMPLE, settings)
    write_latent_config(folder, settings.patchesPerStep, SIDE, "random weights, for the self-test")
    record = compact(trace.record)
    names = ("promptTokenIds", "outputTokenIds", "outputText", "finishReason", "arSteps", "minSelectionGap", "minLogitGap")
    header = manifest(seed, "checkpoint")
    expected = {
        "manifest": {**header, "script": "trainer/golden/make_self_test.py", "minGapsAtLeast": MIN_GAPS},
        "question": asdict(SAMPLE),
        "settings": {name: value for name, value in record["settings"].items() if name != "imageSize"},
        **{name: record[name] for name in names},
        "steps": [{name: step[name] for name in ("selectedSlots", "scores")} for step in record["steps"]],
    }
    write_json(OUT / "expected.json", expected)
    print(json.dumps({"seed": seed, "outputText": record["outputText"], "gaps": [record["minSelectionGap"], record["minLogitGap"]]}))


if __name__ == "__main__":
    main()
