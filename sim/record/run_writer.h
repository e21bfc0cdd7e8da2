#pragma once
// RunWriter: puts parcels into the database file of a recording. Belongs to one thread. Rows and chunks become durable
// together at commit(): whatever happens, the file holds the run up to a committed event and nothing beyond it.

#include <array>
#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/core/result.h"
#include "sim/record/database.h"
#include "sim/record/parcel.h"
#include "sim/record/run_info.h"
#include "sim/record/waiting_rows.h"

namespace kscope::record {

inline constexpr std::int64_t kSchemaVersion = 1;
inline constexpr std::int64_t kApplicationId = 0x4B536370;  ///< "KScp" in the header of the file

struct WriterOptions {
  bool replaces = false;                          ///< a file of that name is deleted first; else it is an error
  std::chrono::milliseconds busy_timeout{5'000};  ///< patience with other programs that lock the file
  std::int64_t largest_pages = 0;                 ///< of 64 KiB; 0 = no limit
};

/// Deletes a recording and the files that SQLite keeps beside it while it is written; nothing if there is none.
void remove_recording(const std::string& path);

class RunWriter {
 public:
  /// Makes the file with its tables and the run's row. Errors: the file exists, its folder is missing or cannot be
  /// written, another program locks it. An error leaves no new file behind. A file of this name is a whole recording
  /// from its first moment: it is made under a name of its own and renamed.
  static Result<std::unique_ptr<RunWriter>> create(const std::string& path, const RunInfo& info,
                                                   const WriterOptions& options);

  /// False when the database refused; then error() says why and nothing more is accepted.
  bool write(const Parcel& parcel);
  bool commit();
  /// Writes what is known at the end and leaves one file without companions.
  bool finish(const RunEnd& end);
  [[nodiscard]] bool has_failed() const { return has_failed_; }
  [[nodiscard]] const Error& error() const { return error_; }
  [[nodiscard]] std::chrono::steady_clock::time_point last_commit() const { return last_commit_; }

  /// The last event of all chunks that are durable, 0 for none.
  [[nodiscard]] std::uint64_t last_committed_event() const { return last_committed_event_; }

  /// Takes in one row of numbers, a value for each column; kSqlNull for NULL. It is inserted with others of its table.
  void insert(Table table, std::initializer_list<std::int64_t> values);
  /// The number of the next row of batch_row.
  std::int64_t take_batch_number() { return next_batch_++; }

 private:
  RunWriter() = default;
  Result<void> make_file(const std::string& path, const RunInfo& info, const WriterOptions& options);
  Result<void> open_file(const std::string& path, const WriterOptions& options);
  Result<void> prepare_statements();
  Result<void> insert_run(const RunInfo& info);
  void insert(const Row& row);
  void insert_waiting();
  void insert_chunk(const Chunk& chunk);
  bool execute(const std::string& sql);
  bool fail();
  void close_statements();
  bool merge_companions();
  void shrink_if_small();

  Database database_;
  WaitingRows source_;
  std::array<Statement, kTableCount> inserts_;       ///< one row of anything
  std::array<Statement, kTableCount> bulk_inserts_;  ///< all rows that `source_` shows
  std::array<std::vector<std::int64_t>, kTableCount> waiting_;
  Statement insert_chunk_;
  std::chrono::steady_clock::time_point last_commit_;
  std::int64_t next_batch_ = 1;
  std::uint64_t last_written_event_ = 0;
  std::uint64_t last_committed_event_ = 0;
  bool has_failed_ = false;
  Error error_;
};

}  // namespace kscope::record
