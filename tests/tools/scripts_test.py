#!/usr/bin/env python3
"""Tests of the scripts in tools/ and of the shell completion, on made-up programs and reports."""

import os
import shutil
import stat
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ROOT / "tools"

HELP = """A program
Usage: kafkascope [OPTIONS] [SUBCOMMAND]

Options:
  -h,--help                   Print this help message and exit
  --seed UINT                 Seed of the run, not --another

Subcommands:
  run                         Run a scenario
  replay                      Run a recording again
"""


class Scripts(unittest.TestCase):
    def setUp(self):
        self.temporary = tempfile.TemporaryDirectory()
        self.folder = Path(self.temporary.name)
        self.addCleanup(self.temporary.cleanup)

    def program(self, path, text):
        path = self.folder / path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        return path

    def call(self, *command, **options):
        return subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=60, **options)

    def test_every_script_explains_itself(self):
        for script in sorted(TOOLS.iterdir()):
            if script.suffix in {".sh", ".py"}:
                done = self.call(script, "--help")
                self.assertEqual(done.returncode, 0, script)
                self.assertIn("usage:", done.stdout, script)

    def test_scripts_refuse_unknown_options(self):
        for script in sorted(TOOLS.glob("*.sh")):
            self.assertEqual(self.call(script, "--no-such-option").returncode, 2, script)

    def test_demo_needs_a_scenario_that_is_there(self):
        missing = self.call(TOOLS / "demo.sh", "--scenario")
        self.assertEqual(missing.returncode, 2)
        self.assertIn("demo: --scenario needs a file", missing.stderr)
        wrong = self.call(TOOLS / "demo.sh", "--scenario", "nothing.toml", "--no-setup")
        self.assertEqual(wrong.returncode, 1)
        self.assertIn("there is no scenario nothing.toml", wrong.stderr)

    # setup.sh, with a package database and a package manager that are made up

    def fake_debian(self, installed):
        lines = "".join(f"installed {package} \\n" for package in installed)
        self.program("bin/dpkg-query", f"#!/bin/sh\nprintf '{lines}'\n")
        self.program("bin/apt-cache", "#!/bin/sh\nexit 0\n")
        self.program("bin/apt-get", f"#!/bin/sh\necho \"$@\" >>'{self.folder}/apt.log'\n")
        for command in ("bash", "env", "sed", "sort", "tr", "grep", "dirname", "cat"):
            os.symlink(shutil.which(command), self.folder / "bin" / command)
        return {"PATH": str(self.folder / "bin")}

    def wanted_packages(self):
        lines = (TOOLS / "packages.txt").read_text(encoding="utf-8").splitlines()
        return [line.split("#")[0].strip() for line in lines if line.split("#")[0].strip()]

    def test_setup_with_everything_there_installs_nothing(self):
        environment = self.fake_debian(self.wanted_packages())
        self.program("bin/id", "#!/bin/sh\necho 1000\n")
        done = self.call(TOOLS / "setup.sh", env=environment)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertFalse((self.folder / "apt.log").exists())

    def test_setup_installs_only_what_is_missing(self):
        environment = self.fake_debian(self.wanted_packages()[1:])
        self.program("bin/id", "#!/bin/sh\necho 0\n")
        done = self.call(TOOLS / "setup.sh", env=environment)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual((self.folder / "apt.log").read_text(), f"install -y -q --no-install-recommends {self.wanted_packages()[0]}\n")

    def test_setup_check_only_says_what_is_missing(self):
        environment = self.fake_debian(self.wanted_packages()[2:])
        done = self.call(TOOLS / "setup.sh", "--check", env=environment)
        self.assertEqual(done.returncode, 1)
        for package in self.wanted_packages()[:2]:
            self.assertIn(f"  {package}\n", done.stdout)
        self.assertFalse((self.folder / "apt.log").exists())

    def test_setup_without_rights_says_what_to_do(self):
        environment = self.fake_debian(self.wanted_packages()[1:])
        self.program("bin/id", "#!/bin/sh\necho 1000\n")
        done = self.call(TOOLS / "setup.sh", env=environment)
        self.assertEqual(done.returncode, 1)
        self.assertIn(f"apt-get install --no-install-recommends {self.wanted_packages()[0]}", done.stderr)

    # count_tests.py

    def test_counting_of_a_report(self):
        report = self.folder / "report.xml"
        report.write_text("""<?xml version="1.0"?><testsuite>
          <testcase name="a" status="run"/><testcase name="b" status="run"/>
          <testcase name="broken" status="fail"><failure message=""/></testcase>
          <testcase name="off" status="disabled"><skipped message="Disabled"/></testcase>
          <testcase name="later" status="notrun"><skipped message="SKIP_RETURN_CODE=77"/></testcase>
          <testcase name="gone" status="notrun"><skipped message="Unable to find executable"/></testcase>
        </testsuite>""", encoding="utf-8")
        done = self.call(sys.executable, "-B", TOOLS / "count_tests.py", report)
        self.assertEqual(done.stdout, "2 2 2\nbroken\ngone\n")

    # compare_runs.py

    def compare(self, first, second):
        (self.folder / "scenarios/lessons").mkdir(parents=True)
        (self.folder / "scenarios/lessons/a.toml").write_text("title = 'a'\n", encoding="utf-8")
        self.program("one/bin/kafkascope", first)
        self.program("two/bin/kafkascope", second)
        return self.call(sys.executable, "-B", TOOLS / "compare_runs.py", "--scenarios", self.folder / "scenarios", "--report",
                         self.folder / "runs.csv", self.folder / "one", self.folder / "two")

    def test_equal_runs_compare_equal(self):
        answer = "#!/bin/sh\necho '{\"run\": {\"fingerprint\": \"12ab\"}}'\n"
        done = self.compare(answer, answer)
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertIn("lessons/a.toml,12ab,12ab,12ab", (self.folder / "runs.csv").read_text())

    def test_different_runs_are_told(self):
        done = self.compare("#!/bin/sh\necho '{\"fingerprint\": \"12ab\"}'\n", "#!/bin/sh\necho '{\"fingerprint\": \"12ac\"}'\n")
        self.assertEqual(done.returncode, 1)
        self.assertIn("12ac", done.stdout)

    def test_a_run_that_depends_on_the_time_zone_is_told(self):
        answer = "#!/bin/sh\necho \"{\\\"fingerprint\\\": \\\"1$TZ\\\"}\"\n"
        self.assertEqual(self.compare(answer, answer).returncode, 1)

    def test_a_crash_is_told(self):
        done = self.compare("#!/bin/sh\necho oops >&2\nexit 134\n", "#!/bin/sh\nexit 134\n")
        self.assertEqual(done.returncode, 1)
        self.assertIn("exit code 134: oops", done.stdout)

    # completion

    def complete(self, *words):
        self.program("bin/kafkascope", f"#!/bin/sh\nif [ \"$1\" = list ]; then echo 'hello  First steps'; else cat <<'END'\n{HELP}END\nfi\n")
        script = (f"source '{ROOT}/assets/completions/kafkascope.bash'; COMP_WORDS=(\"$@\"); COMP_CWORD=$(($# - 1)); "
                  "_kafkascope; printf '%s\\n' \"${COMPREPLY[@]}\"")
        done = self.call("bash", "-c", script, "bash", *words, cwd=self.folder,
                         env={**os.environ, "PATH": f"{self.folder}/bin:{os.environ['PATH']}"})
        self.assertEqual(done.stderr, "")
        return sorted(done.stdout.split())

    def test_commands_are_completed(self):
        self.assertEqual(self.complete("kafkascope", "r"), ["replay", "run"])

    def test_options_are_completed(self):
        self.assertEqual(self.complete("kafkascope", "run", "--"), ["--help", "--seed"])

    def test_scenarios_are_completed_by_file_and_by_name(self):
        (self.folder / "hello_world.toml").write_text("", encoding="utf-8")
        (self.folder / "hello.txt").write_text("", encoding="utf-8")
        self.assertEqual(self.complete("kafkascope", "run", "he"), ["hello", "hello_world.toml"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
