#include "sim/rules/protocol_rules.h"

#include <charconv>

#include "engine/core/check.h"

namespace kscope::sim {
namespace {

constexpr std::string_view kOnlyZooKeeper = "it is about ZooKeeper, or what its controller sends; KRaft never did it";

constexpr std::array<RuleInfo, kRuleCount> kRules{{
    {Rule::kKip106, "kip-106", "0.11", "unclean.leader.election.enable is true unless something else is set",
     "it is false unless something else is set"},
    {Rule::kKip101, "kip-101", "0.11", "a follower of a new leader cuts its log to its own high watermark",
     "it asks the leader where its last epoch ends, and cuts there"},
    {Rule::kKip279, "kip-279", "2.0",
     "the leader answers with the start of its next larger epoch, or with nothing, and the follower does not ask again",
     "it answers with the largest epoch not above the one asked for, and the follower asks about older ones"},
    {Rule::kKafka7128, "kafka-7128", "2.0.1", "a follower that has reached the high watermark joins the ISR",
     "it must also have reached the start of the leader's epoch"},
    {Rule::kKafka7164, "kafka-7164", "2.0.1", "a follower truncates only when another broker became leader",
     "it truncates in every new leader epoch"},
    {Rule::kKip320FencedFetch, "kip-320-fenced-fetch", "2.1", "a fetch of a follower names no leader epoch",
     "it does, and a leader of another epoch refuses it"},
    {Rule::kKip320FencedTruncation, "kip-320-fenced-truncation", "2.1",
     "the question where an epoch ends names no leader epoch", "it does, and a leader of another epoch refuses it"},
    {Rule::kKip320ResetFollowers, "kip-320-reset-followers", "",
     "a new leader counts what it knew of its followers from an earlier leadership",
     "it counts only what they fetch in its own epoch"},
    {Rule::kKip320TruncateFirst, "kip-320-truncate-first", "",
     "a follower fetches at once, and truncates only when the leader finds that the logs differ",
     "it must agree with its leader, in the leader's epoch, before anything that it fetches counts"},
    {Rule::kKafka6082, "kafka-6082", "2.1", "a controller's writes to ZooKeeper check only the znode that they change",
     "each is one multi with a check of /controller_epoch", false, kOnlyZooKeeper},
    {Rule::kKip207, "kip-207", "2.2", "a new leader answers ListOffsets with its high watermark, however stale",
     "OFFSET_NOT_AVAILABLE until the high watermark has reached the start of its epoch"},
    {Rule::kKip380, "kip-380", "2.2", "requests between controller and broker do not say which life of the broker",
     "they carry its broker epoch, and those of an earlier life are refused", false, kOnlyZooKeeper},
    {Rule::kKip570, "kip-570", "2.6", "StopReplica carries no leader epoch",
     "it does, and one that is older than the replica's is refused", false, kOnlyZooKeeper},
    {Rule::kKip497, "kip-497", "2.7",
     "a leader writes the ISR to ZooKeeper itself, and the controller hears of it later",
     "it asks the controller by AlterPartition", false, kOnlyZooKeeper},
    {Rule::kKip679, "kip-679", "3.0", "producers have acks=1 and no idempotence unless something else is set",
     "they have acks=all and enable.idempotence=true unless something else is set"},
    {Rule::kMaximalIsr, "maximal-isr", "",
     "while a change of the ISR is on its way, the high watermark follows the ISR of before",
     "it waits for every replica of the ISR of before and of the one asked for"},
    {Rule::kKip841, "kip-841", "3.3", "a broker that shuts down, or is gone, may still be taken into an ISR",
     "the controller refuses it: INELIGIBLE_REPLICA", false,
     "the controllers of the quorum always refuse such a broker here"},
    {Rule::kKip903, "kip-903", "3.5", "AlterPartition names brokers only",
     "it names their broker epochs, and the controller refuses one of an earlier life", true},
    {Rule::kKip890Verification, "kip-890-verification", "3.6",
     "a leader appends a batch of a transaction without asking whether that transaction is open",
     "it asks the transaction coordinator first, and refuses the batch if its partition is in no open transaction"},
    {Rule::kKafka15583, "kafka-15583", "3.7", "the high watermark advances however small the ISR is",
     "it stands still while the ISR is smaller than min.insync.replicas"},
    {Rule::kKip890Epochs, "kip-890-epochs", "4.0",
     "a producer keeps its epoch from transaction to transaction (transaction version 1)",
     "every transaction ends with a higher epoch, and brokers add its partitions themselves (transaction version 2)",
     true, "", "the feature transaction.version is kept by the controllers of KRaft"},
    {Rule::kKip966, "kip-966", "4.1",
     "an ISR never becomes empty: its last replica leads again, whatever its disk has lost",
     "replicas that leave an ISR below min.insync.replicas stay eligible (ELR), one that shut down unclean leaves both",
     true, "", "eligible leader replicas are kept by the controllers of KRaft"},
    {Rule::kKafka19522, "kafka-19522", "4.1",
     "where ISR and ELR are empty the last known leader is elected even while it is fenced",
     "it is elected once it is unfenced", true, "", "the last known leader is kept by the controllers of KRaft"},
    {Rule::kKip447, "kip-447", "2.5",
     "offsets of a transaction name no member, and consumers read offsets beside transactions that are not decided",
     "they name member and generation, and consumers wait for stable offsets (UNSTABLE_OFFSET_COMMIT)"},
    {Rule::kKip211, "kip-211", "2.1", "a committed offset expires so long after its commit, however alive its group is",
     "it expires so long after its group lost its last member, or stopped to subscribe to its topic"},
    {Rule::kKip394, "kip-394", "2.2",
     "whoever joins without a member id is a member at once, and learns its id with the end of the join",
     "it gets an id first and joins with it, so that one who tries again is the same member"},
    {Rule::kKafka9801, "kafka-9801", "2.5",
     "a static member that comes back while the leader assigns takes its place without a rebalance",
     "the group begins anew, for the leader assigns to the id of before", false, "", "", "2.3"},
    {Rule::kKafka14196, "kafka-14196", "3.2.3",
     "poll() hands out records while it waits for the commit before partitions are given up",
     "it hands out none of the partitions that are to be given up", false, "", "", "3.2"},
    {Rule::kKafka14639, "kafka-14639", "3.4.1",
     "sticky assignors believe only the members of the highest generation what they own",
     "they believe everybody, and the higher generation where two claim one partition", false, "", "", "3.0"},
    {Rule::kKafka17306, "kafka-17306", "3.9",
     "a new coordinator cannot load a group of KIP-848 of which compaction has left tombstones only",
     "it passes over the tombstones of what it does not know", false, "", "", "3.7"},
}};

constexpr bool is_in_order() {
  for (std::size_t i = 0; i < kRules.size(); ++i) {
    if (static_cast<std::size_t>(kRules[i].rule) != i) {
      return false;
    }
  }
  return true;
}
static_assert(is_in_order(), "kRules is indexed by Rule");

}  // namespace

std::optional<KafkaVersion> parse_kafka_version(std::string_view text) {
  std::array<std::int32_t, 4> parts{};
  std::size_t count = 0;
  const char* at = text.data();
  const char* const end = at + text.size();
  while (true) {
    if (count == parts.size() || at == end) {
      return std::nullopt;
    }
    const auto [after, error] = std::from_chars(at, end, parts[count]);
    if (error != std::errc{} || parts[count] < 0 || *at == '-') {
      return std::nullopt;
    }
    ++count;
    if (after == end) {
      break;
    }
    if (*after != '.') {
      return std::nullopt;
    }
    at = after + 1;
  }
  return count < 2 ? std::nullopt : std::optional(KafkaVersion{parts[0], parts[1], parts[2]});
}

std::span<const RuleInfo> rule_table() { return kRules; }

const RuleInfo& info(Rule rule) { return kRules.at(static_cast<std::size_t>(rule)); }

const std::vector<RuleGroup>& rule_groups() {
  static const std::vector<RuleGroup> groups = {
      {"kip-320",
       "fetches and truncation are not fenced by the leader epoch",
       {Rule::kKip320FencedFetch, Rule::kKip320FencedTruncation}},
      {"kip-320-first-try",
       "the first design of KIP-320: fetch at once, truncate when the leader finds a difference, no fencing",
       {Rule::kKip320TruncateFirst, Rule::kKip320FencedFetch}},
      {"kip-890",
       "nobody asks whether a transaction is open, and it has the epoch of the one before",
       {Rule::kKip890Verification, Rule::kKip890Epochs}},
  };
  return groups;
}

std::vector<std::string> rule_names() {
  std::vector<std::string> names;
  names.reserve(kRules.size() + rule_groups().size());
  for (const RuleInfo& entry : kRules) {
    names.emplace_back(entry.name);
  }
  for (const RuleGroup& group : rule_groups()) {
    names.emplace_back(group.name);
  }
  return names;
}

std::vector<Rule> rules_named(std::string_view name) {
  for (const RuleGroup& group : rule_groups()) {
    if (group.name == name) {
      return group.rules;
    }
  }
  for (const RuleInfo& entry : kRules) {
    if (entry.name == name) {
      return {entry.rule};
    }
  }
  return {};
}

ProtocolRules ProtocolRules::of_version(KafkaVersion version, MetadataMode mode) {
  ProtocolRules rules(mode);
  for (const RuleInfo& entry : kRules) {
    const std::optional<KafkaVersion> since = parse_kafka_version(entry.since);
    const std::optional<KafkaVersion> old_since = parse_kafka_version(entry.old_since);
    const bool is_older_still = old_since && version < *old_since;
    const bool can_be_old = (mode == MetadataMode::ZOOKEEPER || entry.not_with_kraft.empty()) && !is_older_still;
    if (since && version < *since && can_be_old) {
      rules.choose_old(entry.rule);
    } else if (since && version >= *since && mode == MetadataMode::KRAFT) {
      rules.choose_new(entry.rule);
    }
  }
  return rules;
}

std::vector<std::string> ProtocolRules::changes() const {
  std::vector<std::string> names;
  for (const RuleInfo& entry : kRules) {
    const bool is_usually_old = (usual_ & rule_bit(entry.rule)) != 0;
    if (is_old(entry.rule) != is_usually_old) {
      names.push_back(std::string(entry.name) + (is_old(entry.rule) ? "=old" : "=new"));
    }
  }
  return names;
}

}  // namespace kscope::sim
