"""Which look-ups a model has learnt: accuracy of the word that answers one, by kind, in captions of validation pictures.

    cd trainer && python -m demo.readings --model FOLDER [--weights trained.safetensors] [--look-ups 1]

Teacher-forced: the words before the answer are given. `--weights`: a checkpoint of a training that began with the model.
"""

from __future__ import annotations

import argparse
from collections import Counter
from dataclasses import replace
from pathlib import Path
from random import Random

import numpy as np
import torch
from penumbra_train.backbone.interface import Grid
from penumbra_train.backbone.load import load_model
from penumbra_train.data.images import resized
from penumbra_train.data.sample import Sample as Row
from penumbra_train.encoding import EncodedSample, Encoder, collate
from penumbra_train.latent.decoder_pass import decoder_pass
from penumbra_train.latent.settings import LatentSettings
from penumbra_train.latent.steps import positions_of, start
from penumbra_train.stages import stage_view
from penumbra_train.training.latent_model import LatentModel
from PIL import Image
from safetensors.torch import load_file

from .lookups import LONGEST, Caption, caption, sparse
from .samples import Sample, Split
from .scene import BOARD, SEEN

LETTER = "the letter"


@torch.no_grad()
def readings(model: LatentModel, encoder: Encoder, samples: list[Sample], right: Counter[str], count: Counter[str]) -> None:
    """Adds to the counters, by kind of look-up and for the answer's letter."""
    captions = [(sample, caption(sample.scene, Random(sample.sample_id), ordered=False)) for sample in samples]
    asked = [(sample, found) for sample, found in captions if found is not None]
    rows = [_encoded(encoder, sample, found, index) for index, (sample, found) in enumerate(asked)]
    pixels = torch.stack([torch.from_numpy(_seen(sample)) for sample, _ in asked])
    grid = Grid(BOARD, BOARD)
    batch = collate(rows, [stage_view(0, len(row.step_ids), 1) for row in rows], lambda wanted: pixels[wanted], grid, mrope=False)
    state = start(model.backbone, batch, model.settings)
    fed = batch.target_ids[:, :-1]
    valid = torch.arange(fed.shape[1]) < (batch.target_lengths - 1)[:, None]
    hidden = decoder_pass(
        model.backbone,
        model.backbone.embed_tokens(fed),
        torch.cat((state.valid, valid), dim=1),
        positions_of(state, valid),
        past=state.cache,
        rows=torch.arange(fed.shape[1]).expand(len(fed), -1),
    ).hidden
    predicted = model.backbone.logits(torch.cat((state.query_hidden[:, None], hidden), dim=1)).argmax(dim=-1)
    correct = predicted == batch.target_ids  # [B, R]
    for index, (row, (_, found)) in enumerate(zip(rows, asked, strict=True)):
        first = 0
        for hop, ids in zip(found.hops, row.step_ids, strict=False):
            words = [encoder.decode([token]).strip() for token in ids]
            place = max(i for i, word in enumerate(words) if word.lower() == hop.answer)
            right[hop.kind] += int(correct[index, first + place])
            count[hop.kind] += 1
            first += len(ids)
        # In the sentence that names it: the answer after that only repeats it. Before it come the value and "is".
        right[LETTER] += int(correct[index, first + 2])
        count[LETTER] += 1


def _seen(sample: Sample) -> np.ndarray:
    """[3, 168, 168] uint8, as training reduces the picture."""
    return resized(Image.fromarray(sample.picture()), SEEN, SEEN).copy()


def _encoded(encoder: Encoder, sample: Sample, found: Caption, index: int) -> EncodedSample:
    choice = found.choice
    row = Row(
        sample.sample_id, sample.split, choice.question, choice.options, choice.answer, "", found.rationale, "", sample.topic.name, None
    )
    return encoder.encode(row, index, LONGEST + 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--weights", type=Path)
    parser.add_argument("--look-ups", dest="look_ups", type=int, default=0, help="draw only what so many need; 0: whole pictures")
    parser.add_argument("--count", type=int, default=252, help="pictures")
    options = parser.parse_args()
    loaded = load_model(options.model, torch.float32)
    weights = {} if options.weights is None else load_file(options.weights)
    sees = any(".visual." in name for name in weights)
    model = LatentModel(loaded.backbone, LatentSettings(patches_per_step=0), lora=None, train_vision=sees)
    if weights:
        model.load_trained(weights)
    encoder = Encoder(loaded.prompts, "released-inference", "letter", BOARD**2)
    samples = list(Split("validation", options.count))
    if options.look_ups:
        samples = [replace(one, scene=sparse(one.scene, Random(one.sample_id), options.look_ups)) for one in samples]
    right: Counter[str] = Counter()
    count: Counter[str] = Counter()
    for first in range(0, len(samples), 36):
        readings(model, encoder, samples[first : first + 36], right, count)
    read = count.total() - count[LETTER]
    print(f"{'all readings':24} {(right.total() - right[LETTER]) / read:.3f} of {read}")
    for kind in sorted(count):
        print(f"{kind:24} {right[kind] / count[kind]:.2f} of {count[kind]}")


if __name__ == "__main__":
    main()
