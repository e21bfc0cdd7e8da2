#pragma once
// What the records that coordinators wrote look like as bytes: the logs of the model hold CoordinatorRecord, here is the key
// and the value that Kafka would have written for one. Versions are those that Kafka 3.9 writes: the newest that is not
// flexible, or older ones by the broker's inter.broker.protocol.version; with transaction version 2 (the rule
// kip-890-epochs) the flexible one of Kafka 4.0. Source: GroupMetadataManager, TransactionLog.valueToBytes,
// ConsumerProtocol.
// MODEL: the log of the model does not keep everything. A member's subscription has no generation and no user data; its
// host is its name; a group has been in its state since its record was written. A transactional id in state Empty counts
// as one that has had no transaction of version 2 yet.

#include <cstddef>

#include "sim/coordinator/coordinator_record_codec.h"
#include "sim/protocol/coordinator_record.h"
#include "sim/types/record_batch.h"
#include "sim/world/registry.h"

namespace kscope::sim {

/// The `index`-th record of a batch of __consumer_offsets, to be encoded. Requires: the batch has coordinator records, and
/// that one is an offset commit, the metadata of a group, the tombstone of either, or of a group of KIP-848.
[[nodiscard]] wire::OffsetsTopicRecord offsets_topic_record(const Registry& registry, const RecordBatch& batch,
                                                            std::size_t index);

/// The same for __transaction_state. Requires: the record is one of a transactional id.
[[nodiscard]] wire::TransactionTopicRecord transaction_topic_record(const Registry& registry,
                                                                    const TransactionRecord& record);

/// Key and value of either. Cost: O(bytes).
[[nodiscard]] wire::KeyValueBytes coordinator_record_bytes(const Registry& registry, const RecordBatch& batch,
                                                           std::size_t index);

}  // namespace kscope::sim
