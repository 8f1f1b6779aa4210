"""Best runs, a straight line in logarithms by curve_fit, and a standard error in place of an interval."""
import json
import sys
import numpy as np
from scipy.optimize import curve_fit

runs = json.load(open(sys.argv[1]))
best = {}
for run in runs:
    budget = run["compute_budget"]
    best[budget] = min(best.get(budget, run), run, key=lambda r: r["final_loss"])
ln_c = np.log(np.array(sorted(best)))
ln_n = np.log([best[c]["parameters"] for c in sorted(best)])
# About the middle of the budgets: about ln C = 0 the two parameters are all but collinear.
middle = ln_c.mean()
(level, exponent), covariance = curve_fit(lambda x, k, a: k + a * (x - middle), ln_c, ln_n)
print(
    json.dumps(
        {
            "best-run exponent": exponent,
            "best-run N*(1e24)": np.exp(level + exponent * (np.log(1e24) - middle)),
            "exponent error": covariance[1, 1] ** 0.5,
        }
    )
)
