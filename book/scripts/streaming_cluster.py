"""Evaluate a model through Dask arrays on a cluster of two processes; then again, and kill one of them on the way.

    python book/scripts/streaming_cluster.py [FOLDER]

FOLDER is one that streaming_data.py has filled; without it, a temporary one is filled. The cluster consists of two
processes on this machine. In the second run, one of them is stopped in the middle of a chunk by SIGKILL, which no
process can catch: as if its power had failed. Both answers are printed as JSON, with the processes that read a chunk.
"""

from __future__ import annotations

import json
import logging
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import dask.array as da
import numpy as np
from distributed import Client, LocalCluster
from streaming_data import DIGITS, OnDisk, Trap, kill, model, write

from bce_lib.streaming import MeanLoss


def mean_loss(images: OnDisk, folder: Path) -> MeanLoss:
    """Evaluate the model on whatever cluster there is."""
    pixels = da.from_array(images, chunks=(DIGITS, -1))
    labels = da.from_array(OnDisk(folder / "labels.npy"), chunks=DIGITS)
    logits = pixels.map_blocks(model, str(folder), drop_axis=1, dtype=np.float32, meta=np.empty(0, np.float32))
    return MeanLoss().update(labels, logits)


def main(folder: Path, scratch: Path) -> dict[str, Any]:
    """Run twice on one cluster, the second time with an accident."""
    options = {"n_workers": 2, "threads_per_worker": 1, "dashboard_address": None, "silence_logs": logging.CRITICAL}
    with LocalCluster(local_directory=str(scratch), **options) as cluster, Client(cluster) as client:
        client.wait_for_workers(2, timeout=120)
        calm = mean_loss(OnDisk(folder / "images.npy", scratch / "calm"), folder)
        victim = scratch / "victim"
        with ThreadPoolExecutor(1) as pool:
            killing = pool.submit(kill, victim)
            disturbed = mean_loss(Trap(folder / "images.npy", scratch / "disturbed", victim), folder)
            killed = killing.result()
        client.wait_for_workers(2, timeout=120)  # a new process takes the place of the killed one
        workers = list(client.run(lambda: __import__("os").getpid()).values())
    return {
        "calm": calm.state(),
        "disturbed": disturbed.state(),
        "reads": {name: (scratch / name).read_text().split() for name in ("calm", "disturbed")},
        "killed": str(killed),
        "at the end": [str(worker) for worker in workers],
    }


if __name__ == "__main__":
    with TemporaryDirectory() as scratch:
        if len(sys.argv) > 1:
            folder = Path(sys.argv[1])
        else:
            folder = Path(scratch)
            write(folder)
        print(json.dumps(main(folder, Path(scratch))))
