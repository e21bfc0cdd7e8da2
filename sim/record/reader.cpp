#include "sim/record/reader.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <limits>
#include <string_view>
#include <system_error>

#include "sim/record/chunk_codec.h"
#include "sim/record/event_table.h"
#include "sim/record/run_writer.h"
#include "sim/types/crc32c.h"

namespace kscope::record {
namespace {

constexpr std::chrono::milliseconds kOpenLimit{10'000};
constexpr int kInstructionsBetweenLooks = 20'000;
constexpr std::size_t kMostRows = 2'000'000;

/// What the header of an SQLite file says about itself.
struct FileHeader {
  bool is_database = false;
  std::uint64_t page_size = 0;
  std::uint64_t page_count = 0;
  std::uint64_t bytes = 0;
};

std::uint64_t big_endian(const std::array<char, 100>& bytes, std::size_t place, std::size_t size) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < size; ++i) {
    value = value << 8 | static_cast<unsigned char>(bytes[place + i]);
  }
  return value;
}

Result<FileHeader> read_header(const std::string& path) {
  std::error_code failure;
  if (!std::filesystem::exists(path, failure)) {
    return Error{"there is no such file", path, 0};
  }
  if (!std::filesystem::is_regular_file(path, failure)) {
    return Error{"it is not a file", path, 0};
  }
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    return Error{"it cannot be read: look at its permissions", path, 0};
  }
  FileHeader out;
  out.bytes = std::filesystem::file_size(path, failure);
  std::array<char, 100> bytes{};
  file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  constexpr std::string_view kMagic("SQLite format 3\0", 16);
  out.is_database = file.gcount() == static_cast<std::streamsize>(bytes.size()) &&
                    std::string_view(bytes.data(), kMagic.size()) == kMagic;
  out.page_size = big_endian(bytes, 16, 2);
  out.page_size = out.page_size == 1 ? 65'536 : out.page_size;
  out.page_count = big_endian(bytes, 28, 4);
  return out;
}

std::string seconds(SimTime time) {
  const std::int64_t at = nanos(time);
  return fmt::format("{}.{:03} s", at / 1'000'000'000, at % 1'000'000'000 / 1'000'000);
}

Error with_path(Error error, const std::string& path) {
  if (error.file.empty()) {
    error.file = path;
  }
  return error;
}

}  // namespace

struct Reader::Clock {
  std::chrono::steady_clock::time_point limit = std::chrono::steady_clock::time_point::max();
  bool (*is_stop_wanted)() = nullptr;

  static int is_over(void* self) {
    const auto* clock = static_cast<const Clock*>(self);
    const bool is_stopped = clock->is_stop_wanted != nullptr && clock->is_stop_wanted();
    return is_stopped || std::chrono::steady_clock::now() > clock->limit ? 1 : 0;
  }
};

Reader::~Reader() = default;

void Reader::limit_time(std::chrono::milliseconds limit) {
  clock_->limit =
      limit.count() == 0 ? std::chrono::steady_clock::time_point::max() : std::chrono::steady_clock::now() + limit;
}

void Reader::stop_when(bool (*is_wanted)()) { clock_->is_stop_wanted = is_wanted; }

Result<std::unique_ptr<Reader>> Reader::open(const std::string& path) {
  const Result<FileHeader> header = read_header(path);
  if (!header) {
    return header.error();
  }
  if (!header->is_database) {
    return Error{"it is not a recording: it is no SQLite database", path, 0};
  }
  std::error_code failure;
  const bool has_companion = std::filesystem::exists(path + "-wal", failure);
  if (!has_companion && header->bytes < header->page_size * header->page_count) {
    return Error{
        fmt::format("it is cut off: {} of {} bytes are there", header->bytes, header->page_size * header->page_count),
        path, 0};
  }
  Result<Database> database = Database::open(path, Database::Mode::kReadOnly, std::chrono::milliseconds(2'000));
  if (!database) {
    return database.error();
  }
  std::unique_ptr<Reader> reader(new Reader);
  reader->clock_ = std::make_unique<Clock>();
  reader->database_ = std::move(*database);
  sqlite3* handle = reader->database_.handle();
  sqlite3_progress_handler(handle, kInstructionsBetweenLooks, Clock::is_over, reader->clock_.get());
  sqlite3_limit(handle, SQLITE_LIMIT_LENGTH, 64 << 20);
  sqlite3_limit(handle, SQLITE_LIMIT_SQL_LENGTH, 1 << 20);
  sqlite3_limit(handle, SQLITE_LIMIT_EXPR_DEPTH, 200);
  sqlite3_limit(handle, SQLITE_LIMIT_COMPOUND_SELECT, 100);
  sqlite3_limit(handle, SQLITE_LIMIT_VDBE_OP, 200'000);
  sqlite3_limit(handle, SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 1'000);
  sqlite3_limit(handle, SQLITE_LIMIT_ATTACHED, 0);
  sqlite3_limit(handle, SQLITE_LIMIT_TRIGGER_DEPTH, 1);
  reader->limit_time(kOpenLimit);
  Result<void> done = reader->check_format();
  if (done) {
    done = reader->load_run();
  }
  if (done) {
    done = add_event_table(*reader);
  }
  reader->limit_time(std::chrono::milliseconds(0));
  if (!done) {
    return with_path(done.error(), path);
  }
  return reader;
}

Result<void> Reader::check_format() {
  if (Result<void> done =
          database_.execute("PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; "
                            "PRAGMA mmap_size = 0; PRAGMA query_only = ON; PRAGMA temp_store = MEMORY;");
      !done) {
    return done;
  }
  const Result<std::int64_t> id = database_.number("PRAGMA application_id");
  if (!id) {
    return id.error();
  }
  if (*id != kApplicationId) {
    return Error{"it is an SQLite database, but not a recording of this program", path(), 0};
  }
  const Result<std::int64_t> version = database_.number("PRAGMA user_version");
  if (!version) {
    return version.error();
  }
  if (*version != kSchemaVersion) {
    return Error{
        fmt::format("it was written in version {} of the format, this program reads version {}: use the program "
                    "that recorded it, or record the run again",
                    *version, kSchemaVersion),
        path(), 0};
  }
  return {};
}

Result<void> Reader::load_run() {
  Result<Statement> run = database_.prepare(
      "SELECT scenario, scenario_path, scenario_text, seed, program_version, rules, until_ns, state, last_event, "
      "last_time_ns, fingerprint FROM run");
  if (!run) {
    return run.error();
  }
  const Statement::Step step = run->step();
  if (step == Statement::Step::kFailed) {
    return database_.error();
  }
  if (step == Statement::Step::kDone) {
    return Error{"it says nothing about its run", path(), 0};
  }
  info_.scenario = run->text(0);
  info_.scenario_path = run->text(1);
  info_.scenario_text = run->text(2);
  info_.seed = std::strtoull(run->text(3).c_str(), nullptr, 10);
  info_.program_version = run->text(4);
  info_.rules = run->text(5);
  info_.until = SimTime(Duration(run->integer(6)));
  is_complete_ = run->text(7) == "complete";
  end_.last_event = static_cast<std::uint64_t>(run->integer(8));
  end_.last_time = SimTime(Duration(run->integer(9)));
  end_.fingerprint = from_hexadecimal(run->text(10));
  if (!is_complete_) {
    Result<Statement> last =
        database_.prepare("SELECT last_event, last_time_ns FROM chunk ORDER BY first_event DESC LIMIT 1");
    if (!last) {
      return last.error();
    }
    const Statement::Step found = last->step();
    if (found == Statement::Step::kFailed) {
      return database_.error();
    }
    if (found == Statement::Step::kRow) {
      end_.last_event = static_cast<std::uint64_t>(last->integer(0));
      end_.last_time = SimTime(Duration(last->integer(1)));
    }
  }
  Result<NameTable> names = NameTable::load(database_);
  if (!names) {
    return names.error();
  }
  names_ = std::move(*names);
  return {};
}

std::string Reader::state_text() const {
  if (is_complete_) {
    return fmt::format("complete: {} events, {}", end_.last_event, seconds(end_.last_time));
  }
  return fmt::format("incomplete: up to event {} at {}; it was never finished", end_.last_event,
                     seconds(end_.last_time));
}

Result<std::vector<HandCommand>> Reader::commands() {
  Result<Statement> statement = database_.prepare("SELECT after_event, time_ns, text FROM command ORDER BY id");
  if (!statement) {
    return statement.error();
  }
  std::vector<HandCommand> out;
  Statement::Step step = statement->step();
  for (; step == Statement::Step::kRow && out.size() < kMostRows; step = statement->step()) {
    out.push_back({static_cast<std::uint64_t>(statement->integer(0)), SimTime(Duration(statement->integer(1))),
                   statement->text(2)});
  }
  if (step == Statement::Step::kFailed) {
    return database_.error();
  }
  return out;
}

Result<std::vector<PeriodicFingerprint>> Reader::fingerprints() {
  Result<Statement> statement = database_.prepare("SELECT event, value FROM fingerprint ORDER BY event");
  if (!statement) {
    return statement.error();
  }
  std::vector<PeriodicFingerprint> out;
  Statement::Step step = statement->step();
  for (; step == Statement::Step::kRow && out.size() < kMostRows; step = statement->step()) {
    out.push_back({static_cast<std::uint64_t>(statement->integer(0)), from_hexadecimal(statement->text(1))});
  }
  if (step == Statement::Step::kFailed) {
    return database_.error();
  }
  return out;
}

Result<std::vector<ChunkPlace>> Reader::chunks() {
  Result<Statement> statement =
      database_.prepare("SELECT first_event, last_event, first_time_ns, last_time_ns FROM chunk ORDER BY first_event");
  if (!statement) {
    return statement.error();
  }
  std::vector<ChunkPlace> out;
  Statement::Step step = statement->step();
  for (; step == Statement::Step::kRow && out.size() < kMostRows; step = statement->step()) {
    out.push_back({static_cast<std::uint64_t>(statement->integer(0)), static_cast<std::uint64_t>(statement->integer(1)),
                   SimTime(Duration(statement->integer(2))), SimTime(Duration(statement->integer(3)))});
  }
  if (step == Statement::Step::kFailed) {
    return database_.error();
  }
  return out;
}

Result<std::vector<TraceEvent>> Reader::chunk_at(std::uint64_t event) {
  // The chunk whose range holds the event, else the next one: both start a range scan on the key.
  Result<Statement> statement = database_.prepare(
      "SELECT crc, data, first_event, last_event FROM chunk WHERE first_event >= "
      "COALESCE((SELECT first_event FROM chunk WHERE first_event <= ?1 ORDER BY first_event DESC LIMIT 1), ?1) "
      "AND last_event >= ?1 ORDER BY first_event LIMIT 1");
  if (!statement) {
    return statement.error();
  }
  const auto largest = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  statement->bind(0, static_cast<std::int64_t>(std::min(event, largest)));
  const Statement::Step step = statement->step();
  if (step == Statement::Step::kFailed) {
    return database_.error();
  }
  if (step == Statement::Step::kDone) {
    return std::vector<TraceEvent>{};
  }
  const std::span<const std::uint8_t> bytes = statement->bytes(1);
  const auto first = static_cast<std::uint64_t>(statement->integer(2));
  const auto last = static_cast<std::uint64_t>(statement->integer(3));
  const Error damaged{fmt::format("its events {} to {} are damaged", first, last), path(), 0};
  if (statement->integer(0) != std::int64_t{sim::crc32c(bytes)}) {
    return damaged;
  }
  Result<std::vector<TraceEvent>> events = decode_chunk(bytes);
  if (!events || events->front().number != first || events->back().number != last) {
    return damaged;
  }
  return events;
}

Result<void> Reader::verify() {
  Result<Statement> check = database_.prepare("PRAGMA integrity_check(1)");
  if (!check) {
    return check.error();
  }
  if (check->step() != Statement::Step::kRow) {
    return database_.error();
  }
  if (check->text(0) != "ok") {
    return Error{"it is damaged: " + check->text(0), path(), 0};
  }
  for (std::uint64_t next = 0;;) {
    const Result<std::vector<TraceEvent>> events = chunk_at(next);
    if (!events) {
      return events.error();
    }
    if (events->empty()) {
      return {};
    }
    if (events->back().number < next) {
      return Error{"its chunks of events are not in order", path(), 0};
    }
    next = events->back().number + 1;
  }
}

}  // namespace kscope::record
