#!/usr/bin/env python3
"""Every C++ block of README.md is cut from a file that is compiled: the comment above it names the file, and its lines stand there.

A line that is only `...` stands for any number of lines; indentation does not count. And what a page links to is there.
"""

import re
import sys
from pathlib import Path

root = Path(sys.argv[1])
BLOCK = re.compile(r"(?:<!-- from (\S+) -->\n)?```cpp\n(.*?)```", re.DOTALL)


def missing(wanted, have):
    """The first wanted line that does not follow in `have` as the block says; None when all do."""
    at, gap = 0, True
    for line in wanted:
        if line in ("...", "// ..."):
            gap = True
            continue
        places = range(at, len(have)) if gap else range(at, min(at + 1, len(have)))
        found = next((i for i in places if have[i] == line), None)
        if found is None:
            return line
        at, gap = found + 1, False
    return None


problems = []
blocks = BLOCK.findall((root / "README.md").read_text())
for name, text in blocks:
    first = text.splitlines()[0] if text else ""
    if not name:
        problems.append(f"no `<!-- from FILE -->` stands above the block that begins with: {first}")
        continue
    have = [line.strip() for line in (root / name).read_text().splitlines() if line.strip()]
    line = missing([line.strip() for line in text.splitlines() if line.strip()], have)
    if line is not None:
        problems.append(f"{name} does not hold, in this place: {line}")

LINK = re.compile(r"\]\(([^)]*)\)")
for page in ("README.md", "SECURITY.md"):
    text = (root / page).read_text()
    places = {re.sub(r"[^a-z0-9 -]", "", title.lower()).replace(" ", "-") for title in re.findall(r"^#+ (.+)$", text, re.MULTILINE)}
    for link in LINK.findall(re.sub(r"```.*?```|`[^`\n]*`", "", text, flags=re.DOTALL)):
        if link.startswith("#"):
            there = link[1:] in places
        else:
            there = (root / link.split("#")[0]).exists()
        if not there:
            problems.append(f"{page} links to {link}, which is not there")

if not blocks:
    problems.append("README.md has no C++ block, so nothing was checked")
print("\n".join(problems) if problems else f"{len(blocks)} blocks stand in the files they name")
sys.exit(1 if problems else 0)
