"""Generated text that the small byte-level BPE tokenizers of the test and demo checkpoints learn from.

All sentences are written for this project; a seeded generator only combines them. Many scripts are
included so that merges across UTF-8 byte boundaries occur and multi-byte characters stay split in places,
as they do with the real vocabulary.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

MANY_SCRIPTS = [
    "The quick answer is not always the right answer, so look at the picture again.",
    "Which of these animals lives in the water? It's the one that doesn't have legs.",
    "A magnet pulls iron; wood isn't attracted. We'll measure 3 times: 12, 15 and 27 grams.",
    "El niño cruzó la calle y compró un pingüino de peluche; ¿cuánto costó? ¡Demasiado!",
    "Où est la bibliothèque ? L'été dernier, elle était à côté de l'hôtel.",
    "Die Vögel fliegen über die Straße. Größe und Gewicht zählen nicht.",
    "Ένα μικρό σπίτι κοντά στη θάλασσα έχει δύο παράθυρα.",
    "Какое из этих животных живёт в воде? Ответ: рыба и кит.",
    "图中哪一种动物生活在水里？答案是鱼。请看图片，然后回答问题。",
    "この絵の中で一番大きい動物はどれですか。答えはゾウです。",
    "그림에서 가장 큰 동물은 무엇입니까? 정답은 코끼리입니다.",
    "أي من هذه الحيوانات يعيش في الماء؟ الجواب هو السمك.",
    "איזו חיה חיה במים? התשובה היא דג.",
    "इनमें से कौन सा जानवर पानी में रहता है? उत्तर मछली है।",
    "สัตว์ตัวไหนอาศัยอยู่ในน้ำ คำตอบคือปลา",
    "def area(w, h):\n    return w * h  # units: cm²\n",
    "x = 3.14159; y = {'a': [1, 2, 3], \"b\": null}\t\t// tabs\r\n",
    "🙂 👍🏽 👩‍🔬 → ≤ ½ °C €5 naïve café",
]

NOUNS = "fish bird magnet river leaf planet rock cell bridge map chart bottle wheel lamp shadow tree cat ship".split()
COLOURS = "red blue green yellow white black orange".split()
PLACES = "on the left,on the right,in the middle,at the top,at the bottom,behind the house,near the water".split(",")
PROPERTIES = "heavier,warmer,longer,brighter,closer to the camera,made of metal,alive,older".split(",")
SUBJECTS = "physics,biology,geography,chemistry,history,economics".split(",")
TEMPLATES = [
    "[Question]:{{{question}}}\n[Options]:\nA.{{{a}}}\nB.{{{b}}}\nC.{{{c}}}\nD.{{{d}}}\nAnswer:",
    "[Context]:{{{context}}}\n[Question]:{{{question}}}\n[Options]:\nA.{{{a}}}\nB.{{{b}}}\nAnswer:",
    "[Question]:{{{question}}}\n[Options]:\n(A).{{{a}}}\n(B).{{{b}}}\n(C).{{{c}}}\nAnswer:\n",
]


def many_scripts_text(seed: int, lines: int) -> Iterator[str]:
    """Yields `lines` lines that mix the scripts above with prompt-like text."""
    rng = random.Random(seed)
    questions = picture_question_text(seed + 1, lines)
    for index in range(lines):
        if index % 4 == 3:
            yield next(questions)
        else:
            yield " ".join(rng.sample(MANY_SCRIPTS, rng.randint(1, 3)))


def picture_question_text(seed: int, lines: int) -> Iterator[str]:
    """Yields `lines` multiple-choice questions about pictures, in the prompt formats, with answers."""
    rng = random.Random(seed)
    for _ in range(lines):
        noun, other = rng.sample(NOUNS, 2)
        colour = rng.choice(COLOURS)
        question = rng.choice(
            [
                f"Which {noun} in the picture is {rng.choice(PROPERTIES)}?",
                f"What is the {colour} {noun} {rng.choice(PLACES)}?",
                f"How many {colour} {noun}s can you see {rng.choice(PLACES)} of the {other}?",
                f"Why is the {noun} {rng.choice(PROPERTIES)} than the {other}?",
                f"Based on the image, which {rng.choice(SUBJECTS)} statement about the {noun} is true?",
            ]
        )
        options = [
            rng.choice(
                [
                    f"the {rng.choice(COLOURS)} {rng.choice(NOUNS)}",
                    f"The {rng.choice(NOUNS)} is {rng.choice(PROPERTIES)}.",
                    f"{rng.randint(1, 40)} {rng.choice(NOUNS)}s",
                    f"{rng.choice(PLACES)}",
                ]
            )
            for _ in range(4)
        ]
        context = f"The image shows a {colour} {noun} {rng.choice(PLACES)}."
        prompt = rng.choice(TEMPLATES).format(
            question=question, context=context, a=options[0], b=options[1], c=options[2], d=options[3]
        )
        yield f"{prompt} Therefore, the answer is {rng.choice('ABCD')}"
