"""Commonsense, household: a thing's colour, the box of that colour, the colour of the thing in it. Three hops, each needs the one before."""

from __future__ import annotations

from random import Random

from ..canvas import COLOURS
from ..glyphs.things import THINGS
from ..scene import Drawn, Hop, Place, Scene, Step, drawn_at, drawn_in, ground, scattered
from .choose import three

COUNT = 6


def make(rng: Random) -> Scene:
    things, colours = rng.sample(THINGS, COUNT), rng.sample(list(COLOURS), COUNT)
    # The box in the colour of each thing holds the next one, so no box holds a thing of its own colour.
    places = scattered(rng, 2 * COUNT)
    own, of_box = places[:COUNT], places[COUNT:]

    def colour_hop(index: int) -> Hop:
        thing, colour = things[index], colours[index]
        return Hop("household: colour", f"What colour is the {thing}?", colour, f"The {thing} is {colour}.", (Place(own[index], thing),))

    def box_hop(index: int) -> Hop:
        colour, inside = colours[index], things[(index + 1) % COUNT]
        return Hop(
            "household: box",
            f"What is in the {colour} box?",
            inside,
            f"In the {colour} box is the {inside}.",
            (Place(of_box[index], f"{colour} box"),),
        )

    coloured, boxed = [colour_hop(index) for index in range(COUNT)], [box_hop(index) for index in range(COUNT)]
    drawn: list[Drawn] = []
    for index in range(COUNT):
        drawn += [
            drawn_in(things[index], own[index], colours[index], inset=6),
            drawn_in("gift-box", of_box[index], colours[index], inset=1),
            drawn_at(boxed[index].answer, of_box[index], (14, 19), (28, 28), "black"),
        ]
    return Scene(
        category="things in boxes",
        drawn=(ground("wall"), *drawn),
        question=f"Look into the box that has the colour of the {things[0]}. What colour is the same thing outside?",
        answer=colours[1],
        distractors=three(rng, colours[2:]),
        chain=(
            Step(f"look at the {things[0]}", colours[0], coloured[0].places),
            Step(f"look into the {colours[0]} box", things[1], boxed[0].places),
            Step(f"look at the {things[1]}", colours[1], coloured[1].places),
        ),
        lookups=(*coloured, *boxed),
    )
