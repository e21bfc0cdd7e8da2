#pragma once
// Recorder: an observer that writes a run into one file while it happens. Events are packed at once; checksums, rows and
// writing are the work of a thread of its own behind a bounded queue: a slow disk slows the run down, it never makes the recording lie. When the file cannot be
// written any more, the run goes on undisturbed and finish() says what happened.
// Killed at any moment, the file opens and holds the run up to the last commit; its state stays 'open'.

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>

#include "engine/core/result.h"
#include "sim/explain/beats.h"
#include "sim/record/kind_names.h"
#include "sim/record/parcel.h"
#include "sim/record/parcel_queue.h"
#include "sim/record/run_info.h"
#include "sim/record/run_writer.h"
#include "sim/world/cluster.h"

namespace kscope::record {

struct RecorderOptions {
  WriterOptions writer;
  std::size_t queue_parcels = 64;                  ///< that may wait for the writing thread, some 0.3 MB each
  std::chrono::milliseconds commit_interval{200};  ///< at most so much of the run is lost when the program is killed
  std::size_t commit_bytes = 1 << 20;  ///< or so much of it, for what is not committed needs room on the disk
};

/// A broken or voided promise, as the invariants tell it.
struct Violation {
  std::uint64_t event = 0;
  SimTime time;
  std::string id;       ///< "R3"
  std::string name;     ///< "StrongIsr"
  std::string verdict;  ///< "broken" or "permitted"
  std::string detail;
};

class Recorder final : public sim::Observer {
 public:
  /// Makes the file and starts the writing thread. Errors: those of RunWriter::create.
  static Result<std::unique_ptr<Recorder>> open(const std::string& path, const RunInfo& info,
                                                const RecorderOptions& options = {});
  /// Without finish() before, the recording stays 'open' and holds everything that was observed.
  ~Recorder() override;
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;

  /// Takes in one event. Blocks while the writing thread is behind. Cost: some copies; more for notable events.
  void on_event(const sim::World& world, const sim::Event& event) override;
  /// What was done by hand: call when it is posted.
  void on_command(const HandCommand& command);
  void on_violation(const Violation& violation);

  /// Waits until everything so far is durable. Errors: as finish().
  Result<void> flush();
  /// Writes the end and closes the file. The first failure of the whole recording, if there was one.
  Result<void> finish(const RunEnd& end);
  /// The same for a run that ends as `world` stands now.
  Result<void> finish(const sim::World& world);
  /// The last event that is durable, 0 for none. Call after finish().
  [[nodiscard]] std::uint64_t last_committed_event() const { return writer_->last_committed_event(); }
  /// Whether the file cannot be written any more; on_event() does nothing then.
  [[nodiscard]] bool has_failed() const { return has_failed_.load(std::memory_order_acquire); }

 private:
  Recorder(std::unique_ptr<RunWriter> writer, const RecorderOptions& options);
  void add_note(const sim::World& world, const sim::Event& event, const sim::Note& note);
  std::int32_t add_placed(const sim::World& world, NodeId node, const sim::Note& note);
  void add_delivery(const sim::Registry& registry, const sim::Event& event);
  void add_lost(const sim::Event& event, const Sent& lost);
  void add_act(const sim::Registry& registry, const sim::Event& event);
  void close_chunk();
  void hand_over();
  void stop();
  void write_parcels();
  [[nodiscard]] Result<void> outcome() const;

  // Of the simulating thread.
  std::unique_ptr<Parcel> parcel_;
  ChunkEncoder chunk_;  ///< of the events of parcel_
  WrittenNames names_;
  std::chrono::steady_clock::time_point handed_over_;
  RecorderOptions options_;

  // Of both.
  ParcelQueue queue_;
  std::atomic<bool> has_failed_ = false;  ///< raised after error_ was written, which does not change any more
  Error error_;

  // Of the writing thread while it runs.
  std::unique_ptr<RunWriter> writer_;
  std::thread thread_;
};

}  // namespace kscope::record
