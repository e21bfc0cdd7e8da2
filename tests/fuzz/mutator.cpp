#include "tests/fuzz/mutator.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "sim/config/config_def.h"
#include "sim/scenario/action.h"
#include "sim/scenario/condition.h"

namespace kscope::fuzz {
namespace {

const std::vector<std::string> kNumbers = {"0",
                                           "1",
                                           "2",
                                           "3",
                                           "-1",
                                           "7",
                                           "10",
                                           "50",
                                           "64",
                                           "100",
                                           "1000",
                                           "65536",
                                           "1000000",
                                           "2147483647",
                                           "2147483648",
                                           "-2147483648",
                                           "9223372036854775807",
                                           "-9223372036854775808",
                                           "9223372036854775808",
                                           "1.5",
                                           "0x10",
                                           "1e9",
                                           "nan"};
const std::vector<std::string> kWords = {"b1",
                                         "b2",
                                         "b3",
                                         "zk1",
                                         "shop",
                                         "billing",
                                         "billing-1",
                                         "billing-2",
                                         "orders",
                                         "orders-0",
                                         "orders-1",
                                         "orders-*",
                                         "admin",
                                         "all",
                                         "none",
                                         "",
                                         "0",
                                         "10ms",
                                         "1s",
                                         "20s",
                                         "365d",
                                         "-5s",
                                         "1ns",
                                         "1B",
                                         "1KiB",
                                         "100MB",
                                         "1000000/s",
                                         "1/h",
                                         "200/s",
                                         "0/s",
                                         "zipf(10)",
                                         "uniform(1)",
                                         "round-robin(1000000)",
                                         "range",
                                         "roundrobin",
                                         "true",
                                         "false",
                                         "earliest",
                                         "latest",
                                         "R3",
                                         "leader_elected",
                                         "\xff",
                                         "\\u0000",
                                         "a b",
                                         "99999999999999999999d"};
const std::vector<std::string> kConditions = {"isr(orders-0) == [1,2] & leader(orders-0) != none | acked_lost > 0",
                                              "unavailable(orders-*) < 1s",
                                              "state(billing) == Stable & members(billing) == 2",
                                              "!(up(b1) | paused(b2)) & registered(b3)",
                                              "lag(billing, orders-0) >= 10 | owner(billing, orders-0) == billing-1",
                                              "count(leader_elected) == 4 & broken == 0",
                                              "hw(orders-0, 1) <= leo(orders-0, 2)",
                                              "processed(billing-1) > 3 & time > 10s"};
const std::vector<std::string> kFilters = {"type:Fetch & to:b1 & p:orders-0 & t>1s",
                                           "!(node:billing-* | text:\"two words\")", "n>=100 n<200 size>1KiB",
                                           "cause=12 | from:shop leader"};
const std::vector<std::string> kSigns = {"(",  ")",  "[", "]",  "!",    "&",  "|",  ",",
                                         "==", "!=", "<", ">=", "=",    ":",  "\"", "\\",
                                         "#",  "{",  "}", "\n", "\r\n", "\t", " ",  std::string(1, '\0')};

}  // namespace

Mutator::Mutator(std::vector<std::string> texts, std::uint64_t seed) : texts_(std::move(texts)), state_(seed) {
  for (const std::string& text : texts_) {
    std::size_t begin = 0;
    while (begin < text.size()) {
      const std::size_t end = std::min(text.find('\n', begin), text.size());
      lines_.push_back(text.substr(begin, end - begin));
      begin = end + 1;
    }
  }
}

// SplitMix64.
std::uint64_t Mutator::draw() {
  state_ += 0x9E3779B97F4A7C15ULL;
  std::uint64_t z = state_;
  z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9ULL;
  z = (z ^ (z >> 27U)) * 0x94D049BB133111EBULL;
  return z ^ (z >> 31U);
}

std::size_t Mutator::below(std::size_t limit) { return limit == 0 ? 0 : static_cast<std::size_t>(draw() % limit); }
std::string_view Mutator::pick(const std::vector<std::string>& list) { return list[below(list.size())]; }
std::string Mutator::number() { return std::string(pick(kNumbers)); }
std::string Mutator::word() { return below(4) == 0 ? number() : std::string(pick(kWords)); }

void Mutator::mutate_bytes(std::string& text) {
  const std::size_t at = below(text.size() + 1);
  const std::size_t length = std::min(below(below(8) == 0 ? 400 : 6) + 1, text.size() - at);
  switch (below(5)) {
    case 0: text.erase(at, length); break;
    case 1: text.insert(at, text.substr(at, length)); break;
    case 2: text.insert(at, 1, static_cast<char>(draw())); break;
    case 3: text.insert(at, pick(kSigns)); break;
    default:
      if (at < text.size()) {
        text[at] = static_cast<char>(static_cast<unsigned char>(text[at]) ^ (1U << below(8)));
      }
  }
}

void Mutator::mutate_lines(std::string& text) {
  const std::size_t begin = std::min(text.find('\n', below(text.size() + 1)), text.size());
  const std::size_t end = std::min(text.find('\n', begin + 1), text.size());
  const std::string line = text.substr(begin, end - begin);
  switch (below(4)) {
    case 0: text.erase(begin, line.size()); break;
    case 1: text.insert(begin, line); break;
    case 2: text.insert(end, "\n" + std::string(pick(lines_))); break;
    default: {
      const std::size_t place = std::min(text.find('\n', below(text.size() + 1)), text.size());
      text.insert(place, line);
    }
  }
}

// Numbers and texts in quotes become other numbers and texts.
void Mutator::mutate_value(std::string& text) {
  std::vector<std::pair<std::size_t, std::size_t>> values;  // where, how long
  for (std::size_t i = 0; i < text.size();) {
    if (text[i] == '"') {
      const std::size_t end = std::min(text.find_first_of("\"\n", i + 1), text.size());
      values.emplace_back(i + 1, end - i - 1);
      i = end + 1;
    } else if (text[i] >= '0' && text[i] <= '9') {
      const std::size_t end = std::min(text.find_first_not_of("0123456789", i), text.size());
      values.emplace_back(i, end - i);
      i = end;
    } else {
      ++i;
    }
  }
  if (!values.empty()) {
    const auto [at, length] = values[below(values.size())];
    const bool is_text = at > 0 && text[at - 1] == '"';
    text.replace(at, length, is_text ? word() : number());
  }
}

void Mutator::add_config(std::string& text) {
  struct Place {
    sim::ConfigScope scope;
    std::string_view table;
  };
  constexpr Place kPlaces[] = {{sim::ConfigScope::BROKER, "broker"},
                               {sim::ConfigScope::TOPIC, "topic"},
                               {sim::ConfigScope::PRODUCER, "producer"},
                               {sim::ConfigScope::CONSUMER, "consumer"}};
  const Place& place = kPlaces[below(std::size(kPlaces))];
  const auto defs = sim::config_table(place.scope);
  const sim::ConfigDef& def = defs[below(defs.size())];
  const std::string value = below(6) == 0 ? fmt::format("\"{}\"", word()) : number();
  const std::string line = fmt::format("{} = {}\n", def.name, value);
  const std::string heading = fmt::format("[defaults.{}]\n", place.table);
  const std::size_t at = text.find(heading);
  if (at != std::string::npos) {
    text.insert(at + heading.size(), line);
  } else {
    const std::size_t first_table = text.find("\n[[");
    text.insert(first_table == std::string::npos ? text.size() : first_table + 1, heading + line);
  }
}

void Mutator::add_script(std::string& text) {
  if (below(4) == 0) {
    text += fmt::format("\n[[expect]]\nalways = true\nthat = '{}'\n", next_condition());
    return;
  }
  text += fmt::format("\n[[at]]\ntime = \"{}ms\"\ndo = '{}'\n", below(8000), next_action());
}

std::string Mutator::next() {
  std::string text(pick(texts_));
  // Half of the texts get only what often stays legal.
  const std::size_t gentle = below(2) == 0 ? 2 : 0;
  for (std::size_t count = below(4) + 1; count > 0; --count) {
    switch (gentle + below(8 - gentle)) {
      case 0: mutate_bytes(text); break;
      case 1: mutate_lines(text); break;
      case 2:
      case 3: mutate_value(text); break;
      case 4: add_config(text); break;
      default: add_script(text);
    }
  }
  return text;
}

// What a parameter of an action usually is; words that are no node of the scenario make the line wrong, which is wanted at
// times.
std::string Mutator::argument(std::string_view parameter) {
  struct Usual {
    std::string_view parameter;
    std::vector<std::string> words;
  };
  static const std::vector<Usual> kUsual = {
      {"NODE", {"b1", "b2", "b3", "zk1", "b1", "b2"}},
      {"FROM", {"b1", "b2", "zk1"}},
      {"TO", {"b2", "b3", "zk1"}},
      {"BROKER", {"b1", "b2", "b3"}},
      {"BROKER|TOPIC", {"orders", "b1"}},
      {"CONSUMER", {"billing-1", "billing-2"}},
      {"CLIENT", {"billing-1", "billing-2", "shop"}},
      {"PRODUCER", {"shop"}},
      {"DURATION", {"0s", "1ns", "80ms", "1s", "3s", "20s", "24h", "365d", "-5s"}},
      {"FACTOR", {"1", "2", "50", "1000", "1000000"}},
      {"PERCENT", {"0", "1", "20", "50", "99", "100"}},
      {"PPM", {"0", "200", "-200", "500000", "-500000"}},
      {"SIZE", {"0", "1", "1KiB", "1000GB"}},
      {"MESSAGE", {"1", "17", "500", "9223372036854775807"}},
      {"PARTITION", {"orders-0", "orders-1", "orders-2"}},
      {"NAME", {"news", "orders", "a.b_c-d"}},
      {"PARTITIONS", {"1", "3", "20"}},
      {"REPLICATION_FACTOR", {"1", "2", "3"}},
      {"CONFIG", {"min.insync.replicas", "retention.ms", "segment.bytes", "num.io.threads", "flush.messages"}},
      {"VALUE", {"0", "1", "2", "100", "1000", "9223372036854775807", "-1"}},
      {"RATE", {"0/s", "1/min", "200/s", "2000/s", "1000000/s"}},
      {"KEY", {"alice", "k0", "k7", "\"\""}}};
  if (below(12) != 0) {
    for (const Usual& usual : kUsual) {
      if (usual.parameter == parameter) {
        return std::string(pick(usual.words));
      }
    }
  }
  return word();
}

std::string Mutator::next_action() {
  const auto verbs = scenario::verb_table();
  const scenario::VerbInfo& verb = verbs[below(verbs.size())];
  std::string line(verb.word);
  const std::string_view usage = verb.usage;
  for (std::size_t begin = line.size() + 1; begin < usage.size();) {
    const std::size_t end = std::min(usage.find(' ', begin), usage.size());
    std::string_view parameter = usage.substr(begin, end - begin);
    begin = end + 1;
    if (parameter.front() == '[' && below(2) == 0) {
      break;
    }
    while (!parameter.empty() && parameter.front() == '[') {
      parameter.remove_prefix(1);
    }
    while (!parameter.empty() && parameter.back() == ']') {
      parameter.remove_suffix(1);
    }
    line += " " + argument(parameter);
  }
  for (std::size_t count = below(12) == 0 ? below(3) : 0; count > 0; --count) {
    mutate_bytes(line);
  }
  return line;
}

std::string Mutator::next_condition() {
  std::string line(pick(kConditions));
  if (below(4) == 0) {
    const auto words = scenario::quantity_table();
    line += fmt::format(" | {} >= {}", words[below(words.size())].usage, word());
  }
  for (std::size_t count = below(2) * below(4); count > 0; --count) {
    below(3) == 0 ? mutate_bytes(line) : mutate_value(line);
  }
  return line;
}

std::string Mutator::next_filter() {
  std::string line(pick(kFilters));
  for (std::size_t count = below(4) + 1; count > 0; --count) {
    below(3) == 0 ? mutate_value(line) : mutate_bytes(line);
  }
  return line;
}

}  // namespace kscope::fuzz
