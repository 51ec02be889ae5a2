"""Makes a decoder's final hidden states smaller without a change of what it says: they become inputs in latent reasoning.

    cd trainer && python -m demo.scale_hidden --model FOLDER --out FOLDER [--factor 0.2]

A tiny model with tied embeddings ends at hidden states several times as long as the word embeddings that it reads: fed back, such a
state drowns what the layers add to it. The final norm is multiplied by the factor, the output matrix (no longer tied) divided by it.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch
from penumbra_train.backbone.load import load_model
from torch import nn

from .model_folder import write_taught


@torch.no_grad()
def scale_hidden(model_folder: Path, out: Path, factor: float) -> None:
    model = load_model(model_folder, torch.float32).model
    model.lm_head.weight = nn.Parameter(model.lm_head.weight / factor)
    model.model.language_model.norm.weight *= factor
    model.config.tie_word_embeddings = model.config.text_config.tie_word_embeddings = False
    write_taught(model, model_folder, out)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--factor", type=float, default=0.2)
    options = parser.parse_args()
    scale_hidden(options.model, options.out, options.factor)


if __name__ == "__main__":
    main()
