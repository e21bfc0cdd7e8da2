#!/usr/bin/env python3
"""Builds the benchmarks, runs every one of them and prints each figure beside its goal.

usage: tools/bench.py [--quick] [--only WORD] [--no-build] [--strict] [--build FOLDER]

  --quick      a look that takes seconds a program; not for figures to write down
  --only WORD  only programs with this word in their name; may be given several times
  --no-build   run what is built already
  --strict     end with status 1 when a goal is missed (without it only when a program fails)
  --build      the build folder (default: build/bench, the preset `bench`)

Programs are all tests/bench/*_bench.cpp, and tests/bench/cold_start.py where Xvfb is installed. Figures are CPU time where
the goal is per core, so that other work on the machine disturbs them little; still, measure on a quiet machine. What each
program printed is kept in build/artefacts/bench. docs/performance.md explains the figures.
"""
import argparse
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
LOGS = ROOT / "build" / "artefacts" / "bench"

FIGURE = re.compile(r"^figure: (?P<name>.*?): (?P<value>[-0-9.e+]+) (?P<unit>.*?)"
                    r"(?: \(goal (?P<goal>[<>]= [-0-9.e+]+)\) (?P<verdict>met|MISSED))?$")

# Counters of programs on Google Benchmark that have a goal: counter, factor, unit, goal.
COUNTER_GOALS = {
    "wall_cost": (100, "% of the run", "<=", 15),
    "bytes_per_event": (1, "bytes", "<=", 35),
}


def machine():
    model = "unknown processor"
    try:
        for line in open("/proc/cpuinfo", encoding="utf-8"):
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
                break
    except OSError:
        pass
    compiler = subprocess.run(["c++", "--version"], capture_output=True, text=True, check=False).stdout.split("\n")[0]
    load = os.getloadavg()[0]
    return f"{model}, {os.cpu_count()} processors, load {load:.1f} at the start; {compiler}"


def build(folder):
    commands = []
    if folder == ROOT / "build" / "bench":
        commands.append(["cmake", "--preset", "bench"])
    commands.append(["cmake", "--build", str(folder)])
    for command in commands:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            print((done.stdout + done.stderr)[-4000:], file=sys.stderr)
            sys.exit(f"bench: {' '.join(command)} failed")


def programs(folder, words):
    found = []
    for source in sorted((ROOT / "tests" / "bench").glob("*_bench.cpp")):
        found.append((source.stem, [str(folder / "tests" / "bench" / source.stem)]))
    if (folder / "bin" / "kafkascope-ui").exists():
        script = ROOT / "tests" / "bench" / "cold_start.py"
        found.append(("cold_start", [sys.executable, "-B", str(script), "--program",
                                     str(folder / "bin" / "kafkascope-ui")]))
    return [(name, command) for name, command in found if not words or any(word in name for word in words)]


def judged(text, value, unit, sign="", goal=None):
    met = goal is None or (value <= goal if sign == "<=" else value >= goal)
    return (text, f"{value:.4g}", unit, "" if goal is None else f"{sign} {goal:g}",
            "" if goal is None else "met" if met else "MISSED")


def compared(rows):
    """Figures that put rows of one program side by side."""
    rate = {row["name"]: row["items_per_second"] for row in rows if "items_per_second" in row}
    figures = []
    for pending in ("100", "10000", "1000000"):
        bare = rate.get(f"bare_radix_queue/{pending}")
        for part, text in (("engine_parts", "queue, slab and timers"), ("whole_kernel", "whole kernel")):
            own = rate.get(f"{part}/{pending}")
            if bare and own:
                figures.append(judged(f"hold model, {pending} pending: {text} against a bare radix queue", bare / own,
                                      "x its time", "<=", 1.4))
                if pending == "10000":
                    figures.append(judged(f"hold model, {pending} pending: {text}", own / 1e6, "M events/s", ">=", 10))
    # What ns-3 with its plain Schedule made of the same work, measured once (docs/performance.md).
    for nodes, yardstick in (("3", 5.569), ("100", 4.371), ("1000", 2.415)):
        own = rate.get(f"requests/{nodes}")
        if own:
            figures.append(judged(f"messages and timers, {nodes} nodes", own / 1e6, "M deliveries/s", ">=", yardstick))
    return figures


def counters(path):
    """Figures of a program on Google Benchmark: rows compared, its counters, else the time of each benchmark."""
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))["benchmarks"]
    except (OSError, ValueError, KeyError):
        return []
    figures = compared(rows)
    if figures:
        return figures
    known = {"real_time", "cpu_time", "iterations", "repetitions", "repetition_index", "threads", "family_index",
             "per_family_instance_index"}
    for row in rows:
        if row.get("run_type") == "aggregate" and row.get("aggregate_name") != "median":
            continue
        own = {key: value for key, value in row.items() if key not in known and isinstance(value, (int, float))}
        if not own:
            own = {"time": row["cpu_time"]}
        for key, value in own.items():
            factor, unit, sign, goal = COUNTER_GOALS.get(key, (1, row["time_unit"] if key == "time" else "", "", None))
            figures.append(judged(f"{row['name']} {key}", value * factor, unit, sign, goal))
    return figures


def run(name, command, quick):
    LOGS.mkdir(parents=True, exist_ok=True)
    out = LOGS / f"{name}.json"
    out.unlink(missing_ok=True)
    arguments = list(command)
    if name == "cold_start":
        arguments += ["--runs", "1"] if quick else []
    else:
        arguments += [f"--benchmark_out={out}", "--benchmark_out_format=json"]
        arguments += ["--quick"] if quick else []
    done = subprocess.run(arguments, cwd=ROOT, capture_output=True, text=True, check=False)
    (LOGS / f"{name}.log").write_text(done.stdout + done.stderr, encoding="utf-8")
    figures = []
    for line in done.stdout.splitlines():
        match = FIGURE.match(line)
        if match:
            figures.append((match["name"], match["value"], match["unit"], match["goal"] or "", match["verdict"] or ""))
    return done.returncode, figures or counters(out)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter,
                                     usage=argparse.SUPPRESS)
    parser.add_argument("--quick", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--only", action="append", default=[], help=argparse.SUPPRESS)
    parser.add_argument("--no-build", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--strict", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--build", default=str(ROOT / "build" / "bench"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    folder = pathlib.Path(options.build).resolve()
    if not options.no_build:
        build(folder)
    chosen = programs(folder, options.only)
    if not chosen:
        sys.exit("bench: no program has such a name")
    print(machine())
    failed, missed = [], 0
    for name, command in chosen:
        print(f"\n{name}")
        if name == "cold_start" and shutil.which("Xvfb") is None:
            print("  skipped: Xvfb is not installed")
            continue
        if name != "cold_start" and not pathlib.Path(command[0]).exists():
            print("  not built")
            failed.append(name)
            continue
        status, figures = run(name, command, options.quick)
        for text, value, unit, goal, verdict in figures:
            missed += verdict == "MISSED"
            print(f"  {text:<76} {value:>8} {unit:<14} {goal:<9} {verdict}".rstrip())
        if status != 0 or not figures:
            print(f"  FAILED (status {status}), see {(LOGS / f'{name}.log').relative_to(ROOT)}")
            failed.append(name)
    print(f"\n{missed} goals missed, {len(failed)} programs failed")
    return 1 if failed or (options.strict and missed) else 0


if __name__ == "__main__":
    sys.exit(main())
