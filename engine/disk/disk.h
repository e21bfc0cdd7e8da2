#pragma once
// One node's disk: for every file how far it is written (in the page cache) and how far it is flushed (on the platter).
// The disk keeps marks, not bytes: what the positions mean (records, transactions, bytes) is the model's business, which
// keeps the content in its durable state and cuts it to the flushed mark when a crash loses the page cache.
// Faults: slow by a factor, full, failing.

#include <cstdint>
#include <vector>

#include "engine/core/node_id.h"
#include "engine/core/time.h"

namespace kscope {

/// How fast a disk is when nothing is wrong with it.
struct DiskSpeed {
  Duration flush_latency = 2ms;            ///< one flush (fsync), however much it writes
  std::int64_t bytes_per_s = 400'000'000;  ///< sequential write into the page cache and write-back
  Duration writeback_interval = 30s;       ///< unflushed data reaches the platter by itself after this; 0 = never
};

struct DiskFile {
  std::int64_t written = 0;  ///< position up to which the page cache holds the file
  std::int64_t flushed = 0;  ///< position that survives a power loss, <= written
};

class Disk {
 public:
  explicit Disk(DiskSpeed speed = {}) : speed_(speed) {}

  /// Marks of a file; a file never touched is empty.
  [[nodiscard]] DiskFile file(FileId id) const;
  /// Extends a file to `position` by writing `bytes`. Returns false and changes nothing when the disk is full or failing.
  /// Requires: position >= written.
  [[nodiscard]] bool append(FileId id, std::int64_t position, std::int64_t bytes);
  /// Cuts a file back: written and flushed marks are at most `position` afterwards.
  void truncate(FileId id, std::int64_t position);
  /// Sets the flushed mark of a file to `position` (a flush has ended). Requires: position <= written.
  void mark_flushed(FileId id, std::int64_t position);
  /// Everything written reaches the platter: an orderly shutdown, or the operating system's write-back.
  void mark_all_flushed();
  /// The page cache is gone: every written mark falls back to the flushed one.
  void lose_unflushed();

  /// Time that writing `bytes` takes now, with the slow factor applied.
  [[nodiscard]] Duration write_time(std::int64_t bytes) const;
  /// Time that one flush takes now, with the slow factor applied.
  [[nodiscard]] Duration flush_time() const;

  [[nodiscard]] const DiskSpeed& speed() const { return speed_; }
  [[nodiscard]] std::size_t file_count() const { return files_.size(); }
  /// Whether anything may have been written since everything was last flushed or lost.
  [[nodiscard]] bool is_dirty() const { return is_dirty_; }

  // Faults. Set by FaultAction only.
  std::int64_t slow_factor = 1;  ///< >= 1; every time is multiplied by it
  bool is_full = false;          ///< appends are refused
  bool is_failing = false;       ///< appends are refused and flushes end with an error

 private:
  DiskFile& at(FileId id);

  DiskSpeed speed_;
  std::vector<DiskFile> files_;
  bool is_dirty_ = false;
};

/// A flush has ended.
struct DiskDone {
  FileId file;
  std::int64_t position = 0;  ///< the flushed mark that was reached
  std::uint64_t token = 0;    ///< what the model passed to Ctx::flush
  bool is_error = false;      ///< the disk is failing: nothing was flushed
};

}  // namespace kscope
