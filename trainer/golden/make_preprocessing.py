"""Writes test/golden/vlm: what Pillow, transformers and tokenizers make of images, texts and positions.

Nothing here uses the program under test. Same versions, same bytes: seeds are below, versions in each manifest.

    python trainer/golden/make_preprocessing.py
"""

from __future__ import annotations

import json
import platform
import random
import sys
from pathlib import Path
from typing import Any

import numpy as np
import PIL
import tokenizers
import torch
import transformers
from PIL import Image, features
from tokenizers import Tokenizer
from transformers import AutoTokenizer
from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil, smart_resize

from preprocessing_arrays import Blob, sha256
from preprocessing_images import draw_images, read_like_released
from preprocessing_positions import rope_layouts, text_tables, vision_tables
from preprocessing_text import (
    NUMBERED_TEMPLATE,
    character_classes,
    chats,
    random_id_lists,
    syllable_text,
    varied_strings,
)
from prompts import PROMPT_FORMATS

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from penumbra_train.hub_folder import train_tokenizer, write_tokenizer  # noqa: E402

GOLDEN = Path(__file__).resolve().parents[2] / "test" / "golden"
OUT = GOLDEN / "vlm"
SEEDS = {"strings": 101, "decodings": 102, "layouts": 103, "resizes": 104, "sizes": 105, "corpus": 106}
LATENT_TOKENS = ["<|start-latent|>", "<|end-latent|>", "<|latent|>"]
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


def write_json(name: str, head: dict[str, Any], lists: dict[str, list[Any]]) -> None:
    """One list entry on a line, ASCII only."""
    parts = [f"{json.dumps(key)}: {json.dumps(value)}" for key, value in {"manifest": manifest(), **head}.items()]
    for key, entries in lists.items():
        parts.append(f"{json.dumps(key)}: [\n" + ",\n".join(json.dumps(entry) for entry in entries) + "\n]")
    (OUT / name).write_text("{" + ",\n".join(parts) + "}\n", encoding="utf-8")


def processed(processor: Qwen2VLImageProcessorPil, image: Image.Image) -> dict[str, Any]:
    try:
        batch = processor(images=[image], return_tensors="np")
    except ValueError as error:
        return {"error": str(error)}
    pixels = batch["pixel_values"]
    assert pixels.dtype == np.float32
    grid = batch["image_grid_thw"][0].tolist()
    return {"gridThw": grid, "shape": list(pixels.shape), "sha256": sha256(pixels.tobytes())}


def write_images(blob: Blob) -> None:
    processor = Qwen2VLImageProcessorPil(min_pixels=MIN_PIXELS, max_pixels=MAX_PIXELS)
    cases = []
    for name in draw_images(OUT / "images"):
        image, mode = read_like_released((OUT / "images" / name).read_bytes())
        array = np.array(image)
        # transformers 5 would put a picture that remembers a transparent colour on white; the release's 4.51 did not.
        image.info.clear()
        stretched = image.resize(STRETCH)
        case = {"file": name, "mode": mode, "width": image.width, "height": image.height}
        case["sha256"] = sha256(array.tobytes())
        if image.width * image.height <= STORED_RGB_PIXELS:
            case["rgb"] = blob.add(array)
        case["stretched"] = {**processed(processor, stretched), "resizedSha256": sha256(np.array(stretched).tobytes())}
        case["dynamic"] = processed(processor, image)
        if name in ("rgb.png", "big.jpg"):
            case["stretched"]["resized"] = blob.add(np.array(stretched))
            pixel_values = processor(images=[stretched], return_tensors="np")["pixel_values"]
            case["stretched"]["pixelValues"] = blob.add(pixel_values)
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
        known = tokenizer.special_tokens_map.get("additional_special_tokens", [])
        tokenizer.add_special_tokens({"additional_special_tokens": [*known, *LATENT_TOKENS]})
        plain.add_special_tokens(LATENT_TOKENS)
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
        "latentIds": tokenizer.convert_tokens_to_ids(LATENT_TOKENS) if latent else None,
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
    write_json("character-classes.json", {}, character_classes())


def released_text(prompt_format: str, question: str, choices: list[str], context: str) -> str:
    """The user's text as the released scripts build it (they strip question and choices), context put before it."""
    training = prompt_format == "released-training"
    option = "({}).{{{}}}" if training else "{}.{{{}}}"
    options = "\n".join(option.format(chr(65 + i), choice.strip()) for i, choice in enumerate(choices))
    before = "[Context]:{" + context.strip() + "}\n" if prompt_format == "with-context" and context.strip() else ""
    asked = "[Question]:{" + question.strip() + "}\n[Options]:\n" + options
    return before + asked + "\nAnswer:" + ("\n" if training else "")


def write_prompts() -> None:
    tokenizer = AutoTokenizer.from_pretrained(GOLDEN / "qwen2-vl" / "tiny-tied")
    own = tokenizer.chat_template
    renders = []
    for name, template in {"own": own, "numbered": NUMBERED_TEMPLATE}.items():
        for chat in chats():
            text = tokenizer.apply_chat_template(
                chat, chat_template=template, tokenize=False, add_generation_prompt=True
            )
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
                content = [{"type": "image"}] * len(counts) + [{"type": "text", "text": user_text}]
                chat = [{"role": "user", "content": content}]
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
    templates = {"own": own, "numbered": NUMBERED_TEMPLATE}
    write_json("prompts.json", {"templates": templates}, {"renders": renders, "prompts": prompts})


def write_positions(blob: Blob) -> None:
    layouts = rope_layouts(SEEDS["layouts"], 200)
    tables = {"tables": text_tables(blob), "visionTables": vision_tables(blob)}
    write_json("positions.json", {}, {"layouts": layouts, **tables})


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
