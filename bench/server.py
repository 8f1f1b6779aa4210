#!/usr/bin/env python3
"""How fast `isoflop serve` answers, beside the course's server.

    cargo build --release -p isoflop-cli
    bench/server.py target/release/isoflop

Needs wrk (Debian: apt-get install wrk) and nothing else; installs nothing. Prints a Markdown table and the load of
the machine. The reference's figures are those measured on the same kind of machine, two shared cores, with one uvicorn
worker and PostgreSQL 15; ranges are of repeated measurements.
"""

import argparse
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

HERE = Path(__file__).resolve().parent

# Requests per second and p50/p99 in ms, by job and clients.
REFERENCE = {
    ("budget, 1 experiment", 1): "265–303, 3.1–3.5/7–130",
    ("budget, 1 experiment", 8): "203–232, 32–36/207–230",
    ("budget, 1 experiment", 32): "196–213, 133–143/374–411",
    ("budget, 1000", 1): "155–258, 3.8–6.6/5–11",
    ("budget, 1000", 8): "203–212, 36/177–191",
    ("budget, 1000", 32): "185–204, 139–157/399",
    ("list, 1", 1): "318–365, 2.7–3.1/4–5",
    ("list, 1", 8): "240–283, 27–31/178–196",
    ("list, 1", 32): "238–255, 115–120/333",
    ("list, 100", 1): "92–93, 9.4–9.9/175",
    ("list, 100", 8): "70–82, 76–89/273–300",
    ("list, 100", 32): "63–64, 500/802–883",
    ("list, 1000", 1): "6.8–7.8, 66–79/263–285",
    ("list, 1000", 8): "7.2, 930–1050/1530–1970",
    ("list, 1000", 32): "5.4–6.3, 2730–3430/4850–5780",
    ("get one", 1): "366, 2.6/4.4",
    ("get one", 8): "245, 31/62",
    ("get one", 32): "199, 149/382",
    ("submit distinct, one user", 1): "110–134, 7.3–8.8/10–12",
    ("submit distinct, one user", 8): "100–140, 56–79/98–194",
    ("submit distinct, one user", 32): "90–115, 258–343/534–563",
    ("submit distinct, 32 users", 1): "147–164, 5.9–6.7/8–9",
    ("submit distinct, 32 users", 8): "121–133, 58–63/200–258",
    ("submit distinct, 32 users", 32): "107–114, 251–278/520–544",
}


class Server:
    """The program with a database of its own."""

    def __init__(self, program, folder, options):
        self.folder = folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        words = [program, "serve", "--db", f"{folder}/runs.db", "--listen", f"127.0.0.1:{self.port}", "--log", "off"]
        self.out = open(f"{folder}/out.txt", "w+")
        begun = time.perf_counter()
        self.process = subprocess.Popen(words + options, stdout=self.out)
        while True:
            try:
                with socket.create_connection(("127.0.0.1", self.port)) as wire:
                    wire.sendall(b"GET /budget HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n")
                    assert wire.recv(12) == b"HTTP/1.1 401"
                break
            except ConnectionRefusedError:
                if self.process.poll() is not None:
                    sys.exit(f"{program} ended with {self.process.returncode}")
                time.sleep(0.0005)
        self.start_seconds = time.perf_counter() - begun

    def key(self, header):
        text = Path(f"{self.folder}/out.txt").read_text()
        return re.search(rf"\({header}\)\s+(\S+)", text).group(1)

    def memory(self, name="VmRSS"):
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(rf"{name}:\s+(\d+)", status).group(1)) / 1024

    def ask(self, path, headers, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, {"Content-Type": "application/json", **headers})
        with urllib.request.urlopen(request) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def add_user(self, name):
        operator = {"X-Operator-Key": self.key("X-Operator-Key")}
        return self.ask("/v1/operator/users", operator, {"name": name, "key": None})["key"]

    def fill(self, key, count, first):
        """Experiments as they are when a class is at work: with sixteen losses, done."""
        worker = {"X-Internal-Key": "isoflop-bench-worker"}
        losses = [round(4 - 0.05 * step, 4) + 1e-7 for step in range(16)]
        for seed in range(first, first + count):
            config = {
                "architecture_config": {
                    "attention_bias": False, "head_dim": 64, "hidden_size": 128, "intermediate_size": 384,
                    "num_attention_heads": 2, "num_hidden_layers": 2, "num_key_value_heads": 2, "rms_norm_eps": 1e-5,
                    "rope_theta": 10000, "tie_word_embeddings": True, "dtype": "bfloat16", "vocab_size": 32000,
                },
                "optimizer_config": {"beta1": 0.9}, "train_batch_size": 16, "val_batch_size": 16, "n_evals": 16,
                "total_train_tokens": 16 * 512 * 64, "max_runtime_seconds": 1, "model_seed": seed,
            }
            number = self.ask("/submit", {"X-API-Key": key}, config)["experiment_id"]
            lease = {"worker": "bench", "places": 1, "holding": []}
            run_id = self.ask("/v1/worker/lease", worker, lease)["leases"][0]["run_id"]
            finish = {"result_type": "completed", "used_runtime_seconds": 1, "val_losses": losses}
            self.ask(f"/v1/worker/{number}/finish", worker, {"run_id": run_id, "finish": finish})

    def stop(self):
        self.process.terminate()
        self.process.wait()


def wrk(server, path, clients, seconds, key=None, script="percentiles.lua", words=()):
    threads = 1 if clients == 1 else 2
    command = ["wrk", "-t", str(threads), "-c", str(clients), "-d", f"{seconds}s", "--timeout", "20s"]
    command += ["-s", str(HERE / script)] + (["-H", f"X-API-Key: {key}"] if key else []) + [server.url + path]
    text = subprocess.run(command + (["--", *words] if words else []), capture_output=True, text=True, check=True).stdout
    bad = re.search(r"Non-2xx or 3xx responses: (\d+)", text)
    if bad or "Socket errors" in text:
        sys.exit(f"{path} with {clients} clients:\n{text}")
    number = lambda pattern: float(re.search(pattern, text).group(1))
    return number(r"Requests/sec:\s+([\d.]+)"), number(r"p50 ([\d.]+)"), number(r"p99 ([\d.]+)")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", help="isoflop, built in release")
    parser.add_argument("--seconds", type=int, default=5, help="of each measurement [5]")
    parser.add_argument("--only", default="", help="jobs whose name has these words")
    arguments = parser.parse_args()
    if not shutil.which("wrk"):
        sys.exit("wrk is missing; on Debian: apt-get install wrk")

    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as folder:
        starts = []
        for attempt in range(7):
            place = f"{folder}/{attempt}"
            os.mkdir(place)
            options = ["--no-workers", "--internal-key", "isoflop-bench-worker", "--budget-seconds", "1e9"]
            server = Server(arguments.program, place, options + ["--max-queued", "100000000"])
            starts.append(server.start_seconds)
            if attempt < 6:
                server.stop()
        idle = server.memory()
        one, hundred, thousand = (server.add_user(name) for name in ("one", "hundred", "thousand"))
        many = [server.add_user(f"user {number}") for number in range(32)]
        for key, count, first in ((one, 1, 0), (hundred, 100, 1), (thousand, 1000, 101)):
            server.fill(key, count, first)
        jobs = [
            ("budget, 1 experiment", "/budget", one), ("budget, 1000", "/budget", thousand),
            ("list, 1", "/experiments", one), ("list, 100", "/experiments", hundred),
            ("list, 1000", "/experiments", thousand), ("get one", "/experiment/1", one),
            ("submit distinct, one user", "/submit", None), ("submit distinct, 32 users", "/submit", None),
        ]
        print("| request | clients | isoflop: requests/s, p50/p99 ms | reference |\n|---|--:|--:|--:|", flush=True)
        first = 10_000_000
        for name, path, key in jobs:
            if arguments.only not in name:
                continue
            for clients in (1, 8, 32):
                if key:
                    rate, p50, p99 = wrk(server, path, clients, arguments.seconds, key)
                else:
                    keys = many if "32 users" in name else many[:1]
                    words = [str(first), *keys]
                    rate, p50, p99 = wrk(server, path, clients, arguments.seconds, None, "submit.lua", words)
                    first += 10_000_000
                rates = f"{rate:,.0f}, {p50:.2f}/{p99:.2f}"
                print(f"| {name} | {clients} | {rates} | {REFERENCE[name, clients]} |", flush=True)
        starts.sort()
        print(f"| start to first answer, s | | {starts[3]:.3f} ({starts[0]:.3f}–{starts[-1]:.3f}) | 6.4–8.2 |")
        print(f"| memory idle / after load / peak, MB | | {idle:.0f} / {server.memory():.0f} / {server.memory('VmHWM'):.0f} "
              "| 325 / 454 / 476, and PostgreSQL |")
        size = os.path.getsize(f"{server.folder}/runs.db") / 1e6
        server.stop()
        print(f"\nLoad of the machine before: {load:.1f} on {os.cpu_count()} processors; after: {os.getloadavg()[0]:.1f} "
              f"(this benchmark included). Database after: {size:.0f} MB.")


if __name__ == "__main__":
    main()
