"""Writes a CSV of made-up runs: BUDGETS budgets, RUNS runs in each.

usage: python3 bench/million.py BUDGETS RUNS > runs.csv

Losses follow L = E + A/N^alpha + B/D^beta with noise, each budget a grid of
sizes around its optimum. The same arguments give the same bytes.
"""

import math
import random
import sys

E, A, ALPHA, B, BETA = 1.69, 406.4, 0.34, 410.7, 0.28
NOISE = 0.003
DECADES = 1.0  # on either side of the optimum


def rows(budgets, runs):
    noise = random.Random(0)
    scale = (ALPHA * A / (BETA * B)) ** (1 / (ALPHA + BETA))
    for b in range(budgets):
        compute = 1e18 * 10 ** (4 * b / max(budgets - 1, 1))
        best = scale * (compute / 6) ** (BETA / (ALPHA + BETA))
        for i in range(runs):
            params = round(best * 10 ** (DECADES * (2 * i / max(runs - 1, 1) - 1)))
            tokens = compute / (6 * params)
            loss = E + A / params**ALPHA + B / tokens**BETA
            yield compute, params, loss * math.exp(noise.gauss(0, NOISE))


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    budgets, runs = int(sys.argv[1]), int(sys.argv[2])
    print("compute_budget,parameters,final_loss")
    for compute, params, loss in rows(budgets, runs):
        print(f"{compute:.6e},{params},{loss:.6f}")


if __name__ == "__main__":
    try:
        main()
    except BrokenPipeError:
        sys.exit(0)
