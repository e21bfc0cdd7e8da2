#include "sim/coordinator/group/consumer/consumer_group_result.h"

namespace kscope::sim::consumer_group {

void apply(ConsumerGroup& group, const ConsumerGroupResult& result) {
  for (const ConsumerGroupRecord& record : result.records) {
    replay(group, record);
  }
  if (result.metadata_refresh.has_value()) {
    group.metadata_refresh = *result.metadata_refresh;
  }
}

}  // namespace kscope::sim::consumer_group
