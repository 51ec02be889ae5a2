"""Writes test/golden/methods/icot.json: ICoT by icot.py on the small random checkpoints.

    python trainer/golden/make_icot.py
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import Any

import torch

from conversations import GREEDY, converse
from icot import POSITION_RULES, newline_token_ids, run_icot
from make_conversations import OUT
from make_golden import GOLDEN, QUESTIONS, compact, manifest, write_lines
from reference import Checkpoint, load_checkpoint, read_rgb

MAX_TOKENS = 24
MIN_GAPS = {"minLogitGap": 1e-3, "minSelectionGap": 1e-5}


# Added to the line break's logit, so that lines end now and then; one after the other is tried.
BIASES = (3.0, 4.0, 5.0, 2.0, 6.0)


@dataclass(frozen=True)
class Case:
    """A case before its question is settled."""

    id: str
    images: tuple[str, ...]
    insertions: int
    biases: tuple[float, ...] = BIASES
    # Patches are inserted after some of the tokens that the model says freely, not after those with a line break.
    by_other_tokens: bool = False


# large.jpg has 54 slots, so 16 are a choice; the others have fewer than 16, which are all taken.
CASES = [
    Case("ends-a-line-by-itself", ("large.jpg",), 1, (0.0,)),
    Case("one-line", ("large.jpg",), 1),
    Case("two-lines", ("large.jpg",), 2),
    Case("nothing-but-lines", ("large.jpg",), 3, (100.0,)),
    Case("fewer-slots-than-patches", ("scene.png",), 2),
    Case("last-of-two-images", ("scene.png", "large.jpg"), 2),
    Case("other-tokens", ("large.jpg",), 3, (0.0,), by_other_tokens=True),
    Case("no-line", ("tall.png",), 0, (0.0,)),
]


def words_of(question: str, choices: tuple[str, ...]) -> str:
    options = "".join(f"({chr(65 + index)}) {choice}\n" for index, choice in enumerate(choices))
    return f"Question: {question}\nOptions:\n{options}Let's think step by step.\n"


def settle(checkpoint: Checkpoint, case: Case, rule: str) -> dict[str, Any]:
    """Tries questions, their choices in every rotation, and biases until one shows clearly what the case is for."""
    newlines = newline_token_ids(checkpoint)
    break_id = checkpoint.tokenizer.convert_tokens_to_ids("Ċ")
    images = [read_rgb(GOLDEN / "images" / name) for name in case.images]
    asked = [
        (question, (*choices[turn:], *choices[:turn])[:count])
        for turn, count in product(range(6), range(6, 1, -1))
        for question, choices, _ in QUESTIONS
        if turn < len(choices) and count <= len(choices)
    ]
    for (question, choices), bias in product(asked, case.biases):
        text = words_of(question, choices)
        triggers = newlines
        if bias == 0:
            # Up to the first insertion, generation is ordinary: a quick look whether there will be one.
            free = converse(checkpoint, [(images, text)], MAX_TOKENS, GREEDY, 0, "")[0]["outputTokenIds"]
            if case.by_other_tokens:
                triggers = sorted({*free[2::5]} - {*newlines})
            if bool({*free[:-1]} & {*triggers}) != bool(case.insertions):
                continue
        run = run_icot(checkpoint, images, text, triggers, MAX_TOKENS, rule, {break_id: bias} if bias else None)
        if len(run["insertions"]) != case.insertions:
            continue
        if all(run[name] is None or run[name] > gap for name, gap in MIN_GAPS.items()):
            return {"question": question, "choices": choices, "images": list(case.images), "maxTokens": MAX_TOKENS, **run}
    raise ValueError(f"{case.id}: no attempt shows it clearly")


def main() -> None:
    torch.set_num_threads(1)  # the summation order depends on the thread count
    torch.set_grad_enabled(False)
    cases = []
    newlines = {}
    for name in ("tiny-tied", "tiny-untied"):
        checkpoint = load_checkpoint(GOLDEN / name)
        newlines[name] = newline_token_ids(checkpoint)
        for rule in POSITION_RULES:
            for case in CASES:
                run = settle(checkpoint, case, rule)
                cases.append(compact({"checkpoint": name, "id": f"{case.id}-{rule}", **run}))
                print(name, rule, case.id, [(i["tokenIndex"], len(i["slots"]), len(i["scores"])) for i in run["insertions"]], len(run["outputTokenIds"]), flush=True)
    header = {
        **{key: value for key, value in manifest(0, "").items() if key in ("versions", "dtype", "device", "attention")},
        "script": "trainer/golden/make_icot.py",
        "reference": "trainer/golden/icot.py",
        "minGapsAtLeast": MIN_GAPS,
        "tolerances": {"scores": 1e-5},
        "newlineTokenIds": newlines,
    }
    write_lines(OUT / "icot.json", {"manifest": [header], "cases": cases})


if __name__ == "__main__":
    main()
