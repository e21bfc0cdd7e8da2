// An action told to people: one plain sentence each, the same in the story, the caption and the script panel.
#include <fmt/format.h>

#include "engine/core/check.h"
#include "sim/config/units.h"
#include "sim/scenario/action.h"
#include "sim/scenario/action_params.h"
#include "sim/scenario/amounts.h"

namespace kscope::scenario {
namespace {

std::string for_so_long(Duration duration) {
  return duration == Duration{0} ? std::string() : fmt::format(" for {}", duration_text(duration));
}

/// " with 3 partitions, replication factor 2": what the line says; the rest are the brokers' defaults.
std::string with_numbers(const Action& a) {
  std::string out;
  if (a.number > 0) {
    out = fmt::format(" with {} {}", a.number, a.number == 1 ? "partition" : "partitions");
  }
  if (a.factor > 0) {
    out += fmt::format("{} replication factor {}", out.empty() ? " with" : ",", a.factor);
  }
  return out;
}

/// "orders, bills and returns"
std::string listed(std::string_view names) {
  const std::vector<std::string_view> words = split_list(names);
  std::string out(words.front());
  for (std::size_t i = 1; i < words.size(); ++i) {
    out += fmt::format("{}{}", i + 1 == words.size() ? " and " : ", ", words[i]);
  }
  return out;
}

}  // namespace

std::string to_sentence(const Action& a) {
  switch (a.verb) {
    case Verb::kCrash: return fmt::format("The process {} is killed (kill -9).", a.node);
    case Verb::kPowerLoss:
      return fmt::format("The machine of {} loses power: what was not flushed to disk is gone.", a.node);
    case Verb::kRestart: return fmt::format("{} is started again.", a.node);
    case Verb::kShutdown: return fmt::format("{} is told to shut down in good order.", a.node);
    case Verb::kPause:
      return fmt::format("{} stands still{}, as in a long garbage collection.", a.node, for_so_long(a.duration));
    case Verb::kResume: return fmt::format("{} goes on.", a.node);
    case Verb::kCpuSlow:
      return a.number == 1 ? fmt::format("{} serves requests at normal speed again.", a.node)
                           : fmt::format("{} serves requests {} times slower.", a.node, a.number);
    case Verb::kCut: return fmt::format("The network between {} and {} is cut.", a.node, a.peer);
    case Verb::kCutOneWay:
      return fmt::format("The network from {} to {} is cut; the other direction still works.", a.node, a.peer);
    case Verb::kHeal: return fmt::format("The network between {} and {} is healed.", a.node, a.peer);
    case Verb::kHealAll: return "Every link of the network is healed.";
    case Verb::kDelay:
      return a.duration == Duration{0} ? fmt::format("Between {} and {} the extra delay ends.", a.node, a.peer)
                                       : fmt::format("Between {} and {} every message takes {} longer.", a.node, a.peer,
                                                     duration_text(a.duration));
    case Verb::kBandwidth:
      return a.number == 0
                 ? fmt::format("The link between {} and {} is unlimited again.", a.node, a.peer)
                 : fmt::format("The link between {} and {} carries {} a second.", a.node, a.peer, size_text(a.number));
    case Verb::kLoss:
      return fmt::format("Between {} and {} TCP must send {} % of the messages again.", a.node, a.peer, a.number);
    case Verb::kStall:
      return fmt::format("From {} to {} nothing arrives for {}, then everything in order.", a.node, a.peer,
                         duration_text(a.duration));
    case Verb::kStrand:
      return fmt::format("What {} has sent to {} hangs in its connection for {}; a new connection overtakes it.",
                         a.node, a.peer, duration_text(a.duration));
    case Verb::kReset: return fmt::format("The connection between {} and {} breaks.", a.node, a.peer);
    case Verb::kDrop: return fmt::format("The connection breaks at message {}.", a.number);
    case Verb::kDiskSlow:
      return a.number == 1 ? fmt::format("The disk of {} has its normal speed again.", a.node)
                           : fmt::format("The disk of {} becomes {} times slower.", a.node, a.number);
    case Verb::kDiskFull: return fmt::format("The disk of {} is full.", a.node);
    case Verb::kDiskFail: return fmt::format("The disk of {} fails.", a.node);
    case Verb::kDiskOk: return fmt::format("The disk of {} is in order again.", a.node);
    case Verb::kClockStep: return fmt::format("The clock of {} jumps by {}.", a.node, duration_text(a.duration));
    case Verb::kClockDrift:
      return fmt::format("The clock of {} runs {} parts per million {}.", a.node, a.number < 0 ? -a.number : a.number,
                         a.number < 0 ? "slow" : "fast");
    case Verb::kClockFreeze: return fmt::format("The clock of {} stands still.", a.node);
    case Verb::kClockRun: return fmt::format("The clock of {} goes on.", a.node);
    case Verb::kExpireSession: return fmt::format("ZooKeeper ends the session of {}.", a.node);
    case Verb::kDeleteController:
      return "An operator deletes /controller in ZooKeeper: the brokers elect a controller anew.";
    case Verb::kCreateTopic: return fmt::format("The controller is asked for a topic {}{}.", a.topic, with_numbers(a));
    case Verb::kCreatePartitions:
      return fmt::format("The controller is asked that topic {} have {} partitions.", a.topic, a.number);
    case Verb::kAlterQuota:
      return a.value == "none" ? fmt::format("{} of {} is removed.", a.name, a.client_id)
                               : fmt::format("{} of {} is set to {} bytes a second.", a.name, a.client_id, a.value);
    case Verb::kDeleteTopic: return fmt::format("The controller is asked to delete topic {}.", a.topic);
    case Verb::kReassign:
      return a.value == "cancel" ? fmt::format("The controller is asked to cancel the move of {}.", a.partition)
                                 : fmt::format("The controller is asked to move {} to {}.", a.partition, a.value);
    case Verb::kElectPreferred:
      return a.partition.empty() ? std::string("A preferred leader election is asked for all partitions.")
                                 : fmt::format("A preferred leader election is asked for {}.", a.partition);
    case Verb::kElectUnclean:
      return fmt::format("An unclean leader election is asked for {}: records may be lost.", a.partition);
    case Verb::kDeleteRecords:
      return a.number == 0
                 ? fmt::format("The administrator deletes all committed records of {}.", a.partition)
                 : fmt::format("The administrator deletes the records of {} below offset {}.", a.partition, a.number);
    case Verb::kSet: return fmt::format("{} of {} is set to {}.", a.name, a.node, a.value);
    case Verb::kLeave: return fmt::format("{} closes and leaves its group.", a.node);
    case Verb::kStart: return fmt::format("{} is started.", a.node);
    case Verb::kStopPolling:
      return fmt::format("The application of {} does not call poll(){}.", a.node, for_so_long(a.duration));
    case Verb::kPoll: return fmt::format("The application of {} calls poll() again.", a.node);
    case Verb::kCommit: return fmt::format("{} commits its offsets.", a.node);
    case Verb::kRate: return fmt::format("{} now makes {} records.", a.node, rate_text(a.number));
    case Verb::kProduce:
      return a.value.empty() ? fmt::format("{} makes one record without a key.", a.node)
                             : fmt::format("{} makes one record with the key {}.", a.node, a.value);
    case Verb::kUnsubscribe: return fmt::format("{} unsubscribes from all topics.", a.node);
    case Verb::kSubscribe: return fmt::format("{} subscribes to {}.", a.node, listed(a.value));
    case Verb::kSeek:
      return sim::parse_integer(a.value)
                 ? fmt::format("The application of {} goes to offset {} of {}.", a.node, a.value, a.partition)
                 : fmt::format("The application of {} goes to the {} of {}.", a.node, a.value, a.partition);
    case Verb::kPausePartition: return fmt::format("The application of {} pauses {}.", a.node, a.partition);
    case Verb::kResumePartition: return fmt::format("The application of {} resumes {}.", a.node, a.partition);
    case Verb::kCommitTransaction: return fmt::format("{} commits its transaction.", a.node);
    case Verb::kAbortTransaction: return fmt::format("{} aborts its transaction.", a.node);
  }
  KSCOPE_CHECK(false, "a Verb outside the enumeration");
  return {};
}

}  // namespace kscope::scenario
