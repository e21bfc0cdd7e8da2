// Broken and odd scenarios by the thousand: reading them ends in a scenario or in errors, and a scenario that was read
// runs; no check fails, no sanitizer speaks, nothing hangs. The same seed gives the same texts.
//   KSCOPE_FUZZ_COUNT   how many texts (default: a small number for every day)
//   KSCOPE_FUZZ_SEED    another sequence of texts
//   KSCOPE_FUZZ_FILE    each text is written here before it is used, so a crash leaves its cause
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "sim/scenario/build.h"
#include "sim/scenario/condition.h"
#include "sim/scenario/event_filter.h"
#include "sim/scenario/scenario.h"
#include "sim/session/session.h"
#include "source_dir_generated.h"
#include "tests/fuzz/mutator.h"

namespace kscope::fuzz::fuzz_test {
namespace {

constexpr std::uint64_t kEventsOfRun = 4000;
constexpr auto kSlow = std::chrono::seconds(20);  ///< far above what the slowest text takes in a sanitized build

std::uint64_t setting(const char* name, std::uint64_t normal) {
  const char* text = std::getenv(name);
  return text == nullptr ? normal : std::strtoull(text, nullptr, 10);
}

std::vector<std::string> scenario_texts() {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(KSCOPE_SOURCE_DIR "/scenarios")) {
    if (entry.path().extension() == ".toml") {
      files.push_back(entry.path());
    }
  }
  std::sort(files.begin(), files.end());
  std::vector<std::string> texts;
  for (const std::filesystem::path& file : files) {
    std::ifstream in(file, std::ios::binary);
    texts.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
  }
  return texts;
}

Mutator make_mutator() { return {scenario_texts(), setting("KSCOPE_FUZZ_SEED", 1)}; }

void keep(const std::string& text) {
  if (const char* path = std::getenv("KSCOPE_FUZZ_FILE"); path != nullptr) {
    std::ofstream(path, std::ios::binary | std::ios::trunc) << text;
  }
}

// What a text may cost is held; a run of tens of thousands of replicas is no mistake but takes its time.
bool is_small(const scenario::Scenario& scenario) {
  const sim::Registry registry = scenario::make_registry(scenario);
  std::int64_t partitions = 0;
  for (const sim::TopicSetup& topic : registry.topics) {
    partitions += topic.partitions;
  }
  for (const scenario::TimedAction& timed : scenario.actions) {
    const bool makes_partitions =
        timed.action.verb == scenario::Verb::kCreateTopic || timed.action.verb == scenario::Verb::kCreatePartitions;
    partitions += makes_partitions ? timed.action.number : 0;
  }
  return partitions <= 300 && registry.nodes.size() <= 80;
}

struct Tally {
  int read = 0;
  int run = 0;
};

// Runs the first events, looks at everything that a window would, and goes back once.
void run_briefly(const scenario::Scenario& scenario) {
  Result<std::unique_ptr<session::Session>> opened = session::Session::open(scenario);
  ASSERT_TRUE(opened) << "read, but not opened: " << to_string(opened.error());
  session::Session& session = **opened;
  session.pause_on_break = false;
  while (session.event() < kEventsOfRun && session.step()) {
  }
  (void)session.snapshot({});
  (void)session.expects();
  (void)session.beats(3);
  const std::uint64_t end = session.event();
  const std::uint64_t fingerprint = session.fingerprint();
  session.seek_event(end / 2);
  session.seek_event(end);
  EXPECT_EQ(session.fingerprint(), fingerprint) << "going back changed the run";
}

void use(const std::string& text, Tally& tally) {
  keep(text);
  const auto begin = std::chrono::steady_clock::now();
  const scenario::ParseOutcome outcome = scenario::parse_all(text, "fuzz.toml");
  if (!outcome.scenario) {
    bool has_error = false;
    for (const scenario::Problem& problem : outcome.problems) {
      has_error = has_error || !problem.is_warning;
      EXPECT_FALSE(problem.text.empty());
    }
    EXPECT_TRUE(has_error) << "a text was refused without a reason";
  } else {
    ++tally.read;
    const std::string saved = scenario::save(*outcome.scenario);
    const Result<scenario::Scenario> again = scenario::parse(saved, "saved.toml");
    ASSERT_TRUE(again) << "what was saved cannot be read: " << to_string(again.error()) << "\n" << saved;
    EXPECT_EQ(scenario::save(*again), saved);
    if (is_small(*outcome.scenario)) {
      ++tally.run;
      run_briefly(*outcome.scenario);
    }
  }
  EXPECT_LT(std::chrono::steady_clock::now() - begin, kSlow) << "this text takes too long";
}

TEST(Fuzz, scenarios_are_read_or_refused_and_what_was_read_runs) {
  Mutator mutator = make_mutator();
  Tally tally;
  const auto count = static_cast<int>(setting("KSCOPE_FUZZ_COUNT", 150));
  for (int i = 0; i < count; ++i) {
    const std::string text = mutator.next();
    use(text, tally);
    if (testing::Test::HasFailure()) {
      FAIL() << "text " << i << ":\n" << text;
    }
  }
  fmt::print("{} texts, {} read, {} run\n", count, tally.read, tally.run);
  EXPECT_GT(tally.run, count / 20) << "the mutations break too much to test what runs";
  EXPECT_LT(tally.read, count) << "the mutations break nothing";
}

TEST(Fuzz, lines_of_script_conditions_and_filters_are_read_or_refused) {
  Mutator mutator = make_mutator();
  const Result<scenario::Scenario> hello = scenario::load(KSCOPE_SOURCE_DIR "/scenarios/lessons/hello.toml");
  ASSERT_TRUE(hello);
  const scenario::Names names = scenario::names_of(*hello);
  const sim::Registry registry = scenario::make_registry(*hello);
  const scenario::EventView event{12, SimTime(1s), "b2", "b1", "Fetch request", "orders-1 from offset 7", 9, 120};
  int good = 0;
  const auto count = static_cast<int>(setting("KSCOPE_FUZZ_COUNT", 150)) * 5;
  for (int i = 0; i < count; ++i) {
    const std::string line = mutator.next_action();
    keep(line);
    if (const Result<scenario::Action> action = scenario::parse_action(line, names)) {
      ++good;
      const std::string text = to_text(*action);
      const Result<scenario::Action> again = scenario::parse_action(text, names);
      ASSERT_TRUE(again) << line << " -> " << text;
      EXPECT_EQ(*again, *action) << line << " -> " << text;
      EXPECT_FALSE(to_sentence(*action).empty());
      (void)scenario::to_inputs(*action, registry);
    } else {
      EXPECT_FALSE(action.error().text.empty()) << line;
    }
    const std::string condition = mutator.next_condition();
    keep(condition);
    const Result<scenario::Condition> parsed = scenario::parse_condition(condition, names);
    EXPECT_TRUE(parsed || parsed.error().text.starts_with("column ")) << condition;
    const std::string filter = mutator.next_filter();
    keep(filter);
    const Result<scenario::EventFilter> chosen = scenario::parse_event_filter(filter);
    EXPECT_TRUE(chosen || chosen.error().text.starts_with("column ")) << filter;
    (void)(chosen && scenario::passes(*chosen, event));
  }
  EXPECT_GT(good, count / 50);
}

// Lines of script by hand, at any moment, on a cluster that runs.
TEST(Fuzz, acts_by_hand_never_break_a_running_cluster) {
  Mutator mutator = make_mutator();
  const Result<scenario::Scenario> hello = scenario::load(KSCOPE_SOURCE_DIR "/scenarios/lessons/hello.toml");
  ASSERT_TRUE(hello);
  const auto count = static_cast<int>(setting("KSCOPE_FUZZ_COUNT", 150)) / 10 + 1;
  int acts = 0;
  for (int i = 0; i < count; ++i) {
    Result<std::unique_ptr<session::Session>> opened =
        session::Session::open(*hello, static_cast<std::uint64_t>(i) + 1);
    ASSERT_TRUE(opened);
    session::Session& session = **opened;
    session.pause_on_break = false;
    std::string script;
    for (int act = 0; act < 40; ++act) {
      for (int event = 0; event < 60 && session.step(); ++event) {
      }
      const std::string line = mutator.next_action();
      script += fmt::format("{} {}\n", session.event(), line);
      keep(script);
      acts += session.post_script(line) ? 1 : 0;
    }
    const Result<scenario::Scenario> saved = scenario::parse(session.save(), "saved.toml");
    EXPECT_TRUE(saved) << to_string(saved.error()) << "\n" << script;
  }
  EXPECT_GT(acts, count);
}

}  // namespace
}  // namespace kscope::fuzz::fuzz_test
