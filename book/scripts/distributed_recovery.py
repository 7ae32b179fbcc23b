r"""Train on several processes, lose one on the way, and start again from the last checkpoint.

The process with the number of ``--kill`` kills itself at the step ``--at``, the first time that it gets there: with
SIGKILL, which no program can catch, as when the system runs out of memory. The others find out and say so; torchrun
starts all of them again, and they go on from the checkpoint::

    TORCH_DISABLE_SHARE_RDZV_TCP_STORE=1 python -m torch.distributed.run --standalone --nproc-per-node 4 \
        --max-restarts 1 book/scripts/distributed_recovery.py --checkpoint digits.pt --kill 1 --at 25

The variable gives every start a store of its own, where the processes tell each other their addresses. Without it, the
processes that start again find the addresses of dead ones (https://github.com/pytorch/pytorch/issues/135712).

With ``--max-restarts 0`` everything ends there; the same command without ``--kill`` then takes the training up again.
Standard output has one JSON object per line, from any process that has something to tell. The training is that of
distributed_training.py beside this file, in float32.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

import torch
from distributed_training import DIGITS_HELP, Training, process_group, progress, share_digits


def main() -> None:
    """Train from the checkpoint, if there is one, to the end."""
    options = command_line()
    attempt = int(os.environ.get("TORCHELASTIC_RESTART_COUNT", "0"))
    with process_group() as (rank, processes):
        if options.kill is not None and not 0 <= options.kill < processes:
            sys.exit(f"--kill is {options.kill}: there are {processes} processes, numbered from 0")
        training = Training(*share_digits(rank, options.digits), torch.float32)
        losses = load(options.checkpoint, training)
        # torchrun will ask the others to stop. Their next exchange fails anyhow, and says why.
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        if rank == 0:
            tell("start", attempt=attempt, step=training.step, time=time.time())
        for _ in progress(options.steps - training.step, "training"):
            if attempt == 0 and (rank, training.step) == (options.kill, options.at):
                tell("killed", attempt=attempt, rank=rank, step=training.step, time=time.time())
                os.kill(os.getpid(), signal.SIGKILL)
            try:
                losses.append(training.advance()[0])
            except RuntimeError as error:
                tell("lost a process", attempt=attempt, rank=rank, step=training.step, time=time.time())
                sys.exit(f"process {rank}: another process is gone at step {training.step}: {error}")
            if rank == 0 and training.step % options.every == 0:
                save(options.checkpoint, training, losses)
    if rank == 0:
        tell("end", attempt=attempt, step=training.step, time=time.time(), digest=training.digest(), loss=losses)


def command_line() -> argparse.Namespace:
    """Return the options."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checkpoint", type=Path, required=True, help="the file to save to and to go on from")
    parser.add_argument("--steps", type=int, default=60, help="steps in all (default: %(default)s)")
    parser.add_argument("--every", type=int, default=10, help="steps between checkpoints (default: %(default)s)")
    parser.add_argument("--kill", type=int, metavar="NUMBER", help="the process that dies (default: none)")
    parser.add_argument("--at", type=int, default=25, help="the step at which it dies (default: %(default)s)")
    parser.add_argument("--digits", type=Path, help=DIGITS_HELP)
    options = parser.parse_args()
    for name in ("steps", "every"):
        if getattr(options, name) < 1:
            parser.error(f"--{name} is {getattr(options, name)}: at least 1 is needed")
    if not options.checkpoint.parent.is_dir():
        parser.error(f"--checkpoint is {options.checkpoint}: there is no folder {options.checkpoint.parent}")
    return options


def save(path: Path, training: Training, losses: list[float]) -> None:
    """Write a checkpoint, so that at any moment the file holds a whole one: the one before, or this."""
    unfinished = path.with_name(path.name + ".unfinished")  # in the same folder: a move within a disk is one act
    with unfinished.open("wb") as file:
        torch.save({"training": training.state(), "losses": losses}, file)
        file.flush()
        os.fsync(file.fileno())  # on the disk, before the name is
    os.replace(unfinished, path)


def load(path: Path, training: Training) -> list[float]:
    """Bring a training to where the checkpoint is, if there is one, and return the losses so far."""
    if not path.exists():
        return []
    state = torch.load(path, weights_only=True)
    training.resume(state["training"])
    losses: list[float] = state["losses"]
    return losses


def tell(event: str, **facts: Any) -> None:
    """Print a line of JSON, in one piece: others print too."""
    sys.stdout.write(json.dumps({"event": event, **facts}) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
