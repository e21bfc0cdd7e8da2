"""Rules that keep a run a pure function of scenario, seed and commands."""

import re

from rule import rule
from source_text import namespace_scope_statements

# Folders of sim whose code is outside of the simulated world: they show, store or start it and never decide in it.
OUTSIDE_THE_WORLD = ("sim/view", "sim/session", "sim/record", "sim/cli", "sim/scenario")


def in_model(file, *outside):
    return file.is_cxx and file.below("engine", "sim") and not (outside and file.below(*outside))


def words(file, pattern, message):
    for line, match in file.find(pattern):
        yield line, message.format(match.group().strip())


KAFKA_WORDS = (r"(?i)kafka|broker|zookeeper|znode|kraft|topic|consumer|producer|rebalanc|high_?watermark|leader_?epoch|"
               r"log_?end_?offset|log_?start_?offset|in_?sync|purgatory|offset_?commit|(?<![a-z])isr(?![a-z])")


@rule("engine-knows-no-kafka", "the engine could simulate something else",
      bad=[("engine/net/a.h", "struct BrokerLink {};\n"), ("engine/net/a.cpp", 'trace("topic");\n'),
           ("engine/core/a.h", "int isr_size;\n"), ("engine/core/a.h", "int HighWatermark;\n")],
      good=[("engine/core/a.h", "// the unit of Kafka's timestamps\nint visr;\n"), ("sim/log/a.h", "struct Broker {};\n")])
def engine_knows_no_kafka(file, tree):
    if file.is_cxx and file.below("engine"):
        for line, match in file.find(KAFKA_WORDS, file.code_and_strings):
            yield line, f"Kafka's word {match.group()} in the engine"


@rule("no-hash-order", "the order of a hash table differs between libraries",
      bad=[("engine/run/a.h", "std::unordered_map<int, int> m;\n"), ("sim/log/a.h", "#include <unordered_set>\n"),
           ("sim/log/a.cpp", "auto h = std::hash<int>{}(1);\n"), ("sim/log/a.cpp", "std::map<Node*, int> m;\n")],
      good=[("sim/log/a.h", "// no unordered_map here\nstd::map<int, Node*> m;\n"), ("ui/app/a.h", "std::unordered_map<int, int> m;\n")])
def no_hash_order(file, tree):
    if in_model(file):
        yield from words(file, r"\bunordered_(multi)?(map|set)\b", "{}: use std::map or a flat map")
        yield from words(file, r"\bstd::hash\b", "{}: use the project's fingerprint")
        yield from words(file, r"\bstd::(set|map|less)<\s*(const\s+)?[\w:]+\s*\*", "{}: pointers have no order of their own")


@rule("no-foreign-random", "only the stream that a handler was given may be drawn from",
      bad=[("sim/log/a.cpp", "#include <random>\n"), ("sim/log/a.cpp", "int x = rand();\n"), ("engine/net/a.cpp", "std::shuffle(a, b, g);\n"),
           ("engine/net/a.cpp", "std::uniform_int_distribution<int> d;\n"), ("sim/client/a.cpp", "std::sample(a, b, c, 1, g);\n")],
      good=[("sim/log/a.cpp", "auto x = rng.below(3); operand(); my::shuffle(a);\n")])
def no_foreign_random(file, tree):
    if in_model(file):
        yield from words(file, r"#include <random>", "{}: use engine/core/rng.h")
        yield from words(file, r"\b\w+_distribution\s*<", "{}: its numbers differ between libraries")
        yield from words(file, r"\bstd::(shuffle|sample|random_shuffle|random_device|mt19937(_64)?|minstd_rand0?)\b", "{}: use engine/core/rng.h")
        yield from words(file, r"(?<![\w.:>])(std::)?(s?rand|[delmn]rand48|random)\s*\(", "{}): use engine/core/rng.h")


@rule("no-wall-clock", "time comes from Ctx only",
      bad=[("sim/broker/a.cpp", "auto t = std::chrono::steady_clock::now();\n"), ("engine/run/a.cpp", "system_clock::now();\n"),
           ("sim/log/a.cpp", "std::time(nullptr);\n"), ("sim/view/a.cpp", "auto t = std::chrono::system_clock::now();\n"),
           ("sim/log/a.cpp", "#include <ctime>\n"), ("sim/log/a.cpp", "std::this_thread::sleep_for(1ms);\n")],
      good=[("sim/session/a.cpp", "auto t = std::chrono::steady_clock::now();\n"), ("sim/log/a.cpp", "run_time(3); ctx.time(x);\n")])
def no_wall_clock(file, tree):
    if in_model(file, "sim/session", "sim/record", "sim/cli"):
        yield from words(file, r"\b(system|steady|high_resolution|utc|file)_clock\b", "{}: use the time that you were given")
        yield from words(file, r"(?<![\w.:>])(std::)?(time|clock|gettimeofday|clock_gettime|localtime|gmtime)\s*\(\s*(nullptr|NULL|0|&|\))",
                         "{}: use the time that you were given")
        yield from words(file, r"#include <(ctime|time\.h)>|\bsleep_(for|until)\b", "{}: nothing waits and nothing looks at a wall clock")


@rule("no-floating-point", "floating point differs between machines: integers, ratios and tables decide",
      bad=[("sim/broker/a.h", "double load = 0;\n"), ("engine/net/a.cpp", "float f = 1;\n"), ("engine/net/a.cpp", "auto x = std::pow(2, n);\n"),
           ("sim/client/a.cpp", "#include <cmath>\n")],
      good=[("sim/view/a.h", "float x = 0;\n"), ("sim/broker/a.cpp", 'log("double"); // float\nint doubled = 2;\n')])
def no_floating_point(file, tree):
    if in_model(file, *OUTSIDE_THE_WORLD):
        yield from words(file, r"\b(float|double)\b", "{}: use integers, per mille or a table")
        yield from words(file, r"\bstd::(pow|exp|log|log2|log10|sin|cos|sqrt|lround|floor|ceil|round)\s*\(|#include <cmath>", "{}: use integers")


@rule("no-closures-in-state", "state is regular: it can be copied and compared, a closure cannot",
      bad=[("sim/broker/a.h", "std::function<void()> done;\n"), ("engine/queue/a.h", "#include <functional>\nstd::move_only_function<void()> f;\n"),
           ("sim/world/a.cpp", "std::any x;\n")],
      good=[("sim/session/a.h", "std::function<bool()> stop;\n"), ("sim/log/a.h", "void each(const std::function<void(int)>& f);\n"),
            ("sim/log/a.cpp", "using Visit = std::function<void(int)>;\n"), ("sim/log/a.cpp", "std::sort(a, b, std::less<>{});\n")])
def no_closures_in_state(file, tree):
    if in_model(file, *OUTSIDE_THE_WORLD):
        for line, match in file.find(r"(using \w+ = |const )?\bstd::(move_only_function|function|any|bind)\b"):
            # A parameter is never kept; a name for one is harmless where only this file can see it.
            lead = match.group(1) or ""
            if lead.startswith("const") or (lead.startswith("using") and file.suffix == ".cpp"):
                continue
            yield line, f"std::{match.group(2)} cannot be copied and compared as a value"


@rule("no-mutable-globals", "two worlds in one process must not notice each other",
      bad=[("sim/broker/a.cpp", "namespace kscope {\nint counter = 0;\n}\n"), ("sim/broker/a.cpp", "void f() {\n  static int calls = 0;\n}\n"),
           ("engine/net/a.h", "inline int limit{3};\n"), ("sim/broker/a.cpp", "thread_local Rng rng;\n"),
           ("sim/broker/a.cpp", "namespace {\nstd::vector<int> cache;\n}\n"), ("ui/panels/a.cpp", "void f() {\n  static bool open = true;\n}\n"),
           ("sim/broker/a.cpp", "struct A {\n  inline static int made = 0;\n};\n"), ("sim/log/a.cpp", "struct A { int x; } a;\n")],
      good=[("sim/broker/a.h", "namespace kscope {\nconstexpr int kLimit = 3;\ninline constexpr int kB{4};\nstatic int f(int x);\n"
             "struct A {\n  static A make();\n  static constexpr int k = 1;\n  int x = 0;\n};\nint g();\nusing B = A;\n"
             "template <class T>\nstruct C;\nenum class E { A, B };\n[[nodiscard]] int h(int y = 3);\nint f2(A a = {}) { return 1; }\n"
             "extern const int kX;\nbool operator==(const A&, const A&) = default;\nA::A(int x) : x(x) {}\nauto g() -> int;\n}\n"),
            ("sim/broker/a.cpp", "const std::array<int, 2> kT = {1, 2};\nstatic const int kZ = 1;\nvoid f() {\n  static const int k = 1;\n  int x = 0;\n}\n"
             "static_assert(sizeof(int) == 4);\nstatic void g(\n    int x) {}\nconst char* const kNames[] = {\"a\"};\n"),
            ("ui/app/a.cpp", "int main() { int x = 0; return x; }\n")])
def no_mutable_globals(file, tree):
    if not (in_model(file) or file.below("ui/panels", "ui/layout", "ui/draw")) or not file.is_cxx:
        return
    reported = set()
    for line, match in file.find(r"^[ \t]*((?:inline\s+)?(?:static|thread_local)(?:\s+(?:inline|thread_local|static))*)\s+(?!assert\b)([^;{}=]*)([;{=])"):
        declaration, end = match.group(2), match.group(3)
        is_function = "(" in declaration and not (end == "=" and "(" not in declaration)
        if not is_function and not re.search(r"\bconst(expr|eval|init)?\b", declaration):
            reported.add(line)
            yield line, f"mutable static: {match.group().strip()}"
    for line, text in namespace_scope_statements(file.code):
        if line not in reported and is_mutable_variable(text):
            yield line, f"mutable global: {' '.join(text.split())[:60]}"


NOT_A_VARIABLE = re.compile(
    r"(using|typedef|template|namespace|static_assert|friend|extern|concept|enum|asm|public|private|KSCOPE_\w+|static|thread_local|export|return)\b|\[\[|[A-Z_]+\(|~|\}")


def is_mutable_variable(statement):
    """Whether a statement at namespace scope declares a variable that can change."""
    if NOT_A_VARIABLE.match(statement):
        return False
    if re.match(r"(struct|class|union)\b", statement):
        return bool(re.search(r"\}\s*\w+", statement))
    head = re.split(r"[={]", statement, maxsplit=1)[0]
    if "(" in head or "operator" in statement:
        return False
    if re.search(r"\bconst(expr|eval|init)?\b", head):
        pointer = re.search(r"\*\s*(const\b)?", head)
        return bool(pointer and not pointer.group(1) and "constexpr" not in head)
    return bool(re.match(r"(inline\s+)?[\w:]+(<.*>)?[\s&*]+\w+(\[\w*\])*\s*$", head.strip(), re.DOTALL))


@rule("no-threads", "a handler runs to completion: nothing waits, locks or runs beside it",
      bad=[("sim/broker/a.cpp", "#include <thread>\n"), ("engine/run/a.h", "std::mutex m;\n"), ("sim/session/a.h", "std::atomic<int> x;\n"),
           ("sim/log/a.cpp", "auto f = std::async(g);\n")],
      good=[("sim/record/a.cpp", "#include <thread>\nstd::mutex m;\n"), ("sim/cli/a.cpp", "std::thread t;\n"),
            ("sim/broker/a.cpp", "int thread_count = 3;\n")])
def no_threads(file, tree):
    if in_model(file, "sim/record", "sim/cli"):
        yield from words(file, r"#include <(thread|mutex|atomic|condition_variable|future|shared_mutex|semaphore|latch|barrier|stop_token)>",
                         "{}: threads live in sim/record and sim/cli")
        yield from words(file, r"\bstd::(jthread|thread|(\w+_)?mutex|atomic\w*|async|future|promise|condition_variable\w*)\b", "{}: threads live in sim/record and sim/cli")


@rule("no-newer-language", "every supported compiler must understand it",
      bad=[("sim/view/a.cpp", "std::format(x);\n"), ("sim/view/a.cpp", "#include <format>\n"), ("sim/log/a.cpp", "co_await x;\n"),
           ("ui/app/a.cpp", "v | std::views::filter(f);\n"), ("engine/core/a.h", "#include <expected>\n")],
      good=[("sim/view/a.cpp", "fmt::format(x); std::ranges::sort(v);\n")])
def no_newer_language(file, tree):
    if file.is_cxx and file.below("engine", "sim", "ui"):
        yield from words(file, r"#include <(format|coroutine|expected|source_location|generator|print|stacktrace)>", "{}: not in every toolchain")
        yield from words(file, r"\bstd::(format|print(ln)?|views|ranges::views|expected|source_location)\b", "{}: not in every toolchain")
        yield from words(file, r"\bco_(await|yield|return)\b", "{}: a suspended frame cannot be copied")


@rule("no-exceptions", "errors are data: ErrorCode, Result<T> or KSCOPE_CHECK",
      bad=[("sim/broker/a.cpp", "throw 1;\n"), ("engine/core/a.h", "try { f(); } catch (...) {}\n")],
      good=[("sim/scenario/a.cpp", "try { f(); } catch (const E& e) {}\n"), ("sim/broker/a.cpp", "// throw\nint throws = 1;\n")])
def no_exceptions(file, tree):
    if in_model(file, "sim/scenario", "sim/record", "sim/cli"):
        yield from words(file, r"\b(throw|try|catch)\b", "{}: return a Result or check")


@rule("no-surroundings", "locale, environment, files and addresses do not reach the world",
      bad=[("sim/broker/a.cpp", "std::getenv(x);\n"), ("engine/run/a.cpp", "#include <fstream>\n"), ("sim/log/a.cpp", "#include <filesystem>\n"),
           ("sim/log/a.cpp", "std::cout << 1;\n"), ("sim/log/a.cpp", "auto x = reinterpret_cast<std::uintptr_t>(p);\n")],
      good=[("sim/scenario/a.cpp", "#include <fstream>\n"), ("sim/cli/a.cpp", "std::getenv(x); std::cout << 1;\n")])
def no_surroundings(file, tree):
    if in_model(file, "sim/record", "sim/cli", "sim/scenario", "sim/session"):
        yield from words(file, r"\b(getenv|setlocale|getpid|get_id)\s*\(|\bstd::locale\b", "{}: the surroundings decide nothing")
        yield from words(file, r"#include <(fstream|filesystem|iostream|locale|unistd\.h)>|\bstd::(cout|cerr|cin)\b", "{}: no input or output in the model")
        yield from words(file, r"\breinterpret_cast<\s*(std::)?u?intptr_t", "{}: an address is not a number to reason with")
