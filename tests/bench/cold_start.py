#!/usr/bin/env python3
"""Cold start of the window: from the start of the process until the picture of the cluster moves, as the eye sees it.

usage: cold_start.py [--program FILE] [--runs N]

The program runs on a virtual screen (Xvfb) whose picture lies in a file; this script looks at the part of it where the
stage is, every few milliseconds. Nothing in the program knows of it. "Moving" is the first change of the stage's picture
that is followed by at least five more within half a second: a window that merely finds its layout changes once or twice.
Real time, so whoever else uses the processors makes it longer; the program's own processor time is told beside it.
"""
import argparse
import mmap
import os
import pathlib
import signal
import statistics
import struct
import subprocess
import sys
import tempfile
import time
import zlib

ROOT = pathlib.Path(__file__).resolve().parents[2]
WIDTH, HEIGHT = 1920, 1080
STAGE = (300, 160, 1500, 640)  # left, top, right, bottom: inside of the stage whatever the scale
GOAL_S = 2.0
GIVE_UP_S = 30.0
CHANGES, WITHIN_S = 6, 0.5


class Screen:
    """Xvfb with its picture in a mapped file."""

    def __init__(self, folder):
        read_end, write_end = os.pipe()
        self.server = subprocess.Popen(
            ["Xvfb", "-displayfd", str(write_end), "-screen", "0", f"{WIDTH}x{HEIGHT}x24", "+extension", "GLX",
             "-nolisten", "tcp", "-fbdir", folder],
            pass_fds=(write_end,), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(write_end)
        with os.fdopen(read_end) as answer:
            number = answer.readline().strip()
        if not number:
            raise RuntimeError("Xvfb did not start")
        self.display = f":{number}"
        with open(os.path.join(folder, "Xvfb_screen0"), "rb") as file:
            self.picture = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        # The header of an X window dump: its own size first, then (among others) bytes a line and number of colours.
        fields = struct.unpack(">25I", self.picture[:100])
        self.line = fields[12]
        self.start = fields[0] + 12 * fields[19]

    def stage(self):
        """Every third line of the stage."""
        left, top, right, bottom = STAGE
        return b"".join(self.picture[self.start + y * self.line + left * 4:self.start + y * self.line + right * 4]
                        for y in range(top, bottom, 3))

    def close(self):
        self.picture.close()
        self.server.terminate()
        self.server.wait()


def cpu_seconds(process):
    with open(f"/proc/{process.pid}/stat", encoding="ascii") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measure(program):
    """Seconds until the first picture and until it moves, and the processor time used until then."""
    with tempfile.TemporaryDirectory() as folder:
        screen = Screen(folder)
        environment = dict(os.environ, DISPLAY=screen.display)
        environment.pop("WAYLAND_DISPLAY", None)
        empty = zlib.crc32(screen.stage())
        begin = time.monotonic()
        process = subprocess.Popen([program, "--size", f"{WIDTH}x{HEIGHT}"], env=environment,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        try:
            first, last, changes, used = None, empty, [], []
            while time.monotonic() - begin < GIVE_UP_S:
                if process.poll() is not None:
                    raise RuntimeError("the program ended: " + process.stderr.read().decode(errors="replace"))
                now = zlib.crc32(screen.stage())
                at = time.monotonic() - begin
                if now != last:
                    last = now
                    if first is None:
                        first = at  # the first picture; what moves is what changes after it
                    else:
                        changes.append(at)
                        used.append(cpu_seconds(process))
                        if len(changes) >= CHANGES and at - changes[-CHANGES] <= WITHIN_S:
                            return first, changes[-CHANGES], used[-CHANGES]
                time.sleep(0.002)
            raise RuntimeError(f"nothing moved within {GIVE_UP_S:.0f} s")
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait()
            screen.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=str(ROOT / "build/bench/bin/kafkascope-ui"))
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    try:
        results = [measure(options.program) for _ in range(options.runs)]
    except (OSError, RuntimeError) as error:
        print(f"cold_start: {error}", file=sys.stderr)
        return 1
    first, moving, used = (statistics.median(column) for column in zip(*results))
    verdict = "met" if moving <= GOAL_S else "MISSED"
    print(f"figure: cold start to a moving cluster: {moving:.2f} s (goal <= {GOAL_S:.2f}) {verdict}")
    print(f"figure:   first picture: {first:.2f} s")
    print(f"figure:   processor time of the program until it moves: {used:.2f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
