#include "sim/config/config_words.h"

#include "sim/config/config_valid.h"
#include "sim/config/units.h"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <optional>
#include <span>

namespace kscope::sim {
namespace {

template <class Value>
struct Word {
  std::string_view text;
  Value value;
};

std::string lower_case(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return lower;
}

template <class Value>
bool read_word(std::string_view text, std::span<const Word<Value>> words, Value& member) {
  for (const Word<Value>& word : words) {
    if (word.text == text) {
      member = word.value;
      return true;
    }
  }
  return false;
}

constexpr Word<bool> kBooleans[] = {{"true", true}, {"false", false}};
constexpr Word<Acks> kAcks[] = {{"all", Acks::ALL}, {"-1", Acks::ALL}, {"0", Acks::NONE}, {"1", Acks::LEADER}};
constexpr Word<AutoOffsetReset> kResets[] = {
    {"latest", AutoOffsetReset::LATEST}, {"earliest", AutoOffsetReset::EARLIEST}, {"none", AutoOffsetReset::NONE}};
constexpr Word<TimestampType> kTimestampTypes[] = {{"CreateTime", TimestampType::CREATE_TIME},
                                                   {"LogAppendTime", TimestampType::LOG_APPEND_TIME}};
constexpr Word<CompressionType> kCodecs[] = {{"none", CompressionType::NONE},
                                             {"gzip", CompressionType::GZIP},
                                             {"snappy", CompressionType::SNAPPY},
                                             {"lz4", CompressionType::LZ4},
                                             {"zstd", CompressionType::ZSTD}};
constexpr Word<BrokerCompressionType> kBrokerCodecs[] = {
    {"producer", BrokerCompressionType::PRODUCER}, {"uncompressed", BrokerCompressionType::UNCOMPRESSED},
    {"gzip", BrokerCompressionType::GZIP},         {"snappy", BrokerCompressionType::SNAPPY},
    {"lz4", BrokerCompressionType::LZ4},           {"zstd", BrokerCompressionType::ZSTD}};
constexpr Word<IsolationLevel> kIsolationLevels[] = {{"read_uncommitted", IsolationLevel::READ_UNCOMMITTED},
                                                     {"read_committed", IsolationLevel::READ_COMMITTED}};
constexpr Word<GroupProtocol> kGroupProtocols[] = {{"classic", GroupProtocol::CLASSIC},
                                                   {"consumer", GroupProtocol::CONSUMER}};
constexpr Word<OffsetsStorage> kStorages[] = {{"kafka", OffsetsStorage::KAFKA},
                                              {"zookeeper", OffsetsStorage::ZOOKEEPER}};
constexpr Word<ConsumerGroupMigrationPolicy> kMigrationPolicies[] = {
    {"disabled", ConsumerGroupMigrationPolicy::DISABLED},
    {"downgrade", ConsumerGroupMigrationPolicy::DOWNGRADE},
    {"upgrade", ConsumerGroupMigrationPolicy::UPGRADE},
    {"bidirectional", ConsumerGroupMigrationPolicy::BIDIRECTIONAL}};
constexpr Word<ServerAssignorName> kServerAssignors[] = {{"RangeAssignor", ServerAssignorName::RANGE},
                                                         {"range", ServerAssignorName::RANGE},
                                                         {"UniformAssignor", ServerAssignorName::UNIFORM},
                                                         {"uniform", ServerAssignorName::UNIFORM}};
constexpr Word<AssignorName> kAssignors[] = {{"RangeAssignor", AssignorName::RANGE},
                                             {"range", AssignorName::RANGE},
                                             {"RoundRobinAssignor", AssignorName::ROUND_ROBIN},
                                             {"roundrobin", AssignorName::ROUND_ROBIN},
                                             {"StickyAssignor", AssignorName::STICKY},
                                             {"sticky", AssignorName::STICKY},
                                             {"CooperativeStickyAssignor", AssignorName::COOPERATIVE_STICKY},
                                             {"cooperative-sticky", AssignorName::COOPERATIVE_STICKY}};

/// A list of classes, with or without their package, or of short names. Not empty.
template <class Value>
bool read_classes(std::string_view text, std::span<const Word<Value>> words, std::vector<Value>& member) {
  std::vector<Value> names;
  for (const std::string& word : split_config_list(text)) {
    const std::size_t package_end = word.rfind('.');
    const std::string short_name = package_end == std::string::npos ? word : word.substr(package_end + 1);
    Value name{};
    if (!read_word<Value>(short_name, words, name)) {
      return false;
    }
    names.push_back(name);
  }
  if (names.empty()) {
    return false;
  }
  member = names;
  return true;
}

}  // namespace

bool read_config(std::string_view text, bool& member) { return read_word<bool>(lower_case(text), kBooleans, member); }

bool read_config(std::string_view text, std::int64_t& member) {
  const std::optional<std::int64_t> number = parse_integer(text);
  member = number.value_or(member);
  return number.has_value();
}

bool read_config(std::string_view text, std::int32_t& member) {
  std::int64_t number = 0;
  if (!read_config(text, number) || number < std::numeric_limits<std::int32_t>::min() ||
      number > std::numeric_limits<std::int32_t>::max()) {
    return false;
  }
  member = static_cast<std::int32_t>(number);
  return true;
}

bool read_config(std::string_view text, std::string& member) {
  member = text;
  return true;
}

bool read_config(std::string_view text, Acks& member) { return read_word<Acks>(text, kAcks, member); }

bool read_config(std::string_view text, AutoOffsetReset& member) {
  return read_word<AutoOffsetReset>(text, kResets, member);
}

bool read_config(std::string_view text, OffsetsStorage& member) {
  return read_word<OffsetsStorage>(text, kStorages, member);
}

bool read_config(std::string_view text, GroupProtocol& member) {
  return read_word<GroupProtocol>(lower_case(text), kGroupProtocols, member);
}

bool read_config(std::string_view text, ConsumerGroupMigrationPolicy& member) {
  return read_word<ConsumerGroupMigrationPolicy>(lower_case(text), kMigrationPolicies, member);
}

bool read_config(std::string_view text, RebalanceProtocols& member) {
  RebalanceProtocols protocols{false, false};
  for (const std::string& word : split_config_list(text)) {
    GroupProtocol protocol{};
    if (!read_config(word, protocol)) {
      return false;
    }
    protocols.has_classic = protocols.has_classic || protocol == GroupProtocol::CLASSIC;
    protocols.has_consumer = protocols.has_consumer || protocol == GroupProtocol::CONSUMER;
  }
  member = protocols;
  return protocols.has_classic;  // Kafka refuses a list without it
}

bool read_config(std::string_view text, TimestampType& member) {
  return read_word<TimestampType>(text, kTimestampTypes, member);
}

bool read_config(std::string_view text, CompressionType& member) {
  return read_word<CompressionType>(text, kCodecs, member);
}

bool read_config(std::string_view text, BrokerCompressionType& member) {
  return read_word<BrokerCompressionType>(text, kBrokerCodecs, member);
}

bool read_config(std::string_view text, IsolationLevel& member) {
  return read_word<IsolationLevel>(text, kIsolationLevels, member);
}

bool read_config(std::string_view text, CleanupPolicy& member) {
  CleanupPolicy policy{.is_delete = false, .is_compact = false};
  for (const std::string& word : split_config_list(text)) {
    if (word == "delete") {
      policy.is_delete = true;
    } else if (word == "compact") {
      policy.is_compact = true;
    } else {
      return false;
    }
  }
  member = policy;
  return true;
}

bool read_config(std::string_view text, Share& member) {
  const std::size_t point = std::min(text.find('.'), text.size());
  std::int64_t whole = 0;
  if (point > 0 && !read_config(text.substr(0, point), whole)) {
    return false;
  }
  constexpr std::size_t kDigits = 6;
  std::string digits(text.substr(std::min(point + 1, text.size())));
  const bool has_digits = point > 0 || !digits.empty();
  const bool are_digits = std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; });
  digits.resize(kDigits, '0');
  std::int64_t millionths = 0;
  if (!has_digits || !are_digits || !read_config(digits, millionths) || whole < 0 || whole > 1) {
    return false;
  }
  millionths += whole * 1'000'000;
  if (millionths > 1'000'000) {
    return false;
  }
  member.millionths = static_cast<std::int32_t>(millionths);
  return true;
}

bool read_config(std::string_view text, ThrottledReplicas& member) {
  ThrottledReplicas throttled;
  throttled.is_all = text == "*";
  for (const std::string& word : throttled.is_all ? std::vector<std::string>{} : split_config_list(text)) {
    ThrottledReplicas::Replica replica;
    const std::size_t colon = word.find(':');
    if (colon == std::string::npos || !read_config(word.substr(0, colon), replica.partition) ||
        !read_config(word.substr(colon + 1), replica.broker)) {
      return false;
    }
    throttled.replicas.push_back(replica);
  }
  member = throttled;
  return true;
}

bool read_config(std::string_view text, std::vector<AssignorName>& member) {
  return read_classes<AssignorName>(text, kAssignors, member);
}

bool read_config(std::string_view text, std::vector<ServerAssignorName>& member) {
  return read_classes<ServerAssignorName>(text, kServerAssignors, member);
}

bool read_config(std::string_view text, InterBrokerProtocol& member) {
  const std::size_t dash = text.find('-');
  const std::string_view release = text.substr(0, dash);
  const std::size_t first = release.find('.');
  if (first == std::string_view::npos) {
    return false;
  }
  const std::size_t second = release.find('.', first + 1);
  const std::optional<std::int64_t> major = parse_integer(release.substr(0, first));
  const std::optional<std::int64_t> minor =
      parse_integer(release.substr(first + 1, second == std::string_view::npos ? second : second - first - 1));
  std::optional<std::int64_t> step = INT32_MAX;
  if (dash != std::string_view::npos) {
    step = text.substr(dash).starts_with("-IV") ? parse_integer(text.substr(dash + 3)) : std::nullopt;
  }
  if (!major || !minor || !step) {
    return false;
  }
  member = {static_cast<std::int32_t>(*major), static_cast<std::int32_t>(*minor), static_cast<std::int32_t>(*step)};
  return true;
}

bool read_config_duration(std::string_view text, Duration unit, Duration& member) {
  const std::optional<std::int64_t> count = parse_integer(text);
  if (!count.has_value()) {
    return false;
  }
  // 36 years are forever here, and may be added to any time of a run without overflow.
  constexpr std::int64_t kForever = std::int64_t{1} << 60;
  std::int64_t nanoseconds = 0;
  if (__builtin_mul_overflow(*count, unit.count(), &nanoseconds)) {
    nanoseconds = *count < 0 ? -kForever : kForever;
  }
  member = Duration(std::clamp(nanoseconds, -kForever, kForever));
  return true;
}

}  // namespace kscope::sim
