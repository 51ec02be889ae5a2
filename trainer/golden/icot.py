"""ICoT (arXiv 2411.19488) written plainly on transformers' Qwen2-VL: greedy, everything recomputed for each token.

After a generated token that ends a line, three times at most, the 16 slots of the last picture to which that token's
row pays the most attention (mean over layers and heads) are appended as the vision tower gave them, ascending, between
vision start and vision end. What counts as ending a line is a set of token ids.

Positions of what is inserted, `POSITION_RULES`:
- `counting`: text-like, the next number on all three axes for each embedding (rope delta + index in the sequence);
- `grid`: as the published Qwen2-VL code has it: vision start takes the next number, the slots lie on a picture of 4 x 4
  after it (one time, four rows, four columns), vision end follows the largest: six numbers for 18 embeddings.
  That code knows 16 slots only; fewer, here, fill such a picture row by row.

Where this is not the published code (its version of December 2025): there only token 198 ("\\n") counts; the first
insertion comes at the second line break and the next two after the two tokens that follow, whatever they are; and the
row that chooses is computed at the position of its index in the cache, without the rope delta.

Legend: T positions so far, D hidden size, J slots of the last picture.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from PIL import Image

from conversations import ImageTextProcessor
from reference import Checkpoint
from selection import limit_gap

POSITION_RULES = ("counting", "grid")
INSERTION_LIMIT = 3
SLOTS_PER_INSERTION = 16
GRID_SIDE = 4


@dataclass(frozen=True)
class Row:
    """The last position of a forward pass over the whole sequence."""

    logits: torch.Tensor  # [V]
    attention: torch.Tensor  # [T], mean over layers and heads


def last_row(checkpoint: Checkpoint, embeds: torch.Tensor, positions: torch.Tensor) -> Row:
    """`embeds` [T, D], `positions` [3, T]."""
    output = checkpoint.model(
        inputs_embeds=embeds[None],
        position_ids=positions[:, None],
        attention_mask=torch.ones(1, len(embeds), dtype=torch.long),
        use_cache=False,
        output_attentions=True,
    )
    rows = torch.stack([layer[0, :, -1, :] for layer in output.attentions])  # [L, H, T]
    return Row(output.logits[0, -1], rows.mean(dim=(0, 1)))


def newline_token_ids(checkpoint: Checkpoint) -> list[int]:
    """Ids of all tokens whose text holds a line break."""
    return [i for i in range(len(checkpoint.tokenizer)) if "\n" in checkpoint.tokenizer.decode([i])]


def most_attended(scores: list[float], count: int) -> list[int]:
    """The slots with the largest scores, of equals the lowest, in ascending order."""
    ranked = sorted(range(len(scores)), key=lambda slot: (-scores[slot], slot))
    return sorted(ranked[:count])


def inserted_positions(rule: str, last: int, slot_count: int) -> torch.Tensor:
    """[3, slots + 2] after position `last`."""
    if rule == "counting":
        return torch.arange(last + 1, last + slot_count + 3).expand(3, -1)
    if rule != "grid":
        raise ValueError(f"{rule!r} is not one of {POSITION_RULES}")
    slots = torch.arange(slot_count)
    block = torch.stack([torch.zeros_like(slots), slots // GRID_SIDE, slots % GRID_SIDE]) + last + 2  # [3, slots]
    first, end = torch.full((3, 1), last + 1), torch.full((3, 1), int(block.max()) + 1)
    return torch.cat([first, block, end], dim=1)


def run_icot(
    checkpoint: Checkpoint,
    images: list[Image.Image],
    text: str,
    trigger_ids: list[int],
    max_tokens: int,
    position_rule: str,
    logit_bias: dict[int, float] | None = None,
) -> dict[str, Any]:
    """Answers one question. Every number in the result follows from passes over the whole sequence.

    `logit_bias` is added to the logits of tokens: random weights end few lines by themselves.
    """
    processor = ImageTextProcessor.of(checkpoint)
    content = [*({"type": "image"} for _ in images), {"type": "text", "text": text}]
    prompt = processor.apply_chat_template([{"role": "user", "content": content}], tokenize=False, add_generation_prompt=True)
    inputs = processor(text=[prompt], images=images, return_tensors="pt")
    ids, grids = inputs["input_ids"][0], inputs["image_grid_thw"]
    positions = checkpoint.model.model.get_rope_index(
        inputs["input_ids"], mm_token_type_ids=inputs["mm_token_type_ids"], image_grid_thw=grids
    )[0][:, 0]  # [3, T]

    embed = checkpoint.model.get_input_embeddings()
    pictures = list(checkpoint.model.model.get_image_features(inputs["pixel_values"], grids).pooler_output)
    embeds = embed(ids).clone()  # [T, D]
    is_slot = ids == checkpoint.token_id("<|image_pad|>")
    embeds[is_slot] = torch.cat(pictures)
    vision = pictures[-1]  # [J, D]
    slot_positions = is_slot.nonzero()[:, 0][-len(vision) :]
    boundary_ids = [checkpoint.token_id("<|vision_start|>"), checkpoint.token_id("<|vision_end|>")]

    ends = checkpoint.model.generation_config.eos_token_id
    tokens: list[int] = []
    token_positions: list[int] = []
    insertions: list[dict[str, Any]] = []
    logit_gaps: list[float] = []
    selection_gaps: list[float] = []
    while True:
        logits = last_row(checkpoint, embeds, positions).logits.clone()
        for biased, value in (logit_bias or {}).items():
            logits[biased] += value
        best = logits.topk(2)
        logit_gaps.append(float(best.values[0] - best.values[1]))
        token = int(best.indices[0])
        tokens.append(token)
        if token in ends or len(tokens) == max_tokens:
            break
        here = int(positions.max()) + 1
        token_positions.append(here)
        embeds = torch.cat([embeds, embed(torch.tensor([token]))])
        positions = torch.cat([positions, torch.full((3, 1), here)], dim=1)
        if token not in trigger_ids or len(insertions) == INSERTION_LIMIT:
            continue
        scores = last_row(checkpoint, embeds, positions).attention[slot_positions].tolist()
        slots = most_attended(scores, SLOTS_PER_INSERTION)
        # The order among those taken decides nothing; only who is the last to be taken does.
        if len(slots) < len(scores):
            gap = limit_gap(scores, range(len(scores)), len(slots))
            selection_gaps.append(min(gap if gap is not None else 1.0, 1.0))
        start, end = embed(torch.tensor(boundary_ids))
        block = inserted_positions(position_rule, here, len(slots))
        embeds = torch.cat([embeds, start[None], vision[slots], end[None]])
        positions = torch.cat([positions, block], dim=1)
        insertions.append(
            {"tokenIndex": len(tokens) - 1, "slots": slots, "scores": scores, "positions": block.tolist()}
        )

    return {
        "prompt": prompt,
        "promptTokenIds": ids.tolist(),
        "gridThw": grids.tolist(),
        "imageSlots": [int(slot_positions[0]), len(vision)],
        "positionRule": position_rule,
        "triggerTokenIds": trigger_ids,
        "logitBias": [[token, value] for token, value in (logit_bias or {}).items()],
        "insertions": insertions,
        "outputTokenIds": tokens,
        # Of every token but the last, which the decoder does not read.
        "outputPositions": token_positions,
        "outputText": checkpoint.tokenizer.decode(tokens, skip_special_tokens=True),
        "finishReason": "end" if tokens[-1] in ends else "length",
        "minLogitGap": min(logit_gaps),
        "minSelectionGap": min(selection_gaps, default=None),
    }
