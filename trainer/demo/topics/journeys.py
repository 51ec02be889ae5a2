"""Commonsense, travel: a passenger's ticket, the train of its colour, the station of the train's sign. Three hops, each needs the one before."""

from __future__ import annotations

from random import Random

from ..canvas import COLOURS
from ..glyphs.animals import ANIMALS
from ..glyphs.shapes import SHAPES
from ..glyphs.things import PLACES
from ..scene import Drawn, Hop, Place, Scene, drawn_in, ground, token_box
from .choose import three


def make(rng: Random) -> Scene:
    colours, signs = rng.sample(list(COLOURS), 4), rng.sample(SHAPES, 4)
    animals, places = rng.sample(ANIMALS, 4), rng.sample(PLACES, 4)
    columns = [rng.sample(range(4), 4) for _ in range(3)]  # where each passenger, train and station stands
    drawn = [ground("country")]
    tickets: list[Hop] = []
    trains: list[Hop] = []
    stations: list[Hop] = []
    for index in range(4):
        animal, colour, sign, place = animals[index], colours[index], signs[index], places[index]
        top, middle, bottom = (token_box(2 * columns[row][index], 3 * row) for row in range(3))
        drawn += [
            Drawn(animal, top[0] + 8, top[1], 40, 40),
            Drawn("ticket", top[0] + 8, top[1] + 40, 40, 14, colour),
            drawn_in("train", middle, colour, inset=1),
            Drawn(sign, middle[0] + 16, middle[1] + 11, 24, 24),
            drawn_in("panel", bottom, inset=2),
            Drawn(sign, bottom[0] + 5, bottom[1] + 5, 21, 21),
            Drawn(place, bottom[0] + 22, bottom[1] + 21, 32, 32),
        ]
        tickets.append(
            Hop(
                "travel: ticket",
                f"What colour is the ticket of the {animal}?",
                colour,
                f"The ticket of the {animal} is {colour}.",
                (Place(top, animal),),
            )
        )
        trains.append(
            Hop(
                "travel: train",
                f"Which sign is on the {colour} train?",
                sign,
                f"On the {colour} train is the {sign}.",
                (Place(middle, f"{colour} train"),),
            )
        )
        stations.append(
            Hop(
                "travel: station",
                f"What is at the {sign}?",
                place,
                f"At the {sign} is the {place}.",
                (Place(bottom, place),),
            )
        )
    chosen = rng.randrange(4)
    return Scene(
        category="tickets and trains",
        drawn=tuple(drawn),
        question=f"The {animals[chosen]} takes the train of its ticket. Where does it arrive?",
        answer=places[chosen],
        distractors=three(rng, [place for place in places if place != places[chosen]]),
        chain=(tickets[chosen], trains[chosen], stations[chosen]),
        lookups=(*tickets, *trains, *stations),
    )
