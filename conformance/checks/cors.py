"""What browsers ask before and while they call from a page elsewhere."""

from .harness import check

ALLOWED = (
    "null",
    "http://localhost:8000",
    "http://127.0.0.1:8000",
    "http://localhost:8080",
    "http://127.0.0.1:8080",
    "http://hyperturing.stanford.edu:8000",
    "http://172.24.75.170:8000",
)
FOREIGN = (
    "http://evil.example",
    "http://localhost:8001",
    "https://localhost:8000",
    "http://localhost",
    "HTTP://LOCALHOST:8000",
    "http://localhost:8000/",
    "*",
    "",
)
HERE = ALLOWED[1]
SAFE = "Accept, Accept-Language, Content-Language, Content-Type, X-API-Key"


def preflight(t, origin=HERE, method="POST", asked=None, path="/submit", **more):
    headers = {"Origin": origin, "Access-Control-Request-Method": method, **more}
    if asked is not None:
        headers["Access-Control-Request-Headers"] = asked
    return t.send("OPTIONS", path, headers=headers)


def told(t, answer, status, text, origin):
    t.expect(answer, status, text)
    for name, value in (
        ("content-type", "text/plain; charset=utf-8"),
        ("vary", "Origin"),
        ("access-control-allow-methods", "GET, POST, OPTIONS"),
        ("access-control-max-age", "600"),
        ("access-control-allow-headers", SAFE),
        ("access-control-allow-origin", origin),
        ("access-control-allow-credentials", None),
    ):
        t.equal(answer.header(name), value)


for origin in ALLOWED:

    @check(f"a preflight from {origin} may go on")
    def _(t, origin=origin):
        told(t, preflight(t, origin), 200, "OK", origin)

    @check(f"an answer to {origin} names it")
    def _(t, origin=origin):
        answer = t.get("/budget", headers={"Origin": origin})
        t.equal(
            (answer.status, answer.header("access-control-allow-origin"), answer.header("vary")),
            (200, origin, "Origin"),
        )
        t.equal(answer.header("access-control-allow-credentials"), None)


for origin in FOREIGN:

    @check(f"a preflight from {origin!r} may not")
    def _(t, origin=origin):
        told(t, preflight(t, origin), 400, "Disallowed CORS origin", None)

    @check(f"an answer to {origin!r} is the same, and names no origin")
    def _(t, origin=origin):
        answer = t.get("/budget", headers={"Origin": origin})
        t.equal((answer.status, answer.header("access-control-allow-origin"), answer.header("vary")), (200, None, None))


for method in ("GET", "POST", "OPTIONS"):

    @check(f"a preflight for {method} may go on")
    def _(t, method=method):
        told(t, preflight(t, method=method), 200, "OK", HERE)


for method in ("PUT", "DELETE", "HEAD", "PATCH", "get", ""):

    @check(f"a preflight for {method!r} may not")
    def _(t, method=method):
        told(t, preflight(t, method=method), 400, "Disallowed CORS method", HERE)


for asked in (
    "X-API-Key",
    "x-api-key",
    "Content-Type,X-API-Key",
    " accept , accept-language,CONTENT-LANGUAGE ",
    "content-type",
):

    @check(f"a preflight for the headers {asked!r} may go on")
    def _(t, asked=asked):
        told(t, preflight(t, asked=asked), 200, "OK", HERE)


for asked in ("X-Internal-Key", "Authorization", "X-API-Key, X-Other", "x-request-id", "content-type,", "*", ""):

    @check(f"a preflight for the headers {asked!r} may not")
    def _(t, asked=asked):
        told(t, preflight(t, asked=asked), 400, "Disallowed CORS headers", HERE)


@check("a preflight lists all that is not allowed")
def _(t):
    told(
        t,
        preflight(t, "http://evil.example", "PUT", "X-Other, X-More"),
        400,
        "Disallowed CORS origin, method, headers",
        None,
    )
    told(t, preflight(t, "http://evil.example", "GET", "X-Other"), 400, "Disallowed CORS origin, headers", None)
    told(t, preflight(t, HERE, "PUT", "X-Other"), 400, "Disallowed CORS method, headers", HERE)


@check("a preflight may go on to a private network")
def _(t):
    asked = {"Access-Control-Request-Private-Network": "true"}
    t.equal(preflight(t, **asked).header("access-control-allow-private-network"), "true")
    t.equal(preflight(t).header("access-control-allow-private-network"), None)
    t.equal(preflight(t, "http://evil.example", **asked).header("access-control-allow-private-network"), "true")
    t.equal(
        preflight(t, **{"Access-Control-Request-Private-Network": "True"}).header(
            "access-control-allow-private-network"
        ),
        "true",
    )


for path in ("/nope", "/budget/", "/docs", "/internal/worker/1/event"):

    @check(f"a preflight is answered at {path} as anywhere")
    def _(t, path=path):
        told(t, preflight(t, path=path), 200, "OK", HERE)


@check("OPTIONS without an origin, or without a method, is no preflight")
def _(t):
    t.expect(t.send("OPTIONS", "/submit", headers={"Access-Control-Request-Method": "POST"}), 405)
    answer = t.expect(t.send("OPTIONS", "/submit", headers={"Origin": HERE}), 405)
    t.equal((answer.header("access-control-allow-origin"), answer.header("allow")), (HERE, "POST"))


@check("refusals name the origin too: 401, 404, 405, 307, 422")
def _(t):
    for method, path, status in (
        ("GET", "/budget", 401),
        ("GET", "/nope", 404),
        ("PUT", "/budget", 405),
        ("GET", "/budget/", 307),
        ("POST", "/submit", 422),
    ):
        headers = {"Origin": HERE} | ({"X-API-Key": t.key} if status == 422 else {})
        answer = t.expect(t.send(method, path, headers=headers), status)
        t.equal((answer.header("access-control-allow-origin"), answer.header("vary")), (HERE, "Origin"))


@check("a preflight echoes the request id")
def _(t):
    t.equal(preflight(t, **{"X-Request-ID": "q"}).header("x-request-id"), "q")
