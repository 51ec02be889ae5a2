"""The benchmark's other side: IVT-LR inference as its released code computes it, on transformers' Qwen2-VL.

Float32, eager attention, one question at a time, no cache until the answer's second token. A question costs
`latentSteps` + 2 passes over the whole sequence (five with the released settings), each with the head at every
position; the latent passes hand out their attention matrices. Where there was a choice it is this side's advantage:
the vision tower runs once, the answer's passes keep no matrices, and loading and preprocessing are not timed.

    python trainer/bench/recompute.py QUESTIONS.json            # answers all, one JSON line each
    python trainer/bench/recompute.py QUESTIONS.json --serve    # answers what each line of its input asks

A request is `INDEX THREADS`; 0 threads: PyTorch's own choice.

QUESTIONS.json: {"checkpoint", "settings": {latentSteps, patchesPerStep, promptFormat, maxTokens, imageSize:
{width, height}}, "questions": [{sampleId, question, choices, context, image}]}; paths as this process sees them.

Legend: T positions so far, D hidden size, L layers, H heads, J image slots, K patches per step, V vocabulary.
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import transformers

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "golden"))
from prompts import Sample  # noqa: E402
from reference import Checkpoint, build_prompt, load_checkpoint, preprocess  # noqa: E402
from selection import by_score  # noqa: E402


@dataclass(frozen=True)
class Prepared:
    """A question's inputs; making them is not part of the time that is measured."""

    pixel_values: torch.Tensor  # [patches, 1176]
    grid: torch.Tensor  # [1, 3]
    ids: list[int]
    first_slot: int
    slot_count: int


def prepare(checkpoint: Checkpoint, question: dict[str, Any], settings: dict[str, Any]) -> Prepared:
    pixel_values, grid = preprocess(checkpoint, Path(question["image"]), settings["imageSize"])
    slot_count = int(grid.prod()) // 4
    sample = Sample(
        question["sampleId"], question["question"], tuple(question["choices"]), question["context"], question["image"]
    )
    _, ids = build_prompt(checkpoint, sample, settings["promptFormat"], slot_count)
    return Prepared(pixel_values, grid, ids, ids.index(checkpoint.token_id("<|image_pad|>")), slot_count)


def positions(start: int, count: int) -> torch.Tensor:
    """Plain positions in all three mRoPE rows, [3, 1, count]."""
    return torch.arange(start, start + count).view(1, 1, count).expand(3, 1, count)


def full_pass(checkpoint: Checkpoint, sequence: torch.Tensor, **options: Any) -> Any:
    """The whole model over `sequence` [T, D]: logits [1, T, V] at every position."""
    count = sequence.shape[0]
    return checkpoint.model(
        inputs_embeds=sequence[None],
        position_ids=positions(0, count),
        attention_mask=torch.ones(1, count, dtype=torch.long),
        **options,
    )


def answer(checkpoint: Checkpoint, prepared: Prepared, settings: dict[str, Any]) -> dict[str, Any]:
    """Answers one question; `seconds` is the model's work, by phase."""
    model, first, slot_count = checkpoint.model, prepared.first_slot, prepared.slot_count
    embed = model.get_input_embeddings()
    end_id = checkpoint.token_id("<|im_end|>")
    cpu_started = time.process_time()
    started = time.perf_counter()

    vision = model.model.get_image_features(prepared.pixel_values, prepared.grid).pooler_output[0]  # [J, D]
    seen_vision = time.perf_counter()

    sequence = embed(torch.tensor(prepared.ids)).clone()  # [T, D]
    sequence[first : first + slot_count] = vision
    pool = set(range(slot_count))
    selected: list[list[int]] = []
    for _ in range(settings["latentSteps"]):
        output = full_pass(
            checkpoint, sequence, use_cache=False, output_attentions=True, output_hidden_states=True
        )
        attention = torch.stack([layer[0, :, -1] for layer in output.attentions]).mean(dim=(0, 1))  # [T]
        scores = attention[first : first + slot_count].tolist()
        chosen = by_score(scores, pool, settings["patchesPerStep"])
        pool -= set(chosen)
        selected.append(chosen)
        hidden = output.hidden_states[-1][0, -1]
        sequence = torch.cat([sequence, vision[chosen], hidden[None]])
        del output, attention
    seen_latent = time.perf_counter()

    output = full_pass(checkpoint, sequence, use_cache=False)
    tokens = [int(output.logits[0, -1].argmax())]
    cache = None
    while tokens[-1] != end_id and len(tokens) < settings["maxTokens"]:
        new = embed(torch.tensor([tokens[-1]]))
        sequence = torch.cat([sequence, new])
        if cache is None:
            output = full_pass(checkpoint, sequence, use_cache=True)
        else:
            output = model(
                inputs_embeds=new[None],
                position_ids=positions(sequence.shape[0] - 1, 1),
                attention_mask=torch.ones(1, sequence.shape[0], dtype=torch.long),
                past_key_values=cache,
                use_cache=True,
            )
        cache = output.past_key_values
        tokens.append(int(output.logits[0, -1].argmax()))
    ended = time.perf_counter()

    return {
        "seconds": ended - started,
        "cpuSeconds": time.process_time() - cpu_started,
        "visionSeconds": seen_vision - started,
        "latentSeconds": seen_latent - seen_vision,
        "answerSeconds": ended - seen_latent,
        "promptTokenCount": len(prepared.ids),
        "selectedSlots": selected,
        "tokenIds": tokens,
        "outputText": checkpoint.tokenizer.decode(tokens, skip_special_tokens=True),
    }


def main() -> None:
    # Whatever a library prints must not end up between the answers.
    out, sys.stdout = sys.stdout, sys.stderr
    torch.set_grad_enabled(False)
    job = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    settings, questions = job["settings"], job["questions"]
    checkpoint = load_checkpoint(Path(job["checkpoint"]))

    def send(message: dict[str, Any]) -> None:
        out.write(json.dumps(message) + "\n")
        out.flush()

    prepared = [prepare(checkpoint, question, settings) for question in questions]
    versions = {"torch": torch.__version__, "transformers": transformers.__version__}
    serving = "--serve" in sys.argv[2:]
    if serving:
        send({"ready": True, "threads": torch.get_num_threads(), **versions})
    # PyTorch takes the physical cores, as ONNX Runtime does.
    own_threads = torch.get_num_threads()
    lines = sys.stdin if serving else (f"{index} 0" for index in range(len(questions)))
    for line in lines:
        index, threads = map(int, line.split())
        torch.set_num_threads(threads or own_threads)
        send({"sampleId": questions[index]["sampleId"], **answer(checkpoint, prepared[index], settings)})


if __name__ == "__main__":
    main()
