#include <fmt/format.h>

#include "sim/check/producer_batches.h"

namespace kscope::sim {

/// No record of an idempotent producer is appended to a log that has it already.
Finding check_no_batch_twice(const CheckContext& c) {
  const ProducerBatches batches = producer_batches(c);
  if (batches.appended == nullptr || !batches.appended->base_sequence.is_set()) {
    return Finding::not_asked();
  }
  if (batches.before == nullptr || batches.before->producer_epoch != batches.appended->producer_epoch) {
    return Finding::fine();
  }
  const RecordBatch& appended = *batches.appended;
  const RecordBatch& before = *batches.before;
  // Sequences wrap, so "not after" is a distance, not an order.
  const std::int64_t distance = std::int64_t{appended.base_sequence.value} - before.base_sequence.value;
  const bool is_repeated = distance <= 0 && distance > -(INT32_MAX / 2);
  if (!is_repeated) {
    return Finding::fine();
  }
  return Finding::broken(
      fmt::format("{}; it stands at offset {} already", describe_batch(c, appended), before.base_offset.value));
}

}  // namespace kscope::sim
