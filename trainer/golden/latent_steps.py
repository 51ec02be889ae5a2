"""IVT-LR's loop as the text of the method has it, for any backbone: everything recomputed at each step.

A backbone gives a `Decoder` (embeddings in, last position out) and its image slots' embeddings; prompts, pictures
and weights are its own business (reference.py, chameleon_reference.py). Unknown settings raise ValueError.

Legend: T positions so far, D hidden size, L layers, H heads, J image slots, K patches per step, V vocabulary.
Paper: arXiv 2510.12603; where its released code differs, the code is followed.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

import torch

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
class Forward:
    """One forward pass over the whole sequence, as seen from its last position."""

    hidden: torch.Tensor  # [D] after the final norm
    logits: torch.Tensor  # [V]
    attention: torch.Tensor  # [T] mean over layers and heads
    attention_by_layer: torch.Tensor  # [L, T] mean over heads


Decoder = Callable[[torch.Tensor], Forward]


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


@dataclass
class Progress:
    """One question on its way: the sequence so far, and what the steps chose and saw."""

    sequence: torch.Tensor  # [T, D]
    kinds: list[str]
    steps: list[dict[str, Any]] = field(default_factory=list)
    stopped_at: int | None = None
    convergences: list[float] = field(default_factory=list)
    selection_gaps: list[float] = field(default_factory=list)
    adaptive_gaps: list[float] = field(default_factory=list)
    tensors: dict[str, torch.Tensor] = field(default_factory=dict)

    def append(self, embeddings: list[torch.Tensor], kinds: list[str]) -> None:
        if embeddings:
            self.sequence = torch.cat([self.sequence, torch.stack(embeddings)])
            self.kinds = self.kinds + kinds


def take_steps(
    decoder: Decoder, progress: Progress, vision: torch.Tensor, first_slot: int, sample_id: str, settings: Settings
) -> None:
    """Appends the latent steps of one question; `vision` [J, D] are its image slots' embeddings, from `first_slot` on."""
    slot_count = vision.shape[0]
    pool = set(range(slot_count))
    step_hidden: list[torch.Tensor] = []
    step_scores: list[list[float]] = []

    step_count = 0 if settings.intervention == "no-latent" else settings.latentSteps
    for step_index in range(step_count):
        seen = decoder(progress.sequence)
        scores = seen.attention[first_slot : first_slot + slot_count].tolist()
        step_hidden.append(seen.hidden)
        step_scores.append(scores)
        converged = convergence(settings, step_hidden, step_scores)
        if converged is not None:
            progress.convergences.append(converged)
            if settings.adaptiveStop == "hidden":
                progress.adaptive_gaps.append(abs(converged - settings.adaptiveThreshold))
        if settings.adaptiveStop == "selection":
            gap = limit_gap(scores, range(slot_count), settings.patchesPerStep)
            if gap is not None:
                progress.selection_gaps.append(gap)
        if converged is not None and converged >= settings.adaptiveThreshold:
            progress.stopped_at = step_index
            break

        chosen, gap = choose(settings, sample_id, step_index, scores, pool)
        if gap is not None:
            progress.selection_gaps.append(gap)
        before = sorted(pool)
        if settings.intervention != "allow-reuse":
            pool -= set(chosen)
        progress.tensors[f"step{step_index}.hidden"] = seen.hidden
        progress.tensors[f"step{step_index}.attention"] = seen.attention
        progress.tensors[f"step{step_index}.attention_by_layer"] = seen.attention_by_layer
        progress.steps.append(
            {
                "selectedSlots": chosen,
                "ranks": ranks(scores, before, chosen),
                "scores": scores,
                "pool": before,
                "poolAfterCount": len(pool),
                **masses(seen.attention, progress.kinds),
            }
        )

        patches = [(vision[slot], LATENT_VISION) for slot in chosen]
        latent_text = [] if settings.intervention == "no-latent-text" else [(seen.hidden, LATENT_TEXT)]
        appended = patches + latent_text if settings.stepLayout == "patches-then-hidden" else latent_text + patches
        progress.append([embedding for embedding, _ in appended], [kind for _, kind in appended])


@dataclass(frozen=True)
class Answer:
    """Greedy decoding after the steps; `final`: the masses at its first position."""

    output_ids: list[int]
    logit_gaps: list[float]
    final: dict[str, float]


def answer(
    decoder: Decoder, embed: Callable[[torch.Tensor], torch.Tensor], progress: Progress, end_id: int, max_tokens: int
) -> Answer:
    """The most likely token, again and again, to `end_id` or the limit; keeps what the first position gave."""
    output_ids: list[int] = []
    logit_gaps: list[float] = []
    final: dict[str, float] = {}
    sequence = progress.sequence
    while True:
        seen = decoder(sequence)
        if not output_ids:
            progress.tensors["final.hidden"], progress.tensors["final.logits"] = seen.hidden, seen.logits
            progress.tensors["final.attention"] = seen.attention
            final = masses(seen.attention, progress.kinds)
        best = seen.logits.topk(2)
        logit_gaps.append(float(best.values[0] - best.values[1]))
        token = int(best.indices[0])
        output_ids.append(token)
        if token == end_id or len(output_ids) == max_tokens:
            return Answer(output_ids, logit_gaps, final)
        sequence = torch.cat([sequence, embed(torch.tensor([token]))])


def record_of(progress: Progress, answered: Answer, output_text: str, end_id: int) -> dict[str, Any]:
    """What golden.json keeps of steps and answer."""
    record = {
        "steps": progress.steps,
        "stoppedAtStep": progress.stopped_at,
        "convergence": progress.convergences,
        "final": answered.final,
        "outputTokenIds": answered.output_ids,
        "outputText": output_text,
        "finishReason": "end" if answered.output_ids[-1] == end_id else "length",
        "stopTokenIds": [end_id],
        "arSteps": len(progress.steps) + len(answered.output_ids),
        "minSelectionGap": min(progress.selection_gaps, default=None),
        "minLogitGap": min(answered.logit_gaps),
        "minAdaptiveGap": min(progress.adaptive_gaps, default=None),
    }
    return with_min_gap(record)


def with_min_gap(record: dict[str, Any]) -> dict[str, Any]:
    """Adds `minGap`, the smallest of the recorded gaps: numeric noise below it changes neither slots nor tokens."""
    gaps = [record[name] for name in ("minSelectionGap", "minLogitGap", "minAdaptiveGap") if record[name] is not None]
    return record | {"minGap": min(gaps)}
