"""What the course's 2026 server answers to some 700 training configurations, most of them broken.

Run from the root of the repository, with a Python 3.12 that has the versions of the course's lock file
(FastAPI 0.135.3, Pydantic 2.12.5):

    python oracle/training_config.py PATH_OF_THE_COURSE_REPOSITORY [--check http://127.0.0.1:PORT KEY [KEY ...]]

It writes crates/isoflop-api/tests/it/golden/training_config.json. The course's own model is asked, through FastAPI,
by an application of one path that gives the configuration back; so the answers come without a database. What its
database does is added: it refuses numbers that are not finite, and drops the sign of zero. --check asks a running
server of the course the same and compares; the keys need about 16 untouched budgets.
"""

import argparse
import asyncio
import http.client
import json
import math
import os
import sys
import urllib.parse

from training_cases import all_cases

OUTPUT = "crates/isoflop-api/tests/it/golden/training_config.json"


def application(course):
    """One path that takes a TrainingConfig and answers with it."""
    sys.path.insert(0, course)
    os.environ.setdefault("INTERNAL_API_KEY", "unused")
    from cs336_scaling.log.setup import configure_logging
    from cs336_scaling.schemas import TrainingConfig
    from fastapi import FastAPI

    app = FastAPI()

    def submit(config):
        if not finite(config.model_dump()):
            raise ValueError("the database stores no such number")
        return config

    submit.__annotations__["config"] = TrainingConfig
    app.post("/submit", response_model=TrainingConfig)(submit)
    configure_logging(app=app, log_file=None, log_level="CRITICAL")  # it reads short bodies too, and fails on some
    return app


def finite(value):
    if isinstance(value, dict):
        return all(map(finite, value.values()))
    return not isinstance(value, float) or math.isfinite(value)


def absurd(config):
    """Whether the course queues what no worker could begin."""
    if isinstance(config, dict):
        shape = config.get("architecture_config", {})
        weights = shape.get("num_hidden_layers", 0) * shape.get("hidden_size", 0) ** 2 + shape.get("vocab_size", 0)
        return weights > 10**12 or any(map(absurd, config.values()))
    return isinstance(config, float) and abs(config) > 2.0**128 or isinstance(config, int) and config >= 2**53


async def ask(app, body, path="/submit"):
    """Status and body of one request, (500, None) where the application raised."""
    head = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    scope = {"type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "scheme": "http",
        "path": path,
             "raw_path": path.encode(), "query_string": b"", "root_path": "", "headers": head, "client": ("127.0.0.1",
             1), "server": ("127.0.0.1", 80)}  # fmt: skip
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


async def answers(app):
    for name, text in all_cases():
        status, answer = await ask(app, text.encode())
        case = {"name": name, "body": text} | (
            {"reference": 500} if status == 500 else {"status": status, "answer": answer}
        )
        if status == 200 and ":-0.0" in answer:
            case["read_back"] = answer.replace(":-0.0", ":0.0")
        if status == 200 and absurd(json.loads(answer)):
            case["absurd"] = True
        yield case


async def golden(app):
    return [case async for case in answers(app)]


def send(url, method, path, key, body=None):
    connection = http.client.HTTPConnection(urllib.parse.urlsplit(url).netloc)
    try:
        connection.request(
            method, path, body, {"X-API-Key": key} | ({"Content-Type": "application/json"} if body is not None else {})
        )
        response = connection.getresponse()
        return response.status, response.read().decode()
    except http.client.RemoteDisconnected:
        return 500, None
    finally:
        connection.close()


def check(cases, url, keys):
    """Differences between the golden answers and those of a running server."""
    keys, seen, differing = list(keys), {}, 0
    for case in cases:
        while True:
            status, answer = send(url, "POST", "/submit", keys[0], case["body"].encode())
            if status != 400 or "insufficient budget" not in answer or len(keys) == 1:
                break
            keys.pop(0)
            seen.clear()
        if status == 200:
            number = json.loads(answer)["experiment_id"]
            seen[case.get("answer")] = True
            whole = send(url, "GET", f"/experiment/{number}", keys[0])[1]
            answer = whole[whole.index(":", whole.index("training_config")) + 1 : whole.rindex(',"status":{')]
        elif status == 409 and case.get("answer") in seen:
            continue
        expected = (case["status"], case.get("read_back", case["answer"])) if "status" in case else (500, None)
        if (status, answer if status != 500 else None) != expected:
            differing += 1
            print(f"{case['name']}\n  golden {expected}\n  server {(status, answer)}")
    print(f"{len(cases)} cases asked, {differing} answers differ")
    return differing


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("course")
    parser.add_argument("--check", nargs="+", metavar=("URL", "KEY"))
    told = parser.parse_args()
    cases = asyncio.run(golden(application(told.course)))
    if told.check:
        sys.exit(bool(check(cases, told.check[0], told.check[1:])))
    with open(OUTPUT, "w", encoding="utf-8") as out:
        out.write("[\n" + ",\n".join(json.dumps(case) for case in cases) + "\n]\n")
    print(f"{len(cases)} cases, {sum('reference' in c for c in cases)} of them 500")


if __name__ == "__main__":
    main()
