#include "sim/types/compression.h"

#include <gtest/gtest.h>

#include "sim/config/config_enums.h"
#include "sim/types/record_batch_size.h"

namespace kscope::sim::compression_test {
namespace {

TEST(Compression, shrinks_the_records_and_not_the_header) {
  CompressionRatios ratios;
  ratios.set(CompressionType::ZSTD, 250);
  EXPECT_EQ(compressed_batch_size(kRecordBatchOverhead + 1000, CompressionType::ZSTD, ratios),
            kRecordBatchOverhead + 250);
  EXPECT_EQ(compressed_batch_size(kRecordBatchOverhead + 1000, CompressionType::NONE, ratios),
            kRecordBatchOverhead + 1000);
  EXPECT_EQ(compressed_batch_size(kRecordBatchOverhead, CompressionType::ZSTD, ratios), kRecordBatchOverhead)
      << "a batch that compaction has emptied";
}

TEST(Compression, rounds_up_and_may_make_content_grow) {
  CompressionRatios ratios;
  ratios.set(CompressionType::GZIP, 333);
  ratios.set(CompressionType::LZ4, 1020);
  EXPECT_EQ(compressed_records_size(100, CompressionType::GZIP, ratios), 34);
  EXPECT_EQ(compressed_records_size(100, CompressionType::LZ4, ratios), 102);
}

TEST(Compression, a_topic_that_says_producer_keeps_the_codec_of_the_batch) {
  EXPECT_EQ(target_compression(BrokerCompressionType::PRODUCER, CompressionType::LZ4), CompressionType::LZ4);
  EXPECT_EQ(target_compression(BrokerCompressionType::UNCOMPRESSED, CompressionType::LZ4), CompressionType::NONE);
  EXPECT_EQ(target_compression(BrokerCompressionType::ZSTD, CompressionType::NONE), CompressionType::ZSTD);
}

}  // namespace
}  // namespace kscope::sim::compression_test
