"""Writes the golden values under test/golden/qwen2-vl from the checkpoints of make_checkpoints.py.

Each case is tried with one question after another (or one image after another) until no decision in it hangs on
less than MIN_GAPS; the gaps are in the file. Formats: README.md beside this script.

    python trainer/golden/make_golden.py
"""

from __future__ import annotations

import json
import platform
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer
from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import smart_resize

from images import draw_images
from prompts import Sample
from reference import Checkpoint, Settings, Trace, load_checkpoint, load_released, run_latent, run_no_cot
from selection import at_random, by_score, with_forced

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "test" / "golden" / "qwen2-vl"
# Attention of an exact float32 engine differs by about 1e-7, its logits by about 1e-5.
MIN_GAPS = {"minSelectionGap": 1e-5, "minLogitGap": 1e-3, "minAdaptiveGap": 1e-3}

# Largest differences that an exact float32 implementation may show (summation order); measured between recomputed
# and cached runs of this reference (7e-6, 5e-5 and 2e-7 for hidden, logits and attention), times ten to fifty.
TOLERANCES = {
    "pixelValues": 1e-5,
    "vision": 2e-4,
    "hidden": 2e-4,
    "logits": 5e-4,
    "attention": 1e-5,
    "scores": 1e-5,
    "masses": 1e-5,
    "visionFocus": 1e-4,
}

# (question, choices, context): prompt lengths from short to long, two to six choices, several scripts.
QUESTIONS: list[tuple[str, tuple[str, ...], str]] = [
    ("Which is red?", ("left", "right"), ""),
    ("Which animal lives in the water?", ("the fish", "the cat", "the bird"), "The image shows a river."),
    (
        "Based on the image, which statement about the magnet is true? Look at the picture again, and don't guess.",
        ("It attracts wood.", "It attracts iron.", "It's warmer than the lamp.", "None of these"),
        "A magnet pulls iron; wood isn't attracted. We'll measure 3 times: 12, 15 and 27 grams.",
    ),
    ("图中哪一种动物生活在水里？", ("鱼", "猫", "鸟", "树", "船"), "请看图片，然后回答问题。"),
    (
        "Où est la bibliothe\u0300que ?  Ένα μικρό σπίτι κοντά στη θάλασσα.\nСколько окон?",
        ("1", "12", "123", "½"),
        "",
    ),
    (
        "def area(w, h):\n    return w * h\n\nWhat does area(3, 14) return? 🙂👍🏽",
        ("42", "17", "3.14", "{}", "null", "an error"),
        "\tTabs  and   spaces count.\r\n",
    ),
    ("في أي صورة يعيش السمك؟ איפה?", ("الماء", "สัตว์", "पानी"), "이 그림에서 가장 큰 동물은?"),
    ("How many blue wheels can you see behind the house?", ("1 wheel", "2 wheels", "7 wheels", "40 wheels"), "One house."),
    ("Why is the bottle heavier than the leaf?", ("It is full.", "It is older.", "It isn't."), ""),
    ("Which cell is closer to the camera: A-1, B_2 or C.3?", ("A-1", "B_2", "C.3"), "Cells have labels."),
]
IMAGES = ["scene.png", "tall.png", "cutout.png", "noise.png", "gray.png", "wide.png", "palette.png", "large.jpg", "small.png"]


@dataclass(frozen=True)
class Case:
    """A case before its question and image are settled; `vary` says which of the two further attempts change."""

    id: str
    settings: Settings
    question: int
    image: str
    method: str = "ivt-lr"
    vary: str = "question"
    keep: tuple[str, ...] = ()  # optional tensors to store: pixel_values, attention_by_layer
    wanted: str = ""  # "stopped" or "not-stopped": what an adaptive case has to show

    def sample(self, attempt: int) -> Sample:
        shift = attempt if self.vary == "question" else 0
        question, choices, context = QUESTIONS[(self.question + shift) % len(QUESTIONS)]
        image = self.image
        if self.vary == "image":
            image = IMAGES[(IMAGES.index(self.image) + attempt) % len(IMAGES)]
        return Sample(self.id, question, choices, context, f"images/{image}")


def default_cases(settings: Settings, pixel_case: bool) -> list[Case]:
    """Eight questions in the default setting: different lengths, choices and images."""
    return [
        Case(
            f"default-{index}",
            settings,
            index,
            IMAGES[index],
            vary="image",
            keep=("attention_by_layer", *(("pixel_values",) if pixel_case else ())) if index == 0 else (),
        )
        for index in range(8)
    ]


def variation_cases(settings: Settings, slot_count: int) -> list[Case]:
    """One case for each option, and a few for options that meet."""
    every = [{"step": 0, "slots": [1, slot_count - 1]}, {"step": 2, "slots": [0]}]
    variants: list[tuple[str, dict[str, Any]]] = [
        ("hidden-then-patches", {"stepLayout": "hidden-then-patches"}),
        ("released-training", {"promptFormat": "released-training"}),
        ("with-context", {"promptFormat": "with-context"}),
        ("with-context-empty", {"promptFormat": "with-context"}),
        ("no-latent-text", {"intervention": "no-latent-text"}),
        ("no-latent-text-hidden-first", {"intervention": "no-latent-text", "stepLayout": "hidden-then-patches"}),
        ("no-latent-vision", {"intervention": "no-latent-vision"}),
        ("no-latent", {"intervention": "no-latent"}),
        ("random-patches", {"intervention": "random-patches", "seed": 7}),
        ("random-patches-other-seed", {"intervention": "random-patches", "seed": 123456789}),
        ("least-attended", {"intervention": "least-attended"}),
        ("allow-reuse", {"intervention": "allow-reuse"}),
        ("forced", {"forcedPatches": every}),
        ("banned", {"bannedPatches": [{"step": 0, "slots": [0, 2, 3, 5]}, {"step": 1, "slots": [4, 6]}]}),
        ("forced-and-banned", {"forcedPatches": [{"step": 1, "slots": [3]}], "bannedPatches": [{"step": 1, "slots": [7, 8]}]}),
        ("steps-0", {"latentSteps": 0}),
        ("steps-1", {"latentSteps": 1}),
        ("steps-6", {"latentSteps": 6, "patchesPerStep": 2}),
        ("patches-1", {"patchesPerStep": 1}),
        ("pool-runs-out", {"patchesPerStep": slot_count // 2 - 1}),
        ("pool-empty-at-last", {"patchesPerStep": slot_count // 2 + 2, "latentSteps": 4}),
        ("patches-exceed-pool", {"patchesPerStep": slot_count + 5, "latentSteps": 2}),
        ("wide-image-size", {"imageSize": {"width": 196, "height": 84}}),
    ]
    cases = [
        Case(name, replace(settings, **change), index + 1, IMAGES[(2 * index + 1) % len(IMAGES)])
        for index, (name, change) in enumerate(variants)
    ]
    adaptive = [
        ("adaptive-hidden-stops", "hidden", 0.25, "stopped", 3),
        ("adaptive-hidden-goes-on", "hidden", 0.999, "not-stopped", 3),
        ("adaptive-selection-stops", "selection", 0.5, "stopped", 3),
        ("adaptive-selection-stops-at-equal", "selection", 0.5, "stopped", 4),
        ("adaptive-selection-goes-on", "selection", 1.0, "not-stopped", 3),
    ]
    for index, (name, criterion, threshold, wanted, count) in enumerate(adaptive):
        changed = replace(settings, latentSteps=5, patchesPerStep=count, adaptiveStop=criterion, adaptiveThreshold=threshold)
        cases.append(Case(name, changed, 2 * index, IMAGES[3 * index % len(IMAGES)], wanted=wanted))
    return cases


def no_cot_cases(settings: Settings) -> list[Case]:
    changed = replace(settings, latentSteps=0, patchesPerStep=0, imageSize=None)
    images = ["scene.png", "tall.png", "wide.png", "cutout.png", "large.jpg", "small.png"]
    return [
        Case(
            f"no-cot-{image.partition('.')[0]}",
            changed,
            index + 1,
            image,
            method="no-cot",
            keep=("pixel_values",) if image == "small.png" else (),
        )
        for index, image in enumerate(images)
    ]


def settle(checkpoint: Checkpoint, case: Case) -> Trace:
    """Runs attempts until one has clear gaps (and stops or not, where that is wanted)."""
    run = run_no_cot if case.method == "no-cot" else run_latent
    for attempt in range(len(QUESTIONS)):
        sample = case.sample(attempt)
        if case.id.startswith("with-context") and bool(sample.context) != (case.id == "with-context"):
            continue
        trace = run(checkpoint, GOLDEN, sample, case.settings)
        stopped = trace.record.get("stoppedAtStep") is not None
        if case.id.endswith("-at-equal") and case.settings.adaptiveThreshold not in trace.record["convergence"]:
            continue
        if case.wanted and stopped != (case.wanted == "stopped"):
            continue
        if all(trace.record[name] is None or trace.record[name] > gap for name, gap in MIN_GAPS.items()):
            trace.record["attempt"] = attempt
            return trace
    raise ValueError(f"{case.id}: no attempt is clear enough")


def compact(value: Any) -> Any:
    """Floats with 9 significant digits: enough to restore any float32 exactly."""
    if isinstance(value, float):
        return float(f"{value:.9g}")
    if isinstance(value, dict):
        return {key: compact(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [compact(item) for item in value]
    return value


def manifest(seed: int, base: str) -> dict[str, Any]:
    packages = ("torch", "transformers", "tokenizers", "safetensors", "pillow", "numpy", "peft")
    return {
        "script": "trainer/golden/make_golden.py",
        "reference": "trainer/golden/reference.py",
        "versions": {"python": platform.python_version(), **{name: version(name) for name in packages}},
        "dtype": "float32",
        "device": "cpu",
        "attention": "eager",
        "baseFolder": base,
        "checkpointSeed": seed,
        "minGapsAtLeast": MIN_GAPS,
        "tolerances": TOLERANCES,
    }


def write_golden(folder: Path, header: dict[str, Any], checkpoint: Checkpoint, cases: list[Case]) -> None:
    """golden.json with one case on a line, and golden.safetensors."""
    lines: list[str] = []
    tensors: dict[str, torch.Tensor] = {}
    for case in cases:
        trace = settle(checkpoint, case)
        record = {"id": case.id, **compact(trace.record)}
        lines.append(json.dumps(record, ensure_ascii=False))
        for name, tensor in trace.tensors.items():
            kind = name.rpartition(".")[2]
            if kind in ("pixel_values", "attention_by_layer") and kind not in case.keep:
                continue
            tensors[f"{case.id}.{name}"] = tensor.contiguous().clone()
        print(folder.name, case.id, record["minGap"], record["finishReason"], record.get("stoppedAtStep"), record["attempt"], flush=True)
    body = ",\n".join(lines)
    text = f'{{"manifest": {json.dumps(header)},\n"cases": [\n{body}\n]}}\n'
    json.loads(text)
    (folder / "golden.json").write_text(text, encoding="utf-8")
    save_file(tensors, folder / "golden.safetensors")


def write_selection_table() -> None:
    """selection.json: the choice of slots on plain numbers, with ties, which no real attention shows."""
    rng = np.random.default_rng(31)
    cases = []
    for index in range(24):
        slot_count = int(rng.integers(4, 20))
        # A few distinct values only, so that ties are common; multiples of 1/8 are exact in every float type.
        scores = (rng.integers(0, 6, slot_count) / 8).tolist()
        pool = sorted(int(s) for s in rng.choice(slot_count, int(rng.integers(1, slot_count + 1)), replace=False))
        count = int(rng.integers(1, slot_count + 1))
        largest = index % 3 != 0
        extra = index % 2 == 1
        forced = sorted(int(s) for s in rng.choice(slot_count, 2, replace=False)) if extra else []
        banned = [int(s) for s in rng.choice(slot_count, 2, replace=False) if int(s) not in forced] if extra else []
        chosen = with_forced(scores, pool, count, forced, banned, largest)
        if not extra and chosen != by_score(scores, pool, count, largest):
            raise ValueError("the two rules disagree")
        cases.append(
            {
                "rule": "largest" if largest else "smallest",
                "scores": scores,
                "pool": pool,
                "patchesPerStep": count,
                "forced": forced,
                "banned": banned,
                "selectedSlots": chosen,
            }
        )
    random_cases = []
    for seed, sample_id, step_index, slot_count, count in [
        (0, "m3cot-1", 0, 16, 4),
        (0, "m3cot-1", 1, 16, 4),
        (42, "scienceqa/图-7", 2, 100, 32),
        (4294967295, "a:b:c", 0, 10, 20),
    ]:
        random_cases.append(
            {
                "seed": seed,
                "sampleId": sample_id,
                "stepIndex": step_index,
                "pool": list(range(slot_count)),
                "patchesPerStep": count,
                "selectedSlots": at_random(seed, sample_id, step_index, range(slot_count), count),
            }
        )
    write_lines(GOLDEN / "selection.json", {"byScore": cases, "random": random_cases})


def write_resize_table() -> None:
    """smart-resize.json: transformers' dynamic sizes, with halves that round to even, shrinking and growing."""
    sizes = [(56, 56), (70, 98), (42, 126), (61, 97), (173, 41), (33, 259), (7, 9), (301, 403), (1080, 1920), (28, 5000), (14, 14), (126, 154)]
    limits = [(3136, 28 * 28 * 64), (3136, 28 * 28 * 1280), (3136, 12845056)]
    cases = []
    for height, width in sizes:
        for low, high in limits:
            out = smart_resize(height, width, 28, low, high)
            cases.append({"height": height, "width": width, "minPixels": low, "maxPixels": high, "resized": {"height": out[0], "width": out[1]}})
    write_lines(GOLDEN / "smart-resize.json", {"factor": [28], "cases": cases})


def write_tokenizer_table(folder: Path) -> None:
    """tokenizer-cases.json: texts, their ids, and both decodings; special tokens in text are recognised."""
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    texts = [text for question, choices, context in QUESTIONS for text in (question, context, " ".join(choices)) if text]
    texts += [
        "Cafe\u0301 = Café, ﬁ ≠ fi, Å = Å",  # NFC joins the accent and folds the ångström sign, not the ligature
        "I'LL, we'Re; it'S  O'clock\n\n\n  next\t\tline \r\n",
        "1234567890 ٣٤٥ ⅷ²",
        "<|im_start|>user\n<|vision_start|><|image_pad|><|vision_end|>x<|im_end|>\n<|endoftext|> <|not_a_token|>",
        "   leading and trailing   ",
        "👩‍🔬👨‍👩‍👧‍👦🏳️‍🌈 \u200b\u00a0\u3000 zero\u0000nul",
        "...!!!??? --- ((([[[{{{}}}]]])))\n\n",
    ]
    cases = []
    for text in texts:
        ids = tokenizer.encode(text).ids
        cases.append(
            {
                "text": text,
                "ids": ids,
                "decoded": tokenizer.decode(ids, skip_special_tokens=False),
                "decodedWithoutSpecial": tokenizer.decode(ids, skip_special_tokens=True),
            }
        )
    # Ids in an order that no text gives: invalid UTF-8 must become U+FFFD in the same places.
    rng = np.random.default_rng(41)
    for _ in range(12):
        ids = [int(i) for i in rng.integers(0, tokenizer.get_vocab_size(), 14)]
        cases.append(
            {
                "text": None,
                "ids": ids,
                "decoded": tokenizer.decode(ids, skip_special_tokens=False),
                "decodedWithoutSpecial": tokenizer.decode(ids, skip_special_tokens=True),
            }
        )
    write_lines(folder / "tokenizer-cases.json", {"cases": cases})


def write_lines(path: Path, groups: dict[str, list[Any]]) -> None:
    """JSON with one item on a line."""
    parts = []
    for name, items in groups.items():
        body = ",\n".join(json.dumps(item, ensure_ascii=False) for item in items)
        parts.append(f'"{name}": [\n{body}\n]')
    path.write_text("{" + ",\n".join(parts) + "}\n", encoding="utf-8")


def main() -> None:
    torch.set_num_threads(1)  # the summation order depends on the thread count
    torch.set_grad_enabled(False)
    draw_images(GOLDEN / "images")
    write_selection_table()
    write_resize_table()
    tied, untied = GOLDEN / "tiny-tied", GOLDEN / "tiny-untied"
    for folder in (tied, untied):
        write_tokenizer_table(folder)
    small = Settings()
    larger = Settings(patchesPerStep=6, imageSize={"width": 140, "height": 140})
    write_golden(
        tied,
        manifest(21, "tiny-tied"),
        load_checkpoint(tied),
        default_cases(small, True) + variation_cases(small, 16) + no_cot_cases(small),
    )
    write_golden(
        untied,
        manifest(22, "tiny-untied"),
        load_checkpoint(untied),
        default_cases(larger, True) + variation_cases(larger, 25) + no_cot_cases(larger),
    )
    released = GOLDEN / "tiny-released"
    write_golden(
        released,
        manifest(23, "tiny-untied"),
        load_released(untied, released / "model.pth"),
        default_cases(larger, False),
    )


if __name__ == "__main__":
    main()
