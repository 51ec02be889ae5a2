"""The training loop: stages, optimiser steps over a global batch shared by all processes, checkpoints in between."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from accelerate import Accelerator
from accelerate.utils import DistributedType, gather_object, set_seed
from safetensors.torch import save_file
from torch import Tensor

from penumbra_train.config.schema import TrainingConfig
from penumbra_train.encoding import EncodedSample, collate
from penumbra_train.latent.batch import LatentBatch
from penumbra_train.problem import Problem
from penumbra_train.schedule import StagePlan, stage_plans
from penumbra_train.stages import StageView, drawn_stage, remaining_share, stage_view
from penumbra_train.training.checkpoint import (
    Place,
    checkpoints,
    load_checkpoint,
    random_states,
    save_checkpoint,
    set_random_states,
)
from penumbra_train.training.guard import LossGuard, out_of_memory
from penumbra_train.training.image_source import ImagesOf, embedding_source, pixels_source
from penumbra_train.training.metrics import Metrics, Progress, say
from penumbra_train.training.optimiser import learning_rate, make_optimiser
from penumbra_train.training.prepare import Prepared, Split, cache_folder, prepare_model, prepare_split
from penumbra_train.training.sampler import global_batch
from penumbra_train.training.step import Measured, Shown, accumulate_gradients
from penumbra_train.training.stop import StopRequest
from penumbra_train.training.validate import Accuracy, joined, validate


def train(config: TrainingConfig, config_text: str, *, resume: bool) -> int:
    """Runs a training to its end, or to a signal; returns the signal's number, 0 at the end."""
    if config.run.threads:
        torch.set_num_threads(config.run.threads)
    output = Path(config.run.output)
    if not resume and checkpoints(output):
        raise Problem(f"{output} holds checkpoints already.", "Go on with --resume, or set another run.output.")
    accelerator = Accelerator(mixed_precision=config.run.precision, step_scheduler_with_optimizer=False)
    if accelerator.distributed_type == DistributedType.DEEPSPEED:
        accelerator.deepspeed_plugin.deepspeed_config["train_micro_batch_size_per_gpu"] = config.run.micro_batch
    set_seed(config.run.seed)
    if accelerator.is_main_process:
        output.mkdir(parents=True, exist_ok=True)
        (output / "config.toml").write_text(config_text, encoding="utf-8")
        (output / "config.json").write_text(json.dumps(asdict(config), indent=1) + "\n", encoding="utf-8")
    with StopRequest() as stop:
        try:
            return _Training(config, accelerator, output).run(stop, resume=resume)
        except (torch.OutOfMemoryError, MemoryError, RuntimeError) as error:
            problem = out_of_memory(error, config.run)
            if problem is None:
                raise
            raise problem from error
        finally:
            accelerator.end_training()


@dataclass(frozen=True)
class _Data:
    split: Split
    images_of: ImagesOf


class _Training:
    """One run's model, data and optimiser."""

    def __init__(self, config: TrainingConfig, accelerator: Accelerator, output: Path) -> None:
        self.config, self.accelerator, self.output = config, accelerator, output
        self.prepared: Prepared = prepare_model(config)
        self.model = self.prepared.model.to(accelerator.device)
        self.train_data = self._data(config.data.train, "training", training=True)
        validation = config.data.validation
        self.validation_data = None if validation is None else self._data([validation], "validation", training=False)
        optimiser = make_optimiser(self.model.trained_parameters().values(), config.optimiser)
        self.wrapped, self.optimiser = accelerator.prepare(self.model, optimiser)
        self.plans = stage_plans(config)
        count = len(self.train_data.split.samples)
        self.step_counts = [plan.step_count(count, config.run.global_batch) for plan in self.plans]
        self.guard = self._new_guard()
        trained = sum(parameter.numel() for parameter in self.model.trained_parameters().values())
        whole = sum(parameter.numel() for parameter in self.model.parameters())
        self._say(f"{trained:,} of {whole:,} parameters are trained; {sum(self.step_counts)} steps in all.")

    def _new_guard(self) -> LossGuard:
        # A token that a gradual stage has just dropped makes one or two steps jump.
        return LossGuard(self.config.run.exploding_factor, patience=5 if self.config.schedule.gradual > 0 else 1)

    def _say(self, text: str) -> None:
        if self.accelerator.is_main_process:
            say(text)

    def _data(self, sources: Sequence[Any], name: str, *, training: bool) -> _Data:
        """The main process decodes and encodes images; the others read what it wrote."""
        config, main = self.config, self.accelerator.is_main_process
        backbone = self.model.backbone
        found: _Data | None = None
        for builds in (True, False):
            if main == builds:
                split = prepare_split(
                    list(sources),
                    config,
                    self.prepared.encoder,
                    self.prepared.max_positions,
                    training=training,
                    build=main,
                    fit=self.prepared.loaded.fit,
                )
                images_of = pixels_source(split.cache)
                if config.model.vision == "frozen":
                    folder, device = cache_folder(config), self.accelerator.device
                    images_of = embedding_source(split.cache, backbone, folder, device, build=main)
                found = _Data(split, images_of)
            self.accelerator.wait_for_everyone()
        assert found is not None
        self._say("\n".join([f"{name}:", *found.split.survey.lines()]))
        return found

    def run(self, stop: StopRequest, *, resume: bool) -> int:
        """Returns the signal that ended it, or 0."""
        start = Place(0, 0, 0)
        existing = checkpoints(self.output)
        if resume and existing:
            start = self._restore(existing[-1])
        metrics = None
        if self.accelerator.is_main_process:
            metrics = Metrics(
                self.output, tensorboard=self.config.run.tensorboard, resumed_step=start.total if start.total else None
            )
        try:
            return self._stages(start, metrics, stop)
        finally:
            if metrics is not None:
                metrics.close()

    def _stages(self, start: Place, metrics: Metrics | None, stop: StopRequest) -> int:
        progress = Progress(sum(self.step_counts), start.total)
        place = start
        for index in range(start.stage_index, len(self.plans)):
            first = start.step if index == start.stage_index else 0
            if first == 0 and index > 0:
                self.guard = self._new_guard()
                if self.config.schedule.reset_optimiser:
                    reset_moments(self.optimiser)
            for step in range(first, self.step_counts[index]):
                place = Place(index, step + 1, place.total + 1)
                signal = self._step(place, metrics, progress, stop)
                if signal:
                    saved = self._save(place)
                    self._say(f"Stopped by signal {signal}; saved as {saved}. Go on with --resume.")
                    return signal
                # What may be exploding is not kept over what was sound.
                if self.config.run.save_every and place.total % self.config.run.save_every == 0 and not self.guard.high:
                    self._save(place)
            self._end_stage(index, place, metrics)
            place = Place(index + 1, 0, place.total)
            self._save(place)
        self._say(f"Done: {self.output}. `penumbra-train merge {self.output} --out FOLDER` writes the model.")
        return 0

    def _step(self, place: Place, metrics: Metrics | None, progress: Progress, stop: StopRequest) -> int:
        config, plan = self.config, self.plans[place.stage_index]
        began = time.monotonic()
        shown = self._shown(plan, place.step - 1, self.step_counts[place.stage_index])
        per_step_lr = self._learning_rate(place)
        for group in self.optimiser.param_groups:
            group["lr"] = per_step_lr
        self.wrapped.train()
        measured = accumulate_gradients(
            self.accelerator,
            self.wrapped,
            shown,
            lambda samples, views: self._collate(samples, views, self.train_data.images_of),
            micro_batch=config.run.micro_batch,
            stages=config.method.stages,
            latent_steps=config.method.stages * config.method.latent_steps_per_stage,
            stop_signal=stop.signal,
        )
        limit = config.optimiser.clip if config.optimiser.clip > 0 else float("inf")
        norm = float(self.accelerator.clip_grad_norm_(self.model.parameters(), limit) or 0.0)
        where = f"step {place.total} (stage {plan.stage}, step {place.step} of it)"
        self.guard.check(measured.loss, norm, where)
        self.optimiser.step()
        self.optimiser.zero_grad()
        if metrics is not None and (place.total % config.run.log_every == 0 or place.total == 1):
            rate = len(shown) / (time.monotonic() - began)
            self._report(metrics, place, plan, measured, {"lr": per_step_lr, "gradient_norm": norm, "samples_per_second": rate})
            say(progress.line(place.total, f"stage {plan.stage}", measured.loss, rate))
        is_last = place.step == self.step_counts[place.stage_index]  # the end of a stage validates by itself
        if config.run.validate_every and place.total % config.run.validate_every == 0 and not is_last:
            self._validate(plan, place, metrics)
        return measured.stop_signal

    def _shown(self, plan: StagePlan, step: int, step_count: int) -> list[Shown]:
        config, samples = self.config, self.train_data.split.samples
        text = remaining_share(step, step_count, config.schedule.gradual)
        token = remaining_share(step, step_count, config.schedule.softening)
        epoch, indices = global_batch(len(samples), config.run.global_batch, config.run.seed, plan.stage, step)
        shown = []
        for sample in (samples[index] for index in indices):
            stage = drawn_stage(plan.stage, config.schedule.mixing, config.run.seed, epoch, sample.sample.sample_id)
            shares = (text, token) if stage == plan.stage else (0.0, 0.0)
            view = stage_view(stage, len(sample.step_ids), config.method.latent_steps_per_stage, *shares)
            shown.append(Shown.of(sample, stage, view))
        return shown

    def _learning_rate(self, place: Place) -> float:
        """By the stage where its optimiser is new, else by the whole training."""
        if self.config.schedule.reset_optimiser:
            return learning_rate(self.config.optimiser, place.step - 1, self.step_counts[place.stage_index])
        return learning_rate(self.config.optimiser, place.total - 1, sum(self.step_counts))

    def _collate(self, samples: list[EncodedSample], views: list[StageView], images_of: ImagesOf) -> LatentBatch:
        mrope = self.config.method.positions == "mrope"
        return collate(samples, views, images_of, self.prepared.grid, mrope=mrope)

    def _report(self, metrics: Metrics, place: Place, plan: StagePlan, measured: Measured, more: dict[str, float]) -> None:
        by_stage = {f"stage_{stage}": loss for stage, loss in measured.loss_by_stage.items()}
        masses = {f"step_{step}": mass for step, mass in enumerate(measured.vision_mass)}
        values = {"stage": plan.stage, "loss": measured.loss, "loss_by_stage": by_stage, "vision_mass": masses, **more}
        metrics.write("train", place.total, values)

    def _validate(self, plan: StagePlan, place: Place, metrics: Metrics | None) -> None:
        """Every process answers its part of the slice."""
        if self.validation_data is not None:
            run, data = self.config.run, self.validation_data
            began = time.monotonic()
            with self.accelerator.autocast():
                answers = validate(
                    self.model,
                    self.prepared.encoder,
                    data.split.samples[self.accelerator.process_index :: self.accelerator.num_processes],
                    data.images_of,
                    self.prepared.grid,
                    latent_count=plan.stage * self.config.method.latent_steps_per_stage,
                    batch_size=run.validation_batch,
                    max_tokens=run.validation_tokens,
                    mrope=self.config.method.positions == "mrope",
                    device=self.accelerator.device,
                )
            parts: list[Accuracy] = gather_object([answers.accuracy])
            if metrics is not None:
                summary = joined(parts).summary()
                seconds = time.monotonic() - began
                metrics.write("validation", place.total, {"stage": plan.stage, **summary, "seconds": seconds})
                say(f"validation at stage {plan.stage}: {summary}")
        self.accelerator.wait_for_everyone()

    def _end_stage(self, index: int, place: Place, metrics: Metrics | None) -> None:
        """The stage's weights are kept apart, whatever later checkpoints replace."""
        self._validate(self.plans[index], place, metrics)
        if self.accelerator.is_main_process:
            folder = self.output / "stages"
            try:
                folder.mkdir(exist_ok=True)
                path = folder / f"stage-{self.plans[index].stage}.safetensors"
                partial = path.with_suffix(".partial")
                save_file(self._trained(), partial)
                partial.replace(path)
            except Exception as error:
                raise Problem(f"{folder} cannot be written: {error}.", "Make room and go on with --resume.") from error

    def _trained(self) -> dict[str, Tensor]:
        return {name: p.detach().cpu().contiguous() for name, p in self.model.trained_parameters().items()}

    def _save(self, place: Place) -> Path | None:
        states: list[dict[str, Any]] = gather_object([random_states()])
        saved = None
        if self.accelerator.distributed_type == DistributedType.DEEPSPEED:
            # Sharded states: every process writes its own.
            self.accelerator.save_state(str(self.output / f"deepspeed-{place.total}"), exclude_frozen_parameters=True)
        if self.accelerator.is_main_process:
            parts = {"guard": asdict(self.guard)}
            if self.accelerator.distributed_type != DistributedType.DEEPSPEED:
                parts["optimiser"] = self.optimiser.state_dict()
            saved = save_checkpoint(
                self.output, place, self.config, self._trained(), parts, states, self.config.run.keep
            )
        self.accelerator.wait_for_everyone()
        return saved

    def _restore(self, path: Path) -> Place:
        restored = load_checkpoint(path, self.config, self.accelerator.process_index)
        if self.accelerator.distributed_type == DistributedType.DEEPSPEED:
            self.accelerator.load_state(str(self.output / f"deepspeed-{restored.place.total}"), load_module_strict=False)
        else:
            self.model.load_trained(restored.trained)
            self.optimiser.load_state_dict(restored.parts["optimiser"])
        self.guard = LossGuard(**restored.parts["guard"])
        set_random_states(restored.random_states)
        self._say(f"Going on from {path}.")
        return restored.place


def reset_moments(optimiser: Any) -> None:
    """Forgets an optimiser's moments, however it is wrapped."""
    while getattr(optimiser, "optimizer", None) is not None:
        optimiser = optimiser.optimizer
    optimiser.state.clear()

