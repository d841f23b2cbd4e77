"""Runs the built programs over a log, and compares the read model row by row with what reckoning.py makes of the same log.

usage: load_test.py --load traffic_fines --acta acta --plugin traffic_fines_projection.so [--peak-mb N] (made_up | real_log FILE.csv.xz)
"""

import argparse
import lzma
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

from reckoning import reckon

FINE_COLUMNS = "case_id", "year", "status", "amount_cents", "expense_cents", "paid_cents", "outstanding_cents", "events"
YEAR_COLUMNS = "year", "fines", "paid_cents", "outstanding_cents"
MADE_UP = (Path(__file__).parent / "made_up.csv").read_text().splitlines(keepends=True)


class Answer:
    """What a program said, how long it took and the most memory that it held."""

    def __init__(self, command, given):
        begin = time.monotonic()
        program = subprocess.Popen(command, stdin=given, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.said = program.stdout.read()
        _, status, usage = os.wait4(program.pid, 0)
        program.returncode = self.code = os.waitstatus_to_exitcode(status)
        self.seconds = time.monotonic() - begin
        self.peak_mb = usage.ru_maxrss / 1024


class Programs(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.store = Path(folder.name) / "fines.acta"
        self.model = Path(folder.name) / "fines.db"

    def load(self, given, *options):
        """`given`: a file, or lines."""
        if isinstance(given, list):
            with tempfile.TemporaryFile("w+") as file:
                file.writelines(given)
                file.seek(0)
                return self.load(file, *options)
        return Answer([programs.load, "load", self.store, *options], given)

    def replay(self):
        answer = Answer([programs.acta, "replay", self.store, "--plugin", programs.plugin, "--into", self.model], subprocess.DEVNULL)
        self.assertEqual(answer.code, 0, answer.said)
        return answer

    def rows(self, table, columns):
        with sqlite3.connect(self.model) as model:
            return list(model.execute(f"SELECT {', '.join(columns)} FROM {table} ORDER BY 1"))

    def check_read_model(self, lines):
        """The tables hold what the lines are reckoned to."""
        fines, years, _, _ = reckon(lines)
        found = self.rows("fine", FINE_COLUMNS)
        for expected, row in zip(fines, found):
            self.assertEqual(row, expected)
        self.assertEqual(len(found), len(fines))
        self.assertEqual(self.rows("year", YEAR_COLUMNS), years)

    def check_summary(self, said, lines):
        _, _, events, refused = reckon(lines)
        expected = [f"lines read: {len(lines) - 1}", f"events stored: {events}"]
        expected += [f"refused {code}: {times}" for code, times in sorted(refused.items())]
        self.assertEqual(said.splitlines()[:-1], expected)
        self.assertRegex(said.splitlines()[-1], r"^commands a second: \d+$")

    def check_memory(self, answer):
        if programs.peak_mb:
            self.assertLess(answer.peak_mb, programs.peak_mb)


class MadeUpLog(Programs):
    """made_up.csv: few lines, but every rule."""

    FINES = [  # by hand
        ("M1", 2001, "penalised", 7000, 1150, 4650, 3500, 5),
        ("M2", 2001, "paid", 6259, 0, 6259, 0, 4),
        ("M3", 2002, "appealed", 3030, 0, 0, 3030, 4),
        ("M4", 2002, "in_collection", 4200, 1300, 0, 5500, 5),
        ("M5", 2003, "paid", 1000, 0, 1200, 0, 3),
        ("M6", 2003, "appealed", 5000, 0, 2500, 2500, 5),
        ("M7", 2000, "notified", 2000, 0, 0, 2000, 2),
        ("M8", 2003, "sent", 3600, 1000, 3600, 1000, 3),
    ]
    YEARS = [(2000, 1, 0, 2000), (2001, 2, 10909, 3500), (2002, 2, 0, 8530), (2003, 3, 7300, 3500)]
    REFUSED = {"acta.already_exists": 1, "acta.does_not_exist": 2, "fine.payment_not_positive": 2}

    def test_the_reckoning_is_what_a_person_makes_of_it(self):
        self.assertEqual(reckon(MADE_UP), (self.FINES, self.YEARS, 31, self.REFUSED))

    def test_each_line_becomes_a_command_whatever_the_chunk(self):
        for chunk in "1", "7", "1000":
            with self.subTest(chunk=chunk):
                self.setUp()
                answer = self.load(MADE_UP, "--chunk", chunk)
                self.assertEqual(answer.code, 0, answer.said)
                self.check_summary(answer.said, MADE_UP)
                self.replay()
                self.check_read_model(MADE_UP)

    def test_the_read_model_is_plain_tables(self):
        self.load(MADE_UP)
        self.replay()
        with sqlite3.connect(self.model) as model:
            columns = {table: [(name, kind, key) for _, name, kind, _, _, key in model.execute(f"PRAGMA table_info({table})")]
                       for table in ("fine", "year")}
        kinds = {"case_id": "TEXT", "status": "TEXT"}
        self.assertEqual(columns["fine"], [(name, kinds.get(name, "INTEGER"), int(name == "case_id")) for name in FINE_COLUMNS])
        self.assertEqual(columns["year"], [(name, "INTEGER", int(name == "year")) for name in YEAR_COLUMNS])

    def test_a_second_log_goes_on_where_the_first_one_ended(self):
        first, rest = MADE_UP[:20], MADE_UP[:1] + MADE_UP[20:]
        self.load(first)
        self.replay()
        self.check_read_model(first)
        self.load(rest)
        self.replay()
        self.check_read_model(MADE_UP)

    def test_of_the_chunk_with_a_malformed_line_nothing_is_stored(self):
        for malformed, kept in (2, 0), (5, 0), (6, 4), (13, 8), (len(MADE_UP), 32):  # of lines counted from 1, with chunks of 4
            with self.subTest(malformed=malformed):
                self.setUp()
                lines = list(MADE_UP)
                lines[malformed - 1] = "M1,Payment,2001-01-10T00:00:00+01:00,,46.5,11.5x,,,,,,,,,\n"
                answer = self.load(lines, "--chunk", "4")
                self.assertEqual(answer.code, 1)
                self.assertEqual(len(answer.said.splitlines()), 1, answer.said)
                self.assertIn(f"line {malformed}, column 'paymentAmount': '11.5x' is not an amount", answer.said)
                self.assertIn(f"; {kept} of the lines before it are stored", answer.said)
                self.replay()
                self.check_read_model(lines[: 1 + kept])

    def test_a_file_that_is_no_log_leaves_nothing_behind(self):
        answer = self.load(["sep=;\n"])
        self.assertEqual(answer.code, 1)
        self.assertIn("line 1, column", answer.said)
        self.assertEqual(list(self.store.parent.iterdir()), [])

    def test_a_file_that_is_no_store_is_left_alone(self):
        self.store.write_text("a letter\n")
        answer = self.load(MADE_UP)
        self.assertEqual(answer.code, 1)
        self.assertIn(str(self.store), answer.said)
        self.assertEqual(self.store.read_text(), "a letter\n")

    def test_a_mistyped_command_line_is_answered_with_2(self):
        store = str(self.store)
        for arguments in [], ["load"], ["laod", store], ["load", store, "--chunk", "0"], ["load", store, "--chunk", "1000001"]:
            with self.subTest(arguments=arguments):
                self.assertEqual(Answer([programs.load, *arguments], subprocess.DEVNULL).code, 2)
        self.assertEqual(Answer([programs.load, "--help"], subprocess.DEVNULL).code, 0)


class RealLog(Programs):
    """The log of an Italian police force: 561,470 lines."""

    def test_the_read_model_is_what_the_log_is_reckoned_to(self):
        if not programs.log.exists():
            self.skipTest("data not found")
        # The programs first: what a child holds is measured from its parent's size on.
        with subprocess.Popen(["xz", "-dc", programs.log], stdout=subprocess.PIPE) as unpacked:
            loaded = self.load(unpacked.stdout)
        self.assertEqual(loaded.code, 0, loaded.said)
        replayed = self.replay()
        print(f"{loaded.said}load: {loaded.seconds:.1f} s, at most {loaded.peak_mb:.0f} MB")
        print(f"replay: {replayed.seconds:.1f} s, at most {replayed.peak_mb:.0f} MB")
        self.check_memory(loaded)
        self.check_memory(replayed)

        with lzma.open(programs.log, "rt") as file:
            lines = file.readlines()
        self.check_summary(loaded.said, lines)
        self.check_read_model(lines)


def main():
    global programs
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for program in "load", "acta", "plugin":
        parser.add_argument(f"--{program}", type=Path, required=True)
    parser.add_argument("--peak-mb", type=float, help="the most memory that a program may hold with the real log")
    parser.add_argument("which", choices=("made_up", "real_log"))
    parser.add_argument("log", type=Path, nargs="?")
    programs = parser.parse_args()
    case = MadeUpLog if programs.which == "made_up" else RealLog
    result = unittest.TextTestRunner(stream=sys.stdout, verbosity=2).run(unittest.defaultTestLoader.loadTestsFromTestCase(case))
    for _, why in result.skipped:
        print(f"skipped: {why}")
    sys.exit(0 if result.wasSuccessful() else 1)


main()
