// A partition as a controller has it: from the ZooKeeper-mode controller's context, or from the committed image of KRaft's.

#include <algorithm>
#include <charconv>

#include "sim/check/invariant.h"

namespace kscope::sim {
namespace {

/// Source: ReplicationControlManager.getTopicEffectiveMinIsr, Kafka 4.0.
std::int32_t effective_min_isr(const Registry& registry, const kraft::MetadataImage& image,
                               const kraft::TopicImage& topic) {
  std::int32_t min_isr = registry.brokers->front().config.min_insync_replicas;
  if (const auto text = image.topic_config(topic.name, "min.insync.replicas"); text.has_value()) {
    std::from_chars(text->data(), text->data() + text->size(), min_isr);
  }
  return std::min(min_isr, static_cast<std::int32_t>(topic.partitions.front().replicas.size()));
}

}  // namespace

const kraft::MetadataImage* CheckContext::committed_metadata() const {
  const Role* role = event.node.is_valid() ? world.role(event.node) : nullptr;
  const auto* found = role == nullptr ? nullptr : std::get_if<KraftController>(role);
  return found == nullptr ? nullptr : &found->committed;
}

std::optional<ControllerView> CheckContext::controller_view() const {
  ControllerView view;
  if (const kraft::MetadataImage* image = committed_metadata()) {
    const kraft::TopicImage* topic = image->topic(topic_uuid(registry(), *image, note.partition.topic));
    const kraft::PartitionRegistration* found =
        topic == nullptr ? nullptr : image->partition(topic->id, note.partition.partition);
    if (found == nullptr || found->partition_epoch.value != note.b) {
      return std::nullopt;
    }
    view.replicas = registry().broker_set(found->replicas);
    view.leader = found->leader;
    view.leader_epoch = found->leader_epoch;
    view.is_elr_enabled = has_elr();
    view.elr = registry().broker_set(found->elr);
    view.last_known_count = found->last_known_elr.size();
    view.min_isr = effective_min_isr(registry(), *image, *topic);
    return view;
  }
  const ControllerContext* context = controller();
  const ControllerPartition* entry = context == nullptr ? nullptr : context->partitions.get(note.partition);
  if (entry == nullptr) {
    return std::nullopt;
  }
  view.replicas = registry().broker_set(entry->replicas);
  if (entry->leadership) {
    view.leader = entry->leadership->leader;
    view.leader_epoch = entry->leadership->leader_epoch;
  }
  return view;
}

}  // namespace kscope::sim
