"""Who does the work of many batches: this process, processes of its own, or a Dask cluster."""

import os
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager

from headcount import HeadcountError

AHEAD = 2  # batches that wait for each process, so that none stands idle
AGAIN = "Run the same command again: it goes on where it stopped."


class Here:
    """An executor that does the work at once, in this process."""

    def submit(self, work, *arguments):
        future = Future()
        future.set_result(work(*arguments))
        return future


@contextmanager
def engine(workers, scheduler=""):
    """(executor, function that gives how many batches it should have at a time): a Dask cluster by its scheduler's address, else as
    many processes, else this process for one worker. Raises HeadcountError if there is no cluster, or a process dies."""
    if scheduler:
        yield from _cluster(scheduler)
    elif workers > 1:
        yield from _processes(workers)
    else:
        yield Here(), lambda: 1


def _cluster(scheduler):
    from distributed import Client, KilledWorker

    try:
        client = Client(scheduler, timeout=10)
    except (OSError, ValueError) as error:
        raise HeadcountError(
            f"No Dask scheduler answers at {scheduler}: {error}. Start one with `dask scheduler`, and workers with `dask worker`."
        ) from None
    with client:
        try:
            yield client.get_executor(pure=False), lambda: max(8, AHEAD * sum(client.nthreads().values()))
        except KilledWorker as error:
            raise HeadcountError(f"Workers of the cluster died: {error} {AGAIN}") from None


def _processes(workers):
    from multiprocessing import get_context

    pool = ProcessPoolExecutor(workers, get_context("spawn"), _end_with_parent)
    try:
        yield pool, lambda: AHEAD * workers
    except BrokenExecutor:
        raise HeadcountError(f"A process was killed, perhaps for want of memory. {AGAIN}") from None
    finally:
        pool.shutdown(cancel_futures=True)


def _end_with_parent():
    """Let a process of the pool leave Ctrl-C to its parent, and end when that is gone, however it went."""
    import multiprocessing
    import signal
    import threading

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    threading.Thread(target=lambda: (parent.join(), os._exit(1)), daemon=True).start()


def as_done(executor, room, tasks):
    """Yield the results of tasks (function and arguments) as they come, with no more of them under way than there is room for."""
    running = set()
    for task in tasks:
        running.add(executor.submit(*task))
        while len(running) >= room():
            done, running = wait(running, return_when=FIRST_COMPLETED)
            yield from (future.result() for future in done)
    while running:
        done, running = wait(running, return_when=FIRST_COMPLETED)
        yield from (future.result() for future in done)
