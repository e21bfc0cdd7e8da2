#include "sim/coordinator/coordinator_record_codec.h"

#include "sim/raft/control_records.h"
#include "tests/kafka/version_prefixed_cases.h"

#include <gtest/gtest.h>

#include <tuple>

namespace kscope::sim::wire::coordinator_records_test {
namespace {

using Types =
    std::tuple<OffsetCommitKey, OffsetCommitValue, GroupMetadataKey, GroupMetadataValue, ConsumerGroupMetadataKey,
               ConsumerGroupMetadataValue, ConsumerGroupPartitionMetadataKey, ConsumerGroupPartitionMetadataValue,
               ConsumerGroupMemberMetadataKey, ConsumerGroupMemberMetadataValue,
               ConsumerGroupTargetAssignmentMetadataKey, ConsumerGroupTargetAssignmentMetadataValue,
               ConsumerGroupTargetAssignmentMemberKey, ConsumerGroupTargetAssignmentMemberValue,
               ConsumerGroupCurrentMemberAssignmentKey, ConsumerGroupCurrentMemberAssignmentValue, TransactionLogKey,
               TransactionLogValue, LeaderChangeMessage, KRaftVersionRecord, VotersRecord, SnapshotHeaderRecord,
               SnapshotFooterRecord>;

TEST(KafkaCoordinatorRecords, DecodeAndEncodeAsKafka) {
  kafka_data::for_each_case("coordinator_records.jsonl", static_cast<Types*>(nullptr),
                            []<class T>(const auto& example) { kafka_data::expect_same_both_ways<T>(example); });
}

TEST(KafkaCoordinatorRecords, DamagedBytesAreSafe) {
  kafka_data::for_each_case("coordinator_records.jsonl", static_cast<Types*>(nullptr),
                            []<class T>(const auto& example) { kafka_data::expect_damage_is_safe<T>(example); });
}

}  // namespace
}  // namespace kscope::sim::wire::coordinator_records_test
