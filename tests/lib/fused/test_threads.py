"""Threads: every task once, no deadlock, interruptible, safe after a fork and beside PyTorch."""

import os
import subprocess
import sys
import textwrap
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from bce_lib import fused
from bce_lib.fused import _threads as threads
from engines import skip_without

PATIENCE = 300  # seconds after which a process that hangs is given up


def in_a_process(code, **options):
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)],
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
        **options,
    )


@pytest.mark.parametrize("n_threads", [1, 2, 7, 100])
@pytest.mark.parametrize("tasks", [1, 2, 50])
def test_every_task_is_done_once(tasks, n_threads):
    done = [0] * tasks

    def work(task):
        done[task] += 1

    threads.share(work, tasks, n_threads)
    assert done == [1] * tasks


def test_the_threads_do_work_at_the_same_time():
    """Each task waits for the other: one thread after another would wait in vain."""
    meeting = threading.Barrier(2, timeout=60)
    threads.share(lambda _: meeting.wait(), 2, 2)


@pytest.mark.parametrize("failing", [0, 3])
def test_an_error_ends_the_call_when_nothing_is_running_any_more(failing):
    running, begun = [], []

    def work(task):
        begun.append(task)
        running.append(task)
        try:
            if task == failing:
                raise RuntimeError(f"task {task}")
        finally:
            running.remove(task)

    with pytest.raises(RuntimeError, match=f"task {failing}"):
        threads.share(work, 1000, 3)
    assert not running
    assert len(begun) < 1000


def test_calls_from_many_threads_at_once_are_all_right():
    generator = np.random.default_rng(0)
    z = generator.standard_normal((8, 1_200_000)).astype("f4")
    y = (generator.random(z.shape) < 0.5).astype("f4")
    alone = [fused.loss_and_gradient(*pair, n_threads=1) for pair in zip(y, z, strict=True)]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda pair: fused.loss_and_gradient(*pair, n_threads=4), zip(y, z, strict=True)))
    for (loss, gradient), (right, slope) in zip(together, alone, strict=True):
        assert loss == right
        np.testing.assert_array_equal(gradient, slope)


def test_a_call_gets_on_where_all_other_threads_are_taken(monkeypatch):
    with ThreadPoolExecutor(1) as busy:
        monkeypatch.setattr(threads, "_pool", busy)
        release = threading.Event()
        busy.submit(release.wait, 60)
        done = []
        threads.share(done.append, 5, 4)
        release.set()
        assert done == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(("value", "count"), [("1", 1), ("3", 3), ("4,2", 4)])
def test_the_usual_variable_says_how_many_threads(monkeypatch, value, count):
    monkeypatch.setenv("OMP_NUM_THREADS", value)
    assert threads.default_threads() == count


@pytest.mark.parametrize("value", ["", "0", "-1", "many"])
def test_else_it_is_one_per_core(monkeypatch, value):
    monkeypatch.setenv("OMP_NUM_THREADS", value)
    available = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    assert threads.default_threads() == available


@pytest.mark.slow  # another process loads numba
@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_it_works_after_a_fork():
    process = in_a_process("""
        import os
        import numpy as np
        from bce_lib import fused
        y, z = np.zeros(3_000_000, "f4"), np.ones(3_000_000, "f4")
        before = fused.loss(y, z, n_threads=4)
        child = os.fork()
        if child == 0:
            os._exit(0 if fused.loss(y, z, n_threads=4) == before else 1)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), fused.loss(y, z, n_threads=4) == before)
    """)
    assert process.stdout.split() == ["0", "True"], process.stderr


@pytest.mark.slow  # other processes load numba
@pytest.mark.skipif(sys.platform == "win32", reason="signals are sent another way there")
@pytest.mark.parametrize("n_threads", [1, 2])
def test_control_c_stops_it(n_threads):
    """The logits are one number seen a million million times, which would take half an hour or more."""
    process = in_a_process(f"""
        import os
        import signal
        import threading
        import numpy as np
        from bce_lib import fused
        y, z = (np.broadcast_to(np.float32(value), 10**12) for value in (0, 1))
        fused.loss(y[:10], z[:10])
        signal.signal(signal.SIGINT, signal.default_int_handler)  # what runs in the background may have it ignored
        threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT)).start()
        try:
            fused.loss(y, z, n_threads={n_threads})
        except KeyboardInterrupt:
            print("interrupted")
        print(fused.loss(y[:5_000_000], z[:5_000_000]))
    """)
    assert process.stdout.split()[0] == "interrupted", process.stderr
    assert float(process.stdout.split()[1]) == pytest.approx(np.log1p(np.e), rel=1e-6)


@pytest.mark.slow  # another process loads numba and PyTorch
def test_it_shares_a_process_with_pytorch():
    """Neither loads the threads of OpenMP for numba, nor is disturbed by PyTorch's at work at the same time."""
    skip_without("torch")
    process = in_a_process("""
        import sys
        import threading
        import numpy as np
        import torch
        from bce_lib import fused
        torch.set_num_threads(2)
        y, z = np.zeros(2_000_000, "f4"), np.linspace(-30, 30, 2_000_000, dtype="f4")
        right = float(fused.loss(y, z, n_threads=1))
        stop = threading.Event()
        rounds = []

        def torch_at_work():
            while not stop.is_set():
                rounds.append(float(torch.sigmoid(torch.from_numpy(z)).sum()))

        other = threading.Thread(target=torch_at_work)
        other.start()
        found = {float(fused.loss(y, z, n_threads=2)) for _ in range(20)}
        stop.set()
        other.join()
        layers = [name for name in sys.modules if name.startswith("numba.np.ufunc.") and name.endswith("pool")]
        print(found == {right}, len(set(rounds)) == 1, layers)
    """)
    assert process.stdout.strip() == "True True []", process.stderr
