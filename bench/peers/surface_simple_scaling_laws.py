"""simple-scaling-laws: its `fit` with its default law, E + A / N**alpha + B / D**beta, and its own bootstrap.

It minimises the squares of L, has no Huber loss and takes no start, resample or tolerance, so that it has neither
`warm-fit` nor `hoffmann-grid`, and its objective is another one. Its refits start at the full fit and are compared
with the 36 cells of its grid, which lies between `warm-refits` and `global-refits`: they are listed as the former.
Its bootstrap is of residuals (wild), not of runs.
"""

from surface_data import LN_D, LN_L, LN_N, MEAN_D, MEAN_N, RESAMPLES, ROWS, report, timed

import warnings

import numpy as np
import polars
from simple_scaling_laws import fit

PEER = "simple-scaling-laws"

if __name__ == "__main__":
    warnings.simplefilter("ignore")  # that each run was evaluated once
    table = polars.DataFrame(
        {
            "training_run_id": [str(row) for row in range(ROWS)],
            "model_size__n_params": np.exp(LN_N + MEAN_N),
            "dataset_size__n_tokens": np.exp(LN_D + MEAN_D),
            "test_loss__final": np.exp(LN_L),
        }
    )
    _, one = timed(lambda: fit(table, n_draws=1), 9)
    report("global-fit", PEER, one, None, "least squares of L, with one draw of its bootstrap")
    _, whole = timed(lambda: fit(table, n_draws=RESAMPLES), 1, warm=0)
    report("warm-refits", PEER, whole - one.min(), None, f"least squares of L, all {RESAMPLES:,} by its own bootstrap")
