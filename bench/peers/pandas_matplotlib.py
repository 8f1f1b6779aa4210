"""Three figures, each as SVG and PNG: the profiles, model size and dataset size against compute. No bands."""
import json
import pathlib
import sys
import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

runs = pd.read_json(sys.argv[1])
folder = pathlib.Path(sys.argv[2])
folder.mkdir(parents=True, exist_ok=True)
runs["tokens"] = runs.compute_budget / (6 * runs.parameters)
best = runs.loc[runs.groupby("compute_budget").final_loss.idxmin()]


def save(figure, name):
    for kind in ("svg", "png"):
        figure.savefig(folder / f"{name}.{kind}", dpi=200)
    plt.close(figure)


figure, axes = plt.subplots(figsize=(8, 5))
for budget, profile in runs.groupby("compute_budget"):
    profile = profile.sort_values("parameters")
    x = np.log(profile.parameters)
    fit = np.polyfit(x, profile.final_loss, 2)
    grid = np.linspace(x.min(), x.max(), 49)
    (line,) = axes.plot(np.exp(grid), np.polyval(fit, grid), label=f"{budget:.0e}")
    axes.plot(profile.parameters, profile.final_loss, "o", color=line.get_color())
axes.set(xscale="log", xlabel="parameters", ylabel="loss")
axes.legend()
save(figure, "profiles")

exponents = {}
for name, column in (("model-size", "parameters"), ("dataset-size", "tokens")):
    exponent, intercept = np.polyfit(np.log(best.compute_budget), np.log(best[column]), 1)
    exponents[column] = exponent
    figure, axes = plt.subplots(figsize=(8, 5))
    compute = np.geomspace(best.compute_budget.min(), 1e24, 100)
    axes.plot(compute, np.exp(intercept) * compute**exponent)
    axes.plot(best.compute_budget, best[column], "o")
    axes.set(xscale="log", yscale="log", xlabel="compute (FLOPs)", ylabel=column)
    save(figure, name)
print(json.dumps({"best-run exponent": exponents["parameters"]}))
