"""Commonsense, travel: a passenger's ticket, the train of its colour, the station of the train's sign. Three hops, each needs the one before."""

from __future__ import annotations

from random import Random

from ..canvas import COLOURS
from ..glyphs.animals import ANIMALS
from ..glyphs.shapes import SHAPES
from ..glyphs.things import PLACES
from ..scene import Hop, Place, Scene, Step, drawn_at, drawn_in, ground, scattered
from .choose import three

COUNT = 5  # of passengers, of trains and of stations


def make(rng: Random) -> Scene:
    colours, signs = rng.sample(list(COLOURS), COUNT), rng.sample(SHAPES, COUNT)
    animals, places = rng.sample(ANIMALS, COUNT), rng.sample(PLACES, COUNT)
    # A hall above, the railway in the middle, the land below.
    passengers, carriages, stops = (scattered(rng, COUNT, range(row, row + 2)) for row in (0, 2, 4))
    drawn = [ground("country")]
    tickets: list[Hop] = []
    trains: list[Hop] = []
    stations: list[Hop] = []
    for index in range(COUNT):
        animal, colour, sign, place = animals[index], colours[index], signs[index], places[index]
        top, middle, bottom = passengers[index], carriages[index], stops[index]
        drawn += [
            drawn_at(animal, top, (10, 0), (36, 36)),
            drawn_at("ticket", top, (6, 38), (44, 16), colour),
            drawn_in("train", middle, colour, inset=1),
            drawn_at(sign, middle, (16, 11), (24, 24)),
            drawn_in("panel", bottom, inset=1),
            drawn_at(sign, bottom, (4, 4), (24, 24)),
            drawn_at(place, bottom, (25, 25), (28, 28)),
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
    chosen = rng.randrange(COUNT)
    return Scene(
        category="tickets and trains",
        drawn=tuple(drawn),
        question=f"The {animals[chosen]} takes the train of its ticket. Where does it arrive?",
        answer=places[chosen],
        distractors=three(rng, [place for place in places if place != places[chosen]]),
        chain=(
            Step(f"look at the {animals[chosen]}", colours[chosen], tickets[chosen].places),
            Step(f"look for the {colours[chosen]} train", signs[chosen], trains[chosen].places),
            Step(f"look for the {signs[chosen]}", places[chosen], stations[chosen].places),
        ),
        lookups=(*tickets, *trains, *stations),
    )
