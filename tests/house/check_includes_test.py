"""Shows tools/check_includes a made-up tree with every kind of mistake, and expects each to be named with file and line.

usage: check_includes_test.py check_includes compiler
"""

import subprocess
import sys
import tempfile
from pathlib import Path

checker, compiler = sys.argv[1:]

ROOMS = """
acta_room(event PUBLIC cereal::cereal)
acta_room(store DEPENDS event PRIVATE SQLite::SQLite3)
acta_room(write DEPENDS event store)
acta_room(read DEPENDS event)
acta_room(replay DEPENDS event store read)
acta_room(runtime DEPENDS write replay)
acta_room(testing DEPENDS event store write read replay runtime)
"""


def guarded(room, text=""):
    return f'#pragma once\n#if !defined(ACTA_ROOM_{room.upper()})\n#error "link acta::{room}"\n#endif\n{text}'


# Each file as it may be.
GOOD = {
    "CMakeLists.txt": ROOMS,
    "include/acta/event/event.hpp": "#pragma once\n#include <cstdint>\n",
    "include/acta/event/codec.hpp": "#pragma once\n#include <acta/event/event.hpp>\n",
    "include/acta/store/log.hpp": guarded("store", "#include <acta/event/event.hpp>\n"),
    "include/acta/store/ranges.hpp": guarded("store"),
    "include/acta/write/dispatcher.hpp": guarded("write", "#include <acta/store/log.hpp>\n"),
    "include/acta/read/projection.hpp": "#pragma once\n#include <acta/event/event.hpp>\n",
    "include/acta/testing/given.hpp": guarded("testing", "#include <acta/write/dispatcher.hpp>\n"),
    "src/event/codec.cpp": "#include <acta/event/codec.hpp>\n#include <cereal/cereal.hpp>\n",
    "src/store/log.cpp": '#include "handle.hpp"\n#include <sqlite3.h>\n#include <boost/signals2.hpp>\n',
    "src/store/handle.hpp": "#pragma once\n#include <sqlite3.h>\n",
    "tests/store/log_test.cpp": '#include "store/handle.hpp"\n#include <acta/testing/given.hpp>\n#include <sqlite3.h>\n',
    "tools/acta/main.cpp": "#include <acta/write/dispatcher.hpp>\n#include <fmt/format.h>\n",
    "examples/bank/main.cpp": "#include <acta/write/dispatcher.hpp>\n",
    "examples/bank/bank_test.cpp": "#include <acta/testing/given.hpp>\n",
}

# One mistake each: the file, what it holds instead, and how it has to be named.
MISTAKES = (
    ("include/acta/read/projection.hpp", "#pragma once\n#include <acta/write/dispatcher.hpp>\n",
     "include/acta/read/projection.hpp:2: includes acta/write/dispatcher.hpp, but read sees event"),
    ("include/acta/event/event.hpp", "#pragma once\n\n#  include <acta/store/log.hpp>\n",
     "include/acta/event/event.hpp:3: includes acta/store/log.hpp, but event sees no other room"),
    ("src/store/log.cpp", '#include "acta/write/dispatcher.hpp"\n',
     "src/store/log.cpp:1: includes acta/write/dispatcher.hpp, but store sees event"),
    ("src/runtime/application.cpp", "#include <acta/write/dispatcher.hpp>\n#include <acta/testing/given.hpp>\n",
     "src/runtime/application.cpp:2: includes acta/testing/given.hpp, but nothing sees testing except tests"),
    ("tools/acta/main.cpp", "#include <acta/testing/given.hpp>\n",
     "tools/acta/main.cpp:1: includes acta/testing/given.hpp, but nothing sees testing except tests"),
    ("examples/bank/main.cpp", "#include <acta/testing/given.hpp>\n",
     "examples/bank/main.cpp:1: includes acta/testing/given.hpp, but nothing sees testing except tests"),
    ("src/read/sql.cpp", '#include "../store/handle.hpp"\n',
     "src/read/sql.cpp:1: includes ../store/handle.hpp, a private header of store, but read sees event"),
    ("include/acta/store/log.hpp", guarded("store", '#include "../../../src/store/handle.hpp"\n'),
     "include/acta/store/log.hpp:5: includes ../../../src/store/handle.hpp, a private header of store"),
    ("src/write/dispatcher.cpp", "#include <sqlite3.h>\n",
     "src/write/dispatcher.cpp:1: includes sqlite3.h: only store and replay open a database"),
    ("include/acta/event/event.hpp", "#include <cereal/cereal.hpp>\n",
     "include/acta/event/event.hpp:1: includes cereal/cereal.hpp: "),
    ("include/acta/store/log.hpp", guarded("store", "#include <range/v3/view.hpp>\n"),
     "include/acta/store/log.hpp:5: includes range/v3/view.hpp: "),
    ("src/store/handle.hpp", "#include <boost/signals2/signal.hpp>\n",
     "src/store/handle.hpp:1: includes boost/signals2/signal.hpp: "),
    ("include/acta/store/log.hpp", guarded("store", "#include <fmt/format.h>\n"),
     "include/acta/store/log.hpp:5: includes fmt/format.h: "),
    ("tools/acta/verb.hpp", "#include <CLI/CLI.hpp>\n",
     "tools/acta/verb.hpp:1: includes CLI/CLI.hpp: "),
    ("include/acta/event/event.hpp", "#include <nlohmann/json.hpp>\n",
     "include/acta/event/event.hpp:1: includes nlohmann/json.hpp: "),
    ("include/acta/event/event.hpp", "#include <xxhash.h>\n",
     "include/acta/event/event.hpp:1: includes xxhash.h: "),
    ("include/acta/read/projection.hpp", "#include <doctest/doctest.h>\n",
     "include/acta/read/projection.hpp:1: includes doctest/doctest.h: "),
    ("include/acta/write/dispatcher.hpp", "#pragma once\n",
     "include/acta/write/dispatcher.hpp:1: has no guard: #if !defined(ACTA_ROOM_WRITE)"),
    ("include/acta/write/dispatcher.hpp", guarded("store"),
     "include/acta/write/dispatcher.hpp:1: has no guard: #if !defined(ACTA_ROOM_WRITE)"),
    ("include/acta/write/dispatcher.hpp", "#include <string>\n" + guarded("write"),
     "include/acta/write/dispatcher.hpp:1: includes something before the guard of ACTA_ROOM_WRITE"),
    ("include/acta/misc/odd.hpp", "#pragma once\n",
     "include/acta/misc/odd.hpp:1: stands in no room of CMakeLists.txt"),
    ("include/acta/odd.hpp", "#pragma once\n",
     "include/acta/odd.hpp:1: stands in no room of CMakeLists.txt"),
    ("src/odd.cpp", "\n",
     "src/odd.cpp:1: stands in no room of CMakeLists.txt"),
)  # fmt: skip


def run(tree, *flags):
    result = subprocess.run([sys.executable, checker, "--root", tree, "--compiler", compiler, *flags], capture_output=True, text=True)
    return result.returncode, result.stdout + result.stderr


def write(tree, files):
    for name, text in files.items():
        path = Path(tree, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def expect(condition, what, said):
    if not condition:
        sys.exit(f"{said}\nexpected: {what}")


with tempfile.TemporaryDirectory() as tree:
    write(tree, GOOD)
    code, said = run(tree)
    expect(code == 0, "a tree without mistakes is in order", said)

for name, text, sentence in MISTAKES:
    with tempfile.TemporaryDirectory() as tree:
        write(tree, GOOD | {name: text})
        code, said = run(tree)
        expect(code == 1 and any(line.startswith(sentence) for line in said.splitlines()), sentence, said)
        expect(len(said.splitlines()) == 1, f"nothing but: {sentence}", said)

with tempfile.TemporaryDirectory() as tree:
    table = "tests/house/header_cost.txt"
    write(tree, GOOD | {table: ""})
    code, said = run(tree, "--cost")
    expect(code == 1 and f"include/acta/event/event.hpp:1: is not in {table}" in said, "a header without a bound is named", said)

    code, said = run(tree, "--update")
    expect(code == 0, "--update writes the table", said)
    code, said = run(tree, "--cost")
    expect(code == 0, "what --update wrote holds", said)

    write(tree, {"include/acta/event/event.hpp": "#pragma once\n#include <regex>\n"})
    code, said = run(tree, "--cost")
    expect(code == 1 and "include/acta/event/event.hpp:1: costs " in said, "a header that became dear is named", said)

    write(tree, GOOD)
    Path(tree, "include/acta/store/ranges.hpp").unlink()
    code, said = run(tree, "--cost")
    expect(code == 1 and f"{table}:" in said and "lists acta/store/ranges.hpp, which does not exist" in said, "a stale line is named", said)

    write(tree, {"include/acta/event/event.hpp": "#include <no_such_header>\n"})
    code, said = run(tree, "--cost")
    expect(code != 0 and "cannot be preprocessed on its own" in said, "a header that includes what is not there is named", said)

print(f"{len(MISTAKES)} mistakes named")
