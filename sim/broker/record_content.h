#pragma once
// What the records of a batch hold: the sizes of their keys and values, and the key itself as compaction compares it. The
// model keeps identities instead of bytes; here is what they stand for.

#include <cstddef>
#include <optional>
#include <string>

#include "sim/log/log_cleaner.h"
#include "sim/types/record_batch.h"
#include "sim/types/record_batch_size.h"
#include "sim/world/registry.h"

namespace kscope::sim {

/// Bytes of key and value of a record of __consumer_offsets, as the schemas of OffsetCommitKey/Value and
/// GroupMetadataKey/Value make them, roughly: names are counted with a usual length.
[[nodiscard]] RecordContentSize content_size(const CoordinatorRecord& record);

/// How the cleaner reads the records of this cluster. `registry` must outlive it.
class ClusterRecordReader final : public RecordReader {
 public:
  explicit ClusterRecordReader(const Registry& registry) : registry_(registry) {}
  [[nodiscard]] std::optional<std::string> key_of(const RecordBatch& batch, std::size_t index) const override;
  [[nodiscard]] std::int32_t size_of(const RecordBatch& batch) const override;

 private:
  const Registry& registry_;
};

}  // namespace kscope::sim
