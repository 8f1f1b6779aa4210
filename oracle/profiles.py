"""Best runs and parabolas per budget, and the log-log lines through them, by NumPy alone.

Run from the root of the repository: python3 oracle/profiles.py
"""

import collections
import csv
import json

import numpy as np


def budgets(rows):
    grouped = collections.defaultdict(list)
    for size, compute, loss in rows:
        grouped[compute].append((size, loss))
    return {compute: np.array(sorted(runs)).T for compute, runs in sorted(grouped.items())}


def vertex(x, loss):
    middle = np.log(x).mean()
    bend, slope, level = np.polyfit(np.log(x) - middle, loss, 2)
    offset = -slope / (2 * bend)
    return np.exp(middle + offset), level + slope * offset + bend * offset**2


def line(points):
    compute, size = np.array(points).T
    exponent, intercept = np.polyfit(np.log(compute), np.log(size), 1)
    return np.exp(intercept), exponent


def report(title, rows):
    grouped = budgets(rows)
    print(title)
    vertices = [(c, *vertex(x, loss)) for c, (x, loss) in grouped.items() if len(set(x)) >= 3]
    for compute, size, loss in vertices:
        print(f"  {compute:.3e}  vertex {size:.12g}  loss {loss:.12g}")
    if len(vertices) >= 2:
        print("  parabola  k %.12g  exponent %.12g" % line([v[:2] for v in vertices]))
        best = [(c, x[loss.argmin()]) for c, (x, loss) in grouped.items()]
        k, exponent = line(best)
        print(f"  best run  k {k:.12g}  exponent {exponent:.12g}  at 1e24 {k * 1e24**exponent:.12g}")


def table(path, size, compute, loss, keep=lambda row: True):
    with open(path) as file:
        return [tuple(float(row[c]) for c in (size, compute, loss)) for row in csv.DictReader(file) if keep(row)]


course = json.load(open("examples/isoflops_curves.json"))
report("course", [(r["parameters"], r["compute_budget"], r["final_loss"]) for r in course])
student = "testdata/cs336-solution-sweep-shibuki/isoflops.csv"
report("student", table(student, "params_non_embedding", "compute_budget", "final_loss"))
chinchilla = "testdata/chinchilla-fig4-epoch/isoflops_qc.csv"
marin = "testdata/marin-isoflops/isoflops_qc.csv"
for label, clean in [("unflagged", True), ("all rows", False)]:
    good = lambda row, clean=clean: not clean or row["outlier"] == "False"
    report(f"chinchilla, {label}", table(chinchilla, "params", "budget", "loss", good))
    for mixture in ("comma", "dclm"):
        chosen = lambda row, good=good, mixture=mixture: good(row) and row["dataset"] == mixture
        for axis in ("params", "tokens"):
            report(f"marin {mixture} by {axis}, {label}", table(marin, axis, "budget", "loss", chosen))
report("marin issue 8003 by tokens", table("testdata/marin-isoflops/marin_issue_8003.csv", "tokens", "budget", "paloma_macro_loss"))
