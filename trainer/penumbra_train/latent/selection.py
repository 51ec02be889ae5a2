"""Which image slots a latent step takes, for a whole batch at once.

The order is part of the method, because it sets positions: slots strictly above the K-th score ascending, then those
that tie with it, lowest slot first. So the K-th by score comes last, tie or not.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor


class Selection(NamedTuple):
    slots: Tensor  # [B, K] int64; meaningless where not valid
    valid: Tensor  # [B, K] bool; false at the end of a row whose pool held fewer than K slots
    pool: Tensor  # [B, J] bool, without the taken slots


def select_patches(scores: Tensor, pool: Tensor, count: int) -> Selection:
    """The `count` best slots of each row's pool. `scores` [B, J] finite where `pool` [B, J] is true."""
    slot_count = scores.shape[1]
    masked = scores.masked_fill(~pool, -torch.inf)
    slots = torch.arange(slot_count, device=scores.device).expand_as(masked)
    if count <= slot_count:
        limit = masked.topk(count, dim=1).values[:, -1:]
    else:
        limit = masked.new_full((masked.shape[0], 1), -torch.inf)
    # Later orders sort behind earlier ones: above the limit, at the limit, not to be had.
    order = torch.where(masked > limit, slots, slots + slot_count).masked_fill((masked < limit) | ~pool, 2 * slot_count)
    taken, chosen = order.sort(dim=1, stable=True)
    taken, chosen = taken[:, :count], chosen[:, :count]
    valid = taken < 2 * slot_count
    if count > slot_count:
        missing = count - slot_count
        chosen = torch.nn.functional.pad(chosen, (0, missing))
        valid = torch.nn.functional.pad(valid, (0, missing))
    left = pool.scatter(1, chosen[:, :slot_count], pool.gather(1, chosen[:, :slot_count]) & ~valid[:, :slot_count])
    return Selection(chosen, valid, left)
