#include "sim/broker/record_content.h"

#include <gtest/gtest.h>

#include "tests/sim/broker/broker_rig.h"

namespace kscope::sim::record_content_test {
namespace {

TEST(RecordContent, what_compaction_leaves_of_a_batch_is_compressed_as_the_batch_was) {
  Registry registry;
  registry.compression.set(CompressionType::GZIP, 500);
  RecordBatch batch = test_batch(4);
  auto records = std::make_shared<std::vector<Record>>(*batch.records);
  for (Record& record : *records) {
    record.value_size = 100;
  }
  (*records)[1].value_size = Record::kRemovedRecord;
  (*records)[3].value_size = Record::kRemovedRecord;
  batch.records = std::move(records);
  EXPECT_EQ(ClusterRecordReader(registry).size_of(batch), kRecordBatchOverhead + 2 * 109);
  batch.compression = CompressionType::GZIP;
  EXPECT_EQ(ClusterRecordReader(registry).size_of(batch), kRecordBatchOverhead + 109);
}

}  // namespace
}  // namespace kscope::sim::record_content_test
