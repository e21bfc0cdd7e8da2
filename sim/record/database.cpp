#include "sim/record/database.h"

#include <sqlite3.h>

#include <algorithm>
#include <utility>

namespace kscope::record {

void Statement::Finalize::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
void Database::Close::operator()(sqlite3* database) const { sqlite3_close_v2(database); }

void Statement::bind(int parameter, std::int64_t value) { sqlite3_bind_int64(handle_.get(), parameter + 1, value); }
void Statement::bind(int parameter, std::string_view text) {
  sqlite3_bind_text64(handle_.get(), parameter + 1, text.data() == nullptr ? "" : text.data(), text.size(),
                      SQLITE_STATIC, SQLITE_UTF8);
}
void Statement::bind(int parameter, std::span<const std::uint8_t> bytes) {
  sqlite3_bind_blob64(handle_.get(), parameter + 1, bytes.data(), bytes.size(), SQLITE_STATIC);
}
void Statement::bind_null(int parameter) { sqlite3_bind_null(handle_.get(), parameter + 1); }

Statement::Step Statement::step() {
  const int code = sqlite3_step(handle_.get());
  if (code == SQLITE_ROW) {
    return Step::kRow;
  }
  return code == SQLITE_DONE ? Step::kDone : Step::kFailed;
}

bool Statement::run() {
  Step at = Step::kRow;
  while (at == Step::kRow) {
    at = step();
  }
  sqlite3_reset(handle_.get());
  return at == Step::kDone;
}

void Statement::reset() { sqlite3_reset(handle_.get()); }

int Statement::column_count() const { return sqlite3_column_count(handle_.get()); }
std::string Statement::column_name(int column) const {
  const char* name = sqlite3_column_name(handle_.get(), column);
  return name == nullptr ? std::string() : std::string(name);
}
bool Statement::is_null(int column) const { return sqlite3_column_type(handle_.get(), column) == SQLITE_NULL; }
bool Statement::is_number(int column) const {
  const int type = sqlite3_column_type(handle_.get(), column);
  return type == SQLITE_INTEGER || type == SQLITE_FLOAT;
}
std::int64_t Statement::integer(int column) const { return sqlite3_column_int64(handle_.get(), column); }
std::string Statement::text(int column) const {
  const unsigned char* text = sqlite3_column_text(handle_.get(), column);
  const int size = sqlite3_column_bytes(handle_.get(), column);
  return text == nullptr ? std::string()
                         : std::string(reinterpret_cast<const char*>(text), static_cast<std::size_t>(size));
}
std::span<const std::uint8_t> Statement::bytes(int column) const {
  const void* bytes = sqlite3_column_blob(handle_.get(), column);
  const int size = sqlite3_column_bytes(handle_.get(), column);
  if (bytes == nullptr || size <= 0) {
    return {};
  }
  return {static_cast<const std::uint8_t*>(bytes), static_cast<std::size_t>(size)};
}

Result<Database> Database::open(const std::string& path, Mode mode, std::chrono::milliseconds busy_timeout) {
  if (path.empty()) {
    return Error{"a recording needs the name of a file", {}, 0};
  }
  Database out;
  out.path_ = path;
  // "file:..." and ":memory:" mean something else to SQLite; here they are names like others.
  const bool looks_special = path.starts_with("file:") || path.starts_with(':');
  const std::string name = looks_special ? "./" + path : path;
  const int flags = mode == Mode::kCreate ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY;
  sqlite3* handle = nullptr;
  const int code = sqlite3_open_v2(name.c_str(), &handle, flags | SQLITE_OPEN_NOMUTEX, nullptr);
  out.handle_.reset(handle);
  if (handle == nullptr) {
    return Error{"there is no memory left to open it", path, 0};
  }
  if (code != SQLITE_OK) {
    return out.error();
  }
  sqlite3_extended_result_codes(handle, 1);
  sqlite3_busy_timeout(handle, static_cast<int>(busy_timeout.count()));
  // A file from elsewhere must not do more than hold data.
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
  return out;
}

Result<void> Database::execute(const std::string& sql) {
  if (sqlite3_exec(handle_.get(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
    return error();
  }
  return {};
}

Result<Statement> Database::prepare(std::string_view sql, std::string_view* rest) {
  sqlite3_stmt* handle = nullptr;
  const char* tail = sql.data();
  const int code = sqlite3_prepare_v2(handle_.get(), sql.data(), static_cast<int>(sql.size()), &handle, &tail);
  if (rest != nullptr) {
    *rest = sql.substr(static_cast<std::size_t>(tail - sql.data()));
  }
  Statement out;
  out.handle_.reset(handle);
  if (code != SQLITE_OK) {
    return error();
  }
  return out;
}

Result<std::int64_t> Database::number(std::string_view sql) {
  Result<Statement> statement = prepare(sql);
  if (!statement) {
    return statement.error();
  }
  const Statement::Step step = statement->step();
  if (step == Statement::Step::kFailed) {
    return error();
  }
  return step == Statement::Step::kRow ? statement->integer(0) : std::int64_t{0};
}

Error Database::error() const {
  return Error{describe_failure(sqlite3_extended_errcode(handle_.get()), sqlite3_errmsg(handle_.get())), path_, 0};
}

namespace {

/// What is quoted from a damaged file may be anything: no terminal should get to see it as it is.
std::string without_odd_bytes(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c < 0x20 || c > 0x7E; }, '?');
  return text;
}

}  // namespace

std::string describe_failure(int code, const char* detail) {
  std::string said = detail == nullptr ? "" : detail;
  switch (code & 0xFF) {
    case SQLITE_FULL: return "there is no room left for it";
    case SQLITE_READONLY: return "it or its folder cannot be written";
    case SQLITE_CANTOPEN: return "it cannot be opened: look whether it and its folder are there and may be used";
    case SQLITE_PERM:
    case SQLITE_AUTH: return "this is not allowed on a recording: " + said;
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return "another program has locked it";
    case SQLITE_NOTADB: return "it is not a recording: it is no SQLite database";
    case SQLITE_CORRUPT:
      // A table of ours that meets damage has said so already.
      return said.find("damaged") == std::string::npos ? "it is damaged: " + without_odd_bytes(said) : said;
    case SQLITE_IOERR:
      return "reading or writing it failed; the disk may be full or the file may be at its largest allowed size (" +
             said + ")";
    case SQLITE_NOMEM: return "it takes more memory than there is";
    case SQLITE_INTERRUPT: return "it was stopped: it took too long";
    case SQLITE_TOOBIG: return "a text or a number of bytes is larger than a recording may have";
    default: return said;
  }
}

}  // namespace kscope::record
