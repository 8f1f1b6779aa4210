"""What the course's 2026 server answers to reports of workers and to final submissions, well formed and not.

Run from the root of the repository, with the versions that training_config.py names:

    python oracle/reports.py PATH_OF_THE_COURSE_REPOSITORY

It writes crates/isoflop-api/tests/it/golden/reports.json. As there, the own models of the course are asked; a
report that is taken is shown as it was understood, a final submission without its time.
"""

import asyncio
import json
import os
import random
import sys
from typing import Annotated

from training_cases import MISSING, SMALL, Raw, dumps, with_changes
from training_config import ask, finite

OUTPUT = "crates/isoflop-api/tests/it/golden/reports.json"
NUMBERS = [
    0,
    1.5,
    "2.5",
    " 1e1 ",
    True,
    -1,
    Raw("-0.0"),
    Raw("1e16"),
    Raw("12345678901234567890"),
    Raw("1e-400"),
    None,
    "x",
    "",
    "1,5",
    [],
    {},
    "nan",
    Raw("NaN"),
    Raw("1e400"),
]
LISTS = [
    [],
    [1],
    [1.5, "2", True, 1e-7],
    [None],
    ["x", 1, [], {}, "3"],
    [[1]],
    None,
    "x",
    1,
    {},
    {"0": 1},
    [Raw("NaN")],
    ["inf"],
    [False] * 3,
    [Raw("9" * 30)],
]
TEXTS = ["", "r", "é😀\u2028", None, 1, True, ["r"], {}, Raw('"a\\u0000b"'), Raw('"\\ud83d"')]
TAGS = ["run_started", "queued", "Preempted", "", None, 1, 1.0, True, [], {}, "é", "'x'", Raw('"a\\"b"')]
EVENTS = {
    "run_started": {"run_id": TEXTS, "wandb_path": TEXTS},
    "validation_loss": {"run_id": TEXTS, "val_losses": LISTS},
    "run_heartbeat": {"run_id": TEXTS, "elapsed_seconds": NUMBERS},
    "preempted": {"run_id": TEXTS},
}
GOOD = {"run_id": "r", "wandb_path": None, "val_losses": [2.5, 2], "elapsed_seconds": 3}
TIMEOUT, UNEXPECTED = {"reason": "timeout", "partial_val_losses": [3]}, {"reason": "unexpected", "failure": "f"}
COMPLETED = {"used_runtime_seconds": 1, "val_losses": [2], "result_type": "completed"}
FAILED = {"used_runtime_seconds": 1, "reason": UNEXPECTED, "result_type": "failed"}
NO_OBJECTS = [None, [], "x", 1, True, 0.5, Raw("{"), Raw("NaN"), Raw("{} {}")]
EXTRAS = {"z": 1, "log_type ": "x", "é": [None]}


def variants(good, values):
    """A payload as it is, and with one field missing, of another value, or too many."""
    yield good
    yield {k: good[k] for k in reversed(good)}
    for name in good:
        yield {k: v for k, v in good.items() if k != name}
        for value in values.get(name, ()):
            yield {**good, name: value}
    yield {**good, **EXTRAS}
    yield dict(EXTRAS)


def events():
    for kind, fields in EVENTS.items():
        yield from variants({name: GOOD[name] for name in fields} | {"log_type": kind}, fields)
    for tag in TAGS:
        yield {"run_id": "r", "log_type": tag}
    yield from ({"log_type": kind} for kind in EVENTS)
    yield from [{}, {"run_id": "r"}, {"log_type": "preempted", **GOOD}, *NO_OBJECTS]


def finishes():
    yield from variants(
        COMPLETED,
        {"used_runtime_seconds": NUMBERS, "val_losses": LISTS, "result_type": ["failed", "Completed", *TAGS[3:]]},
    )
    for reason in (TIMEOUT, UNEXPECTED):
        yield from variants(
            {**FAILED, "reason": reason}, {"used_runtime_seconds": NUMBERS[:6], "result_type": ["completed", None, 1]}
        )
    for reason in (
        *variants(TIMEOUT, {"partial_val_losses": LISTS, "reason": TAGS}),
        *variants(UNEXPECTED, {"failure": TEXTS, "reason": ["timeout", "x"]}),
        *NO_OBJECTS[:6],
    ):
        yield {**FAILED, "reason": reason}
    rng, names = random.Random(336), {"used_runtime_seconds": [1, "x", MISSING], "val_losses": [[1], "x", MISSING,
        MISSING], "z": [1, MISSING, MISSING],
        "reason": [TIMEOUT, {}, "x", MISSING, MISSING], "result_type": ["completed", "failed", "x", MISSING]}  # fmt: skip
    for _ in range(60):
        drawn = [(name, rng.choice(values)) for name, values in rng.sample(sorted(names.items()), len(names))]
        yield {name: value for name, value in drawn if value is not MISSING}
    yield from NO_OBJECTS


def finals():
    good = {"training_config": SMALL, "predicted_final_loss": 2.5}
    numbers = [*NUMBERS, 0.0, Raw("0"), Raw("5e-324"), Raw("1e300"), "0", "-1", False]
    yield from variants(good, {"predicted_final_loss": numbers, "training_config": [None, [], {}, "x", 1]})
    for change in (("n_evals", 3), ("z", 1), ("architecture_config.head_dim", "x"), ("architecture_config", None),
    ("optimizer_config", {"lr_scheduler": {}}),
                   ("optimizer_config", {"type": "sgd"}), ("optimizer_config", None), ("train_batch_size", 0),
                   ("max_runtime_seconds", 43200), ("model_seed", MISSING)):  # fmt: skip
        config = Raw(with_changes(change))
        yield {**good, "training_config": config}
        yield {"predicted_final_loss": 0, "training_config": config, "z": 2}
    yield from NO_OBJECTS


def application(course):
    """Three paths that give back what they understood."""
    sys.path.insert(0, course)
    os.environ.setdefault("INTERNAL_API_KEY", "unused")
    from cs336_scaling.api.internal import FinishPayload
    from cs336_scaling.log.setup import configure_logging
    from cs336_scaling.schemas import FinalSubmissionRequest
    from cs336_scaling.schemas.event import WorkerEvent
    from fastapi import Body, FastAPI

    def taker(model, stored):
        def report(request):
            if not storable(stored(request).model_dump()):
                raise ValueError("the database stores no such value")
            return request

        report.__annotations__["request"] = model
        return report

    app = FastAPI()
    for path, model in (("/event", WorkerEvent), ("/finish", FinishPayload)):
        app.post(path, response_model=model)(taker(Annotated[model, Body()], lambda report: report))
    final = FinalSubmissionRequest  # its loss has a column of its own, that takes all but NaN
    app.post("/final_submission", response_model=final)(taker(final, lambda report: report.training_config))
    configure_logging(app=app, log_file=None, log_level="CRITICAL")
    return app


def storable(value):
    if isinstance(value, dict):
        return all(map(storable, value.values()))
    if isinstance(value, list):
        return all(map(storable, value))
    return "\0" not in value if isinstance(value, str) else finite(value)


async def golden(app):
    told = []
    for path, payloads in (("/event", events()), ("/finish", finishes()), ("/final_submission", finals())):
        seen = set()
        for payload in payloads:
            text = dumps(payload)
            if text in seen:
                continue
            seen.add(text)
            status, answer = await ask(app, text.encode(), path)
            failed = status == 500 or '"predicted_final_loss":null' in answer
            told.append(
                {"path": path, "body": text}
                | ({"reference": status} if failed else {"status": status, "answer": answer})
            )
    return told


def main():
    cases = asyncio.run(golden(application(sys.argv[1])))
    with open(OUTPUT, "w", encoding="utf-8") as out:
        out.write("[\n" + ",\n".join(json.dumps(case) for case in cases) + "\n]\n")
    print(f"{len(cases)} cases, {sum('reference' in c for c in cases)} of them 500")


if __name__ == "__main__":
    main()
