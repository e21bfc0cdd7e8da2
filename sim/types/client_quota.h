#pragma once
// Client quotas: how many bytes a second clients with one client id may produce and consume on each broker, all of them
// together. Kafka: entity type client-id of AlterClientQuotas, /config/clients in ZooKeeper, ClientQuotaRecord.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kscope::sim {

/// The numbers are those of notes.
enum class QuotaType : std::uint8_t { PRODUCE = 0, FETCH = 1 };

/// Name of the entity that stands for every client id without a quota of its own. Source: ZooKeeperInternals.DEFAULT_STRING.
inline constexpr std::string_view kDefaultClientId = "<default>";
inline constexpr std::string_view kProducerByteRate = "producer_byte_rate";
inline constexpr std::string_view kConsumerByteRate = "consumer_byte_rate";

struct ClientQuota {
  std::string client_id;                           ///< or kDefaultClientId
  std::optional<std::int64_t> producer_byte_rate;  ///< bytes a second, above 0; none = not limited here
  std::optional<std::int64_t> consumer_byte_rate;
  bool operator==(const ClientQuota&) const = default;

  [[nodiscard]] std::optional<std::int64_t> limit(QuotaType type) const {
    return type == QuotaType::PRODUCE ? producer_byte_rate : consumer_byte_rate;
  }
};

/// What holds for a client id: its own quota, else the default one; none = no limit.
/// Source: ClientQuotaManager.DefaultQuotaCallback.quotaLimit, client-id entities.
[[nodiscard]] std::optional<std::int64_t> quota_limit(const std::vector<ClientQuota>& quotas,
                                                      std::string_view client_id, QuotaType type);

/// Sets (or, without a value, removes) one quota. Requires: `name` is one of the two. The entity stays known without any.
void alter_quota(std::vector<ClientQuota>& quotas, const std::string& client_id, std::string_view name,
                 std::optional<std::int64_t> value);

}  // namespace kscope::sim
