#include <gtest/gtest.h>

#include "sim/client/producer.h"
#include "tests/sim/client/client_fixture.h"

namespace kscope::sim::split_batch_test {
namespace {

constexpr std::int32_t kRecordSize = 109;  // null key, value of 100 bytes

/// A producer that knows that zstd leaves a quarter of its records: five of them look as small as two do uncompressed.
struct Bench : ClientBench<Producer> {
  explicit Bench(bool is_idempotent, CompressionType type = CompressionType::ZSTD)
      : ClientBench(client_registry(NodeRole::kProducer), Producer(setup_of(is_idempotent, type))) {
    registry.producers = std::make_shared<std::vector<ProducerSetup>>(1, client.setup);
    registry.compression.set(CompressionType::ZSTD, 250);
    while (type != CompressionType::NONE && client.compression_estimate.estimate() > 250'000) {
      client.compression_estimate.update(250'000);
    }
    start();
    answer(sent<MetadataRequest>().back().first.to, sent<MetadataRequest>().back().first.message.correlation_id,
           orders_metadata(1));
    if (is_idempotent) {
      const auto request = sent<InitProducerIdRequest>().back().first;
      answer(request.to, request.message.correlation_id,
             InitProducerIdResponse{ErrorCode::NONE, ProducerId(7), ProducerEpoch(0)});
    }
    clear();
  }
  static ProducerSetup setup_of(bool is_idempotent, CompressionType type) {
    ProducerSetup setup;
    setup.name = "shop";
    setup.topic = kOrders;
    setup.config.enable_idempotence = is_idempotent;
    setup.config.compression_type = type;
    setup.config.batch_size = 300;
    setup.config.linger_ms = 50ms;
    setup.workload.value_size = 100;
    return setup;
  }
  void produce(int count) {
    for (int i = 0; i < count; ++i) {
      Command one;
      one.kind = CommandKind::kProduceOne;
      one.count = -1;
      one.partition.partition = 0;
      command(one);
    }
  }
  std::vector<RecordBatch> batches() const {
    std::vector<RecordBatch> found;
    for (const auto& [effect, request] : sent<ProduceRequest>()) {
      found.push_back(request.partitions.at(0).batch);
    }
    return found;
  }
  /// Answers the one request that was sent, and forgets it.
  void answer_it(ErrorCode error) {
    const auto request = sent<ProduceRequest>().at(0);
    clear();
    ProduceResponse response;
    ProducePartitionResult result;
    result.partition = request.second.partitions.at(0).partition;
    result.error = error;
    response.partitions.push_back(result);
    answer(request.first.to, request.first.message.correlation_id, response);
  }
};

TEST(Compression, a_batch_travels_with_its_codec_and_its_compressed_size) {
  Bench bench(false);
  bench.produce(2);
  ASSERT_TRUE(bench.fire(TimerKind::kLinger));
  ASSERT_EQ(bench.batches().size(), 1U);
  EXPECT_EQ(bench.batches()[0].compression, CompressionType::ZSTD);
  EXPECT_EQ(bench.batches()[0].size_bytes, kRecordBatchOverhead + (2 * kRecordSize + 3) / 4);
}

TEST(Compression, every_batch_that_is_sent_moves_the_estimate) {
  Bench bench(false);
  bench.registry.compression.set(CompressionType::ZSTD, 200);
  bench.produce(1);
  ASSERT_TRUE(bench.fire(TimerKind::kLinger));
  EXPECT_EQ(bench.client.compression_estimate.estimate(), 245'000);
  bench.registry.compression.set(CompressionType::ZSTD, 600);
  bench.produce(1);
  ASSERT_TRUE(bench.fire(TimerKind::kLinger));
  EXPECT_GE(bench.client.compression_estimate.estimate(), 600'000);
}

TEST(MessageTooLarge, a_batch_of_several_records_is_split_and_sent_again_in_order) {
  Bench bench(false);
  bench.produce(5);
  ASSERT_TRUE(bench.fire(TimerKind::kLinger));
  ASSERT_EQ(bench.batches().size(), 1U);
  ASSERT_EQ(bench.batches()[0].record_count, 5);
  bench.answer_it(ErrorCode::MESSAGE_TOO_LARGE);
  const std::vector<RecordBatch> parts = bench.batches();
  ASSERT_EQ(parts.size(), 3U) << "two records reach batch.size when compression is not counted on";
  std::int64_t sequence = 0;
  for (const RecordBatch& part : parts) {
    EXPECT_LE(part.record_count, 2);
    for (const Record& record : *part.records) {
      EXPECT_EQ(record.sequence, sequence++);
    }
  }
  EXPECT_EQ(sequence, 5);
  EXPECT_EQ(bench.client.failed_count, 0);
  EXPECT_EQ(bench.client.retry_count, 0) << "parts count as not tried yet";
  EXPECT_EQ(bench.client.memory_used, 0) << "parts are not of buffer.memory";
  EXPECT_EQ(bench.client.compression_estimate.estimate(), 985'000) << "1, and three batches that compressed better";
  ASSERT_EQ(bench.notes(NoteKind::kBatchSplit).size(), 1U);
  EXPECT_EQ(bench.notes(NoteKind::kBatchSplit)[0].b, 5);
  EXPECT_EQ(bench.notes(NoteKind::kBatchSplit)[0].c, 3);
}

TEST(MessageTooLarge, parts_keep_the_sequences_of_an_idempotent_producer) {
  Bench bench(true);
  bench.produce(5);
  ASSERT_TRUE(bench.fire(TimerKind::kLinger));
  ASSERT_EQ(bench.batches().at(0).base_sequence, Sequence{0});
  bench.answer_it(ErrorCode::MESSAGE_TOO_LARGE);
  std::int32_t next = 0;
  while (next < 5) {
    ASSERT_EQ(bench.batches().size(), 1U) << "what has a sequence already goes one by one";
    const RecordBatch part = bench.batches()[0];
    EXPECT_EQ(part.producer_id, ProducerId(7));
    EXPECT_EQ(part.base_sequence.value, next);
    next += part.record_count;
    bench.answer_it(ErrorCode::NONE);
  }
  EXPECT_EQ(next, 5);
  EXPECT_EQ(bench.client.acked_count, 5);
}

TEST(MessageTooLarge, a_batch_of_one_record_fails) {
  Bench bench(false);
  bench.produce(1);
  ASSERT_TRUE(bench.fire(TimerKind::kLinger));
  bench.answer_it(ErrorCode::MESSAGE_TOO_LARGE);
  EXPECT_TRUE(bench.batches().empty());
  EXPECT_EQ(bench.client.failed_count, 1);
  EXPECT_TRUE(bench.notes(NoteKind::kBatchSplit).empty());
}

TEST(MessageTooLarge, a_batch_within_batch_size_comes_again_as_it_was) {
  Bench bench(false, CompressionType::NONE);
  bench.produce(2);
  ASSERT_TRUE(bench.fire(TimerKind::kLinger));
  ASSERT_EQ(bench.batches().size(), 1U);
  bench.answer_it(ErrorCode::MESSAGE_TOO_LARGE);
  ASSERT_EQ(bench.batches().size(), 1U) << "batch.size above max.message.bytes: KAFKA-8350, until delivery.timeout.ms";
  EXPECT_EQ(bench.batches()[0].record_count, 2);
}

TEST(MessageTooLarge, parts_are_as_old_as_the_batch_was) {
  Bench bench(false);
  bench.produce(5);
  ASSERT_TRUE(bench.fire(TimerKind::kLinger));
  bench.answer_it(ErrorCode::MESSAGE_TOO_LARGE);
  ASSERT_TRUE(bench.fire(TimerKind::kDeliveryTimeout));
  EXPECT_EQ(bench.now, LocalTime(120s)) << "delivery.timeout.ms counts from the first send()";
  EXPECT_EQ(bench.client.failed_count, 5);
}

}  // namespace
}  // namespace kscope::sim::split_batch_test
