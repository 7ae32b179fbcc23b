"""Tasks that are shared among threads, in a way that disturbs nobody.

The threads are Python's own, and the compiled code lets go of Python's lock, so they do run at the same time. Numba's
``parallel=True`` would be shorter to write, and its threads wake up faster. But which kind of threads that gives
depends on what is installed. The kind that is always there aborts the process when two callers meet, and GNU's OpenMP
does not survive a fork (numba's documentation, *The Threading Layers*).
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait

_pool: ThreadPoolExecutor | None = None


def _executor() -> ThreadPoolExecutor:
    global _pool
    if _pool is None:
        # A thread is started only when there is work and none is idle; the limit is for many calls at once.
        _pool = ThreadPoolExecutor(max_workers=max(32, os.cpu_count() or 1), thread_name_prefix="bce_lib.fused")
    return _pool


def _forget_the_pool() -> None:
    global _pool
    _pool = None  # the child of a fork has the object, but not the threads


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_the_pool)


def default_threads() -> int:
    """Return how many threads to use: what ``OMP_NUM_THREADS`` says, as for PyTorch; else one a core that is ours."""
    limit = os.environ.get("OMP_NUM_THREADS", "").partition(",")[0].strip()
    if limit.isdigit() and int(limit) > 0:
        return int(limit)
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def share(work: Callable[[int], None], tasks: int, n_threads: int) -> None:
    """Call ``work(task)`` for each task from 0 on; which thread does which is left to chance.

    The calling thread works too. So a call gets on even where all other threads are taken, and between two tasks Python
    sees an interruption by Ctrl-C. Whatever the reason why it ends, no thread is at work any more when it has ended.
    """
    remaining = iter(range(tasks))  # to take the next number is one step under Python's lock

    def worker() -> None:
        for task in remaining:
            work(task)

    helpers = [_executor().submit(worker) for _ in range(min(n_threads, tasks) - 1)]
    try:
        worker()
    finally:
        for _ in remaining:  # after an error, nothing is left to begin
            pass
        running = [helper for helper in helpers if not helper.cancel()]
        if running:
            wait(running)
    for helper in running:
        helper.result()
