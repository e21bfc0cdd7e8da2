#include "sim/types/compression.h"

#include <algorithm>
#include <limits>

#include "engine/core/check.h"
#include "sim/types/record_batch_size.h"

namespace kscope::sim {

std::string_view compression_name(CompressionType type) {
  switch (type) {
    case CompressionType::NONE: return "none";
    case CompressionType::GZIP: return "gzip";
    case CompressionType::SNAPPY: return "snappy";
    case CompressionType::LZ4: return "lz4";
    case CompressionType::ZSTD: return "zstd";
  }
  return "?";
}

std::int32_t compressed_records_size(std::int32_t records_size, CompressionType type, const CompressionRatios& ratios) {
  KSCOPE_CHECK(records_size >= 0, "records take no negative number of bytes: look at who took the header off");
  if (type == CompressionType::NONE) {
    return records_size;
  }
  const std::int64_t left = (std::int64_t{records_size} * ratios.of(type) + 999) / 1000;
  return static_cast<std::int32_t>(
      std::min<std::int64_t>(left, std::numeric_limits<std::int32_t>::max() - kRecordBatchOverhead));
}

std::int32_t compressed_batch_size(std::int32_t batch_size, CompressionType type, const CompressionRatios& ratios) {
  return kRecordBatchOverhead + compressed_records_size(batch_size - kRecordBatchOverhead, type, ratios);
}

}  // namespace kscope::sim
