"""Science, biology: a cold that nine animals pass on, each to the friend in its bubble. Three hops, or two; each needs the one before."""

from __future__ import annotations

from random import Random

from ..glyphs.animals import ANIMALS
from ..scene import Drawn, Hop, Place, Scene, Step, drawn_at, ground, scattered, that_is_all
from .choose import three


def make(rng: Random) -> Scene:
    # Each visits the next and the last one the first: all nine are alike.
    animals = rng.sample(ANIMALS, 9)
    boxes = scattered(rng, len(animals))
    hop_count = 3 if rng.random() < 0.65 else 2

    def hop(index: int) -> Hop:
        visitor, friend = animals[index], animals[(index + 1) % len(animals)]
        return Hop(
            "biology: next",
            f"Whom does the {visitor} visit?",
            friend,
            f"The {visitor} visits the {friend}.",
            (Place(boxes[index], visitor),),
        )

    hops = tuple(hop(index) for index in range(len(animals)))
    start, end = animals[0], animals[hop_count]
    first, second, third = (Step(f"look at the {animals[index]}", hops[index].answer, hops[index].places) for index in range(3))
    drawn: list[Drawn] = []
    for index, box in enumerate(boxes):
        friend = hops[index].answer
        drawn += [
            drawn_at(animals[index], box, (0, 0), (33, 33)),
            drawn_at("bubble", box, (23, 23), (33, 33)),
            drawn_at(friend, box, (28, 28), (24, 24)),
        ]
    return Scene(
        category="spread of a cold",
        drawn=(ground("meadow"), *drawn),
        question=f"The {start} has a cold. Each animal visits the friend in its bubble. "
        f"Who has it after {'three' if hop_count == 3 else 'two'} visits?",
        answer=end,
        distractors=three(rng, animals[hop_count + 1 :]),
        chain=(first, second, third if hop_count == 3 else that_is_all(end)),
        lookups=hops,
    )
