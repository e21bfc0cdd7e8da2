#!/usr/bin/env python3
"""Tests of the real window: start, picture, keys, no display. Needs Xvfb; keys also need xdotool.

usage: window_test.py PROGRAM   (the program under test: ui_gallery or kafkascope-ui)
"""
import os
import shutil
import struct
import subprocess
import sys
import tempfile
import time
import unittest
import zlib

PROGRAM = ""


def read_png(path):
    """Width, height and the raw rows (filter bytes removed) of an 8-bit RGB file."""
    with open(path, "rb") as file:
        data = file.read()
    assert data[:8] == b"\x89PNG\r\n\x1a\n", "not a PNG file"
    at, body, width, height = 8, b"", 0, 0
    while at < len(data):
        length, kind = struct.unpack(">I4s", data[at:at + 8])
        chunk = data[at + 8:at + 8 + length]
        if kind == b"IHDR":
            width, height = struct.unpack(">II", chunk[:8])
        elif kind == b"IDAT":
            body += chunk
        at += 12 + length
    return width, height, zlib.decompress(body)


def under_xvfb(*arguments, timeout=60):
    return subprocess.run(["xvfb-run", "-a", "-s", "-screen 0 1920x1080x24", PROGRAM, *arguments],
                          capture_output=True, text=True, timeout=timeout)


class Window(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def picture(self, *arguments):
        name = os.path.join(self.folder.name, "shot.png")
        done = under_xvfb("--screenshot", name, "--paused", *arguments)
        self.assertEqual(done.returncode, 0, done.stderr)
        return read_png(name)

    def test_no_display_is_said_clearly(self):
        environment = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY")}
        done = subprocess.run([PROGRAM], capture_output=True, text=True, timeout=20, env=environment)
        self.assertEqual(done.returncode, 3)
        self.assertIn("display", done.stderr)

    def test_picture_has_exactly_the_size_asked_for(self):
        for size in ("1024x768", "1280x720"):
            width, height, _ = self.picture("--size", size)
            self.assertEqual(f"{width}x{height}", size)

    def test_picture_is_the_same_twice(self):
        self.assertEqual(self.picture("--size", "1024x768"), self.picture("--size", "1024x768"))

    def test_themes_and_scales_differ_and_are_not_empty(self):
        seen = set()
        for arguments in (("--theme", "light"), ("--theme", "dark"), ("--projector",), ("--scale", "1.5")):
            _, _, rows = self.picture("--size", "1024x768", *arguments)
            self.assertGreater(len(zlib.compress(rows, 1)), 20000, "nearly empty picture")
            seen.add(zlib.crc32(rows))
        self.assertEqual(len(seen), 4)

    def test_wrong_options_are_refused(self):
        for arguments in (("--size", "big"), ("--theme", "mauve"), ("--screenshot", "/nowhere/x.png")):
            self.assertNotEqual(under_xvfb(*arguments).returncode, 0, arguments)

    def drive(self, steps, *arguments):
        """Starts the program in a real window and does the steps: keys, `type TEXT`, `wait SECONDS`, `shot NAME`.

        Returns its exit status and its story. Dear ImGui looks at some keys once a frame, so every key is held a moment.
        """
        folder = os.environ.get("KSCOPE_ARTEFACTS", self.folder.name)
        os.makedirs(folder, exist_ok=True)
        lines = [f'"{PROGRAM}" --size 1280x800 --story {" ".join(arguments)} & pid=$!',
                 'for i in $(seq 60); do id=$(xdotool search --onlyvisible --pid $pid 2>/dev/null | head -1); '
                 '[ -n "$id" ] && break; sleep 0.2; done; sleep 1; xdotool windowfocus "$id"']
        for step in steps:
            word, _, rest = step.partition(" ")
            if word == "type":
                lines.append(f"xdotool type --delay 70 '{rest}'; sleep 0.3")
            elif word == "wait":
                lines.append(f"sleep {rest}")
            elif word == "shot":
                if shutil.which("import"):
                    lines.append(f'import -window root "{os.path.join(folder, rest)}.png"')
            else:
                lines.append(f"xdotool keydown {step}; sleep 0.07; xdotool keyup {step}; sleep 0.25")
        lines.append("wait $pid")
        done = subprocess.run(["xvfb-run", "-a", "-s", "-screen 0 1280x1024x24", "bash", "-c", "\n".join(lines)],
                              capture_output=True, text=True, timeout=120)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    @unittest.skipUnless(shutil.which("xdotool"), "xdotool is not there")
    def test_keys_reach_their_commands(self):
        story = self.drive(["F11", "F11", "space", "question", "Escape", "ctrl+2", "ctrl+q"])
        for command in ("view.projector", "run.pause", "help.keys", "explain.deselect", "view.log", "file.quit"):
            self.assertIn("command: " + command, story)

    @unittest.skipUnless(shutil.which("xdotool"), "xdotool is not there")
    def test_letters_typed_into_a_field_are_not_commands(self):
        story = self.drive(["slash", "type kill rx", "Escape", "Escape", "ctrl+q"])
        self.assertNotIn("command: fault", story)

    @unittest.skipUnless(shutil.which("xdotool"), "xdotool is not there")
    def test_a_broker_is_killed_and_another_takes_over(self):
        if "kafkascope-ui" not in os.path.basename(PROGRAM):
            self.skipTest("needs the simulator")
        story = self.drive(["shot running", "space", "Left", "Left", "shot back", "ctrl+p", "type b1", "Return",
                            "k", "shot killed", "6", "space", "wait 12", "space", "slash", "type type:LeaderAndIsr",
                            "wait 1", "shot election", "Escape", "Escape", "ctrl+q"])
        self.assertIn("command: run.back", story)
        self.assertIn("Done: crash b1", story)
        # b1 led orders-2: it is stored again and again after the kill only because another broker leads it now.
        # (At full speed the story has one caption a picture, so the election itself may fall between two.)
        self.assertGreater(story.split("Done: crash b1")[1].count("told that orders-2 stored"), 5)

    def test_a_file_with_an_error_is_refused_with_its_place(self):
        if "kafkascope-ui" not in os.path.basename(PROGRAM):
            self.skipTest("needs the simulator")
        name = os.path.join(self.folder.name, "wrong.toml")
        with open(name, "w") as file:
            file.write('title = "x"\n[[broker]]\nid = "one"\n')
        done = under_xvfb(name, "--screenshot", os.path.join(self.folder.name, "x.png"))
        self.assertEqual(done.returncode, 1)
        self.assertIn("wrong.toml:3", done.stderr)

    def test_messages_are_seen_moving(self):
        if "kafkascope-ui" not in os.path.basename(PROGRAM):
            self.skipTest("needs the simulator")
        pictures = {zlib.crc32(self.play(seconds)) for seconds in ("1", "1.2", "1.4", "1.6")}
        self.assertEqual(len(pictures), 4)

    def play(self, seconds):
        name = os.path.join(self.folder.name, f"play{seconds}.png")
        done = under_xvfb("--screenshot", name, "--size", "1280x720", "--play", seconds)
        self.assertEqual(done.returncode, 0, done.stderr)
        return read_png(name)[2]


if __name__ == "__main__":
    PROGRAM = os.path.abspath(sys.argv.pop(1))
    unittest.main(verbosity=2)
