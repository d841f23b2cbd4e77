#!/usr/bin/env python3
"""Every error code is provoked by a test: somewhere a test asserts that a call ended with it.

An assertion is a CHECK or REQUIRE of `== errc::CODE`, or a call of a test's own function `refused` that is given `errc::CODE`.
The tests of the enum itself (result_test.cpp) do not count: they make codes by hand.
"""

import re
import sys
from pathlib import Path

root = Path(sys.argv[1])


def codes(header):
    enum = re.search(r"enum class errc [^{]*{(.*?)};", header, re.DOTALL).group(1)
    return re.findall(r"^\s*([a-z_]+)(?: = \d+)?,\s*///<", enum, re.MULTILINE)


def calls(text, names):
    """The arguments of each call of one of these, as text."""
    for found in re.finditer(rf"\b(?:{names})\(", text):
        depth, end = 1, found.end()
        while depth and end < len(text):
            depth += {"(": 1, ")": -1}.get(text[end], 0)
            end += 1
        yield text[found.end() : end]


def provoked(text):
    found = set()
    for asserted in calls(text, "CHECK|REQUIRE"):
        found.update(re.findall(r"== (?:acta::)?errc::([a-z_]+)", asserted))
    for given in calls(text, "refused"):
        found.update(re.findall(r"errc::([a-z_]+)", given))
    return found


all_codes = codes((root / "include/acta/event/result.hpp").read_text())
if len(all_codes) < 10:
    sys.exit("the enum errc was not found in include/acta/event/result.hpp, so nothing was checked")
asserted = set()
for file in sorted([*root.glob("tests/**/*_test.cpp"), *root.glob("examples/**/*_test.cpp")]):
    if file.name != "result_test.cpp":
        asserted |= provoked(file.read_text())
missing = [code for code in all_codes if code not in asserted]
for code in missing:
    print(f"no test asserts that anything ends with errc::{code}: write one, or take the code out")
if not missing:
    print(f"each of {len(all_codes)} codes is provoked by a test")
sys.exit(1 if missing else 0)
