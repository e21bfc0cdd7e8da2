#include "sim/record/recording_job.h"

#include <unistd.h>

#include <algorithm>
#include <exception>
#include <filesystem>
#include <system_error>
#include <utility>

#include "sim/record/run_writer.h"

namespace kscope::record {
namespace {

constexpr int kMostBeforeItIsWhole = 99;

}  // namespace

RecordingJob::RecordingJob(std::string path, RecordingWork work) : path_(std::move(path)) {
  try {
    thread_ = std::thread([this, work = std::move(work)] { write(work); });
  } catch (const std::system_error& error) {
    problem_ = to_string(Error{std::string("the system gives no thread to write it: ") + error.what(), path_, 0});
    state_.store(State::kFailed, std::memory_order_release);
  }
}

RecordingJob::~RecordingJob() {
  cancel();
  wait();
}

void RecordingJob::wait() {
  if (thread_.joinable()) {
    thread_.join();
  }
}

int RecordingJob::percent() const {
  return state() == State::kWritten ? 100 : percent_.load(std::memory_order_relaxed);
}

std::string RecordingJob::problem() const {
  KSCOPE_CHECK(state() == State::kFailed, "look at state() first");
  return problem_;
}

void RecordingJob::write(const RecordingWork& work) {
  // Beside its place, and not a name that another program, or somebody, has given to something else.
  const std::string part = path_ + "-part" + std::to_string(getpid());
  const Result<void> done = attempt(work, part);
  if (!done) {
    remove_recording(part);
  }
  State end = State::kWritten;
  if (!done) {
    end = is_cancelled_.load(std::memory_order_acquire) ? State::kCancelled : State::kFailed;
    problem_ = to_string(Error{done.error().text, path_, 0});
  }
  state_.store(end, std::memory_order_release);
}

Result<void> RecordingJob::attempt(const RecordingWork& work, const std::string& part) {
  const RerunProgress progress = [this](std::uint64_t event, std::uint64_t last) {
    if (last > 0) {
      const auto so_far = static_cast<int>(std::min(event, last) * 100 / last);
      percent_.store(std::min(so_far, kMostBeforeItIsWhole), std::memory_order_relaxed);
    }
    return !is_cancelled_.load(std::memory_order_acquire);
  };
  std::error_code failure;
  if (std::filesystem::is_directory(path_, failure)) {
    return Error{"it is a folder; a recording is a file", {}, 0};
  }
  // What memory or the standard library refuses on this thread would end the whole program.
  try {
    if (Result<void> done = work(part, progress); !done) {
      return done;
    }
  } catch (const std::exception& error) {
    return Error{std::string("it cannot be written: ") + error.what(), {}, 0};
  }
  if (is_cancelled_.load(std::memory_order_acquire)) {
    return Error{"it was stopped before its end", {}, 0};
  }
  std::filesystem::rename(part, path_, failure);
  if (failure) {
    return Error{"it cannot be written there: " + failure.message(), {}, 0};
  }
  return {};
}

}  // namespace kscope::record
