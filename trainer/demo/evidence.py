"""How often the patches of latent steps show the places that a question's steps look at, against chance.

    cd trainer && python -m demo.evidence --data DIR --predictions FILE [--split test]

FILE comes from `penumbra-train evaluate ... --predictions FILE`. A slot is an image token, which is a place. Patches are drawn
without replacement: any K of the J slots hold one given slot with the chance K / J at every step.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .make_demo_dataset import FILE_NAMES
from .scene import BOARD, slot_of

SLOTS = BOARD * BOARD


@dataclass(frozen=True)
class Hits:
    """Of the places of one step of the chain."""

    places: int
    by_latent_step: list[int]  # how many of them each latent step took
    chance: float  # of one latent step to take one place

    @property
    def shares(self) -> list[float]:
        return [count / self.places for count in self.by_latent_step]

    @property
    def ever(self) -> float:
        """The share that any latent step took."""
        return sum(self.by_latent_step) / self.places

    @property
    def chance_ever(self) -> float:
        return self.chance * len(self.by_latent_step)


def evidence_hits(evidence: Mapping[str, Iterable[Mapping[str, Any]]], selected: Mapping[str, Sequence[Sequence[int]]]) -> dict[int, Hits]:
    """By step of the chain. `evidence`: places by question; `selected`: slots by latent step, by question. A place counts once a step."""
    counts = {len(slots) for steps in selected.values() for slots in steps}
    if len(counts) != 1 or len({len(steps) for steps in selected.values()}) != 1:
        raise ValueError(f"latent steps with {sorted(counts)} patches: expected as many in each step of each question")
    step_count = len(next(iter(selected.values())))
    places: dict[int, int] = {}
    taken: dict[int, list[int]] = {}
    for sample_id, steps in selected.items():
        wanted = {(int(place["step"]), slot_of(place["box"])) for place in evidence[sample_id]}
        for chain_step, slot in wanted:
            places[chain_step] = places.get(chain_step, 0) + 1
            row = taken.setdefault(chain_step, [0] * step_count)
            for latent_step, slots in enumerate(steps):
                row[latent_step] += slot in slots
    return {step: Hits(places[step], taken[step], counts.copy().pop() / SLOTS) for step in sorted(places)}


def _rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--predictions", type=Path, required=True)
    parser.add_argument("--split", choices=tuple(FILE_NAMES), default="test")
    options = parser.parse_args()
    evidence = {row["id"]: row["evidence"] for row in _rows(options.data / "data" / f"{FILE_NAMES[options.split]}.jsonl")}
    selected = {row["id"]: row["selectedSlots"] for row in _rows(options.predictions)}
    found = evidence_hits(evidence, selected)
    first = next(iter(found.values()))
    titles = "".join(f"latent step {step}  " for step in range(1, len(first.by_latent_step) + 1))
    print(f"places of       {titles}any of them")
    for step, hits in found.items():
        print(f"step {step} ({hits.places:>5})" + "".join(f"{share:>15.3f}" for share in (*hits.shares, hits.ever)))
    print("chance       " + "".join(f"{share:>15.3f}" for share in (*[first.chance] * len(first.by_latent_step), first.chance_ever)))


if __name__ == "__main__":
    main()
