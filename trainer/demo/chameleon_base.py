"""Makes the demo's Chameleon before it reads anything: tokenizer, image tokenizer and a decoder with random weights.

    cd trainer && python -m demo.chameleon_base --out FOLDER --pictures DIR …

The image tokenizer sees a picture at 96 x 96 and writes 6 x 6 codes, one for each place of the board. It is learnt here, codebook
and encoder together: the demo draws about 1,300 different places, each is given an entry, and the encoder's output has to
lie nearest to its own place's entry (cross-entropy of the negative squared distances). The encoder begins as one that sees its
own place alone, the codebook as the means of what it makes of each (random weights tell no place from another, and 1,200 steps
from there told 88 % apart). Half of each batch are pictures as they are, half boards of places drawn alike often, most of which are
rare in pictures. Entries that are left lie far away.
The decoder begins as `penumbra_train.scratch`'s mimetic one does, through the biases of its query and key norms.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from penumbra_train.backbone.pixel_scale import read_pixel_scale
from penumbra_train.data.images import cropped, fitted
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
BATCH, LEARNING_RATE, WARMUP, BEGINNING = 16, 1e-4, 20, 80  # BEGINNING: batches that the first codebook is the mean of
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
            "channel_multiplier": [1, 1, 2, 4, 4],
            "num_res_blocks": 1,
            "attn_resolutions": None,
            "attn_type": "vanilla",
            "double_latent": False,
            "dropout": 0.0,
            "embed_dim": 64,
            "latent_channels": 64,
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


def places_of(paths: list[Path]) -> tuple[list[list[int]], npt.NDArray[np.uint8]]:
    """For each picture the number of what each of its places shows, alike for places of equal pixels; and these, [places, side, side, 3]."""
    numbers: dict[bytes, int] = {}
    pictures = []
    for path in paths:
        with Image.open(path) as opened:
            pixels = np.asarray(opened.convert("RGB")).reshape(BOARD, TOKEN, BOARD, TOKEN, 3).swapaxes(1, 2)
        pictures.append([numbers.setdefault(place.tobytes(), len(numbers)) for place in pixels.reshape(BOARD * BOARD, -1)])
    return pictures, np.stack([np.frombuffer(place, np.uint8).reshape(TOKEN, TOKEN, 3) for place in numbers])


def board_of(places: npt.NDArray[np.uint8]) -> Image.Image:
    """Of [J, side, side, 3]."""
    return Image.fromarray(places.reshape(BOARD, BOARD, TOKEN, TOKEN, 3).swapaxes(1, 2).reshape(BOARD * TOKEN, BOARD * TOKEN, 3))


@torch.no_grad()
def make_local(encoder: nn.Module) -> None:
    """Convolutions of blocks and attention begin at nothing, the others as rotations of 1 x 1 pixel, or of the 2 x 2 that they halve."""
    for name, module in encoder.named_modules():
        if not isinstance(module, nn.Conv2d):
            continue
        outputs, inputs, size, _ = module.weight.shape
        module.bias.zero_()
        if name.endswith(("conv2", "proj_out")):
            module.weight.zero_()
        elif "downsample" in name:
            module.weight.zero_()
            module.weight[:, :, :2, :2] = nn.init.orthogonal_(torch.empty(outputs, inputs * 4)).view(outputs, inputs, 2, 2)
        elif name in ("conv_in", "conv_out") or "shortcut" in name:
            module.weight.zero_()
            module.weight[:, :, size // 2, size // 2] = nn.init.orthogonal_(torch.empty(outputs, inputs))


class Boards:
    """Pictures, and boards of places drawn alike often: pixels [3, side, side] and the number of each place."""

    def __init__(self, paths: list[Path]) -> None:
        self.paths = paths
        pictures, self.places = places_of(paths)
        self.wanted = torch.tensor(pictures)  # [pictures, J]
        self.held = max(BATCH, len(paths) // 20)  # the first ones are not trained on

    def pixels(self, chosen: Tensor) -> list[npt.NDArray[np.uint8]]:
        return [fitted(self.paths[index].read_bytes(), RESOLUTION, RESOLUTION, "crop") for index in chosen.tolist()]

    def batch(self) -> tuple[list[npt.NDArray[np.uint8]], Tensor]:
        """The first half pictures, the others drawn; numbers [BATCH, J]"""
        chosen = self.held + torch.randperm(len(self.paths) - self.held)[: BATCH // 2]
        drawn = torch.randint(len(self.places), (BATCH - len(chosen), BOARD * BOARD))
        boards = [cropped(board_of(self.places[row]), RESOLUTION) for row in drawn.numpy()]
        return self.pixels(chosen) + boards, torch.cat((self.wanted[chosen], drawn))


@torch.no_grad()
def begin_codes(latents: Callable[[list[npt.NDArray[np.uint8]]], Tensor], boards: Boards, projection: nn.Conv2d) -> Tensor:
    """Sets the last projection so that what one place gives varies alike in all directions; returns each place's mean, [places, dim]."""
    projection.weight.copy_(torch.eye(projection.out_channels)[:, :, None, None])
    projection.bias.zero_()
    batches = [boards.batch() for _ in range(BEGINNING)]
    found = torch.cat([latents(shown).flatten(0, 1) for shown, _ in batches])
    numbers = torch.cat([wanted.flatten() for _, wanted in batches])
    counts = torch.bincount(numbers, minlength=len(boards.places)).clamp_min(1)
    means = torch.zeros(len(boards.places), found.shape[1]).index_add_(0, numbers, found) / counts[:, None]
    spread = torch.cov((found - means[numbers]).T) + 1e-3 * found.var() * torch.eye(found.shape[1])
    # With a half of this spread the negative squared distance is the logarithm of a normal density.
    whitening = torch.linalg.cholesky(torch.linalg.inv(2 * spread)).T
    projection.weight.copy_(whitening[:, :, None, None])
    return means @ whitening.T


def learn_codes(model: ChameleonForConditionalGeneration, folder: Path, paths: list[Path], steps: int) -> float:
    """Trains encoder and codebook; returns the share of places that get their own code in pictures that were not trained on."""
    boards = Boards(paths)
    count = len(boards.places)
    if count > CODES:
        raise Problem(f"The pictures show {count} different places, more than {CODES}.")
    scale, encoder = read_pixel_scale(folder), model.model.vqmodel

    def latents(shown: list[npt.NDArray[np.uint8]]) -> Tensor:
        """[pictures, J, dim]"""
        return encoder.quant_conv(encoder.encoder(scale(torch.from_numpy(np.stack(shown))))).flatten(2).transpose(1, 2)

    make_local(encoder.encoder)
    codebook = nn.Parameter(begin_codes(latents, boards, encoder.quant_conv))
    trained = [*encoder.encoder.parameters(), *encoder.quant_conv.parameters(), codebook]
    optimiser = torch.optim.AdamW(trained, lr=LEARNING_RATE, weight_decay=0.0)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: min((step + 1) / WARMUP, 1 - step / steps))

    def scores_of(shown: list[npt.NDArray[np.uint8]]) -> Tensor:
        """Negative squared distances, [pictures, J, entries]"""
        found = latents(shown)
        return 2 * found @ codebook.T - codebook.square().sum(-1) - found.square().sum(-1, keepdim=True)

    started = time.monotonic()
    for step in range(steps):
        shown, numbers = boards.batch()
        scores = scores_of(shown)
        loss = functional.cross_entropy(scores.flatten(0, 1), numbers.flatten())
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(trained, 1.0)
        optimiser.step()
        schedule.step()
        if step % 20 == 0 or step == steps - 1:
            pictures, drawn = (scores.argmax(-1) == numbers).float().split(BATCH // 2)
            print(
                f"step {step}: loss {loss.item():.3f}, places {pictures.mean():.4f}, drawn {drawn.mean():.4f}, {time.monotonic() - started:.0f} s",
                flush=True,
            )
    with torch.no_grad():
        away = functional.normalize(torch.randn(CODES - count, codebook.shape[1])) * codebook.shape[1] ** 0.5
        encoder.quantize.embedding.weight.copy_(torch.cat((codebook, codebook.mean(0) + FAR * codebook.std() * away)))
        held = torch.arange(boards.held).split(BATCH)
        right = torch.cat([scores_of(boards.pixels(part)).argmax(-1) == boards.wanted[part] for part in held])
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
    parser.add_argument("--steps", type=int, default=400)
    parser.add_argument("--vocabulary", type=int, default=900, help="bytes and merges")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    make(options.out, options.pictures, pictures=options.count, steps=options.steps, vocabulary=options.vocabulary, seed=options.seed)


if __name__ == "__main__":
    main()
