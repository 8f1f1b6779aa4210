#!/usr/bin/env python3
"""Checks a running server against the course's 2026 training protocol, to the byte, from outside.

python3 conformance/course2026.py --url http://127.0.0.1:PORT --key KEY --other-key KEY2 --internal-key K \\
    --dispatch 'COMMAND with {id} and {run_id}' [--golden FILE ...] [--only WORDS] [--strict] [--quiet]

README.md beside this file tells what it needs. It ends with 1 if a check failed.
"""

import argparse
import importlib
import sys
import time

from checks.harness import CHECKS, Fallen, Mismatch, Skipped, Target

MODULES = (
    "auth",
    "surface",
    "requests",
    "cors",
    "documents",
    "fields",
    "conversions",
    "rules",
    "optimizers",
    "experiments",
    "worker",
    "reports",
    "budgets",
    "finals",
    "improved",
    "parallel",
)


def shown(value):
    text = value if isinstance(value, str) else f"{value}" if hasattr(value, "status") else repr(value)
    return text if len(text) <= 3000 else text[:3000] + "..."


def run(name, function, target):
    """The word that opens the line of one check, and the lines below it."""
    try:
        function(target)
        return "ok", ""
    except Fallen as fallen:
        return "ok (as the reference: " + str(fallen) + ")", ""
    except Skipped as why:
        return "skip", str(why)
    except Mismatch as off:
        return "FAIL", f"    expected {shown(off.expected)}\n    found    {shown(off.found)}"
    except Exception as problem:  # a check that trips over an answer has failed too
        return "FAIL", f"    {type(problem).__name__}: {problem}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--url", required=True)
    parser.add_argument("--key", required=True, help="a student's key; its budget is used up and given back")
    parser.add_argument("--other-key", required=True, help="another student's key, with no final submission")
    parser.add_argument("--internal-key", required=True)
    parser.add_argument("--dispatch", help="command that moves experiment {id} from queued to running as {run_id}")
    parser.add_argument("--golden", nargs="+", default=[], help="golden files of the tests: their bodies are sent too")
    parser.add_argument("--only", help="checks whose name has these words")
    parser.add_argument("--strict", action="store_true", help="the failures of the reference are failures here")
    parser.add_argument("--quiet", action="store_true", help="only what is not ok, and the last line")
    told = parser.parse_args()
    for module in MODULES:
        importlib.import_module("checks." + module)
    for path in told.golden:
        importlib.import_module("checks.golden").register(path)
    target = Target(told.url, told.key, told.other_key, told.internal_key, told.dispatch, told.strict)
    began, counts = time.monotonic(), {"ok": 0, "FAIL": 0, "skip": 0}
    for name, function in CHECKS:
        if told.only and told.only not in name:
            continue
        word, below = run(name, function, target)
        counts[word.split()[0]] += 1
        if word != "ok" or not told.quiet:
            print(
                f"{word:5} {name}" + (f"  ({below})" if word == "skip" else f"\n{below}" if below else ""), flush=True
            )
    print(
        f"{counts['ok']} passed, {counts['FAIL']} failed, {counts['skip']} skipped in {time.monotonic() - began:.1f} s"
    )
    sys.exit(1 if counts["FAIL"] else 0)


if __name__ == "__main__":
    main()
