"""Teaches a decoder which letter stands for a value among options, from short texts, before it reads about pictures.

    cd trainer && python -m demo.learn_letters --model FOLDER --out FOLDER

The other part that a large model brings along. Each text has four options and states their letters ten times. At first the
letter comes right after its value, and each further lesson adds a longer gap between them, the last one the whole prompt before
the options; a lesson is over when nine of ten letters are right, the last when 99 of 100 are. Trained: the decoder with its word embeddings.
Loss: cross-entropy of the letters alone.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random

import torch
from penumbra_train.backbone.load import load_model
from penumbra_train.latent.decoder_pass import decoder_pass
from penumbra_train.problem import Problem
from torch import nn
from torch.nn import functional

from .lookups import FAMILIES
from .model_folder import write_taught
from .samples import LETTERS

BATCH, LEARNING_RATE, WARMUP = 32, 1e-3, 50
STATED = 10
GAPS = (
    " is",
    ", so",
    ", so it",
    ", so it is",
    ".\nIt is",
    ".\nThe answer is",
    ".\nTherefore, the answer is",
)
LESSONS = len(GAPS) + 2
# A lesson's mean accuracy runs over about 20 batches. What is learnt has to outlast the captions, so the last lesson asks for more.
PASSED, LAST_PASSED, MEMORY = 0.9, 0.99, 0.95


@dataclass(frozen=True, slots=True)
class Form:
    """What stands before the options, how one is written, and what comes after them."""

    head: str
    option: str
    end: str


FORMS = {
    "qwen2_vl": Form(
        "<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n<|im_start|>user\n",
        "{letter}.{{{choice}}}\n",
        "Answer:<|im_end|>\n<|im_start|>assistant\n",
    ),
    "chameleon": Form("<s>", "({letter}).{{{choice}}}\n", "Answer:<reserved08706>"),
}


def text(rng: Random, lesson: int, form: Form = FORMS["qwen2_vl"]) -> tuple[str, str]:
    """Options, and statements of their letters."""
    choices = rng.sample(rng.choice(FAMILIES), len(LETTERS))
    options = "".join(form.option.format(letter=letter, choice=choice) for letter, choice in zip(LETTERS, choices, strict=True))
    said = []
    for _ in range(STATED):
        place = rng.randrange(len(LETTERS))
        gap = rng.choice(GAPS[:lesson]) if lesson > 0 and rng.random() < 0.8 else ""
        value = choices[place]
        start = rng.choice((value.capitalize(), f"The {value}")) if lesson > 0 else value
        said.append(f"{start}{gap} {LETTERS[place]}.\n")
    head = form.head if lesson == LESSONS - 1 else ""
    return f"{head}[Options]:\n{options}{form.end}", "".join(said)


def batch(
    rng: Random, lesson: int, ids_of: Callable[[str], list[int]], form: Form = FORMS["qwen2_vl"]
) -> tuple[torch.Tensor, torch.Tensor]:
    """Ids [B, S], zeros on the right, and the letters to predict at each place [B, S], -100 for none."""
    letters = {ids_of(f" {letter}")[-1] for letter in LETTERS}
    rows, wanted = [], []
    for _ in range(BATCH):
        prompt, said = (ids_of(part) for part in text(rng, lesson, form))
        rows.append(torch.tensor([*prompt, *said]))
        nexts = [-100] * (len(prompt) - 1) + [token if token in letters else -100 for token in said] + [-100]
        wanted.append(torch.tensor(nexts))
    return nn.utils.rnn.pad_sequence(rows, batch_first=True), nn.utils.rnn.pad_sequence(wanted, batch_first=True, padding_value=-100)


def train(model_folder: Path, out: Path, *, longest: int, seed: int) -> None:
    """Ends when the last lesson is passed; `longest` are the steps after which it is given up."""
    torch.manual_seed(seed)
    rng = Random(seed)
    loaded = load_model(model_folder, torch.float32)
    model = loaded.model

    def ids_of(part: str) -> list[int]:
        return list(loaded.tokenizer(part, add_special_tokens=False)["input_ids"])

    backbone, form = loaded.backbone, FORMS[model.config.model_type]
    tower = set(backbone.image_encoder.parameters())
    trained = [parameter for parameter in model.parameters() if parameter not in tower]
    optimiser = torch.optim.AdamW(trained, lr=LEARNING_RATE, betas=(0.9, 0.98), weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: min((step + 1) / WARMUP, 1.0))
    lesson, accuracy, started = 0, 1 / len(LETTERS), time.monotonic()
    for step in range(longest):
        ids, wanted = batch(rng, lesson, ids_of, form)
        asked = wanted != -100
        places = torch.arange(ids.shape[1]).expand(len(ids), -1)
        # Zeros on the right are seen by none of the places before them.
        said = decoder_pass(backbone, backbone.embed_tokens(ids), torch.ones_like(ids, dtype=torch.bool), places, rows=places)
        scores = backbone.logits(said.hidden[asked])
        loss = functional.cross_entropy(scores, wanted[asked])
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(trained, 1.0)
        optimiser.step()
        schedule.step()
        right = (scores.argmax(-1) == wanted[asked]).float().mean().item()
        accuracy = MEMORY * accuracy + (1 - MEMORY) * right
        passed = accuracy > (LAST_PASSED if lesson == LESSONS - 1 else PASSED)
        if passed or step % 50 == 0:
            seconds = time.monotonic() - started
            print(f"step {step}: lesson {lesson + 1} of {LESSONS}, loss {loss.item():.3f}, letters {accuracy:.3f}, {seconds:.0f} s", flush=True)
        if passed:
            lesson, accuracy = lesson + 1, 1 / len(LETTERS)
        if lesson == LESSONS:
            break
    else:
        raise Problem(f"Lesson {lesson + 1} of {LESSONS} was not learnt in {longest} steps: {accuracy:.0%} of the letters are right.")
    write_taught(model, model_folder, out)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=3000, help="give up after so many")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    train(options.model, options.out, longest=options.steps, seed=options.seed)


if __name__ == "__main__":
    main()
