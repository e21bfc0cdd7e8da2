#pragma once
// Reader: opens a recording, complete or cut off, and says what is in it. Only ever reads. Everything in the file is
// distrusted: sizes are bounded, chunks carry checksums, statements have a time limit, and damage is an error, not a crash.

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "engine/core/result.h"
#include "sim/record/chunk_codec.h"
#include "sim/record/database.h"
#include "sim/record/name_table.h"
#include "sim/record/run_info.h"
#include "sim/record/trace_event.h"

namespace kscope::record {

class Reader {
 public:
  /// Errors: no such file, no recording, written by another version of the format, cut off in the middle of the file.
  static Result<std::unique_ptr<Reader>> open(const std::string& path);
  ~Reader();
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  [[nodiscard]] const RunInfo& info() const { return info_; }
  /// Whether the run was recorded to its end; if not, it holds everything up to last_event().
  [[nodiscard]] bool is_complete() const { return is_complete_; }
  [[nodiscard]] std::uint64_t last_event() const { return end_.last_event; }
  /// fingerprint is 0 unless complete.
  [[nodiscard]] const RunEnd& end() const { return end_; }
  /// "complete: 1200 events, 60.0 s" or "incomplete: up to event 1200 at 31.4 s; the program that recorded it ended early".
  [[nodiscard]] std::string state_text() const;
  [[nodiscard]] const NameTable& names() const { return names_; }

  [[nodiscard]] Result<std::vector<HandCommand>> commands();
  [[nodiscard]] Result<std::vector<PeriodicFingerprint>> fingerprints();
  [[nodiscard]] Result<std::vector<ChunkPlace>> chunks();
  /// The events of the chunk that holds `event`, or of the first one after it; empty when there is none.
  /// Errors: the chunk is damaged.
  [[nodiscard]] Result<std::vector<TraceEvent>> chunk_at(std::uint64_t event);
  /// Looks at every page and every chunk. Cost: O(file). The error names what is damaged first.
  [[nodiscard]] Result<void> verify();

  [[nodiscard]] const std::string& path() const { return database_.path(); }
  /// For query.h, event_table.h and the exports.
  [[nodiscard]] Database& database() { return database_; }
  /// Statements end with an error after so long from now; 0 = no limit.
  void limit_time(std::chrono::milliseconds limit);
  /// Statements end with an error soon after `is_wanted` answers true; null = never. It is asked often.
  void stop_when(bool (*is_wanted)());

 private:
  struct Clock;
  Reader() = default;
  Result<void> check_format();
  Result<void> load_run();

  std::unique_ptr<Clock> clock_;  ///< outlives the database, whose progress handler looks at it
  Database database_;
  NameTable names_;
  RunInfo info_;
  RunEnd end_;
  bool is_complete_ = false;
};

}  // namespace kscope::record
