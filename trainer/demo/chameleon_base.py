"""Makes the demo's Chameleon before it reads anything: tokenizer, image tokenizer and a decoder with random weights.

    cd trainer && python -m demo.chameleon_base --out FOLDER --pictures DIR …

The image tokenizer sees a picture at 96 x 96 and writes 6 x 6 codes, one for each place of the board. It is learnt here, codebook
and encoder together: the demo draws about 1,300 different places, each is given an entry, and the encoder's output has to
lie nearest to its own place's entry (cross-entropy of the negative squared distances). Entries that are left lie far away.
The decoder begins as `penumbra_train.scratch`'s mimetic one does, through the biases of its query and key norms.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import numpy as np
import torch
from penumbra_train.backbone.pixel_scale import read_pixel_scale
from penumbra_train.data.images import fitted
from penumbra_train.hub_folder import write_json
from penumbra_train.problem import Problem
from PIL import Image
from torch import Tensor, nn
from torch.nn import functional
from transformers import ChameleonConfig, ChameleonForConditionalGeneration

from .make_tokenizer import texts
from .samples import SEED
from .scene import BOARD, TOKEN

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "golden"))
from chameleon_tokenizer import make_chameleon_tokenizer  # noqa: E402

RESOLUTION, CODES = 96, 1536
HIDDEN, LAYERS, HEADS, KV_HEADS, INTERMEDIATE = 128, 4, 4, 2, 320
ROPE_THETA, INITIALIZER_RANGE, RESIDUAL_SCALE = 1e4, 0.05, 0.2
BATCH, LEARNING_RATE, WARMUP = 16, 2e-3, 20
FAR = 30.0  # of unused entries, in standard deviations of the used ones
# Of `make_mimetic`: lengths of the biases' pairs, which the norms' own outputs do not drown; how alike queries and keys begin.
BACK, BACK_SOFTLY = 3.0, 1.5


def config_of(vocabulary: dict[str, int]) -> dict[str, object]:
    """config.json in facebook/chameleon-7b's form."""
    return {
        "architectures": ["ChameleonForConditionalGeneration"],
        "model_type": "chameleon",
        "hidden_size": HIDDEN,
        "intermediate_size": INTERMEDIATE,
        "num_hidden_layers": LAYERS,
        "num_attention_heads": HEADS,
        "num_key_value_heads": KV_HEADS,
        "initializer_range": INITIALIZER_RANGE,
        "max_position_embeddings": 4096,
        "rms_norm_eps": 1e-05,
        "rope_theta": ROPE_THETA,
        "swin_norm": False,
        "tie_word_embeddings": True,
        "bos_token_id": vocabulary["<s>"],
        "eos_token_id": vocabulary["</s>"],
        "pad_token_id": vocabulary["<pad>"],
        # The three latent tokens follow the vocabulary.
        "vocab_size": len(vocabulary) + 3,
        "vocabulary_map": vocabulary,
        "vq_config": {
            "model_type": "chameleon_vqgan",
            "base_channels": 32,
            "channel_multiplier": [1, 1, 1, 2, 2],
            "num_res_blocks": 1,
            "attn_resolutions": None,
            "attn_type": "vanilla",
            "double_latent": False,
            "dropout": 0.0,
            "embed_dim": 32,
            "latent_channels": 32,
            "in_channels": 3,
            "num_embeddings": CODES,
            "resolution": RESOLUTION,
        },
    }


def write_processor(folder: Path) -> None:
    write_json(
        folder / "preprocessor_config.json",
        {
            "image_processor_type": "ChameleonImageProcessor",
            "processor_class": "ChameleonProcessor",
            "do_resize": True,
            "size": {"shortest_edge": RESOLUTION},
            "resample": 1,
            "do_center_crop": True,
            "crop_size": {"height": RESOLUTION, "width": RESOLUTION},
            "do_convert_rgb": True,
            "do_rescale": True,
            "rescale_factor": 0.0078,
            "do_normalize": True,
            "image_mean": [1.0, 1.0, 1.0],
            "image_std": [1.0, 1.0, 1.0],
        },
    )


def places_of(paths: list[Path]) -> tuple[list[list[int]], int]:
    """For each picture the number of what each of its places shows, alike for places of equal pixels; and how many there are."""
    numbers: dict[bytes, int] = {}
    pictures = []
    for path in paths:
        with Image.open(path) as opened:
            pixels = np.asarray(opened.convert("RGB")).reshape(BOARD, TOKEN, BOARD, TOKEN, 3).swapaxes(1, 2)
        pictures.append([numbers.setdefault(place.tobytes(), len(numbers)) for place in pixels.reshape(BOARD * BOARD, -1)])
    return pictures, len(numbers)


def learn_codes(model: ChameleonForConditionalGeneration, folder: Path, paths: list[Path], steps: int) -> float:
    """Trains encoder and codebook; returns the share of places that get their own code in pictures that were not trained on."""
    pictures, count = places_of(paths)
    if count > CODES:
        raise Problem(f"The pictures show {count} different places, more than {CODES}.")
    wanted = torch.tensor(pictures)  # [pictures, J]
    # What is rare is shown as often as it can be.
    rarity = 1 / torch.bincount(wanted.flatten(), minlength=count).clamp_min(1)
    weight = rarity[wanted].sum(dim=1)
    held = max(BATCH, len(paths) // 20)
    scale, encoder = read_pixel_scale(folder), model.model.vqmodel
    codebook = nn.Parameter(torch.randn(count, encoder.config.embed_dim))
    trained = [*encoder.encoder.parameters(), *encoder.quant_conv.parameters(), codebook]
    optimiser = torch.optim.AdamW(trained, lr=LEARNING_RATE, weight_decay=0.0)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: min((step + 1) / WARMUP, 1 - step / steps))

    def distances(chosen: Tensor) -> Tensor:
        """Squared, [chosen, J, entries]"""
        shown = np.stack([fitted(paths[index].read_bytes(), RESOLUTION, RESOLUTION, "crop") for index in chosen.tolist()])
        latents = encoder.quant_conv(encoder.encoder(scale(torch.from_numpy(shown)))).flatten(2).transpose(1, 2)
        return (latents.square().sum(-1, keepdim=True) - 2 * latents @ codebook.T + codebook.square().sum(-1)).float()

    started = time.monotonic()
    for step in range(steps):
        chosen = held + torch.multinomial(weight[held:], BATCH, replacement=False)
        scores = -distances(chosen)
        loss = functional.cross_entropy(scores.flatten(0, 1), wanted[chosen].flatten(), label_smoothing=0.0)
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(trained, 1.0)
        optimiser.step()
        schedule.step()
        if step % 20 == 0 or step == steps - 1:
            right = (scores.argmax(-1) == wanted[chosen]).float().mean().item()
            print(f"step {step}: loss {loss.item():.3f}, places {right:.4f}, {time.monotonic() - started:.0f} s", flush=True)
    with torch.no_grad():
        far = codebook.mean(0) + FAR * codebook.std() * functional.normalize(torch.randn(CODES - count, codebook.shape[1])) * codebook.shape[1] ** 0.5
        encoder.quantize.embedding.weight.copy_(torch.cat((codebook, far)))
        right = torch.cat([distances(part).argmin(-1) == wanted[part] for part in torch.arange(held).split(BATCH)])
    return right.float().mean().item()


@torch.no_grad()
def make_mimetic(model: ChameleonForConditionalGeneration) -> None:
    """As `penumbra_train.scratch`'s: some heads look back, queries of higher layers equal keys."""
    head_size, group = HIDDEN // HEADS, HEADS // KV_HEADS
    attentions = [layer.self_attn for layer in model.model.layers]
    for layer in model.model.layers:
        layer.self_attn.o_proj.weight *= RESIDUAL_SCALE
        layer.mlp.down_proj.weight *= RESIDUAL_SCALE
    for attention in attentions[1:]:
        for key_head in range(KV_HEADS):
            rows = torch.linalg.qr(torch.randn(HIDDEN, head_size))[0].T
            attention.k_proj.weight[key_head * head_size :][:head_size] = rows
            for head in range(key_head * group, (key_head + 1) * group):
                attention.q_proj.weight[head * head_size :][:head_size] = rows + 0.02 * torch.randn_like(rows)
    half, near = head_size // 2, 3 * head_size // 16
    frequencies = ROPE_THETA ** (-torch.arange(near) / half)
    for attention, bias in ((attentions[0], BACK), (attentions[-1], BACK_SOFTLY)):
        attention.k_norm.bias[0, :near] = bias
        for head in range(group):
            turn = (head + 1) * frequencies
            attention.q_norm.bias[head, :near] = bias * torch.cos(turn)
            attention.q_norm.bias[head, half : half + near] = -bias * torch.sin(turn)


def make(out: Path, folders: list[Path], *, pictures: int, steps: int, vocabulary: int, seed: int) -> None:
    out.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(seed)
    words = make_chameleon_tokenizer(
        out, codebook_size=CODES, latent_tokens=True, merges_and_bytes=vocabulary, lines=texts(1800, SEED)
    )
    write_json(out / "config.json", config_of(words))
    write_json(out / "generation_config.json", {"bos_token_id": words["<s>"], "eos_token_id": words["</s>"], "pad_token_id": words["<pad>"]})
    write_processor(out)
    model = ChameleonForConditionalGeneration(ChameleonConfig.from_pretrained(out))
    make_mimetic(model)
    paths = [path for folder in folders for path in sorted((folder / "data" / "images").glob("*.png"))[:pictures]]
    order = torch.randperm(len(paths)).tolist()
    share = learn_codes(model, out, [paths[index] for index in order], steps)
    print(f"places that get their own code, in pictures not trained on: {share:.4f}")
    model.save_pretrained(out)
    print(f"{sum(parameter.numel() for parameter in model.parameters()):,} parameters")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--pictures", type=Path, nargs="+", required=True, help="dataset folders")
    parser.add_argument("--count", type=int, default=4000, help="pictures of each folder")
    parser.add_argument("--steps", type=int, default=1200)
    parser.add_argument("--vocabulary", type=int, default=900, help="bytes and merges")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    make(options.out, options.pictures, pictures=options.count, steps=options.steps, vocabulary=options.vocabulary, seed=options.seed)


if __name__ == "__main__":
    main()
