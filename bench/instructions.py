#!/usr/bin/env python3
"""Counts the instructions of the hot loops and fails if there are more than before.

usage: bench/instructions.py [--write]

Times on a shared machine move by tens of per cent, the number of instructions by none: valgrind counts those of
the benchmark `instructions`, once for a few calls and once for many, and the difference is that of the calls alone.
bench/instructions.json holds what was counted before; --write replaces it. Valgrind knows no AVX-512, so the code
for AVX2 is counted. Where there is no valgrind, or the processor has no AVX2, the script says so and passes.
"""

import argparse
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

BENCH = pathlib.Path(__file__).resolve().parent
KNOWN = BENCH / "instructions.json"
BUILD = ["cargo", "bench", "--locked", "--package", "isoflop", "--bench", "instructions", "--no-run"]
MESSAGES = "--message-format=json-render-diagnostics"
COUNT = ["valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null"]

# What is counted, and after how many calls first and last.
WORKS = {
    "evaluation": ("objective, gradient and exact second derivatives over 240 rows", 100, 1_100),
    "fit": ("a fit from a good start", 10, 110),
}
# How many more instructions than before still pass: another compiler arranges loops a little differently.
TOLERANCE = 0.03


def main():
    parser = argparse.ArgumentParser(usage=__doc__.split("usage: ")[1].split("\n")[0])
    parser.add_argument("--write", action="store_true", help="keep what is counted now as what is to be compared with")
    write = parser.parse_args().write
    if not shutil.which("valgrind"):
        sys.exit("no valgrind, nothing counted" if write else skip("there is no valgrind here"))
    program = build()
    counted = {}
    for work, (_, few, many) in WORKS.items():
        (first, width), (last, _) = count(program, work, few), count(program, work, many)
        if "V3" not in width:
            sys.exit(skip(f"under valgrind this processor has no AVX2 ({width}), and the known counts are of AVX2"))
        counted[work] = round((last - first) / (many - few))
    if write:
        KNOWN.write_text(json.dumps(counted, indent=2) + "\n")
    sys.exit(compared(counted, json.loads(KNOWN.read_text())))


def skip(why):
    """Says why nothing was counted; not an error."""
    print(f"Instructions were not counted: {why}.")
    return 0


def build():
    lines = subprocess.run([*BUILD, MESSAGES], cwd=BENCH.parent, check=True, stdout=subprocess.PIPE, text=True).stdout
    messages = [json.loads(line) for line in lines.splitlines()]
    return next(m["executable"] for m in messages if m.get("executable") and m["target"]["name"] == "instructions")


def count(program, work, calls):
    """Instructions of the whole process, and the vectors that it used."""
    environment = {**os.environ, "LC_ALL": "C"}
    command = [*COUNT, program, work, str(calls)]
    ended = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    refs = re.search(r"I +refs: +([\d,]+)", ended.stderr)
    return int(refs[1].replace(",", "")), ended.stdout.strip()


def compared(counted, known):
    """Prints one sentence for each work; the exit code."""
    regressions = 0
    for work, (what, _, _) in WORKS.items():
        now, before = counted[work], known[work]
        change = now / before - 1
        said = f"{what} takes {now:,} instructions, {change:+.1%} against the {before:,} of {KNOWN.name}"
        if change > TOLERANCE:
            regressions += 1
            said += f": a regression, as more than {TOLERANCE:+.0%} is; if it is meant, run bench/instructions.py --write"
        elif change < -TOLERANCE:
            said += ": faster; run bench/instructions.py --write to keep it"
        print(f"{said[0].upper()}{said[1:]}.")
    return 1 if regressions else 0


if __name__ == "__main__":
    main()
