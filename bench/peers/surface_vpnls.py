"""Variable projection over a 32 × 32 grid of exponents, then a polish: no start is given.

pip finds no version of the package `vpnls`, so its documented algorithm (arXiv:2603.22339) is written here: for each
(alpha, beta) the best non-negative E, A and B by linear least squares, the best cell taken further by a local
optimiser. The package's own Huber loss is of L, not of ln L, hence the polish on the objective of surface_data.py.
Once with SciPy's NNLS cell by cell, and once as a NumPy programmer would hasten it: all cells at once by
the normal equations, cells with a negative amplitude left out.
"""

from surface_data import (  # first: it limits the threads
    COMPARED,
    LN_D,
    LN_L,
    LN_N,
    RESAMPLES,
    ROWS,
    report,
    resamples,
    timed,
)

import numpy as np
from scipy.optimize import nnls

from surface_scipy import bfgs

GRID = np.linspace(0.05, 1.2, 32)
FIRST = np.exp(-np.outer(GRID, LN_N))
SECOND = np.exp(-np.outer(GRID, LN_D))
LOSS = np.exp(LN_L)
BOTH = (FIRST[:, None] * SECOND[None]).reshape(-1, ROWS)


def theta(linear, alpha, beta):
    """An amplitude at zero would have no logarithm."""
    e, a, b = np.log(np.maximum(linear, 1e-6))
    return np.array([a, b, e, alpha, beta])


def cell_by_cell():
    best = np.inf, None
    for alpha, first in zip(GRID, FIRST):
        for beta, second in zip(GRID, SECOND):
            linear, norm = nnls(np.column_stack([np.ones(ROWS), first, second]), LOSS)
            if norm < best[0]:
                best = norm, theta(linear, alpha, beta)
    return bfgs(best[1])


def at_once(weights=np.ones(ROWS)):
    cells = len(GRID)
    weighted = weights * LOSS
    normal = np.empty((cells, cells, 3, 3))
    normal[..., 0, 0] = weights.sum()
    normal[..., 1, 1] = (FIRST**2 @ weights)[:, None]
    normal[..., 2, 2] = SECOND**2 @ weights
    normal[..., 0, 1] = normal[..., 1, 0] = (FIRST @ weights)[:, None]
    normal[..., 0, 2] = normal[..., 2, 0] = SECOND @ weights
    normal[..., 1, 2] = normal[..., 2, 1] = (BOTH @ weights).reshape(cells, cells)
    right = np.empty((cells, cells, 3))
    right[..., 0] = weighted.sum()
    right[..., 1] = (FIRST @ weighted)[:, None]
    right[..., 2] = SECOND @ weighted
    linear = np.linalg.solve(normal, right[..., None])[..., 0]
    explained = np.where((linear > 0).all(axis=-1), (right * linear).sum(axis=-1), -np.inf)
    i, j = np.unravel_index(np.argmax(explained), explained.shape)
    return bfgs(theta(linear[i, j], GRID[i], GRID[j]), weights)


if __name__ == "__main__":
    (_, value), taken = timed(cell_by_cell, 15)
    report("global-fit", "vpnls' algorithm, SciPy NNLS", taken, value, "32 × 32 cells and BFGS")
    (_, value), taken = timed(at_once, 100)
    report("global-fit", "vpnls' algorithm, NumPy at once", taken, value, "32 × 32 cells and BFGS")
    drawn = resamples(COMPARED)
    values, taken = timed(lambda: np.array([at_once(weights)[1] for weights in drawn]), 3, warm=0)
    note = f"{COMPARED} refits took {min(taken):.2f} s in one process, halved for two"
    whole = taken * RESAMPLES / COMPARED / 2
    report("global-refits", "vpnls' algorithm, NumPy at once", whole, values.mean(), note, extrapolated=True)
