"""Runs the built program as a newcomer would: the demo twice, generated commands, and a mistake.

usage: program_test.py account
"""

import re
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path


def run(program, *arguments, code=0):
    result = subprocess.run([program, *map(str, arguments)], capture_output=True, text=True)
    if result.returncode != code:
        sys.exit(f"account {arguments}: exit code {result.returncode}, expected {code}\n{result.stdout}{result.stderr}")
    return result.stdout + result.stderr


def expect(said, *patterns):
    for pattern in patterns:
        if not re.search(pattern, said, re.MULTILINE):
            sys.exit(f"{said}\ndoes not say: {pattern}")


def demo(program, folder):
    store = folder / "demo.acta"
    expect(run(program, "demo", store),
           r"^account.open +account-ada: accepted at version 1$",
           r"^account.withdraw +account-ada: accepted at version 3$",
           r"^account.withdraw +account-ada: refused: .*\(account.insufficient_funds\)$",
           r"^account.transfer +account-ada: accepted at version 4$",
           r"account-ada has 7000 cents at version 4$",
           r"^the projection +is at position 6$",
           r"^the read model +account-ada has 7000 cents$",
           r"^the reaction +wrote a notice into .*demo.acta.notices$")
    expect(run(program, "demo", store), r"\(acta.already_exists\)$", r"^the read model +account-ada has 14000 cents$")
    with sqlite3.connect(f"file:{store}.models/balances.db?mode=ro", uri=True) as rows:
        found = rows.execute("SELECT account_id, cents FROM balance ORDER BY account_id").fetchall()
    if found != [("ada", 14000), ("bob", 1000)]:
        sys.exit(f"the read model holds {found}")
    notices = sorted(file.read_text() for file in Path(f"{store}.notices").iterdir())
    if notices != [f"Dear ada, {cents} cents were drawn from your account.\n" for cents in (2500, 2500, 500, 500)]:
        sys.exit(f"the notices are {notices}")


def generated(program, folder):
    said = run(program, "generate", folder / "a.acta", 5000, "--seed", 7)
    again = run(program, "generate", folder / "b.acta", 5000, "--seed", 7)
    other = run(program, "generate", folder / "c.acta", 5000, "--seed", 8)
    counts = [re.findall(r"^(?!commands a second)(.*): (\d+)$", text, re.MULTILINE) for text in (said, again, other)]
    expect(said, r"^commands accepted: \d+$", r"^refused account.insufficient_funds: \d+$", r"^commands a second: \d+$")
    numbers = {name: int(number) for name, number in counts[0]}
    answered = numbers["commands accepted"] + sum(number for name, number in numbers.items() if name.startswith("refused"))
    if answered != 5000 or numbers["events in the store"] != numbers["commands accepted"]:
        sys.exit(f"{said}\ndoes not add up")
    if counts[0] != counts[1] or counts[0] == counts[2]:
        sys.exit(f"the same seed gives other commands, or another seed the same:\n{said}{again}{other}")


def mistakes(program, folder):
    (folder / "letter.txt").write_text("Dear Ada,\n")
    expect(run(program, "generate", folder / "letter.txt", 10, code=1), r"^account: .*letter.txt")
    run(program, "frobnicate", code=2)
    if (folder / "letter.txt").read_text() != "Dear Ada,\n":
        sys.exit("the letter was changed")


with tempfile.TemporaryDirectory() as name:
    for check in (demo, generated, mistakes):
        check(sys.argv[1], Path(name))
print("in order")
