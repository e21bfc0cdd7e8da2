#pragma once
// RecordingJob: a recording that is written beside everything else, on a thread of its own, while the window stays alive.
// The file has a temporary name until it is whole, so that one of before stays until then; a job that is cancelled or fails
// leaves nothing behind. Belongs to one thread, which asks it now and then how far it is.

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <thread>

#include "engine/core/result.h"
#include "sim/record/rerun_progress.h"

namespace kscope::record {

/// Writes a whole recording into a new file; stops with an error when told to by what it reports to. Runs on another
/// thread: it must own all that it needs.
using RecordingWork = std::function<Result<void>(const std::string& path, const RerunProgress& progress)>;

class RecordingJob {
 public:
  enum class State : std::uint8_t { kWriting, kWritten, kCancelled, kFailed };

  /// Starts at once. A file at `path` is replaced when the new one is whole.
  RecordingJob(std::string path, RecordingWork work);
  /// Cancels what is still being written, and waits for it.
  ~RecordingJob();
  RecordingJob(const RecordingJob&) = delete;
  RecordingJob& operator=(const RecordingJob&) = delete;

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] State state() const { return state_.load(std::memory_order_acquire); }
  /// Of the events, in [0, 100]; 100 only when the file is whole.
  [[nodiscard]] int percent() const;
  /// Asks it to stop; it does so soon, unless it is whole by then. Does not wait.
  void cancel() { is_cancelled_.store(true, std::memory_order_release); }
  /// Returns when it is no longer kWriting.
  void wait();
  /// Why it failed: "FILE: text". Requires kFailed.
  [[nodiscard]] std::string problem() const;

 private:
  void write(const RecordingWork& work);
  [[nodiscard]] Result<void> attempt(const RecordingWork& work, const std::string& part);

  std::string path_;
  std::atomic<int> percent_ = 0;
  std::atomic<bool> is_cancelled_ = false;
  std::atomic<State> state_ = State::kWriting;  ///< raised after problem_ was written, which does not change any more
  std::string problem_;
  std::thread thread_;
};

}  // namespace kscope::record
