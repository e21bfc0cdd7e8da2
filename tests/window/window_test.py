#!/usr/bin/env python3
"""Tests of the real window: start, picture, keys, mouse, no display. Needs Xvfb; keys and mouse also need xdotool.

usage: window_test.py PROGRAM   (the program under test: ui_gallery or kafkascope-ui)

With KSCOPE_ARTEFACTS=FOLDER pictures of what was seen on the way are kept there.
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

from driver import Screen, Window

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


def is_simulator():
    return "kafkascope-ui" in os.path.basename(PROGRAM)


class OnScreen(unittest.TestCase):
    """One virtual screen for all tests of a class."""

    @classmethod
    def setUpClass(cls):
        cls.screen = Screen()
        cls.addClassCleanup(cls.screen.close)

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def run_program(self, *arguments, timeout=120):
        return subprocess.run([PROGRAM, *arguments], env=dict(os.environ, DISPLAY=self.screen.display),
                              capture_output=True, text=True, timeout=timeout)


class Picture(OnScreen):
    def picture(self, *arguments):
        name = os.path.join(self.folder.name, "shot.png")
        done = self.run_program("--screenshot", name, *arguments)
        self.assertEqual(done.returncode, 0, done.stderr)
        return read_png(name)

    def test_no_display_is_said_clearly(self):
        environment = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY")}
        done = subprocess.run([PROGRAM], capture_output=True, text=True, timeout=60, env=environment)
        self.assertEqual(done.returncode, 3)
        self.assertIn("display", done.stderr)

    def test_picture_has_exactly_the_size_asked_for_and_is_the_same_twice(self):
        first = self.picture("--paused", "--size", "1024x768")
        self.assertEqual(first[:2], (1024, 768))
        self.assertEqual(self.picture("--paused", "--size", "1024x768"), first)

    def test_themes_and_scales_differ_and_are_not_empty(self):
        seen = set()
        for arguments in (("--theme", "light"), ("--theme", "dark"), ("--projector",), ("--scale", "1.5")):
            _, _, rows = self.picture("--paused", "--size", "1024x768", *arguments)
            self.assertGreater(len(zlib.compress(rows, 1)), 15000, "nearly empty picture")
            seen.add(zlib.crc32(rows))
        self.assertEqual(len(seen), 4)

    def test_wrong_options_are_refused(self):
        for arguments in (("--size", "big"), ("--theme", "mauve"), ("--screenshot", "/nowhere/x.png")):
            self.assertNotEqual(self.run_program(*arguments).returncode, 0, arguments)

    def test_messages_are_seen_moving(self):
        if not is_simulator():
            self.skipTest("needs the simulator")
        pictures = {zlib.crc32(self.picture("--size", "1024x768", "--play", seconds)[2]) for seconds in ("1", "1.3", "1.6")}
        self.assertEqual(len(pictures), 3)

    def test_a_file_with_an_error_is_refused_with_its_place(self):
        if not is_simulator():
            self.skipTest("needs the simulator")
        name = os.path.join(self.folder.name, "wrong.toml")
        with open(name, "w") as file:
            file.write('title = "x"\n[[broker]]\nid = "one"\n')
        done = self.run_program(name, "--screenshot", os.path.join(self.folder.name, "x.png"))
        self.assertEqual(done.returncode, 1)
        self.assertIn("wrong.toml:3", done.stderr)


@unittest.skipUnless(shutil.which("xdotool"), "xdotool is not there")
class User(OnScreen):
    """What a person does with keys and mouse, and what comes of it."""

    def open(self, *arguments, **options):
        if not is_simulator():
            self.skipTest("needs the simulator")
        window = Window(self.screen, PROGRAM, *arguments, name=self._testMethodName[5:35], **options)
        self.addCleanup(window.close)
        return window

    def pause(self, window):
        window.wait("the run playing", lambda s: s["is_playing"])
        window.key("space")
        return window.wait("the pause", lambda s: not s["is_playing"])

    def test_start_pause_step_and_play_by_key_and_mouse(self):
        w = self.open()
        begin = w.wait("the first screen at work", lambda s: s["is_playing"] and s["caption"])
        w.wait("time passing by itself", lambda s: s["event"] > begin["event"])
        paused = self.pause(w)
        w.shot("paused")
        w.key("Left")
        back = w.wait("a step back", lambda s: s["event"] < paused["event"])
        w.key("Left")
        further = w.wait("another step back", lambda s: s["event"] < back["event"])
        self.assertEqual(further["stepped_over"], back["event"] - further["event"] - 1, "what is passed is counted")
        w.key("Right")
        again = w.wait("a step forward", lambda s: s["event"] > further["event"])
        self.assertEqual(again["event"], back["event"], "the same way back and forth")
        w.key("shift+Left")
        beat = w.wait("a beat back", lambda s: s["event"] < again["event"])
        self.assertTrue(beat["caption"])
        w.key("Next")
        w.wait("the next beat by the key of a presenter's remote", lambda s: s["event"] > beat["event"])
        w.click("command:run.pause")
        w.wait("play by mouse", lambda s: s["is_playing"])
        w.click("command:run.pause")
        w.wait("pause by mouse", lambda s: not s["is_playing"])
        w.shot("end")
        self.assertEqual(w.close(), 0)

    def test_kill_a_broker_by_mouse_and_find_the_election(self):
        w = self.open()
        start = self.pause(w)
        led = [name for name, p in start["partitions"].items() if p["leader"] == 1]
        self.assertTrue(led, "b1 leads something")
        w.click("stage:b1", button=3)
        menu = w.wait("the menu of b1", lambda s: "act:crash b1" in s["places"])
        self.assertIn("refused:restart b1", menu["places"], "what would do nothing is grey")
        w.shot("menu")
        w.click("refused:restart b1")
        w.click("act:crash b1")
        w.wait_story("Done: crash b1")
        w.wait("the act as a branch", lambda s: s["branches"][-1]["reason"] == "crash b1")
        w.key("6")
        w.key("space")
        over = w.wait("other leaders", lambda s: all(s["partitions"][name]["leader"] not in (1, -1) for name in led))
        self.assertEqual(over["nodes"]["b1"], "down")
        self.assertTrue(any("b1" in fault for fault in over["faults"]), "a chip says what is broken")
        w.key("space")
        w.wait("the pause", lambda s: not s["is_playing"])
        w.key("slash")
        w.wait("the filter taking the keys", lambda s: s["is_typing"])
        w.type("type:LeaderAndIsr & to:b2")
        found = w.wait("the rows of the election", lambda s: s["filter"] == "type:LeaderAndIsr & to:b2" and
                       0 < s["events_matching"] < 200 and any(name.startswith("event:") for name in s["places"]))
        w.shot("election")
        rows = sorted((name for name in found["places"] if name.startswith("event:")),
                      key=lambda name: found["places"][name][1])
        row = rows[len(rows) // 2]
        self.assertIn("LeaderAndIsr", row)
        number = row[6:].split()[0]
        w.click(row)
        w.wait("the row selected", lambda s: s["selection"] == f"event #{number}")
        w.key("Return")
        w.wait("the moment of the election", lambda s: s["event"] == int(number))
        w.shot("moment")
        self.assertEqual(w.close(), 0)

    def test_the_past_is_changed_without_losing_what_was(self):
        w = self.open("hello", "--at", "9s")
        end = w.wait("nine seconds", lambda s: not s["is_playing"] and s["time_ns"] == 9e9)
        x, y, width, height = end["places"]["timeline:overview"]
        w.drag((x + width - 4, y + height / 2), (x + width * 0.6, y + height / 2))
        past = w.wait("the playhead where the mouse dragged it", lambda s: abs(s["time_ns"] / 9e9 - 0.6) < 0.02)
        self.assertEqual(past["end_event"], end["end_event"], "what was computed is still there")
        w.shot("scrubbed")
        w.click("stage:b3")
        w.wait("b3 selected", lambda s: s["selection"] == "b3")
        w.key("k")
        branched = w.wait("a branch", lambda s: len(s["branches"]) == 2)
        main, other = branched["branches"]
        self.assertEqual((main["name"], main["end_event"], main["is_current"]), ("main", end["end_event"], False))
        self.assertEqual((other["reason"], other["forked_at_event"]), ("crash b3", past["event"]))
        w.key("space")
        w.wait("b3 dead on the new branch", lambda s: s["nodes"]["b3"] == "down")
        w.key("space")
        w.wait("the tree of branches", lambda s: "branch:main" in s["places"] and not s["is_playing"])
        w.shot("branch")
        w.key("ctrl+z")
        undone = w.wait("the old branch", lambda s: s["branches"][0]["is_current"])
        self.assertEqual(undone["nodes"]["b3"], "up")
        self.assertEqual(undone["event"], past["event"], "just before the act")
        w.key("ctrl+y")
        w.wait("the new branch again", lambda s: s["branches"][1]["is_current"])
        w.click("branch:main")
        w.wait("the old branch by mouse", lambda s: s["branches"][0]["is_current"])
        self.assertEqual(len(w.state()["branches"]), 2)
        self.assertEqual(w.close(), 0)

    def test_a_file_with_an_error_is_shown_and_the_run_stays(self):
        w = self.open()
        before = self.pause(w)
        name = os.path.join(self.folder.name, "wrong.toml")
        with open(name, "w") as file:
            file.write('title = "x"\n[[broker]]\nid = "one"\n')
        w.key("ctrl+o")
        w.wait("the choice of a file", lambda s: "field:path" in s["places"] and s["is_typing"])
        w.type(name)
        w.key("Return")
        said = w.wait("what is wrong", lambda s: s["problem"])
        self.assertIn("wrong.toml:3", said["problem"])
        self.assertEqual((said["scenario"], said["event"]), (before["scenario"], before["event"]))
        w.shot("error")
        w.click("button:close_problem")
        w.wait("the message closed", lambda s: not s["problem"] and s["has_overlay"])
        w.key("Escape")
        w.wait("the choice closed", lambda s: not s["has_overlay"])
        w.key("Right")
        w.wait("the old run going on", lambda s: s["event"] > before["event"])
        self.assertEqual(w.close(), 0)

    def test_run_until_a_condition_and_look_around(self):
        w = self.open()
        self.pause(w)
        w.key("u")
        w.wait("the question", lambda s: "field:answer" in s["places"] and s["is_typing"])
        w.type("nonsense")
        w.key("Return")
        w.wait("what is wrong with it", lambda s: s["answer_error"] and s["is_typing"])
        time.sleep(1)  # the field gets the keyboard back some frames after it is told to: keys before that are lost
        w.key("ctrl+a")
        w.type("processed(billing) >= 100")
        w.key("Return")
        w.wait_story(r"Reached: processed\(billing\) >= 100")
        w.wait("the pause there", lambda s: not s["pursuit"] and not s["is_playing"])
        for tab in ("Groups", "Partitions", "Sequence", "Log", "Cluster"):
            w.click(f"tab:{tab}")
            w.wait(tab, lambda s, tab=tab: s["tab"] == tab)
            w.shot(tab)
        w.key("ctrl+p")
        w.wait("the palette", lambda s: "overlay:palette" in s["places"] and s["is_typing"])
        w.type("dark th")
        w.key("Return")
        w.wait("the dark theme", lambda s: s["theme"] == "dark" and not s["has_overlay"])
        w.key("F11")
        w.wait("the projector", lambda s: s["theme"] == "projector")
        w.shot("projector")
        w.key("F11")
        w.wait("the dark theme again", lambda s: s["theme"] == "dark")
        w.key("ctrl+plus")
        w.wait("larger text", lambda s: s["scale"] > 1)
        # Letters that are typed into a field are no commands.
        branches = len(w.state()["branches"])
        w.key("slash")
        w.wait("the filter taking the keys", lambda s: s["is_typing"])
        w.type("kill rx")
        w.wait("the words in the filter", lambda s: s["filter"] == "kill rx")
        self.assertEqual(len(w.state()["branches"]), branches)
        self.assertNotIn("fault.", "".join(line for line in w.story if line.startswith("command:")))
        self.assertEqual(w.close(), 0)

    def test_one_key_runs_the_scenario_with_the_other_metadata_design(self):
        w = self.open("hello")
        w.wait("an ensemble", lambda s: s["event"] > 0 and "zk1" in s["nodes"])
        w.key("m")
        kraft = w.wait("a quorum", lambda s: s["event"] > 0 and "c1" in s["nodes"])
        self.assertNotIn("zk1", kraft["nodes"])
        w.shot("other-metadata")
        w.key("m")
        w.wait("the ensemble again", lambda s: "zk1" in s["nodes"])

    def test_lines_of_the_script_are_changed_in_place_and_undone(self):
        w = self.open("leader-crash-acks-1", "--at", "16s")
        start = w.wait("sixteen seconds", lambda s: s["time_ns"] == 16e9 and s["nodes"]["b1"] == "down")
        w.key("F4")
        w.key("ctrl+7")
        w.click("script_edit:crash b1")
        w.wait("the fields", lambda s: "field:script_text" in s["places"] and s["is_typing"])
        w.key("ctrl+a")
        w.type("crsh b2")
        w.key("Return")
        said = w.wait("what is wrong with it", lambda s: s["script_error"])
        self.assertIn('did you mean "crash"?', said["script_error"])
        self.assertEqual((len(said["branches"]), said["event"]), (1, start["event"]), "nothing has changed")
        w.shot("mistake")
        w.wait("the text taking the keys again", lambda s: s["is_typing"])
        w.key("ctrl+a")
        w.type("crash b2")
        w.key("Return")
        changed = w.wait("the changed run", lambda s: len(s["branches"]) == 2 and s["time_ns"] == 15e9)
        self.assertEqual(changed["branches"][1]["reason"], "crash b2 instead of crash b1")
        self.assertIn("crash b2", [line["text"] for line in changed["script"]])
        w.key("6")
        w.key("space")
        w.wait("b2 dead instead of b1", lambda s: s["nodes"]["b2"] == "down" and s["nodes"]["b1"] == "up")
        w.key("space")
        w.wait("the pause", lambda s: not s["is_playing"])
        w.shot("changed")
        w.key("ctrl+z")
        w.wait("the run of before", lambda s: s["branches"][0]["is_current"] and
               "crash b1" in [line["text"] for line in s["script"]])
        w.click("script_on:crash b1")
        without = w.wait("the run without the line", lambda s: len(s["branches"]) == 3)
        self.assertEqual(without["branches"][2]["reason"], "without crash b1")
        self.assertEqual([line["is_off"] for line in without["script"] if line["text"] == "crash b1"], [True])
        w.shot("off")
        w.key("a")
        w.wait("a new line", lambda s: "field:script_text" in s["places"] and s["is_typing"])
        w.type("pause b3 1s")
        w.key("Return")
        w.wait("the new line in the script", lambda s: "pause b3 1s" in [line["text"] for line in s["script"]])
        self.assertEqual(w.close(), 0)

    def test_an_inspection_is_pinned_and_one_goes_back_to_it(self):
        w = self.open("hello", "--at", "9s")
        w.click("stage:b1")
        w.wait("b1 selected", lambda s: s["selection"] == "b1")
        w.key("i")
        w.wait("its window", lambda s: "overlay:pin:b1" in s["places"])
        w.key("Tab")
        other = w.wait("something else selected", lambda s: s["selection"] not in ("", "b1"))
        self.assertIn("overlay:pin:b1", other["places"], "it stays")
        w.shot("pinned")
        w.key("BackSpace")
        w.wait("b1 again", lambda s: s["selection"] == "b1")
        w.key("shift+BackSpace")
        w.wait("forward again", lambda s: s["selection"] == other["selection"])
        w.click("command:explain.back")
        w.wait("back by mouse", lambda s: s["selection"] == "b1")
        w.key("i")
        w.wait("the window closed", lambda s: "overlay:pin:b1" not in s["places"])
        self.assertEqual(w.close(), 0)

    def test_a_run_is_recorded_and_the_command_line_replays_it(self):
        w = self.open("hello", "--at", "9s")
        w.click("stage:b3")
        w.wait("b3 selected", lambda s: s["selection"] == "b3")
        w.key("k")
        w.wait_story("Done: crash b3")
        w.key("6")
        w.key("space")
        w.wait("some seconds later", lambda s: s["time_ns"] > 11e9)
        w.key("space")
        end = w.wait("the pause", lambda s: not s["is_playing"])
        w.key("ctrl+shift+s")
        w.wait("the question", lambda s: "field:answer" in s["places"] and s["is_typing"])
        w.shot("record")
        name = os.path.join(self.folder.name, "mine.db")
        w.key("ctrl+a")
        w.type("/nowhere/mine.db")
        w.key("Return")
        w.wait("why it cannot be", lambda s: "/nowhere/mine.db" in s["answer_error"] and s["is_typing"])
        w.key("ctrl+a")
        w.type(name)
        w.key("Return")
        w.wait_story("The recording is in " + name)
        w.wait("the question closed", lambda s: not s["has_overlay"])
        self.assertEqual(w.close(), 0)
        replay = subprocess.run([os.path.join(os.path.dirname(PROGRAM), "kafkascope"), "replay", name],
                                capture_output=True, text=True, timeout=120)
        self.assertEqual(replay.returncode, 0, replay.stdout + replay.stderr)
        self.assertRegex(replay.stdout, str(end["event"]))

    def test_recent_runs_are_remembered_and_missing_ones_can_be_taken_out(self):
        home = os.path.join(self.folder.name, "home")
        mine = os.path.join(self.folder.name, "mine.toml")
        with open(mine, "w") as file:
            file.write('title = "Mine"\nbrokers = 1\n[[topic]]\nname = "orders"\nreplication.factor = 1\n')
        w = self.open(mine, state_home=home)
        self.assertEqual(w.wait("the run", lambda s: s["recent"])["recent"][0]["title"], "Mine")
        self.assertEqual(w.close(), 0)
        w = self.open("hello", "--paused", state_home=home)
        both = w.wait("both runs", lambda s: len(s["recent"]) == 2)["recent"]
        self.assertEqual([run["title"] for run in both], ["A small cluster at work", "Mine"], "the newest first")
        w.shot("recent")
        w.click("rail:Mine")
        w.wait("the run of before", lambda s: s["scenario"] == "mine" and s["recent"][0]["title"] == "Mine")
        self.assertEqual(w.close(), 0)
        os.remove(mine)
        w = self.open("hello", "--paused", state_home=home)
        gone = w.wait("the missing one", lambda s: "rail:Mine (missing)" in s["places"])
        self.assertEqual([run["is_missing"] for run in gone["recent"]], [False, True])
        w.click("rail:Mine (missing)")
        w.click("forget:Mine")
        left = w.wait("it is gone from the list", lambda s: len(s["recent"]) == 1)
        self.assertEqual((left["scenario"], left["problem"]), ("hello", ""), "a missing one opens nothing")
        self.assertEqual(w.close(), 0)


if __name__ == "__main__":
    PROGRAM = os.path.abspath(sys.argv.pop(1))
    unittest.main(verbosity=2)
