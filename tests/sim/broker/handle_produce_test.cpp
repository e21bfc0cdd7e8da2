#include <gtest/gtest.h>

#include "sim/types/record_batch_size.h"
#include "tests/sim/broker/broker_rig.h"

namespace kscope::sim::handle_produce_test {
namespace {

BrokerRig led_by_1(std::vector<int> isr = {1, 2, 3}, int count = 1) {
  BrokerRig rig(count);
  EXPECT_EQ(rig.leader_and_isr(1, BrokerRig::state(1, 5, std::move(isr))), ErrorCode::NONE);
  return rig;
}

TEST(Produce, acks_all_waits_for_every_in_sync_replica) {
  BrokerRig rig = led_by_1();
  const auto asked = rig.produce(1, Acks::ALL, test_batch(3));
  EXPECT_EQ(rig.log(1).log_end_offset(), Offset(3));
  EXPECT_EQ(rig.produce_error(asked), std::nullopt);
  rig.follow(1, 2, Offset(3));
  EXPECT_EQ(rig.produce_error(asked), std::nullopt) << "broker 3 does not have it yet";
  rig.follow(1, 3, Offset(3));
  const auto response = rig.take<ProduceResponse>(asked);
  ASSERT_TRUE(response.has_value());
  EXPECT_EQ(response->partitions[0].error, ErrorCode::NONE);
  EXPECT_EQ(response->partitions[0].base_offset, Offset(0));
  EXPECT_EQ(rig.orders0(1).high_watermark, Offset(3));
}

TEST(Produce, acks_all_does_not_wait_for_replicas_outside_the_isr) {
  BrokerRig rig = led_by_1({1, 2});
  const auto asked = rig.produce(1, Acks::ALL, test_batch(3));
  rig.follow(1, 2, Offset(3));
  EXPECT_EQ(rig.produce_error(asked), ErrorCode::NONE);
}

TEST(Produce, acks_all_is_answered_at_once_when_the_leader_is_the_only_in_sync_replica) {
  BrokerRig rig = led_by_1({1});
  EXPECT_EQ(rig.produce_error(rig.produce(1, Acks::ALL, test_batch(3))), ErrorCode::NONE);
}

TEST(Produce, acks_1_is_answered_when_the_leader_has_it) {
  BrokerRig rig = led_by_1();
  EXPECT_EQ(rig.produce_error(rig.produce(1, Acks::LEADER, test_batch(3))), ErrorCode::NONE);
  EXPECT_EQ(rig.orders0(1).high_watermark, Offset(0)) << "but consumers do not see it";
}

TEST(Produce, acks_0_is_not_answered) {
  BrokerRig rig = led_by_1();
  const auto asked = rig.produce(1, Acks::NONE, test_batch(3));
  EXPECT_EQ(rig.produce_error(asked), std::nullopt);
  EXPECT_EQ(rig.log(1).log_end_offset(), Offset(3));
  EXPECT_TRUE(rig.disconnected.empty());
}

TEST(Produce, acks_0_with_an_error_closes_the_connection) {
  BrokerRig rig(1);
  const auto asked = rig.produce(1, Acks::NONE, test_batch(3));
  EXPECT_EQ(rig.produce_error(asked), std::nullopt);
  EXPECT_EQ(rig.disconnected, std::vector<NodeId>{kProducerNode});
}

TEST(Produce, a_partition_that_nobody_knows_is_UNKNOWN_TOPIC_OR_PARTITION) {
  BrokerRig rig(1);
  EXPECT_EQ(rig.produce_error(rig.produce(1, Acks::ALL, test_batch(1))), ErrorCode::UNKNOWN_TOPIC_OR_PARTITION);
}

TEST(Produce, a_partition_that_others_host_is_NOT_LEADER_OR_FOLLOWER) {
  BrokerRig rig(1);
  rig.broker(1).metadata.partitions.write().insert_or_assign(kOrders0, BrokerRig::state(2, 1, {2}, {2}));
  EXPECT_EQ(rig.produce_error(rig.produce(1, Acks::ALL, test_batch(1))), ErrorCode::NOT_LEADER_OR_FOLLOWER);
}

TEST(Produce, a_follower_answers_NOT_LEADER_OR_FOLLOWER) {
  BrokerRig rig(2);
  rig.leader_and_isr(1, BrokerRig::state(2, 1, {1, 2}, {1, 2}));
  EXPECT_EQ(rig.produce_error(rig.produce(1, Acks::ALL, test_batch(1))), ErrorCode::NOT_LEADER_OR_FOLLOWER);
}

TEST(Produce, acks_all_is_refused_before_the_append_when_the_isr_is_below_min_insync_replicas) {
  BrokerRig rig = led_by_1({1});
  rig.orders().min_insync_replicas = 2;
  EXPECT_EQ(rig.produce_error(rig.produce(1, Acks::ALL, test_batch(1))), ErrorCode::NOT_ENOUGH_REPLICAS);
  EXPECT_EQ(rig.log(1).log_end_offset(), Offset(0)) << "refused means absent";
}

TEST(Produce, acks_1_is_taken_below_min_insync_replicas_but_the_high_watermark_stands_still) {
  BrokerRig rig = led_by_1({1});
  rig.orders().min_insync_replicas = 2;
  EXPECT_EQ(rig.produce_error(rig.produce(1, Acks::LEADER, test_batch(1))), ErrorCode::NONE);
  EXPECT_EQ(rig.log(1).log_end_offset(), Offset(1));
  EXPECT_EQ(rig.orders0(1).high_watermark, Offset(0)) << "KIP-966, since 3.7";
}

TEST(Produce, min_insync_replicas_above_the_replica_count_counts_as_the_replica_count) {
  BrokerRig rig(1);
  rig.leader_and_isr(1, BrokerRig::state(1, 1, {1}, {1}));
  rig.orders().min_insync_replicas = 2;
  EXPECT_EQ(rig.produce_error(rig.produce(1, Acks::ALL, test_batch(1))), ErrorCode::NONE);
}

TEST(Produce, a_batch_above_max_message_bytes_is_MESSAGE_TOO_LARGE) {
  BrokerRig rig = led_by_1();
  rig.orders().max_message_bytes = 99;
  EXPECT_EQ(rig.produce_error(rig.produce(1, Acks::ALL, test_batch(1, 100))), ErrorCode::MESSAGE_TOO_LARGE);
  EXPECT_EQ(rig.log(1).log_end_offset(), Offset(0));
}

TEST(Produce, a_batch_above_segment_bytes_is_RECORD_LIST_TOO_LARGE) {
  BrokerRig rig = led_by_1();
  rig.orders().segment_bytes = 99;
  EXPECT_EQ(rig.produce_error(rig.produce(1, Acks::ALL, test_batch(1, 100))), ErrorCode::RECORD_LIST_TOO_LARGE);
}

TEST(Produce, a_compacted_topic_takes_no_record_without_key) {
  BrokerRig rig = led_by_1();
  rig.orders().cleanup_policy = {.is_delete = false, .is_compact = true};
  EXPECT_EQ(rig.produce_error(rig.produce(1, Acks::ALL, test_batch(2))), ErrorCode::INVALID_RECORD);
  EXPECT_EQ(rig.log(1).log_end_offset(), Offset(0));
  RecordBatch keyed = test_batch(2);
  std::vector<Record> records = *keyed.records;
  records[0].key = KeyId(0);
  records[1].key = KeyId(1);
  keyed.records = std::make_shared<const std::vector<Record>>(records);
  EXPECT_EQ(rig.produce_error(rig.produce(1, Acks::LEADER, keyed)), ErrorCode::NONE);
}

TEST(Produce, a_batch_whose_checksum_does_not_fit_is_CORRUPT_MESSAGE) {
  BrokerRig rig = led_by_1();
  RecordBatch batch = test_batch(2);
  batch.is_corrupt = true;
  EXPECT_EQ(rig.produce_error(rig.produce(1, Acks::ALL, batch)), ErrorCode::CORRUPT_MESSAGE);
  EXPECT_EQ(rig.log(1).log_end_offset(), Offset(0));
}

TEST(Produce, NOT_ENOUGH_REPLICAS_comes_before_MESSAGE_TOO_LARGE) {
  BrokerRig rig = led_by_1({1});
  rig.orders().min_insync_replicas = 2;
  rig.orders().max_message_bytes = 99;
  EXPECT_EQ(rig.produce_error(rig.produce(1, Acks::ALL, test_batch(1, 100))), ErrorCode::NOT_ENOUGH_REPLICAS);
}

TEST(Produce, a_full_disk_is_KAFKA_STORAGE_ERROR) {
  BrokerRig rig = led_by_1();
  rig.at(1).disk.is_full = true;
  EXPECT_EQ(rig.produce_error(rig.produce(1, Acks::LEADER, test_batch(1))), ErrorCode::KAFKA_STORAGE_ERROR);
  EXPECT_EQ(rig.log(1).log_end_offset(), Offset(0));
}

TEST(Produce, acks_all_times_out_with_REQUEST_TIMED_OUT_and_the_record_stays) {
  BrokerRig rig = led_by_1();
  const auto asked = rig.produce(1, Acks::ALL, test_batch(1), 2s);
  rig.pass(1999ms);
  EXPECT_EQ(rig.produce_error(asked), std::nullopt);
  rig.pass(1ms);
  EXPECT_EQ(rig.produce_error(asked), ErrorCode::REQUEST_TIMED_OUT);
  EXPECT_EQ(rig.log(1).log_end_offset(), Offset(1));
  rig.follow(1, 2, Offset(1));
  rig.follow(1, 3, Offset(1));
  EXPECT_EQ(rig.orders0(1).high_watermark, Offset(1)) << "a timed out batch may still become visible";
}

TEST(Produce, the_isr_shrinking_below_min_insync_replicas_after_the_append_is_NOT_ENOUGH_REPLICAS_AFTER_APPEND) {
  BrokerRig rig = led_by_1({1, 2});
  rig.orders().min_insync_replicas = 2;
  const auto asked = rig.produce(1, Acks::ALL, test_batch(1));
  rig.follow(1, 2, Offset(0));
  // The controller takes broker 2 out, so the high watermark stands still; then min.insync.replicas is lowered and raised
  // again around the moment at which the high watermark moves.
  PartitionState shrunk = BrokerRig::state(1, 5, {1});
  shrunk.partition_epoch = PartitionEpoch(6);
  rig.leader_and_isr(1, shrunk);
  EXPECT_EQ(rig.produce_error(asked), std::nullopt);
  rig.orders0(1).high_watermark = Offset(1);
  rig.run(1, [&](Ctx& ctx) { rig.broker(1).replicas.complete_after_append(ctx, rig.broker(1), rig.orders0(1)); });
  EXPECT_EQ(rig.produce_error(asked), ErrorCode::NOT_ENOUGH_REPLICAS_AFTER_APPEND);
}

TEST(Produce, waiting_requests_fail_with_NOT_LEADER_OR_FOLLOWER_when_leadership_is_lost) {
  BrokerRig rig = led_by_1({1, 2, 3}, 2);
  const auto asked = rig.produce(1, Acks::ALL, test_batch(1));
  rig.leader_and_isr(1, BrokerRig::state(2, 6, {2, 3}));
  EXPECT_EQ(rig.produce_error(asked), ErrorCode::NOT_LEADER_OR_FOLLOWER);
}

TEST(Produce, shrinking_the_isr_answers_who_waited_for_the_one_that_left) {
  BrokerRig rig = led_by_1({1, 2});
  const auto asked = rig.produce(1, Acks::ALL, test_batch(1));
  rig.time += Duration(31s).count();  // replica.lag.time.max.ms: broker 2 no longer counts as caught up
  PartitionState shrunk = BrokerRig::state(1, 5, {1});
  shrunk.partition_epoch = PartitionEpoch(6);
  rig.leader_and_isr(1, shrunk);
  EXPECT_EQ(rig.produce_error(asked), ErrorCode::NONE);
}

TEST(Produce, one_response_answers_all_partitions_when_the_last_one_is_replicated) {
  BrokerRig rig = led_by_1({1, 2});
  PartitionState other = BrokerRig::state(1, 1, {1});
  other.partition = kOrders1;
  rig.leader_and_isr(1, other);
  ProduceRequest body;
  body.acks = Acks::ALL;
  body.timeout = 30s;
  body.partitions.push_back({kOrders0, test_batch(2)});
  body.partitions.push_back({kOrders1, test_batch(1)});
  const auto asked = rig.request(1, kProducerNode, body);
  EXPECT_FALSE(rig.take<ProduceResponse>(asked).has_value());
  rig.follow(1, 2, Offset(2));
  const auto response = rig.take<ProduceResponse>(asked);
  ASSERT_TRUE(response.has_value());
  ASSERT_EQ(response->partitions.size(), 2u);
  EXPECT_EQ(response->partitions[0].error, ErrorCode::NONE);
  EXPECT_EQ(response->partitions[1].error, ErrorCode::NONE);
}

TEST(Produce, a_request_whose_connection_closed_is_finished_without_an_answer) {
  BrokerRig rig = led_by_1({1, 2});
  const auto asked = rig.produce(1, Acks::ALL, test_batch(1));
  rig.run(1, [&](Ctx& ctx) { rig.broker(1).replicas.on_disconnect(ctx, rig.broker(1), kProducerNode); });
  rig.follow(1, 2, Offset(1));
  EXPECT_EQ(rig.produce_error(asked), std::nullopt);
  EXPECT_EQ(rig.broker(1).replicas.delayed_produces().size(), 0u);
}

TEST(Produce, log_append_time_overwrites_the_producers_timestamps) {
  BrokerRig rig = led_by_1();
  rig.orders().message_timestamp_type = TimestampType::LOG_APPEND_TIME;
  rig.produce(1, Acks::LEADER, test_batch(1));
  EXPECT_EQ(rig.log(1).batches()[0].max_timestamp_ms, 1000);
}

TEST(Produce, flush_messages_flushes_within_the_append) {
  BrokerRig rig = led_by_1();
  rig.orders().flush_messages = 2;
  rig.produce(1, Acks::LEADER, test_batch(1));
  const FileId file = rig.orders0(1).file;
  EXPECT_EQ(rig.at(1).disk.file(file).flushed, 0);
  rig.produce(1, Acks::LEADER, test_batch(1));
  EXPECT_EQ(rig.at(1).disk.file(file).flushed, 2);
}

RecordBatch idempotent(Sequence first, std::int32_t count, ProducerEpoch epoch = ProducerEpoch(0)) {
  RecordBatch batch = test_batch(count, 100, first.value);
  batch.producer_id = ProducerId(7);
  batch.producer_epoch = epoch;
  batch.base_sequence = first;
  return batch;
}

TEST(Produce, a_batch_that_is_stored_already_gets_its_offset_again) {
  BrokerRig rig = led_by_1({1, 2});
  rig.produce(1, Acks::LEADER, idempotent(Sequence{0}, 2));
  rig.produce(1, Acks::LEADER, idempotent(Sequence{2}, 3));
  const auto again = rig.take<ProduceResponse>(rig.produce(1, Acks::LEADER, idempotent(Sequence{2}, 3)));
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(again->partitions[0].error, ErrorCode::NONE);
  EXPECT_EQ(again->partitions[0].base_offset, Offset(2));
  EXPECT_EQ(rig.log(1).log_end_offset(), Offset(5)) << "and is not stored twice";
}

TEST(Produce, a_repeated_batch_waits_for_the_replicas_as_the_first_did) {
  BrokerRig rig = led_by_1({1, 2});
  rig.produce(1, Acks::ALL, idempotent(Sequence{0}, 2));
  const auto again = rig.produce(1, Acks::ALL, idempotent(Sequence{0}, 2));
  EXPECT_EQ(rig.produce_error(again), std::nullopt) << "its records may still be lost";
  rig.follow(1, 2, Offset(2));
  EXPECT_EQ(rig.produce_error(again), ErrorCode::NONE);
}

TEST(Produce, a_gap_in_the_sequence_is_OUT_OF_ORDER_SEQUENCE_NUMBER) {
  BrokerRig rig = led_by_1();
  rig.produce(1, Acks::LEADER, idempotent(Sequence{0}, 2));
  EXPECT_EQ(rig.produce_error(rig.produce(1, Acks::LEADER, idempotent(Sequence{3}, 1))),
            ErrorCode::OUT_OF_ORDER_SEQUENCE_NUMBER);
  EXPECT_EQ(rig.log(1).log_end_offset(), Offset(2));
}

TEST(Produce, an_earlier_epoch_of_the_producer_is_INVALID_PRODUCER_EPOCH) {
  BrokerRig rig = led_by_1();
  rig.produce(1, Acks::LEADER, idempotent(Sequence{0}, 1, ProducerEpoch(2)));
  EXPECT_EQ(rig.produce_error(rig.produce(1, Acks::LEADER, idempotent(Sequence{1}, 1, ProducerEpoch(1)))),
            ErrorCode::INVALID_PRODUCER_EPOCH);
}

TEST(Produce, a_new_leader_knows_what_the_old_one_was_sent) {
  BrokerRig rig(2);
  rig.leader_and_isr(1, BrokerRig::state(1, 5, {1, 2}, {1, 2}));
  rig.leader_and_isr(2, BrokerRig::state(1, 5, {1, 2}, {1, 2}));
  rig.produce(1, Acks::LEADER, idempotent(Sequence{0}, 2));
  rig.pass(Duration(2'000'000'000));
  ASSERT_EQ(rig.log(2).log_end_offset(), Offset(2));
  rig.leader_and_isr(2, BrokerRig::state(2, 6, {1, 2}, {1, 2}));
  const auto again = rig.take<ProduceResponse>(rig.produce(2, Acks::LEADER, idempotent(Sequence{0}, 2)));
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(again->partitions[0].base_offset, Offset(0));
  EXPECT_EQ(rig.log(2).log_end_offset(), Offset(2));
}

RecordBatch compressible_batch(CompressionType type, const Registry& registry) {
  RecordBatch batch = test_batch(5);
  auto records = std::make_shared<std::vector<Record>>(*batch.records);
  for (Record& record : *records) {
    record.value_size = 100;
  }
  batch.records = std::move(records);
  batch.compression = type;
  batch.size_bytes = compressed_batch_size(kRecordBatchOverhead + 5 * 109, type, registry.compression);
  return batch;
}

TEST(Produce, compression_type_producer_keeps_the_batch_as_it_came) {
  BrokerRig rig = led_by_1({1});
  const RecordBatch batch = compressible_batch(CompressionType::LZ4, rig.registry);
  EXPECT_EQ(rig.produce_error(rig.produce(1, Acks::ALL, batch)), ErrorCode::NONE);
  EXPECT_EQ(rig.log(1).batches()[0].compression, CompressionType::LZ4);
  EXPECT_EQ(rig.log(1).size_bytes(), batch.size_bytes);
}

TEST(Produce, the_topics_compression_type_recompresses_what_came_with_another_codec) {
  BrokerRig rig = led_by_1({1});
  rig.orders().compression_type = BrokerCompressionType::ZSTD;
  EXPECT_EQ(rig.produce_error(rig.produce(1, Acks::ALL, compressible_batch(CompressionType::NONE, rig.registry))),
            ErrorCode::NONE);
  EXPECT_EQ(rig.log(1).batches()[0].compression, CompressionType::ZSTD);
  EXPECT_EQ(rig.log(1).size_bytes(), compressible_batch(CompressionType::ZSTD, rig.registry).size_bytes);
}

TEST(Produce, a_batch_that_is_too_large_once_it_is_unpacked_is_MESSAGE_TOO_LARGE) {
  BrokerRig rig = led_by_1({1});
  const RecordBatch batch = compressible_batch(CompressionType::ZSTD, rig.registry);
  rig.orders().max_message_bytes = batch.size_bytes;
  EXPECT_EQ(rig.produce_error(rig.produce(1, Acks::ALL, batch)), ErrorCode::NONE);
  rig.orders().compression_type = BrokerCompressionType::UNCOMPRESSED;
  EXPECT_EQ(rig.produce_error(rig.produce(1, Acks::ALL, batch)), ErrorCode::MESSAGE_TOO_LARGE);
  EXPECT_EQ(rig.log(1).log_end_offset(), Offset(5));
}

TEST(Produce, segment_bytes_limits_what_lies_in_the_log) {
  BrokerRig rig = led_by_1({1});
  const RecordBatch batch = compressible_batch(CompressionType::NONE, rig.registry);
  rig.orders().segment_bytes = batch.size_bytes - 1;
  EXPECT_EQ(rig.produce_error(rig.produce(1, Acks::ALL, batch)), ErrorCode::RECORD_LIST_TOO_LARGE);
  rig.orders().compression_type = BrokerCompressionType::GZIP;
  EXPECT_EQ(rig.produce_error(rig.produce(1, Acks::ALL, batch)), ErrorCode::NONE);
}

TEST(Produce, markers_are_not_compressed) {
  BrokerRig rig = led_by_1({1});
  rig.orders().compression_type = BrokerCompressionType::ZSTD;
  RecordBatch marker = test_batch(1, 78);
  marker.is_control = true;
  marker.producer_id = ProducerId(7);
  marker.producer_epoch = ProducerEpoch(0);
  EXPECT_EQ(rig.produce_error(rig.produce(1, Acks::ALL, marker)), ErrorCode::NONE);
  EXPECT_EQ(rig.log(1).batches()[0].compression, CompressionType::NONE);
  EXPECT_EQ(rig.log(1).size_bytes(), 78);
}

}  // namespace
}  // namespace kscope::sim::handle_produce_test
