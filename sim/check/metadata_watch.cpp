#include "sim/check/metadata_watch.h"

#include <algorithm>

namespace kscope::sim {

const MetadataBatch* MetadataWatch::find(Offset base_offset) const {
  const auto at =
      std::lower_bound(committed.begin(), committed.end(), base_offset,
                       [](const MetadataBatch& batch, Offset offset) { return batch.base_offset < offset; });
  return at == committed.end() || (*at).base_offset != base_offset ? nullptr : &*at;
}

const raft::RaftLog* metadata_log_on(const World& world, NodeId node) {
  if (world.registry().nodes.at(static_cast<std::size_t>(node.value)).role == NodeRole::kController) {
    return &world.durable(node).metadata_log.log;
  }
  const Role* role = world.role(node);
  const auto* broker = role == nullptr ? nullptr : std::get_if<Broker>(role);
  return broker == nullptr ? nullptr : &broker->kraft.log.log;
}

BrokerSet unfit_in(const Registry& registry, const kraft::MetadataImage& image) {
  BrokerSet out;
  for (std::size_t i = 0; i < registry.brokers->size(); ++i) {
    if (!image.is_active((*registry.brokers)[i].id)) {
      out.add(i);
    }
  }
  return out;
}

std::size_t first_batch_from(const raft::RaftLog& log, Offset from) {
  std::size_t index = log.batches().size();
  while (index > 0 && log.batches()[index - 1].base_offset >= from) {
    --index;
  }
  return index;
}

void MetadataWatch::on_note(const World& world, const Event& event, const Note& note) {
  if (note.kind == NoteKind::kQuorumLeaderElected) {
    leaders.insert_or_assign(LeaderEpoch(static_cast<std::int32_t>(note.a)), note.broker);
    return;
  }
  const raft::RaftLog* log = metadata_log_on(world, event.node);
  if (log == nullptr) {
    return;
  }
  for (std::size_t i = first_batch_from(*log, end()); i < log->batches().size(); ++i) {
    const MetadataBatch& batch = log->batches()[i];
    if (batch.base_offset != end() || batch.next_offset() > Offset(note.a)) {
      break;
    }
    committed.push_back(batch);
  }
  const Role* role = world.role(event.node);
  const auto* controller = role == nullptr ? nullptr : std::get_if<KraftController>(role);
  if (controller != nullptr && controller->raft.is_leader()) {
    unfit = unfit_in(world.registry(), controller->committed);
  }
}

}  // namespace kscope::sim
