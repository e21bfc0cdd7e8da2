#pragma once
// Parcel: what goes from the simulating thread to the writing thread in one piece. Events are packed already, which costs
// less than copying them; other frequent things are plain structs; rare things are rows that are ready to be inserted.
// Parcels are used again.

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "sim/record/chunk_codec.h"
#include "sim/world/note.h"

namespace kscope::record {

/// The tables that rows are made for. Columns as in schema.sql.
enum class Table : std::uint8_t {
  kCommand,
  kFingerprint,
  kNode,
  kTopic,
  kConsumerGroup,
  kKeyName,
  kKind,
  kMessage,
  kElection,
  kIsr,
  kRebalance,
  kGeneration,
  kAssignment,
  kOffset,
  kBatch,
  kRecord,
  kPlace,
  kDelivery,
  kNote,
  kAct,
  kViolation,
  kBeat,
};
inline constexpr std::size_t kTableCount = static_cast<std::size_t>(Table::kBeat) + 1;

using Value = std::variant<std::monostate, std::int64_t, std::string>;
struct Row {
  Table table = Table::kCommand;
  std::vector<Value> values;
};

/// A note with what its row needs to know of its event.
struct NoteOfEvent {
  std::uint64_t event = 0;
  SimTime time;
  NodeId node;
  std::int32_t placed = 0;  ///< kBatchAppended: how many of Parcel::placed are its records
  sim::Note note;
};

/// Packed events and where they lie in the run; empty bytes = none.
struct Chunk {
  ChunkPlace place;
  std::vector<std::uint8_t> bytes;
};

/// One chunk of events and all that they noted.
struct Parcel {
  Chunk chunk;
  std::vector<NoteOfEvent> notes;
  std::vector<std::int64_t> placed;  ///< record ids of appended batches, in the order of the notes
  std::vector<Row> rows;
  bool wants_commit = false;  ///< everything up to here is to be durable at once

  [[nodiscard]] bool is_empty() const { return chunk.bytes.empty() && notes.empty() && rows.empty(); }
  /// Roughly what it becomes in the file; texts of rows are not counted.
  [[nodiscard]] std::size_t size_bytes() const {
    std::size_t size = chunk.bytes.size() + notes.size() * sizeof(NoteOfEvent) + placed.size() * sizeof(std::int64_t);
    for (const Row& row : rows) {
      size += row.values.size() * sizeof(Value);
    }
    return size;
  }
  void clear() {
    chunk.bytes.clear();
    notes.clear();
    placed.clear();
    rows.clear();
    wants_commit = false;
  }
};

}  // namespace kscope::record
