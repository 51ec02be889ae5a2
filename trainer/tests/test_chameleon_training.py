"""Chameleon in the trainer: against transformers' own forward, the reference of the app's tests, and the app's importer."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from small_dataset import ConfigOf
from test_export import importer
from transformers import ChameleonForConditionalGeneration

from penumbra_train.backbone.load import load_model
from penumbra_train.cli import main
from penumbra_train.data.images import fitted
from penumbra_train.data.sample import Sample
from penumbra_train.encoding import Encoder, collate
from penumbra_train.export.evaluate import evaluate
from penumbra_train.export.finished_run import open_run
from penumbra_train.latent.decode import decode_greedily
from penumbra_train.latent.forward import latent_forward
from penumbra_train.latent.recompute import recompute_loss
from penumbra_train.latent.settings import LatentSettings
from penumbra_train.problem import Problem
from penumbra_train.prompts import PromptFormat
from penumbra_train.stages import stage_view
from penumbra_train.training.loop import train

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "golden"))
from chameleon_reference import image_processor, image_tokens, load_checkpoint, preprocess, run_latent  # noqa: E402
from latent_steps import Settings  # noqa: E402
from prompts import Sample as ReferenceSample  # noqa: E402

GOLDEN = Path(__file__).resolve().parents[2] / "test" / "golden"
FOLDER = GOLDEN / "chameleon" / "tiny"
PICTURES = ("scene.png", "tall.png", "cutout.png", "palette.png")
SIDE = 64
FORMATS: tuple[PromptFormat, ...] = ("released-inference", "released-training")
CHOICES = ("a cat", "ünï", "3.5")


def sample(name: str, question: str = "Which {one}?\nReally?") -> Sample:
    return Sample(name, "test", question, CHOICES, 1, "A river.", "First this. Then that. So there.", "", "", None)


def pixels(name: str) -> torch.Tensor:
    return torch.from_numpy(fitted((GOLDEN / "qwen2-vl" / "images" / name).read_bytes(), SIDE, SIDE, "crop").copy())


def test_pictures_and_their_tokens_are_those_of_transformers() -> None:
    loaded, reference = load_model(FOLDER, torch.float32), load_checkpoint(FOLDER)
    found = loaded.backbone.encode_images(torch.stack([pixels(name) for name in PICTURES]))
    processor = image_processor(FOLDER)
    for row, name in zip(found, PICTURES, strict=True):
        values = preprocess(processor, GOLDEN / "qwen2-vl" / "images" / name).pixel_values
        assert row.tolist() == image_tokens(reference, values).vocabulary_ids
    assert loaded.backbone.slot_grid(SIDE, SIDE).count == found.shape[1]


def test_transparency_is_blended_as_the_reference_does(tmp_path: Path) -> None:
    blend = (GOLDEN / "chameleon" / "images" / "blend.png").read_bytes()
    with Image.open(GOLDEN / "chameleon" / "images" / "blend.png") as opened:
        rgba = np.asarray(opened.convert("RGBA"))
    alpha = rgba[:, :, 3:] / 255.0
    expected = ((1 - alpha) * 255 + alpha * rgba[:, :, :3]).astype(np.uint8)
    assert np.array_equal(fitted(blend, 256, 256, "crop"), expected.transpose(2, 0, 1))


@pytest.mark.parametrize("count", [0, 1, 3])
@pytest.mark.parametrize("gradients", ["full", "released"])
def test_the_cached_forward_equals_recomputing(count: int, gradients: str) -> None:
    """Loss, slots and every gradient, with the separator fed and not learnt."""
    fast, slow = load_model(FOLDER, torch.float32), ChameleonForConditionalGeneration.from_pretrained(
        FOLDER, dtype=torch.float32, attn_implementation="eager"
    )
    slow.resize_token_embeddings(len(fast.tokenizer), mean_resizing=False)
    slow.load_state_dict(fast.model.state_dict())
    for model in (fast.model, slow):
        model.model.vqmodel.requires_grad_(False)
    grid = fast.backbone.slot_grid(SIDE, SIDE)
    encoder = Encoder(fast.prompts, "released-inference", "letter", grid.count)
    codes = fast.backbone.encode_images(torch.stack([pixels(name) for name in PICTURES]))
    rows = [encoder.encode(sample(name, "Why" * (index + 1)), index, 3) for index, name in enumerate(PICTURES)]
    views = [stage_view(min(count, index), 3, 1) for index in range(len(rows))]
    batch = collate(rows, views, lambda wanted: codes[wanted], grid, mrope=False)
    settings = LatentSettings(5, gradients="released" if gradients == "released" else "full")
    output = latent_forward(fast.backbone, batch, settings)
    loss, slots = recompute_loss(slow, batch, slow.get_input_embeddings()(codes), settings)
    torch.testing.assert_close(output.loss_sum, loss, rtol=1e-4, atol=1e-4)
    assert output.label_counts.tolist() == [length - 1 for length in batch.target_lengths.tolist()]
    found = [[[slot for slot in step[row].tolist() if slot >= 0] for step in output.slots] for row in range(len(rows))]
    assert [[step for step in row if step] for row in found] == [[step for step in row if step] for row in slots]
    output.loss_sum.backward()
    loss.backward()
    compared = 0
    for (name, a), (_, b) in zip(fast.model.named_parameters(), slow.named_parameters(), strict=True):
        assert (a.grad is None) == (b.grad is None), name
        if a.grad is not None and b.grad is not None:
            torch.testing.assert_close(a.grad, b.grad, rtol=1e-3, atol=1e-4 * max(1.0, float(b.grad.abs().max())), msg=name)
            compared += 1
    assert compared > 20


@pytest.mark.parametrize("prompt_format", FORMATS)
def test_answers_are_those_of_the_reference(prompt_format: PromptFormat) -> None:
    loaded, reference = load_model(FOLDER, torch.float32), load_checkpoint(FOLDER)
    grid = loaded.backbone.slot_grid(SIDE, SIDE)
    encoder = Encoder(loaded.prompts, prompt_format, "letter", grid.count)
    codes = loaded.backbone.encode_images(pixels("scene.png")[None])
    row = encoder.encode(sample("a"), 0, 0)
    batch = collate([row], [stage_view(3, 0, 1)], lambda wanted: codes[wanted], grid, mrope=False)
    settings = LatentSettings(5)
    (decoded,) = decode_greedily(loaded.backbone, batch, settings, end_id=encoder.end_id, max_tokens=12)
    asked = ReferenceSample("a", sample("a").question, CHOICES, "", "scene.png")
    wanted = Settings(latentSteps=3, patchesPerStep=5, promptFormat=prompt_format, maxTokens=12)
    with torch.no_grad():
        trace = run_latent(reference, GOLDEN / "qwen2-vl" / "images" / "scene.png", asked, wanted).record
    assert decoded.slots == [step["selectedSlots"] for step in trace["steps"]]
    assert decoded.tokens == trace["outputTokenIds"]


def test_refusals(tmp_path: Path) -> None:
    loaded = load_model(FOLDER, torch.float32)
    with pytest.raises(Problem, match="holds the marker"):
        loaded.prompts.question(sample("a", "What is <racm3:break>?"), "released-inference", 4)
    with pytest.raises(Problem, match="64 x 64"):
        loaded.backbone.slot_grid(64, 128)
    shutil.copytree(FOLDER, tmp_path / "swin")
    config = json.loads((FOLDER / "config.json").read_text())
    (tmp_path / "swin" / "config.json").write_text(json.dumps(config | {"swin_norm": True}))
    with pytest.raises(Problem, match="34B"):
        load_model(tmp_path / "swin", torch.float32)


@pytest.mark.parametrize("lora", [None, {"r": 8, "alpha": 2, "dropout": 0.0}])
def test_a_training_and_what_it_leaves(
    config_of: ConfigOf, dataset: Path, tmp_path: Path, lora: dict[str, object] | None
) -> None:
    """Trained through the stages, merged, imported by the app; the merged folder answers as the training did."""
    model = {"path": str(FOLDER)} | ({} if lora is None else {"lora": lora})
    source = {"path": str(dataset), "split": "validation"}
    sizes = {"image_width": SIDE, "image_height": SIDE}
    config = config_of(model=model, data={**sizes, "validation": source}, optimiser={"lr": 0.01})
    assert train(config, "", resume=False) == 0
    run = open_run(Path(config.run.output), None)
    assert config.data.validation is not None
    before = tmp_path / "before.jsonl"
    evaluate(run, config.data.validation, before)
    assert main(["merge", config.run.output, "--out", str(tmp_path / "merged")]) == 0
    merged = load_model(tmp_path / "merged", torch.float32)
    assert any(not torch.equal(a, b) for a, b in zip(merged.model.parameters(), load_model(FOLDER, torch.float32).model.parameters(), strict=True))
    found = importer([str(tmp_path / "merged"), "--out", str(tmp_path / "bundle")], tmp_path)
    assert found
    if lora is not None:
        assert main(["merge", config.run.output, "--out", str(tmp_path / "released"), "--layout", "released"]) == 0
        adapter = str(tmp_path / "released" / "model.pth")
        importer([str(FOLDER), "--adapter", adapter, "--out", str(tmp_path / "released-bundle")], tmp_path)
