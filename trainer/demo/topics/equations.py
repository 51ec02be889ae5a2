"""Mathematics, symbols: a line of two shapes, and cards that say which number each shape is. Each look-up goes from the line to a card."""

from __future__ import annotations

from random import Random

from ..glyphs.shapes import SHAPES
from ..numbers import in_words
from ..scene import BOARD, Hop, Place, Scene, Step, drawn_at, drawn_in, ground, scattered, token_box
from .choose import all_in_words, difference_hop, number_options, reckoning, sum_hop

DIGITS = range(1, 10)
# Each shape has one colour, on the line as on its card.
SHADES = dict(zip(SHAPES, ("red", "blue", "green", "orange", "pink", "purple", "black", "blue"), strict=True))


def make(rng: Random) -> Scene:
    shapes = rng.sample(SHAPES, 6)
    right, wrong = number_options(rng, 2, 8, 6)
    # From any first digit that is not on offer every number on offer can be reached, up or down.
    first_digit = rng.choice([digit for digit in DIGITS if digit != right and digit not in wrong])
    adding = first_digit < right
    pair = (first_digit, abs(right - first_digit))
    digits = [*pair, *(rng.choice(DIGITS) for _ in range(4))]
    slots = (token_box(1, 0), token_box(3, 0))
    cards = dict(zip(shapes, scattered(rng, len(shapes), range(1, BOARD)), strict=True))
    drawn = [ground("blackboard")]
    for slot, shape in zip(slots, shapes):
        drawn += [drawn_in("panel", slot, inset=3), drawn_in(shape, slot, SHADES[shape], inset=9)]
    drawn += [
        drawn_in("plus" if adding else "minus", token_box(2, 0), inset=8),
        drawn_in("equals", token_box(4, 0), inset=8),
        drawn_in("unknown", token_box(5, 0), inset=4),
    ]
    for shape, digit in zip(shapes, digits, strict=True):
        drawn += [
            drawn_in("panel", cards[shape], inset=1),
            drawn_at(shape, cards[shape], (4, 4), (26, 26), SHADES[shape]),
            drawn_at("digit", cards[shape], (27, 26), (28, 28), "", str(digit)),
        ]

    def card_hop(index: int) -> Hop:
        shape, digit = shapes[index], digits[index]
        return Hop(
            "symbols: card",
            f"Which number is the {shape}?",
            in_words(digit),
            f"The {shape} is {in_words(digit)}.",
            (Place(cards[shape], f"card of the {shape}"),),
        )

    def line_hop(index: int) -> Hop:
        name, shape = ("first", "second")[index], shapes[index]
        return Hop(
            "symbols: line",
            f"Which shape is {name}?",
            shape,
            f"The {name} shape is the {shape}.",
            (Place(slots[index], f"{name} shape"),),
        )

    def step(index: int) -> Step:
        line, card = line_hop(index), card_hop(index)
        return Step(f"look at the {('first', 'second')[index]} shape, the {line.answer}", card.answer, line.places + card.places)

    last = sum_hop(*pair) if adding else difference_hop(*pair)
    word = "plus" if adding else "minus"
    sign = Hop("symbols: sign", "Which sign is between the shapes?", word, f"The sign is {word}.", (Place(token_box(2, 0), "sign"),))
    return Scene(
        category="sums with shapes",
        drawn=tuple(drawn),
        question="Each shape is a number. Which number belongs at the question mark?",
        answer=in_words(right),
        distractors=all_in_words(wrong),
        chain=(step(0), step(1), Step(reckoning(pair[0], word, pair[1]), last.answer, sign.places)),
        lookups=(line_hop(0), line_hop(1), sign, *(card_hop(index) for index in range(6)), last),
    )
