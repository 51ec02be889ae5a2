"""The project's oracle for Chameleon: IVT-LR on transformers' Chameleon, float32, everything recomputed at each step.

As reference.py for Qwen2-VL; the loop itself is shared (latent_steps.py). Image slots are tokens here: the VQ
encoder's codebook entries, mapped to vocabulary ids and embedded like words. After the latent steps comes the separator,
then the answer; image tokens are never said.

Legend: T positions so far, D hidden size, L layers, J image slots, E codebook dimensions, V vocabulary.
"""

from __future__ import annotations

import string
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from tokenizers import Tokenizer
from transformers import ChameleonConfig, ChameleonForConditionalGeneration, ChameleonImageProcessorPil

from chameleon_tokenizer import EOS, IMAGE, IMAGE_END, IMAGE_START, SEPARATOR
from latent_steps import IMAGE as IMAGE_KIND
from latent_steps import TEXT, Forward, Progress, Settings, Trace, answer, record_of, take_steps, with_min_gap
from prompts import Sample
from released import merge_released

ROOT = Path(__file__).resolve().parents[2]
SHARED_IMAGES = ROOT / "test" / "golden" / "qwen2-vl" / "images"
INFERENCE, TRAINING = "released-inference", "released-training"


@dataclass(frozen=True)
class Checkpoint:
    """A loaded model with its tokenizer and image processor; all weights float32, eager attention.

    The tokenizer is the file as it stands: transformers 5's Llama tokenizer would rebuild its pipeline.
    """

    model: ChameleonForConditionalGeneration
    tokenizer: Tokenizer
    image_processor: ChameleonImageProcessorPil

    def token_id(self, token: str) -> int:
        token_id = self.tokenizer.token_to_id(token)
        if token_id is None:
            raise ValueError(f"no such token: {token}")
        return token_id


def load_checkpoint(folder: Path) -> Checkpoint:
    """Loads a Hugging Face folder; stored bfloat16 values are widened, not rounded again."""
    model = ChameleonForConditionalGeneration.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager")
    return _checkpoint(model, folder, folder)


def load_released(base: Path, folder: Path) -> Checkpoint:
    """Loads folder/model.pth over its base folder, adapters merged in float32; the tokenizer is `folder`'s."""
    merged = merge_released(folder / "model.pth")
    config = ChameleonConfig.from_pretrained(base)
    config.vocab_size = merged["lm_head.weight"].shape[0]
    model = ChameleonForConditionalGeneration._from_config(
        config, dtype=torch.float32, attn_implementation="eager"
    )
    model.load_state_dict(merged, strict=True)
    return _checkpoint(model, folder, base)


def _checkpoint(model: ChameleonForConditionalGeneration, tokenizer: Path, base: Path) -> Checkpoint:
    return Checkpoint(
        model=model.eval().requires_grad_(False),
        tokenizer=Tokenizer.from_file(str(tokenizer / "tokenizer.json")),
        image_processor=image_processor(base),
    )


# Images.


def image_processor(folder: Path) -> ChameleonImageProcessorPil:
    return ChameleonImageProcessorPil.from_pretrained(folder)


def read_on_white(path: Path) -> Image.Image:
    """Reads an image as RGB; transparency is blended on white in float64 and cut, not rounded, to bytes.

    So did the image processor that the released code ran on; transformers 5 no longer does. White itself may
    become 254 where alpha is partial.
    """
    with Image.open(path) as opened:
        if opened.mode == "RGB":
            return opened.copy()
        rgba = np.asarray(opened.convert("RGBA"))
        if (rgba[:, :, 3] == 255).all():
            return opened.convert("RGB")
    alpha = rgba[:, :, 3:] / 255.0
    return Image.fromarray(((1 - alpha) * 255 + alpha * rgba[:, :, :3]).astype(np.uint8))


@dataclass(frozen=True)
class Pixels:
    """One image before and after scaling of its values."""

    crop: np.ndarray  # [height, width, 3] uint8
    pixel_values: torch.Tensor  # [1, 3, height, width] float32


def preprocess(processor: ChameleonImageProcessorPil, path: Path) -> Pixels:
    """Shortest edge to the processor's size (Lanczos), centre crop, scaling; all by transformers' Pillow processor."""
    image = read_on_white(path)
    crop = processor(images=image, do_rescale=False, do_normalize=False, return_tensors="np")["pixel_values"][0]
    values = processor(images=image, return_tensors="pt")["pixel_values"].float()
    return Pixels(np.ascontiguousarray(crop.transpose(1, 2, 0)).astype(np.uint8), values)


# Image tokens.


def vq_latents(model: ChameleonForConditionalGeneration, pixel_values: torch.Tensor) -> torch.Tensor:
    """What the codebook is asked for: encoder and 1 x 1 convolution, [J, E], slots in rows from the top left."""
    vq = model.model.vqmodel
    return vq.quant_conv(vq.encoder(pixel_values))[0].flatten(1).T.contiguous()


def vq_margins(latents: torch.Tensor, codebook: torch.Tensor) -> torch.Tensor:
    """Squared distance [J] of the second-nearest entry less that of the nearest, in float64: 0 is a tie."""
    distances = (latents.double()[:, None] - codebook.double()[None]).square().sum(-1)
    best = distances.topk(2, dim=1, largest=False).values
    return best[:, 1] - best[:, 0]


@dataclass(frozen=True)
class ImageTokens:
    """One image as the decoder gets it."""

    latents: torch.Tensor  # [J, E]
    tokens: list[int]  # codebook entries
    margins: torch.Tensor  # [J] float64
    vocabulary_ids: list[int]


def image_tokens(checkpoint: Checkpoint, pixel_values: torch.Tensor) -> ImageTokens:
    """By transformers' own quantizer and mapping."""
    vq = checkpoint.model.model.vqmodel
    latents = vq_latents(checkpoint.model, pixel_values)
    return ImageTokens(
        latents=latents,
        tokens=vq.encode(pixel_values).image_tokens.tolist(),
        margins=vq_margins(latents, vq.quantize.embedding.weight),
        vocabulary_ids=checkpoint.model.model.get_image_tokens(pixel_values)[0].tolist(),
    )


# Prompts.


def option_lines(sample: Sample) -> str:
    letters = zip(string.ascii_uppercase, sample.choices, strict=False)
    return "\n".join(f"({letter}).{{{choice.strip()}}}" for letter, choice in letters)


def prompt_text(sample: Sample, prompt_format: str) -> str:
    """The released code's prompt with one `<image>`; the braces are literal, the context is not shown.

    Training puts the image inside the braces and ends after the last option. The released code cuts white space there
    around image and question together, so that a question's leading white space stays.
    """
    if prompt_format == INFERENCE:
        return f"{IMAGE}[Question]:{{{sample.question.strip()}}}\n[Options]:\n{option_lines(sample)}\nAnswer:"
    if prompt_format == TRAINING:
        inside = (IMAGE + sample.question).strip()
        return f"[Question]:{{{inside}}}\n[Options]:\n{option_lines(sample)}"
    raise ValueError(f"unknown prompt format: {prompt_format}")


def prompt_ids(tokenizer: Tokenizer, sample: Sample, prompt_format: str, slot_count: int) -> list[int]:
    """Token ids up to the latent steps, J times `<image>` in them.

    Inference has `<s>` first and the image between its start and end tokens; training has none of the three.
    """
    text = prompt_text(sample, prompt_format)
    if prompt_format == TRAINING:
        return tokenizer.encode(text.replace(IMAGE, IMAGE * slot_count), add_special_tokens=False).ids
    return tokenizer.encode(text.replace(IMAGE, IMAGE_START + IMAGE * slot_count + IMAGE_END)).ids


# Runs.


def forward(checkpoint: Checkpoint, sequence: torch.Tensor) -> Forward:
    """Runs the decoder over `sequence` [T, D] with positions 0..T-1; logits of image tokens are the lowest float."""
    count = sequence.shape[0]
    output = checkpoint.model(
        inputs_embeds=sequence[None],
        position_ids=torch.arange(count)[None],
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


def run_latent(checkpoint: Checkpoint, image: Path, sample: Sample, settings: Settings) -> Trace:
    """Answers one question with latent steps; the separator is read after them (not in the training layout)."""
    tokens = image_tokens(checkpoint, preprocess(checkpoint.image_processor, image).pixel_values)
    slot_count = len(tokens.vocabulary_ids)
    ids = prompt_ids(checkpoint.tokenizer, sample, settings.promptFormat, slot_count)
    image_id = checkpoint.token_id(IMAGE)
    first_slot = ids.index(image_id)

    embed = checkpoint.model.get_input_embeddings()
    filled = ids[:first_slot] + tokens.vocabulary_ids + ids[first_slot + slot_count :]
    progress = Progress(embed(torch.tensor(filled)), [IMAGE_KIND if token == image_id else TEXT for token in ids])
    vision = progress.sequence[first_slot : first_slot + slot_count]
    decoder = partial(forward, checkpoint)
    take_steps(decoder, progress, vision, first_slot, sample.sampleId, settings)

    after = [] if settings.promptFormat == TRAINING else [checkpoint.token_id(SEPARATOR)]
    progress.append([embed(torch.tensor(token)) for token in after], [TEXT for _ in after])
    end_id = checkpoint.token_id(EOS)
    answered = answer(decoder, embed, progress, end_id, settings.maxTokens)
    record = {
        "method": "ivt-lr",
        "settings": asdict(settings),
        "sample": asdict(sample),
        "prompt": prompt_text(sample, settings.promptFormat),
        "promptTokenIds": ids,
        "tokenIdsAfterSteps": after,
        "imageSlots": [first_slot, slot_count],
        "vocabularyIds": tokens.vocabulary_ids,
        "topLogits": top_logits(progress.tensors["final.logits"]),
        "imageTokensSuppressed": suppressed(checkpoint, progress, answered.output_ids),
        **record_of(progress, answered, checkpoint.tokenizer.decode(answered.output_ids), end_id),
    }
    return Trace(record, progress.tensors)


def run_no_cot(checkpoint: Checkpoint, image: Path, sample: Sample, settings: Settings) -> Trace:
    """Ordinary prompting by transformers' own cached greedy `generate`, which also fills the image slots."""
    pixel_values = preprocess(checkpoint.image_processor, image).pixel_values
    slot_count = len(image_tokens(checkpoint, pixel_values).vocabulary_ids)
    separator = checkpoint.token_id(SEPARATOR)
    ids = prompt_ids(checkpoint.tokenizer, sample, INFERENCE, slot_count) + [separator]
    end_id = checkpoint.token_id(EOS)
    generated = checkpoint.model.generate(
        input_ids=torch.tensor([ids]),
        attention_mask=torch.ones(1, len(ids), dtype=torch.long),
        pixel_values=pixel_values,
        do_sample=False,
        max_new_tokens=settings.maxTokens,
        eos_token_id=end_id,
        pad_token_id=end_id,
        return_dict_in_generate=True,
        output_logits=True,
    )
    output_ids = generated.sequences[0, len(ids) :].tolist()
    top = [logits[0].topk(2).values for logits in generated.logits]
    record = {
        "method": "no-cot",
        "settings": asdict(settings),
        "sample": asdict(sample),
        "prompt": prompt_text(sample, INFERENCE),
        "promptTokenIds": ids,
        "imageSlots": [ids.index(checkpoint.token_id(IMAGE)), slot_count],
        "vocabularyIds": image_tokens(checkpoint, pixel_values).vocabulary_ids,
        "topLogits": top_logits(generated.logits[0][0]),
        "steps": [],
        "outputTokenIds": output_ids,
        "outputText": checkpoint.tokenizer.decode(output_ids),
        "finishReason": "end" if output_ids[-1] == end_id else "length",
        "stopTokenIds": [end_id],
        "arSteps": len(output_ids),
        "minSelectionGap": None,
        "minLogitGap": min(float(pair[0] - pair[1]) for pair in top),
        "minAdaptiveGap": None,
    }
    return Trace(with_min_gap(record), {"final.logits": generated.logits[0][0]})


def top_logits(logits: torch.Tensor) -> list[dict[str, Any]]:
    best = logits.topk(5)
    return [{"id": int(i), "logit": float(v)} for v, i in zip(best.values, best.indices, strict=True)]


def suppressed(checkpoint: Checkpoint, progress: Progress, output_ids: list[int]) -> list[int]:
    """Indices of the answer's tokens before which an image token would have been likelier."""
    embed = checkpoint.model.get_input_embeddings()
    whole = torch.cat([progress.sequence, embed(torch.tensor(output_ids[:-1], dtype=torch.long))])
    hidden = checkpoint.model.model(inputs_embeds=whole[None], use_cache=False).last_hidden_state[0]
    best = checkpoint.model.lm_head(hidden[len(progress.sequence) - 1 :]).argmax(-1).tolist()
    image_ids = set(checkpoint.model.model.vocabulary_mapping.image_tokens)
    return [index for index, token in enumerate(best) if token in image_ids]
