"""Rules on what may include what, what a file looks like and where it lies."""

import re
import tomllib
from pathlib import PurePosixPath

from rule import rule

ROOTS = ("engine/", "sim/", "ui/", "tests/")
UI_SEES_OF_SIM = ("sim/view/", "sim/session/", "sim/types/", "sim/scenario/")


def forbidden_include(path, include):
    """Why the file may not include `include`, or None."""
    if path.startswith("engine/") and include.startswith(("sim/", "ui/", "tests/")):
        return "engine includes only itself and the standard library"
    if path.startswith("sim/"):
        if include.startswith(("ui/", "tests/")):
            return "nothing below the window includes it"
        if include.startswith("sim/record/") and not path.startswith(("sim/record/", "sim/cli/")):
            return "only the recorder and the command line know the recorder"
        if include.startswith("sim/cli/") and not path.startswith("sim/cli/"):
            return "nobody includes the command line"
    if path.startswith("ui/"):
        if include.startswith("tests/"):
            return "programs do not include tests"
        if include.startswith("sim/record/") and path.startswith(("ui/app/", "ui/platform/")):
            return None
        if include.startswith("sim/") and not include.startswith(UI_SEES_OF_SIM):
            return "ui sees only " + ", ".join(UI_SEES_OF_SIM)
    return None


@rule("include-direction", "engine <- sim <- record, ui: a lower layer never knows a higher one",
      bad=[("engine/core/a.h", '#include "sim/types/ids.h"\n'), ("sim/log/a.cpp", '#include "ui/app/app.h"\n'),
           ("sim/world/a.cpp", '#include "sim/record/recorder.h"\n'), ("ui/panels/a.cpp", '#include "sim/world/world.h"\n'),
           ("ui/panels/a.cpp", '#include "sim/record/reader.h"\n'), ("sim/log/a.cpp", '#include "sim/cli/options.h"\n')],
      good=[("ui/panels/a.cpp", '#include "sim/view/snapshot.h"\n'), ("sim/cli/a.cpp", '#include "sim/record/recorder.h"\n'),
            ("ui/app/a.cpp", '#include "sim/record/reader.h"\n'), ("sim/log/a.cpp", '// #include "ui/app/app.h"\n')])
def include_direction(file, tree):
    if file.is_cxx:
        for line, include, _ in file.includes:
            reason = forbidden_include(file.path, include)
            if reason:
                yield line, f"includes {include}: {reason}"


LIBRARIES = [
    (r"sqlite3", ("sim/record/", "tests/record/", "tests/sim/record/"), "SQLite is known to sim/record alone"),
    (r"toml\+\+|toml\.hpp|tomlplusplus", ("sim/scenario/",), "toml++ is known to sim/scenario alone"),
    (r"CLI/", ("sim/cli/", "ui/app/", "ui/platform/"), "CLI11 is known to the programs alone"),
    (r"imgui|imstb|stb_", ("ui/", "tests/ui/", "tests/window/", "tests/bench/"), "Dear ImGui and stb belong to the window"),
    (r"GLFW|GL/|glad", ("ui/platform/", "ui/draw/", "tests/window/"), "OpenGL and GLFW are known to ui/platform alone"),
    (r"fmt/", ("sim/", "ui/", "tests/"), "engine needs the standard library only"),
    (r"nlohmann/", ("sim/record/", "sim/cli/", "ui/platform/", "tests/"), "JSON is an export format"),
]


@rule("library-home", "each foreign library is wrapped in one place",
      bad=[("sim/view/a.cpp", "#include <sqlite3.h>\n"), ("sim/cli/a.cpp", "#include <toml++/toml.h>\n"),
           ("sim/view/a.cpp", "#include <imgui.h>\n"), ("ui/panels/a.cpp", "#include <GLFW/glfw3.h>\n"),
           ("engine/core/a.cpp", "#include <fmt/format.h>\n"), ("sim/log/a.cpp", "#include <nlohmann/json.hpp>\n")],
      good=[("sim/record/a.cpp", "#include <sqlite3.h>\n"), ("ui/platform/a.cpp", "#include <GLFW/glfw3.h>\n")])
def library_home(file, tree):
    if file.is_cxx:
        for line, include, _ in file.includes:
            for pattern, homes, reason in LIBRARIES:
                if re.match(pattern, include) and not file.path.startswith(homes):
                    yield line, f"includes {include}: {reason}"


@rule("include-from-root", "includes are written from the root and name a file that is there",
      bad=[("sim/log/a.cpp", '#include "partition_log.h"\n'), ("sim/log/a.cpp", '#include "../log/a.h"\n'),
           ("sim/log/a.cpp", '#include "sim/log/missing.h"\n'), ("sim/log/a.cpp", "#include <sim/log/missing.h>\n")],
      good=[[("sim/log/a.cpp", '#include "sim/log/a.h"\n'), ("sim/log/a.h", "")]])
def include_from_root(file, tree):
    if not file.is_cxx:
        return
    for line, include, quoted in file.includes:
        if include.startswith(ROOTS):
            if not quoted:
                yield line, f"<{include}> is ours: use quotes"
            elif include not in tree.paths:
                yield line, f"{include} does not exist"
        elif quoted and not re.match(r"generated/|.*_generated\.h$", include):
            yield line, f'"{include}" is not written from the root'


@rule("include-cycle", "headers form no cycles",
      bad=[[("sim/log/a.h", '#include "sim/log/b.h"\n'), ("sim/log/b.h", '#include "sim/log/a.h"\n')]],
      good=[[("sim/log/a.h", '#include "sim/log/b.h"\n'), ("sim/log/b.h", "")],
            [("engine/run/kernel.h", '#include "engine/run/kernel_step.h"\n'), ("engine/run/kernel_step.h", '#include "engine/run/kernel.h"\n')]])
def include_cycle(file, tree):
    if not file.is_cxx:
        return

    def followed(source):
        """What the source includes, without its own parts: a long template x.h may end by including x_body.h."""
        own = source.path.removesuffix(".h") + "_"
        return [(line, include) for line, include, _ in source.includes if not include.startswith(own)]

    graph = getattr(tree, "include_graph", None)
    if graph is None:
        graph = tree.include_graph = {f.path: [include for _, include in followed(f)] for f in tree.files if f.is_cxx}
    for line, include in followed(file):
        seen, todo = set(), [include]
        while todo:
            at = todo.pop()
            if at == file.path:
                yield line, f"including {include} leads back to this file"
                break
            if at not in seen:
                seen.add(at)
                todo.extend(graph.get(at, ()))


@rule("header-form", "a header starts with #pragma once and a comment that says what it is",
      bad=[("sim/log/a.h", "struct A {};\n"), ("sim/log/a.h", "#pragma once\n\nstruct A {};\n"),
           ("sim/log/a.h", "// What this is, said before the guard.\n#pragma once\n"),
           ("sim/log/a.h", "#pragma once\n// Log.\n")],
      good=[("sim/log/a.h", "#pragma once\n// One replica's log: batches in order of offset, sealed when full.\n")])
def header_form(file, tree):
    if file.suffix != ".h":
        return
    lines = file.lines
    if not lines or lines[0].strip() != "#pragma once":
        yield 1, "the first line is not #pragma once"
        return
    rest = [line.strip() for line in lines[1:] if line.strip()]
    comment = []
    for line in rest:
        if not line.startswith("//"):
            break
        comment.append(line.lstrip("/ "))
    if len(" ".join(comment)) < 40:
        yield 2, "after #pragma once comes a comment of some lines: what this is, what it models, what it leaves out"


@rule("file-length", "aim for 100-250 lines, stop at 600",
      bad=[("sim/log/a.cpp", "int x;\n" * 601)], good=[("sim/log/a.cpp", "\n" * 600), ("tests/golden/a.txt", "\n" * 900)])
def file_length(file, tree):
    if file.suffix in {".h", ".cpp", ".py", ".sh", ".cmake"} and len(file.lines) > 600:
        yield 601, f"{len(file.lines)} lines: split it by concept"


@rule("no-catch-all-folder", "no folder for things without a home",
      bad=[("sim/utils/a.h", ""), ("engine/common/a.cpp", "")], good=[("sim/log/a.h", "")])
def no_catch_all_folder(file, tree):
    if file.below("engine", "sim", "ui", "tests"):
        for part in PurePosixPath(file.path).parts[:-1]:
            if part in {"common", "util", "utils", "misc", "helpers"}:
                yield 1, f"folder {part}: name the concept instead"


@rule("test-namespace", "a test file has a namespace of its own name: it is compiled in one unit with others",
      bad=[("tests/sim/log/a_test.cpp", "namespace kscope::sim {\nnamespace {\n}\n}\n"),
           ("tests/sim/log/a_test.cpp", "namespace kscope::sim::b_test {\nnamespace {\n}\n}\n")],
      good=[("tests/sim/log/a_test.cpp", "namespace kscope::sim::a_test {\nnamespace {\n}\n}\n"),
            ("tests/sim/log/fixture.cpp", "namespace kscope::sim {\n}\n")])
def test_namespace(file, tree):
    if not file.path.startswith("tests/") or not file.path.endswith("_test.cpp"):
        return
    stem = PurePosixPath(file.path).stem
    for line, text in enumerate(file.lines, 1):
        if re.match(r"namespace kscope\b", text) and not re.search(rf"::{stem} \{{", text):
            yield line, f"the namespace is not that of this file: kscope::...::{stem}"


@rule("test-mirrors-source", "a test lies where its source lies",
      bad=[("tests/sim/log/nothing_test.cpp", ""), ("tests/sim/nowhere/a_test.cpp", ""),
           [("tests/sim/log/partition_log_tests.cpp", ""), ("sim/log/partition_log.h", "")]],
      good=[[("tests/sim/log/partition_log_test.cpp", ""), ("sim/log/partition_log.h", "")],
            [("tests/sim/log/partition_log_truncate_test.cpp", ""), ("sim/log/partition_log.cpp", "")],
            [("tests/record/recorder_test.cpp", ""), ("sim/record/recorder.h", "")],
            [("tests/sim/log/fixture.cpp", ""), ("sim/log/a.h", "")],
            [("tests/sim/log/story_test.cpp", '#include "sim/log/a.h"\n'), ("sim/log/a.h", "")],
            [("tests/sim/log/log_story_test.cpp", ""), ("sim/log/a.h", "")]])
def test_mirrors_source(file, tree):
    match = re.match(r"tests/((engine|sim|ui|record|cli)/.*?)?([^/]+)\.cpp$", file.path)
    if not match or not match.group(1):
        return
    folder, stem = match.group(1).rstrip("/"), match.group(3)
    if re.search(r"_tests$|^test_", stem):
        yield 1, "test files end in _test.cpp"
        return
    if not stem.endswith("_test"):
        return
    stem = stem[: -len("_test")]
    homes = [home for home in (folder, "sim/" + folder) if home in tree.folders]
    if not homes:
        yield 1, f"there is no source folder {folder}/"
        return
    sources = {PurePosixPath(p).stem for p in tree.paths for home in homes if p.startswith(home + "/")}
    sources.update(PurePosixPath(home).name for home in homes)
    includes_one = any(include.startswith(tuple(home + "/" for home in homes)) for _, include, _ in file.includes)
    if not includes_one and not any(stem == s or stem.startswith(s + "_") for s in sources):
        yield 1, f"it includes nothing of {homes[0]}/, and no source there has a name that {stem} begins with"


@rule("todo-names-its-issue", "unfinished work is written down with an issue number",
      bad=[("sim/log/a.cpp", "// TO" "DO: later\n"), ("tools/a.sh", "# FIX" "ME\n")],
      good=[("sim/log/a.cpp", "// TO" "DO(#12): compaction of transactions\n")])
def todo_names_its_issue(file, tree):
    if file.is_text and file.suffix not in {".csv", ".json"}:
        for line, match in file.find(r"\b(TO" r"DO|FIX" r"ME|XX" r"X|HA" r"CK)\b(?!\(#\d+\))", file.text):
            yield line, f"{match.group(1)} without an issue number"


# Kafka's own documented default folders are facts about Kafka, not about the machine somebody works on.
KAFKA_DEFAULT_PATHS = r"tmp/(kafka|kraft|zookeeper)"


@rule("no-machine-paths", "the repository knows no place on anybody's machine",
      bad=[("docs/a.md", "see /" "work/main\n"), ("tools/a.sh", "cp a /" "tmp/b\n"), ("sim/cli/a.cpp", '"/' 'home/joe"\n'),
           ("docs/a.md", "/" "root\n")],
      good=[("docs/a.md", "https://example.org/" "home/x and net/" "work\n"),
            ("sim/config/a.cpp", '"/' 'tmp/kafka-logs"\n')])
def no_machine_paths(file, tree):
    if file.is_text:
        for line, match in file.find(r"(?<![\w.}\)/*~-])/(?!" + KAFKA_DEFAULT_PATHS + r")(work|tmp|root|home)(?![\w-])", file.text):
            yield line, f"machine path {match.group()}"


@rule("links-lead-somewhere", "a page links only to files that are there",
      bad=[("docs/a.md", "see [b](b.md)\n"), ("README.md", "![x](docs/x.png)\n")],
      good=[[("docs/a.md", "[b](../b.md#part), [web](https://example.org/a.md), [here](#below), `[x](y.md)`\n"), ("b.md", "")],
            [("docs/a.md", "[folder](adr/)\n"), ("docs/adr/x.md", "")]])
def links_lead_somewhere(file, tree):
    if file.suffix != ".md":
        return
    text = re.sub(r"```.*?```|`[^`\n]*`", lambda m: re.sub(r"[^\n]", " ", m.group()), file.text, flags=re.DOTALL)
    for line, match in file.find(r"\]\(([^)\s#]+)[^)]*\)", text):
        target = match.group(1)
        if re.match(r"[a-z]+:", target):
            continue
        parts = []
        for part in (PurePosixPath(file.path).parent / target).parts:
            if part == "..":
                parts = parts[:-1]
            elif part != ".":
                parts.append(part)
        path = "/".join(parts)
        if path not in tree.paths and path not in tree.folders:
            yield line, f"nothing at {target}"


@rule("plain-text", "no tabs, no blanks at line ends, a line end at the end",
      bad=[("tools/a.py", "x\t= 1\n"), ("tools/a.sh", "ls \n"), ("sim/log/a.cpp", "int x;")],
      good=[("tools/a.sh", "ls\n"), ("tests/sim/log/empty.h", "")])
def plain_text(file, tree):
    if file.suffix not in {".h", ".cpp", ".py", ".sh", ".cmake", ".toml"}:
        return
    for line, text in enumerate(file.lines, 1):
        if "\t" in text:
            yield line, "tab"
        if text != text.rstrip():
            yield line, "blank at the end of the line"
    if file.text and not file.text.endswith("\n"):
        yield len(file.lines), "no line end at the end of the file"


@rule("toml-parses", "a scenario is a TOML file that every reader understands",
      bad=[("scenarios/lessons/a.toml", "title = \n")], good=[("scenarios/lessons/a.toml", 'title = "A"\na.b.c = 1\n')])
def toml_parses(file, tree):
    if file.suffix == ".toml" and not file.below("tests"):
        try:
            tomllib.loads(file.text)
        except tomllib.TOMLDecodeError as error:
            match = re.search(r"at line (\d+)", str(error))
            yield int(match.group(1)) if match else 1, str(error)


MODEL_PAGE = "docs/model/README.md"


@rule("model-marks", "the page on the model names every file that differs from Kafka on purpose, and no other",
      bad=[[("sim/log/a.cpp", "// MODEL: no indexes.\n"), (MODEL_PAGE, "nothing\n")],
           [("sim/log/a.cpp", "int x;\n"), (MODEL_PAGE, "* No indexes. `sim/log/a.cpp`\n")]],
      good=[[("sim/log/a.cpp", "// MODEL: no indexes.\n"), (MODEL_PAGE, "* No indexes. `sim/log/a.cpp`\n")],
            ("tests/sim/log/a_test.cpp", "// MODEL: a test may speak of it.\n")])
def model_marks(file, tree):
    pages = [other for other in tree.files if other.path == MODEL_PAGE]
    named = re.findall(r"`((?:sim|engine)/[\w/]+\.(?:h|cpp))`", pages[0].text) if pages else []
    if file.is_cxx and file.path.startswith(("sim/", "engine/")):
        mark = next((n for n, text in enumerate(file.lines, 1) if "MODEL:" in text), None)
        if mark and file.path not in named:
            yield mark, f"{MODEL_PAGE} does not name this file"
    if file.path == MODEL_PAGE:
        marked = {other.path for other in tree.files if other.is_cxx and "MODEL:" in other.text}
        for line, text in enumerate(file.lines, 1):
            for path in re.findall(r"`((?:sim|engine)/[\w/]+\.(?:h|cpp))`", text):
                if path not in marked:
                    yield line, f"{path} has no MODEL: mark"
