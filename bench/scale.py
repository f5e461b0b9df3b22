"""How extraction grows from a thousand texts on, and by whom: one process, two, a Dask cluster of two workers, in the same run.

    python bench/scale.py [LARGEST]

Short articles from templates (articles.py), so that the right claims are known. LARGEST is 10,000 by default, which takes some minutes;
1,000,000 are half a gigabyte of text in a million files, and hours on two cores. Times are CPU seconds, children included, so that they
hold on a machine that has other work too; what starting up costs, seen in a run of one text, is taken off.
"""

import os
import shutil
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import NamedTuple

import articles
import pyarrow.parquet

from headcount.story import ROOT

FOLDER = ROOT / "build" / "bench"
SIZES = (1_000, 10_000, 100_000, 1_000_000)
ADDRESS = "tcp://127.0.0.1:8799"
TERABYTE = 1e12


class Cost(NamedTuple):
    """What a command took: CPU and wall seconds, and the largest process's memory in MB."""

    cpu: float
    wall: float
    memory: float


def run(*command):
    """The Cost of a command, its children included."""
    start = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", *map(str, command)], stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL
    )
    _, status, used = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"{' '.join(map(str, command))} failed")
    return Cost(used.ru_utime + used.ru_stime, time.perf_counter() - start, used.ru_maxrss / 1e3)


def extract(texts, output, *how):
    """The Cost of extracting the claims of a folder of texts anew."""
    shutil.rmtree(output, ignore_errors=True)
    return run("headcount", "extract", texts, "--output", f"{output}/", *how)


@contextmanager
def cluster():
    """A scheduler and two workers of one thread, as processes; yields a function that gives their CPU seconds so far."""
    import psutil

    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    dask = [sys.executable, "-m", "dask"]
    port = ADDRESS.rpartition(":")[2]
    command = [[*dask, "scheduler", "--host", "127.0.0.1", "--port", port, "--no-dashboard"]]
    command += 2 * [[*dask, "worker", ADDRESS, "--nthreads", "1", "--no-dashboard"]]
    processes = [subprocess.Popen(one, **quiet) for one in command]
    try:
        from distributed import Client

        with Client(ADDRESS, timeout=60) as client:
            client.wait_for_workers(2, timeout=60)
        yield lambda: sum(
            sum(member.cpu_times()[:2])
            for process in processes
            for member in [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
        )
    finally:
        for process in reversed(processes):
            process.terminate()
            process.wait()


def right(output, count):
    """(share of the articles' claims that were found with value, hedge, noun and act; claims found that there are not)."""
    found = good = told = 0
    columns = ["file", "start", "value", "qualifier", "noun", "action"]
    for path in sorted((output / "claims").iterdir()):
        claims = {}
        for file, *claim in zip(
            *pyarrow.parquet.read_table(path, columns=columns).to_pydict().values(), strict=True
        ):
            claims.setdefault(int(file[-11:-4]), set()).add(tuple(claim))
        for number, of_article in claims.items():
            truth = {tuple(one) for one in articles.article(number)[1]}
            found, good, told = found + len(of_article), good + len(of_article & truth), told + len(truth)
    assert count == pyarrow.parquet.ParquetDataset(output / "texts").read(["claims"]).num_rows
    return good / told, found - good


def main(largest):
    FOLDER.mkdir(parents=True, exist_ok=True)
    one = FOLDER / "articles-1"
    articles.write(one, 1)
    idle = {how: extract(one, FOLDER / "claims-1", "--workers", how) for how in (1, 2)}
    rates = {}
    for count in (size for size in SIZES if size <= largest):
        texts, output = FOLDER / f"articles-{count}", FOLDER / f"claims-{count}"
        size = articles.write(texts, count) / 1e6
        two = extract(texts, output, "--workers", 2)
        share, more = right(output, count)
        rates[count] = size / (two.cpu - idle[2].cpu)
        print(f"{count:,} articles, {size:.1f} MB: {share:.2%} of their claims right, {more} that are none")
        print(
            f"  two processes: {rates[count]:.2f} MB per CPU second ({rates[count] / rates[SIZES[0]]:.2f} of that for {SIZES[0]:,}), "
            f"largest process {two.memory:.0f} MB ({two.memory / idle[2].memory:.2f} of that for one text)",
            flush=True,
        )
        if count > 100_000:
            continue
        alone = extract(texts, output, "--workers", 1)
        print(
            f"  one process:   {(alone.cpu - idle[1].cpu) / (two.cpu - idle[2].cpu):.2f} times the CPU of two, "
            f"{alone.wall / two.wall:.2f} times the wall time, {alone.memory:.0f} MB"
        )
        with cluster() as used:
            before = used()
            dask = extract(texts, output, "--scheduler", ADDRESS)
            cpu = used() - before + dask.cpu - idle[1].cpu
        print(
            f"  Dask:          {cpu / (two.cpu - idle[2].cpu):.2f} times the CPU of two processes, {dask.wall / two.wall:.2f} "
            f"times the wall time, {dask.memory:.0f} MB in the process that writes",
            flush=True,
        )
    rate = list(rates.values())[-1]
    print(
        f"a terabyte of such articles, at {rate:.2f} MB per CPU second: {TERABYTE / 1e6 / rate / 3600:,.0f} core-hours"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
