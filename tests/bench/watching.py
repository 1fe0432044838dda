#!/usr/bin/env python3
"""What watching costs: training with the window and without, in turn.

    xvfb-run -a dbus-run-session tests/bench/watching.py BUILD/gui/lantern [ROUNDS [SECONDS]]

Prints the examples a second of the training thread's processor time, which other work on
the machine hardly changes, and what share of a processor every kind of thread took. Linux only.
"""

import glob
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time

ROWS = 6000
EXPERIMENT = {
    "format": 1,
    "data": {"source": "mnist", "valid-fraction": 0.1, "train-limit": ROWS},
    "model": {"kind": "autoencoder", "hidden": [500, 250, 2]},
    "training": {"epochs": 100000, "batch-size": 100, "optimiser": "adam"},
    "lesson": {
        "views": ["latent-map", "reconstructions", "filters", "learning-curves"]
    },
}


def thread_times(pid):
    """Seconds of processor time and niceness by thread."""
    times = {}
    for thread in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{thread}/stat", encoding="utf-8") as stat:
            fields = stat.read().rsplit(")", 1)[1].split()
        ticks = int(fields[11]) + int(fields[12])
        times[int(thread)] = (ticks / os.sysconf("SC_CLK_TCK"), int(fields[16]))
    return times


def last_epoch(pattern):
    for path in glob.glob(pattern):
        try:
            run = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
            epoch = run.execute("select max(epoch) from epochs").fetchone()[0]
            run.close()
            return epoch or 0
        except sqlite3.Error:
            break
    return 0


def wait_for_epoch(process, pattern, after):
    while last_epoch(pattern) <= after:
        if process.poll() is not None:
            sys.exit(f"{process.args[0]} has ended with status {process.returncode}.")
        time.sleep(0.005)
    return last_epoch(pattern)


def measure(name, arguments, pattern, cache, seconds):
    environment = dict(os.environ, XDG_CACHE_HOME=cache, GSETTINGS_BACKEND="memory")
    process = subprocess.Popen(arguments, env=environment, stdout=subprocess.DEVNULL)
    first = wait_for_epoch(process, pattern, 2)
    before, began = thread_times(process.pid), time.monotonic()
    time.sleep(seconds)
    last = wait_for_epoch(process, pattern, last_epoch(pattern))
    after, took = thread_times(process.pid), time.monotonic() - began
    process.terminate()
    process.wait()

    used = {t: after[t][0] - before.get(t, (0, 0))[0] for t in after}
    window = used.pop(process.pid)
    training = max(used, key=used.get)
    probes = sum(s for t, s in used.items() if after[t][1] > 0)
    examples = (last - first) * ROWS
    print(
        f"{name:9s} {examples / used[training]:8.0f} examples per processor second, "
        f"{examples / took:8.0f} a second; training {used[training] / took:.0%}, "
        f"probes {probes / took:.1%}, window {window / took:.1%} of a processor",
        flush=True,
    )
    return examples / used[training]


def main():
    program = sys.argv[1]
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    seconds = float(sys.argv[3]) if len(sys.argv) > 3 else 10
    for _ in range(rounds):
        folder = tempfile.mkdtemp()
        file = os.path.join(folder, "watching.json")
        run = os.path.join(folder, "headless.lantern")
        with open(file, "w", encoding="utf-8") as out:
            json.dump(EXPERIMENT, out)
        train = [program, "train", file, "--threads", "1", "--quiet", "--out", run]
        kept = os.path.join(folder, "lantern", "run-*.lantern")
        headless = measure("headless", train, run, folder, seconds)
        watched = measure("watched", [program, file], kept, folder, seconds)
        print(f"watched / headless: {watched / headless:.3f}", flush=True)
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
