// Placement in KRaft mode. Each list of brokers hands them out in a circle and starts one further for every partition;
// the racks themselves are taken in a circle that also starts one further. So leaders and followers both go round.

#include "sim/controller/replica_placement.h"

#include "engine/core/check.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <optional>
#include <utility>

namespace kscope::sim {
namespace {

// Java's Collections.shuffle: from the back, each with one at or before it.
template <class T>
void shuffle_like_java(std::vector<T>& items, const DrawBelow& draw) {
  for (std::size_t i = items.size(); i > 1; --i) {
    const auto j = static_cast<std::size_t>(draw(static_cast<std::int32_t>(i)));
    std::swap(items[i - 1], items[j]);
  }
}

// Hands out each broker once for a partition; `round` counts partitions and tells when to begin anew.
class BrokerCircle {
 public:
  void add(BrokerId broker) { brokers_.push_back(broker); }

  void start(const DrawBelow& draw) {
    if (!brokers_.empty()) {
      std::sort(brokers_.begin(), brokers_.end());
      offset_ = static_cast<std::size_t>(draw(static_cast<std::int32_t>(brokers_.size())));
    }
  }

  std::optional<BrokerId> next(std::int32_t round) {
    if (brokers_.empty()) {
      return std::nullopt;
    }
    if (round_ != round) {
      round_ = round;
      taken_ = 0;
      offset_ = (offset_ + 1) % brokers_.size();
    }
    if (taken_ >= brokers_.size()) {
      return std::nullopt;
    }
    const BrokerId broker = brokers_[(taken_ + offset_) % brokers_.size()];
    ++taken_;
    return broker;
  }

  void shuffle(const DrawBelow& draw) { shuffle_like_java(brokers_, draw); }

 private:
  std::vector<BrokerId> brokers_;
  std::int32_t round_ = 0;
  std::size_t taken_ = 0;
  std::size_t offset_ = 0;
};

struct Rack {
  BrokerCircle fenced;
  BrokerCircle unfenced;

  std::optional<BrokerId> next(std::int32_t round) {
    const std::optional<BrokerId> broker = unfenced.next(round);
    return broker.has_value() ? broker : fenced.next(round);
  }
};

class RackCircle {
 public:
  RackCircle(const std::vector<PlacementBroker>& brokers, const DrawBelow& draw) {
    for (const PlacementBroker& broker : brokers) {
      Rack& rack = racks_[broker.rack];
      (broker.is_fenced ? rack.fenced : rack.unfenced).add(broker.id);
      unfenced_count_ += broker.is_fenced ? 0 : 1;
    }
    for (auto& [name, rack] : racks_) {
      rack.fenced.start(draw);
      rack.unfenced.start(draw);
      names_.push_back(name);
    }
    if (!names_.empty()) {
      offset_ = static_cast<std::size_t>(draw(static_cast<std::int32_t>(names_.size())));
    }
  }

  std::vector<BrokerId> place(std::int32_t replication_factor, const DrawBelow& draw) {
    // Every broker has led once: mix, so that the same lists do not come again. One broker alone has nothing to mix.
    if (round_ == unfenced_count_ && unfenced_count_ > 1) {
      shuffle(draw);
      round_ = 0;
    }
    if (offset_ == names_.size()) {
      offset_ = 0;
    }
    std::size_t leader_rack = 0;
    std::vector<BrokerId> replicas{take_leader(leader_rack)};
    bool has_passed_leader_rack = false;
    std::size_t at = offset_;
    while (static_cast<std::int32_t>(replicas.size()) < replication_factor) {
      if (at == leader_rack && !has_passed_leader_rack) {
        has_passed_leader_rack = true;
      } else if (const std::optional<BrokerId> broker = rack(at).next(round_); broker.has_value()) {
        replicas.push_back(*broker);
      }
      at = (at + 1) % names_.size();
    }
    ++round_;
    ++offset_;
    return replicas;
  }

 private:
  Rack& rack(std::size_t place) { return racks_.find(names_[place])->second; }

  // The first unfenced broker from the current rack on, and the place of its rack.
  BrokerId take_leader(std::size_t& leader_rack) {
    for (std::size_t i = 0; i < names_.size(); ++i) {
      leader_rack = (offset_ + i) % names_.size();
      if (const std::optional<BrokerId> broker = rack(leader_rack).unfenced.next(round_); broker.has_value()) {
        return *broker;
      }
    }
    KSCOPE_CHECK(false, "there is an unfenced broker, so some rack must give a leader");
  }

  void shuffle(const DrawBelow& draw) {
    shuffle_like_java(names_, draw);
    for (auto& [name, rack] : racks_) {
      rack.fenced.shuffle(draw);
      rack.unfenced.shuffle(draw);
    }
  }

  std::map<std::string, Rack> racks_;
  std::vector<std::string> names_;
  std::int32_t unfenced_count_ = 0;
  std::int32_t round_ = 0;
  std::size_t offset_ = 0;
};

}  // namespace

PlacementResult place_replicas_striped(const std::vector<PlacementBroker>& brokers, const PlacementRequest& request,
                                       const DrawBelow& draw) {
  PlacementResult result;
  const auto is_fenced = [](const PlacementBroker& broker) { return broker.is_fenced; };
  const bool has_too_few =
      request.replication_factor <= 0 || request.replication_factor > static_cast<std::int32_t>(brokers.size());
  RackCircle racks(brokers, draw);  // Before the request is looked at, as in Kafka: a refusal draws, too.
  if (has_too_few || std::all_of(brokers.begin(), brokers.end(), is_fenced)) {
    result.error = ErrorCode::INVALID_REPLICATION_FACTOR;
    return result;
  }
  for (std::int32_t i = 0; i < request.partition_count; ++i) {
    result.replicas.push_back(racks.place(request.replication_factor, draw));
  }
  return result;
}

}  // namespace kscope::sim
