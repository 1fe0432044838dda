"""Adds up the tests in meson's logs: prints “passed failed skipped” for the files given, and
then a line for each failure, “FAILED: program: test”.

A test program reports each of its tests by a TAP line; a program that died, or that ended
badly without naming a test, counts as one failure more.
"""
import json
import re
import sys

RESULT = re.compile(r"^(ok|not ok)\b(.*)$", re.MULTILINE)


def tally(entry, names):
    passed = failed = skipped = 0
    for word, rest in RESULT.findall(entry.get("stdout") or ""):
        if re.search(r"#\s*(SKIP|TODO)", rest, re.IGNORECASE):
            skipped += 1
        elif word == "ok":
            passed += 1
        else:
            failed += 1
            names.append(f"{entry['name']}:{rest}")
    if entry["result"] not in ("OK", "EXPECTEDFAIL", "SKIP") and failed == 0:
        failed = 1
        names.append(f"{entry['name']}: {entry['result']}")
    if entry["result"] == "OK" and passed + failed + skipped == 0:
        passed = 1
    return passed, failed, skipped


def main(paths):
    totals = [0, 0, 0]
    names = []
    for path in paths:
        with open(path, encoding="utf-8") as log:
            for line in log:
                for i, count in enumerate(tally(json.loads(line), names)):
                    totals[i] += count
    if not paths:
        totals[1] = 1  # no log means that no test ran at all
    print(*totals)
    for name in names:
        print("FAILED:", name)


if __name__ == "__main__":
    main([path for path in sys.argv[1:] if "*" not in path])
