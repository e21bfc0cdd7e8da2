#pragma once
// Condition: questions about the state of the cluster in one line, for [[expect]], "run until", breakpoints and lessons:
//   isr(orders-0) == [1,2] & leader(orders-0) != none | acked_lost > 0
// Grammar:  or := and { "|" and }   and := not { "&" not }   not := "!" not | comparison
//           comparison := value [ ("==" | "!=" | "<" | "<=" | ">" | ">=") value ]
//           value := "(" or ")" | number | duration | list | word | quantity [ "(" argument { "," argument } ")" ]
// A condition is parsed against the names of the cluster, so that a mistyped name is found before the run.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/core/result.h"
#include "sim/scenario/names.h"
#include "sim/types/ids.h"

namespace kscope::sim {
enum class NoteKind : std::uint8_t;
}

namespace kscope::scenario {

/// What can be asked. The comment says arguments and value.
enum class Quantity : std::uint8_t {
  // of a partition
  kLeader,         ///< leader(orders-0): broker id by the controller's state, none = offline
  kIsr,            ///< isr(orders-0): list of broker ids, ascending
  kReplicas,       ///< replicas(orders-0): list of broker ids in placement order
  kHighWatermark,  ///< hw(orders-0) of the leader; hw(orders-0, 3) of the replica on broker 3
  kLogEnd,         ///< leo(orders-0), leo(orders-0, 3)
  kLogStart,       ///< log_start(orders-0), log_start(orders-0, 3)
  kLogSize,        ///< log_size(orders-0), log_size(orders-0, 3): bytes
  kEpoch,          ///< epoch(orders-0): leader epoch by the controller's state; epoch(orders-0, 3): that replica's own
  kUnavailable,  ///< unavailable(orders-0): how long it has had no leader; orders-* = the longest of the topic; a duration
  // of the cluster
  kController,       ///< controller: broker id, none
  kUnderReplicated,  ///< under_replicated: partitions with an ISR smaller than their replica list (internal ones not)
  kOffline,          ///< offline: partitions without a leader
  kAckedLost,        ///< acked_lost: acknowledged records that no leader can return any more
  kDuplicates,       ///< duplicates: records that stand in the log more than once
  kReordered,        ///< reordered: records that stand in a log behind ones that their producer sent later
  kBroken,           ///< broken(R3): 1 when that invariant is broken; broken without argument: how many are
  kCount,            ///< count(leader_elected): how many notes of this kind there have been
  kTime,             ///< time: a duration since the start
  // of a node
  kUp,          ///< up(b1): 1 when the process runs
  kPaused,      ///< paused(b1)
  kRegistered,  ///< registered(b1): its znode /brokers/ids exists
  // of a group
  kLag,    ///< lag(billing), lag(billing, orders-0): log end minus committed; never committed counts from the log start
  kState,  ///< state(billing): a word: Empty, PreparingRebalance, CompletingRebalance, Stable, Dead; none = unknown
  kGeneration,      ///< generation(billing)
  kMembers,         ///< members(billing)
  kClassicMembers,  ///< classic_members(billing)
  kOwner,           ///< owner(billing, orders-0): a word: the consumer's name, none
  kCommitted,       ///< committed(billing, orders-0), none = nothing
  kPosition,        ///< position(billing, orders-0): of its owner, none
  kReadsFrom,       ///< reads_from(billing, orders-0): broker that its owner fetches from, none
  // of a producer; without argument of all together
  kSent,    ///< sent(shop): records handed to the producer
  kAcked,   ///< acked(shop)
  kFailed,  ///< failed(shop)
  // of a group or a consumer
  kDelivered,  ///< delivered(billing), delivered(billing-1): records handed to the application, redelivered ones counted again
  kProcessed,    ///< processed(billing), processed(billing-1): records whose processing ended
  kRedelivered,  ///< redelivered(billing): records handed to the application of the group more than once
  kSkipped,      ///< skipped(billing): records below the committed offset that the application never finished
  kMoved,        ///< moved(billing): how often a partition came to another owner
  kStalled,      ///< stalled(billing): how long partitions had no reader after an owner, of all together
};

/// A quantity with its arguments looked up. What was not given is not valid.
struct Term {
  Quantity quantity = Quantity::kTime;
  sim::TopicPartition partition;  ///< partition -1 with a valid topic: every partition of the topic (kUnavailable)
  sim::BrokerId broker;
  sim::GroupId group;
  NodeId node;
  std::string word;      ///< kBroken: id of the invariant
  sim::NoteKind note{};  ///< kCount
  bool operator==(const Term&) const = default;
};

struct None {
  bool operator==(const None&) const = default;
};
/// A value: none, a number (also broker ids, durations in ns, 1 for yes and 0 for no), a list of ids, or a word.
using Value = std::variant<None, std::int64_t, std::vector<std::int64_t>, std::string>;

/// Where conditions look. Implemented over the world, and by tests.
class StateReader {
 public:
  virtual ~StateReader() = default;
  /// None when there is nothing: the topic does not exist yet, nothing was committed.
  [[nodiscard]] virtual Value read(const Term& term) const = 0;
};

enum class Operator : std::uint8_t {
  kOr,
  kAnd,
  kNot,
  kEqual,
  kUnequal,
  kLess,
  kLessEqual,
  kGreater,
  kGreaterEqual,
  kLiteral,
  kTerm
};

/// A node of the syntax tree. Children are indexes into Condition::nodes and smaller than the node's own.
struct ConditionNode {
  Operator op = Operator::kLiteral;
  std::int32_t left = -1;
  std::int32_t right = -1;
  Value literal;
  Term term;
  std::string source;  ///< kTerm: as it was written, "isr(orders-0)"
};

struct Condition {
  std::string text;
  std::vector<ConditionNode> nodes;  ///< the root is the last; at most kMaxConditionNodes
};
inline constexpr std::size_t kMaxConditionNodes = 256;
inline constexpr std::size_t kMaxConditionLength = 4096;

/// Errors: `column 5: unknown topic "order"; did you mean "orders"?`
[[nodiscard]] Result<Condition> parse_condition(std::string_view text, const Names& names);

/// Whether it holds now. A number is true unless 0, none is false. A comparison with none is false, except `== none` and
/// `!= none`, and `!= x`, which is true.
[[nodiscard]] bool holds(const Condition& condition, const StateReader& reader);
/// Why: each comparison with what was found, e.g. `isr(orders-0) is [1,2,3]`.
[[nodiscard]] std::string explain(const Condition& condition, const StateReader& reader);

/// A word of the language, for help and completion.
struct QuantityInfo {
  Quantity quantity;
  std::string_view word;   ///< "isr"
  std::string_view usage;  ///< "isr(PARTITION)"
  std::string_view help;
};
[[nodiscard]] std::span<const QuantityInfo> quantity_table();

}  // namespace kscope::scenario
