"""Answers a split with a run's weights, as a check without the app; writes predictions in M3CoT's shape."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import torch

from penumbra_train.config.schema import Source
from penumbra_train.export.finished_run import FinishedRun
from penumbra_train.prompts import answer_name
from penumbra_train.training.image_source import embedding_source, pixels_source
from penumbra_train.training.prepare import cache_folder, prepare_model, prepare_split
from penumbra_train.training.validate import Accuracy, validate


def evaluate(run: FinishedRun, source: Source, predictions: Path | None, *, latent_count: int | None = None) -> Accuracy:
    """Accuracy with the run's own settings; `latent_count` 0 to more steps in place of the stage's own."""
    config = run.config
    if config.run.threads:
        torch.set_num_threads(config.run.threads)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    prepared = prepare_model(config)
    prepared.model.load_trained(run.trained)
    prepared.model.to(device)
    split = prepare_split([source], config, prepared.encoder, prepared.max_positions, training=False, build=True, fit=prepared.loaded.fit)
    images_of = pixels_source(split.cache)
    if config.model.vision == "frozen":
        images_of = embedding_source(split.cache, prepared.model.backbone, cache_folder(config), device, build=True)
    answers = validate(
        prepared.model,
        prepared.encoder,
        split.samples,
        images_of,
        prepared.grid,
        latent_count=run.latent_count if latent_count is None else latent_count,
        batch_size=config.run.validation_batch,
        max_tokens=config.run.validation_tokens,
        mrope=config.method.positions == "mrope",
        device=device,
        settings=replace(config.latent_settings(), checkpointing=False),
    )
    if predictions is not None:
        with predictions.open("w", encoding="utf-8") as file:
            for encoded, output, slots in zip(split.samples, answers.outputs, answers.slots, strict=True):
                sample = encoded.sample
                row = {
                    "id": sample.sample_id,
                    "choices": list(sample.choices),
                    "answer": answer_name(sample, "letter"),
                    "domain": sample.domain,
                    "topic": sample.topic,
                    "messages": ["", output],
                    "selectedSlots": slots,
                }
                file.write(json.dumps(row, ensure_ascii=False) + "\n")
    return answers.accuracy
