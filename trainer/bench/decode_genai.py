"""The other side of ``npm run -s bench -- decode``: onnxruntime-genai decoding with a Qwen2 of the same size.

``build CHECKPOINT OUT`` makes an int4 model of the decoder of a Qwen2-VL folder with onnxruntime-genai's own
model builder (defaults: blocks of 32, accuracy level 4). ``serve OUT`` loads it, prints one JSON line, and for each
line ``PROMPT NEW`` of standard input decodes NEW tokens greedily after PROMPT random ones, and prints their times.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from pathlib import Path

QWEN2_KEYS = (
    "hidden_size",
    "intermediate_size",
    "max_position_embeddings",
    "max_window_layers",
    "num_attention_heads",
    "num_hidden_layers",
    "num_key_value_heads",
    "rms_norm_eps",
    "rope_theta",
    "tie_word_embeddings",
    "vocab_size",
    "bos_token_id",
    "eos_token_id",
    "hidden_act",
    "torch_dtype",
)


def write_text_model(checkpoint: Path, out: Path) -> None:
    """Writes the decoder of a Qwen2-VL folder as a Qwen2 folder: the same tensors, the vision tower left out."""
    from safetensors import safe_open
    from safetensors.torch import save_file

    out.mkdir(parents=True, exist_ok=True)
    weight_map: dict[str, str] = {}
    for shard in sorted(checkpoint.glob("*.safetensors")):
        with safe_open(shard, framework="pt") as tensors:
            text = {name: tensors.get_tensor(name) for name in tensors.keys() if not name.startswith("visual.")}
        if text:
            save_file(text, out / shard.name, metadata={"format": "pt"})
            weight_map |= dict.fromkeys(text, shard.name)
    index = {"metadata": {}, "weight_map": weight_map}
    (out / "model.safetensors.index.json").write_text(json.dumps(index))
    config = json.loads((checkpoint / "config.json").read_text())
    text_config = {key: config[key] for key in QWEN2_KEYS}
    text_config |= {"architectures": ["Qwen2ForCausalLM"], "model_type": "qwen2", "use_sliding_window": False}
    (out / "config.json").write_text(json.dumps(text_config))
    for name in ("tokenizer.json", "tokenizer_config.json", "generation_config.json"):
        shutil.copy(checkpoint / name, out / name)


def build(checkpoint: Path, out: Path) -> None:
    """Leaves the finished model in ``out``, or nothing."""
    text = out.with_name(f"{out.name}-text")
    partial = out.with_name(f"{out.name}-partial")
    for folder in (text, partial):
        shutil.rmtree(folder, ignore_errors=True)
    write_text_model(checkpoint, text)
    builder = [sys.executable, "-m", "onnxruntime_genai.models.builder"]
    options = ["-p", "int4", "-e", "cpu", "-c", str(partial / "cache")]
    subprocess.run([*builder, "-i", str(text), "-o", str(partial), *options], check=True, stdout=sys.stderr)
    shutil.rmtree(text)
    partial.rename(out)


def serve(folder: Path) -> None:
    import onnxruntime_genai as og

    model = og.Model(str(folder))
    vocabulary = json.loads((folder / "genai_config.json").read_text())["model"]["vocab_size"]
    print(json.dumps({"onnxruntimeGenai": og.__version__}), flush=True)
    for line in sys.stdin:
        prompt_count, new_count = map(int, line.split())
        parameters = og.GeneratorParams(model)
        parameters.set_search_options(max_length=prompt_count + new_count, do_sample=False)
        generator = og.Generator(model, parameters)
        prompt = [(index * 7919) % (vocabulary // 2) for index in range(prompt_count)]
        started = time.perf_counter()
        generator.append_tokens(prompt)
        prefilled = time.perf_counter()
        decoded = 0
        # The first token comes out of the prompt's own pass.
        generator.generate_next_token()
        first = time.perf_counter()
        while decoded < new_count - 1 and not generator.is_done():
            generator.generate_next_token()
            decoded += 1
        seconds = time.perf_counter() - first
        answer = {"prefillSeconds": prefilled - started, "decodeSeconds": seconds, "tokens": decoded}
        print(json.dumps(answer), flush=True)


def main() -> None:
    match sys.argv[1:]:
        case ["build", checkpoint, out]:
            build(Path(checkpoint), Path(out))
        case ["serve", folder]:
            serve(Path(folder))
        case _:
            sys.exit("usage: decode_genai.py build CHECKPOINT OUT | serve OUT")


if __name__ == "__main__":
    main()
