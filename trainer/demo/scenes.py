"""The scenes of the demo dataset: each draws one picture and asks one question about two or three of its places."""

from __future__ import annotations

import random
from dataclasses import dataclass

from PIL import Image

from canvas import COLOURS, GREY, INK, PALE, Box, Canvas, box_of


@dataclass(frozen=True)
class Question:
    picture: Image.Image
    text: str
    answer: str
    distractors: list[str]  # at least three, none equal to the answer
    rationale: list[str]  # up to three sentences
    evidence: list[list[int]]  # boxes [x, y, width, height]
    category: str


def _others(options: list[str], answer: str) -> list[str]:
    return [option for option in dict.fromkeys(options) if option != answer]


def _numbers(rng: random.Random, answer: int, low: int = 0) -> list[str]:
    near = [answer + d for d in (-4, -3, -2, -1, 1, 2, 3, 4, 5) if answer + d >= low]
    return [str(n) for n in rng.sample(near, 3)]


# Whatever is eaten by anything in the next list, so that only the picture's arrows tell who eats whom.
FOOD_LEVELS = [
    ["grass", "clover", "leaf", "moss"],
    ["snail", "cricket", "beetle", "slug"],
    ["frog", "lizard", "shrew", "toad"],
    ["owl", "fox", "hawk", "badger"],
]


def food_chain(rng: random.Random) -> Question:
    """Two chains of eaters that may cross; two arrows to follow."""
    fills = ["#cfe8d5", "#f3e2b3", "#f1c9b0", "#c9d8ee"]
    canvas = Canvas(288, 200)
    pairs = [rng.sample(level, 2) for level in FOOD_LEVELS]
    crossed = [rng.random() < 0.5 for _ in pairs[1:]]
    boxes: dict[str, Box] = {}
    for i, pair in enumerate(pairs):
        for line, name in enumerate(pair):
            boxes[name] = (8 + i * 73, 44 + line * 98, 53, 38)
    eater: dict[str, str] = {}
    for pair, eaters, cross in zip(pairs, pairs[1:], crossed):
        for line, name in enumerate(pair):
            eater[name] = eaters[1 - line if cross else line]
            (x, y, w, h), (to_x, to_y, _, _) = boxes[name], boxes[eater[name]]
            # Crossing arrows leave and arrive a little nearer to each other's line.
            lean = 10 * ((to_y > y) - (to_y < y))
            canvas.arrow((x + w, y + h / 2 + lean), (to_x - 1, to_y + h / 2 - lean))
    for i, pair in enumerate(pairs):
        for name in pair:
            x, y, w, h = boxes[name]
            canvas.rectangle((x, y, w, h), fills[i], INK, 8)
            canvas.text((x + w / 2, y + h / 2), name, 12)
    canvas.text((144, 18), "an arrow points to the eater", 12, GREY)
    first = rng.choice(rng.choice(pairs[:2]))
    middle, last = eater[first], eater[eater[first]]
    rival = next(name for pair in pairs if last in pair for name in pair if name != last)
    return Question(
        canvas.finish(),
        f"Which of them eats the eater of the {first}?",
        last,
        # The other one of its kind is always on offer: the kind alone does not give the answer away.
        rng.sample([name for name in boxes if name not in (first, last, rival)], 2) + [rival],
        [f"The arrow from the {first} leads to the {middle}.", f"The arrow from the {middle} leads to the {last}."],
        [box_of(boxes[first]), box_of(boxes[middle]), box_of(boxes[last])],
        "food web",
    )


def thermometers(rng: random.Random) -> Question:
    """Four thermometers; read two and subtract."""
    canvas = Canvas(224, 224)
    labels = rng.sample("PQRST", 4)
    values = rng.sample(range(1, 9), 4)
    boxes: dict[str, Box] = {}
    for i, (label, value) in enumerate(zip(labels, values)):
        x = 24 + i * 52
        boxes[label] = (x - 14, 14, 40, 194)
        canvas.rectangle((x, 20, 12, 150), "#ffffff", INK, 6)
        top = 160 - value * 15
        canvas.rectangle((x + 3, top, 6, 172 - top), COLOURS["red"])
        canvas.ellipse((x - 5, 162, 22, 22), COLOURS["red"], INK)
        for tick in range(10):
            y = 160 - tick * 15
            canvas.line([(x + 13, y), (x + 17, y)], INK, 1)
            if tick % 3 == 0:
                canvas.text((x + 25, y), str(tick * 10), 8)
        canvas.text((x + 6, 198), label, 14)
    a, b = rng.sample(range(4), 2)
    if values[a] < values[b]:
        a, b = b, a
    answer = (values[a] - values[b]) * 10
    wrong = [str(n) for n in rng.sample([v for v in range(10, 90, 10) if v != answer], 3)]
    return Question(
        canvas.finish(),
        f"By how many degrees is {labels[a]} warmer than {labels[b]}?",
        f"{answer}",
        wrong,
        [f"{labels[a]} shows {values[a] * 10}.", f"{labels[b]} shows {values[b] * 10}.", f"The difference is {answer}."],
        [box_of(boxes[labels[a]], 0), box_of(boxes[labels[b]], 0)],
        "temperature",
    )


def circuits(rng: random.Random) -> Question:
    """Lamps behind switches; only closed circuits are lit, and the lamps are drawn unlit."""
    canvas = Canvas(224, 224)
    count = rng.randrange(1, 5)
    closed = set(rng.sample(range(4), count))
    labels = sorted(rng.sample("KLMNPRST", 4))
    evidence = []
    canvas.rectangle((10, 20, 22, 190), "#3b3f46", None, 4)
    canvas.text((21, 115), "+", 18, "#ffffff")
    for i in range(4):
        y = 40 + i * 50
        canvas.line([(32, y), (70, y)])
        canvas.line([(110, y), (160, y)])
        canvas.ellipse((67, y - 4, 8, 8), INK)
        canvas.ellipse((106, y - 4, 8, 8), INK)
        end = (110, y) if i in closed else (104, y - 18)
        canvas.line([(71, y), end], COLOURS["blue"], 3)
        canvas.ellipse((160, y - 15, 30, 30), "#fffdf2", INK, 2)
        canvas.line([(165, y - 10), (185, y + 10)], INK, 1.5)
        canvas.line([(185, y - 10), (165, y + 10)], INK, 1.5)
        canvas.text((205, y), labels[i], 13)
        evidence.append(box_of((66, y - 20, 50, 26)))
    if count in (1, 4) or rng.random() < 0.5:
        wrong = [str(n) for n in range(5) if n != count]
        text, answer, distractors = "How many of the lamps are lit?", str(count), wrong
    else:
        text = "Which lamps are lit?"
        answer = " and ".join([", ".join(labels[i] for i in sorted(closed))]).replace(", ", " and ", 1) if count == 2 else ", ".join(labels[i] for i in sorted(closed))
        sets = [s for s in _subsets(4, count) if s != closed]
        distractors = [" and ".join(labels[i] for i in sorted(s)) if count == 2 else ", ".join(labels[i] for i in sorted(s)) for s in sets]
    named = ", ".join(labels[i] for i in sorted(closed))
    return Question(
        canvas.finish(),
        text,
        answer,
        distractors,
        [f"The closed switches are those of {named}.", f"So {count} of the lamps {'is' if count == 1 else 'are'} lit."],
        evidence,
        "circuits",
    )


def _subsets(size: int, count: int) -> list[set[int]]:
    return [
        members
        for mask in range(1 << size)
        if len(members := {i for i in range(size) if mask >> i & 1}) == count
    ]


def _cup(canvas: Canvas, x: float, y: float, colour: str) -> Box:
    canvas.ellipse((x + 17, y + 5, 14, 14), None, COLOURS[colour], 3)
    canvas.rectangle((x, y, 24, 24), COLOURS[colour], INK, 4)
    return (x, y, 32, 24)


def shelves(rng: random.Random) -> Question:
    """Cups on shelves beside a lamp, a plant and a clock."""
    canvas = Canvas(224, 240)
    colours = rng.sample(list(COLOURS), 6)
    things = rng.sample(["lamp", "plant", "ball"], 3)
    boxes: list[Box] = []
    thing_boxes: dict[str, Box] = {}
    for shelf in range(3):
        y = 70 + shelf * 72
        canvas.rectangle((8, y, 208, 7), "#a9825a")
        x = rng.choice([20, 92, 164])
        _thing(canvas, things[shelf], x, y)
        thing_boxes[things[shelf]] = (x, y - 44, 40, 44)
        free = [place for place in (20, 92, 164) if place != x]
        for cup, place in enumerate(free):
            boxes.append(_cup(canvas, place + 4, y - 25, colours[shelf * 2 + cup]))
    shelf = rng.randrange(3)
    side = rng.randrange(2)
    thing = things[shelf]
    places = sorted(range(2), key=lambda i: boxes[shelf * 2 + i][0])
    chosen = shelf * 2 + places[side]
    other = shelf * 2 + places[1 - side]
    answer = colours[chosen]
    return Question(
        canvas.finish(),
        f"Of the two cups on the shelf with the {thing}, what colour is the one further to the {'left' if side == 0 else 'right'}?",
        answer,
        _others(colours, answer),
        [f"The {thing} is on shelf {shelf + 1} from the top.", f"Its cups are {colours[chosen]} and {colours[other]}.", f"Further to the {'left' if side == 0 else 'right'} is the {answer} one."],
        [box_of(thing_boxes[thing]), box_of(boxes[chosen]), box_of(boxes[other])],
        "places of things",
    )


def _thing(canvas: Canvas, name: str, x: float, y: float) -> None:
    if name == "lamp":
        canvas.line([(x + 20, y), (x + 20, y - 22)], INK, 3)
        canvas.polygon([(x + 8, y - 20), (x + 32, y - 20), (x + 26, y - 42), (x + 14, y - 42)], "#f6d77a", INK)
    elif name == "plant":
        canvas.polygon([(x + 10, y), (x + 30, y), (x + 33, y - 16), (x + 7, y - 16)], "#b5651d", INK)
        for dx in (8, 20, 32):
            canvas.ellipse((x + dx - 7, y - 42, 14, 26), COLOURS["green"], INK)
    else:
        canvas.ellipse((x + 4, y - 34, 33, 33), "#ffffff", INK, 2)
        canvas.line([(x + 4, y - 18), (x + 37, y - 18)], INK, 2)
        canvas.line([(x + 20, y - 34), (x + 20, y - 1)], INK, 2)


def timetable(rng: random.Random) -> Question:
    """A clock and a list of departures."""
    import math

    canvas = Canvas(280, 200)
    hour = rng.randrange(7, 11)
    minute = rng.choice([10, 20, 40, 50])
    canvas.ellipse((14, 40, 110, 110), "#ffffff", INK, 3)
    cx, cy = 69, 95
    for n in range(1, 13):
        angle = math.radians(n * 30)
        canvas.text((cx + 43 * math.sin(angle), cy - 43 * math.cos(angle)), str(n), 10)
    for turn, length, width in (((hour % 12 + minute / 60) / 12, 24, 4), (minute / 60, 36, 2.5)):
        angle = 2 * math.pi * turn
        canvas.line([(cx, cy), (cx + length * math.sin(angle), cy - length * math.cos(angle))], INK, width)
    canvas.ellipse((cx - 3, cy - 3, 6, 6), INK)
    places = rng.sample(["Lake", "Tower", "Market", "Beach", "Museum"], 4)
    now = hour * 60 + minute
    times = sorted(now + d for d in rng.sample([-25, -15, -5, 5, 15, 25, 35], 4))
    if times[-1] < now:
        times[-1] = now + 15
    if times[0] > now:
        times[0] = now - 15
    canvas.rectangle((142, 26, 128, 148), "#26323f", None, 6)
    canvas.text((206, 42), "DEPARTURES", 11, "#f6d77a")
    rows: list[Box] = []
    for i, (place, time) in enumerate(zip(places, times)):
        y = 66 + i * 28
        canvas.text((178, y), f"{time // 60}:{time % 60:02d}", 13, "#ffffff")
        canvas.text((234, y), place, 13, "#ffffff")
        rows.append((150, y - 11, 112, 22))
    index = next(i for i, time in enumerate(times) if time > now)
    return Question(
        canvas.finish(),
        "Going by the clock, where does the next bus go?",
        places[index],
        _others(places, places[index]),
        [f"The clock shows {hour}:{minute:02d}.", f"The next time on the board is {times[index] // 60}:{times[index] % 60:02d}.", f"That bus goes to the {places[index]}."],
        [box_of((14, 40, 110, 110), 0), box_of(rows[index])],
        "clock and timetable",
    )


def seats(rng: random.Random) -> Question:
    """Five people in a row, with shirts and what they hold."""
    canvas = Canvas(320, 180)
    names = rng.sample(["Ada", "Ben", "Cleo", "Dan", "Eva", "Finn"], 5)
    shirts = rng.sample(list(COLOURS), 5)
    boxes: list[Box] = []
    for i, (name, shirt) in enumerate(zip(names, shirts)):
        x = 12 + i * 61
        boxes.append((x, 36, 50, 122))
        canvas.rectangle((x + 3, 84, 44, 50), COLOURS[shirt], INK, 12)
        canvas.ellipse((x + 9, 42, 32, 36), rng.choice(["#f1d1b5", "#d9a77c", "#8d5a3b"]), INK)
        canvas.ellipse((x + 17, 56, 4, 5), INK)
        canvas.ellipse((x + 29, 56, 4, 5), INK)
        canvas.line([(x + 19, 69), (x + 25, 72), (x + 31, 69)], INK, 1.5)
        canvas.text((x + 25, 148), name, 13)
    canvas.rectangle((4, 128, 312, 8), "#a9825a")
    middle = rng.randrange(1, 4)
    if rng.random() < 0.5:
        text = f"Who sits between {names[middle - 1]} and {names[middle + 1]}?"
        answer, options, category = names[middle], names, "who sits where"
        rationale = [f"{names[middle - 1]} sits left of one person and {names[middle + 1]} right of the same.", f"That person is {answer}."]
        evidence = [boxes[middle - 1], boxes[middle], boxes[middle + 1]]
    else:
        side = rng.choice([-1, 1])
        text = f"What colour is the shirt of the person shown directly to the {'left' if side < 0 else 'right'} of {names[middle]}?"
        answer, options, category = shirts[middle + side], shirts, "shirts"
        rationale = [f"Directly to the {'left' if side < 0 else 'right'} of {names[middle]} is {names[middle + side]}.", f"The shirt there is {answer}."]
        evidence = [boxes[middle], boxes[middle + side]]
    return Question(canvas.finish(), text, answer, _others(options, answer), rationale, [box_of(b, 0) for b in evidence], category)


def tiles(rng: random.Random) -> Question:
    """A grid of coloured tiles with digits; add those of one colour."""
    canvas = Canvas(224, 224)
    colour = rng.choice(["red", "blue", "green", "yellow"])
    rest = [c for c in ("red", "blue", "green", "yellow") if c != colour]
    chosen = set(rng.sample(range(16), rng.choice([2, 3])))
    digits = [rng.randrange(1, 10) for _ in range(16)]
    evidence = []
    for i in range(16):
        box = (16 + (i % 4) * 49, 16 + (i // 4) * 49, 44, 44)
        fill = colour if i in chosen else rng.choice(rest)
        canvas.rectangle(box, COLOURS[fill], None, 7)
        canvas.text((box[0] + 22, box[1] + 22), str(digits[i]), 22, INK if fill == "yellow" else "#ffffff")
        if i in chosen:
            evidence.append(box_of(box, 0))
    values = [digits[i] for i in sorted(chosen)]
    answer = sum(values)
    return Question(
        canvas.finish(),
        f"What do the digits on the {colour} tiles add up to?",
        str(answer),
        _numbers(rng, answer, 1),
        [f"The {colour} tiles show {', '.join(map(str, values))}.", f"Their sum is {answer}."],
        evidence,
        "sums",
    )


def _shape(canvas: Canvas, corners: int, box: Box, colour: str) -> None:
    import math

    x, y, w, h = box
    points = [
        (x + w / 2 + w / 2 * math.sin(2 * math.pi * (i + (0.5 if corners == 4 else 0)) / corners), y + h / 2 - h / 2 * math.cos(2 * math.pi * (i + (0.5 if corners == 4 else 0)) / corners))
        for i in range(corners)
    ]
    canvas.polygon(points, COLOURS[colour], INK)


def shapes(rng: random.Random) -> Question:
    """Polygons in colours; count the corners of one colour."""
    canvas = Canvas(252, 196)
    colour = rng.choice(["red", "blue", "green", "pink"])
    rest = [c for c in ("red", "blue", "green", "pink") if c != colour]
    chosen = set(rng.sample(range(12), rng.choice([2, 3])))
    corners = [rng.choice([3, 4, 5, 6]) for _ in range(12)]
    evidence = []
    for i in range(12):
        box = (14 + (i % 4) * 58 + rng.randrange(4), 12 + (i // 4) * 59 + rng.randrange(4), 46, 46)
        _shape(canvas, corners[i], box, colour if i in chosen else rng.choice(rest))
        if i in chosen:
            evidence.append(box_of(box, 0))
    values = [corners[i] for i in sorted(chosen)]
    answer = sum(values)
    return Question(
        canvas.finish(),
        f"How many corners do the {colour} shapes have together?",
        str(answer),
        _numbers(rng, answer, 3),
        [f"The {colour} shapes have {', '.join(map(str, values))} corners.", f"Together that is {answer}."],
        evidence,
        "corners",
    )


def bar_chart(rng: random.Random) -> Question:
    """Five bars with a scale; compare two of them."""
    canvas = Canvas(264, 210)
    days = ["Mon", "Tue", "Wed", "Thu", "Fri"]
    values = rng.sample(range(1, 10), 5)
    boxes: list[Box] = []
    for n in range(0, 11, 2):
        y = 170 - n * 15
        canvas.line([(34, y), (254, y)], PALE if n else INK, 1.5)
        canvas.text((22, y), str(n), 10)
    for i, value in enumerate(values):
        x = 46 + i * 42
        canvas.rectangle((x, 170 - value * 15, 28, value * 15), list(COLOURS.values())[i])
        canvas.text((x + 14, 184), days[i], 11)
        boxes.append((x - 2, 170 - value * 15 - 4, 32, value * 15 + 24))
    a, b = rng.sample(range(5), 2)
    if values[a] < values[b]:
        a, b = b, a
    answer = values[a] - values[b]
    return Question(
        canvas.finish(),
        f"By how much is the bar of {days[a]} higher than that of {days[b]}?",
        str(answer),
        _numbers(rng, answer, 1),
        [f"The bar of {days[a]} reaches {values[a]}.", f"That of {days[b]} reaches {values[b]}.", f"The difference is {answer}."],
        [box_of(boxes[a], 0), box_of(boxes[b], 0)],
        "bar charts",
    )
