"""Who may ask: keys, and what is told first when several things are wrong."""

from .bodies import body
from .harness import JSON, check

MISSING_KEY = '{"detail":"missing X-API-Key"}'
INVALID_KEY = '{"detail":"invalid API key"}'
INVALID_INTERNAL = '{"detail":"invalid internal key"}'
BROKEN = (
    '{"detail":[{"type":"json_invalid","loc":["body",1],"msg":"JSON decode error","input":{},'
    '"ctx":{"error":"Expecting property name enclosed in double quotes"}}]}'
)
STUDENT = (("GET", "/budget"), ("GET", "/experiments"), ("GET", "/experiment/1"), ("GET", "/final_submission"))
WRITING = ("/submit", "/final_submission")


for method, path in STUDENT:

    @check(f"{method} {path} without a key is 401")
    def _(t, method=method, path=path):
        t.equal(t.expect(t.send(method, path), 401, MISSING_KEY).header("content-type"), "application/json")

    @check(f"{method} {path} with an unknown key is 401")
    def _(t, method=method, path=path):
        t.expect(t.send(method, path, headers={"X-API-Key": "no such key"}), 401, INVALID_KEY)


for path in WRITING:

    @check(f"POST {path} without a key is 401")
    def _(t, path=path):
        t.expect(t.send("POST", path, body(), JSON), 401, MISSING_KEY)

    @check(f"POST {path} with an unknown key is 401, though the body is wrong too")
    def _(t, path=path):
        t.expect(t.send("POST", path, "{}", {**JSON, "X-API-Key": "nobody"}), 401, INVALID_KEY)

    @check(f"POST {path} without a key is 401, though the body is no JSON object")
    def _(t, path=path):
        t.expect(t.send("POST", path, "[]", JSON), 401, MISSING_KEY)

    @check(f"POST {path} without a key and without a body is 401")
    def _(t, path=path):
        t.expect(t.send("POST", path), 401, MISSING_KEY)

    @check(f"POST {path} of broken JSON is 422 before the key is looked at")
    def _(t, path=path):
        t.expect(t.send("POST", path, "{", JSON), 422, BROKEN)

    @check(f"POST {path} of broken JSON of another type is a matter of the key")
    def _(t, path=path):
        t.expect(t.send("POST", path, "{", {"Content-Type": "text/plain"}), 401, MISSING_KEY)


@check("an empty key is a missing one")
def _(t):
    t.expect(t.send("GET", "/budget", headers={"X-API-Key": ""}), 401, MISSING_KEY)


@check("a key of blanks is a missing one")
def _(t):
    t.expect(t.send("GET", "/budget", headers={"X-API-Key": "   "}), 401, MISSING_KEY)


@check("the name of the header has no case")
def _(t):
    t.expect(t.send("GET", "/budget", headers={"x-api-KEY": t.key}), 200)


@check("the first of two keys counts")
def _(t):
    t.expect(t.send("GET", "/budget", headers=[("X-API-Key", "nobody"), ("X-API-Key", t.key)]), 401, INVALID_KEY)
    t.expect(t.send("GET", "/budget", headers=[("X-API-Key", t.key), ("X-API-Key", "nobody")]), 200)


@check("no key is read from the query")
def _(t):
    t.expect(t.send("GET", f"/budget?X-API-Key={t.key}&api_key={t.key}"), 401, MISSING_KEY)


@check("no key is read from Authorization")
def _(t):
    t.expect(t.send("GET", "/budget", headers={"Authorization": f"Bearer {t.key}"}), 401, MISSING_KEY)


@check("no key is read from a cookie")
def _(t):
    t.expect(t.send("GET", "/budget", headers={"Cookie": f"X-API-Key={t.key}"}), 401, MISSING_KEY)


@check("the internal key is no student's key")
def _(t):
    t.expect(t.send("GET", "/budget", headers={"X-API-Key": t.internal_key}), 401, INVALID_KEY)


@check("a key with letters beyond ASCII is unknown")
def _(t):
    t.expect(t.send("GET", "/budget", headers={"X-API-Key": "schlüssel".encode()}), 401, INVALID_KEY)


@check("a key is looked at before the number in the path")
def _(t):
    t.expect(t.send("GET", "/experiment/x"), 401, MISSING_KEY)
    t.expect(t.send("GET", "/experiment/x", headers={"X-API-Key": "nobody"}), 401, INVALID_KEY)


for what in ("event", "finish"):

    @check(f"worker {what}: no key, an empty one and a student's key are all 401")
    def _(t, what=what):
        for headers in ({}, {"X-Internal-Key": ""}, {"X-Internal-Key": t.key}, {"X-API-Key": t.internal_key}):
            t.expect(t.send("POST", f"/internal/worker/1/{what}", "{}", {**JSON, **headers}), 401, INVALID_INTERNAL)

    @check(f"worker {what}: the key is looked at before the number and the body")
    def _(t, what=what):
        t.expect(t.send("POST", f"/internal/worker/0/{what}"), 401, INVALID_INTERNAL)
        t.expect(t.send("POST", f"/internal/worker/x/{what}", "[]", JSON), 401, INVALID_INTERNAL)

    @check(f"worker {what}: broken JSON is 422 before the key is looked at")
    def _(t, what=what):
        t.expect(t.send("POST", f"/internal/worker/1/{what}", "{", JSON), 422, BROKEN)
