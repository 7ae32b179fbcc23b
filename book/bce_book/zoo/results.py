"""What the audit says of each peer, and a table of it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor

import pandas as pd
from tqdm import tqdm

from bce_book.zoo.peers import PEERS, Peer
from bce_lib.audit import Report, checks
from bce_lib.audit._report import SYMBOLS

_QUIET = {"TF_CPP_MIN_LOG_LEVEL": "3", "TF_ENABLE_ONEDNN_OPTS": "0"}


def survey(peers: Iterable[Peer] = PEERS, *, jobs: int = 2, progress: bool = True) -> dict[Peer, Report]:
    """Audit every peer, each in a process of its own.

    Parameters
    ----------
    peers : iterable of Peer
        The losses to audit.
    jobs : int
        Processes at a time.
    progress : bool
        Whether to show a progress bar on standard error.

    Returns
    -------
    dict of Peer to Report
        In the order of the peers.

    Raises
    ------
    RuntimeError
        If an audit could not run, with what it said: a framework is missing, for example.

    References
    ----------
    The command is :mod:`bce-audit <bce_lib.audit>`.

    Examples
    --------
    >>> from bce_book.zoo import PEERS, survey
    >>> peer = next(peer for peer in PEERS if peer.name == "logaddexp(0,z) − zy")
    >>> report = survey([peer], progress=False)[peer]
    >>> print(report["tail-0"].status, report["infinite"].status)
    pass fail
    """
    chosen = list(peers)
    with ThreadPoolExecutor(jobs) as pool:
        running = pool.map(_audit, chosen)
        if progress:
            running = tqdm(running, total=len(chosen), desc="audits", unit="loss")
        return dict(zip(chosen, running, strict=True))


def _audit(peer: Peer) -> Report:
    environment = os.environ | _QUIET | ({"KERAS_BACKEND": peer.backend} if peer.backend else {})
    command = [sys.executable, "-m", "bce_lib.audit", *peer.command(), "--json", "--time-limit", "60"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode > 1 or not done.stdout:
        raise RuntimeError(f"the audit of {peer} could not run: {done.stderr.strip()[-1000:]}")
    return Report.from_json(done.stdout)


def table(reports: Mapping[Peer, Report], *families: str) -> pd.DataFrame:
    """Return a table with a row per check and a column per peer: ✓ passed, ✗ failed, – does not apply.

    Parameters
    ----------
    reports : mapping of Peer to Report
        What `survey` returned.
    *families : str
        The families to show; all of them if none is given.

    Returns
    -------
    pandas.DataFrame
        Of text; checks that apply to none of the peers are left out.

    Raises
    ------
    ValueError
        If there is no such family among the reports.

    References
    ----------
    The checks are explained by ``bce-audit --list``.

    Examples
    --------
    >>> from bce_book.zoo import PEERS, survey, table
    >>> reports = survey([peer for peer in PEERS if peer.name == "logaddexp(0,z) − zy"], progress=False)
    >>> print(table(reports).loc["tail-0"].tolist())
    ['✓']
    """
    shown = {peer: report for peer, report in reports.items() if not families or peer.family in families}
    known = {peer.family for peer in reports}
    for family in families:
        if family not in known:
            raise ValueError(f"there is no family {family!r}; there are {', '.join(map(repr, sorted(known)))}")
    columns = {
        (peer.name if len(families) == 1 else str(peer)): [SYMBOLS[report[check.name].status] for check in checks]
        for peer, report in shown.items()
    }
    whole = pd.DataFrame(columns, index=pd.Index([check.name for check in checks], name="check"))
    return whole[(whole != SYMBOLS["not applicable"]).any(axis=1)]
