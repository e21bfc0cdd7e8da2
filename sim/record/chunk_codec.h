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

class ChunkEncoder {
 public:
  ChunkEncoder();

  [[nodiscard]] bool is_empty() const { return count_ == 0; }
  /// Whether `event` may follow in this chunk: it is the next one, not before the last one in time, and there is room.
  [[nodiscard]] bool accepts(const TraceEvent& event) const;
  /// Requires accepts(event).
  void add(const TraceEvent& event);
  /// The packed bytes so far.
  [[nodiscard]] std::span<const std::uint8_t> bytes() const { return {bytes_.data(), size_}; }
  [[nodiscard]] const TraceEvent& first() const { return first_; }
  [[nodiscard]] const TraceEvent& last() const { return last_; }
  /// Starts the next chunk.
  void clear();

 private:
  void put(std::uint64_t value);
  void put_signed(std::int64_t value);

  std::vector<std::uint8_t> bytes_;  ///< kMaxChunkBytes long, `size_` of them used
  std::size_t size_ = 0;
  std::size_t count_ = 0;
  TraceEvent first_;
  TraceEvent last_;
  std::uint64_t last_message_ = 0;
};

/// The events of a chunk. Errors: the bytes are not those of a chunk. Safe on any bytes.
Result<std::vector<TraceEvent>> decode_chunk(std::span<const std::uint8_t> bytes);

}  // namespace kscope::record
