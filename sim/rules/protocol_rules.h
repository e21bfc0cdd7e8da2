#pragma once
// Protocol rules: what Kafka does now, and what it did before somebody found the flaw. Each rule is one switch between the
// old and the new behaviour; a run has all of them new unless the scenario's `kafka.version`, its `kafka.rules` or the
// command line turn some back. The place in the code that differs asks `rules.is_old(Rule::k...)`; nothing else does.
// Unlike a planted bug, an old rule is what Kafka really did, or a design that was really proposed.
// Sources: the KIPs and issues named; the sources of Kafka 0.10.2, 1.1, 2.0, 2.6 and 3.9.

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/fields.h"

namespace kscope::sim {

enum class Rule : std::uint8_t {
  kKip106,
  kKip101,
  kKip279,
  kKafka7128,
  kKafka7164,
  kKip320FencedFetch,
  kKip320FencedTruncation,
  kKip320ResetFollowers,
  kKip320TruncateFirst,
  kKafka6082,
  kKip207,
  kKip380,
  kKip570,
  kKip497,
  kKip679,
  kMaximalIsr,
  kKip841,
  kKip903,
  kKip890Verification,
  kKafka15583,
  kKip890Epochs,
  kKip966,
  kKafka19522,
  kKip447,
  kKip211,
  kKip394,
  kKafka9801,
  kKafka14196,
  kKafka14639,
  kKafka17306,
};
inline constexpr std::size_t kRuleCount = static_cast<std::size_t>(Rule::kKafka17306) + 1;
static_assert(kRuleCount <= 64, "ProtocolRules is a bitmap of 64");

/// The rule as a set of one.
constexpr std::uint64_t rule_bit(Rule rule) { return std::uint64_t{1} << static_cast<unsigned>(rule); }

/// A release of Kafka: 2.0.1, 0.11.0.
struct KafkaVersion {
  std::int32_t major = 0;
  std::int32_t minor = 0;
  std::int32_t patch = 0;
  auto operator<=>(const KafkaVersion&) const = default;
};
/// Reads "3.9", "2.0.1", "0.10.2.2" (what follows the third number is not looked at). None: it is no version.
[[nodiscard]] std::optional<KafkaVersion> parse_kafka_version(std::string_view text);

struct RuleInfo {
  Rule rule = Rule::kKip101;
  std::string_view name;              ///< as scenarios and the command line write it: "kip-101"
  std::string_view since;             ///< release that brought the new rule; "" = the old one was never released
  std::string_view old_rule;          ///< what was done before, in one sentence
  std::string_view new_rule;          ///< what is done since
  bool is_kraft_only = false;         ///< the new rule came with KRaft only: clusters on ZooKeeper keep the old one
  std::string_view not_with_kraft{};  ///< why the old rule cannot be chosen with metadata = "kraft"; "" = it can
  std::string_view
      not_with_zookeeper{};      ///< why the new rule cannot be chosen with metadata = "zookeeper"; "" = it can
  std::string_view old_since{};  ///< release that brought the old rule, which those before it had not; "" = they had it
};

/// Who keeps the metadata: it decides which rules are the usual ones.
enum class MetadataMode : std::uint8_t { ZOOKEEPER, KRAFT };
/// By Rule.
[[nodiscard]] std::span<const RuleInfo> rule_table();
[[nodiscard]] const RuleInfo& info(Rule rule);

/// Several rules under one name: "kip-320".
struct RuleGroup {
  std::string_view name;
  std::string_view text;  ///< what the old ones together are
  std::vector<Rule> rules;
};
[[nodiscard]] const std::vector<RuleGroup>& rule_groups();
/// Every name that may be chosen, of rules and of groups.
[[nodiscard]] std::vector<std::string> rule_names();
/// The rules that a name stands for; empty = there is no such name.
[[nodiscard]] std::vector<Rule> rules_named(std::string_view name);

class ProtocolRules {
 public:
  ProtocolRules() = default;
  /// Those of Kafka 3.9.
  explicit ProtocolRules(MetadataMode mode)
      : usual_(mode == MetadataMode::KRAFT ? kNotYet : kOldOnZooKeeper), old_(usual_) {}
  /// As Kafka `version` was, or is: a later version than 3.9 has new rules that 3.9 has not. Rules that cannot be chosen in
  /// this mode stay as they are.
  [[nodiscard]] static ProtocolRules of_version(KafkaVersion version, MetadataMode mode = MetadataMode::ZOOKEEPER);

  [[nodiscard]] bool is_old(Rule rule) const { return (old_ & rule_bit(rule)) != 0; }
  void choose_old(Rule rule) { old_ |= rule_bit(rule); }
  void choose_new(Rule rule) { old_ &= ~rule_bit(rule); }
  /// What differs from Kafka 3.9 in the same mode, in the order of the table: "kip-101=old", "kip-903=new".
  [[nodiscard]] std::vector<std::string> changes() const;

 private:
  static constexpr std::uint64_t kNotYet =  // in Kafka 3.9
      rule_bit(Rule::kKip966) | rule_bit(Rule::kKip890Epochs) | rule_bit(Rule::kKafka19522);
  static constexpr std::uint64_t kOldOnZooKeeper = kNotYet | rule_bit(Rule::kKip903);
  std::uint64_t usual_ = kOldOnZooKeeper;  // bitmap over Rule
  std::uint64_t old_ = kOldOnZooKeeper;    // the same

 public:
  KSCOPE_FIELDS(ProtocolRules, usual_, old_);
};

}  // namespace kscope::sim
