"""Evaluate a model on a file that is larger than the memory which this process allows itself.

    python book/scripts/streaming_memory.py [FOLDER] [--limit MB] [--load]

FOLDER is one that streaming_data.py has filled; without it a temporary one is. The process may allocate 160 MB, what
Python and NumPy take included. It tries to load the file of 254 MB, and then maps it and goes through it in batches.
It prints what came of each as JSON. With ``--load`` it has no limit and loads the file in pieces. The limit and the
counters are those of Linux.

The limit is ``RLIMIT_DATA``, on private memory that the process can write to (from Linux 4.7 on). A file that is mapped
to be read is not counted, because its pages can be dropped and read again. ``RLIMIT_AS`` would be the wrong limit: it
counts addresses, whether there is memory behind them or not.
"""

from __future__ import annotations

import os

os.environ["OPENBLAS_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = "1"  # each thread would allocate memory of its own

import argparse  # noqa: E402
import json  # noqa: E402
import mmap  # noqa: E402
import sys  # noqa: E402
from collections.abc import Callable, Iterator  # noqa: E402
from contextlib import contextmanager  # noqa: E402
from pathlib import Path  # noqa: E402
from tempfile import TemporaryDirectory  # noqa: E402
from typing import Any  # noqa: E402

import numpy as np  # noqa: E402
from streaming_data import DIGITS, SHIFTS, model, write  # noqa: E402
from tqdm import tqdm  # noqa: E402

from bce_lib.streaming import MeanLoss  # noqa: E402

MEGABYTE = 1_000_000


def main() -> None:
    """Read the command line, and print JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--limit", type=int, default=160, help="what the process may allocate, in MB")
    parser.add_argument("--load", action="store_true", help="load the file, without a limit")
    options = parser.parse_args()
    if not Path("/proc/self/status").exists():
        sys.exit("This needs the limits and counters of Linux, /proc/self/status.")
    with filled(options.folder) as folder:
        print(json.dumps(loaded(folder) if options.load else limited(folder, options.limit)))


@contextmanager
def filled(folder: Path | None) -> Iterator[Path]:
    """Provide the folder, or one that is filled now and removed afterwards."""
    if folder is not None:
        yield folder
        return
    with TemporaryDirectory() as name:
        write(Path(name))
        yield Path(name)


def limited(folder: Path, limit: int) -> dict[str, Any]:
    """Try to load the file under the limit, and then to go through it."""
    import resource

    path = folder / "images.npy"
    resource.setrlimit(resource.RLIMIT_DATA, (limit * MEGABYTE, resource.RLIM_INFINITY))
    answers = {"file MB": path.stat().st_size / MEGABYTE, "limit MB": limit}
    answers["load"] = outcome(lambda: np.load(path))
    answers["map"] = outcome(lambda: answers.update(streamed(folder)))
    return answers


def outcome(call: Callable[[], object]) -> str:
    """Return "done", or the name of the error."""
    try:
        call()
    except (MemoryError, OSError) as error:
        return "MemoryError" if isinstance(error, MemoryError) else "OSError"
    return "done"


def streamed(folder: Path) -> dict[str, Any]:
    """Go through the mapped file, one batch per shift, and keep one loss per shift."""
    images, labels = (np.load(folder / f"{name}.npy", mmap_mode="r") for name in ("images", "labels"))
    losses, memory = [], [counters(0)]
    for k in tqdm(range(len(SHIFTS)), desc="evaluating", unit="batch", disable=not sys.stderr.isatty()):
        rows = slice(k * DIGITS, (k + 1) * DIGITS)
        losses.append(MeanLoss().update(labels[rows], model(images[rows], str(folder))))
        memory.append(counters(rows.stop))
    images._mmap.madvise(mmap.MADV_DONTNEED)  # the kernel may drop the pages now, as it may at any time
    return {"states": [loss.state() for loss in losses], "memory": memory, "after": counters(len(images))}


def loaded(folder: Path) -> dict[str, Any]:
    """Load the file in pieces, and measure the memory after each."""
    mapped = np.load(folder / "images.npy", mmap_mode="r")
    images, memory = np.empty(mapped.shape, mapped.dtype), [counters(0)]
    for stop in range(DIGITS, len(mapped) + 1, DIGITS):
        images[stop - DIGITS : stop] = mapped[stop - DIGITS : stop]
        memory.append(counters(stop))
    return {"memory": memory}


def counters(rows: int) -> dict[str, float]:
    """Return what of this process is in memory, in MB: its own, and pages of files; and what it has allocated."""
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    kilobytes = {name: int(status[name].split()[0]) for name in ("RssAnon", "RssFile", "VmData")}
    return {"rows": rows} | {name: 1024 * value / MEGABYTE for name, value in kilobytes.items()}


if __name__ == "__main__":
    main()
