"""The list of checks, and what a check works with: requests, expectations, and the dispatcher."""

import datetime
import http.client
import itertools
import json
import re
import shlex
import subprocess
import time
import urllib.parse

CHECKS = []  # (name, function)
TIME = re.compile(r'"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{6})?Z)"')
JSON = {"Content-Type": "application/json"}


class Mismatch(Exception):
    """What was expected, and what came instead."""

    def __init__(self, expected, found):
        super().__init__(expected, found)
        self.expected, self.found = expected, found


class Skipped(Exception):
    """A check that cannot be made here, and why."""


class Fallen(Exception):
    """The server fails as the reference does, where a better one would not."""


def check(name):
    """Registers a function of one argument, the target, as a check."""

    def register(function):
        CHECKS.append((name, function))
        return function

    return register


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def text(self):
        return self.body.decode("utf-8", "replace")

    @property
    def json(self):
        try:
            return json.loads(self.body)
        except ValueError:
            raise Mismatch("a JSON body", self) from None

    def header(self, name):
        """All values of a header, joined as HTTP allows; None without it."""
        values = [v for k, v in self.headers if k.lower() == name.lower()]
        return ", ".join(values) if values else None

    def __str__(self):
        text = self.text
        return f"{self.status} {text if len(text) < 2000 else text[:2000] + '...'}"


class Target:
    """A server under test, the keys to it, and a counter that makes configurations distinct."""

    def __init__(self, url, key, other_key, internal_key, dispatch=None, strict=False):
        self.address = urllib.parse.urlsplit(url)
        self.url, self.key, self.other_key, self.internal_key = url.rstrip("/"), key, other_key, internal_key
        self.dispatch_command, self.strict = dispatch, strict
        self.numbers = itertools.count(int(time.time() * 1000))

    # Requests

    def send(self, method, path, body=None, headers=()):
        """One request on a connection of its own. A dropped connection is a status of 0."""
        connection = http.client.HTTPConnection(self.address.hostname, self.address.port, timeout=60)
        try:
            connection.putrequest(method, path, skip_accept_encoding=True)
            for name, value in headers.items() if isinstance(headers, dict) else headers:
                connection.putheader(name, value)
            body = body.encode() if isinstance(body, str) else body
            if body is not None:
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body)
            response = connection.getresponse()
            return Answer(response.status, response.getheaders(), response.read())
        except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
            return Answer(0, [], b"(connection dropped)")
        finally:
            connection.close()

    def get(self, path, key="", headers=()):
        return self.send("GET", path, None, [("X-API-Key", key or self.key), *dict(headers).items()])

    def post(self, path, body, key=""):
        return self.send("POST", path, body, [("X-API-Key", key or self.key), *JSON.items()])

    def work(self, number, what, payload):
        """A worker's callback; the payload is a JSON text or a value."""
        body = payload if isinstance(payload, (str, bytes)) else json.dumps(payload)
        return self.send(
            "POST", f"/internal/worker/{number}/{what}", body, {"X-Internal-Key": self.internal_key, **JSON}
        )

    def dispatch(self, number, run_id):
        """Moves a queued experiment to running, as the scheduler of the server would."""
        self.can_dispatch()
        words = [w.replace("{id}", str(number)).replace("{run_id}", run_id) for w in shlex.split(self.dispatch_command)]
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        if done.returncode:
            raise Mismatch(f"the dispatch command moves experiment {number}", done.stderr or done.stdout)

    # Expectations

    def expect(self, answer, status, body=None):
        """A status and, unless None, a body: text to the byte, anything else as the text of compact JSON."""
        if body is not None and not isinstance(body, str):
            body = compact(body)
        if answer.status != status or (body is not None and answer.text != body):
            raise Mismatch(f"{status} {'' if body is None else body}", answer)
        if status != 204 and body not in (None, "") and answer.header("content-length") != str(len(body.encode())):
            raise Mismatch(f"content-length {len(body.encode())}", answer.header("content-length"))
        return answer

    def refuses(self, body, *errors, path="/submit", key=""):
        """A 422 with exactly these errors, in order."""
        answer = self.expect(self.post(path, body, key), 422, {"detail": list(errors)})
        self.equal(answer.header("content-type"), "application/json")

    def equal(self, found, expected):
        if found != expected or type(found) is not type(expected):
            raise Mismatch(expected, found)

    def one_of(self, answer, statuses, also=lambda answer: True, reference=(0, 500)):
        """For what the reference gets wrong: one of the statuses, or what the reference does, which is told."""
        if answer.status in statuses and also(answer):
            return answer
        if answer.status in reference and not self.strict:
            raise Fallen(str(answer.status or "dropped connection"))
        raise Mismatch(f"status {' or '.join(map(str, statuses))}", answer)

    # Steps that many checks begin with

    def submitted(self, body, key=""):
        """The number of the experiment that a body makes."""
        answer = self.post("/submit", body, key)
        if answer.status != 200:
            raise Mismatch("200 for a submission", answer)
        return answer.json["experiment_id"]

    def experiment(self, number, key=""):
        return self.expect(self.get(f"/experiment/{number}", key), 200).json

    def status(self, number, key=""):
        return self.experiment(number, key)["status"]

    def budget(self, key=""):
        return self.expect(self.get("/budget", key), 200).json

    def can_dispatch(self):
        if not self.dispatch_command:
            raise Skipped("no --dispatch")

    def finish(self, number, run_id="run", seconds=0.25, losses=(1.5,)):
        """Dispatches a queued experiment and completes it."""
        self.dispatch(number, run_id)
        payload = {"result_type": "completed", "used_runtime_seconds": seconds, "val_losses": list(losses)}
        self.expect(self.work(number, "finish", payload), 204, "")


def compact(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def masked(text):
    """A body with its times replaced by T, each of them checked: UTC, microseconds, and now."""
    for moment in TIME.findall(text):
        age = datetime.datetime.now(datetime.timezone.utc) - datetime.datetime.fromisoformat(
            moment.replace("Z", "+00:00")
        )
        if abs(age.total_seconds()) > 600:
            raise Mismatch("a time of the last minutes", moment)
    return TIME.sub("T", text)
