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

    @unittest.skipUnless(shutil.which("xdotool"), "xdotool is not there")
    def test_keys_arrive_in_a_real_window(self):
        script = (f'"{PROGRAM}" --size 1024x768 & pid=$!; '
                  'for i in $(seq 50); do id=$(xdotool search --onlyvisible --pid $pid 2>/dev/null | head -1); '
                  '[ -n "$id" ] && break; sleep 0.2; done; sleep 1; '
                  'xdotool windowfocus "$id"; for key in F11 F11 space question Escape ctrl+2 ctrl+q; do '
                  'xdotool keydown $key; sleep 0.06; xdotool keyup $key; sleep 0.3; done; wait $pid')
        start = time.monotonic()
        done = subprocess.run(["xvfb-run", "-a", "-s", "-screen 0 1280x1024x24", "bash", "-c", script],
                              capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertLess(time.monotonic() - start, 50)


if __name__ == "__main__":
    PROGRAM = os.path.abspath(sys.argv.pop(1))
    unittest.main(verbosity=2)
