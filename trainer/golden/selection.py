"""Which image slots a latent step takes: plain Python over lists, no tensors.

Slots are numbered 0..J-1 within the prompt's image. `scores[slot]` is the mean attention that the last position
paid to that slot. Every function returns slots in the order in which they are appended.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence

SlotList = list[int]


def by_score(scores: Sequence[float], candidates: Collection[int], count: int, largest: bool = True) -> SlotList:
    """The `count` candidates with the largest (or smallest) scores; all of them if there are fewer.

    With the score of the count-th as the limit: first the slots strictly beyond the limit, ascending by slot, then
    those exactly at the limit, lowest slot first, until `count`. So the count-th by score is appended last, tie
    or not. With fewer candidates than `count` no limit exists (in a masked top-k it is minus infinity) and all
    are beyond it.
    """
    beyond, at_limit = _split_at_limit(scores, candidates, count, largest)
    return beyond + at_limit


def _split_at_limit(
    scores: Sequence[float], candidates: Collection[int], count: int, largest: bool
) -> tuple[SlotList, SlotList]:
    """Slots strictly beyond the count-th score, and as many at that score as are still wanted; both ascending."""
    slots = sorted(candidates)
    if count <= 0:
        return [], []
    if count > len(slots):
        return slots, []
    sign = 1.0 if largest else -1.0
    limit = sorted((sign * scores[slot] for slot in slots), reverse=True)[count - 1]
    beyond = [slot for slot in slots if sign * scores[slot] > limit]
    at_limit = [slot for slot in slots if sign * scores[slot] == limit]
    return beyond, at_limit[: count - len(beyond)]


def with_forced(
    scores: Sequence[float],
    pool: Collection[int],
    count: int,
    forced: Collection[int],
    banned: Collection[int],
    largest: bool,
) -> SlotList:
    """Forced slots first (those in the pool, lowest slots up to `count`), the rest by score; banned ones never.

    A slot both forced and banned at a step counts as banned. Appended ascending by slot, except that slots at
    the score limit of the chosen rest come last (the rule of `by_score`).
    """
    candidates = sorted(set(pool) - set(banned))
    taken = [slot for slot in candidates if slot in set(forced)][:count]
    rest = [slot for slot in candidates if slot not in taken]
    beyond, at_limit = _split_at_limit(scores, rest, count - len(taken), largest)
    return sorted(taken + beyond) + at_limit


def random_key(seed: int, sample_id: str, step_index: int, slot: int) -> int:
    """First 6 bytes, big-endian, of SHA-256 over `seed:sampleId:stepIndex:slot` in UTF-8."""
    text = f"{seed}:{sample_id}:{step_index}:{slot}"
    return int.from_bytes(hashlib.sha256(text.encode("utf-8")).digest()[:6], "big")


def at_random(seed: int, sample_id: str, step_index: int, pool: Collection[int], count: int) -> SlotList:
    """The `count` slots of the pool with the smallest `random_key`, ascending by slot."""
    ranked = sorted(pool, key=lambda slot: (random_key(seed, sample_id, step_index, slot), slot))
    return sorted(ranked[:count])


def limit_gap(scores: Sequence[float], candidates: Collection[int], count: int, largest: bool = True) -> float | None:
    """Smallest distance of the count-th best score to its neighbours: a change below it cannot change the result.

    Both neighbours matter: the one after decides who is taken, the one before decides who is appended last.
    None where no score can change anything.
    """
    ranked = sorted((scores[slot] for slot in candidates), reverse=largest)
    if count <= 0 or count > len(ranked):
        return None
    gaps = [abs(ranked[i] - ranked[i + 1]) for i in (count - 2, count - 1) if 0 <= i < len(ranked) - 1]
    return min(gaps) if gaps else None


def ranks(scores: Sequence[float], pool: Collection[int], chosen: Sequence[int]) -> list[int]:
    """1-based rank of each chosen slot in the pool by descending score; equal scores rank by slot."""
    ranked = sorted(pool, key=lambda slot: (-scores[slot], slot))
    return [ranked.index(slot) + 1 for slot in chosen]
