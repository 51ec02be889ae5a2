"""Checks of the Chameleon reference and of its golden files, by values computed in another way.

    python -m pytest trainer/golden/test_chameleon.py
"""

from __future__ import annotations

import copy
import hashlib
import json
import math
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file
from transformers import DynamicCache

from chameleon_reference import (
    Checkpoint,
    forward,
    load_checkpoint,
    load_released,
    preprocess,
    prompt_text,
    read_on_white,
    run_latent,
    run_no_cot,
)
from chameleon_tokenizer import image_token
from latent_steps import Settings
from make_chameleon import CHAMELEON_TOLERANCES, GOLDEN, ROOT
from make_chameleon_checkpoints import MIN_MARGIN
from prompts import Sample

NAMES = ["tiny", "tiny-attention"]
SAMPLE = Sample("fish-1", " Which is a fish? ", (" cat", "carp "), "By the river.", "")


def load(name: str) -> Checkpoint:
    if name == "tiny-released":
        return load_released(GOLDEN / "tiny-attention", GOLDEN / name)
    return load_checkpoint(GOLDEN / name)


def content(name: str, file: str) -> Any:
    return json.loads((GOLDEN / name / file).read_text("utf-8"))


@pytest.fixture(scope="module", params=NAMES)
def plain(request: pytest.FixtureRequest) -> tuple[str, Checkpoint]:
    return request.param, load(request.param)


@pytest.fixture(scope="module", params=[*NAMES, "tiny-released"])
def golden(request: pytest.FixtureRequest) -> tuple[Checkpoint, list[dict[str, Any]], dict[str, torch.Tensor]]:
    tensors = load_file(GOLDEN / request.param / "golden.safetensors")
    return load(request.param), content(request.param, "golden.json")["cases"], tensors


def near(actual: torch.Tensor, expected: torch.Tensor, kind: str) -> None:
    torch.testing.assert_close(actual, expected, atol=CHAMELEON_TOLERANCES[kind], rtol=0)


# Tokenizer and prompts, by hand.


def test_names_of_image_tokens() -> None:
    assert [image_token(index) for index in (0, 9, 10, 127, 8191)] == ["IMGIMGAZ", "IMGIMGJZ", "IMGIMGBAZ", "IMGIMGBCHZ", "IMGIMGIBJBZ"]


def test_pieces_of_a_text(plain: tuple[str, Checkpoint]) -> None:
    """Digits, punctuation, line breaks and pairs of spaces stand alone; what is left is split as GPT-2 does."""
    pieces = plain[1].tokenizer.pre_tokenizer.pre_tokenize_str("It's  12\n{a b}      c<sentinel:9>")
    assert [piece for piece, _ in pieces] == [
        *("It", "'", "s", "ĠĠ", "1", "2", "Ċ", "{", "a", "Ġb", "}", "ĠĠĠĠ", "ĠĠ", "c"),
        *("<", "sentinel", ":", "9", ">"),  # not one of the added tokens: the first split is undone by the later ones
    ]


def test_prompt_texts() -> None:
    assert prompt_text(SAMPLE, "released-inference") == "<image>[Question]:{Which is a fish?}\n[Options]:\n(A).{cat}\n(B).{carp}\nAnswer:"
    assert prompt_text(SAMPLE, "released-training") == "[Question]:{<image> Which is a fish?}\n[Options]:\n(A).{cat}\n(B).{carp}"


@pytest.mark.parametrize("name", [*NAMES, "tiny-released"])
def test_prompt_ids_decode_to_their_layouts(name: str) -> None:
    tokenizer = load(name).tokenizer
    for case in content(name, "prompts.json")["cases"]:
        slots = "<image>" * case["imageTokenCount"]
        inference, ordinary, training = case["inference"], case["ordinary"], case["training"]
        opened = "<s>" + inference["text"].replace("<image>", f"<racm3:break>{slots}<eoss>")
        assert tokenizer.decode(inference["ids"], skip_special_tokens=False) == opened
        assert tokenizer.decode(ordinary["ids"], skip_special_tokens=False) == opened + "<reserved08706>"
        assert tokenizer.decode(training["ids"], skip_special_tokens=False) == training["text"].replace("<image>", slots)
        assert tokenizer.decode(training["answer"]["ids"], skip_special_tokens=False) == "Therefore, the answer is 1</s>"
        if name == "tiny-released":
            # One text with markers and separator, as the released code tokenises it.
            whole = opened.removeprefix("<s>") + "<|latent|>" * 3 + "<reserved08706>"
            assert tokenizer.encode(whole).ids == inference["withLatentMarkers"]
        else:
            assert "withLatentMarkers" not in inference


# Images.


def test_white_behind_transparency() -> None:
    """Exact fractions: bytes are cut, and where the blend is a whole number the floats may fall just below it."""
    whole = {0: 0, 1: 0}
    for alpha, row in json.loads((GOLDEN / "blend.json").read_text())["rows"]:
        for red, found in enumerate(row):
            exact = 255 - alpha + Fraction(alpha * red, 255)
            short = math.floor(exact) - found
            assert short in (0, 1)
            if short:
                assert exact.denominator == 1 and 0 < alpha < 255
            whole[short] += 1
    assert whole[0] and whole[1]
    assert read_on_white(ROOT / "test/golden/qwen2-vl/images/cutout.png").getpixel((0, 0)) == (255, 255, 255)


def test_preprocessing_by_pillow_alone(plain: tuple[str, Checkpoint]) -> None:
    name, checkpoint = plain
    edge = checkpoint.image_processor.crop_size["height"]
    stored = load_file(GOLDEN / name / "images.safetensors")
    for record in content(name, "images.json")["images"]:
        image = read_on_white(ROOT / record["image"])
        width, height = image.size
        short, long = min(width, height), max(width, height)
        longer = int(edge * long / short)
        image = image.resize((edge, longer) if width <= height else (longer, edge), Image.Resampling.LANCZOS)
        left, top = (image.width - edge) // 2, (image.height - edge) // 2
        crop = np.asarray(image.crop((left, top, left + edge, top + edge)))
        assert hashlib.sha256(crop.tobytes()).hexdigest() == record["cropSha256"], record["image"]
        for channel, y, x, value in record["pixelValues"]:
            assert value == pytest.approx(float(crop[y, x, channel]) * 0.0078 - 1, abs=CHAMELEON_TOLERANCES["pixelValues"])
        if f"{Path(record['image']).name}.crop" in stored:
            assert np.array_equal(stored[f"{Path(record['image']).name}.crop"].numpy(), crop)


# Image tokens.


def test_image_tokens_by_distances_in_float64(plain: tuple[str, Checkpoint]) -> None:
    """The encoder in float64, and every distance as a sum of squared differences."""
    name, checkpoint = plain
    vq = copy.deepcopy(checkpoint.model.model.vqmodel).double()
    codebook = vq.quantize.embedding.weight.numpy()
    vocabulary = content(name, "config.json")["vocabulary_map"]
    stored = load_file(GOLDEN / name / "images.safetensors")
    for record in content(name, "images.json")["images"]:
        pixel_values = preprocess(checkpoint.image_processor, ROOT / record["image"]).pixel_values
        latents = vq.quant_conv(vq.encoder(pixel_values.double()))[0].flatten(1).T.numpy()
        distances = ((latents[:, None] - codebook[None]) ** 2).sum(-1)
        assert distances.argmin(1).tolist() == record["imageTokens"], record["image"]
        nearest = np.sort(distances, axis=1)[:, :2]
        margins = torch.from_numpy(nearest[:, 1] - nearest[:, 0]).float()
        near(margins, stored[f"{Path(record['image']).name}.margins"], "margins")
        assert float(margins.min()) > MIN_MARGIN / 2
        assert record["vocabularyIds"] == [vocabulary[image_token(index)] for index in record["imageTokens"]]
        assert record["distinctImageTokens"] == len(set(record["imageTokens"])) > 25


def test_ties_go_to_the_first_entry(plain: tuple[str, Checkpoint]) -> None:
    """Whole numbers: the quantizer's own arithmetic is exact, and its ties are real."""
    quantize = copy.deepcopy(plain[1].model.model.vqmodel.quantize)
    tied = 0
    for case in json.loads((GOLDEN / "vq-ties.json").read_text())["cases"]:
        quantize.embedding = torch.nn.Embedding.from_pretrained(torch.tensor(case["codebook"]))
        quantize.embedding_dim = len(case["codebook"][0])
        latents = torch.tensor(case["latents"]).T[None, :, :, None]  # [1, E, J, 1]
        assert quantize(latents)[2].tolist() == case["imageTokens"]
        tied += case["margins"].count(0)
    assert tied > 10


# The decoder, written out.


def test_decoder_in_numpy(plain: tuple[str, Checkpoint]) -> None:
    """The whole decoder in float64: normalised queries and keys per head, grouped heads, rotation in halves."""
    name, checkpoint = plain
    config = content(name, "config.json")
    w = {key: value.double().numpy() for key, value in checkpoint.model.state_dict().items()}
    heads, groups = config["num_attention_heads"], config["num_key_value_heads"]
    width = config["hidden_size"] // heads
    ids = np.random.default_rng(7).integers(0, config["vocab_size"], 11)
    x = w["model.embed_tokens.weight"][ids]  # [T, D]
    angles = np.arange(11)[:, None] * config["rope_theta"] ** (-np.arange(0, width, 2) / width)  # [T, width / 2]

    def rms(values: np.ndarray, weight: np.ndarray) -> np.ndarray:
        return values / np.sqrt((values**2).mean(-1, keepdims=True) + 1e-5) * weight

    def headwise(values: np.ndarray, norm: str) -> np.ndarray:
        values = (values - values.mean(-1, keepdims=True)) / np.sqrt(values.var(-1, keepdims=True) + 1e-5)
        a, b = np.split(values * w[f"{norm}.weight"] + w[f"{norm}.bias"], 2, axis=-1)
        cos, sin = np.cos(angles)[:, None], np.sin(angles)[:, None]
        return np.concatenate([a * cos - b * sin, b * cos + a * sin], axis=-1)

    row = np.zeros(11)  # attention of the last position, mean over layers and heads
    for layer in range(config["num_hidden_layers"]):
        p = f"model.layers.{layer}"
        y = rms(x, w[f"{p}.input_layernorm.weight"])
        q, k, v = (
            (y @ w[f"{p}.self_attn.{part}_proj.weight"].T).reshape(11, -1, width) for part in ("q", "k", "v")
        )
        q, k = headwise(q, f"{p}.self_attn.q_norm"), headwise(k, f"{p}.self_attn.k_norm")
        mixed = np.zeros((11, heads, width))
        for head in range(heads):
            group = head * groups // heads
            logits = q[:, head] @ k[:, group].T / math.sqrt(width)
            shares = np.exp(np.where(np.tril(np.ones((11, 11))) > 0, logits, -np.inf))
            shares /= shares.sum(-1, keepdims=True)
            mixed[:, head] = shares @ v[:, group]
            row += shares[-1] / heads / config["num_hidden_layers"]
        x = x + mixed.reshape(11, -1) @ w[f"{p}.self_attn.o_proj.weight"].T
        y = rms(x, w[f"{p}.post_attention_layernorm.weight"])
        gate = y @ w[f"{p}.mlp.gate_proj.weight"].T
        x = x + (gate / (1 + np.exp(-gate)) * (y @ w[f"{p}.mlp.up_proj.weight"].T)) @ w[f"{p}.mlp.down_proj.weight"].T
    hidden = rms(x, w["model.norm.weight"])[-1]
    logits = w["lm_head.weight"] @ hidden
    images = [value for key, value in config["vocabulary_map"].items() if key.startswith("IMGIMG")]
    logits[images] = np.finfo(np.float32).min

    seen = forward(checkpoint, checkpoint.model.get_input_embeddings()(torch.from_numpy(ids)))
    near(seen.hidden, torch.from_numpy(hidden).float(), "hidden")
    near(seen.logits, torch.from_numpy(logits).float(), "logits")
    near(seen.attention, torch.from_numpy(row).float(), "attention")


# The method.


def settings_of(case: dict[str, Any]) -> Settings:
    return Settings(**case["settings"])


def sample_of(case: dict[str, Any]) -> Sample:
    return Sample(**{**case["sample"], "choices": tuple(case["sample"]["choices"])})


def test_zero_latent_steps_equal_transformers_generate(plain: tuple[str, Checkpoint]) -> None:
    _, checkpoint = plain
    settings = Settings(latentSteps=0, imageSize=None, maxTokens=16)
    image = ROOT / "test/golden/qwen2-vl/images/scene.png"
    ours = run_latent(checkpoint, image, SAMPLE, settings)
    theirs = run_no_cot(checkpoint, image, SAMPLE, settings)
    assert ours.record["outputTokenIds"] == theirs.record["outputTokenIds"]
    assert ours.record["promptTokenIds"] + ours.record["tokenIdsAfterSteps"] == theirs.record["promptTokenIds"]
    near(ours.tensors["final.logits"], theirs.tensors["final.logits"], "logits")


def test_golden_is_what_the_reference_gives(golden: Any) -> None:
    checkpoint, cases, tensors = golden
    for case in cases:
        run = run_no_cot if case["method"] == "no-cot" else run_latent
        trace = run(checkpoint, ROOT / case["sample"]["image"], sample_of(case), settings_of(case))
        assert trace.record["outputTokenIds"] == case["outputTokenIds"], case["id"]
        assert trace.record["promptTokenIds"] == case["promptTokenIds"]
        assert [s["selectedSlots"] for s in trace.record["steps"]] == [s["selectedSlots"] for s in case["steps"]]
        near(trace.tensors["final.logits"], tensors[f"{case['id']}.final.logits"], "logits")


def test_image_tokens_are_never_said(golden: Any) -> None:
    """Their logits are the lowest float; without that some answers would hold them."""
    checkpoint, cases, tensors = golden
    names = checkpoint.model.config.vocabulary_map
    images = [token for name, token in names.items() if name.startswith("IMGIMG")]
    for case in cases:
        assert not set(images) & set(case["outputTokenIds"])
        assert (tensors[f"{case['id']}.final.logits"][images] == torch.finfo(torch.float32).min).all()
    assert any(case.get("imageTokensSuppressed") for case in cases)


def test_masses_and_pools(golden: Any) -> None:
    _, cases, _ = golden
    for case in cases:
        pool = set(range(case["imageSlots"][1]))
        for step in case["steps"]:
            total = sum(step[name] for name in ("visionMass", "textMass", "latentVisionMass", "latentTextMass"))
            assert total == pytest.approx(1, abs=1e-5)
            assert set(step["pool"]) == pool and set(step["selectedSlots"]) <= pool
            if case["settings"]["intervention"] != "allow-reuse":
                pool -= set(step["selectedSlots"])
            assert step["poolAfterCount"] == len(pool)


def test_cached_decoding_gives_the_same(golden: Any) -> None:
    """The whole process with a key-value cache, fed only new positions; and transformers' generate() at the end."""
    checkpoint, cases, tensors = golden
    embed = checkpoint.model.get_input_embeddings()
    for case in cases:
        if case["method"] == "no-cot":
            continue
        first, count = case["imageSlots"]
        ids = list(case["promptTokenIds"])
        ids[first : first + count] = case["vocabularyIds"]
        new = embed(torch.tensor(ids))
        vision = new[first : first + count]
        cache, pieces = DynamicCache(config=checkpoint.model.config), [new]
        for index, step in enumerate(case["steps"]):
            if len(new):
                output = checkpoint.model(
                    inputs_embeds=new[None], past_key_values=cache, use_cache=True, output_attentions=True, output_hidden_states=True
                )
            hidden = output.hidden_states[-1][0, -1]
            near(hidden, tensors[f"{case['id']}.step{index}.hidden"], "hidden")
            row = torch.stack([layer[0, :, -1] for layer in output.attentions]).mean((0, 1))
            near(row, tensors[f"{case['id']}.step{index}.attention"], "attention")
            text = hidden[None][: 0 if case["settings"]["intervention"] == "no-latent-text" else 1]
            patches = vision[step["selectedSlots"]]
            new = torch.cat([patches, text] if case["settings"]["stepLayout"] == "patches-then-hidden" else [text, patches])
            pieces.append(new)
        pieces.append(embed(torch.tensor(case["tokenIdsAfterSteps"], dtype=torch.long)))
        whole = torch.cat(pieces)[None]
        generated = checkpoint.model.generate(
            inputs_embeds=whole,
            attention_mask=torch.ones(whole.shape[:2], dtype=torch.long),
            do_sample=False,
            max_new_tokens=case["settings"]["maxTokens"],
            eos_token_id=case["stopTokenIds"],
            pad_token_id=0,
        )
        assert generated[0].tolist() == case["outputTokenIds"], case["id"]


def test_released_merge_equals_peft() -> None:
    state = load("tiny-released").model.state_dict()
    base = load("tiny-attention").model.state_dict()
    merged = load_file(GOLDEN / "tiny-released" / "merged.safetensors")
    assert len(merged) == 7
    for key, expected in merged.items():
        torch.testing.assert_close(state[key], expected, atol=1e-6, rtol=0)
        assert not torch.allclose(state[key], base[key], atol=1e-2)
    assert len(state["lm_head.weight"]) == len(base["lm_head.weight"]) + 3
