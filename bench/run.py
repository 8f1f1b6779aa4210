#!/usr/bin/env python3
"""Times isoflop beside other ways to the same answer, in the same run on the same machine.

usage: bench/run.py [--repeats N] [--peer-python PYTHON] [--skip-million] [--only PART] [--isoflop-lines FILE]

Builds isoflop in release, installs the peers of bench/requirements.txt into
bench/.venv, checks that every peer's answer agrees with isoflop's, times whole
processes alternately, and prints a Markdown table; then another for fits of the
loss surface (surfaces.py), timed within processes. Needs a Rust toolchain, and
Python 3.12 or newer for the peers. The driver itself uses the standard library only.
"""

import argparse
import json
import os
import pathlib
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

from surfaces import surfaces

BENCH = pathlib.Path(__file__).resolve().parent
ROOT = BENCH.parent
RUNS = ROOT / "examples" / "isoflops_curves.json"

# The largest relative difference of a peer's number from isoflop's that counts as the same number.
AGREEMENT = 1e-6


def main():
    arguments = parse()
    peers_python = install(arguments.peer_python)
    if arguments.only != "surfaces":
        approaches(arguments, peers_python)
    if arguments.only != "approaches":
        surfaces(peers_python, arguments.isoflop_lines)


def approaches(arguments, peers_python):
    isoflop = build()
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        jobs = jobs_of(isoflop, peers_python, folder)
        check(isoflop, jobs)
        print(f"\n{platform.machine()}, {os.cpu_count()} logical CPUs, load {os.getloadavg()[0]:.1f} at the start\n")
        print("| job | isoflop median (min) | peer | peer median (min) | ratio | peak memory |")
        print("|---|--:|---|--:|--:|--:|")
        for name, own, peers in jobs:
            for peer, command in peers or [(None, None)]:
                row(name, own, peer, command, arguments.repeats)
        parabola(isoflop, 4 * arguments.repeats)
        if not arguments.skip_million:
            million(isoflop, folder)


def parse():
    parser = argparse.ArgumentParser(usage=__doc__.split("usage: ")[1].split("\n")[0])
    parser.add_argument("--repeats", type=int, default=15, help="timings of each command [default: 15]")
    parser.add_argument("--peer-python", default=sys.executable, help="the Python that makes bench/.venv")
    parser.add_argument("--skip-million", action="store_true", help="leave out the tables of a million runs")
    parser.add_argument("--only", choices=("approaches", "surfaces"), help="one part: whole analyses, or surface fits")
    parser.add_argument(
        "--isoflop-lines", metavar="FILE", help="what `cargo bench --bench surface` printed, in place of running it"
    )
    return parser.parse_args()


def build():
    """The release binary, wherever Cargo is told to put it."""
    command = ["cargo", "build", "--release", "--package", "isoflop-cli", "--message-format=json-render-diagnostics"]
    lines = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()
    messages = [json.loads(line) for line in lines]
    return next(m["executable"] for m in messages if m.get("executable") and m["target"]["name"] == "isoflop")


def install(python):
    """The Python of bench/.venv, with the peers installed."""
    venv = BENCH / ".venv"
    inside = venv / ("Scripts" if os.name == "nt" else "bin") / "python"
    if not inside.exists():
        subprocess.run([python, "-m", "venv", venv], check=True)
    quiet = ["--quiet", "--disable-pip-version-check"]
    subprocess.run([inside, "-m", "pip", "install", *quiet, "-r", BENCH / "requirements.txt"], check=True)
    return inside


def jobs_of(isoflop, python, folder):
    """(what is answered, isoflop's command, [(peer, its command)])."""
    answer = [isoflop, "analyze", RUNS, "--json"]
    report = [*answer, "-o", folder / "report"]

    def peer(name, *more):
        return [python, BENCH / "peers" / f"{name}.py", RUNS, *more]

    return [
        (
            "laws, forecasts, intervals: 6 approaches, 4,000 resamples",
            answer,
            [
                ("numpy: best run, one line, no interval", peer("numpy_best_run")),
                ("SciPy `curve_fit`: best run, standard error", peer("scipy_curve_fit")),
                ("simple-scaling-laws: 2 approaches, 1,000 draws", peer("simple_scaling_laws_isoflop")),
            ],
        ),
        (
            "the same and the report with all figures",
            report,
            [("pandas + matplotlib: 3 figures, no bands", peer("pandas_matplotlib", folder / "figures"))],
        ),
    ]


def check(isoflop, jobs):
    """Every number that a peer prints under a name that isoflop also has must agree."""
    analysis = json.loads(subprocess.run([isoflop, "analyze", RUNS, "--json"], check=True, stdout=subprocess.PIPE).stdout)
    ours = {}
    for approach in analysis["approaches"]:
        ours[f"{approach['name']} exponent"] = approach["params_law"]["exponent"]["value"]
        for forecast in approach["forecasts"]:
            at = f"{forecast['compute']:.0e}".replace("e+", "e")
            ours[f"{approach['name']} N*({at})"] = forecast["params"]["value"]
    print("agreement with isoflop (relative difference):")
    for _, _, peers in jobs:
        for name, command in peers:
            theirs = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
            for key in theirs.keys() & ours.keys():
                difference = abs(theirs[key] / ours[key] - 1)
                print(f"  {name.split(':')[0]}, {key}: {difference:.0e}")
                if not difference <= AGREEMENT:
                    sys.exit(f"{name} has {key} = {theirs[key]}, isoflop {ours[key]}")


def timed(command):
    """Seconds of wall clock, of both processors' time, and peak memory in MiB of one process."""
    folder = command[command.index("-o") + 1] if "-o" in command else None
    if folder:
        shutil.rmtree(folder, ignore_errors=True)
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{command} ended with exit code {process.returncode}")
    scale = 1 if sys.platform == "darwin" else 1024
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * scale / 2**20


def row(name, own, peer, command, repeats):
    """Times two commands alternately: A B A B …, after one of each to warm the disk cache."""
    commands = [c for c in (own, command) if c]
    times = [[] for _ in commands]
    for _ in range(repeats + 1):
        for taken, c in zip(times, commands):
            taken.append(timed(c))
    walls = [[wall for wall, _, _ in taken[1:]] for taken in times]
    memory = [max(peak for _, _, peak in taken) for taken in times]
    ratio = statistics.median(theirs / ours for ours, theirs in zip(*walls)) if peer else None
    print(
        f"| {name} | {said(walls[0])} | {peer or '–'} | {said(walls[1]) if peer else '–'} | "
        f"{f'{ratio:.0f}×' if peer else '–'} | {' / '.join(f'{m:.0f}' for m in memory)} MiB |",
        flush=True,
    )


def parabola(isoflop, repeats):
    """The analysis alone: pairs of processes with and without the resamples, nothing else differs."""
    command = [isoflop, "analyze", RUNS, "--json", "--approach", "parabola", "--resamples"]
    pairs = [(timed([*command, "4000"]), timed([*command, "0"])) for _ in range(repeats)]

    def difference(which):
        # The smallest difference would pair a lucky run with an unlucky one: the minima are subtracted instead.
        median = statistics.median(with_them[which] - without[which] for with_them, without in pairs)
        least = min(with_them[which] for with_them, _ in pairs) - min(without[which] for _, without in pairs)
        return f"{1000 * median:.1f} ms ({1000 * least:.1f} ms)"

    print(
        f"| 4,000 resamples of `parabola` (process with them less process without) | {difference(0)}; "
        f"processor time {difference(1)} | – | – | – | – |",
        flush=True,
    )


def million(isoflop, folder):
    """A table of a million runs, in two shapes."""
    for budgets, runs in ((1_000, 1_000), (10, 100_000)):
        path = folder / "million.csv"
        with path.open("w") as file:
            subprocess.run([sys.executable, BENCH / "million.py", str(budgets), str(runs)], check=True, stdout=file)
        for what, more in (("read, checked, fitted", ["--resamples", "0"]), ("with intervals", [])):
            taken = [timed([isoflop, "analyze", path, "--json", *more]) for _ in range(3)]
            print(
                f"| {budgets:,} budgets × {runs:,} runs, {what} | {said([wall for wall, _, _ in taken])}; "
                f"processor time {said([cpu for _, cpu, _ in taken])} | – | – | – | "
                f"{max(peak for _, _, peak in taken):.0f} MiB |",
                flush=True,
            )


def said(seconds):
    """Median and minimum."""

    def one(value):
        return f"{value:.2f} s" if value >= 1 else f"{1000 * value:.1f} ms"

    return f"{one(statistics.median(seconds))} ({one(min(seconds))})"


if __name__ == "__main__":
    main()
