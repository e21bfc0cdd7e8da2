#include <fmt/format.h>

#include "sim/check/producer_batches.h"

namespace kscope::sim {

/// Once a producer wrote with a higher epoch, nothing of a lower one is appended: zombies are refused.
Finding check_producer_epoch_is_monotone(const CheckContext& c) {
  const ProducerBatches batches = producer_batches(c);
  if (batches.appended == nullptr) {
    return Finding::not_asked();
  }
  if (batches.appended->producer_epoch >= batches.epoch_before) {
    return Finding::fine();
  }
  return Finding::broken(
      fmt::format("{}; before it stands epoch {}", describe_batch(c, *batches.appended), batches.epoch_before.value));
}

}  // namespace kscope::sim
