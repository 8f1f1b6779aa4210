"""SciPy with analytic derivatives: one fit, the 4,500 starts, refits.

What takes long is timed on a sample in one process, and the time of the whole is that of two processes that share it
without loss. There is no `global-fit`: without a start, SciPy's way is the 4,500 of `hoffmann-grid`.
"""

from surface_data import (  # first: it limits the threads
    COMPARED,
    DELTA,
    LN_D,
    LN_L,
    LN_N,
    RESAMPLES,
    ROWS,
    START,
    grid_starts,
    objective,
    report,
    resamples,
    timed,
)

import numpy as np
from scipy.optimize import least_squares, minimize

SAMPLE = 150
SCALE = 1e4  # SciPy's tolerances are made for objectives of order one


def l_bfgs_b(start, weights=1.0):
    options = {"ftol": 1e-14, "gtol": 1e-8, "maxiter": 5_000, "maxfun": 5_000}
    return minimized(start, weights, "L-BFGS-B", options)


def bfgs(start, weights=1.0):
    return minimized(start, weights, "BFGS", {"gtol": 1e-5})


def minimized(start, weights, method, options):
    def scaled(theta):
        return tuple(SCALE * value for value in objective(theta, weights))

    found = minimize(scaled, start, jac=True, method=method, options=options)
    return found.x, found.fun / SCALE


def robust(start, weights=None):
    """`least_squares` with its own Huber loss. Its residuals take no weights: a resample's runs are repeated."""
    held = slice(None) if weights is None else np.repeat(np.arange(ROWS), weights.astype(int))
    ln_n, ln_d, ln_l = LN_N[held], LN_D[held], LN_L[held]

    def terms(theta):
        a, b, e, alpha, beta = theta
        return np.exp(a - alpha * ln_n), np.exp(b - beta * ln_d), np.exp(e)

    def residuals(theta):
        first, second, third = terms(theta)
        return ln_l - np.log(first + second + third)

    def jacobian(theta):
        first, second, third = terms(theta)
        total = first + second + third
        first /= total
        second /= total
        return np.column_stack([-first, -second, -third / total, first * ln_n, second * ln_d])

    tight = {"ftol": 1e-11, "xtol": 1e-12, "gtol": 1e-12}
    found = least_squares(residuals, start, jacobian, loss="huber", f_scale=DELTA, **tight)
    return found.x, found.cost


def warm_fit():
    for peer, method in (("L-BFGS-B", l_bfgs_b), ("BFGS", bfgs), ("least_squares", robust)):
        (_, value), taken = timed(lambda: method(START), 200)
        report("warm-fit", f"SciPy {peer}", taken, value, "analytic derivatives")


def hoffmann_grid():
    starts = grid_starts()
    sample = starts[np.random.default_rng(1).choice(len(starts), SAMPLE, replace=False)]
    values, taken = timed(lambda: np.array([l_bfgs_b(start)[1] for start in sample]), 3, warm=0)
    reached = np.mean(values <= values.min() * (1 + 1e-9))
    whole = taken * len(starts) / SAMPLE / 2
    note = f"{SAMPLE} starts took {min(taken):.2f} s in one process, halved for two; {reached:.0%} reach the minimum"
    report("hoffmann-grid", "SciPy L-BFGS-B", whole, values.min(), note, extrapolated=True)
    note = f"{RESAMPLES:,} times `hoffmann-grid`, not run"
    report("global-refits", "SciPy L-BFGS-B, 4,500 starts each", whole * RESAMPLES, None, note, extrapolated=True)


def warm_refits():
    full, _ = robust(START)
    drawn = resamples(COMPARED)
    for peer, method in (("L-BFGS-B", l_bfgs_b), ("least_squares", robust)):
        values, taken = timed(lambda: np.array([method(full, weights)[1] for weights in drawn]), 3, warm=0)
        note = f"{COMPARED} refits took {min(taken):.2f} s in one process, halved for two"
        whole = taken * RESAMPLES / COMPARED / 2
        report("warm-refits", f"SciPy {peer}", whole, values.mean(), note, extrapolated=True)


if __name__ == "__main__":
    np.seterr(all="ignore")  # a start may overflow: the line search steps back
    warm_fit()
    hoffmann_grid()
    warm_refits()
