"""Parts of the fast path against their references: vision tower and image processor of transformers, the golden
selection rule, the reference's prompts, transformers' mRoPE positions."""

from __future__ import annotations

import random
import sys
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from transformers import AutoImageProcessor, AutoTokenizer

from penumbra_train.backbone.load import load_model
from penumbra_train.backbone.interface import Grid
from penumbra_train.backbone.qwen2_vl.backbone import Qwen2VLBackbone
from penumbra_train.backbone.qwen2_vl.prompts import Qwen2VLPrompts
from penumbra_train.backbone.qwen2_vl.vision import patches_of
from penumbra_train.data.images import fitted
from penumbra_train.data.sample import Sample
from penumbra_train.encoding import Encoder, mrope_positions
from penumbra_train.latent.selection import select_patches

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "golden"))
from prompts import PROMPT_FORMATS  # noqa: E402
from prompts import Sample as ReferenceSample  # noqa: E402
from reference import build_prompt, load_checkpoint, preprocess  # noqa: E402
from selection import by_score  # noqa: E402

GOLDEN = Path(__file__).resolve().parents[2] / "test" / "golden" / "qwen2-vl"


def test_selection_is_the_reference_rule() -> None:
    rng = random.Random(3)
    for _ in range(300):
        slots, count, rows = rng.randint(1, 9), rng.randint(1, 10), 3
        scores = [[rng.choice([0.1, 0.2, 0.3, 0.4]) for _ in range(slots)] for _ in range(rows)]
        pools = [{slot for slot in range(slots) if rng.random() < 0.8} for _ in range(rows)]
        pool = torch.tensor([[slot in taken for slot in range(slots)] for taken in pools])
        found = select_patches(torch.tensor(scores), pool, count)
        for row in range(rows):
            expected = by_score(scores[row], pools[row], count)
            assert found.slots[row][found.valid[row]].tolist() == expected
            assert set(found.pool[row].nonzero()[:, 0].tolist()) == pools[row] - set(expected)


def test_images_and_tower_are_those_of_transformers(tmp_path: Path) -> None:
    """Two pictures at once, one of them transparent and of another size."""
    folder = GOLDEN / "tiny-tied"
    noise = np.random.default_rng(0).integers(0, 255, (60, 90, 4), dtype=np.uint8)
    Image.fromarray(noise).save(tmp_path / "a.png")
    Image.fromarray(noise[:, :, :3]).resize((112, 84)).save(tmp_path / "b.png")
    reference = load_checkpoint(folder)
    loaded = load_model(folder, torch.float32)
    backbone = loaded.backbone
    assert isinstance(backbone, Qwen2VLBackbone)
    pixels = torch.stack(
        [torch.from_numpy(fitted((tmp_path / name).read_bytes(), 112, 84, "stretch").copy()) for name in ("a.png", "b.png")]
    )
    with torch.no_grad():
        embeds = backbone.encode_images(pixels)
        patches = patches_of(pixels, backbone.pixel_scale, 14, 2)
        for row, name in enumerate(("a.png", "b.png")):
            values, grid = preprocess(reference, tmp_path / name, {"width": 112, "height": 84})
            frames = values.view(-1, 3, 2, 196)
            for frame in range(2):
                torch.testing.assert_close(patches[row].view(-1, 3, 196), frames[:, :, frame], rtol=1e-5, atol=1e-5)
            expected = reference.model.model.get_image_features(values, grid).pooler_output[0]
            torch.testing.assert_close(embeds[row], expected, rtol=1e-4, atol=1e-5)
    assert backbone.slot_grid(84, 112).count == embeds.shape[1] == 12


def test_prompts_are_those_of_the_reference() -> None:
    folder = GOLDEN / "tiny-untied"
    reference = load_checkpoint(folder)
    tokenizer = AutoTokenizer.from_pretrained(folder)
    prompts = Qwen2VLPrompts(tokenizer)
    sample = Sample("a", "test", "Which {one}?\nReally?", ("cat", "ünï", "3.5"), 1, "A river.", "", "", "", None)
    same = ReferenceSample("a", sample.question, sample.choices, sample.context, "")
    for prompt_format in PROMPT_FORMATS:
        encoder = Encoder(prompts, prompt_format, "letter", slot_count=6)
        _, ids = build_prompt(reference, same, prompt_format, 6)
        encoded = encoder.encode(sample, 0, 3)
        assert encoded.prompt_ids == ids
        assert ids[encoded.first_slot : encoded.first_slot + 7].count(prompts.image_id) == 6
        assert encoder.decode(encoded.answer_ids) == "Therefore, the answer is B"
        assert encoded.answer_ids[-1] == tokenizer.convert_tokens_to_ids("<|im_end|>")
    assert Encoder(prompts, "released-inference", "index", 6).encode(sample, 0, 0).answer_ids != encoded.answer_ids


def test_mrope_positions_are_those_of_transformers() -> None:
    folder = GOLDEN / "tiny-tied"
    checkpoint = load_checkpoint(folder)
    merge = AutoImageProcessor.from_pretrained(folder).merge_size
    image = checkpoint.token_id("<|image_pad|>")
    for rows, columns, before in ((2, 3, 4), (4, 2, 1)):
        ids = torch.tensor([[5] * before + [image] * (rows * columns) + [7] * 5])
        expected, delta = checkpoint.model.model.get_rope_index(
            ids,
            mm_token_type_ids=(ids == image).int(),
            image_grid_thw=torch.tensor([[1, rows * merge, columns * merge]]),
        )
        grid = Grid(rows, columns)
        found = mrope_positions(ids.shape[1], torch.tensor([before]), grid)
        assert torch.equal(found, expected)
        assert ids.shape[1] + int(delta) == ids.shape[1] - rows * columns + max(rows, columns)
