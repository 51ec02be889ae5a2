"""Writes test/golden/vlm: what Pillow, transformers and tokenizers make of images, texts and positions.

Nothing here uses the program under test. Same versions, same bytes: seeds are below, versions in each manifest.

    python trainer/golden/make_preprocessing.py
"""

from __future__ import annotations

import hashlib
import json
import platform
import random
from pathlib import Path
from typing import Any

import numpy as np
import PIL
import tokenizers
import torch
import transformers
from PIL import Image, features
from tokenizers import Tokenizer
from transformers import AutoTokenizer, Qwen2VLConfig
from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil, smart_resize
from transformers.models.qwen2_vl.modeling_qwen2_vl import (
    Qwen2VLModel,
    Qwen2VLRotaryEmbedding,
    Qwen2VLVisionRotaryEmbedding,
)
from transformers.vision_utils import get_vision_position_ids

from folder import train_tokenizer, write_tokenizer
from preprocessing_images import draw_images, read_like_released
from preprocessing_text import (
    NUMBERED_TEMPLATE,
    character_class,
    chats,
    random_id_lists,
    syllable_text,
    varied_strings,
)
from prompts import PROMPT_FORMATS

GOLDEN = Path(__file__).resolve().parents[2] / "test" / "golden"
OUT = GOLDEN / "vlm"
SEEDS = {"strings": 101, "decodings": 102, "layouts": 103, "resizes": 104, "sizes": 105, "corpus": 106}
STRETCH = (84, 112)
MIN_PIXELS, MAX_PIXELS = 56 * 56, 28 * 28 * 24
STORED_RGB_PIXELS = 8_000


def manifest() -> dict[str, Any]:
    return {
        "python": platform.python_version(),
        "pillow": PIL.__version__,
        "libjpegTurbo": features.version("libjpeg_turbo"),
        "webp": features.version("webp"),
        "numpy": np.__version__,
        "torch": torch.__version__,
        "transformers": transformers.__version__,
        "tokenizers": tokenizers.__version__,
        "seeds": SEEDS,
    }


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def write_json(name: str, head: dict[str, Any], lists: dict[str, list[Any]]) -> None:
    """One list entry on a line, ASCII only."""
    parts = [f"{json.dumps(key)}: {json.dumps(value)}" for key, value in {"manifest": manifest(), **head}.items()]
    for key, entries in lists.items():
        parts.append(f"{json.dumps(key)}: [\n" + ",\n".join(json.dumps(entry) for entry in entries) + "\n]")
    (OUT / name).write_text("{" + ",\n".join(parts) + "}\n", encoding="utf-8")


class Blob:
    """Arrays one after another in a file, named by offset and shape."""

    def __init__(self) -> None:
        self.data = bytearray()

    def add(self, array: np.ndarray) -> dict[str, Any]:
        entry = {"offset": len(self.data), "dtype": str(array.dtype), "shape": list(array.shape)}
        raw = np.ascontiguousarray(array).tobytes()
        self.data += raw + b"\0" * (-len(raw) % 4)
        return entry


def processed(processor: Qwen2VLImageProcessorPil, image: Image.Image) -> dict[str, Any]:
    try:
        batch = processor(images=[image], return_tensors="np")
    except ValueError as error:
        return {"error": str(error)}
    pixels = batch["pixel_values"]
    assert pixels.dtype == np.float32
    return {"gridThw": batch["image_grid_thw"][0].tolist(), "shape": list(pixels.shape), "sha256": sha256(pixels.tobytes())}


def write_images(blob: Blob) -> None:
    processor = Qwen2VLImageProcessorPil(min_pixels=MIN_PIXELS, max_pixels=MAX_PIXELS)
    cases = []
    for name in draw_images(OUT / "images"):
        image, mode = read_like_released((OUT / "images" / name).read_bytes())
        array = np.array(image)
        # transformers 5 would put a picture that remembers a transparent colour on white; the release's 4.51 did not.
        image.info.clear()
        stretched = image.resize(STRETCH)
        case = {"file": name, "mode": mode, "width": image.width, "height": image.height, "sha256": sha256(array.tobytes())}
        if image.width * image.height <= STORED_RGB_PIXELS:
            case["rgb"] = blob.add(array)
        case["stretched"] = {**processed(processor, stretched), "resizedSha256": sha256(np.array(stretched).tobytes())}
        case["dynamic"] = processed(processor, image)
        if name in ("rgb.png", "big.jpg"):
            case["stretched"]["resized"] = blob.add(np.array(stretched))
            case["stretched"]["pixelValues"] = blob.add(processor(images=[stretched], return_tensors="np")["pixel_values"])
        cases.append(case)
    head = {
        "stretch": {"width": STRETCH[0], "height": STRETCH[1]},
        "minPixels": MIN_PIXELS,
        "maxPixels": MAX_PIXELS,
        "mean": list(processor.image_mean),
        "std": list(processor.image_std),
        "rescaleFactor": processor.rescale_factor,
    }
    write_json("images.json", head, {"cases": cases})


def congruential_bytes(count: int, seed: int) -> np.ndarray:
    """Numbers that any language repeats: x -> (1103515245 x + 12345) mod 2^31, bits 16..23."""
    values = np.empty(count, np.uint8)
    x = seed
    for i in range(count):
        x = (1103515245 * x + 12345) % 2**31
        values[i] = (x >> 16) & 255
    return values


def write_resizes() -> None:
    rng = random.Random(SEEDS["resizes"])
    sizes = [(1, 1, 5, 7), (5, 7, 1, 1), (1, 40, 28, 28), (64, 64, 64, 32), (64, 64, 32, 64), (33, 35, 33, 35)]
    sizes += [tuple(rng.randint(1, 160) for _ in range(4)) for _ in range(60)]
    cases = []
    for index, (width, height, to_width, to_height) in enumerate(sizes):
        pixels = congruential_bytes(width * height * 3, index + 1).reshape(height, width, 3)
        if index % 3 == 0:
            pixels = np.where(pixels > 127, 255, 0).astype(np.uint8)
        resized = Image.fromarray(pixels).resize((to_width, to_height), Image.Resampling.BICUBIC)
        cases.append(
            {
                "seed": index + 1,
                "blackAndWhite": index % 3 == 0,
                "from": {"width": width, "height": height},
                "to": {"width": to_width, "height": to_height},
                "sha256": sha256(np.array(resized).tobytes()),
            }
        )
    sizes_rng = random.Random(SEEDS["sizes"])
    smart = []
    for _ in range(400):
        height, width = (int(2 ** sizes_rng.uniform(0, 12)) for _ in range(2))
        low = sizes_rng.choice([56 * 56, 4 * 28 * 28, 256 * 28 * 28])
        high = sizes_rng.choice([28 * 28 * 16, 28 * 28 * 1280, 12845056])
        case = {"height": height, "width": width, "factor": 28, "minPixels": low, "maxPixels": high}
        try:
            to_height, to_width = smart_resize(height, width, 28, low, high)
            cases_to = {"height": to_height, "width": to_width}
        except ValueError:
            cases_to = None
        smart.append({**case, "resized": cases_to})
    write_json("resize.json", {}, {"bicubic": cases, "smartResize": smart})


def token_cases(folder: Path, latent: bool) -> dict[str, Any]:
    tokenizer = AutoTokenizer.from_pretrained(folder)
    plain = Tokenizer.from_file(str(folder / "tokenizer.json"))
    if latent:
        names = ["<|start-latent|>", "<|end-latent|>", "<|latent|>"]
        tokenizer.add_special_tokens({"additional_special_tokens": [*tokenizer.special_tokens_map.get("additional_special_tokens", []), *names]})
        plain.add_special_tokens(names)
    strings = varied_strings(SEEDS["strings"], 2000)
    ids = [tokenizer.encode(s, add_special_tokens=False) for s in strings]
    assert ids == [plain.encode(s, add_special_tokens=False).ids for s in strings]
    special = [tokenizer.convert_tokens_to_ids(t) for t in ("<|im_end|>", "<|endoftext|>", "<|image_pad|>")]
    decodings = [
        {
            "ids": entry,
            "text": tokenizer.decode(entry, skip_special_tokens=False),
            "withoutSpecial": tokenizer.decode(entry, skip_special_tokens=True),
        }
        for entry in random_id_lists(SEEDS["decodings"], len(tokenizer), special, 300)
    ]
    return {
        "strings": strings,
        "ids": ids,
        "decodings": decodings,
        "vocabularySize": len(tokenizer),
        "sha256": sha256((folder / "tokenizer.json").read_bytes()),
        "latentIds": [tokenizer.convert_tokens_to_ids(n) for n in ("<|start-latent|>", "<|end-latent|>", "<|latent|>")] if latent else None,
    }


def write_tokens() -> None:
    large = OUT / "tokenizer-large"
    large.mkdir(parents=True, exist_ok=True)
    lines = [*syllable_text(SEEDS["corpus"], 6000), *varied_strings(SEEDS["corpus"], 800)]
    write_tokenizer(large, train_tokenizer(lines, 4000), "chat_template.jinja")
    (large / "chat_template.jinja").unlink()
    tiny = token_cases(GOLDEN / "qwen2-vl" / "tiny-tied", latent=True)
    big = token_cases(large, latent=False)
    keys = ("vocabularySize", "sha256", "latentIds")
    write_json(
        "tokenizer.json",
        {"tiny": {k: tiny[k] for k in keys}, "large": {k: big[k] for k in keys}},
        {
            "strings": [[s, t, b] for s, t, b in zip(tiny["strings"], tiny["ids"], big["ids"], strict=True)],
            "tinyDecodings": tiny["decodings"],
            "largeDecodings": big["decodings"],
        },
    )
    classes = {"letter": r"\p{L}", "number": r"\p{N}", "space": r"\s"}
    write_json("character-classes.json", {}, {name: character_class(rx) for name, rx in classes.items()})


def released_text(prompt_format: str, question: str, choices: list[str], context: str) -> str:
    """The user's text as the released scripts build it (they strip question and choices), context put before it."""
    training = prompt_format == "released-training"
    options = "\n".join(
        ("({}).{{{}}}" if training else "{}.{{{}}}").format(chr(65 + i), choice.strip()) for i, choice in enumerate(choices)
    )
    before = "[Context]:{" + context.strip() + "}\n" if prompt_format == "with-context" and context.strip() else ""
    return before + "[Question]:{" + question.strip() + "}\n[Options]:\n" + options + "\nAnswer:" + ("\n" if training else "")


def write_prompts() -> None:
    tokenizer = AutoTokenizer.from_pretrained(GOLDEN / "qwen2-vl" / "tiny-tied")
    own = tokenizer.chat_template
    renders = []
    for name, template in {"own": own, "numbered": NUMBERED_TEMPLATE}.items():
        for chat in chats():
            text = tokenizer.apply_chat_template(chat, chat_template=template, tokenize=False, add_generation_prompt=True)
            renders.append({"template": name, "messages": chat, "text": text})
    samples: list[tuple[str, list[str], str]] = [
        ("Which is a fish?", ["cat", "carp", "crow"], ""),
        ("  Wo ist das größte Tier? \n", [" links ", "rechts\t"], " Ein Bild.\n"),
        ("图中有几只鸟？", ["1", "2", "3", "4", "many <|im_end|> birds"], "上下文"),
        ("\x1c\u0085 odd \ufeff", [], "\u3000"),
    ]
    prompts = []
    for question, choices, context in samples:
        for prompt_format in PROMPT_FORMATS:
            for counts in ([4], [], [3, 6]):
                user_text = released_text(prompt_format, question, choices, context)
                chat = [{"role": "user", "content": [{"type": "image"}] * len(counts) + [{"type": "text", "text": user_text}]}]
                text = tokenizer.apply_chat_template(chat, tokenize=False, add_generation_prompt=True)
                expanded = text
                for count in counts:
                    expanded = expanded.replace("<|image_pad|>", "<|placeholder|>" * count, 1)
                ids = tokenizer.encode(expanded.replace("<|placeholder|>", "<|image_pad|>"), add_special_tokens=False)
                prompts.append(
                    {
                        "question": question,
                        "choices": choices,
                        "context": context,
                        "format": prompt_format,
                        "imageTokenCounts": counts,
                        "text": text,
                        "tokenIds": ids,
                    }
                )
    write_json("prompts.json", {"templates": {"own": own, "numbered": NUMBERED_TEMPLATE}}, {"renders": renders, "prompts": prompts})


def write_positions(blob: Blob) -> None:
    rng = random.Random(SEEDS["layouts"])
    vision = {"depth": 1, "embed_dim": 32, "num_heads": 2, "hidden_size": 32, "spatial_merge_size": 2}
    text = {"hidden_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2, "num_key_value_heads": 1, "intermediate_size": 32, "vocab_size": 50}
    model = Qwen2VLModel(Qwen2VLConfig(vision_config=vision, text_config=text))
    layouts = []
    for index in range(200):
        parts: list[Any] = []
        types: list[int] = []
        for part in range(rng.randint(0, 4)):
            count = rng.randint(1, 12) if part or rng.random() < 0.9 else 0
            grid = [1, 2 * rng.randint(1, 7), 2 * rng.randint(1, 7)]
            parts.append({"textBefore": count, "gridThw": grid})
            types += [0] * count + [1] * (grid[1] * grid[2] // 4)
        tail = rng.randint(1, 15)
        types += [0] * tail
        ids = torch.zeros((1, len(types)), dtype=torch.long)
        grids = torch.tensor([p["gridThw"] for p in parts], dtype=torch.long) if parts else None
        positions, delta = model.get_rope_index(ids, torch.tensor([types], dtype=torch.int), grids)
        flat = positions[:, 0].numpy().astype("<i4")
        entry = {"images": parts, "tail": tail, "tokenCount": len(types), "delta": int(delta[0, 0]), "sha256": sha256(flat.tobytes())}
        if index < 12:
            entry["positions"] = flat.tolist()
        layouts.append(entry)

    tables = []
    for theta, head, sections in [(1e6, 128, [16, 24, 24]), (1e4, 32, [4, 6, 6]), (5e5, 16, [2, 3, 3])]:
        config = Qwen2VLConfig(
            text_config={
                **text,
                "hidden_size": 2 * head,
                "rope_parameters": {"rope_type": "default", "rope_theta": theta, "mrope_section": sections},
            }
        ).text_config
        positions = torch.tensor([[[0, 1, 2, 77, 350, 1023]], [[0, 1, 5, 78, 349, 8000]], [[0, 1, 9, 79, 348, 31999]]])
        cos, sin = Qwen2VLRotaryEmbedding(config)(torch.zeros(1), positions)
        half = head // 2
        assert torch.equal(cos[..., :half], cos[..., half:])
        tables.append(
            {
                "ropeTheta": theta,
                "headSize": head,
                "mropeSections": sections,
                "positions": positions[:, 0].tolist(),
                "cos": blob.add(cos[0, :, :half].numpy()),
                "sin": blob.add(sin[0, :, :half].numpy()),
            }
        )
    vision_tables = []
    for embed, heads, grid in [(1280, 16, [1, 8, 12]), (32, 2, [1, 6, 4]), (64, 2, [1, 2, 20]), (64, 2, [2, 4, 2])]:
        config = Qwen2VLConfig(vision_config={**vision, "embed_dim": embed, "num_heads": heads}).vision_config
        ids = get_vision_position_ids(torch.tensor([grid]), 2)
        cos, sin = Qwen2VLVisionRotaryEmbedding(config)(torch.zeros(1), ids)
        half = embed // heads // 2
        cos, sin = cos.reshape(-1, 2 * half), sin.reshape(-1, 2 * half)
        assert torch.equal(cos[:, :half], cos[:, half:])
        vision_tables.append(
            {
                "embedDim": embed,
                "headCount": heads,
                "gridThw": grid,
                "cos": blob.add(cos[:, :half].numpy()),
                "sin": blob.add(sin[:, :half].numpy()),
            }
        )
    write_json("positions.json", {}, {"layouts": layouts, "tables": tables, "visionTables": vision_tables})


def main() -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    blob = Blob()
    write_images(blob)
    write_resizes()
    write_tokens()
    write_prompts()
    write_positions(blob)
    (OUT / "arrays.bin").write_bytes(bytes(blob.data))


if __name__ == "__main__":
    main()
