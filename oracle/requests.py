"""What the course's 2026 server answers to bodies that are no JSON, to broken worker reports and finals, and to odd paths.

Run from the root of the repository, with a Python 3.12 that has the versions of the course's lock file
(FastAPI 0.135.3, Pydantic 2.12.5):

    python oracle/requests.py PATH_OF_THE_COURSE_REPOSITORY

It writes crates/isoflop-api/tests/it/golden/requests.json. The course's own routes are asked, with everybody let in
and a database in which nothing is found: a worker's report that can be read is a 404, and a final is given back.
"""

import asyncio
import json
import os
import random
import sys
import urllib.parse
from unittest.mock import MagicMock

from training_cases import FLOAT_VALUES, INT_VALUES, SMALL, Raw, dumps

OUTPUT = "crates/isoflop-api/tests/it/golden/requests.json"
JSON = "application/json"
TOKENS = [
    "{", "}", "[", "]", '"', '"', ":", ",", "\\", "\\u", "d83d", "\\udc00", "\\ud83d", "1", "-", ".", "e", "E", "+", "0", "23", "null", "true",
    "false", "NaN", "Infinity", "-Infinity", " ", "\n", "\t", "\r", "é", "😀", "\x00", "\x1f", "a", "/", '"a"', '"b":', '"a":1', "\\n", '\\"',
    "1.5e", "1e5", "-0", "00", "\ud800", "\udc00", "\x7f", "\u2028", "nul", '"_sa":',
]  # fmt: skip
SAMPLE = '{"a": [1, -2.5e3, "x\\u00e9\\ud83d\\ude00"], "b": {"c": null, "d": true}, "a": 1e16}'
ENCODINGS = ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be", "utf-8-sig"]
CONTENT_TYPES = [
    None, "", "text/plain", "text/json", JSON, "APPLICATION/JSON", "application/json;", "application/json; charset=utf-16", " application/json ",
    "application/problem+json", "application/vnd.api+json ; x=y", "application/jsonx", "application/json/x", "application/x/y+json", "application",
    "application/+json", "application/ json", "application /json", "application/json, text/plain", "application/x-www-form-urlencoded", "json", ";",
]  # fmt: skip
TAGS = [5, None, True, False, 1.5, Raw("1e16"), Raw("1e-5"), Raw("-0.0"), "", "queued", "Run_started", "it's", 'say "it\'s"', "tab\tand\x7f", [], {},
        [1, "a'b", 'c"d', "e'\"f", "\n\\", {"x": None, "y": [True]}], {"run_started": 1}, "é", ["é", "\x1b"]]  # fmt: skip


def broken_json(source):
    for _ in range(220):
        yield "".join(source.choice(TOKENS) for _ in range(source.randint(1, 8)))
    for _ in range(160):
        text = list(SAMPLE)
        for _ in range(source.randint(1, 2)):
            at = source.randrange(len(text))
            text[at : at + source.randint(0, 1)] = [source.choice(TOKENS)] if source.random() < 0.6 else []
        yield "".join(text)
    yield from ["", " ", "null", "5", "[]", '"abc"', "true", "{", "[", "[1,]", '{"a":1,}', '{"a" 1}', '{"a":', '{"a":1', '{1:2}', "[1 2]", "1 2"]
    yield from ["\ufeff{}", "'a'", "{'a':1}", "01", "1.", ".5", "+1", "1e", "-", "--1", "-I", "nan", "[" * 500 + "]" * 500, "[" * 9000, '{"a":' * 300]


def encoded(source):
    for text in broken_json(source):
        yield text.encode("utf-8", "surrogatepass")
    for encoding in ENCODINGS:
        for text in ["{}", "[", '{"é":"😀" x', '"\ud83d', "[1]", "5"]:
            yield text.encode(encoding, "surrogatepass")
        yield SAMPLE.encode(encoding)[:-1]
    yield from [b"\xff", b"\xff\xff", b"\xc3", b"[\xe9]", b"\xed\xa0", b"\x00", b"\x005", b"5\x00", b"\x00\x00\x00", b"\xff\xfe", b"\xef\xbb\xbf"]
    yield from [b"\xff\xfe\x00\x00\x00\x00\x11\x00", b"\xf0\x9f\x98\x80x", b"\xf4\x90\x80\x80", b"\xc0\x80", b'"\xed\xa0\xbd\xed\xb8\x80']


def forms(whole):
    """The object itself, each field left out, each replaced by what it is not, one too many."""
    yield whole
    for name in whole:
        yield {k: v for k, v in whole.items() if k != name}
        for value in [None, 5, "x", "1.5", True, [], [False, "x", 1, "2", True, [], "nan", Raw("1e400")], {}, {"a": 1}, "1e400", Raw("1" + "0" * 310)]:
            yield whole | {name: value}
    yield whole | {"x": 1, "y": [2]}
    yield {"y": 1} | whole
    yield {}


def reports():
    for tag, fields in (
        ("run_started", {"run_id": "r", "wandb_path": None}),
        ("validation_loss", {"run_id": "r", "val_losses": [4.5, 4]}),
        ("run_heartbeat", {"run_id": "r", "elapsed_seconds": 60.5}),
        ("preempted", {"run_id": "r"}),
    ):
        for body in forms({"log_type": tag} | fields):
            yield "event", body
    for tag in TAGS:
        yield "event", {"log_type": tag, "run_id": "r"}
    timeout = {"reason": "timeout", "partial_val_losses": [4.5]}
    unexpected = {"reason": "unexpected", "failure": "out of memory"}
    for body in forms({"result_type": "completed", "used_runtime_seconds": 60.5, "val_losses": [4.5]}):
        yield "finish", body
    for reason in (*forms(timeout), *forms(unexpected), *({"reason": tag} for tag in TAGS)):
        yield "finish", {"result_type": "failed", "used_runtime_seconds": 60.5, "reason": reason}
    for body in forms({"result_type": "failed", "used_runtime_seconds": 60.5, "reason": timeout}):
        yield "finish", body
    for body in [None, 5, "x", [], {"result_type": "failed", "used_runtime_seconds": -1, "reason": unexpected, "val_losses": []}]:
        yield "event", body
        yield "finish", body


def finals():
    yield from forms({"training_config": SMALL, "predicted_final_loss": 3.25})
    for loss in FLOAT_VALUES:
        yield {"training_config": SMALL, "predicted_final_loss": loss}
    yield {"training_config": SMALL | {"train_batch_size": 3}, "predicted_final_loss": 3.25}
    yield {"training_config": SMALL | {"train_batch_size": 3}, "predicted_final_loss": 0}
    yield from [None, 5, "x", []]


def segments():
    yield from (value for value in INT_VALUES if isinstance(value, str) and not isinstance(value, Raw) and value and len(value) < 5000)
    yield from ["1", "0", "-1", "007", "1.0", "-0", "-0.0", "٣", "1 ", "\u00a01", "1\x00", "%", "😀", "0x1", "-" + "9" * 4299, "-" + "9" * 4300]


def cases():
    source = random.Random(336)
    seen = set()
    for body in encoded(source):
        if body not in seen:
            seen.add(body)
            yield "POST", "/submit", JSON, body
    for content_type in CONTENT_TYPES:
        yield "POST", "/submit", content_type, b"[1,]"
    yield "POST", "/internal/worker/1/event", None, b'{"log_type":"preempted","run_id":"r"}'
    yield "POST", "/internal/worker/1/finish", "text/plain", b'\xc3\xa9"'
    for kind, body in reports():
        yield "POST", f"/internal/worker/1/{kind}", JSON, dumps(body).encode()
    for body in finals():
        yield "POST", "/final_submission", JSON, dumps(body).encode()
    for segment in segments():
        quoted = urllib.parse.quote(segment, safe="")
        yield "GET", f"/experiment/{quoted}", None, b""
        yield "POST", f"/internal/worker/{quoted}/event", JSON, b"{}"


def application(course):
    """The course's routes, behind which there is neither a lock nor a database."""
    sys.path.insert(0, course)
    os.environ.setdefault("INTERNAL_API_KEY", "unused")
    from cs336_scaling import auth, db
    from cs336_scaling.api.internal import router as internal
    from cs336_scaling.api.public import router as public
    from fastapi import FastAPI

    session = MagicMock()
    session.get.return_value = session.scalar.return_value = None
    app = FastAPI()
    app.include_router(public)
    app.include_router(internal)
    app.dependency_overrides = {
        auth.require_internal_key: lambda: None,
        auth.get_current_user: lambda: auth.AuthenticatedUser("u", "1"),
        db.get_session: lambda: session,
    }
    return app


async def ask(app, method, path, content_type, body):
    """Status and body of one request, (500, None) where the application raised."""
    head = [(b"content-length", str(len(body)).encode())] + ([(b"content-type", content_type.encode())] if content_type is not None else [])
    scope = {"type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "scheme": "http", "path": urllib.parse.unquote(path),
             "raw_path": path.encode(), "query_string": b"", "root_path": "", "headers": head, "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80)}  # fmt: skip
    said, requests = [], [{"type": "http.request", "body": body, "more_body": False}]

    async def receive():
        return requests.pop(0) if requests else {"type": "http.disconnect"}

    async def send(message):
        said.append(message)

    try:
        await app(scope, receive, send)
    except Exception:
        return 500, None
    return said[0]["status"], b"".join(m.get("body", b"") for m in said[1:]).decode()


async def golden(app):
    found = []
    for method, path, content_type, body in cases():
        status, answer = await ask(app, method, path, content_type, body)
        if status == 200:
            answer = answer[: answer.index(',"submitted_at"')] + "}"  # the only time of day
        try:
            sent = {"body": body.decode()}
        except UnicodeDecodeError:
            sent = {"bytes": body.hex()}
        answered = {"reference": 500} if status == 500 else {"status": status, "answer": answer}
        found.append({"path": path} | ({"content_type": content_type} if content_type is not None else {}) | sent | answered)
    return found


def main():
    found = asyncio.run(golden(application(sys.argv[1])))
    with open(OUTPUT, "w", encoding="utf-8") as out:
        out.write("[\n" + ",\n".join(json.dumps(case) for case in found) + "\n]\n")
    print(f"{len(found)} cases, {sum('reference' in c for c in found)} of them 500")


if __name__ == "__main__":
    main()
