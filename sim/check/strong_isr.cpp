#include <fmt/format.h>

#include <optional>

#include "sim/check/invariant.h"

namespace kscope::sim {

namespace {

/// Records below `upto` that replica `other` lacks or has differently from `leader`, in words; "" = none.
std::string missing_on(const CheckContext& c, NodeId leader, NodeId other, Offset upto) {
  const PartitionLog* mine = c.log(leader, c.note.partition);
  const PartitionLog* theirs = c.log(other, c.note.partition);
  if (mine == nullptr || upto <= mine->log_start_offset()) {
    return {};
  }
  if (theirs == nullptr || theirs->log_end_offset() < upto) {
    return fmt::format("{}: {} shows records up to {}, but {} in the ISR ends at {}", c.partition(),
                       c.node_name(leader), upto.value, c.node_name(other),
                       theirs == nullptr ? 0 : theirs->log_end_offset().value);
  }
  const RecordBatch* a = mine->find(upto - 1);
  const RecordBatch* b = theirs->find(upto - 1);
  if (a != nullptr && b != nullptr && !a->is_compacted && !b->is_compacted &&
      (a->leader_epoch != b->leader_epoch || a->records != b->records)) {
    return fmt::format("{}: {} and {} differ at offset {}", c.partition(), c.node_name(leader), c.node_name(other),
                       upto.value - 1);
  }
  return {};
}

/// What every note that may break the promise is about: what leaders show, on which replicas it must be.
struct Question {
  BrokerSet isr;                       ///< by the controller
  NodeId only_leader;                  ///< none = every broker that presumes to lead
  NodeId only_replica;                 ///< none = every member of the ISR
  std::optional<Offset> leader_shows;  ///< none = what the leader's notes told
};

std::optional<Question> question_of(const CheckContext& c, const PartitionWatch& p) {
  Question question;
  question.isr = p.isr;
  switch (c.note.kind) {
    case NoteKind::kHighWatermark:
      question.only_leader = c.event.node;
      question.leader_shows = Offset(c.note.a);
      return question;
    case NoteKind::kLogTruncated: question.only_replica = c.event.node; return question;
    case NoteKind::kIsrChanged: question.isr = c.note.brokers; return question;
    default: return std::nullopt;
  }
}

Finding judge(const CheckContext& c, const PartitionWatch& p, const Question& question) {
  const std::vector<NodeId>& nodes = c.registry().broker_nodes;
  for (std::size_t leader = 0; leader < p.replicas.size(); ++leader) {
    const ReplicaWatch& shown = p.replicas[leader];
    if (!shown.presumes_leader || (question.only_leader.is_valid() && question.only_leader != nodes[leader])) {
      continue;
    }
    for (std::size_t other = 0; other < nodes.size(); ++other) {
      const bool is_asked = !question.only_replica.is_valid() || question.only_replica == nodes[other];
      if (!question.isr.contains(other) || other == leader || !is_asked) {
        continue;
      }
      std::string detail =
          missing_on(c, nodes[leader], nodes[other], question.leader_shows.value_or(shown.high_watermark));
      if (!detail.empty()) {
        return p.may_have_lost() || c.is_unclean_election() ? Finding::permitted(std::move(detail))
                                                            : Finding::broken(std::move(detail));
      }
    }
  }
  return Finding::fine();
}

}  // namespace

/// Every member of the controller's ISR must hold what a leader shows: asked when a leader raises its high watermark, when
/// a replica is truncated and when the ISR changes. Source: StrongIsr of the published TLA+ models of Kafka's replication.
Finding check_strong_isr(const CheckContext& c) {
  const PartitionWatch* p = c.watch.find(c.note.partition);
  const std::optional<Question> question = p == nullptr ? std::nullopt : question_of(c, *p);
  return question ? judge(c, *p, *question) : Finding::not_asked();
}

}  // namespace kscope::sim
