#pragma once
// The packed form of a run of events: a chunk. Events follow one another in number; each is coded as differences to the
// one before in integers of variable length, so most take 10 to 20 bytes. A chunk can be read without any other chunk.
//
//   chunk = number, time and message number of the first event's base, then per event:
//     varint  what * 8 + kind
//     varint  node + 1
//     varint  time since the event before
//     varint  number - cause (0 = no cause)
//     4 bytes digest, lowest first
//     kDelivery:            varint peer + 1, zigzag message - last message, zigzag time - sent_at, zigzag size_bytes
//     kDisconnect, kFault:  varint peer + 1

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/core/result.h"
#include "sim/record/trace_event.h"

namespace kscope::record {

/// A chunk never has more bytes: with its row it fits into a 64 KiB page.
inline constexpr std::size_t kMaxChunkBytes = 65'000;
/// Bytes that one event takes at most.
inline constexpr std::size_t kMaxEventBytes = 72;

/// Where a chunk lies in the run.
struct ChunkPlace {
  std::uint64_t first_event = 0;
  std::uint64_t last_event = 0;
  SimTime first_time;
  SimTime last_time;
};

class ChunkEncoder {
 public:
  ChunkEncoder();

  [[nodiscard]] bool is_empty() const { return size_ == 0; }
  /// Whether `event` may follow in this chunk: it is the next one, not before the last one in time, and there is room.
  [[nodiscard]] bool accepts(const TraceEvent& event) const;
  /// Requires accepts(event).
  void add(const TraceEvent& event);
  /// The packed bytes so far.
  [[nodiscard]] std::span<const std::uint8_t> bytes() const { return {bytes_.data(), size_}; }
  /// Of the events so far. Requires !is_empty().
  [[nodiscard]] const ChunkPlace& place() const { return place_; }
  /// Starts the next chunk.
  void clear();

 private:
  void put(std::uint64_t value);
  void put_signed(std::int64_t value);

  std::vector<std::uint8_t> bytes_;  ///< kMaxChunkBytes long, `size_` of them used
  std::size_t size_ = 0;
  ChunkPlace place_;
  std::uint64_t last_message_ = 0;
};

/// The events of a chunk. Errors: the bytes are not those of a chunk. Safe on any bytes.
Result<std::vector<TraceEvent>> decode_chunk(std::span<const std::uint8_t> bytes);

}  // namespace kscope::record
