#include "sim/record/recorder.h"

#include <array>
#include <string_view>
#include <utility>

#include "sim/log/partition_log.h"
#include "sim/protocol/message_kind.h"

namespace kscope::record {
namespace {

/// Events between two looks at the clock.
constexpr std::uint64_t kClockPeriod = 256;
/// While the queue is empty, the writing thread looks so often whether a commit is due.
constexpr std::chrono::milliseconds kPatience{50};

/// Messages that flow all the time and say nothing by themselves: their content is told by notes.
constexpr auto kIsRoutine = [] {
  std::array<bool, sim::kMessageKindCount> out{};
  for (const std::uint16_t kind :
       {sim::message_kind<sim::ProduceRequest>(), sim::message_kind<sim::ProduceResponse>(),
        sim::message_kind<sim::FetchRequest>(), sim::message_kind<sim::FetchResponse>(),
        sim::message_kind<sim::HeartbeatRequest>(), sim::message_kind<sim::HeartbeatResponse>(),
        sim::message_kind<sim::ZkPing>(), sim::message_kind<sim::ZkPingResponse>(),
        sim::message_kind<sim::ZkServerPing>(), sim::message_kind<sim::ZkVote>(), sim::message_kind<sim::ZkProposal>(),
        sim::message_kind<sim::ZkAck>(), sim::message_kind<sim::ZkCommit>(), sim::message_kind<sim::ZkRevalidate>()}) {
    out[kind] = true;
  }
  return out;
}();

/// Notes that come with every record: their rows say it all, a sentence each would be most of the file.
bool is_told_by_numbers(sim::NoteKind kind) {
  switch (kind) {
    case sim::NoteKind::kRecordCreated:
    case sim::NoteKind::kBatchAppended:
    case sim::NoteKind::kBatchReplicated:
    case sim::NoteKind::kBatchAcked:
    case sim::NoteKind::kRecordDelivered:
    case sim::NoteKind::kRecordProcessed:
    case sim::NoteKind::kHighWatermark:
    case sim::NoteKind::kRecordCopied:
    case sim::NoteKind::kOffsetCommitted: return true;
    default: return false;
  }
}

/// An id; NULL for none.
Value id(std::int32_t value) { return value < 0 ? Value{} : Value{std::int64_t{value}}; }
Value number(std::uint64_t value) { return static_cast<std::int64_t>(value); }
Value number(SimTime time) { return nanos(time); }

std::string node_name(const sim::Registry& registry, NodeId node) {
  const auto index = static_cast<std::size_t>(node.value);
  return node.is_valid() && index < registry.nodes.size() ? registry.nodes[index].name : std::string();
}

/// "1,2,3": their ids.
std::string broker_list(const sim::Registry& registry, const sim::BrokerSet& brokers) {
  std::string out;
  for (std::size_t i = 0; i < registry.brokers->size(); ++i) {
    if (brokers.contains(i)) {
      out += (out.empty() ? "" : ",") + std::to_string((*registry.brokers)[i].id.value);
    }
  }
  return out;
}

Row isr_row(const sim::Registry& registry, const sim::Event& event, const sim::Note& note) {
  return Row{
      Table::kIsr,
      {number(event.number), number(event.time), id(event.node.value), static_cast<std::int64_t>(note.kind),
       id(note.partition.topic.value), id(note.partition.partition), Value{}, broker_list(registry, note.brokers),
       broker_list(registry, note.before), note.brokers.size(), note.b, Value{}}};
}

std::string_view beat_kind_name(view::BeatKind kind) {
  switch (kind) {
    case view::BeatKind::kLeader: return "leader";
    case view::BeatKind::kIsr: return "isr";
    case view::BeatKind::kController: return "controller";
    case view::BeatKind::kRebalance: return "rebalance";
    case view::BeatKind::kError: return "error";
    case view::BeatKind::kFault: return "fault";
    case view::BeatKind::kCommit: return "commit";
    case view::BeatKind::kRecord: return "record";
    case view::BeatKind::kInvariant: return "invariant";
    case view::BeatKind::kTopic: return "topic";
  }
  return "";
}

}  // namespace

Result<std::unique_ptr<Recorder>> Recorder::open(const std::string& path, const RunInfo& info,
                                                 const RecorderOptions& options) {
  Result<std::unique_ptr<RunWriter>> writer = RunWriter::create(path, info, options.writer);
  if (!writer) {
    return writer.error();
  }
  return std::unique_ptr<Recorder>(new Recorder(std::move(*writer), options));
}

Recorder::Recorder(std::unique_ptr<RunWriter> writer, const RecorderOptions& options)
    : parcel_(std::make_unique<Parcel>()),
      handed_over_(std::chrono::steady_clock::now()),
      options_(options),
      queue_(options.queue_parcels),
      writer_(std::move(writer)),
      thread_([this] { write_parcels(); }) {}

Recorder::~Recorder() {
  const bool is_left_open = thread_.joinable();
  stop();
  if (is_left_open && !writer_->has_failed()) {
    static_cast<void>(writer_->commit());
  }
}

void Recorder::on_event(const sim::World& world, const sim::Event& event) {
  if (has_failed()) {
    return;
  }
  const TraceEvent packed = trace_event(event);
  const bool is_due =
      event.number % kClockPeriod == 0 && std::chrono::steady_clock::now() - handed_over_ >= options_.commit_interval;
  if (is_due || !chunk_.accepts(packed)) {
    hand_over();
  }
  chunk_.add(packed);
  const sim::Registry& registry = world.registry();
  if (has_new_names(registry, names_)) {
    for (Row& row : rows_of_names(registry, names_)) {
      parcel_->rows.push_back(std::move(row));
    }
  }
  bool is_notable = false;
  for (const sim::Note& note : event.notes) {
    add_note(world, event, note);
    is_notable = is_notable || !is_told_by_numbers(note.kind);
  }
  if (event.delivered != nullptr && (is_notable || !kIsRoutine[event.what])) {
    add_delivery(registry, event);
  }
  for (const Sent& lost : event.lost) {
    add_lost(event, lost);
  }
  if (event.kind == EventKind::kFault || event.kind == EventKind::kCommand) {
    add_act(registry, event);
  }
  if (event.number % kFingerprintPeriod == 0) {
    parcel_->rows.push_back({Table::kFingerprint, {number(event.number), hexadecimal(world.fingerprint())}});
  }
}

void Recorder::add_note(const sim::World& world, const sim::Event& event, const sim::Note& note) {
  if (note.kind == sim::NoteKind::kIsrChanged) {
    parcel_->rows.push_back(isr_row(world.registry(), event, note));
  } else {
    NoteOfEvent at{event.number, event.time, event.node, 0, note};
    if (note.kind == sim::NoteKind::kBatchAppended) {
      at.placed = add_placed(world, event.node, note);
    }
    parcel_->notes.push_back(at);
  }
  if (!is_told_by_numbers(note.kind)) {
    if (const auto beat = sim::beat_of_note(note, event, world.registry())) {
      parcel_->rows.push_back({Table::kBeat,
                               {number(event.number), number(event.time), std::int64_t{beat->rank},
                                std::string(beat_kind_name(beat->kind)), beat->text}});
    }
  }
}

/// Which records an appended batch has, only the log knows.
std::int32_t Recorder::add_placed(const sim::World& world, NodeId node, const sim::Note& note) {
  const sim::HostedLog* hosted = node.is_valid() ? world.durable(node).logs.find(note.partition) : nullptr;
  const sim::RecordBatch* batch = hosted == nullptr ? nullptr : hosted->log.find(sim::Offset(note.a));
  if (batch == nullptr || batch->records == nullptr) {
    return 0;
  }
  for (const sim::Record& record : *batch->records) {
    parcel_->placed.push_back(record.id.value);
  }
  return static_cast<std::int32_t>(batch->records->size());
}

void Recorder::add_delivery(const sim::Registry& registry, const sim::Event& event) {
  parcel_->rows.push_back({Table::kMessage,
                           {number(event.message), std::int64_t{event.what}, id(event.peer.value), id(event.node.value),
                            number(event.sent_at), number(event.time), number(event.number), event.size_bytes,
                            std::int64_t{0}, message_summary(*event.delivered, registry)}});
}

void Recorder::add_lost(const sim::Event& event, const Sent& lost) {
  parcel_->rows.push_back(
      {Table::kMessage,
       {number(lost.message), std::int64_t{lost.what}, id(lost.from.value), id(lost.to.value), number(lost.sent_at),
        number(event.time), number(event.number), lost.size_bytes, std::int64_t{1}, Value{}}});
}

void Recorder::add_act(const sim::Registry& registry, const sim::Event& event) {
  const bool is_fault = event.fault != nullptr;
  std::string name;
  std::string detail;
  if (is_fault) {
    name = fault_name(event.fault->kind);
    detail = describe(*event.fault);
  } else if (event.command != nullptr) {
    name = command_name(event.command->kind);
    detail = describe(*event.command);
  }
  parcel_->rows.push_back({Table::kAct,
                           {number(event.number), number(event.time), std::string(is_fault ? "fault" : "command"), name,
                            node_name(registry, event.node), node_name(registry, event.peer), detail}});
}

void Recorder::on_command(const HandCommand& command) {
  parcel_->rows.push_back(
      {Table::kCommand, {Value{}, number(command.after_event), number(command.time), command.text}});
}

void Recorder::on_violation(const Violation& violation) {
  parcel_->rows.push_back({Table::kViolation,
                           {number(violation.event), number(violation.time), violation.id, violation.name,
                            violation.verdict, violation.detail}});
}

void Recorder::close_chunk() {
  if (!chunk_.is_empty()) {
    parcel_->chunk.place = chunk_.place();
    parcel_->chunk.bytes.assign(chunk_.bytes().begin(), chunk_.bytes().end());
    chunk_.clear();
  }
}

void Recorder::hand_over() {
  handed_over_ = std::chrono::steady_clock::now();
  close_chunk();
  if (!parcel_->is_empty() && thread_.joinable()) {
    parcel_ = queue_.exchange(std::move(parcel_));
  }
}

void Recorder::write_parcels() {
  // As if much were waiting: the first parcel is committed at once, so that a small disk holds at least that.
  std::size_t waiting_bytes = options_.commit_bytes;
  while (!queue_.is_finished()) {
    std::unique_ptr<Parcel> parcel = queue_.take(kPatience);
    const bool is_due = std::chrono::steady_clock::now() - writer_->last_commit() >= options_.commit_interval;
    bool is_good = !writer_->has_failed();
    if (parcel != nullptr) {
      is_good = is_good && writer_->write(*parcel);
      waiting_bytes += parcel->size_bytes();
    }
    const bool is_much = parcel != nullptr && waiting_bytes >= options_.commit_bytes;
    if (is_good && (is_due || is_much || (parcel != nullptr && parcel->wants_commit))) {
      is_good = writer_->commit();
      waiting_bytes = 0;
    }
    if (!is_good && !has_failed()) {
      error_ = writer_->error();
      has_failed_.store(true, std::memory_order_release);
    }
    if (parcel != nullptr) {
      queue_.give_back(std::move(parcel));
    }
  }
}

/// Ends the writing thread; writer and error belong to the caller's thread from then on.
void Recorder::stop() {
  if (!thread_.joinable()) {
    return;
  }
  hand_over();
  queue_.close();
  thread_.join();
}

Result<void> Recorder::flush() {
  if (thread_.joinable()) {
    close_chunk();
    parcel_->wants_commit = true;
    parcel_ = queue_.exchange(std::move(parcel_));
    queue_.wait_until_written();
  }
  return outcome();
}

Result<void> Recorder::finish(const RunEnd& end) {
  const bool is_first_time = thread_.joinable();
  stop();
  if (is_first_time && !has_failed() && !writer_->finish(end)) {
    error_ = writer_->error();
    has_failed_.store(true, std::memory_order_release);
  }
  return outcome();
}

Result<void> Recorder::finish(const sim::World& world) {
  return finish(RunEnd{world.event_count(), world.now(), world.fingerprint()});
}

Result<void> Recorder::outcome() const {
  if (has_failed()) {
    return error_;
  }
  return {};
}

}  // namespace kscope::record
