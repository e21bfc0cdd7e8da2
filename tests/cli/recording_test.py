#!/usr/bin/env python3
"""Records, replays, asks and exports with the program as it was built, the way people do it at a shell.

usage: recording_test.py KAFKASCOPE
"""

import contextlib
import csv
import json
import os
import re
import resource
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

PROGRAM = Path(sys.argv[1]).resolve()
HELD, BROKEN, USAGE, BAD_INPUT, INTERRUPTED = 0, 1, 2, 3, 130
LONG = ["--until", "20h"]  # more than any test waits for
NOBODY = 65534


class Recording(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.shared = tempfile.TemporaryDirectory(prefix="kafkascope recording ")  # a blank in the path on purpose
        cls.good = Path(cls.shared.name) / "good.db"
        done = cls.run_program("run", "hello", "--until", "20s", "--do", "12s crash b1", "--json", "--record", str(cls.good))
        assert done.returncode in (HELD, BROKEN), done.stderr
        cls.outcome = json.loads(done.stdout)

    @classmethod
    def tearDownClass(cls):
        cls.shared.cleanup()

    def setUp(self):
        self.temporary = tempfile.TemporaryDirectory(prefix="kafkascope recording ")
        self.folder = Path(self.temporary.name)
        self.file = self.folder / "run.db"

    def tearDown(self):
        self.folder.chmod(0o700)
        self.temporary.cleanup()

    @staticmethod
    def run_program(*arguments, **options):
        return subprocess.run([str(PROGRAM), *map(str, arguments)], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=280, **options)

    def start_program(self, *arguments):
        process = subprocess.Popen([str(PROGRAM), *map(str, arguments)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True)
        self.addCleanup(lambda: (process.kill(), process.communicate()))
        return process

    def copy_of_good(self, sql=None):
        self.file.write_bytes(self.good.read_bytes())
        if sql:
            database = sqlite3.connect(self.file)
            database.executescript(sql)
            database.close()
        return self.file

    def wait_for_chunks(self, count):
        """Until others can read so many chunks of a run that is being recorded."""
        for _ in range(1200):
            try:
                # Closed also when it fails: a reader that is left open keeps the companions of the recording.
                with contextlib.closing(sqlite3.connect(f"file:{self.file}?mode=ro", uri=True)) as database:
                    found = database.execute("SELECT COUNT(*) FROM chunk").fetchone()[0]
                if found >= count:
                    return
            except sqlite3.Error:
                pass
            time.sleep(0.05)
        self.fail("the recording does not grow")

    def refuses(self, path, *words):
        """Every command that opens a recording says the same, briefly, and ends with 3."""
        for arguments in (["replay", path], ["query", path, "SELECT * FROM run"], ["export", path, "--json"]):
            done = self.run_program(*arguments)
            self.assertEqual(done.returncode, BAD_INPUT, arguments[0])
            for word in words:
                self.assertIn(word, done.stderr, arguments[0])
            self.assertIn(str(path), done.stderr)
            self.assertNotIn("internal", done.stderr)

    # ---- replay

    def test_replay_says_the_same(self):
        done = self.run_program("replay", self.good)
        self.assertEqual(done.returncode, HELD, done.stdout + done.stderr)
        self.assertEqual(done.stdout, f"the same: {self.outcome['events']} events, fingerprint {self.outcome['fingerprint']}\n")

    def test_replay_names_the_first_difference_as_it_was_and_as_it_is(self):
        done = self.run_program("replay", self.copy_of_good("UPDATE run SET seed = '43'"))
        self.assertEqual(done.returncode, BROKEN, done.stdout + done.stderr)
        same = int(re.match(r"different: (\d+) events are the same, then\n", done.stdout)[1])
        self.assertIn(f"\n  recorded: event {same + 1} at 0.", done.stdout)
        self.assertIn(f"\n  replayed: event {same + 1} at 0.", done.stdout)

    def test_replay_knows_other_versions_of_the_program(self):
        done = self.run_program("replay", self.copy_of_good("UPDATE run SET seed = '43', program_version = '0.0.1'"))
        self.assertIn("The recording was made by version 0.0.1, this is version ", done.stdout)

    def test_replay_tells_the_story_on_demand(self):
        done = self.run_program("replay", self.good, "--story")
        self.assertEqual(done.returncode, HELD, done.stderr)
        self.assertIn("The process b1 is killed", done.stdout)

    def test_replay_of_a_planted_bug(self):
        self.run_program("run", "hello", "--until", "20s", "--bug", "ack-before-replication", "--record", self.file)
        done = self.run_program("replay", self.file)
        self.assertEqual(done.returncode, HELD, done.stdout + done.stderr)

    def test_replay_is_interrupted(self):
        process = self.start_program("run", "hello", *LONG, "--record", self.file)
        time.sleep(4)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=120)
        process = self.start_program("replay", self.file)
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=120)
        self.assertEqual(process.returncode, INTERRUPTED, err)
        self.assertRegex(out, r"interrupted: \d+ events are the same, \d+ were recorded")

    # ---- what is left when recording ends early

    def test_interrupted_recordings_are_whole(self):
        for wait in (0.3, 0.8):
            with self.subTest(wait=wait):
                self.file.unlink(missing_ok=True)
                process = self.start_program("run", "hello", *LONG, "--json", "--record", self.file)
                self.wait_for_chunks(1)
                time.sleep(wait)
                process.send_signal(signal.SIGINT)
                out, err = process.communicate(timeout=120)
                self.assertEqual(process.returncode, INTERRUPTED, err)
                outcome = json.loads(out)
                self.assertEqual(os.listdir(self.folder), ["run.db"])
                asked = self.run_program("query", self.file)
                self.assertTrue(asked.stdout.startswith(f"complete: {outcome['events']} events"), asked.stdout)
                done = self.run_program("replay", self.file)
                self.assertEqual(done.stdout, f"the same: {outcome['events']} events, fingerprint {outcome['fingerprint']}\n")

    def test_killed_recordings_open_and_say_so(self):
        for wait in (0.0, 0.13, 0.37, 0.71):
            with self.subTest(wait=wait):
                for path in self.folder.iterdir():
                    path.unlink()
                process = self.start_program("run", "hello", *LONG, "--do", "2s crash b1", "--record", self.file)
                self.wait_for_chunks(2)
                time.sleep(wait)
                process.kill()
                process.wait()
                asked = self.run_program("query", self.file, "SELECT MAX(number) AS last FROM event")
                self.assertEqual(asked.returncode, HELD, asked.stderr)
                said = re.search(r"incomplete: up to event (\d+) at \d+\.\d+ s", asked.stderr)
                self.assertTrue(said, asked.stderr)
                self.assertIn(said[1], asked.stdout)
                done = self.run_program("replay", self.file)
                self.assertEqual(done.returncode, HELD, done.stdout + done.stderr)
                self.assertTrue(done.stdout.startswith(f"the same as far as it goes: {said[1]} events"), done.stdout)
                exported = self.run_program("export", self.file, "--json", "--table", "run")
                self.assertIn("incomplete: up to event", exported.stderr)
                self.assertEqual(json.loads(exported.stdout)[0]["state"], "open")

    def test_a_full_disk_ends_the_recording_and_not_the_run(self):
        def little_room():
            signal.signal(signal.SIGXFSZ, signal.SIG_DFL)  # as a shell leaves it
            resource.setrlimit(resource.RLIMIT_FSIZE, (3 << 20, 3 << 20))

        arguments = ["run", "hello", "--until", "1000s", "--json"]
        undisturbed = self.run_program(*arguments)
        done = self.run_program(*arguments, "--record", self.file, preexec_fn=little_room)
        self.assertEqual(done.returncode, BAD_INPUT, done.stderr)
        self.assertIn("the disk may be full", done.stderr)
        last = int(re.search(r"The run itself is not affected; the recording can be read up to event (\d+)", done.stderr)[1])
        self.assertGreater(last, 1000)
        self.assertEqual(json.loads(done.stdout), json.loads(undisturbed.stdout))
        again = self.run_program("replay", self.file)
        self.assertEqual(again.returncode, HELD, again.stdout + again.stderr)
        self.assertIn(f"the same as far as it goes: {last} events", again.stdout)

    # ---- where nothing can be recorded

    def test_a_read_only_folder(self):
        as_whom = {}
        self.folder.chmod(0o555)
        if os.geteuid() == 0:  # permissions do not bind the superuser
            as_whom = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
            try:
                self.run_program("--version", **as_whom)
            except PermissionError:
                self.skipTest("only the superuser can reach the program")
        done = self.run_program("run", "hello", "--until", "5s", "--record", self.file, **as_whom)
        self.assertEqual(done.returncode, BAD_INPUT, done.stdout)
        self.assertIn("it cannot be opened: look whether it and its folder are there and may be used", done.stderr)
        self.assertEqual(done.stdout, "", "an hour of simulation that nobody keeps is not begun")
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_a_folder_that_is_not_there(self):
        done = self.run_program("run", "hello", "--until", "5s", "--record", self.folder / "none" / "run.db")
        self.assertEqual(done.returncode, BAD_INPUT)
        self.assertIn("look whether it and its folder are there", done.stderr)

    def test_a_file_that_exists_is_left_alone(self):
        self.file.write_text("letters to a friend")
        done = self.run_program("run", "hello", "--until", "5s", "--record", self.file)
        self.assertEqual(done.returncode, BAD_INPUT)
        self.assertIn("there is a file of this name already", done.stderr)
        self.assertEqual(self.file.read_text(), "letters to a friend")

    def test_a_name_that_is_empty(self):
        done = self.run_program("run", "hello", "--until", "5s", "--record", "")
        self.assertEqual((done.returncode, done.stdout), (USAGE, ""))
        self.assertIn("--record: the name of a file is empty", done.stderr)

    # ---- files that are no good recordings

    def test_no_such_file(self):
        self.refuses(self.folder / "none.db", "there is no such file")

    def test_not_a_database(self):
        self.file.write_text("dear friend, " * 50)
        self.refuses(self.file, "it is not a recording: it is no SQLite database")

    def test_the_database_of_another_program(self):
        database = sqlite3.connect(self.file)
        database.execute("CREATE TABLE run (scenario TEXT)")
        database.commit()
        database.close()
        self.refuses(self.file, "it is an SQLite database, but not a recording of this program")

    def test_another_version_of_the_format(self):
        self.copy_of_good("PRAGMA user_version = 99")
        self.refuses(self.file, "it was written in version 99 of the format, this program reads version ",
                     "use the program that recorded it")

    def test_a_file_that_was_cut_off(self):
        self.file.write_bytes(self.good.read_bytes()[:100_000])
        self.refuses(self.file, "it is cut off: 100000 of ")

    def test_damaged_bytes_are_named(self):
        self.copy_of_good("UPDATE chunk SET data = zeroblob(length(data)) WHERE first_event = (SELECT MAX(first_event) FROM chunk)")
        done = self.run_program("replay", self.file)
        self.assertEqual(done.returncode, BAD_INPUT, done.stdout)
        self.assertRegex(done.stderr, r": its events \d+ to \d+ are damaged\n$")
        for arguments in (["export", self.file, "--csv", "--table", "event"], ["query", self.file, "SELECT COUNT(*), MAX(digest) FROM event"]):
            again = self.run_program(*arguments)
            self.assertEqual(again.returncode, BAD_INPUT)
            self.assertEqual(again.stderr, done.stderr, "said once, and the same everywhere")

    def test_damaged_tables_are_told_once_and_in_plain_letters(self):
        damaged = self.good.read_bytes().replace(b"CREATE TABLE chunk", b"CREATE \xff\x1b[31m chunk", 1)
        self.assertNotEqual(damaged, self.good.read_bytes())
        self.file.write_bytes(damaged)
        for arguments in (["replay", self.file], ["query", self.file, "SELECT * FROM run"], ["export", self.file, "--json"]):
            done = self.run_program(*arguments)
            self.assertEqual(done.returncode, BAD_INPUT)
            self.assertRegex(done.stderr, r"^[^:]*run\.db: it is damaged: [ -~]*\n$")
            self.assertEqual(done.stderr.count("damaged"), 1)

    # ---- query

    def test_query_prints_a_table(self):
        done = self.run_program("query", self.good, "SELECT name, role FROM node WHERE role = 'broker' ORDER BY id")
        self.assertEqual(done.stdout, "name  role\n----  ------\nb1    broker\nb2    broker\nb3    broker\n(3 rows)\n")

    def test_query_without_sql_lists_what_can_be_asked(self):
        done = self.run_program("query", self.good)
        self.assertIn("complete: ", done.stdout)
        self.assertIn("\n  election\n", done.stdout)

    def test_query_in_other_forms(self):
        sql = "SELECT name, role FROM node WHERE role = 'broker' ORDER BY id"
        self.assertEqual(self.run_program("query", self.good, sql, "--csv").stdout,
                         "name,role\nb1,broker\nb2,broker\nb3,broker\n")
        self.assertEqual(json.loads(self.run_program("query", self.good, sql, "--json").stdout)[2], {"name": "b3", "role": "broker"})
        self.assertEqual(self.run_program("query", self.good, sql, "--json", "--csv").returncode, USAGE)

    def test_query_only_reads(self):
        before = self.good.read_bytes()
        done = self.run_program("query", self.good, "DELETE FROM run")
        self.assertEqual(done.returncode, BAD_INPUT)
        self.assertIn("not", done.stderr)
        self.assertEqual(self.good.read_bytes(), before)

    def test_query_tells_what_is_wrong_with_the_sql(self):
        done = self.run_program("query", self.good, "SELECT leader FROM elections")
        self.assertEqual(done.returncode, BAD_INPUT)
        self.assertIn("no such table: elections", done.stderr)

    # ---- export

    def test_export_as_json(self):
        done = self.run_program("export", self.good, "--json")
        self.assertEqual(done.returncode, HELD, done.stderr)
        tables = json.loads(done.stdout)
        self.assertEqual(len(tables["event"]), self.outcome["events"])
        self.assertEqual(tables["run"][0]["fingerprint"], self.outcome["fingerprint"])
        self.assertEqual(tables["command"], [{"id": 1, "after_event": tables["command"][0]["after_event"],
                                              "time_ns": 12_000_000_000, "text": "crash b1"}])
        self.assertTrue(any(row["kind"] == "leader_elected" for row in tables["election"]))

    def test_export_as_csv(self):
        out = self.folder / "fate.csv"
        done = self.run_program("export", self.good, "--csv", "--table", "record_fate", "--output", out)
        self.assertEqual(done.returncode, HELD, done.stderr)
        with open(out, newline="") as file:
            rows = list(csv.DictReader(file))
        self.assertEqual(len(rows), self.outcome["records"]["sent"])
        self.assertIn("fate", rows[0])

    def test_export_into_a_folder(self):
        done = self.run_program("export", self.good, "--csv", "--folder", self.folder / "out")
        self.assertEqual(done.returncode, HELD, done.stderr)
        names = {path.name for path in (self.folder / "out").iterdir()}
        self.assertTrue({"event.csv", "election.csv", "record_fate.csv", "offset_over_time.csv"} <= names, names)

    def test_export_wants_to_know_the_form(self):
        for arguments in ([], ["--csv", "--json"], ["--json", "--table", "run", "--folder", self.folder]):
            done = self.run_program("export", self.good, *arguments)
            self.assertEqual(done.returncode, USAGE, arguments)
        self.assertIn("--csv, --json or --segments is required", self.run_program("export", self.good).stderr)

    def test_export_of_an_unknown_table_names_the_known_ones(self):
        done = self.run_program("export", self.good, "--json", "--table", "elections")
        self.assertEqual(done.returncode, BAD_INPUT)
        self.assertIn('there is no table "elections"; there are run, command', done.stderr)

    def test_export_that_cannot_be_written(self):
        done = self.run_program("export", self.good, "--json", "--output", self.folder / "none" / "x.json")
        self.assertEqual(done.returncode, BAD_INPUT)
        self.assertIn("cannot be written", done.stderr)
        if os.path.exists("/dev/full"):
            done = self.run_program("export", self.good, "--json", "--output", "/dev/full")
            self.assertEqual(done.returncode, BAD_INPUT, done.stdout)

    # ---- Ctrl-C

    ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT {} FROM n"

    def interrupt(self, *arguments, wait=0.5, number=signal.SIGINT):
        def default_signals():
            signal.signal(number, signal.SIG_DFL)  # a shell may have started the tests with Ctrl-C ignored

        process = subprocess.Popen([str(PROGRAM), *map(str, arguments)], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.PIPE, text=True, preexec_fn=default_signals)
        self.addCleanup(lambda: (process.kill(), process.communicate()))
        time.sleep(wait)
        self.assertIsNone(process.poll(), "it was done before it could be interrupted")
        process.send_signal(number)
        error = process.communicate(timeout=20)[1]
        return process.returncode, error

    def test_a_query_is_interrupted(self):
        for what, form in (("COUNT(*)", []), ("COUNT(*)", ["--json"]), ("i", ["--csv"])):
            with self.subTest(what=what, form=form):
                status, error = self.interrupt("query", self.good, self.ENDLESS.format(what), *form)
                self.assertEqual((status, error), (INTERRUPTED, "interrupted\n"))
        self.assertEqual(self.interrupt("query", self.good, self.ENDLESS.format("COUNT(*)"), number=signal.SIGTERM)[0], 143)

    def test_an_interrupted_export_leaves_no_half_file(self):
        large = self.folder / "large.db"
        self.run_program("run", "hello", "--until", "10000s", "--record", large)
        out = self.folder / "out"
        out.mkdir()
        whole = out / "before.json"
        whole.write_text("[]")
        for arguments in (["--json", "--output", out / "new.json"], ["--json", "--output", whole], ["--csv", "--table", "event", "--output", out / "event.csv"]):
            with self.subTest(arguments=arguments):
                status, error = self.interrupt("export", large, *arguments, wait=0.25)
                self.assertEqual(status, INTERRUPTED, error)
                self.assertIn("interrupted: no file was left half written", error)
                self.assertEqual(os.listdir(out), ["before.json"])
        self.assertEqual(whole.read_text(), "[]")
        status, error = self.interrupt("export", large, "--csv", "--folder", self.folder / "tables", wait=0.25)
        self.assertEqual(status, INTERRUPTED, error)
        for path in (self.folder / "tables").iterdir():
            self.assertNotIn("-new", path.name)
            self.assertTrue(path.read_bytes().endswith(b"\r\n"), path)

    def test_an_export_replaces_what_was_there(self):
        out = self.folder / "run.json"
        out.write_text("before")
        link = self.folder / "link.json"
        link.symlink_to(out)
        done = self.run_program("export", self.good, "--json", "--table", "run", "--output", link)
        self.assertEqual(done.returncode, HELD, done.stderr)
        self.assertTrue(link.is_symlink())
        self.assertEqual(len(json.loads(out.read_text())), 1)
        self.assertEqual(sorted(os.listdir(self.folder)), ["link.json", "run.json"])


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
