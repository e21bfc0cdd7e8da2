"""What a house rule is. Each one carries examples that it must catch and examples that it must leave alone.

The self-test runs every rule over its own examples, so a rule that does not bite cannot be added.
"""

from dataclasses import dataclass, field
from typing import Callable


@dataclass
class Rule:
    name: str
    why: str
    check: Callable  # (SourceFile, Tree) -> iterable of (line number, message)
    bad: list = field(default_factory=list)  # [(path, text)] or [[(path, text), ...]] where several files are needed
    good: list = field(default_factory=list)


RULES = {}


def rule(name, why, bad, good=()):
    """Registers a check under a name, with the reason shown to whoever breaks it."""

    def register(check):
        assert name not in RULES, name
        RULES[name] = Rule(name, why, check, list(bad), list(good))
        return check

    return register


def findings(tree, names=None):
    """Every (path, line, rule, message) in the tree that no waiver covers."""
    for each in RULES.values():
        if names and each.name not in names:
            continue
        for file in tree.files:
            for line, message in each.check(file, tree):
                if line not in file.waivers.get(each.name, ()):
                    yield file.path, line, each, message
