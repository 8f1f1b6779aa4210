"""What every peer of bench/surfaces.py shares: the runs, the objective, the starts, the resamples, the line printed.

The law is L(N, D) = E + A / N**alpha + B / D**beta. A fit minimises the sum over runs of
Huber(ln L observed - ln L of the law) with delta = 1e-3, over theta = (ln A, ln B, ln E, alpha, beta), with ln N and
ln D measured from their means: the same objective, better conditioned, so that every optimiser here is faster.
"""

import os

# Before NumPy or JAX is imported: no peer may use more than two threads, and on sums this short OpenBLAS gains by none.
os.environ.setdefault("OMP_NUM_THREADS", "2")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import csv
import itertools
import json
import pathlib
import time

import numpy as np

RUNS = pathlib.Path(__file__).resolve().parents[2] / "testdata" / "chinchilla-fig4-epoch" / "svg_extracted_data.csv"
DELTA = 1e-3
RESAMPLES = 4_000
# Every program reports the mean objective of these first resamples, as some do not get through all of them.
COMPARED = 100


def load():
    """ln N, ln D (each less its mean), ln L of the 240 runs, the means: without the five highest losses, D = C / 6N."""
    with RUNS.open() as file:
        rows = [(float(r["Model Size"]), float(r["Training FLOP"]), float(r["loss"])) for r in csv.DictReader(file)]
    fifth = sorted(loss for _, _, loss in rows)[-5]
    n, c, loss = np.array([row for row in rows if row[2] < fifth]).T
    ln_n, ln_d = np.log(n), np.log(c / (6 * n))
    return ln_n - ln_n.mean(), ln_d - ln_d.mean(), np.log(loss), ln_n.mean(), ln_d.mean()


LN_N, LN_D, LN_L, MEAN_N, MEAN_D = load()
ROWS = len(LN_L)


def centred(thetas):
    """Rows (ln A, ln B, ln E, alpha, beta), with ln N and ln D measured from their means."""
    a, b, e, alpha, beta = np.transpose(thetas)
    return np.stack([a - alpha * MEAN_N, b - beta * MEAN_D, e, alpha, beta], axis=-1)


# As published: a good start, 0.4 % above the minimum at these digits.
START = centred([np.log(482.01), np.log(2085.43), np.log(1.8172), 0.3478, 0.3658])


def grid_starts():
    """The 4,500 starts of Hoffmann et al."""
    exponents = (0.0, 0.5, 1.0, 1.5, 2.0)
    amplitudes = (0.0, 5.0, 10.0, 15.0, 20.0, 25.0)
    floors = (-1.0, -0.5, 0.0, 0.5, 1.0)
    return centred(list(itertools.product(amplitudes, amplitudes, floors, exponents, exponents)))


def objective(theta, weights=1.0):
    """The objective and its gradient; `weights` says how often a resample holds each run."""
    a, b, e, alpha, beta = theta
    first = np.exp(a - alpha * LN_N)
    second = np.exp(b - beta * LN_D)
    third = np.exp(e)
    total = first + second + third
    residual = LN_L - np.log(total)
    inner = np.clip(residual, -DELTA, DELTA)
    slope = weights * inner
    value = slope @ (residual - 0.5 * inner)
    slope /= total
    first *= slope
    second *= slope
    return value, np.array([-first.sum(), -second.sum(), -third * slope.sum(), first @ LN_N, second @ LN_D])


def resamples(count=RESAMPLES):
    """How often each run is in each resample.

    The draws are SplitMix64's from the seed 0, so that a program in any language can have the same: draw j of
    resample i is run (240 * (z >> 32)) >> 32, in the order of the file, z being output 240 i + j counted from 0.
    """
    with np.errstate(over="ignore"):
        z = np.arange(1, count * ROWS + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z ^= z >> np.uint64(31)
    drawn = ((z >> np.uint64(32)) * np.uint64(ROWS) >> np.uint64(32)).astype(np.int64)
    cell = np.repeat(np.arange(count), ROWS) * ROWS + drawn
    return np.bincount(cell, minlength=count * ROWS).reshape(count, ROWS).astype(float)


def timed(function, repeats, warm=1):
    """The answer and the seconds of each call, after calls that are not counted."""
    for _ in range(warm):
        answer = function()
    taken = np.empty(repeats)
    for i in range(repeats):
        start = time.perf_counter()
        answer = function()
        taken[i] = time.perf_counter() - start
    return answer, taken


def report(job, peer, taken, objective, note, extrapolated=False):
    """One line for bench/surfaces.py. The objective is None where the peer minimises another one."""
    line = {
        "job": job,
        "peer": peer,
        "seconds": float(np.median(taken)),
        "least": float(np.min(taken)),
        "objective": None if objective is None else float(objective),
        "extrapolated": extrapolated,
        "note": f"{note}; timed {len(taken)}×",
    }
    print(json.dumps(line), flush=True)
