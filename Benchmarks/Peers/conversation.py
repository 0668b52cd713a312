"""The conversation between the driver and a Python contender.

The driver starts a contender with `--threads N`, reads one line that says which versions it
runs or why it cannot, and then sends one JSON line per turn. Each is answered with one JSON line:

    -> {"workload": {"kind": "train", "batch": 128, ...}, "seconds": 1.5}
    <- {"samples": [0.0081, 0.0080, ...], "settings": "..."}
    <- {"unsupported": "why this contender does not take part"}

Samples are seconds per operation. The first turn of a workload builds and warms it up.
"""

import argparse
import gc
import json
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Workload:
    """What is timed: a kind ("train", "infer", "stream", "product") and its sizes."""

    kind: str
    batch: int = 1
    steps: int = 1
    features: int = 1
    hidden: int = 1


@dataclass(frozen=True)
class Prepared:
    """One operation, complete when it returns, and the settings that were chosen for it."""

    operation: Callable[[], object]
    settings: str


class Unsupported(Exception):
    """A contender does not take part in a workload; the text says why."""


CLASSES = 10
LEARNING_RATE = 0.001

# A sample lasts at least this long: shorter operations are timed several at a time.
SHORTEST_SAMPLE = 0.002
WARM_UP_SECONDS = 0.5
FEWEST_WARM_UPS = 3

# How long each of several ways is tried before the fastest is chosen.
CHOOSING_ROUNDS = 3
CHOOSING_SECONDS = 0.2


def thread_count() -> int:
    """The number of threads the driver asks for."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--threads", type=int, required=True)
    return parser.parse_known_args()[0].threads


def keep_to_processors(count: int) -> None:
    """Limits the process to `count` processors, for peers that size their pools by them."""
    if hasattr(os, "sched_setaffinity"):
        allowed = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, set(allowed[:count]))


def random_batch(workload: Workload):
    """The batch of every step: `[batch, time, features]` floats from 0 to 1, and labels."""
    import numpy

    generator = numpy.random.default_rng(1)
    shape = (workload.batch, workload.steps, workload.features)
    inputs = generator.random(shape, dtype=numpy.float32)
    labels = generator.integers(0, CLASSES, workload.batch)
    return inputs, labels


def converse(load: Callable[[], tuple[dict[str, str], Callable[[Workload], Prepared]]]) -> None:
    """Answers the driver until it closes the pipe.

    `load` imports the peer and returns its versions and the function that prepares a workload.
    """
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # What libraries print must not get between the lines.

    def answer(content: dict) -> None:
        answers.write(json.dumps(content) + "\n")
        answers.flush()

    try:
        versions, prepare = load()
    except Exception as error:  # Any reason keeps this peer out, and no other.
        answer({"unavailable": one_line(error)})
        return
    answer({"versions": versions})
    prepared: dict[Workload, tuple[Prepared, int]] = {}
    for line in sys.stdin:
        request = json.loads(line)
        workload = Workload(**request["workload"])
        try:
            if workload not in prepared:
                ready = prepare(workload)
                prepared[workload] = ready, warm_up(ready.operation)
            ready, calls = prepared[workload]
            samples = measure(ready.operation, calls, request["seconds"])
            answer({"samples": samples, "settings": ready.settings})
        except Unsupported as reason:
            answer({"unsupported": str(reason)})
        except Exception as error:  # Reported by the driver; the other contenders go on.
            answer({"failure": one_line(error)})


def one_line(error: Exception) -> str:
    """The error's kind and the first line of its text."""
    text = str(error).strip().splitlines()
    return f"{type(error).__name__}: {text[0][:200] if text else 'no message'}"


def warm_up(operation: Callable[[], object]) -> int:
    """Runs the operation for a while; returns how many calls make a sample long enough."""
    clock = time.perf_counter
    fastest = float("inf")
    end = clock() + WARM_UP_SECONDS
    calls = 0
    while calls < FEWEST_WARM_UPS or clock() < end:
        start = clock()
        operation()
        fastest = min(fastest, clock() - start)
        calls += 1
    return max(1, round(SHORTEST_SAMPLE / fastest))


def fastest(candidates: Iterable[Callable[[], Prepared]]) -> Prepared:
    """Builds several ways of doing the same, tries them by turns, and returns the fastest.

    Which way is best depends on machine and sizes, so the choice is made here and now.
    """
    ready = [build() for build in candidates]
    calls = [warm_up(way.operation) for way in ready]
    best = [float("inf")] * len(ready)
    for _ in range(CHOOSING_ROUNDS):
        for index, way in enumerate(ready):
            samples = measure(way.operation, calls[index], CHOOSING_SECONDS)
            best[index] = min(best[index], statistics.median(samples))
    return ready[best.index(min(best))]


def measure(operation: Callable[[], object], calls: int, seconds: float) -> list[float]:
    """Times samples of `calls` operations until `seconds` have passed; none if that is zero."""
    if seconds <= 0:
        return []
    clock = time.perf_counter
    operation()  # Another process ran in between: fetch code and data back.
    gc.collect()
    gc.disable()
    samples = []
    end = clock() + seconds
    while clock() < end or len(samples) < 3:
        start = clock()
        for _ in range(calls):
            operation()
        samples.append((clock() - start) / calls)
    gc.enable()
    return samples
