"""The programs that the chapter on several processes starts: their parts, in a process of one; and their end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import torch

from places import ROOT

SCRIPTS = ROOT / "book" / "scripts"


@pytest.fixture(scope="module")
def scripts() -> Any:
    """Import the two programs as modules."""
    sys.path.insert(0, str(SCRIPTS))
    try:
        import distributed_recovery
        import distributed_training

        yield distributed_training, distributed_recovery
    finally:
        sys.path.remove(str(SCRIPTS))


@pytest.fixture
def training(scripts: tuple[ModuleType, ModuleType], monkeypatch: pytest.MonkeyPatch) -> Any:
    """Yield a short training on numbers drawn at random, in a group of this process alone."""
    program = scripts[0]
    for name in ("RANK", "WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT"):
        monkeypatch.setenv(name, "")  # so that it is put back afterwards
        monkeypatch.delenv(name)
    monkeypatch.setattr(program, "end_with_parent", lambda: None)
    threads = torch.get_num_threads()
    draw = torch.Generator().manual_seed(0)
    with program.process_group():
        x = torch.rand(400, 784, generator=draw, dtype=torch.float64)
        yield program.Training(x, (x[:, 0] > 0.5).to(torch.uint8), torch.float64)
    torch.set_num_threads(threads)


def test_a_training_taken_up_from_a_checkpoint_ends_with_the_same_bits(
    scripts: tuple[ModuleType, ModuleType], training: Any, tmp_path: Path
) -> None:
    program, recovery = scripts
    for _ in range(3):  # into the second epoch, of two steps each
        training.advance()
    recovery.save(tmp_path / "state.pt", training, [0.5])
    before = training.digest()
    again = program.Training(training.digits, training.even, torch.float64)
    assert recovery.load(tmp_path / "state.pt", again) == [0.5]
    assert (again.step, again.digest()) == (3, before)
    assert [training.advance() for _ in range(3)] == [again.advance() for _ in range(3)]
    assert training.digest() == again.digest() != before


def test_without_a_checkpoint_a_training_begins(
    scripts: tuple[ModuleType, ModuleType], training: Any, tmp_path: Path
) -> None:
    assert scripts[1].load(tmp_path / "nothing.pt", training) == []
    assert training.step == 0


def test_a_state_is_a_copy_that_no_later_step_writes_into(training: Any) -> None:
    training.advance()
    state = training.state()
    weights = state["model"]["module.0.weight"].clone()
    momentum = state["optimizer"]["state"][0]["momentum_buffer"].clone()
    for _ in range(2):
        training.resume(state)
        training.advance()
        torch.testing.assert_close(state["model"]["module.0.weight"], weights, rtol=0, atol=0)
        torch.testing.assert_close(state["optimizer"]["state"][0]["momentum_buffer"], momentum, rtol=0, atol=0)


def test_a_checkpoint_is_whole_although_writing_the_next_one_failed(
    scripts: tuple[ModuleType, ModuleType], training: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recovery, path = scripts[1], tmp_path / "state.pt"
    recovery.save(path, training, [])
    whole = path.read_bytes()

    def killed(state: Any, file: Any) -> None:
        file.write(b"half")
        raise KeyboardInterrupt

    monkeypatch.setattr(torch, "save", killed)
    with pytest.raises(KeyboardInterrupt):
        recovery.save(path, training, [])
    assert path.read_bytes() == whole


def test_shards_cover_everything_once_and_the_first_has_its_share(
    scripts: tuple[ModuleType, ModuleType], monkeypatch: pytest.MonkeyPatch
) -> None:
    program, shards = scripts[0], []
    monkeypatch.setattr(program.dist, "get_world_size", lambda: 4)
    for rank in range(4):
        monkeypatch.setattr(program.dist, "get_rank", lambda rank=rank: rank)
        shards.append(program.my_shard(torch.arange(10), 0.7))
    assert [len(shard) for shard in shards] == [7, 1, 1, 1]
    assert torch.equal(torch.cat(shards), torch.arange(10))


@pytest.mark.parametrize(
    ("program", "arguments", "complaint"),
    [
        ("distributed_training.py", ["--parts", "curve"], "invalid choice: 'curve'"),
        ("distributed_recovery.py", ["--checkpoint", "/no/such/folder/state.pt"], "there is no folder /no/such/folder"),
        ("distributed_recovery.py", ["--checkpoint", "state.pt", "--every", "0"], "--every is 0: at least 1 is needed"),
    ],
)
def test_a_wrong_option_gets_an_answer(
    program: str,
    arguments: list[str],
    complaint: str,
    scripts: tuple[ModuleType, ModuleType],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    module = scripts[program == "distributed_recovery.py"]
    monkeypatch.setattr(sys, "argv", [program, *arguments])
    with pytest.raises(SystemExit) as stop:
        module.main()
    assert stop.value.code == 2
    assert complaint in capsys.readouterr().err


def test_a_process_ends_when_the_one_that_started_it_is_gone() -> None:
    child = (
        f"import sys, time; sys.path.insert(0, {str(SCRIPTS)!r}); import distributed_training as program; "
        "program.end_with_parent(); import os; print(os.getpid(), flush=True); time.sleep(300)"
    )
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"
    with subprocess.Popen([sys.executable, "-c", parent], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        pid = int(process.stdout.readline())
        process.kill()
        try:
            process.communicate(timeout=60)  # until nobody holds the other end of the pipe; it takes half a second
        except subprocess.TimeoutExpired:
            os.kill(pid, signal.SIGKILL)
            pytest.fail("the process outlived its parent by a minute")
