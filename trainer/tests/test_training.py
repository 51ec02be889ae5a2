"""The training loop: resuming, signals, several processes, and what stops it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
import torch
from accelerate.state import AcceleratorState
from small_dataset import ConfigOf
from safetensors.torch import load_file

from penumbra_train.config.schema import TrainingConfig
from penumbra_train.problem import Problem
from penumbra_train.training import checkpoint as checkpoint_module
from penumbra_train.training import loop
from penumbra_train.training.checkpoint import checkpoints, load_checkpoint
from penumbra_train.training.guard import LossGuard, out_of_memory
from penumbra_train.training.loop import train

ROOT = Path(__file__).resolve().parents[1]


def entries(config: TrainingConfig, kind: str) -> list[dict[str, Any]]:
    lines = (Path(config.run.output) / "metrics.jsonl").read_text().splitlines()
    return [entry for entry in map(json.loads, lines) if entry["kind"] == kind]


def losses(config: TrainingConfig) -> list[tuple[int, float]]:
    return [(entry["step"], entry["loss"]) for entry in entries(config, "train")]


def last_weights(config: TrainingConfig) -> dict[str, torch.Tensor]:
    return load_file(checkpoints(Path(config.run.output))[-1] / "trained.safetensors")


LORA = {"r": 4, "alpha": 1, "dropout": 0.2, "targets": ["q_proj", "down_proj"]}


@pytest.mark.parametrize("stop_at", [2, 4])
def test_a_resumed_training_continues_bit_for_bit(config_of: ConfigOf, tmp_path: Path, stop_at: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stopped by SIGTERM in the middle of a stage; dropout makes the random states matter."""
    lora = {"lora": {**LORA, "dropout": 0.2}}
    whole = config_of(model=lora, run={"output": str(tmp_path / "whole")})
    assert train(whole, "", resume=False) == 0
    stopped = config_of(model=lora, run={"output": str(tmp_path / "stopped")})
    original = loop.accumulate_gradients
    calls = 0

    def counted(*arguments: Any, **options: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == stop_at:
            os.kill(os.getpid(), signal.SIGTERM)
            options["stop_signal"] = signal.SIGTERM
        return original(*arguments, **options)

    with monkeypatch.context() as patch:
        patch.setattr(loop, "accumulate_gradients", counted)
        assert train(stopped, "", resume=False) == signal.SIGTERM
    assert checkpoints(Path(stopped.run.output))[-1].name == f"step-{stop_at}"
    torch.manual_seed(999)
    assert train(stopped, "", resume=True) == 0
    assert losses(stopped) == losses(whole)
    a, b = last_weights(stopped), last_weights(whole)
    assert a.keys() == b.keys()
    assert all(torch.equal(a[name], b[name]) for name in a)


def test_metrics_and_stages(config_of: ConfigOf, dataset: Path) -> None:
    config = config_of(
        data={"validation": {"path": str(dataset), "split": "dev"}}, run={"tensorboard": True}, model={"vision": "trained"}
    )
    assert train(config, "# as given\n", resume=False) == 0
    found = entries(config, "train")
    assert [entry["step"] for entry in found] == list(range(1, 10))
    assert [entry["stage"] for entry in found] == [0, 0, 0, 1, 1, 1, 2, 2, 2]
    assert all(0 < entry["vision_mass"]["step_0"] < 1 for entry in found if "stage_1" in entry["loss_by_stage"])
    validations = entries(config, "validation")
    assert [entry["stage"] for entry in validations] == [0, 1, 2]
    assert all(entry["count"] == 4 and set(entry["by_domain"]) == {"science", "commonsense"} for entry in validations)
    output = Path(config.run.output)
    assert sorted(path.name for path in (output / "stages").iterdir()) == [f"stage-{n}.safetensors" for n in range(3)]
    assert list((output / "tensorboard").iterdir())
    assert (output / "config.toml").read_text() == "# as given\n"
    assert any("visual" in name for name in last_weights(config))


@pytest.mark.parametrize("supervision", ["explicit", "direct"])
def test_other_supervision_learns_its_samples_by_heart(config_of: ConfigOf, supervision: str) -> None:
    config = config_of(
        method={"supervision": supervision, "positions": "mrope"},
        schedule={"steps": 40},
        run={"global_batch": 11, "micro_batch": 11, "log_every": 39},
        optimiser={"lr": 1e-2, "clip": 1.0},
    )
    assert train(config, "", resume=False) == 0
    first, last = losses(config)[0][1], losses(config)[-1][1]
    assert last < first / 3


def test_micro_batches_and_processes_share_the_same_work(config_of: ConfigOf, tmp_path: Path, dataset: Path) -> None:
    """One process in one micro batch, one in several, two processes: the same loss curve."""
    runs = {}
    validated = {"validation": {"path": str(dataset), "split": "dev"}}
    accuracies = {}
    for name, micro in (("one", 4), ("several", 1)):
        config = config_of(data=validated, run={"output": str(tmp_path / name), "micro_batch": micro})
        assert train(config, "", resume=False) == 0
        runs[name] = losses(config)
        accuracies[name] = [entry["count"] for entry in entries(config, "validation")]
    config = config_of(data=validated, run={"output": str(tmp_path / "two"), "micro_batch": 2})
    path = tmp_path / "two.toml"
    path.write_text(toml(asdict(config)))
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "ACCELERATE_USE_CPU": "true", "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc_per_node=2", "-m", "penumbra_train", "run", str(path)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stderr
    runs["two"] = losses(config)
    assert [entry["count"] for entry in entries(config, "validation")] == accuracies["one"] == [4, 4, 4]
    assert len(runs["one"]) == 9
    for name in ("several", "two"):
        assert [step for step, _ in runs[name]] == [step for step, _ in runs["one"]]
        for (_, found), (_, expected) in zip(runs[name], runs["one"], strict=True):
            assert found == pytest.approx(expected, rel=2e-5)


def toml(document: dict[str, Any]) -> str:
    """Nested tables of plain values, as TOML."""

    def value(item: Any) -> str:
        if isinstance(item, dict):
            return "{ " + ", ".join(f"{key} = {value(inner)}" for key, inner in item.items() if inner is not None) + " }"
        if isinstance(item, list):
            return "[" + ", ".join(map(value, item)) + "]"
        return json.dumps(item)

    return "".join(
        f"[{table}]\n" + "".join(f"{key} = {value(item)}\n" for key, item in values.items() if item is not None)
        for table, values in document.items()
    )


def test_a_full_disk_leaves_the_checkpoint_before(config_of: ConfigOf, monkeypatch: pytest.MonkeyPatch) -> None:
    config = config_of(run={"save_every": 2})
    original = checkpoint_module.save_file

    def full(tensors: Any, path: Path, **options: Any) -> None:
        original(tensors, path, **options)
        if "step-4" in str(path):
            path.write_bytes(path.read_bytes()[:100])
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(checkpoint_module, "save_file", full)
    with pytest.raises(Problem, match=r"step-4 could not be saved: .*No space left.*step-3, is whole"):
        train(config, "", resume=False)
    monkeypatch.undo()
    assert not list(Path(config.run.output).glob("*.partial"))
    assert train(config, "", resume=True) == 0
    assert [step for step, _ in losses(config)] == list(range(1, 10))


def test_a_checkpoint_of_another_configuration_is_refused(config_of: ConfigOf) -> None:
    config = config_of(schedule={"epochs": [1, 0, 0]})
    train(config, "", resume=False)
    other = config_of(schedule={"epochs": [1, 0, 0]}, method={"patches_per_step": 2})
    with pytest.raises(Problem, match="method.patches_per_step was 1, is 2"):
        train(other, "", resume=True)
    with pytest.raises(Problem, match="holds checkpoints already"):
        train(config, "", resume=False)
    last = checkpoints(Path(config.run.output))[-1]
    (last / "state.pt").write_bytes(b"\0" * 40)
    with pytest.raises(Problem, match="cannot be read"):
        load_checkpoint(last, config, 0)


def test_losses_that_make_no_sense_stop_the_training(config_of: ConfigOf) -> None:
    guard = LossGuard(factor=10)
    for _ in range(30):
        guard.check(0.5, 1.0, "step 1")
    guard.check(4.9, 1.0, "step 1")
    with pytest.raises(Problem, match=r"exploded at step 9.*optimiser.lr"):
        guard.check(30.0, 1.0, "step 9")
    # Where text goes token by token a jump is no explosion until it lasts, and does not raise what is called usual.
    patient = LossGuard(factor=10, patience=5)
    for loss in (*[0.5] * 30, 30.0, 30.0, 0.5, 30.0, 30.0, 30.0, 30.0):
        patient.check(loss, 1.0, "step 8")
    with pytest.raises(Problem, match=r"exploded at step 9: 30.000, against 0\.\d+ before.*optimiser.lr"):
        patient.check(30.0, 1.0, "step 9")
    with pytest.raises(Problem, match="loss is not a finite number at step 9"):
        guard.check(float("nan"), 1.0, "step 9")
    with pytest.raises(Problem, match="gradient is not a finite number"):
        guard.check(1.0, float("inf"), "step 9")
    config = config_of(optimiser={"lr": 1e30, "clip": 0.0})
    with pytest.raises(Problem, match="not a finite number"):
        train(config, "", resume=False)


def test_out_of_memory_says_what_to_lower(config_of: ConfigOf, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_arguments: Any, **_options: Any) -> Any:
        raise RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried to allocate 1 bytes.")

    monkeypatch.setattr(loop, "accumulate_gradients", full)
    with pytest.raises(Problem, match=r"Out of memory.*run.micro_batch \(now 2.*gradient_checkpointing"):
        train(config_of(), "", resume=False)
    assert out_of_memory(RuntimeError("shapes differ"), config_of().run) is None


@pytest.mark.parametrize("released", [False, True])
def test_bfloat16_with_lora_and_checkpointing(config_of: ConfigOf, released: bool) -> None:
    """The paper's combination runs and stays near the same training in float32."""
    lora = {"lora": {**LORA, "dropout": 0.0}}
    method = {"gradients": "released" if released else "full"}
    half = config_of(
        model={**lora, "dtype": "bfloat16"},
        method=method,
        run={"precision": "bf16", "gradient_checkpointing": True, "output": str(Path(config_of().run.output) / "half")},
    )
    full = config_of(model=lora, method=method, run={"output": str(Path(config_of().run.output) / "full")})
    for config in (half, full):
        AcceleratorState._reset_state(reset_partial_state=True)  # one process, two precisions
        assert train(config, "", resume=False) == 0
    for (_, a), (_, b) in zip(losses(half), losses(full), strict=True):
        assert a == pytest.approx(b, rel=0.05)
    AcceleratorState._reset_state(reset_partial_state=True)
    dtypes = {tensor.dtype for tensor in last_weights(half).values()}
    assert dtypes == {torch.float32}
