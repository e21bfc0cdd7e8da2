#include "sim/log/segment_files.h"

#include <fmt/format.h>

#include <utility>

#include "engine/core/check.h"
#include "sim/types/crc32c.h"

namespace kscope::sim {
namespace {

constexpr std::size_t kSnapshotHeader = 6;  // version and checksum
constexpr std::size_t kChecksumAt = 2;

template <class Number>
void put(Number value, Bytes& out) {
  const auto bits = static_cast<std::uint64_t>(value);
  for (std::size_t i = sizeof(Number); i > 0; --i) {
    out.push_back(static_cast<std::uint8_t>(bits >> (8 * (i - 1))));
  }
}

/// The batches of a segment, and where each begins. They are written without compression, whatever their codec is: there
/// is no content that a codec could shrink to the size that the model says. Records of coordinators have the sizes that they
/// have in Kafka, where the model counts with usual lengths of names.
struct SegmentContent {
  Bytes bytes;
  std::vector<std::int32_t> positions;
};

SegmentContent log_content(const PartitionLog& log, std::size_t place, const RecordContent& content,
                           TimestampType type) {
  SegmentContent result;
  Bytes& out = result.bytes;
  const PartitionLog::BatchRange range = log.batches_of_segment(place);
  for (std::size_t i = range.begin; i < range.end; ++i) {
    const RecordBatch& batch = log.batches()[i];
    const std::size_t before = out.size();
    KSCOPE_CHECK(before <= INT32_MAX, "a segment that is written uncompressed stays below 2 GiB");
    result.positions.push_back(static_cast<std::int32_t>(before));
    encode_record_batch(batch_bytes(batch, content, type), out);
    const bool has_its_size = out.size() - before == static_cast<std::size_t>(batch.size_bytes);
    const bool is_estimated = batch.compression != CompressionType::NONE || batch.coordinator_records != nullptr;
    KSCOPE_CHECK(has_its_size || is_estimated, "a batch is as long as the model says: look at what gives its content");
  }
  return result;
}

/// Entries stand for batches: `positions` says where each of them is in the file.
Bytes offset_index(const SegmentIndex& index, const std::vector<std::int32_t>& positions) {
  Bytes out;
  for (const OffsetIndexEntry& entry : index.offsets()) {
    put(entry.relative_offset, out);
    put(positions.at(static_cast<std::size_t>(entry.batch)), out);
  }
  return out;
}

Bytes time_index(const SegmentIndex& index) {
  Bytes out;
  for (const TimeIndexEntry& entry : index.times()) {
    put(entry.timestamp_ms, out);
    put(entry.relative_offset, out);
  }
  return out;
}

/// The aborted transactions whose markers lie in a segment; none: Kafka makes no such file. Source: TransactionIndex, AbortedTxn.
Bytes transaction_index(const PartitionLog& log, std::size_t place) {
  Bytes out;
  const bool is_last = place + 1 == log.segments().size();
  const Offset begin = log.segments()[place].base_offset;
  const Offset end = is_last ? log.log_end_offset() : log.segments()[place + 1].base_offset;
  for (const AbortedTransaction& aborted : log.aborted_between(begin, end)) {
    if (aborted.last_offset < begin || aborted.last_offset >= end) {
      continue;
    }
    put(std::int16_t{0}, out);  // version
    put(aborted.producer_id.value, out);
    put(aborted.first_offset.value, out);
    put(aborted.last_offset.value, out);
    put(aborted.last_stable_offset.value, out);
  }
  return out;
}

/// Source: ProducerStateManager.writeSnapshot.
Bytes snapshot(const ProducerStateManager& producers) {
  Bytes out;
  put(std::int16_t{1}, out);
  put(std::uint32_t{0}, out);  // checksum, known at the end
  put(static_cast<std::int32_t>(producers.producers().size()), out);
  for (const auto& [id, entry] : producers.producers()) {
    const bool is_known = !entry.batches.empty();
    put(id.value, out);
    put(entry.producer_epoch.value, out);
    put(entry.last_sequence().value, out);
    put(entry.last_data_offset().value, out);
    put(is_known ? entry.batches.back().offset_delta : std::int32_t{0}, out);
    put(entry.last_timestamp_ms, out);
    put(entry.coordinator_epoch.value, out);
    put(entry.current_txn_first_offset.value_or(kUnknownOffset).value, out);
  }
  const std::uint32_t checksum = crc32c(std::span<const std::uint8_t>(out).subspan(kSnapshotHeader));
  for (std::size_t i = 0; i < 4; ++i) {
    out[kChecksumAt + i] = static_cast<std::uint8_t>(checksum >> (8 * (3 - i)));
  }
  return out;
}

Bytes epoch_checkpoint(const LeaderEpochCache& epochs) {
  std::string text = fmt::format("0\n{}\n", epochs.entries().size());
  for (const EpochEntry& entry : epochs.entries()) {
    text += fmt::format("{} {}\n", entry.epoch.value, entry.start_offset.value);
  }
  return Bytes(text.begin(), text.end());
}

}  // namespace

std::string segment_name(Offset base_offset) { return fmt::format("{:020}", base_offset.value); }

RecordBatchBytes batch_bytes(const RecordBatch& batch, const RecordContent& content, TimestampType type) {
  KSCOPE_CHECK(batch.records != nullptr, "only a batch whose records are known has bytes");
  RecordBatchBytes bytes;
  bytes.base_offset = batch.base_offset;
  bytes.partition_leader_epoch = batch.leader_epoch;
  bytes.is_log_append_time = type == TimestampType::LOG_APPEND_TIME;
  bytes.is_transactional = batch.is_transactional;
  bytes.is_control = batch.is_control;
  bytes.has_delete_horizon = batch.delete_horizon_ms >= 0;
  bytes.last_offset_delta = batch.record_count - 1;
  bytes.max_timestamp_ms = batch.max_timestamp_ms;
  bytes.producer_id = batch.producer_id;
  bytes.producer_epoch = batch.producer_epoch;
  bytes.base_sequence = batch.base_sequence;
  const std::int64_t base = bytes.has_delete_horizon ? batch.delete_horizon_ms : batch.base_timestamp_ms;
  for (std::size_t i = 0; i < batch.records->size(); ++i) {
    const Record& record = (*batch.records)[i];
    if (record.is_removed()) {
      continue;
    }
    RecordBytes made = batch.is_control
                           ? end_txn_marker_record(batch.control_type == ControlType::COMMIT, batch.coordinator_epoch)
                           : content.bytes_of(batch, i);
    made.offset_delta = static_cast<std::int32_t>(i);
    made.timestamp_delta = batch.base_timestamp_ms + record.timestamp_delta - base;
    bytes.records.push_back(std::move(made));
  }
  // A batch that is kept without records has no base timestamp: DefaultRecordBatch.writeEmptyHeader.
  bytes.base_timestamp_ms = bytes.records.empty() ? -1 : base;
  return bytes;
}

std::vector<LogFile> log_files(const PartitionLog& log, const RecordContent& content, TimestampType type) {
  std::vector<LogFile> files;
  for (std::size_t place = 0; place < log.segments().size(); ++place) {
    const Segment& segment = log.segments()[place];
    const std::string name = segment_name(segment.base_offset);
    SegmentIndex index = log.index_of_segment(segment);
    index.finish();
    SegmentContent written = log_content(log, place, content, type);
    files.push_back({name + ".index", offset_index(index, written.positions)});
    files.push_back({name + ".log", std::move(written.bytes)});
    files.push_back({name + ".timeindex", time_index(index)});
    if (Bytes aborted = transaction_index(log, place); !aborted.empty()) {
      files.push_back({name + ".txnindex", std::move(aborted)});
    }
    if (segment.producers != nullptr) {
      files.push_back({name + ".snapshot", snapshot(*segment.producers)});
    }
  }
  // An orderly shutdown writes the state at log end.
  if (!log.producers().producers().empty() && log.log_end_offset() != log.segments().back().base_offset) {
    files.push_back({segment_name(log.log_end_offset()) + ".snapshot", snapshot(log.producers())});
  }
  files.push_back({"leader-epoch-checkpoint", epoch_checkpoint(log.epochs())});
  return files;
}

}  // namespace kscope::sim
