#!/usr/bin/env python3
"""Runs every scenario with the program of every build and compares the fingerprints. A difference means that a run
depends on the compiler, the optimiser, the sanitizers or the surroundings, and that is always a mistake.

usage: compare_runs.py [--jobs N] [--report FILE.csv] [--until TIME] [--seed N] [--scenarios DIR] BUILD...

Every build is run in different surroundings (time zone, language, working folder, filling of fresh memory), and the
first build is run twice. Prints each difference and `N scenarios, N differences`; exits 1 if anything differs or fails.
"""

import argparse
import csv
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

SURROUNDINGS = [
    {},
    {"TZ": "Pacific/Chatham", "LC_ALL": "C", "MALLOC_PERTURB_": "165", "HOME": "/nonexistent"},
    {"TZ": "America/St_Johns", "LANG": "de_DE.UTF-8", "MALLOC_PERTURB_": "90"},
    {"TZ": "UTC", "COLUMNS": "40", "MALLOC_PERTURB_": "17"},
]
# Scenarios below these folders are large on purpose: they are left out of slow builds.
LARGE = ("bench",)


def find_fingerprint(value):
    """The fingerprint in a JSON answer, however deep it lies; None when there is none."""
    if isinstance(value, dict):
        if "fingerprint" in value and not isinstance(value["fingerprint"], (dict, list)):
            return str(value["fingerprint"])
        value = list(value.values())
    if isinstance(value, list):
        for part in value:
            found = find_fingerprint(part)
            if found is not None:
                return found
    return None


def run(program, scenario, surroundings, folder, options):
    command = [str(program), "run", str(scenario), "--json"]
    if options.until:
        command += ["--until", options.until]
    if options.seed:
        command += ["--seed", options.seed]
    try:
        done = subprocess.run(command, cwd=folder, env={**os.environ, **surroundings}, stdin=subprocess.DEVNULL,
                              capture_output=True, timeout=options.timeout)
    except subprocess.TimeoutExpired:
        return f"no end within {options.timeout} s"
    # Exit code 1 is a scenario whose expectations do not hold, which is for its own test to judge; 2 and more are errors.
    if done.returncode not in (0, 1):
        return f"exit code {done.returncode}: {done.stderr.decode(errors='replace').strip()[-300:]}"
    try:
        return find_fingerprint(json.loads(done.stdout)) or "no fingerprint in the answer"
    except json.JSONDecodeError as error:
        return f"answer is not JSON: {error}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--report")
    parser.add_argument("--until")
    parser.add_argument("--seed")
    parser.add_argument("--timeout", type=int, default=120)
    parser.add_argument("--scenarios", default=Path(__file__).resolve().parent.parent / "scenarios", type=Path)
    parser.add_argument("builds", nargs="+", metavar="BUILD", type=Path)
    options = parser.parse_args()

    programs = [build.resolve() / "bin" / "kafkascope" for build in options.builds]
    for program in programs:
        if not os.access(program, os.X_OK):
            parser.error(f"{program} is missing")
    # The first build once more, in the surroundings of a build that does not exist.
    columns = [(build.name, program) for build, program in zip(options.builds, programs)]
    columns.append((options.builds[0].name + " again", programs[0]))
    scenarios = sorted(options.scenarios.resolve().rglob("*.toml"))
    slow = {"dev", "coverage"}

    jobs = {}
    with ThreadPoolExecutor(options.jobs) as pool:
        for scenario in scenarios:
            large = scenario.relative_to(options.scenarios.resolve()).parts[0] in LARGE
            for number, (name, program) in enumerate(columns):
                if large and name in slow:
                    continue
                folder = scenario.parent if number % 2 else options.scenarios
                jobs[scenario, name] = pool.submit(run, program, scenario, SURROUNDINGS[number % len(SURROUNDINGS)], folder, options)

    differences, rows = 0, []
    for scenario in scenarios:
        answers = {name: jobs[scenario, name].result() for name, _ in columns if (scenario, name) in jobs}
        rows.append([scenario.relative_to(options.scenarios.resolve()).as_posix()] + [answers.get(name, "") for name, _ in columns])
        bad = [answer for answer in answers.values() if " " in answer]
        if bad or len(set(answers.values())) != 1:
            differences += 1
            print(f"{rows[-1][0]}:")
            for name, answer in answers.items():
                print(f"  {name:16} {answer}")
    if options.report:
        with open(options.report, "w", newline="", encoding="utf-8") as out:
            csv.writer(out).writerows([["scenario"] + [name for name, _ in columns]] + rows)
    print(f"{len(scenarios)} scenarios, {len(columns)} runs of each, {differences} differences")
    return 1 if differences or not scenarios else 0


if __name__ == "__main__":
    sys.exit(main())
