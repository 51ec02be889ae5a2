"""Commonsense, household: walk over a shelf from a named thing, then name a colour. Three hops, or two; each needs the one before."""

from __future__ import annotations

from random import Random

from ..canvas import COLOURS
from ..glyphs.things import THINGS
from ..scene import Hop, Place, Scene, conclusion, drawn_in, ground, token_box
from .choose import three

Cell = tuple[int, int]
MOVES: dict[str, Cell] = {"left": (-1, 0), "right": (1, 0), "up": (0, -1), "down": (0, 1)}
RELATIONS = {"left": "Left of", "right": "Right of", "up": "Above", "down": "Below"}


def make(rng: Random) -> Scene:
    cells = [(column, row) for row in range(3) for column in range(3)]
    things = dict(zip(cells, rng.sample(THINGS, 9), strict=True))
    boxes = {cell: token_box(3 * cell[0], 3 * cell[1]) for cell in cells}

    def after(cell: Cell, move: str) -> Cell:
        return cell[0] + MOVES[move][0], cell[1] + MOVES[move][1]

    move_count = 2 if rng.random() < 0.65 else 1
    start = rng.choice(cells)
    route, moves = [start], []
    while len(moves) < move_count:
        move = rng.choice([m for m in MOVES if after(route[-1], m) in things and after(route[-1], m) not in route])
        moves.append(move)
        route.append(after(route[-1], move))
    # Each colour on offer is on two things, the starting thing apart: how often it is seen tells nothing.
    own, *offered = rng.sample(list(COLOURS), 5)
    spread = dict(zip([cell for cell in cells if cell != start], rng.sample(offered * 2, 8), strict=True))
    colours = {start: own} | spread

    def step_hop(cell: Cell, move: str) -> Hop:
        relation, here, there = RELATIONS[move], things[cell], things[after(cell, move)]
        return Hop(
            "household: neighbour",
            f"What is {relation.lower()} the {here}?",
            there,
            f"{relation} the {here} is the {there}.",
            (Place(boxes[cell], here), Place(boxes[after(cell, move)], there)),
        )

    def colour_hop(cell: Cell) -> Hop:
        name, colour = things[cell], colours[cell]
        return Hop("household: colour", f"What colour is the {name}?", colour, f"The {name} is {colour}.", (Place(boxes[cell], name),))

    answer = colours[route[-1]]
    chain = [step_hop(cell, move) for cell, move in zip(route, moves)]
    chain.append(colour_hop(route[-1]))
    if move_count == 1:
        chain.append(conclusion(f"So it is {answer}.", answer))
    return Scene(
        category="places of things",
        drawn=(ground("shelves"), *(drawn_in(things[cell], boxes[cell], colours[cell], inset=4) for cell in cells)),
        question=f"Start at the {things[start]} and go {', then '.join(moves)}. What colour is the thing there?",
        answer=answer,
        distractors=three(rng, [colour for colour in offered if colour != answer]),
        chain=(chain[0], chain[1], chain[2]),
        lookups=(
            *(step_hop(cell, move) for cell in cells for move in MOVES if after(cell, move) in things),
            *(colour_hop(cell) for cell in cells),
        ),
    )
