"""The golden answers of the tests, asked of a running server: training_config.json and requests.json.

What is refused is sent as it is. Valid configurations go as final submissions, which cost nothing, and valid reports to
an experiment that is none: a 404 says that nothing was wrong with them. A server may be better than the reference:
refuse what the reference fails over or takes for absurd, take a loss of null, cut echoes that are long.
"""

import json

from .harness import CHECKS, JSON, Mismatch

UNKNOWN = 999999999
LONG = 2000  # characters of an echo that may be cut


def send(t, case):
    path = case.get("path", "/submit").replace("/worker/1/", f"/worker/{UNKNOWN}/")
    if path.startswith("/experiment/"):
        return t.get(path, t.other_key)
    kind = case.get("content_type", None if "path" in case else JSON["Content-Type"])
    key = ("X-Internal-Key", t.internal_key) if path.startswith("/internal") else ("X-API-Key", t.key)
    sent = bytes.fromhex(case["bytes"]) if "bytes" in case else case["body"]
    return t.send("POST", path, sent, [key] + ([] if kind is None else [("Content-Type", kind)]))


def told(answer):
    """The errors of a refusal without their echoes, and the echoes."""
    errors = json.loads(answer)["detail"]
    echoes = [json.dumps(error.pop("input", None)) for error in errors] if isinstance(errors, list) else []
    return errors, echoes


def better(answer, case):
    """Whether an answer that is not the reference's is one that we may give."""
    theirs, status = case.get("answer", ""), case.get("status")
    if answer.status == 422 and (case.get("absurd") or '"finite_number"' in answer.text):
        return True
    if answer.status == 404 and '"input":null' in theirs and "val_losses" in theirs:
        return True
    if answer.status == 200 and status == 404 and case["path"].startswith("/experiment/"):
        return True
    if answer.status == status == 422 and len(theirs) > LONG:
        (ours, shown), (errors, echoes) = told(answer.body), told(theirs)
        return ours == errors and all(a == b or len(b) > LONG for a, b in zip(shown, echoes, strict=True))
    return False


def asked(case):
    def function(t):
        if "reference" in case:
            t.one_of(send(t, case), (204, 400, 404, 422), reference=(0, case["reference"]))
        elif "path" not in case and case["status"] == 200:
            taken(t, case["body"])
        else:
            answer = send(t, case)
            text = answer.text.split(',"submitted_at":')[0] + "}" if answer.status == 200 else answer.text
            if (answer.status, text) != (case["status"], case["answer"]) and not better(answer, case):
                # The reference's database takes no number beyond 64 bits.
                if case["status"] == 404 and answer.status in (0, 500):
                    t.one_of(answer, (404, 422))
                raise Mismatch(f"{case['status']} {case['answer']}", answer)

    def taken(t, text):
        answer = t.post("/final_submission", f'{{"training_config":{text},"predicted_final_loss":1}}')
        if better(answer, case):
            return
        found = t.expect(answer, 200).text
        found = found[len('{"training_config":') : found.rindex(',"predicted_final_loss":')]
        if found != case.get("read_back"):
            t.equal(found, case["answer"])

    return function


def register(path):
    with open(path, encoding="utf-8") as file:
        for case in json.load(file):
            name = (
                case.get("name")
                or f"{case['path']} {case.get('content_type')} {case.get('body') or case.get('bytes')!r}"
            )
            CHECKS.append((f"golden: {name if len(name) < 160 else name[:160] + '...'}", asked(case)))
