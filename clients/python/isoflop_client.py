"""A client of isoflop's training API for notebooks: one file, the standard library, nothing else.

    from isoflop_client import Client
    client = Client("http://127.0.0.1:8000", key="06123456")
    runs = client.train([config, ...])            # submits, waits, and can be cut off and run again
    client.loss(d_model=256, num_layers=6, ...)   # the protocol of 2024 and 2025

Requests are tried again while the server is away or busy. What will not change (a loss, an ended experiment) is kept
in a file and asked for once; `isoflop` on the command line does the same in a file of its own format.
"""

import hashlib
import http.client
import json
import os
import random
import time
import urllib.error
import urllib.parse
import urllib.request

__all__ = ["Client", "Refused", "Unreachable"]

ENDED = ("completed", "failed")
TRY_AGAIN = (429, 502, 503, 504)


class Refused(Exception):
    """The server said no, in these words."""

    def __init__(self, status, words, was_cut_off=False):
        super().__init__(words)
        self.status = status
        self.was_cut_off = was_cut_off


class Unreachable(Exception):
    """Nobody answered, or what answered is no training API."""


class Client:
    """A server, and who asks it.

    - `url`: its address; `ISOFLOP_URL` if not given
    - `key`: `ISOFLOP_API_KEY` or `A3_API_KEY` if not given
    - `cache`: file that keeps answers; None keeps nothing
    - `tries`: how often a request is made in all, with waits that double between
    """

    def __init__(self, url=None, key=None, *, cache=".isoflop/cache.python.jsonl", tries=6, timeout=660.0):
        self.url = (url or os.environ.get("ISOFLOP_URL") or "http://127.0.0.1:8000").rstrip("/")
        self.key = key or os.environ.get("ISOFLOP_API_KEY") or os.environ.get("A3_API_KEY")
        if not self.key:
            raise ValueError("no key: give key=…, or set ISOFLOP_API_KEY")
        self.tries = tries
        self.timeout = timeout
        # Only 16 bits of the key: an eight-digit id must not be found from a file that somebody publishes.
        digest = hashlib.sha256(f"{self.url}\0{self.key}".encode()).hexdigest()
        self._account = f"{self.url} {digest[:4]}"
        self._cache_path = cache
        self._kept = None
        host = urllib.parse.urlsplit(self.url).hostname or ""
        local = host == "localhost" or host == "::1" or host.startswith("127.")
        # A proxy for the world outside knows nothing of this machine.
        proxies = [urllib.request.ProxyHandler({})] if local else []
        self._opener = urllib.request.build_opener(*proxies)

    # The protocol of 2026.

    def submit(self, config):
        """Submits a configuration; its experiment's number. One that is there already is found, not an error."""
        for key, known in self._cache.items():
            # A failed one may be free to be asked for again.
            if key.startswith("experiment-") and known["status"]["status_type"] == "completed" and _is(known, config):
                return known["experiment_id"]
        try:
            return self._call("/submit", body=config)["experiment_id"]
        except Refused as refused:
            # The budget is looked at before repeats are: our own first try may have spent what is missing now.
            if refused.status != 409 and not (refused.status == 400 and refused.was_cut_off):
                raise
            for experiment in reversed(self.experiments()):
                if _is(experiment, config):
                    return experiment["experiment_id"]
            raise

    def experiments(self):
        """Every experiment of this user, oldest first."""
        found = self._call("/experiments")
        for experiment in found:
            self._keep_experiment(experiment)
        return found

    def experiment(self, number):
        """One experiment; one that is known to have ended costs no request."""
        known = self._cache.get(f"experiment-{number}")
        if known is not None:
            return known
        found = self._call(f"/experiment/{number}")
        self._keep_experiment(found)
        return found

    def wait(self, numbers=None, *, progress=None):
        """Waits until experiments have ended (all of this user's, if none are named); the experiments.

        `progress(ended, running, queued)` is called after every look.
        """
        if numbers is None:
            numbers = [one["experiment_id"] for one in self.experiments() if not _has_ended(one)]
        numbers = list(numbers)
        pause = 0.2
        while True:
            if sum(f"experiment-{number}" not in self._cache for number in numbers) > 1:
                self.experiments()  # one request keeps all that have ended
            now = [self.experiment(number) for number in numbers]
            states = [one["status"]["status_type"] for one in now]
            ended = sum(state in ENDED for state in states)
            if progress:
                progress(ended, states.count("running"), states.count("queued"))
            if ended == len(now):
                return now
            time.sleep(pause)
            pause = min(pause * 1.5, 5.0)

    def train(self, configs, *, progress=None):
        """Submits configurations and waits for them; their experiments, in order. Run again, it goes on."""
        return self.wait([self.submit(config) for config in configs], progress=progress)

    def budget(self):
        """`used_seconds`, `remaining_seconds` and `total_budget_seconds`."""
        return self._call("/budget")

    def final_submission(self):
        """The final submission as it stands, or None."""
        return self._call("/final_submission")

    def save_final_submission(self, config, predicted_final_loss):
        """Stakes a configuration and the loss it will end at, in place of what was said before."""
        body = {"training_config": config, "predicted_final_loss": predicted_final_loss}
        return self._call("/final_submission", body=body)

    # The protocol of 2024 and 2025.

    def loss(self, *, d_model, num_layers, num_heads, batch_size, learning_rate, train_flops):
        """The loss of a run, nats per token. One that was asked for before is known here, or free."""
        query = {
            "d_model": int(d_model),
            "num_layers": int(num_layers),
            "num_heads": int(num_heads),
            "batch_size": int(batch_size),
            "learning_rate": float(learning_rate),
            "train_flops": int(train_flops),
        }
        known = self._cache.get(_digest(query))
        if known is not None:
            return known
        answer = self._call("/loss", query={**query, "api_key": self.key}, header=False)
        self._keep(_digest(query), answer["loss"])
        return answer["loss"]

    def total_flops_used(self):
        """Everything spent so far, FLOPs."""
        try:
            return self._call("/total_flops_used", query={"api_key": self.key}, header=False)
        except Refused as refused:
            if refused.status == 422 and "No queries" in str(refused):
                return 0.0
            raise

    def previous_runs(self):
        """Every question that was answered, with its loss, oldest first."""
        return self._call("/previous_runs", query={"api_key": self.key}, header=False)["previous_runs"]

    # One request, tried again where that helps.

    def _call(self, path, *, body=None, query=None, header=True):
        url = self.url + path + ("?" + urllib.parse.urlencode(query) if query else "")
        headers = {"X-API-Key": self.key} if header else {}
        data = None
        if body is not None:
            data = json.dumps(body).encode()
            headers["Content-Type"] = "application/json"
        was_cut_off, why = False, ""
        for tried in range(self.tries):
            if tried:
                time.sleep(max(min(0.25 * 2 ** (tried - 1), 30.0) * random.uniform(0.5, 1.0), asked))
            asked = 0.0
            try:
                request = urllib.request.Request(url, data, headers)
                with self._opener.open(request, timeout=self.timeout) as answer:
                    return json.load(answer)
            except urllib.error.HTTPError as error:
                words = _words(error.code, error.read())
                if error.code not in TRY_AGAIN:
                    raise Refused(error.code, words, was_cut_off) from None
                was_cut_off = was_cut_off or error.code in (502, 504)
                after = error.headers.get("Retry-After", "")
                asked, why = (min(float(after), 30.0) if after.isdigit() else 0.0), words
            except ValueError as error:
                raise Unreachable(f"{self.url}{path} did not answer as a training API does: {error}") from None
            except OSError as error:
                was_cut_off, why = True, str(getattr(error, "reason", error))
        raise Unreachable(f"{self.url}{path} cannot be reached: {why}")

    # What is known.

    @property
    def _cache(self):
        if self._kept is None:
            self._kept = self._read_cache()
        return self._kept

    def _read_cache(self):
        asker, by_account = self._account, {}
        try:
            with open(self._cache_path or os.devnull, encoding="utf-8", errors="replace") as lines:
                for line in lines:
                    try:
                        line = json.loads(line)
                    except ValueError:
                        continue  # cut off while it was written
                    account = line.get("account", "")
                    if account == asker or account.startswith(asker + " "):
                        self._account = account
                        by_account.setdefault(account, {})[line["key"]] = line["answer"]
        except FileNotFoundError:
            pass
        # A new database at the same address has other answers. A server that is away is taken for the last one.
        try:
            with self._opener.open(self.url + "/healthz", timeout=10) as answer:
                server = answer.headers.get("X-Isoflop-Server")
        except urllib.error.HTTPError:
            server = None
        except (OSError, ValueError, http.client.HTTPException):
            return by_account.get(self._account, {})
        self._account = f"{asker} {server}" if server else asker
        return by_account.get(self._account, {})

    def _keep(self, key, answer):
        if self._cache.get(key) == answer:
            return
        self._cache[key] = answer
        if self._cache_path:
            folder = os.path.dirname(self._cache_path)
            if folder:
                os.makedirs(folder, exist_ok=True)
            line = json.dumps({"account": self._account, "key": key, "answer": answer}) + "\n"
            with open(self._cache_path, "a", encoding="utf-8") as file:
                file.write(line)

    def _keep_experiment(self, experiment):
        if _has_ended(experiment):
            self._keep(f"experiment-{experiment['experiment_id']}", experiment)


def _has_ended(experiment):
    return experiment["status"]["status_type"] in ENDED


def _digest(value):
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:20]


ADAMW = {"weight_decay": 0.01, "beta1": 0.9, "beta2": 0.95, "eps": 1e-8, "eps_root": 1e-8}
SCHEDULE = {"peak_value": 3e-4, "final_lr_frac": 0.1, "warmup_frac": 0.05, "init_value": 0.0}


def _is(experiment, config):
    """Whether an experiment is of this configuration, once its defaults are filled in."""
    optimizer = dict(config.get("optimizer_config") or {})
    # The wire has no tag: the schedule and nothing of AdamW's is plain descent.
    defaults = {} if "lr_scheduler" in optimizer and not set(ADAMW) & set(optimizer) else ADAMW
    schedule = {**SCHEDULE, **optimizer.get("lr_scheduler", {})}
    optimizer = {"grad_clip_norm": 1.0, **defaults, **optimizer, "lr_scheduler": schedule}
    complete = {"n_evals": 16, "model_seed": 0, **config, "optimizer_config": optimizer}
    return complete == experiment["training_config"]


def _words(status, body):
    """The server's words in the body of a refusal, in whichever form it has."""
    try:
        told = json.loads(body)
    except ValueError:
        return f"status {status}: {body[:200].decode(errors='replace')}"
    if isinstance(told, dict):
        told = told.get("detail", told.get("message", told))
    if isinstance(told, list):
        places = (".".join(str(step) for step in issue.get("loc", [])[1:]) for issue in told)
        return "; ".join(f"{place}: {issue.get('msg')}".lstrip(": ") for place, issue in zip(places, told))
    if isinstance(told, dict):
        left = told.get("budget_summary", {}).get("remaining_seconds")
        return told.get("message", "refused") + (f": {left} s are left" if left is not None else "")
    return str(told)
