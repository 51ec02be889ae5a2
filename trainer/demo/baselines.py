"""How far shortcuts get: models that do not see the picture, or see too little of it, should stay near one in four.

    cd trainer && python -m demo.baselines

Each model gives each option a score from named features (an embedding of each, summed, then a small network) and is
trained on train samples. `majority` says the most frequent letter of the train samples. The others know:
- text: the topic, every word of the question paired with the option, the option, its rank among the options;
- presence: that, and how often the option is an answer to the picture's look-ups, of each kind;
- one look: the text and the result of the chain's first step (which rules out what cannot follow from it).
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Callable, Sequence

import torch
from torch import nn

from .numbers import value_of
from .samples import SEED, Sample, Split
from .topics import TOPICS

Features = Callable[[Sample, int], list[str]]


def _rank(sample: Sample, option: int) -> int:
    keys = [(value_of(text) or 0, text) for text in sample.options]
    return sorted(keys).index(keys[option])


def text_features(sample: Sample, option: int) -> list[str]:
    topic, text = sample.topic.name, sample.options[option]
    words = sample.scene.question.replace("?", "").replace(",", "").replace(".", "").split()
    return [f"{topic}|{text}", f"{topic}|rank {_rank(sample, option)}", *(f"{topic}|{word}|{text}" for word in words)]


def presence_features(sample: Sample, option: int) -> list[str]:
    kinds = Counter(hop.kind for hop in sample.scene.lookups if hop.places and hop.answer == sample.options[option])
    return [*text_features(sample, option), *(f"{kind} x {count}" for kind, count in kinds.items()), f"seen x {kinds.total()}"]


def one_look_features(sample: Sample, option: int) -> list[str]:
    topic, text, seen = sample.topic.name, sample.options[option], sample.scene.chain[0].result
    question = sample.scene.question.split()
    number, first = value_of(text), value_of(seen)
    relation = str(text == seen) if number is None or first is None else str(number - first)
    # The category and the question's numbers and order words decide what may follow from a first result.
    task = f"{sample.scene.category}|{' '.join(word for word in question if word in ('higher', 'lower', 'one', 'two', 'three'))}"
    return [*text_features(sample, option), f"{topic}|{seen}|{text}", f"{task}|{relation}", f"{task}|{seen}|{text}"]


class OptionScorer(nn.Module):
    """Indices of features [B, 4, F] (0 pads) -> scores [B, 4]."""

    def __init__(self, feature_count: int, width: int = 32) -> None:
        super().__init__()
        self.embedding = nn.Embedding(feature_count, width, padding_idx=0)
        self.head = nn.Sequential(nn.ReLU(), nn.Linear(width, width), nn.ReLU(), nn.Linear(width, 1))

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        return self.head(self.embedding(features).sum(dim=2)).squeeze(-1)


def _indices(samples: Sequence[Sample], features: Features, names: dict[str, int], grow: bool) -> torch.Tensor:
    rows = []
    for sample in samples:
        for option in range(len(sample.options)):
            found = features(sample, option)
            rows.append([names.setdefault(name, len(names) + 1) if grow else names.get(name, 0) for name in found])
    width = max(len(row) for row in rows)
    table = torch.tensor([row + [0] * (width - len(row)) for row in rows])
    return table.view(len(samples), -1, width)


def right_answers(train: Sequence[Sample], test: Sequence[Sample], features: Features, epochs: int = 6) -> list[bool]:
    """Trains on `train`, says for each of `test` whether the model answers it."""
    torch.manual_seed(0)
    names: dict[str, int] = {}
    seen, asked = _indices(train, features, names, True), _indices(test, features, names, False)
    wanted = torch.tensor([sample.answer for sample in train])
    model = OptionScorer(len(names) + 1)
    optimiser = torch.optim.AdamW(model.parameters(), lr=3e-3, weight_decay=0.05)
    for _ in range(epochs):
        for batch in torch.randperm(len(train)).split(128):
            optimiser.zero_grad()
            nn.functional.cross_entropy(model(seen[batch]), wanted[batch]).backward()
            optimiser.step()
    with torch.no_grad():
        said = model(asked).argmax(dim=1).tolist()
    return [answer == sample.answer for answer, sample in zip(said, test, strict=True)]


def majority_right(train: Sequence[Sample], test: Sequence[Sample]) -> list[bool]:
    letter = Counter(sample.answer for sample in train).most_common(1)[0][0]
    return [sample.answer == letter for sample in test]


BASELINES: dict[str, Features] = {"text": text_features, "presence": presence_features, "one look": one_look_features}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--train", type=int, default=9000)
    parser.add_argument("--test", type=int, default=1800)
    parser.add_argument("--seed", type=int, default=SEED)
    options = parser.parse_args()
    torch.set_num_threads(1)
    train, test = list(Split("train", options.train, options.seed)), list(Split("test", options.test, options.seed))
    results = {"majority": majority_right(train, test)}
    results |= {name: right_answers(train, test, features) for name, features in BASELINES.items()}
    print(f"{'accuracy in %':14}", *(f"{name:>9}" for name in results))
    for topic in (None, *TOPICS):
        chosen = [index for index, sample in enumerate(test) if topic in (None, sample.topic)]
        shares = (100 * sum(right[index] for index in chosen) / len(chosen) for right in results.values())
        print(f"{topic.name if topic else 'all':14}", *(f"{share:9.1f}" for share in shares))


if __name__ == "__main__":
    main()
