"""Golden values for choosing a token: transformers' own logits processors and stop strings.

Run from the repository's root: trainer/.venv/bin/python trainer/golden/make_sampling.py
Writes test/golden/engine/sampling.json and stop-strings.json (about 10 s; the same bytes on every run).
"""

from __future__ import annotations

import hashlib
import json
import platform
import random
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import torch
from transformers import AutoTokenizer, GenerationConfig, LogitsProcessorList, Qwen2VLForConditionalGeneration
from transformers.generation.stopping_criteria import StopStringCriteria

from make_golden import compact, write_lines

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "test" / "golden"
OUT = GOLDEN / "engine"
SEEDS = {"logits": 201, "stopStrings": 202}
TOP_PS = (0.001, 0.5, 0.8, 0.9, 1.0)
UNIFORMS = (0.0, 0.1, 0.25, 0.4999, 0.75, 0.9, 0.9999999)
# Probabilities of two exact float32 softmaxes differ by about 1e-7: a decision nearer to its limit is not recorded
# where logits are arbitrary numbers. Where they tie on purpose, equality with the limit is the point.
MIN_MARGIN = 1e-6


def manifest() -> dict[str, Any]:
    packages = ("torch", "transformers", "tokenizers", "numpy")
    return {
        "script": "trainer/golden/make_sampling.py",
        "versions": {"python": platform.python_version(), **{name: version(name) for name in packages}},
        "dtype": "float32",
        "device": "cpu",
        "seeds": SEEDS,
        "minMargin": MIN_MARGIN,
        "tolerance": 0,
    }


def congruential_logits(count: int, seed: int, power: int, scale: float) -> np.ndarray:
    """Logits that any language repeats: x -> (1103515245 x + 12345) mod 2^31, u = x / 2^31, scale * u^power."""
    values = np.empty(count, np.float64)
    x = seed
    for index in range(count):
        x = (1103515245 * x + 12345) % 2**31
        u = x / 2**31
        product = scale
        for _ in range(power):
            product *= u
        values[index] = product
    return values.astype(np.float32)


@contextmanager
def stable_sort() -> Iterator[None]:
    """torch.sort leaves the order of equals open (it differs by processor); golden values take the stable one."""
    original = torch.sort

    def stable(values: torch.Tensor, descending: bool = False) -> Any:
        return original(values, descending=descending, stable=True)

    torch.sort = stable
    try:
        yield
    finally:
        torch.sort = original


def processors(model: Qwen2VLForConditionalGeneration, sampling: dict[str, float]) -> LogitsProcessorList:
    """What `generate` itself puts together for these settings, in its order; top-k, which it has by default, off."""
    greedy = sampling["temperature"] == 0
    sampled = {} if greedy else {"temperature": sampling["temperature"], "top_p": sampling["topP"], "top_k": 0}
    config = GenerationConfig(do_sample=not greedy, repetition_penalty=sampling["repetitionPenalty"], **sampled)
    return model._get_logits_processor(generation_config=config, input_ids_seq_length=1, device="cpu")


def margins(logits: torch.Tensor, top_p: float, greedy: bool) -> float:
    """Distance of the nearest cumulative probability from the limit of top-p."""
    if greedy or top_p == 1:
        return 1.0
    cumulative = logits.sort(stable=True).values.double().softmax(-1).cumsum(-1)
    return float((cumulative[:-1] - (1 - top_p)).abs().min()) if len(logits) > 1 else 1.0


def draws(processed: torch.Tensor, uniforms: tuple[float, ...]) -> list[list[Any]]:
    """[uniform, token] by the inverse of the cumulative distribution; uniforms too near to a step are left out."""
    cumulative = processed.double().softmax(-1).cumsum(-1)
    drawn = []
    for uniform in uniforms:
        nearest = float((cumulative[:-1] - uniform).abs().min()) if len(cumulative) > 1 else 1.0
        if uniform == 0 or nearest > MIN_MARGIN:
            drawn.append([uniform, int(torch.searchsorted(cumulative, torch.tensor(uniform, dtype=torch.float64), right=True))])
    return drawn


def process(model: Qwen2VLForConditionalGeneration, logits: np.ndarray, seen: list[int], sampling: dict[str, float]) -> tuple[torch.Tensor, float]:
    """Processed logits, and the margin of top-p's decision."""
    ids, scores = torch.tensor([seen], dtype=torch.long), torch.from_numpy(logits)[None]
    chain = processors(model, sampling)
    with stable_sort():
        processed = chain(ids, scores.clone())[0]
    # With the processors untouched, only which of equal logits stay may differ.
    untouched = chain(ids, scores.clone())[0]
    if not torch.equal(processed.sort().values, untouched.sort().values):
        raise ValueError("the order of equal logits changes more than which of them stay")
    before = processors(model, {**sampling, "topP": 1.0})(ids, scores.clone())[0]
    return processed, margins(before, sampling["topP"], sampling["temperature"] == 0)


def jsonable(values: np.ndarray) -> list[float | str]:
    """Floats that restore exactly; infinities as text, which JSON has no numbers for."""
    return [compact(float(v)) if np.isfinite(v) else str(float(v)) for v in values]


def small_cases(model: Qwen2VLForConditionalGeneration) -> list[dict[str, Any]]:
    rng = np.random.default_rng(SEEDS["logits"])
    low = -np.inf
    by_hand: list[tuple[str, list[float]]] = [
        ("one token", [0.3]),
        ("equal, power of two", [1.5] * 8),
        ("equal, ten", [0.0] * 10),
        ("two ties at the top", [2.0, 3.0, 3.0, 1.0, 0.0]),
        ("ties at the limit", [5.0, 1.0, 4.0, 1.0, 1.0, 4.0, 1.0]),
        ("few values", [float(v) for v in rng.integers(-3, 4, 60)]),
        ("large", [1e30, -1e30, 2e38, -2e38, 0.0, 1.0]),
        ("far apart", [100.0, 0.0, -100.0, 103.0, 99.5, -3.0]),
        ("banned tokens", [low, 1.0, low, 0.5, 2.0, low]),
        ("zeros of both signs", [0.0, -0.0, -1.0, 1.0]),
        ("tiny differences", [1.0, 1.0000001, 0.9999999, 1.0000002]),
    ]
    drawn = [(f"normal {size}", (rng.standard_normal(size) * spread).tolist()) for size, spread in ((2, 1.0), (7, 3.0), (33, 2.0), (257, 4.0))]
    cases = []
    for name, values in [*by_hand, *drawn]:
        logits = np.array(values, np.float32)
        seen = sorted({int(i) for i in rng.integers(0, len(values), max(1, len(values) // 3))})
        settings = [(0.0, 1.0, 1.3), (0.0, 1.0, 0.8), (1.0, 1.0, 1.05), *((0.8, p, 1.05) for p in TOP_PS), *((t, 0.8, 1.0) for t in (0.01, 1.0, 1.7)), (1.0, 0.5, 1.0), (1.0, 0.9, 1.0)]
        for temperature, top_p, penalty in settings:
            sampling = {"temperature": temperature, "topP": top_p, "repetitionPenalty": penalty}
            processed, margin = process(model, logits, seen, sampling)
            if processed.isposinf().any():  # a quotient beyond float32, from which the reference makes NaN
                continue
            if margin < MIN_MARGIN and len(set(values)) == len(values):
                continue
            cases.append(
                {
                    "name": name,
                    "sampling": sampling,
                    "logits": jsonable(logits),
                    "seenTokens": seen,
                    "processed": jsonable(processed.numpy()),
                    "argmax": int(processed.argmax()),
                    "draws": [] if temperature == 0 else draws(processed, UNIFORMS),
                }
            )
    return cases


def large_cases(model: Qwen2VLForConditionalGeneration) -> list[dict[str, Any]]:
    """Vocabularies whose logits are repeated by rule: peaked, ordinary and nearly flat."""
    rng = random.Random(SEEDS["logits"])
    cases = []
    for size, power, scale in [(1000, 1, 8.0), (4096, 8, 30.0), (152064, 1, 2.0), (152064, 3, 20.0), (152064, 40, 40.0), (152064, 0, 1.0)]:
        for top_p in TOP_PS:
            sampling = {"temperature": 0.8, "topP": top_p, "repetitionPenalty": 1.05 if power else 1.0}
            margin = 0.0
            # Power 0 makes all logits equal, and every sum of them as exact as the limit is.
            while margin < MIN_MARGIN:
                seed = rng.randrange(1, 2**31)
                logits = congruential_logits(size, seed, power, scale)
                seen = sorted(rng.sample(range(size), 300))
                processed, margin = process(model, logits, seen, sampling)
                if power == 0:
                    break
            kept = processed.isfinite().nonzero()[:, 0].numpy().astype("<i4")
            cases.append(
                {
                    "size": size,
                    "seed": seed,
                    "power": power,
                    "scale": scale,
                    "sampling": sampling,
                    "seenTokens": seen,
                    "margin": margin,
                    "keptCount": len(kept),
                    "keptSha256": hashlib.sha256(kept.tobytes()).hexdigest(),
                    "processedSha256": hashlib.sha256(processed.numpy().astype("<f4").tobytes()).hexdigest(),
                    "draws": draws(processed, UNIFORMS),
                }
            )
    return cases


STOP_STRINGS = [
    ["</tool_call>"],
    ["</answer>", "<|im_end|>"],
    ["\n\n"],
    ["."],
    ["Answer:", "answer"],
    ["。", "é"],
    ["👍🏽"],
    ["aba"],
    ["the left, on the right"],
]
TEXTS = [
    'I look closer. <tool_call>{"name": "image_zoom_in_tool"}</tool_call> and more',
    "<answer>B</answer><|im_end|>\n</tool_call></answer>",
    "First line.\nSecond line.\n\nThird.\n\n\nFourth\n",
    "The answer is: Answer: B. The answers. Answer :",
    "请看图片，然后回答问题。答案是鱼。Il était une fois l'é.",
    "ok 🙂 👍🏽👍🏽 done 👍",
    "abababa abba ab aba",
    "It is on the left, on the right, on the left,on the right",
]


def split_ids(tokenizer: Any, text: str, rng: random.Random, mean: int) -> list[int]:
    """Ids of `text` cut at random places, so that its tokens are not those of the whole."""
    ids: list[int] = []
    while text:
        length = rng.randint(1, 2 * mean)
        ids += tokenizer.encode(text[:length], add_special_tokens=False)
        text = text[length:]
    return ids


def stop_cases(folder: Path, with_rows: int) -> list[dict[str, Any]]:
    """For each sequence, the counts of tokens after which the criterion holds. Ids without a token are included."""
    tokenizer = AutoTokenizer.from_pretrained(folder)
    rng = random.Random(SEEDS["stopStrings"])
    sequences = [tokenizer.encode(text, add_special_tokens=False) for text in TEXTS]
    sequences += [split_ids(tokenizer, text, rng, mean) for text in TEXTS for mean in (1, 2, 5)]
    byte_ids = [tokenizer.convert_tokens_to_ids(c) for c in tokenizer.backend_tokenizer.pre_tokenizer.pre_tokenize_str("é。👍🏽")[0][0]]
    sequences += [byte_ids, [rng.randrange(len(tokenizer)) for _ in range(120)]]
    broken = split_ids(tokenizer, TEXTS[0], rng, 2)
    sequences.append([part for token in broken for part in ([token, with_rows] if rng.random() < 0.1 else [token])])
    cases = []
    for stops in STOP_STRINGS:
        criterion = StopStringCriteria(tokenizer, stops)
        for ids in sequences:
            ends = [n for n in range(1, len(ids) + 1) if bool(criterion(torch.tensor([ids[:n]]), None)[0])]
            if ends or rng.random() < 0.1:
                cases.append({"stopStrings": stops, "ids": ids, "endsAfter": ends})
    return cases


def main() -> None:
    torch.set_num_threads(1)
    torch.set_grad_enabled(False)
    OUT.mkdir(parents=True, exist_ok=True)
    model = Qwen2VLForConditionalGeneration.from_pretrained(GOLDEN / "qwen2-vl" / "tiny-tied")
    small, large = small_cases(model), large_cases(model)
    write_lines(OUT / "sampling.json", {"manifest": [manifest()], "small": small, "large": large})
    tiny = stop_cases(GOLDEN / "qwen2-vl" / "tiny-tied", 639)
    big = stop_cases(GOLDEN / "vlm" / "tokenizer-large", 100_000)
    write_lines(OUT / "stop-strings.json", {"manifest": [manifest()], "tiny": tiny, "large": big})
    print(len(small), len(large), [(c["size"], c["power"], c["sampling"]["topP"], c["keptCount"], c["margin"]) for c in large])
    print(len(tiny), len(big), sum(len(c["endsAfter"]) for c in tiny))


if __name__ == "__main__":
    main()
