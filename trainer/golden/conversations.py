"""Ordinary prompting in several turns by transformers itself: its processor, its positions, its `generate`.

Greedy, or sampled with `torch.multinomial` replaced by the inverse of the cumulative distribution at given uniform
numbers (multinomial's own random stream is no one else's). Nothing else of `generate` is touched.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import torch
from PIL import Image
from transformers import Qwen2VLProcessor
from transformers.generation.logits_process import TopPLogitsWarper

from reference import Checkpoint

SAMPLED = {"temperature": 0.8, "topP": 0.9, "repetitionPenalty": 1.05}
GREEDY = {"temperature": 0, "topP": 1, "repetitionPenalty": 1}


class ImageTextProcessor(Qwen2VLProcessor):
    """Qwen2-VL's processor without its part for videos, which needs torchvision."""

    # transformers reads the processor's parts off these parameters' names.
    def __init__(self, image_processor: Any, tokenizer: Any, chat_template: str) -> None:
        super().__init__(image_processor, tokenizer, None, chat_template=chat_template)

    @classmethod
    def of(cls, checkpoint: Checkpoint) -> ImageTextProcessor:
        return cls(checkpoint.image_processor, checkpoint.tokenizer, checkpoint.tokenizer.chat_template)


@dataclass
class Gaps:
    """How clear the decisions of one generation were; None where there was none of a kind."""

    logit: list[float] = field(default_factory=list)  # greedy: best two logits
    draw: list[float] = field(default_factory=list)  # uniform number to the nearest step of the distribution
    nucleus: list[float] = field(default_factory=list)  # top-p's limit to the nearest cumulative probability

    def smallest(self) -> dict[str, float | None]:
        return {
            "minLogitGap": min(self.logit, default=None),
            "minDrawGap": min(self.draw, default=None),
            "minNucleusGap": min(self.nucleus, default=None),
        }


def uniform_at(seed: int, sample_id: str, call_index: int, token_index: int) -> float:
    """The first six bytes of SHA-256 of `seed:sampleId:token:callIndex:tokenIndex`, divided by 2^48."""
    digest = hashlib.sha256(f"{seed}:{sample_id}:token:{call_index}:{token_index}".encode()).digest()
    return int.from_bytes(digest[:6], "big") / 2**48


@contextmanager
def inverse_cdf(uniforms: Iterator[float], gaps: Gaps) -> Iterator[None]:
    """Draws by the given numbers in place of torch.multinomial, and notes how near the decisions were."""
    multinomial, top_p = torch.multinomial, TopPLogitsWarper.__call__

    def draw(probabilities: torch.Tensor, num_samples: int) -> torch.Tensor:
        cumulative = probabilities[0].double().cumsum(-1)
        target = torch.tensor(next(uniforms), dtype=torch.float64) * cumulative[-1]
        gaps.draw.append(float((cumulative[:-1] - target).abs().min()))
        return torch.searchsorted(cumulative, target, right=True)[None, None]

    def watched(self: TopPLogitsWarper, input_ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        cumulative = scores[0].sort().values.double().softmax(-1).cumsum(-1)
        gaps.nucleus.append(float((cumulative[:-1] - (1 - self.top_p)).abs().min()))
        return top_p(self, input_ids, scores)

    torch.multinomial, TopPLogitsWarper.__call__ = draw, watched
    try:
        yield
    finally:
        torch.multinomial, TopPLogitsWarper.__call__ = multinomial, top_p


def answer(
    checkpoint: Checkpoint,
    messages: list[dict[str, Any]],
    images: list[Image.Image],
    max_tokens: int,
    sampling: dict[str, float],
    uniforms: list[float],
) -> dict[str, Any]:
    """One call: the prompt as the processor builds it, transformers' positions, and what `generate` answers."""
    processor = ImageTextProcessor.of(checkpoint)
    prompt = processor.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
    inputs = processor(text=[prompt], images=images or None, return_tensors="pt")
    grids = inputs.get("image_grid_thw")
    positions, delta = checkpoint.model.model.get_rope_index(
        inputs["input_ids"], mm_token_type_ids=inputs["mm_token_type_ids"], image_grid_thw=grids
    )
    sampled = sampling["temperature"] != 0
    options: dict[str, Any] = {"do_sample": False}
    if sampled:
        options = {"do_sample": True, "temperature": sampling["temperature"], "top_p": sampling["topP"], "top_k": 0}
    gaps = Gaps()
    with inverse_cdf(iter(uniforms), gaps):
        generated = checkpoint.model.generate(
            **inputs,
            **options,
            repetition_penalty=sampling["repetitionPenalty"],
            max_new_tokens=max_tokens,
            return_dict_in_generate=True,
            output_scores=True,
        )
    ids = inputs["input_ids"][0].tolist()
    output_ids = generated.sequences[0, len(ids) :].tolist()
    if not sampled:
        pairs = [scores[0].topk(2).values for scores in generated.scores]
        gaps.logit = [float(pair[0] - pair[1]) for pair in pairs]
    ends = checkpoint.model.generation_config.eos_token_id
    return {
        "messages": messages,
        "prompt": prompt,
        "promptTokenIds": ids,
        "gridThw": [] if grids is None else grids.tolist(),
        "positions": positions[:, 0].tolist(),
        "ropeDelta": int(delta),
        "uniforms": uniforms[: len(output_ids)] if sampled else [],
        "outputTokenIds": output_ids,
        "outputText": checkpoint.tokenizer.decode(output_ids, skip_special_tokens=True),
        "finishReason": "end" if output_ids[-1] in ends else "length",
        **gaps.smallest(),
    }


def converse(
    checkpoint: Checkpoint,
    turns: list[tuple[list[Image.Image], str]],
    max_tokens: int,
    sampling: dict[str, float],
    seed: int,
    sample_id: str,
) -> list[dict[str, Any]]:
    """A call for each of the user's turns (pictures, then text); the model's own answers stand between them."""
    messages: list[dict[str, Any]] = []
    shown: list[Image.Image] = []
    calls: list[dict[str, Any]] = []
    for call_index, (images, text) in enumerate(turns):
        content = [*({"type": "image"} for _ in images), {"type": "text", "text": text}]
        messages = [*messages, {"role": "user", "content": content}]
        shown = [*shown, *images]
        uniforms = [uniform_at(seed, sample_id, call_index, index) for index in range(max_tokens)]
        call = answer(checkpoint, messages, shown, max_tokens, sampling, uniforms)
        calls.append(call)
        messages = [*messages, {"role": "assistant", "content": [{"type": "text", "text": call["outputText"]}]}]
    return calls
