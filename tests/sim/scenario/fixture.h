#pragma once
// A small cluster of names for the tests of actions, conditions and filters: zk1, b1..b3, shop, billing-1, billing-2,
// admin; topics orders (3 partitions) and audit (count unknown); group billing.

#include "sim/scenario/names.h"

namespace kscope::scenario {

inline Names test_names() {
  Names names;
  names.nodes = {{"zk1", NameRole::kZooKeeper, {}, {}},
                 {"b1", NameRole::kBroker, sim::BrokerId(1), {}},
                 {"b2", NameRole::kBroker, sim::BrokerId(2), {}},
                 {"b3", NameRole::kBroker, sim::BrokerId(3), {}},
                 {"shop", NameRole::kProducer, {}, {}},
                 {"billing-1", NameRole::kConsumer, {}, "billing"},
                 {"billing-2", NameRole::kConsumer, {}, "billing"},
                 {"admin", NameRole::kAdmin, {}, {}}};
  names.topics = {{"__consumer_offsets", -1}, {"orders", 3}, {"audit", -1}};
  names.groups = {"billing"};
  names.client_ids = {"shop", "billing-1", "billing-2"};
  return names;
}

}  // namespace kscope::scenario
