"""Teaches a vision tower the names of what single image tokens show, before the decoder sees any picture.

    cd trainer && python -m demo.name_tokens --model FOLDER --pictures DIR --out FOLDER [--steps 600]

The part that a large model's tower brings along from its own pretraining. Labels come from the look-ups of train pictures
(`make_demo_dataset --captions full` writes those): for the token of each look-up's place, the words of its question and of its
answer. Two readings of a token's embedding are scored against the decoder's word embeddings: as it is, all those words; through
a matrix that is thrown away afterwards, the answers alone. Tower and word embeddings are trained, nothing else; where image tokens are
words themselves (Chameleon), the embeddings alone.
Loss: binary cross-entropy over the words, per token that shows something.
"""

from __future__ import annotations

import argparse
import re
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import torch
from penumbra_train.backbone.load import load_model
from penumbra_train.data.images import Fit, open_pixel_cache
from penumbra_train.data.sample import ImageFile, ImageReference
from penumbra_train.problem import Problem
from torch import Tensor, nn
from torch.nn import functional

from .model_folder import write_taught
from .samples import LETTERS, SEED, Sample, Split
from .scene import BOARD, SEEN, slot_of

_PLAIN = frozenset("what which is the of on at in does do where who whom a to it".split())
BATCH, LEARNING_RATE, WARMUP = 64, 2e-3, 50
Labels = list[tuple[int, str, bool]]  # token, word, whether it is an answer


def labels_of(sample: Sample) -> Labels:
    """The words for each image token of the sample's picture."""
    found: dict[tuple[int, str, bool], None] = {}
    for hop in sample.scene.lookups:
        for place in hop.places:
            token = slot_of(place.box)
            for word in re.findall(r"\w+", hop.question):
                if word.lower() not in _PLAIN:
                    found[token, word, False] = None
            found[token, hop.answer, True] = None
    return list(found)


class Naming(nn.Module):
    """Scores of words for image tokens. `weight` [V, D] are the decoder's word embeddings."""

    def __init__(self, size: int, word_count: int) -> None:
        super().__init__()
        self.answers = nn.Linear(size, size, bias=False)
        self.scale = nn.Parameter(torch.tensor(4.0))
        self.bias = nn.Parameter(torch.full((2, word_count), -4.0))

    def forward(self, embeds: Tensor, words: Tensor) -> Tensor:
        """[..., D] and [W, D] to [..., 2, W]: all words, answers."""
        both = torch.stack((embeds, self.answers(embeds)), dim=-2)
        return self.scale * (both @ words.T) + self.bias


def train(model_folder: Path, pictures: Path, out: Path, *, count: int, steps: int, seed: int, side: int = SEEN) -> None:
    with TemporaryDirectory() as pixel_folder:
        _train(model_folder, pictures, out, Path(pixel_folder), count=count, steps=steps, seed=seed, side=side)


def _pixels(samples: list[Sample], pictures: Path, folder: Path, side: int, fit: Fit) -> np.ndarray:
    """[count, 3, side, side] uint8, mapped from a file in `folder`."""
    files: list[ImageReference] = [ImageFile(pictures / "data" / "images" / f"{sample.sample_id}.png") for sample in samples]
    cache = open_pixel_cache(files, side, side, folder, build=True, fit=fit)
    for why in cache.unreadable.values():
        raise Problem(why)
    return cache.pixels


def _train(model_folder: Path, pictures: Path, out: Path, pixel_folder: Path, *, count: int, steps: int, seed: int, side: int) -> None:
    torch.manual_seed(0)
    loaded = load_model(model_folder, torch.float32)
    backbone = loaded.backbone
    samples = list(Split("train", count, seed))
    labels = [labels_of(sample) for sample in samples]
    words = sorted({word for found in labels for _, word, _ in found})
    # A word in a sentence: its token with the space before it.
    word_ids = torch.tensor([loaded.tokenizer(f" {word}", add_special_tokens=False)["input_ids"][-1] for word in words])
    place = {word: index for index, word in enumerate(words)}
    pixels = _pixels(samples, pictures, pixel_folder, side, loaded.fit)
    embedding = loaded.model.get_input_embeddings()
    naming = Naming(embedding.weight.shape[1], len(words))
    tower = [] if loaded.fit == "crop" else list(backbone.image_encoder.parameters())
    trained = [*tower, embedding.weight, *naming.parameters()]
    optimiser = torch.optim.AdamW(trained, lr=LEARNING_RATE, betas=(0.9, 0.98), weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: min((step + 1) / WARMUP, 1 - step / steps))
    started, order = time.monotonic(), torch.randperm(count).tolist()
    for step in range(steps):
        chosen = [order[(step * BATCH + i) % count] for i in range(BATCH)]
        wanted = torch.zeros(BATCH, BOARD * BOARD, 2, len(words))
        for row, index in enumerate(chosen):
            for token, word, is_answer in labels[index]:
                wanted[row, token, 0, place[word]] = 1
                if is_answer:
                    wanted[row, token, 1, place[word]] = 1
        embeds = backbone.encode_images(torch.from_numpy(np.array(pixels[chosen])))
        if not embeds.is_floating_point():
            embeds = backbone.embed_tokens(embeds)
        scores = naming(embeds, embedding.weight[word_ids])
        shown = wanted.any(dim=(2, 3))
        loss = functional.binary_cross_entropy_with_logits(scores, wanted, reduction="sum") / shown.sum()
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(trained, 1.0)
        optimiser.step()
        schedule.step()
        if step % 20 == 0 or step == steps - 1:
            exact = ((scores > 0) == (wanted > 0)).all(dim=-1)[shown].float().mean(dim=0)
            seconds = time.monotonic() - started
            print(
                f"step {step}: loss {loss.item():.3f}, tokens named exactly {exact[0]:.3f}, "
                f"answers {exact[1]:.3f}, {seconds:.0f} s",
                flush=True,
            )
    _make_forms_equal(loaded.tokenizer, embedding.weight, words)
    write_taught(loaded.model, model_folder, out)


@torch.no_grad()
def _make_forms_equal(tokenizer: Any, weight: Tensor, words: list[str]) -> None:
    """A word without a space before it, as options have it, or at the start of a sentence begins as the word within one, but for a little noise."""
    for word in (*words, *LETTERS):
        spaced, *others = (tokenizer(text, add_special_tokens=False)["input_ids"] for text in (f" {word}", word, word.capitalize()))
        for other in others:
            if len(other) == len(spaced) == 1:
                weight[other[0]] = weight[spaced[0]] + 0.005 * torch.randn_like(weight[spaced[0]])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--pictures", type=Path, required=True, help="a dataset folder with the pictures of the train samples")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--count", type=int, default=5000, help="pictures")
    parser.add_argument("--steps", type=int, default=600)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--side", type=int, default=SEEN, help="pixels at which the model sees a picture")
    options = parser.parse_args()
    train(options.model, options.pictures, options.out, count=options.count, steps=options.steps, seed=options.seed, side=options.side)


if __name__ == "__main__":
    main()
