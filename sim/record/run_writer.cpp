#include "sim/record/run_writer.h"

#include <unistd.h>

#include <filesystem>
#include <string_view>
#include <system_error>
#include <utility>

#include "engine/core/check.h"
#include "record_schema_generated.h"
#include "sim/record/kind_names.h"
#include "sim/record/note_rows.h"
#include "sim/types/crc32c.h"

namespace kscope::record {
namespace {

constexpr std::int64_t kPageSize = 65'536;
/// Recordings up to this size are packed into small pages at the end, which leaves less air in small tables.
constexpr std::int64_t kSmallPages = 128;

struct TableShape {
  std::string_view name;
  int columns;
};
/// In the order of `Table`.
constexpr std::array<TableShape, kTableCount> kShapes{{
    {"command", 4},        {"fingerprint", 2},    {"node", 4},           {"topic", 2},         {"consumer_group", 2},
    {"key_name", 3},       {"kind", 3},           {"message_row", 10},   {"election_row", 10}, {"isr_row", 12},
    {"rebalance_row", 10}, {"generation_row", 7}, {"assignment_row", 8}, {"offset_row", 8},    {"batch_row", 12},
    {"record_row", 8},     {"place_row", 3},      {"delivery_row", 9},   {"note_row", 11},     {"act_row", 7},
    {"violation_row", 6},  {"beat_row", 5},
}};

// A node that starts twice with the same record numbers, say after a clock was set back, must not stop a recording.
constexpr std::string_view kInsert = "INSERT OR REPLACE INTO ";

std::string insert_sql(const TableShape& shape) {
  std::string sql = std::string(kInsert) + std::string(shape.name) + " VALUES (?";
  for (int i = 1; i < shape.columns; ++i) {
    sql += ", ?";
  }
  return sql + ")";
}

std::string bulk_insert_sql(const TableShape& shape) {
  std::string sql = std::string(kInsert) + std::string(shape.name) + " SELECT c0";
  for (int i = 1; i < shape.columns; ++i) {
    sql += ", c" + std::to_string(i);
  }
  return sql + " FROM waiting_rows";
}

}  // namespace

void remove_recording(const std::string& path) {
  std::error_code ignored;
  for (const std::string_view ending : {"", "-wal", "-shm", "-journal"}) {
    std::filesystem::remove(path + std::string(ending), ignored);
  }
}

Result<std::unique_ptr<RunWriter>> RunWriter::create(const std::string& path, const RunInfo& info,
                                                     const WriterOptions& options) {
  if (path.empty()) {
    return Error{"a recording needs the name of a file", {}, 0};
  }
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) {
    return Error{"it is a folder; a recording is a file", path, 0};
  }
  if (std::filesystem::exists(path, ignored)) {
    if (!options.replaces) {
      return Error{"there is a file of this name already: delete it or choose another name", path, 0};
    }
    remove_recording(path);
  }
  std::unique_ptr<RunWriter> writer(new RunWriter);
  const std::string unborn = path + "-new" + std::to_string(getpid());
  std::string made = unborn;
  Result<void> done = writer->make_file(unborn, info, options);
  if (done) {
    std::error_code failure;
    std::filesystem::rename(unborn, path, failure);
    made = failure ? unborn : path;
    done = failure ? Result<void>(Error{"it cannot be made: " + failure.message(), path, 0})
                   : writer->open_file(path, options);
  }
  if (!done) {
    writer->close_statements();
    writer->database_.close();
    remove_recording(made);
    return Error{done.error().text, path, 0};
  }
  return writer;
}

/// Everything that a recording has before the first event, in a file without companions.
Result<void> RunWriter::make_file(const std::string& path, const RunInfo& info, const WriterOptions& options) {
  Result<Database> database = Database::open(path, Database::Mode::kCreate, options.busy_timeout);
  if (!database) {
    return database.error();
  }
  database_ = std::move(*database);
  std::string first = "PRAGMA page_size = " + std::to_string(kPageSize) + "; ";
  first += "PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; BEGIN;";
  if (options.largest_pages > 0) {
    first = "PRAGMA max_page_count = " + std::to_string(options.largest_pages) + "; " + first;
  }
  first += "PRAGMA application_id = " + std::to_string(kApplicationId) + "; ";
  first += "PRAGMA user_version = " + std::to_string(kSchemaVersion) + ";";
  if (Result<void> done = database_.execute(first); !done) {
    return done;
  }
  if (Result<void> done = database_.execute(kscope_record_schema_sql); !done) {
    return done;
  }
  if (Result<void> done = prepare_statements(); !done) {
    return done;
  }
  if (Result<void> done = insert_run(info); !done) {
    return done;
  }
  for (const Row& row : rows_of_kinds()) {
    insert(row);
  }
  // The mode stays in the file: a kill while it is switched under the final name would leave a journal to roll back.
  if (has_failed_ || !execute("COMMIT; PRAGMA journal_mode = WAL;")) {
    return error_;
  }
  close_statements();
  database_.close();
  return {};
}

Result<void> RunWriter::open_file(const std::string& path, const WriterOptions& options) {
  Result<Database> database = Database::open(path, Database::Mode::kCreate, options.busy_timeout);
  if (!database) {
    return database.error();
  }
  database_ = std::move(*database);
  // Nothing waits for the disk itself: a killed program loses nothing that was committed, and after a power cut the run can
  // be recorded again from its scenario and seed.
  std::string first = "PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; PRAGMA wal_autocheckpoint = 64; ";
  first += "PRAGMA cache_size = 1024; PRAGMA temp_store = MEMORY; BEGIN;";
  if (options.largest_pages > 0) {
    first = "PRAGMA max_page_count = " + std::to_string(options.largest_pages) + "; " + first;
  }
  if (Result<void> done = database_.execute(first); !done) {
    return done;
  }
  last_commit_ = std::chrono::steady_clock::now();
  return prepare_statements();
}

Result<void> RunWriter::prepare_statements() {
  if (Result<void> done = source_.add_to(database_); !done) {
    return done;
  }
  for (std::size_t i = 0; i < kTableCount; ++i) {
    Result<Statement> statement = database_.prepare(insert_sql(kShapes[i]));
    if (!statement) {
      return statement.error();
    }
    inserts_[i] = std::move(*statement);
    Result<Statement> bulk = database_.prepare(bulk_insert_sql(kShapes[i]));
    if (!bulk) {
      return bulk.error();
    }
    bulk_inserts_[i] = std::move(*bulk);
  }
  Result<Statement> chunk = database_.prepare("INSERT INTO chunk VALUES (?, ?, ?, ?, ?, ?)");
  if (!chunk) {
    return chunk.error();
  }
  insert_chunk_ = std::move(*chunk);
  return {};
}

Result<void> RunWriter::insert_run(const RunInfo& info) {
  Result<Statement> run =
      database_.prepare("INSERT INTO run VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'open', NULL, NULL, NULL)");
  if (!run) {
    return run.error();
  }
  const std::string seed = std::to_string(info.seed);
  run->bind(0, std::string_view(info.scenario));
  run->bind(1, std::string_view(info.scenario_path));
  run->bind(2, std::string_view(info.scenario_text));
  run->bind(3, std::string_view(seed));
  run->bind(4, std::string_view(info.program_version));
  run->bind(5, kSchemaVersion);
  run->bind(6, std::string_view(info.rules));
  run->bind(7, nanos(info.until));
  if (!run->run()) {
    return database_.error();
  }
  return {};
}

bool RunWriter::fail() {
  if (!has_failed_) {
    has_failed_ = true;
    error_ = database_.error();
  }
  return false;
}

bool RunWriter::execute(const std::string& sql) { return database_.execute(sql).has_value() || fail(); }

void RunWriter::insert(Table table, std::initializer_list<std::int64_t> values) {
  const auto index = static_cast<std::size_t>(table);
  KSCOPE_CHECK(values.size() == static_cast<std::size_t>(kShapes[index].columns), "a row has a value for each column");
  waiting_[index].insert(waiting_[index].end(), values);
}

void RunWriter::insert_waiting() {
  for (std::size_t i = 0; i < kTableCount; ++i) {
    if (waiting_[i].empty()) {
      continue;
    }
    source_.show(waiting_[i], kShapes[i].columns);
    if (!has_failed_ && !bulk_inserts_[i].run()) {
      fail();
    }
    waiting_[i].clear();
  }
  source_.show({}, 1);
}

void RunWriter::insert(const Row& row) {
  if (has_failed_) {
    return;
  }
  Statement& statement = inserts_[static_cast<std::size_t>(row.table)];
  int parameter = 0;
  for (const Value& value : row.values) {
    if (const auto* number = std::get_if<std::int64_t>(&value)) {
      statement.bind(parameter, *number);
    } else if (const auto* text = std::get_if<std::string>(&value)) {
      statement.bind(parameter, std::string_view(*text));
    } else {
      statement.bind_null(parameter);
    }
    ++parameter;
  }
  if (!statement.run()) {
    fail();
  }
}

bool RunWriter::write(const Parcel& parcel) {
  if (!parcel.chunk.bytes.empty()) {
    insert_chunk(parcel.chunk);
  }
  std::span<const std::int64_t> placed(parcel.placed);
  for (const NoteOfEvent& note : parcel.notes) {
    const auto count = static_cast<std::size_t>(note.placed);
    insert_note(*this, note, placed.first(count));
    placed = placed.subspan(count);
  }
  insert_waiting();
  for (const Row& row : parcel.rows) {
    insert(row);
  }
  return !has_failed_;
}

void RunWriter::insert_chunk(const Chunk& chunk) {
  if (has_failed_) {
    return;
  }
  insert_chunk_.bind(0, static_cast<std::int64_t>(chunk.place.first_event));
  insert_chunk_.bind(1, static_cast<std::int64_t>(chunk.place.last_event));
  insert_chunk_.bind(2, nanos(chunk.place.first_time));
  insert_chunk_.bind(3, nanos(chunk.place.last_time));
  insert_chunk_.bind(4, std::int64_t{sim::crc32c(chunk.bytes)});
  insert_chunk_.bind(5, std::span(chunk.bytes));
  if (!insert_chunk_.run()) {
    fail();
    return;
  }
  last_written_event_ = chunk.place.last_event;
}

bool RunWriter::commit() {
  last_commit_ = std::chrono::steady_clock::now();
  if (has_failed_ || !execute("COMMIT;")) {
    return false;
  }
  last_committed_event_ = last_written_event_;
  return execute("BEGIN;");
}

void RunWriter::close_statements() {
  inserts_ = {};
  bulk_inserts_ = {};
  insert_chunk_ = {};
}

bool RunWriter::finish(const RunEnd& end) {
  if (has_failed_) {
    return false;
  }
  std::string last = "UPDATE run SET state = 'complete', last_event = " + std::to_string(end.last_event);
  last += ", last_time_ns = " + std::to_string(nanos(end.last_time));
  last += ", fingerprint = '" + hexadecimal(end.fingerprint) + "'; ";
  if (!execute(last + "COMMIT;")) {
    return false;
  }
  last_committed_event_ = last_written_event_;
  close_statements();
  const bool is_merged = merge_companions();
  if (is_merged) {
    shrink_if_small();
  }
  database_.close();
  return is_merged;
}

/// Leaves one file without companions. Others may still read: then the companions stay and the file is complete all the same.
bool RunWriter::merge_companions() {
  if (const Result<void> done = database_.execute("PRAGMA wal_checkpoint(TRUNCATE);"); !done) {
    has_failed_ = true;
    error_ = done.error();
    error_.text +=
        "; everything is recorded, but part of it in the file of the same name with -wal at its end: keep both";
    return false;
  }
  static_cast<void>(database_.execute("PRAGMA journal_mode = DELETE;"));
  return true;
}

void RunWriter::shrink_if_small() {
  const Result<std::int64_t> pages = database_.number("PRAGMA page_count");
  if (pages && *pages <= kSmallPages) {
    static_cast<void>(database_.execute("PRAGMA max_page_count = 4294967294; PRAGMA page_size = 4096; VACUUM;"));
  }
}

}  // namespace kscope::record
