#include "sim/log/segment_files.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "sim/types/compression.h"
#include "sim/types/record_batch_size.h"

namespace kscope::sim::segment_files_test {
namespace {

class SameContent final : public RecordContent {
 public:
  [[nodiscard]] RecordBytes bytes_of(const RecordBatch& batch, std::size_t index) const override {
    RecordBytes bytes;
    bytes.value = Bytes(static_cast<std::size_t>((*batch.records)[index].value_size), std::uint8_t{'x'});
    return bytes;
  }
};

RecordBatch compressed_batch(CompressionType type) {
  RecordBatch batch;
  batch.record_count = 2;
  auto records = std::make_shared<std::vector<Record>>(2);
  BatchFill fill(INT32_MAX);
  for (Record& record : *records) {
    record.value_size = 100;
    fill.append({kNullSize, 100, {}}, 0);
  }
  batch.records = std::move(records);
  batch.compression = type;
  batch.size_bytes = compressed_batch_size(fill.size_bytes(), type, {});
  return batch;
}

const Bytes& content_of(const std::vector<LogFile>& files, std::string_view ending) {
  const auto found = std::find_if(files.begin(), files.end(), [&](const LogFile& file) {
    return file.name.ends_with(ending) && !file.name.starts_with("leader");
  });
  EXPECT_NE(found, files.end()) << ending;
  return found->content;
}

std::int32_t number_at(const Bytes& bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    value = value << 8 | bytes.at(at + i);
  }
  return static_cast<std::int32_t>(value);
}

TEST(SegmentFiles, compressed_batches_are_written_uncompressed_and_the_index_fits_them) {
  PartitionLog log;
  RollLimits limits;
  limits.index.interval_bytes = 150;
  for (int i = 0; i < 12; ++i) {
    log.append_as_leader(compressed_batch(i % 2 == 0 ? CompressionType::ZSTD : CompressionType::NONE), LeaderEpoch(0),
                         limits);
  }
  const std::vector<LogFile> files = log_files(log, SameContent(), TimestampType::CREATE_TIME);
  const Bytes& written = content_of(files, ".log");
  EXPECT_EQ(written.size(), 12U * static_cast<std::size_t>(compressed_batch(CompressionType::NONE).size_bytes));
  const Bytes& index = content_of(files, ".index");
  ASSERT_GE(index.size(), 16U);
  for (std::size_t at = 0; at < index.size(); at += 8) {
    const auto position = static_cast<std::size_t>(number_at(index, at + 4));
    const auto batch = decode_record_batch(std::span(written).subspan(position));
    ASSERT_TRUE(batch) << "position " << position;
    EXPECT_EQ(batch->batch.base_offset.value + batch->batch.last_offset_delta, number_at(index, at));
    EXPECT_EQ(batch->batch.records.size(), 2U);
  }
}

}  // namespace
}  // namespace kscope::sim::segment_files_test
