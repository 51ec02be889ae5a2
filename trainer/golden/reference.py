"""The project's oracle: IVT-LR inference on transformers' Qwen2-VL, float32, everything recomputed at each step.

It follows the text of the method and nothing else: no key-value cache, no batching, no speed. Whatever the
engine does faster must give these numbers. It refuses to guess: an unknown setting raises ValueError.

Legend: T positions so far, D hidden size, L layers, H heads, J image slots, K patches per step, V vocabulary.
Paper: arXiv 2510.12603; where its released code differs, the code is followed.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
from PIL import Image
from transformers import AutoImageProcessor, AutoTokenizer, Qwen2VLConfig, Qwen2VLForConditionalGeneration

from prompts import Sample, question_text
from selection import at_random, by_score, limit_gap, ranks, with_forced

IMAGE, TEXT, LATENT_VISION, LATENT_TEXT = "image", "text", "latentVision", "latentText"
INTERVENTIONS = (
    "none",
    "no-latent-text",
    "no-latent-vision",
    "no-latent",
    "random-patches",
    "least-attended",
    "allow-reuse",
)
RELEASED_PREFIX = "base_causallm.base_model.model."


@dataclass(frozen=True)
class Settings:
    """What a case varies. Field names are those of golden.json.

    `forcedPatches` and `bannedPatches`: [{"step": stepIndex from 0, "slots": [...]}].
    `adaptiveThreshold`: a cosine for `hidden`, a fraction of K for `selection`; from it on, steps end.
    `imageSize`: pixels that the image is stretched to; None: dynamic resize.
    """

    latentSteps: int = 3
    patchesPerStep: int = 4
    stepLayout: str = "patches-then-hidden"
    promptFormat: str = "released-inference"
    intervention: str = "none"
    forcedPatches: list[dict[str, Any]] = field(default_factory=list)
    bannedPatches: list[dict[str, Any]] = field(default_factory=list)
    adaptiveStop: str = "off"
    adaptiveThreshold: float = 0.99
    seed: int = 0
    maxTokens: int = 12
    imageSize: dict[str, int] | None = field(default_factory=lambda: {"width": 112, "height": 112})

    def __post_init__(self) -> None:
        for value, allowed in (
            (self.stepLayout, ("patches-then-hidden", "hidden-then-patches")),
            (self.intervention, INTERVENTIONS),
            (self.adaptiveStop, ("off", "hidden", "selection")),
        ):
            if value not in allowed:
                raise ValueError(f"{value!r} is not one of {allowed}")


@dataclass(frozen=True)
class Checkpoint:
    """A loaded model with its tokenizer and image processor; all weights float32, eager attention."""

    model: Qwen2VLForConditionalGeneration
    tokenizer: Any
    image_processor: Any

    def token_id(self, token: str) -> int:
        return self.tokenizer.convert_tokens_to_ids(token)


@dataclass(frozen=True)
class Forward:
    """One forward pass over the whole sequence, as seen from its last position."""

    hidden: torch.Tensor  # [D] after the final norm
    logits: torch.Tensor  # [V]
    attention: torch.Tensor  # [T] mean over layers and heads
    attention_by_layer: torch.Tensor  # [L, T] mean over heads


def load_checkpoint(folder: Path) -> Checkpoint:
    """Loads a Hugging Face folder; stored bfloat16 values are widened, not rounded again."""
    model = Qwen2VLForConditionalGeneration.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager")
    return _checkpoint(model, folder)


def load_released(base: Path, weights: Path) -> Checkpoint:
    """Loads a released model.pth over its base folder, merging W + (alpha / r) B A in float32."""
    state = torch.load(weights, map_location="cpu", weights_only=True)
    merged: dict[str, torch.Tensor] = {}
    for key, value in state.items():
        name = key.removeprefix("module.")
        if name == "embedding.weight" or ".lora_" in name:
            continue
        if not name.startswith(RELEASED_PREFIX):
            raise ValueError(f"unexpected key: {key}")
        value = value.float()
        if name.endswith(".base_layer.weight"):
            stem = key.removesuffix("base_layer.weight")
            # alpha / r = 2 / 8 here, 16 / 64 in the published files: 0.25 in both.
            value = value + 0.25 * (state[f"{stem}lora_B.default.weight"] @ state[f"{stem}lora_A.default.weight"])
        plain = name.removeprefix(RELEASED_PREFIX).replace(".base_layer.", ".")
        if plain.startswith("visual."):
            plain = f"model.{plain}"
        elif plain.startswith("model."):
            plain = plain.replace("model.", "model.language_model.", 1)
        merged[plain] = value
    config = Qwen2VLConfig.from_pretrained(base)
    config.text_config.vocab_size = merged["lm_head.weight"].shape[0]
    model = Qwen2VLForConditionalGeneration._from_config(config, dtype=torch.float32, attn_implementation="eager")
    model.load_state_dict(merged, strict=True)
    return _checkpoint(model, base)


def _checkpoint(model: Qwen2VLForConditionalGeneration, folder: Path) -> Checkpoint:
    return Checkpoint(
        model=model.eval().requires_grad_(False),
        tokenizer=AutoTokenizer.from_pretrained(folder),
        image_processor=AutoImageProcessor.from_pretrained(folder),
    )


def read_rgb(path: Path) -> Image.Image:
    """Reads an image as RGB; what is transparent becomes white, as in Qwen's and transformers' own loaders."""
    with Image.open(path) as opened:
        if "A" not in opened.getbands() and "transparency" not in opened.info:
            return opened.convert("RGB")
        image = opened.convert("RGBA")
    white = Image.new("RGBA", image.size, (255, 255, 255, 255))
    return Image.alpha_composite(white, image).convert("RGB")


def preprocess(checkpoint: Checkpoint, path: Path, image_size: dict[str, int] | None) -> tuple[torch.Tensor, torch.Tensor]:
    """Pixel values [patches, 1176] and grid [1, 3] of one image.

    With `image_size` the image is stretched to it with Pillow's bicubic filter; without, transformers' own dynamic
    resize applies.
    """
    image = read_rgb(path)
    if image_size is None:
        inputs = checkpoint.image_processor(images=image, return_tensors="pt")
    else:
        image = image.resize((image_size["width"], image_size["height"]), Image.Resampling.BICUBIC)
        inputs = checkpoint.image_processor(images=image, do_resize=False, return_tensors="pt")
    return inputs["pixel_values"], inputs["image_grid_thw"]


def build_prompt(checkpoint: Checkpoint, sample: Sample, prompt_format: str, image_token_count: int) -> tuple[str, list[int]]:
    """The rendered prompt, with one image marker, and its token ids, with the marker repeated J times."""
    content = [{"type": "image"}, {"type": "text", "text": question_text(sample, prompt_format)}]
    prompt = checkpoint.tokenizer.apply_chat_template(
        [{"role": "user", "content": content}], tokenize=False, add_generation_prompt=True
    )
    before, after = prompt.split("<|image_pad|>")
    ids = checkpoint.tokenizer(before + "<|image_pad|>" * image_token_count + after)["input_ids"]
    return prompt, ids


def forward(checkpoint: Checkpoint, sequence: torch.Tensor) -> Forward:
    """Runs the decoder over `sequence` [T, D] with positions 0..T-1 in all three mRoPE rows."""
    count = sequence.shape[0]
    positions = torch.arange(count).view(1, 1, count).expand(3, 1, count)
    output = checkpoint.model(
        inputs_embeds=sequence[None],
        position_ids=positions,
        attention_mask=torch.ones(1, count, dtype=torch.long),
        use_cache=False,
        output_attentions=True,
        output_hidden_states=True,
    )
    last_rows = torch.stack([layer[0, :, -1, :] for layer in output.attentions])  # [L, H, T]
    return Forward(
        hidden=output.hidden_states[-1][0, -1],
        logits=output.logits[0, -1],
        attention=last_rows.mean(dim=(0, 1)),
        attention_by_layer=last_rows.mean(dim=1),
    )


def masses(attention: torch.Tensor, kinds: list[str]) -> dict[str, float]:
    """Where the last row's attention goes, by kind of position, and how focused it is on the image slots."""
    a = attention.double()
    total = {kind: float(a[[i for i, k in enumerate(kinds) if k == kind]].sum()) for kind in (IMAGE, TEXT, LATENT_VISION, LATENT_TEXT)}
    over_image = a[[i for i, kind in enumerate(kinds) if kind == IMAGE]]
    share = over_image / over_image.sum()
    entropy = float(-(share * share.clamp_min(1e-300).log()).sum())
    return {
        "visionMass": total[IMAGE],
        "textMass": total[TEXT],
        "latentVisionMass": total[LATENT_VISION],
        "latentTextMass": total[LATENT_TEXT],
        "visionFocus": 1.0 - entropy / math.log(len(share)),
    }


def slots_at(entries: list[dict[str, Any]], step_index: int) -> list[int]:
    return [slot for entry in entries if entry["step"] == step_index for slot in entry["slots"]]


def choose(settings: Settings, sample_id: str, step_index: int, scores: list[float], pool: set[int]) -> tuple[list[int], float | None]:
    """Slots for one step in appended order, and the score gap that protects the choice (None: nothing can flip)."""
    count = settings.patchesPerStep
    if settings.intervention == "no-latent-vision":
        return [], None
    if settings.intervention == "random-patches":
        return at_random(settings.seed, sample_id, step_index, pool, count), None
    largest = settings.intervention != "least-attended"
    forced = slots_at(settings.forcedPatches, step_index)
    banned = slots_at(settings.bannedPatches, step_index)
    chosen = with_forced(scores, pool, count, forced, banned, largest)
    free = pool - set(banned) - set(forced)
    taken_by_force = len(pool & set(forced) - set(banned))
    return chosen, limit_gap(scores, free, max(0, count - taken_by_force), largest)


def convergence(settings: Settings, hidden: list[torch.Tensor], scores: list[list[float]]) -> float | None:
    """The adaptive criterion between the last two steps: cosine of h, or overlap of the unrestricted top-K."""
    if settings.adaptiveStop == "off" or len(hidden) < 2:
        return None
    if settings.adaptiveStop == "hidden":
        a, b = hidden[-1].double(), hidden[-2].double()
        return float(a @ b / (a.norm() * b.norm()))
    image_slots = range(len(scores[-1]))
    now, before = (set(by_score(s, image_slots, settings.patchesPerStep)) for s in (scores[-1], scores[-2]))
    return len(now & before) / len(now)


@dataclass
class Trace:
    """Everything about one question that golden.json and golden.safetensors keep."""

    record: dict[str, Any]
    tensors: dict[str, torch.Tensor]


def run_latent(checkpoint: Checkpoint, images_root: Path, sample: Sample, settings: Settings) -> Trace:
    """Answers one question with latent steps; see the pseudo-code in method.md, "Inference"."""
    pixel_values, grid = preprocess(checkpoint, images_root / sample.image, settings.imageSize)
    vision = checkpoint.model.model.get_image_features(pixel_values, grid).pooler_output[0]  # [J, D]
    slot_count = vision.shape[0]
    prompt, ids = build_prompt(checkpoint, sample, settings.promptFormat, slot_count)
    image_id = checkpoint.token_id("<|image_pad|>")
    first_slot = ids.index(image_id)

    embed = checkpoint.model.get_input_embeddings()
    sequence = embed(torch.tensor(ids)).clone()  # [T, D]
    sequence[first_slot : first_slot + slot_count] = vision
    kinds = [IMAGE if token == image_id else TEXT for token in ids]

    pool = set(range(slot_count))
    steps: list[dict[str, Any]] = []
    step_hidden: list[torch.Tensor] = []
    step_scores: list[list[float]] = []
    convergences: list[float] = []
    selection_gaps: list[float] = []
    adaptive_gaps: list[float] = []
    stopped_at: int | None = None
    tensors = {"pixel_values": pixel_values, "vision": vision}

    step_count = 0 if settings.intervention == "no-latent" else settings.latentSteps
    for step_index in range(step_count):
        seen = forward(checkpoint, sequence)
        scores = seen.attention[first_slot : first_slot + slot_count].tolist()
        step_hidden.append(seen.hidden)
        step_scores.append(scores)
        converged = convergence(settings, step_hidden, step_scores)
        if converged is not None:
            convergences.append(converged)
            if settings.adaptiveStop == "hidden":
                adaptive_gaps.append(abs(converged - settings.adaptiveThreshold))
        if settings.adaptiveStop == "selection":
            gap = limit_gap(scores, range(slot_count), settings.patchesPerStep)
            if gap is not None:
                selection_gaps.append(gap)
        if converged is not None and converged >= settings.adaptiveThreshold:
            stopped_at = step_index
            break

        chosen, gap = choose(settings, sample.sampleId, step_index, scores, pool)
        if gap is not None:
            selection_gaps.append(gap)
        before = sorted(pool)
        if settings.intervention != "allow-reuse":
            pool -= set(chosen)
        tensors[f"step{step_index}.hidden"] = seen.hidden
        tensors[f"step{step_index}.attention"] = seen.attention
        tensors[f"step{step_index}.attention_by_layer"] = seen.attention_by_layer
        steps.append(
            {
                "selectedSlots": chosen,
                "ranks": ranks(scores, before, chosen),
                "scores": scores,
                "pool": before,
                "poolAfterCount": len(pool),
                **masses(seen.attention, kinds),
            }
        )

        patches = [(vision[slot], LATENT_VISION) for slot in chosen]
        latent_text = [] if settings.intervention == "no-latent-text" else [(seen.hidden, LATENT_TEXT)]
        appended = patches + latent_text if settings.stepLayout == "patches-then-hidden" else latent_text + patches
        if appended:
            sequence = torch.cat([sequence, torch.stack([embedding for embedding, _ in appended])])
            kinds = kinds + [kind for _, kind in appended]

    end_id = checkpoint.token_id("<|im_end|>")
    output_ids: list[int] = []
    logit_gaps: list[float] = []
    while True:
        seen = forward(checkpoint, sequence)
        if not output_ids:
            tensors["final.hidden"], tensors["final.logits"] = seen.hidden, seen.logits
            tensors["final.attention"] = seen.attention
            final = masses(seen.attention, kinds)
        best = seen.logits.topk(2)
        logit_gaps.append(float(best.values[0] - best.values[1]))
        token = int(best.indices[0])
        output_ids.append(token)
        if token == end_id or len(output_ids) == settings.maxTokens:
            break
        sequence = torch.cat([sequence, embed(torch.tensor([token]))])

    record = {
        "method": "ivt-lr",
        "settings": asdict(settings),
        "sample": asdict(sample),
        "prompt": prompt,
        "promptTokenIds": ids,
        "imageSlots": [first_slot, slot_count],
        "gridThw": grid[0].tolist(),
        "steps": steps,
        "stoppedAtStep": stopped_at,
        "convergence": convergences,
        "final": final,
        "outputTokenIds": output_ids,
        "outputText": checkpoint.tokenizer.decode(output_ids, skip_special_tokens=True),
        "finishReason": "end" if output_ids[-1] == end_id else "length",
        "stopTokenIds": [end_id],
        "arSteps": len(steps) + len(output_ids),
        "minSelectionGap": min(selection_gaps, default=None),
        "minLogitGap": min(logit_gaps),
        "minAdaptiveGap": min(adaptive_gaps, default=None),
    }
    return Trace(with_min_gap(record), tensors)


def run_no_cot(checkpoint: Checkpoint, images_root: Path, sample: Sample, settings: Settings) -> Trace:
    """Ordinary prompting: dynamic resize, real mRoPE positions, transformers' own cached greedy generation."""
    pixel_values, grid = preprocess(checkpoint, images_root / sample.image, settings.imageSize)
    slot_count = int(grid.prod()) // checkpoint.image_processor.merge_size**2
    prompt, ids = build_prompt(checkpoint, sample, settings.promptFormat, slot_count)
    image_id = checkpoint.token_id("<|image_pad|>")
    input_ids = torch.tensor([ids])
    # transformers 5 derives mRoPE positions from these types (1 = image) and raises without them.
    token_types = (input_ids == image_id).int()
    position_ids, rope_delta = checkpoint.model.model.get_rope_index(
        input_ids, mm_token_type_ids=token_types, image_grid_thw=grid
    )
    generated = checkpoint.model.generate(
        input_ids=input_ids,
        attention_mask=torch.ones_like(input_ids),
        mm_token_type_ids=token_types,
        pixel_values=pixel_values,
        image_grid_thw=grid,
        do_sample=False,
        max_new_tokens=settings.maxTokens,
        return_dict_in_generate=True,
        output_logits=True,
    )
    output_ids = generated.sequences[0, len(ids) :].tolist()
    stop_ids = list(checkpoint.model.generation_config.eos_token_id)
    top = [logits[0].topk(2).values for logits in generated.logits]
    record = {
        "method": "no-cot",
        "settings": asdict(settings),
        "sample": asdict(sample),
        "prompt": prompt,
        "promptTokenIds": ids,
        "imageSlots": [ids.index(image_id), slot_count],
        "gridThw": grid[0].tolist(),
        "ropeDelta": int(rope_delta),
        "steps": [],
        "outputTokenIds": output_ids,
        "outputText": checkpoint.tokenizer.decode(output_ids, skip_special_tokens=True),
        "finishReason": "end" if output_ids[-1] in stop_ids else "length",
        "stopTokenIds": stop_ids,
        "arSteps": len(output_ids),
        "minSelectionGap": None,
        "minLogitGap": min(float(pair[0] - pair[1]) for pair in top),
        "minAdaptiveGap": None,
    }
    tensors = {
        "pixel_values": pixel_values,
        "vision": checkpoint.model.model.get_image_features(pixel_values, grid).pooler_output[0],
        "position_ids": position_ids[:, 0].to(torch.int32),  # [3, S]
        "final.logits": generated.logits[0][0],
    }
    return Trace(with_min_gap(record), tensors)


def with_min_gap(record: dict[str, Any]) -> dict[str, Any]:
    """Adds `minGap`, the smallest of the recorded gaps: numeric noise below it changes neither slots nor tokens."""
    gaps = [record[name] for name in ("minSelectionGap", "minLogitGap", "minAdaptiveGap") if record[name] is not None]
    return record | {"minGap": min(gaps)}
