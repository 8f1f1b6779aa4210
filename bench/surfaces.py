"""Fits of the loss surface L(N, D) = E + A / N**alpha + B / D**beta, isoflop beside its peers: a part of bench/run.py.

isoflop's benchmark and every peer print lines {"job", "peer", "seconds", "least", "objective", "extrapolated", "note"}
for the same runs, objective, starts and resamples (peers/surface_data.py says which). The objective of refits is the
mean of the first hundred. Times are of calls in a warm process, with two threads: "seconds" is their median.
"""

import json
import os
import pathlib
import subprocess
import sys

BENCH = pathlib.Path(__file__).resolve().parent
ROOT = BENCH.parent
OWN = ["cargo", "bench", "--package", "isoflop", "--bench", "surface"]
PEERS = ("scipy", "jax", "vpnls", "simple_scaling_laws")
JOBS = ("warm-fit", "global-fit", "hoffmann-grid", "warm-refits", "global-refits")

# How far above a peer's objective isoflop's may be, relatively, and still count as the same answer.
AGREEMENT = 1e-9


def surfaces(python, given=None):
    """Prints the table. `given` is a file of lines that isoflop's benchmark printed before, to be used in its stead."""
    text = pathlib.Path(given).read_text() if given else own("--no-run")
    if text is None:
        print(f"isoflop has no benchmark `surface` yet: {' '.join(OWN)} finds none. Peers alone.", file=sys.stderr)
    two_processors()
    rows, alone = [], {}
    for peer in PEERS:
        # Anew before each peer: a slow minute of the machine then hits both.
        if text is not None and not given:
            text = own()
        ours = {line["job"]: line for line in parsed(text or "")}
        alone |= {job: line for job, line in ours.items() if job not in JOBS}
        printed = run([python, BENCH / "peers" / f"surface_{peer}.py"], check=True).stdout
        rows += [(line["job"], ours.get(line["job"]), line) for line in parsed(printed)]
    rows.sort(key=lambda row: JOBS.index(row[0]))  # stable: the peers stay in their order
    table(rows, alone.values())
    check(rows)


def own(*more):
    """What isoflop's benchmark prints; None where this checkout has no such benchmark."""
    ended = run([*OWN, *more])
    if ended.returncode and "no bench target named" in ended.stderr:
        return None
    if ended.returncode:
        sys.exit(f"{' '.join(OWN)} ended with exit code {ended.returncode}:\n{ended.stderr}")
    return ended.stdout


def run(command, check=False):
    environment = {**os.environ, "RAYON_NUM_THREADS": "2", "OMP_NUM_THREADS": "2"}
    stderr = None if check else subprocess.PIPE
    return subprocess.run(
        command, cwd=ROOT, check=check, stdout=subprocess.PIPE, stderr=stderr, text=True, env=environment
    )


def two_processors():
    """For this process and those it starts, where the system can be told so (Linux)."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:2])


def parsed(text):
    """The lines that are JSON; Cargo and test harnesses print others."""
    return [json.loads(line) for line in text.splitlines() if line.startswith("{")]


def table(rows, alone):
    print(f"\nFits of the loss surface, 2 threads, load {os.getloadavg()[0]:.1f} at the end, median (least)\n")
    print("| job | isoflop | peer | peer's time | ratio | objective above the best: isoflop / peer |")
    print("|---|--:|---|--:|--:|--:|")
    for job, ours, theirs in rows:
        best = min(objectives(rows, job), default=None)
        about = "≈ " if theirs["extrapolated"] else ""
        print(
            f"| {job} | {times(ours)} | {theirs['peer']} | {about}{times(theirs)} | {ratio(ours, theirs)} | "
            f"{above(ours, best)} / {above(theirs, best)} |"
        )
    print("\n≈ is extrapolated, – has none to compare (not run, or another objective).")
    for job, _, theirs in rows:
        print(f"- {job}, {theirs['peer']}: {theirs['note']}")
    for line in alone:
        print(f"- {line['job']}, isoflop alone: {times(line)}")


def times(line):
    if line is None:
        return "–"
    return said(line["seconds"]) + (f" ({said(line['least'])})" if "least" in line else "")


def ratio(ours, theirs):
    """Of the medians, and in brackets of the least times."""
    if ours is None:
        return "–"
    least = f" ({figures(theirs['least'] / ours['least'])}×)" if "least" in ours else ""
    return f"{figures(theirs['seconds'] / ours['seconds'])}×{least}"


def objectives(rows, job):
    lines = [line for name, ours, theirs in rows if name == job for line in (ours, theirs)]
    return [line["objective"] for line in lines if comparable(line)]


def comparable(line):
    return line is not None and line.get("objective") is not None


def above(line, best):
    return f"{line['objective'] / best - 1:.0e}" if comparable(line) else "–"


def check(rows):
    """isoflop's answer must be as good as every peer's. All that are not are named."""
    worse = [
        f"{job}: isoflop reaches {ours['objective']!r}, {theirs['peer']} {theirs['objective']!r}"
        for job, ours, theirs in rows
        if comparable(ours) and comparable(theirs) and not ours["objective"] <= theirs["objective"] * (1 + AGREEMENT)
    ]
    if worse:
        sys.exit("\n".join(worse))


def said(seconds):
    for unit, size in (("h", 3600), ("min", 60), ("s", 1), ("ms", 1e-3)):
        if seconds >= size:
            return f"{figures(seconds / size)} {unit}"
    return f"{figures(1e6 * seconds)} µs"


def figures(value):
    """Three figures, without an exponent."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
