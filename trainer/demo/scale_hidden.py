"""Makes a decoder's final hidden states as long as its word embeddings, without a change of what it says.

    cd trainer && python -m demo.scale_hidden --model FOLDER --out FOLDER

Latent reasoning feeds hidden states back as inputs. A tiny model with tied embeddings ends at states several times as long as the
words that it reads, and such a state drowns what the layers add to it. The final norm is multiplied by a factor, the
output matrix (no longer tied) divided by it.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch
from penumbra_train.backbone.load import load_model
from torch import nn

from .model_folder import write_taught


@torch.no_grad()
def scale_hidden(model_folder: Path, out: Path) -> float:
    """Returns the factor: the embeddings' mean length over the length that the final norm gives a state of even components."""
    model = load_model(model_folder, torch.float32).model
    norm = getattr(model.model, "language_model", model.model).norm.weight
    factor = float(model.get_input_embeddings().weight.norm(dim=-1).mean() / norm.norm())
    model.lm_head.weight = nn.Parameter(model.lm_head.weight / factor)
    norm *= factor
    model.config.tie_word_embeddings = model.config.get_text_config().tie_word_embeddings = False
    write_taught(model, model_folder, out)
    return factor


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    print(f"final hidden states times {scale_hidden(options.model, options.out):.3f}")


if __name__ == "__main__":
    main()
