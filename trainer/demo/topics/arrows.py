"""Science, biology: a cold that nine animals pass on along arrows. Three hops, or two; each needs the one before."""

from __future__ import annotations

from functools import lru_cache
from random import Random

from ..glyphs.animals import ANIMALS
from ..scene import TOKEN, Drawn, Hop, Place, Scene, conclusion, drawn_in, ground, token_box
from .choose import three

Cell = tuple[int, int]  # column, row of a 3 x 3 board
_STEPS = {(1, 0): "right", (-1, 0): "left", (0, 1): "down", (0, -1): "up"}


@lru_cache(maxsize=1)
def walks() -> tuple[tuple[Cell, ...], ...]:
    """Every walk that visits each of the nine cells once; they all begin in a corner or the middle."""
    found: list[tuple[Cell, ...]] = []

    def extend(walk: tuple[Cell, ...]) -> None:
        if len(walk) == 9:
            found.append(walk)
        x, y = walk[-1]
        for dx, dy in _STEPS:
            cell = (x + dx, y + dy)
            if cell not in walk and 0 <= cell[0] < 3 and 0 <= cell[1] < 3:
                extend((*walk, cell))

    for column in range(3):
        for row in range(3):
            extend(((column, row),))
    return tuple(found)


def _arrow(start: Cell, end: Cell) -> Drawn:
    (x0, y0), (x1, y1) = start, end
    # Middles of both cells, 84 pixels apart; the arrow lies between them.
    x, y = (84 * (x0 + x1) + 2 * TOKEN) // 2, (84 * (y0 + y1) + 2 * TOKEN) // 2
    return Drawn("arrow", x - TOKEN // 2 + 1, y - TOKEN // 2 + 1, TOKEN - 2, TOKEN - 2, "", _STEPS[x1 - x0, y1 - y0])


def make(rng: Random) -> Scene:
    walk = rng.choice(walks())
    animals = rng.sample(ANIMALS, 9)
    boxes = {name: token_box(3 * x, 3 * y) for name, (x, y) in zip(animals, walk, strict=True)}
    hop_count = 3 if rng.random() < 0.65 else 2
    # After an even number of arrows one is on a cell of the same kind (corner and middle, or edge) as before.
    # The options lie on cells of one kind, so that a place alone tells nothing; two arrows begin on a corner or the middle.
    start = rng.randrange(0, 9 - hop_count, 2 if hop_count == 2 else 1)
    end = start + hop_count
    alike = [name for i, name in enumerate(animals) if i % 2 == end % 2 and i not in (start, end)]
    gaps = set(range(8))
    outside = [gap for gap in gaps if not start <= gap < end]
    if rng.random() < 0.5:
        gaps.discard(rng.choice(outside))

    def hop(index: int) -> Hop:
        giver, taker = animals[index], animals[index + 1]
        return Hop(
            "biology: next",
            f"Who gets the cold from the {giver}?",
            taker,
            f"The {giver} gives it to the {taker}.",
            (Place(boxes[giver], giver), Place(boxes[taker], taker)),
        )

    hops = {gap: hop(gap) for gap in sorted(gaps)}
    chain = [hops[index] for index in range(start, end)]
    if hop_count == 2:
        chain.append(conclusion(f"So the {animals[end]} has it.", animals[end]))
    return Scene(
        category="spread of a cold",
        drawn=(
            ground("meadow"),
            *(_arrow(walk[gap], walk[gap + 1]) for gap in sorted(gaps)),
            *(drawn_in(name, box, inset=2) for name, box in boxes.items()),
        ),
        question=f"The {animals[start]} has a cold, and it spreads along the arrows. "
        f"Who gets it after {'three' if hop_count == 3 else 'two'} arrows?",
        answer=animals[end],
        distractors=three(rng, alike),
        chain=(chain[0], chain[1], chain[2]),
        lookups=tuple(hops.values()),
    )
