"""Writes a small byte-level BPE tokenizer for the demo's texts, as Qwen2-VL folders have it.

    cd trainer && python -m demo.make_tokenizer --out DIR [--vocabulary 1200]

Trained on prompts, rationales, answers and look-ups of train samples: every word of the demo is one token, with or without
a space before it. Qwen2's pre-tokenizer, special tokens and chat template; the three latent tokens come last.
Writes tokenizer.json, tokenizer_config.json and chat_template.json. The same seed gives the same files.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path

from penumbra_train.hub_folder import train_tokenizer, write_json, write_tokenizer
from golden.prompts import PROMPT_FORMATS, question_text
from golden.prompts import Sample as PromptSample
from tokenizers import AddedToken, Tokenizer

from .canvas import COLOURS
from .glyphs.animals import ANIMALS
from .glyphs.machines import DEVICES
from .glyphs.shapes import SHAPES
from .glyphs.things import PLACES, THINGS
from .numbers import NUMBERS
from .samples import SEED, Sample, Split

LATENT_TOKENS = ("<|start-latent|>", "<|end-latent|>", "<|latent|>")
SYSTEM_LINE = "system\nYou are a helpful assistant.\nuser\nassistant\n"
NAMES = (*COLOURS, *ANIMALS, *DEVICES, *SHAPES, *THINGS, *PLACES, *NUMBERS)


def prompt_of(sample: Sample, prompt_format: str = "released-inference") -> str:
    """The user's text after the picture."""
    prompt = PromptSample(sample.sample_id, sample.scene.question, sample.options, "", "")
    return question_text(prompt, prompt_format)


def texts(sample_count: int, seed: int) -> Iterator[str]:
    """What a model of the demo reads and writes."""
    yield SYSTEM_LINE
    for name in NAMES:
        # Often enough that a name that is rare in sentences becomes one token in each of its forms.
        yield from (f"{{{name}}}", f" {name}", name.capitalize(), f"{name}\n") * 200
    for sample in Split("train", sample_count, seed):
        for prompt_format in PROMPT_FORMATS:
            yield prompt_of(sample, prompt_format)
        yield "\n".join(sample.rationale)
        yield " ".join(sample.rationale)
        yield f"Therefore, the answer is {sample.letter}"
        for hop in sample.scene.lookups:
            yield f"{hop.question}\n{hop.answer}\n{hop.statement}"


def make_tokenizer(vocabulary: int, sample_count: int = 1800, seed: int = SEED) -> Tokenizer:
    """At most `vocabulary` tokens before the special ones."""
    return train_tokenizer(texts(sample_count, seed), vocabulary)


def write_folder(out: Path, tokenizer: Tokenizer) -> None:
    out.mkdir(parents=True, exist_ok=True)
    tokenizer.add_special_tokens([AddedToken(token, special=True, normalized=False) for token in LATENT_TOKENS])
    write_tokenizer(out, tokenizer, "chat_template.json")
    # The writer lists Qwen2-VL's own special tokens; ours follow them.
    path = out / "tokenizer_config.json"
    config = json.loads(path.read_text(encoding="utf-8"))
    entry = next(iter(config["added_tokens_decoder"].values()))
    for token in LATENT_TOKENS:
        config["added_tokens_decoder"][str(tokenizer.token_to_id(token))] = entry | {"content": token}
        config["additional_special_tokens"].append(token)
    write_json(path, config)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--vocabulary", type=int, default=1200)
    options = parser.parse_args()
    tokenizer = make_tokenizer(options.vocabulary)
    write_folder(options.out, tokenizer)
    print(f"{tokenizer.get_vocab_size()} tokens")


if __name__ == "__main__":
    main()
