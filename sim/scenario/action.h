#pragma once
// Action: one thing that a person can do to the cluster, as one line of script: "crash b1", "cut b1 b2",
// "delay b1 b3 80ms". The same vocabulary serves [[at]] tables, the window and `Session::post_script`.
// An action has names, not ids; `to_inputs` looks them up.
//
//   text "delay b1 b3 80ms"  <->  Action  <->  do = "delay", node = "b1", peer = "b3", duration = "80ms"
//                                   |
//                                   +--> FaultAction or Command, and a plain sentence

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "engine/core/result.h"
#include "engine/core/time.h"
#include "engine/fault/fault_action.h"
#include "sim/scenario/names.h"

namespace kscope::sim {
struct Command;
}

namespace kscope::scenario {

enum class Verb : std::uint8_t {
  // process
  kCrash,
  kPowerLoss,
  kRestart,
  kShutdown,
  kPause,
  kResume,
  kCpuSlow,
  // network
  kCut,
  kCutOneWay,
  kHeal,
  kHealAll,
  kDelay,
  kBandwidth,
  kLoss,
  kStall,
  kStrand,
  kReset,
  kDrop,
  // disk and clock
  kDiskSlow,
  kDiskFull,
  kDiskFail,
  kDiskOk,
  kClockStep,
  kClockDrift,
  kClockFreeze,
  kClockRun,
  // ZooKeeper, topics, partitions
  kExpireSession,
  kDeleteController,
  kCreateTopic,
  kElectPreferred,
  kElectUnclean,
  kDeleteRecords,
  kSet,
  // clients
  kLeave,
  kStart,
  kStopPolling,
  kPoll,
  kCommit,
  kRate,
  kProduce,
  kCommitTransaction,
  kAbortTransaction,
  kCreatePartitions,
  kAlterQuota,
  kDeleteTopic,
  kReassign,
  kSubscribe,
  kSeek,
  kPausePartition,
  kResumePartition,
  kUnsubscribe,
};
inline constexpr int kVerbCount = static_cast<int>(Verb::kUnsubscribe) + 1;

/// One action. Fields that the verb does not take are empty or zero.
struct Action {
  Verb verb = Verb::kCrash;
  std::string node;  ///< "b1", "shop", "billing-1"; kSet: node or topic; kSubscribe: consumer or group
  std::string peer;
  std::string topic;      ///< kCreateTopic, kCreatePartitions, kDeleteTopic
  std::string partition;  ///< "orders-0"; elections: "" = all partitions
  /// Factor, percent, ppm, message number, partitions, records per 1000 s, bytes per s; offset, 0 = the high watermark.
  std::int64_t number = 0;
  std::int64_t factor = 0;  ///< kCreateTopic: replication factor
  Duration duration{0};
  std::string name;   ///< kSet: the config; kAlterQuota: the quota
  std::string value;  ///< kSet: its value; kProduce: the key, "" = null key; kAlterQuota: bytes a second, or "none";
                      ///< kReassign: brokers "b2,b3", or "cancel"; kSubscribe: topics "orders,bills";
                      ///< kSeek: an offset, "beginning" or "end"
  std::string client_id;  ///< kAlterQuota
  bool operator==(const Action&) const = default;
};

/// A word of the vocabulary, for help texts, completion and the palette.
struct VerbInfo {
  Verb verb = Verb::kCrash;
  std::string_view word;   ///< "disk-slow"
  std::string_view usage;  ///< "disk-slow BROKER FACTOR"
  std::string_view help;   ///< one sentence
};
[[nodiscard]] std::span<const VerbInfo> verb_table();
[[nodiscard]] const VerbInfo& info(Verb verb);

/// Reads one line of script. Errors say what was expected and offer the nearest known word.
[[nodiscard]] Result<Action> parse_action(std::string_view line, const Names& names);
/// One line of script that parse_action reads back.
[[nodiscard]] std::string to_text(const Action& action);
/// A sentence for people: "b1's process is killed (kill -9)."
[[nodiscard]] std::string to_sentence(const Action& action);

/// A value in an [[at]] table besides `time` and `do`.
struct ActionField {
  std::string key;    ///< "node", "peer", "broker", "factor", "duration" ...
  std::string value;  ///< numbers as digits
  bool operator==(const ActionField&) const = default;
};
/// Reads the table form. `word` may also be a whole line ("crash b1"), then `fields` must be empty.
/// Underscores in the word count as hyphens; `broker = 3` is the same as `node = "b3"`.
[[nodiscard]] Result<Action> parse_action_table(std::string_view word, const std::vector<ActionField>& fields,
                                                const Names& names);
/// The fields of the table form, without `do`.
[[nodiscard]] std::vector<ActionField> to_fields(const Action& action);

/// What the world is told, in this order (`disk-ok` mends three things). Errors: a name that does not exist (any more).
using Input = std::variant<FaultAction, sim::Command>;
[[nodiscard]] Result<std::vector<Input>> to_inputs(const Action& action, const sim::Registry& registry);
/// The same for many actions: `names` are those of the registry.
[[nodiscard]] Result<std::vector<Input>> to_inputs(const Action& action, const sim::Registry& registry,
                                                   const Names& names);

}  // namespace kscope::scenario
