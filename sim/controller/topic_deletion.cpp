#include "sim/controller/topic_deletion.h"

#include <algorithm>

#include "sim/controller/controller_context.h"

namespace kscope::sim {
namespace {

template <class Use>
void for_each_replica(const ControllerContext& context, TopicId topic, Use use) {
  for (const auto& [partition, entry] : context.partitions) {
    if (partition.topic == topic) {
      for (const BrokerId replica : entry.replicas) {
        use(PartitionAndReplica{partition, replica});
      }
    }
  }
}

}  // namespace

bool TopicDeletion::is_any_in(TopicId topic, ReplicaState state) const {
  return std::any_of(states.begin(), states.end(),
                     [&](const auto& entry) { return entry.first.partition.topic == topic && entry.second == state; });
}

void TopicDeletion::init(const ControllerContext& context, const std::vector<TopicId>& marked) {
  to_be_deleted.insert(marked.begin(), marked.end());
  for (const TopicId topic : marked) {
    if (context.is_being_reassigned(topic)) {
      ineligible.insert(topic);
    }
    for_each_replica(context, topic, [&](const PartitionAndReplica& replica) {
      if (!context.is_live(replica.replica)) {
        states.insert_or_assign(replica, ReplicaState::ReplicaDeletionIneligible);
        ineligible.insert(topic);
      }
    });
  }
}

void TopicDeletion::enqueue(const ControllerContext& context, TopicId topic) {
  to_be_deleted.insert(topic);
  if (context.is_being_reassigned(topic)) {
    ineligible.insert(topic);
  }
}

void TopicDeletion::fail_replica_deletion(const std::vector<PartitionAndReplica>& replicas) {
  for (const PartitionAndReplica& replica : replicas) {
    if (!is_queued(replica.partition.topic)) {
      continue;
    }
    ineligible.insert(replica.partition.topic);
    const ReplicaState* state = states.get(replica);
    if (state == nullptr || *state != ReplicaState::ReplicaDeletionSuccessful) {
      states.insert_or_assign(replica, ReplicaState::ReplicaDeletionIneligible);
    }
  }
}

void TopicDeletion::complete_replica_deletion(const std::vector<PartitionAndReplica>& replicas) {
  for (const PartitionAndReplica& replica : replicas) {
    const ReplicaState* state = states.get(replica);
    if (state != nullptr && *state == ReplicaState::ReplicaDeletionStarted) {
      states.insert_or_assign(replica, ReplicaState::ReplicaDeletionSuccessful);
    }
  }
}

void TopicDeletion::resume(const std::vector<TopicId>& topics) {
  for (const TopicId topic : topics) {
    ineligible.erase(topic);
  }
}

bool TopicDeletion::is_complete(const ControllerContext& context, TopicId topic) const {
  bool is_complete = true;
  for_each_replica(context, topic, [&](const PartitionAndReplica& replica) {
    const ReplicaState* state = states.get(replica);
    is_complete = is_complete && state != nullptr && *state == ReplicaState::ReplicaDeletionSuccessful;
  });
  return is_complete;
}

// Source: TopicDeletionManager.onTopicDeletion, onPartitionDeletion.
void TopicDeletion::begin(const ControllerContext& context, TopicId topic, DeletionWork& work) {
  work.begun.push_back(topic);
  started.insert(topic);
  for_each_replica(context, topic, [&](const PartitionAndReplica& replica) {
    const ReplicaState* state = states.get(replica);
    if (!context.is_live(replica.replica)) {
      work.dead.push_back(replica);
    } else if (state == nullptr || *state != ReplicaState::ReplicaDeletionSuccessful) {
      states.insert_or_assign(replica, ReplicaState::ReplicaDeletionStarted);
      work.replicas.push_back(replica);
    }
  });
  fail_replica_deletion(work.dead);
}

DeletionWork TopicDeletion::next_work(const ControllerContext& context) {
  DeletionWork work;
  for (const TopicId topic : to_be_deleted) {
    if (is_complete(context, topic)) {
      work.complete.push_back(topic);
      continue;
    }
    if (is_any_in(topic, ReplicaState::ReplicaDeletionStarted)) {
      continue;
    }
    for (auto& [replica, state] : states) {
      if (replica.partition.topic == topic && state == ReplicaState::ReplicaDeletionIneligible) {
        state = ReplicaState::OfflineReplica;
      }
    }
    if (!ineligible.contains(topic)) {
      begin(context, topic, work);
    }
  }
  return work;
}

void TopicDeletion::forget(TopicId topic) {
  to_be_deleted.erase(topic);
  started.erase(topic);
  ineligible.erase(topic);
  states.erase_if([&](const PartitionAndReplica& replica, ReplicaState) { return replica.partition.topic == topic; });
}

}  // namespace kscope::sim
