#!/usr/bin/env python3
"""Writes sim/config/config_table_<scope>.cpp from the table of Kafka's own config definitions.

Usage: tools/gen_config_table.py            (from anywhere; reads tests/kafka/data/config_defaults_3.9.0.json)

Run it again after the JSON has changed and check the output in. A test compares the compiled table with the JSON.
The broker's ConfigDef contains those of the classes it merges, so these are not written a second time. Beside it stands
what can be set of a running broker only, which the JSON does not hold.
"""

import argparse
import json
import pathlib
import textwrap

ROOT = pathlib.Path(__file__).resolve().parent.parent
SOURCE = ROOT / "tests/kafka/data/config_defaults_3.9.0.json"
SCOPES = {
    "broker": "Broker(AbstractKafkaConfig)",
    "topic": "LogConfig(topic)",
    "producer": "ProducerConfig",
    "consumer": "ConsumerConfig",
    "admin": "AdminClientConfig",
}
# DynamicConfig.Broker of Kafka 3.9: configs of running brokers that have no place in server.properties.
DYNAMIC_BROKER_CONFIGS = [
    {"name": name, "type": "LONG", "default": 2**63 - 1, "valid": "[0,...]", "required": False, "internal": False}
    for name in ("follower.replication.throttled.rate", "leader.replication.throttled.rate",
                 "replica.alter.log.dirs.io.max.bytes.per.second")
]


def literal(text):
    """A C++ string literal; a long text becomes several that the compiler joins."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    pieces = textwrap.wrap(escaped, 90, drop_whitespace=False, break_on_hyphens=False) or [""]
    return "\n     ".join(f'"{piece}"' for piece in pieces)


def default_text(entry):
    """The default as it would stand in a .properties file, or None when there is none."""
    value = entry["default"]
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ",".join(value)
    return str(value)


def row(entry):
    default = default_text(entry)
    presence = "REQUIRED" if entry["required"] else "INTERNAL" if entry["internal"] else "OPTIONAL"
    fields = [
        literal(entry["name"]),
        "ConfigType::" + entry["type"],
        "std::nullopt" if default is None else literal(default),
        literal(entry["valid"] or ""),
        "ConfigPresence::" + presence,
    ]
    return "    {" + ", ".join(fields) + "},\n"


def main():
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    configs = json.loads(SOURCE.read_text())["configs"]
    for scope, source in SCOPES.items():
        rows = [c for c in configs if c["source"] == source]
        assert rows, source
        rows = sorted(rows + (DYNAMIC_BROKER_CONFIGS if scope == "broker" else []), key=lambda c: c["name"].encode())
        assert not any(c["required"] and c["internal"] for c in rows)
        text = (
            '#include "sim/config/config_tables.h"\n\n'
            "// Written by tools/gen_config_table.py. Do not edit.\n"
            "// clang-format off\n\n"
            "namespace kscope::sim {\n"
            "namespace {\n\n"
            "constexpr ConfigDef kRows[] = {\n"
            + "".join(map(row, rows))
            + "};\n\n"
            "}  // namespace\n\n"
            f"std::span<const ConfigDef> {scope}_config_table() {{ return kRows; }}\n\n"
            "}  // namespace kscope::sim\n"
        )
        (ROOT / f"sim/config/config_table_{scope}.cpp").write_text(text)


if __name__ == "__main__":
    main()
