"""The project's oracle: IVT-LR inference on transformers' Qwen2-VL, float32, everything recomputed at each step.

It follows the text of the method and nothing else: no key-value cache, no batching, no speed. Whatever the
engine does faster must give these numbers. It refuses to guess: an unknown setting raises ValueError.

Legend: T positions so far, D hidden size, L layers, H heads, J image slots, K patches per step, V vocabulary.
Paper: arXiv 2510.12603; where its released code differs, the code is followed.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import torch
from PIL import Image
from transformers import AutoImageProcessor, AutoTokenizer, Qwen2VLConfig, Qwen2VLForConditionalGeneration

from latent_steps import IMAGE, TEXT, Forward, Progress, Settings, Trace, answer, record_of, take_steps, with_min_gap
from prompts import Sample, question_text
from released import merge_released


@dataclass(frozen=True)
class Checkpoint:
    """A loaded model with its tokenizer and image processor; all weights float32, eager attention."""

    model: Qwen2VLForConditionalGeneration
    tokenizer: Any
    image_processor: Any

    def token_id(self, token: str) -> int:
        return self.tokenizer.convert_tokens_to_ids(token)


def load_checkpoint(folder: Path) -> Checkpoint:
    """Loads a Hugging Face folder; stored bfloat16 values are widened, not rounded again."""
    model = Qwen2VLForConditionalGeneration.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager")
    return _checkpoint(model, folder)


def load_released(base: Path, weights: Path) -> Checkpoint:
    """Loads a released model.pth over its base folder, adapters merged in float32."""
    merged: dict[str, torch.Tensor] = {}
    for key, value in merge_released(weights).items():
        if key.startswith("visual."):
            key = f"model.{key}"
        elif key.startswith("model."):
            key = key.replace("model.", "model.language_model.", 1)
        merged[key] = value
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
    progress = Progress(sequence, [IMAGE if token == image_id else TEXT for token in ids])
    progress.tensors |= {"pixel_values": pixel_values, "vision": vision}

    decoder = partial(forward, checkpoint)
    take_steps(decoder, progress, vision, first_slot, sample.sampleId, settings)
    end_id = checkpoint.token_id("<|im_end|>")
    answered = answer(decoder, embed, progress, end_id, settings.maxTokens)
    text = checkpoint.tokenizer.decode(answered.output_ids, skip_special_tokens=True)
    record = {
        "method": "ivt-lr",
        "settings": asdict(settings),
        "sample": asdict(sample),
        "prompt": prompt,
        "promptTokenIds": ids,
        "imageSlots": [first_slot, slot_count],
        "gridThw": grid[0].tolist(),
        **record_of(progress, answered, text, end_id),
    }
    return Trace(record, progress.tensors)


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
