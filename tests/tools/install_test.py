#!/usr/bin/env python3
"""Installs the build into an empty folder and checks that the installed tree is complete and works where it lies.

usage: install_test.py CMAKE BUILD-FOLDER
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

CMAKE, BUILD = sys.argv[1], Path(sys.argv[2])
ROOT = Path(__file__).resolve().parents[2]


def built(program):
    return (BUILD / "bin" / program).exists()


class InstalledTree(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory(prefix="kafkascope install ")  # a blank in the path on purpose
        first = Path(cls.temporary.name) / "prefix"
        subprocess.run([CMAKE, "--install", str(BUILD), "--prefix", str(first)], check=True, stdout=subprocess.DEVNULL)
        # Everything is found relative to the program: the tree is moved before it is used.
        cls.prefix = Path(cls.temporary.name) / "moved away"
        first.rename(cls.prefix)

    @classmethod
    def tearDownClass(cls):
        cls.temporary.cleanup()

    def kafkascope(self, *arguments):
        """Runs the installed program far from the sources, with nothing in the environment that could lead back."""
        if not built("kafkascope"):
            self.skipTest("kafkascope is not built")
        return subprocess.run([str(self.prefix / "bin" / "kafkascope"), *arguments], cwd=self.temporary.name, stdin=subprocess.DEVNULL,
                              env={"PATH": os.environ["PATH"], "HOME": self.temporary.name}, capture_output=True, text=True, timeout=120)

    def test_shared_files_are_there(self):
        for path in ["share/man/man1/kafkascope.1", "share/doc/kafkascope/LICENSE", "share/bash-completion/completions/kafkascope",
                     "share/bash-completion/completions/kafkascope-ui", "share/fish/vendor_completions.d/kafkascope.fish",
                     "share/zsh/site-functions/_kafkascope"]:
            self.assertTrue((self.prefix / path).is_file(), path)

    def test_window_comes_with_desktop_entry_icon_and_fonts(self):
        if not built("kafkascope-ui"):
            self.skipTest("kafkascope-ui is not built")
        for path in ["bin/kafkascope-ui", "share/applications/kafkascope.desktop", "share/icons/hicolor/scalable/apps/kafkascope.svg",
                     "share/kafkascope/fonts/Inter-Regular.otf", "share/kafkascope/fonts/JetBrainsMono-Regular.ttf"]:
            self.assertTrue((self.prefix / path).is_file(), path)

    def test_every_scenario_is_installed(self):
        here = {path.relative_to(ROOT) for path in (ROOT / "scenarios").rglob("*.toml")}
        there = {path.relative_to(self.prefix / "share/kafkascope") for path in (self.prefix / "share/kafkascope").rglob("*.toml")}
        self.assertEqual(here, there)

    def test_list_finds_the_installed_scenarios(self):
        done = self.kafkascope("list")
        self.assertEqual(done.returncode, 0, done.stderr)
        for path in sorted((ROOT / "scenarios").rglob("*.toml")):
            self.assertIn(path.stem, done.stdout)

    def test_scenarios_are_found_by_name(self):
        self.assertEqual(self.kafkascope("run", "hello", "--quiet").returncode, 0)
        self.assertEqual(self.kafkascope("validate", "lessons/hello").returncode, 0)

    def test_the_program_is_found_through_a_link(self):
        if not built("kafkascope"):
            self.skipTest("kafkascope is not built")
        link = Path(self.temporary.name) / "linked"
        link.unlink(missing_ok=True)
        link.symlink_to(self.prefix / "bin" / "kafkascope")
        done = subprocess.run([link, "list"], cwd=self.temporary.name, capture_output=True, text=True, timeout=60)
        self.assertIn("lessons/hello", done.stdout)

    def test_the_manual_names_every_command_and_exit_status(self):
        manual = (self.prefix / "share/man/man1/kafkascope.1").read_text(encoding="utf-8")
        done = self.kafkascope("--help")
        for command in re.findall(r"(?m)^  ([a-z]+)  +[A-Z]", done.stdout):
            self.assertRegex(manual, rf'(?m)^\.BI? "?{command}\b', command)
        for status in ("0 when", "1 when", "2 for", "3 when", "130 when"):
            self.assertIn(status, manual)
        if shutil.which("man"):
            done = subprocess.run(["man", "--warnings", "-l", str(self.prefix / "share/man/man1/kafkascope.1")], capture_output=True,
                                  text=True, timeout=60, env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "MANPAGER": "cat"})
            self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_the_desktop_entry_is_valid(self):
        if not built("kafkascope-ui") or not shutil.which("desktop-file-validate"):
            self.skipTest("there is no window or no desktop-file-validate")
        done = subprocess.run(["desktop-file-validate", self.prefix / "share/applications/kafkascope.desktop"], capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stdout), (0, ""))

    # Completion by the shells themselves, as far as they are installed.

    def shell(self, *command):
        if not built("kafkascope"):
            self.skipTest("kafkascope is not built")
        if not shutil.which(command[0]):
            self.skipTest(f"there is no {command[0]}")
        done = subprocess.run(command, cwd=self.temporary.name, capture_output=True, text=True, timeout=60,
                              env={"PATH": f"{self.prefix / 'bin'}:{os.environ['PATH']}", "HOME": self.temporary.name, "TERM": "dumb"})
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def test_bash_completes(self):
        script = (f"source '{self.prefix}/share/bash-completion/completions/kafkascope'; "
                  "c() { COMP_WORDS=(\"$@\"); COMP_CWORD=$(($# - 1)); _kafkascope; printf '%s ' \"${COMPREPLY[@]}\"; echo; }; "
                  "c kafkascope ''; c kafkascope check --s; c kafkascope run hel; c kafkascope run lessons/hel")
        commands, options, names, paths = self.shell("bash", "-c", script).splitlines()
        self.assertLessEqual({"run", "check", "validate", "list", "describe", "replay", "query", "export"}, set(commands.split()))
        self.assertEqual(options.split(), ["--seeds", "--stop-early"])
        self.assertEqual(names.split(), ["hello"])
        self.assertEqual(paths.split(), ["lessons/hello"])

    def test_fish_completes(self):
        folder = self.prefix / "share/fish/vendor_completions.d"
        script = (f"source '{folder}/kafkascope.fish'; complete -C 'kafkascope ch'; complete -C 'kafkascope check --st'; "
                  "complete -C 'kafkascope run lessons/hel'")
        lines = [line.split("\t")[0] for line in self.shell("fish", "--no-config", "-c", script).splitlines()]
        self.assertEqual(lines, ["check", "--stop-early", "lessons/hello"])

    def test_zsh_reads_the_completion(self):
        folder = self.prefix / "share/zsh/site-functions"
        script = (f"fpath=('{folder}' $fpath); autoload -U compinit; compinit -u -D; autoload +X _kafkascope; "
                  "print -r -- ${_comps[kafkascope]} ${_comps[kafkascope-ui]}; whence -w _kafkascope")
        self.assertEqual(self.shell("zsh", "-f", "-c", script).split(), ["_kafkascope", "_kafkascope", "_kafkascope:", "function"])

    def test_an_installed_scenario_runs(self):
        scenario = self.prefix / "share/kafkascope/scenarios/lessons/hello.toml"
        if not scenario.exists():
            self.skipTest("there is no first scenario")
        done = self.kafkascope("run", str(scenario))
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
