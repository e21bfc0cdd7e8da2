#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "sim/check/invariant.h"

namespace kscope::sim {
namespace {

constexpr Duration kReadingMargin = 60s;  ///< requests that are sent again, and looks that come late

Offset last_stable_offset(const PartitionLog& log, Offset high_watermark) {
  return std::min(high_watermark, log.producers().first_unstable_offset().value_or(high_watermark));
}

const PartitionLog* leader_log_of(const LivenessLook& look, TopicPartition partition, Offset& high_watermark) {
  const Partition* hosted = nullptr;
  const Broker* broker = look.leader(partition, hosted);
  high_watermark = broker == nullptr ? kUnknownOffset : hosted->high_watermark;
  return broker == nullptr ? nullptr : log_on(look.world(), look.registry().node_of(broker->id), partition);
}

/// What keeps the consumer from reading the partition without a mistake of anybody; "" = nothing.
std::string trouble_of(const LivenessLook& look, const Consumer& consumer, const TopicPartitionState& partition) {
  if (partition.is_paused) {
    return "it is paused";
  }
  if (!look.registry().client_quotas.empty()) {
    return "a quota may hold its consumer back";
  }
  if (std::string of_offsets = look.trouble_of_topic(kOffsetsTopic);
      partition.state == FetchState::INITIALIZING && !of_offsets.empty()) {
    return of_offsets;
  }
  if (std::string of_transactions = look.trouble_of_topic(look.registry().transaction_topic);
      consumer.copier && !of_transactions.empty()) {
    return of_transactions;
  }
  if (partition.state == FetchState::INITIALIZING && consumer.last_error == ErrorCode::UNSTABLE_OFFSET_COMMIT) {
    return "its offset waits for the end of a transaction";
  }
  const bool is_at_work = consumer.application != ApplicationState::kPolling || !consumer.fetcher.completed.empty();
  return is_at_work ? "the application has other records to work on" : std::string{};
}

/// What is said of one partition of one consumer. `progress`: as it was at the last look, and is remembered until the next one.
Finding finding_of(const LivenessLook& look, const Consumer& consumer, const TopicPartitionState& partition,
                   ReadProgress& progress) {
  const std::string name = look.registry().partition_name(partition.partition);
  Offset high_watermark{0};
  const PartitionLog* log = leader_log_of(look, partition.partition, high_watermark);
  const Calm calm = look.core().with(look.client(progress.consumer));
  const std::string trouble = log == nullptr          ? "it has no leader"
                              : !calm.trouble.empty() ? calm.trouble
                                                      : trouble_of(look, consumer, partition);
  if (!trouble.empty()) {
    progress.since = look.now();
    return Finding::excused(fmt::format("{}: {}", name, trouble));
  }
  const bool is_committed_only = consumer.setup.config.isolation_level == IsolationLevel::READ_COMMITTED;
  const Offset end = is_committed_only ? last_stable_offset(*log, high_watermark) : high_watermark;
  const bool has_read_all = partition.state == FetchState::FETCHING && partition.position >= end;
  if (has_read_all || partition.position != progress.position) {
    progress.position = partition.position;
    progress.since = look.now();
    return Finding::fine();
  }
  const SimTime since = std::max(progress.since, calm.since);
  const Duration needed = 2 * consumer.setup.config.request_timeout_ms + kReadingMargin;
  if (look.now() < since + needed) {
    return Finding::excused(fmt::format("{} has been waiting for its position for {}, and may need {}",
                                        look.name(progress.consumer), in_seconds(look.now() - since),
                                        in_seconds(needed)));
  }
  progress.since = look.now();
  return Finding::broken(fmt::format(
      "{} is at offset {} of {} for {}, which ends at {}, and nothing keeps it from reading",
      look.name(progress.consumer), partition.position.value, name, in_seconds(look.now() - since), end.value));
}

bool is_earlier_read(const ReadProgress& a, const ReadProgress& b) {
  return a.consumer != b.consumer ? a.consumer < b.consumer : a.partition < b.partition;
}

void look_at_consumers(const LivenessLook& look, Liveness& memory, std::vector<Finding>& findings) {
  std::vector<ReadProgress> reads;
  const std::vector<NodeEntry>& nodes = look.registry().nodes;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const NodeId node(static_cast<std::int32_t>(i));
    const Consumer* consumer = nodes[i].role == NodeRole::kConsumer ? look.consumer(node) : nullptr;
    for (std::size_t n = 0; consumer != nullptr && n < consumer->fetcher.assigned.size(); ++n) {
      const TopicPartitionState& partition = consumer->fetcher.assigned[n];
      ReadProgress progress{node, partition.partition, partition.position, look.now()};
      const auto before = std::lower_bound(memory.reads.begin(), memory.reads.end(), progress, is_earlier_read);
      if (before != memory.reads.end() && !is_earlier_read(progress, *before)) {
        progress = *before;
      }
      findings.push_back(finding_of(look, *consumer, partition, progress));
      reads.push_back(progress);
    }
  }
  memory.reads = std::move(reads);
}

/// How long a transaction may hold the last stable offset back: then its coordinator aborts it, and its markers are written.
Duration longest_transaction(const Registry& registry) {
  Duration longest{0};
  for (const ProducerSetup& producer : *registry.producers) {
    longest = std::max(longest, producer.config.transaction_timeout_ms);
  }
  for (const ConsumerSetup& consumer : *registry.consumers) {
    longest = std::max(longest, consumer.output ? consumer.output->config.transaction_timeout_ms : Duration(0));
  }
  return longest;
}

void look_at_stable_offsets(const LivenessLook& look, Liveness& memory, std::vector<Finding>& findings) {
  if (!look.registry().transaction_topic.is_valid()) {
    return;
  }
  FlatMap<TopicPartition, StableProgress> stables;
  const Duration needed = longest_transaction(look.registry()) + 2 * kReadingMargin;
  const std::string of_coordinators = look.trouble_of_topic(look.registry().transaction_topic);
  const std::string& trouble = look.core().trouble.empty() ? of_coordinators : look.core().trouble;
  for (std::size_t topic = 0; topic < look.watch().topics().size(); ++topic) {
    for (std::size_t index = 0; index < look.watch().topics()[topic].size(); ++index) {
      const TopicPartition partition{TopicId(static_cast<std::int32_t>(topic)), static_cast<std::int32_t>(index)};
      Offset high_watermark{0};
      const PartitionLog* log = leader_log_of(look, partition, high_watermark);
      const Offset stable = log == nullptr ? high_watermark : last_stable_offset(*log, high_watermark);
      if (log == nullptr || stable >= high_watermark) {
        continue;
      }
      const StableProgress* before = memory.stables.get(partition);
      const bool stands = trouble.empty() && before != nullptr && before->stable == stable;
      StableProgress progress{stable, stands ? std::max(before->since, look.core().since) : look.now()};
      if (look.now() >= progress.since + needed) {
        findings.push_back(
            Finding::broken(fmt::format("the last stable offset of {} is {} for {}, and its high watermark {}",
                                        look.registry().partition_name(partition), stable.value,
                                        in_seconds(look.now() - progress.since), high_watermark.value)));
        progress.since = look.now();
      }
      stables.insert_or_assign(partition, progress);
    }
  }
  memory.stables = std::move(stables);
}

}  // namespace

/// A consumer whose partition has records goes on reading, be it slower than the producer; and the last stable offset does not stay
/// behind the high watermark longer than transactions may last. Cost: O(partitions) each look.
void look_at_reading(const LivenessLook& look, Liveness& memory, std::vector<Finding>& findings) {
  look_at_consumers(look, memory, findings);
  look_at_stable_offsets(look, memory, findings);
}

}  // namespace kscope::sim
