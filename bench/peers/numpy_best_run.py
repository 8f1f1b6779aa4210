"""One number, no interval: the exponent and N*(1e24) through the best run of each budget."""
import json
import sys
import numpy as np
runs = json.load(open(sys.argv[1]))
best = {}
for run in runs:
    budget = run["compute_budget"]
    best[budget] = min(best.get(budget, run), run, key=lambda r: r["final_loss"])
exponent, intercept = np.polyfit(np.log(list(best)), np.log([r["parameters"] for r in best.values()]), 1)
print(json.dumps({"best-run exponent": exponent, "best-run N*(1e24)": np.exp(intercept + exponent * np.log(1e24))}))
