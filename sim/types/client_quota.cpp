#include "sim/types/client_quota.h"

#include <algorithm>

#include "engine/core/check.h"

namespace kscope::sim {

std::optional<std::int64_t> quota_limit(const std::vector<ClientQuota>& quotas, std::string_view client_id,
                                        QuotaType type) {
  for (const std::string_view entity : {client_id, kDefaultClientId}) {
    for (const ClientQuota& quota : quotas) {
      if (quota.client_id == entity && quota.limit(type).has_value()) {
        return quota.limit(type);
      }
    }
  }
  return std::nullopt;
}

void alter_quota(std::vector<ClientQuota>& quotas, const std::string& client_id, std::string_view name,
                 std::optional<std::int64_t> value) {
  KSCOPE_CHECK(name == kProducerByteRate || name == kConsumerByteRate, "a quota that was not checked when it was read");
  auto found = std::find_if(quotas.begin(), quotas.end(),
                            [&](const ClientQuota& quota) { return quota.client_id == client_id; });
  if (found == quotas.end()) {
    found = quotas.insert(quotas.end(), ClientQuota{client_id, {}, {}});
  }
  (name == kProducerByteRate ? found->producer_byte_rate : found->consumer_byte_rate) = value;
}

}  // namespace kscope::sim
