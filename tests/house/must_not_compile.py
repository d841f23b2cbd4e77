"""Compiles one file twice, as the build would: right it has to compile, with -DACTA_MISTAKE it has to fail in the expected words.

usage: must_not_compile.py compile_commands.json file.cpp
"""

import json
import os
import re
import shlex
import subprocess
import sys


def command_for(commands, file):
    for entry in json.load(open(commands)):
        if entry["file"] == file:
            return shlex.split(entry["command"]), entry["directory"]
    sys.exit(f"{commands} has no command for {file}")


def compile_only(command, directory, *flags):
    """Runs the command without writing an object file. Returns the exit code and what the compiler said."""
    output = command.index("-o")
    command = command[:output] + command[output + 2 :]
    command[command.index("-c")] = "-fsyntax-only"
    # Source lines echoed in a diagnostic could hold the expected words without the compiler saying them.
    clang = "clang" in subprocess.run([command[0], "--version"], capture_output=True, text=True).stdout
    no_echo = "-fno-caret-diagnostics" if clang else "-fno-diagnostics-show-caret"
    result = subprocess.run(
        command + [no_echo, *flags], cwd=directory, env={**os.environ, "LC_ALL": "C"}, capture_output=True, text=True
    )
    return result.returncode, result.stderr


def main(commands, file):
    source = open(file).read()
    expectation = re.match(r"// expect: (.+)", source)
    if not expectation:
        sys.exit(f"{file}:1: the first line has to be: // expect: <regular expression>")
    if not re.search(r"^#\s*if(def ACTA_MISTAKE| defined\(ACTA_MISTAKE\))", source, re.MULTILINE):
        sys.exit(f"{file}: the mistake has to stand under #ifdef ACTA_MISTAKE")
    expected = expectation.group(1).strip()
    command, directory = command_for(commands, file)
    if "ccache" in os.path.basename(command[0]):
        command = command[1:]

    code, said = compile_only(command, directory)
    if code != 0:
        sys.exit(f"{said}\n{file}: does not compile even without the mistake")
    code, said = compile_only(command, directory, "-DACTA_MISTAKE")
    if code == 0:
        sys.exit(f"{file}: compiles with the mistake; expected: {expected}")
    if not re.search(expected, said):
        sys.exit(f"{said}\n{file}: fails to compile, but not with: {expected}")
    print(next(line for line in said.splitlines() if re.search(expected, line)))


main(*sys.argv[1:])
