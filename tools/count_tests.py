#!/usr/bin/env python3
"""Counts the tests of a JUnit report that ctest wrote.

usage: count_tests.py REPORT.xml

Prints `PASSED FAILED SKIPPED` on the first line and the name of every failed test on a line of its own. A test that
could not be started (its program is missing) has failed; one that is disabled or asks to be skipped has been skipped.
"""

import sys
import xml.etree.ElementTree as ElementTree


def count(report):
    passed, skipped, failed = 0, 0, []
    for case in ElementTree.parse(report).getroot().iter("testcase"):
        reason = case.find("skipped")
        if case.get("status") == "run" and case.find("failure") is None:
            passed += 1
        elif case.get("status") == "disabled" or (reason is not None and reason.get("message", "").startswith("SKIP_")):
            skipped += 1
        else:
            failed.append(case.get("name"))
    return passed, failed, skipped


def main():
    if len(sys.argv) != 2 or sys.argv[1] in ("-h", "--help"):
        print(__doc__)
        return 0 if len(sys.argv) == 2 else 2
    passed, failed, skipped = count(sys.argv[1])
    print(passed, len(failed), skipped)
    print("\n".join(failed), end="\n" if failed else "")
    return 0


if __name__ == "__main__":
    sys.exit(main())
