#include "sim/broker/client_quota_manager.h"

#include <algorithm>
#include <limits>

#include "sim/broker/broker.h"

namespace kscope::sim {
namespace {

QuotaWindows windows_of(const Broker& broker) {
  const BrokerConfig& config = broker.setup.config;
  return quota_windows(config.quota_window_num, config.quota_window_size_seconds);
}

}  // namespace

/// Nothing is counted as long as there is no quota at all: Kafka's QuotaTypes.NoQuotas.
std::int32_t ClientQuotaManager::count(Ctx& ctx, const Broker& broker, const Counted& counted) {
  const std::vector<ClientQuota>& quotas = ctx.registry().client_quotas;
  if (quotas.empty()) {
    return 0;
  }
  Sensors& sensors = counted.type == QuotaType::PRODUCE ? produce_ : fetch_;
  const std::string_view client_id = ctx.registry().client_id(counted.client);
  auto found = sensors.find(client_id);
  if (found == sensors.end()) {
    found = sensors.emplace(std::string(client_id), ClientSensor{}).first;
  }
  ClientSensor& sensor = found->second;
  const QuotaWindows windows = windows_of(broker);
  const std::int64_t now = now_ms(ctx);
  sensor.rate.record(windows, counted.bytes, now);
  const std::optional<std::int64_t> limit = quota_limit(quotas, client_id, counted.type);
  const std::int64_t wait_ms = limit ? sensor.rate.throttle_time_ms(windows, *limit, now) : 0;
  if (wait_ms <= 0) {
    return 0;
  }
  if (counted.type == QuotaType::FETCH) {
    sensor.rate.record(windows, -counted.bytes, now);
  }
  const std::int64_t forgotten_ms = windows.num * windows.size_ms;
  if (sensor.throttled_until_ms == INT64_MIN || now - sensor.throttled_until_ms >= forgotten_ms) {
    ctx.note({.kind = NoteKind::kClientThrottled,
              .broker = broker.id,
              .a = counted.client.value,
              .b = wait_ms,
              .c = static_cast<std::int64_t>(counted.type)});
  }
  sensor.throttled_until_ms = std::max(sensor.throttled_until_ms, now + wait_ms);
  return static_cast<std::int32_t>(std::min<std::int64_t>(wait_ms, std::numeric_limits<std::int32_t>::max()));
}

std::int32_t ClientQuotaManager::throttle_produce(Ctx& ctx, Broker& broker, NodeId client, ChannelIndex channel,
                                                  std::int64_t request_bytes) {
  const std::int32_t wait_ms = count(ctx, broker, {QuotaType::PRODUCE, client, request_bytes});
  broker.request_queue.throttle(ctx, channel, std::chrono::milliseconds(wait_ms));
  return wait_ms;
}

std::int32_t ClientQuotaManager::throttle_fetch(Ctx& ctx, Broker& broker, NodeId client, ChannelIndex channel,
                                                std::int64_t response_bytes) {
  const std::int32_t wait_ms = count(ctx, broker, {QuotaType::FETCH, client, response_bytes});
  broker.request_queue.throttle(ctx, channel, std::chrono::milliseconds(wait_ms));
  return wait_ms;
}

std::int64_t ClientQuotaManager::max_fetch_bytes(const Ctx& ctx, const Broker& broker, NodeId client) {
  const std::vector<ClientQuota>& quotas = ctx.registry().client_quotas;
  if (quotas.empty()) {
    return INT64_MAX;
  }
  const std::optional<std::int64_t> limit = quota_limit(quotas, ctx.registry().client_id(client), QuotaType::FETCH);
  const QuotaWindows windows = windows_of(broker);
  if (!limit) {
    return INT64_MAX;
  }
  const auto most = static_cast<__int128>(*limit) * (windows.num - 1) * windows.size_ms / 1000;
  return static_cast<std::int64_t>(std::min<__int128>(most, INT64_MAX));
}

}  // namespace kscope::sim
