"""The golden answers of the tests, asked of a running server.

Configurations and reports that are refused are sent as they are. Valid configurations go as final submissions, which
cost nothing, and valid reports to an experiment that is none: a 404 says that nothing was wrong with them.
"""

import json

from .harness import CHECKS

UNKNOWN = 999999999


def send(t, path, text):
    if path in ("/event", "/finish"):
        return t.work(UNKNOWN, path[1:], text)
    return t.post(path, text)


def asked(case):
    path, text = case.get("path", "/submit"), case["body"]

    def function(t):
        if "reference" in case:
            t.one_of(
                send(t, path, text),
                (400, 422) if path in ("/submit", "/final_submission") else (400, 404, 422),
                reference=(0, case["reference"]),
            )
        elif case["status"] != 200:
            t.expect(send(t, path, text), case["status"], case["answer"])
        elif path in ("/event", "/finish"):
            t.expect(send(t, path, text), 404, '{"detail":"experiment not found"}')
        else:
            taken(t, path, text)

    def taken(t, path, text):
        whole = text if path == "/final_submission" else f'{{"training_config":{text},"predicted_final_loss":1}}'
        answer = t.post("/final_submission", whole)
        if case.get("absurd") and answer.status in (400, 422):
            return
        shown = t.expect(answer, 200).text
        shown = shown[: shown.rindex(',"submitted_at":')]
        found = (
            shown + "}"
            if path == "/final_submission"
            else shown[len('{"training_config":') : shown.rindex(',"predicted_final_loss":')]
        )
        if found != case.get("read_back"):
            t.equal(found, case["answer"])

    return function


def register(path):
    with open(path, encoding="utf-8") as file:
        for case in json.load(file):
            name = case.get("name") or f"{case['path']} {case['body'][:100]}"
            CHECKS.append((f"golden: {name}", asked(case)))
