#!/usr/bin/env python3
"""Checks the house rules that a machine can check; --list prints each with its reason. Needs Python 3.11 and nothing else.

usage: tidy.py [--root DIR] [--self-test] [--list] [RULE...]

Prints `path:line: rule: message` for everything found and exits 1 if there was anything. A place where a rule makes
the code worse is waived on its own line or the line before: `// tidy:allow(rule-name): reason`.
"""

import argparse
import sys
from pathlib import Path

import rules_determinism  # noqa: F401  (registers its rules)
import rules_structure  # noqa: F401
from rule import RULES, findings
from source_text import SourceFile, Tree


def example_tree(example):
    return Tree(SourceFile(path, text) for path, text in (example if isinstance(example, list) else [example]))


def self_test():
    """Proves of every rule that it bites on its bad examples, leaves the good ones alone and can be waived."""
    failures, checked = [], 0
    for each in RULES.values():
        if not each.bad:
            failures.append(f"{each.name}: no example that it must catch")
        for example in each.bad:
            checked += 1
            found = list(findings(example_tree(example), [each.name]))
            if not found:
                failures.append(f"{each.name}: does not bite on {example}")
        for example in each.good:
            checked += 1
            for path, line, _, message in findings(example_tree(example), [each.name]):
                failures.append(f"{each.name}: bites on a good example: {path}:{line}: {message}")
    waived = SourceFile("sim/log/a.cpp", "// tidy:allow(no-exceptions): shown here\nthrow 1;\n")
    unreasoned = SourceFile("sim/log/a.cpp", "// tidy:allow(no-exceptions):\nthrow 1;\n")
    if list(findings(Tree([waived]), ["no-exceptions"])):
        failures.append("a waiver with a reason does not work")
    if not list(findings(Tree([unreasoned]), ["no-exceptions"])):
        failures.append("a waiver without a reason works")
    for failure in failures:
        print(failure)
    print(f"tidy self-test: {len(RULES)} rules, {checked} examples, {len(failures)} failures")
    return 1 if failures else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", default=Path(__file__).resolve().parents[2])
    parser.add_argument("--self-test", action="store_true")
    parser.add_argument("--list", action="store_true", help="list the rules and their reasons")
    parser.add_argument("rules", nargs="*", metavar="RULE")
    options = parser.parse_args()
    for name in options.rules:
        if name not in RULES:
            parser.error(f"no rule {name}; see --list")
    if options.self_test:
        return self_test()
    if options.list:
        for each in RULES.values():
            print(f"{each.name:24} {each.why}")
        return 0
    tree = Tree.read(options.root)
    found, reasons = 0, {}
    for path, line, each, message in sorted(findings(tree, options.rules), key=lambda f: f[:2]):
        print(f"{path}:{line}: {each.name}: {message}")
        reasons[each.name] = each.why
        found += 1
    for name, why in sorted(reasons.items()):
        print(f"  {name}: {why}")
    print(f"tidy: {len(tree.files)} files, {len(options.rules) or len(RULES)} rules, {found} findings")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
