#!/usr/bin/env python3
"""Installs the build into an empty folder and checks that the installed tree is complete and works where it lies.

usage: install_test.py CMAKE BUILD-FOLDER
"""

import os
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
        cls.prefix = Path(cls.temporary.name) / "prefix"
        subprocess.run([CMAKE, "--install", str(BUILD), "--prefix", str(cls.prefix)], check=True, stdout=subprocess.DEVNULL)

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

    def test_an_installed_scenario_runs(self):
        scenario = self.prefix / "share/kafkascope/scenarios/lessons/hello.toml"
        if not scenario.exists():
            self.skipTest("there is no first scenario")
        done = self.kafkascope("run", str(scenario))
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
