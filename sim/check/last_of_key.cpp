#include "sim/check/last_of_key.h"

#include <algorithm>
#include <vector>

namespace kscope::sim {
namespace {

/// Batches as they became history, the last first: of those that were ever appended at an offset the one of the newest epoch.
std::vector<const AppendedBatch*> history(const PartitionWatch& p, Offset from, Offset upto) {
  std::vector<const AppendedBatch*> batches;
  for (const AppendedBatch& batch : p.appended) {
    if (batch.base_offset < upto && batch.base_offset + batch.count > from) {
      batches.push_back(&batch);
    }
  }
  std::stable_sort(batches.begin(), batches.end(), [](const AppendedBatch* a, const AppendedBatch* b) {
    return a->base_offset != b->base_offset ? a->base_offset > b->base_offset : a->epoch > b->epoch;
  });
  std::vector<const AppendedBatch*> result;
  Offset end = upto;
  for (const AppendedBatch* batch : batches) {
    if (batch->base_offset + batch->count <= end) {
      result.push_back(batch);
      end = batch->base_offset;
    }
  }
  return result;
}

}  // namespace

std::map<std::string, LastOfKey> last_of_keys(const CheckContext& c, Offset from, Offset upto) {
  std::map<std::string, LastOfKey> result;
  std::map<std::string, bool> undecided;
  const PartitionWatch* p = c.watch.find(c.note.partition);
  if (p == nullptr) {
    return result;
  }
  for (const AppendedBatch* batch : history(*p, from, upto)) {
    if (batch->records == nullptr) {
      continue;
    }
    for (std::size_t i = batch->records->size(); i > 0; --i) {
      const Record& record = (*batch->records)[i - 1];
      const Offset offset = batch->base_offset + static_cast<std::int64_t>(i - 1);
      if (!record.key.is_valid() || offset < from || offset >= upto) {
        continue;
      }
      std::string key = c.registry().key_text(record.producer, record.key);
      if (batch->is_transactional) {
        undecided.emplace(std::move(key), true);
      } else if (!undecided.contains(key)) {
        result.emplace(std::move(key), LastOfKey{offset, record});
      }
    }
  }
  for (const auto& entry : undecided) {
    result.erase(entry.first);
  }
  return result;
}

const Record* record_at(const PartitionLog& log, Offset offset) {
  const RecordBatch* batch = log.find(offset);
  if (batch == nullptr || batch->records == nullptr) {
    return nullptr;
  }
  const Record& record = (*batch->records)[static_cast<std::size_t>(offset - batch->base_offset)];
  return record.is_removed() ? nullptr : &record;
}

}  // namespace kscope::sim
