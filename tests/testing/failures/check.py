"""Runs a program whose test cases fail, and compares its output with the marks in its source.

usage: check.py program source.cpp

A line that ends in `// fails: a / b` has to be reported as `source.cpp:line: ERROR: ` with the lines a and b behind it, and no
other line of the source may be reported.
"""

import os
import re
import subprocess
import sys


def expectations(source):
    for number, line in enumerate(open(source), 1):
        mark = re.search(r"// fails: (.+)$", line)
        if mark:
            yield number, [part.strip() for part in mark.group(1).split(" / ")]


def main(program, source):
    result = subprocess.run([program, "--no-colors"], capture_output=True, text=True)
    reports = {}
    name = re.escape(os.path.basename(source))  # a compiler cache may have made its folder relative
    for number, text in re.findall(r"^\S*\b" + name + r":(\d+): ERROR: (.*?)\n\n", result.stdout, re.DOTALL | re.MULTILINE):
        reports.setdefault(int(number), []).append([line.strip() for line in text.splitlines()])
    problems = []
    expected = dict(expectations(source))
    for number, lines in expected.items():
        if reports.get(number) != [lines]:
            problems.append(f"{source}:{number}: expected {lines}, reported {reports.get(number)}")
    problems += [f"{source}:{number}: reported, but not expected: {reports[number]}" for number in reports.keys() - expected.keys()]
    if result.returncode == 0 or not expected:
        problems.append(f"{program} does not fail")
    if problems:
        sys.exit(result.stdout + "\n".join(problems))
    print(f"{len(expected)} failures, each at its line")


main(*sys.argv[1:])
