"""Checks on the source text itself, as TAP: one-way includes, format, file lengths.

    source_test.py TOP-FOLDER
"""
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

# Which folders each may include from; the design's one direction.
MAY_INCLUDE = {
    "model": {"model"},
    "widgets": {"widgets"},
    "gui": {"gui", "widgets", "model"},
    "tests": {"tests", "gui", "widgets", "model"},
}
# Libraries that a folder must not know.
FORBIDDEN = {
    "model": re.compile(r"(gtk|gdk|gsk|cairo|pango)\b.*"),
    "gui/views": re.compile(r"(gtk|gdk|gsk)/.*"),
    "gui/commands": re.compile(r"(gtk|gdk|gsk)/.*"),
    "widgets/paint": re.compile(r"(gtk|gdk|gsk)/.*"),
}
ALLOWED = re.compile(r"gdk-pixbuf/.*")
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)
LONGEST_FILE = 700
# Headers that the build writes.
GENERATED = {"config.h", "lantern-resources.h"}


def find_homes(name, sources):
    """The top folders that hold a header called name, seen from their roots."""
    return {top for top in MAY_INCLUDE if f"{top}/{name}" in sources}


def violations(path, text, sources):
    """Sentences about the includes in `text` that go the wrong way."""
    top = path.split("/")[0]
    found = []
    for bracket, name in INCLUDE.findall(text):
        for folder, pattern in FORBIDDEN.items():
            outside = path.startswith(folder + "/") and pattern.fullmatch(name)
            if outside and not ALLOWED.fullmatch(name):
                found.append(f"{path} includes <{name}>, which {folder} must not know")
        if bracket == "<" or name in GENERATED:
            continue
        homes = find_homes(name, sources)
        if homes and not homes & MAY_INCLUDE[top]:
            found.append(f"{path} includes {name} from {'/'.join(sorted(homes))}")
        elif not homes:
            found.append(f"{path} includes {name}, which is not written from a folder's root")
    return found


def check_includes(sources):
    return [line for path, text in sources.items() for line in violations(path, text, sources)]


def check_that_a_wrong_include_is_seen(_sources):
    """The check above must be able to fail."""
    sources = {"model/core/a.h": "", "widgets/paint/b.h": ""}
    wrong = {
        "widgets/paint/c.c": '#include "core/a.h"\n',
        "model/core/d.c": '#include "paint/b.h"\n',
        "model/core/e.c": "# include <gtk/gtk.h>\n",
        "model/core/f.c": "#include <cairo.h>\n",
        "gui/views/g.c": "#include <gtk/gtk.h>\n",
        "model/core/h.c": '#include "a.h"\n',
    }
    right = {
        "gui/views/i.c": '#include "core/a.h"\n#include "paint/b.h"\n#include <cairo.h>\n',
        "model/data/j.c": "#include <gdk-pixbuf/gdk-pixbuf.h>\n",
    }
    missed = [path for path, text in wrong.items() if not violations(path, text, sources)]
    accused = [path for path, text in right.items() if violations(path, text, sources)]
    return [f"{path} was not seen" for path in missed] + [f"{path} is fine" for path in accused]


def check_lengths(sources):
    return [
        f"{path} has {text.count(chr(10))} lines; {LONGEST_FILE} is the most"
        for path, text in sources.items()
        if text.count("\n") > LONGEST_FILE and not path.startswith("tests/")
    ]


def check_format(sources):
    program = shutil.which("clang-format-14") or shutil.which("clang-format")
    version = subprocess.run([program, "--version"], capture_output=True, text=True, check=True)
    if " 14." not in version.stdout:
        return None
    run = subprocess.run(
        [program, "--dry-run", "-Werror", "--ferror-limit=1", *sources],
        capture_output=True, text=True, check=False,
    )
    return [line for line in run.stderr.splitlines() if "error:" in line]


CHECKS = {
    "includes run one way": check_includes,
    "a wrong include is seen": check_that_a_wrong_include_is_seen,
    "no source file is longer than 700 lines": check_lengths,
    "clang-format 14 would change nothing": check_format,
}


def main(top):
    os.chdir(top)
    sources = {
        str(path): path.read_text(encoding="utf-8")
        for folder in MAY_INCLUDE
        for path in sorted(Path(folder).rglob("*"))
        if path.suffix in {".c", ".h", ".inc"}
    }
    print(f"1..{len(CHECKS)}")
    for number, (title, check) in enumerate(CHECKS.items(), 1):
        problems = check(sources)
        if problems is None:
            print(f"ok {number} {title} # SKIP another version of clang-format")
            continue
        for line in problems[:40]:
            print(f"# {line}")
        print(f"{'not ok' if problems else 'ok'} {number} {title}")


if __name__ == "__main__":
    main(sys.argv[1])
