"""Drives the window like a person: a virtual screen, real key presses and mouse clicks, and waiting until something is seen.

The program is started with `--state FILE`: it keeps there, as JSON, what it shows and where. Nothing here sleeps for a fixed
time and hopes; every step waits until the window shows what the step was for, so a slow machine only makes it slower.
"""
import json
import os
import re
import shutil
import subprocess
import tempfile
import threading
import time

PATIENCE_S = 60  # for one step, on a machine that is busy with other things
LOOK_S = 0.03


class NotSeen(AssertionError):
    """The window did not come to show what a step waited for."""


class Screen:
    """A virtual screen of its own, so that tests do not disturb each other or the user."""

    def __init__(self, width=1280, height=1024):
        read, write = os.pipe()
        self.process = subprocess.Popen(
            ["Xvfb", "-displayfd", str(write), "-screen", "0", f"{width}x{height}x24", "+extension", "GLX", "-nolisten",
             "tcp"], pass_fds=[write], stderr=subprocess.DEVNULL)
        os.close(write)
        with os.fdopen(read) as pipe:
            self.display = ":" + pipe.readline().strip()

    def close(self):
        self.process.terminate()
        self.process.wait(20)


class Window:
    """The program in a window, and the hands and eyes of its user."""

    def __init__(self, screen, program, *arguments, size=(1280, 800), name="window", state_home=None):
        self.folder = tempfile.TemporaryDirectory()
        self.state_file = os.path.join(self.folder.name, "state.json")
        self.name = name
        self.shots = 0
        self.story = []
        # What the program remembers of its user must not be what it remembers of the person who runs the tests.
        self.environment = dict(os.environ, DISPLAY=screen.display,
                                XDG_STATE_HOME=state_home or os.path.join(self.folder.name, "state-home"))
        self.process = subprocess.Popen(
            [program, "--size", f"{size[0]}x{size[1]}", "--state", self.state_file, "--story", *arguments],
            env=self.environment, cwd=self.folder.name, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.listener = threading.Thread(target=self._listen, daemon=True)
        self.listener.start()
        self.wait("the first picture", lambda s: s["places"])
        self.id = self._find_window()
        self._xdotool("windowfocus", "--sync", self.id)

    def _listen(self):
        for line in self.process.stdout:
            self.story.append(line.rstrip("\n"))

    def _find_window(self):
        found = subprocess.run(["xdotool", "search", "--sync", "--onlyvisible", "--pid", str(self.process.pid)],
                               env=self.environment, capture_output=True, text=True, timeout=PATIENCE_S)
        return found.stdout.split()[0]

    def _xdotool(self, *words):
        subprocess.run(["xdotool", *words], env=self.environment, check=True, capture_output=True, timeout=PATIENCE_S)

    # ---- eyes

    def state(self):
        try:
            with open(self.state_file) as file:
                return json.load(file)
        except FileNotFoundError:
            return None

    def wait(self, what, condition, patience=PATIENCE_S):
        """Waits until the state fulfils the condition, and returns the state."""
        end = time.monotonic() + patience
        state = None
        while time.monotonic() < end:
            if self.process.poll() is not None:
                raise NotSeen(f"{self.name}: the program ended while waiting for {what}: {self.process.stderr.read()}")
            state = self.state()
            if state is not None and condition(state):
                return state
            time.sleep(LOOK_S)
        self.shot("not-seen")
        seen = {key: value for key, value in (state or {}).items() if key != "places"}
        raise NotSeen(f"{self.name}: {what} was not seen; the window showed {json.dumps(seen)}")

    def wait_story(self, pattern):
        """Waits until a line of the story matches."""
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end:
            for line in list(self.story):
                if re.search(pattern, line):
                    return line
            time.sleep(LOOK_S)
        raise NotSeen(f"{self.name}: no line of the story matches {pattern}: {self.story[-20:]}")

    def place(self, name):
        """The middle of a named thing, once it is drawn and stands still."""
        seen = []

        def stands_still(state):
            seen.append(state["places"].get(name))
            return seen[-1] is not None and (len(seen) > 1 and seen[-2] == seen[-1] or not state["is_playing"])

        x, y, w, h = self.wait(f"the place of {name}", stands_still)["places"][name]
        # A broker's card is full of replicas; the broker itself is its head.
        return x + w / 2, y + (min(12, h / 2) if name.startswith("stage:") else h / 2)

    def shot(self, name):
        """Keeps a picture for people."""
        folder = os.environ.get("KSCOPE_ARTEFACTS")
        if folder and shutil.which("import"):
            os.makedirs(folder, exist_ok=True)
            self.shots += 1
            subprocess.run(["import", "-window", "root", os.path.join(folder, f"{self.name}-{self.shots}-{name}.png")],
                           env=self.environment, timeout=PATIENCE_S, check=False)

    # ---- hands

    def key(self, chord):
        """One key, held for a moment: Dear ImGui looks at some keys once a frame."""
        self._xdotool("keydown", chord, "sleep", "0.06", "keyup", chord)

    def type(self, text):
        self._xdotool("type", "--delay", "60", text)

    def move(self, x, y):
        self._xdotool("mousemove", "--window", self.id, str(round(x)), str(round(y)))

    def click(self, name, button=1):
        """Moves to a named thing and clicks it."""
        self.click_at(*self.place(name), button)

    def click_at(self, x, y, button=1):
        self.move(x, y)
        self._xdotool("sleep", "0.08", "mousedown", str(button), "sleep", "0.08", "mouseup", str(button))

    def drag(self, start, end):
        self.move(*start)
        self._xdotool("sleep", "0.08", "mousedown", "1")
        for i in range(1, 9):
            self.move(start[0] + (end[0] - start[0]) * i / 8, start[1] + (end[1] - start[1]) * i / 8)
            self._xdotool("sleep", "0.05")
        self._xdotool("mouseup", "1")

    def close(self):
        """Quits by its key and returns the exit status."""
        if self.process.poll() is None:
            self.key("ctrl+q")
        try:
            return self.process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait(20)
        finally:
            self.listener.join(5)
            self.process.stdout.close()
            self.process.stderr.close()
            self.folder.cleanup()
