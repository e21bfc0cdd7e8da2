#pragma once
// A database and its statements: the little of SQLite that recordings need, with its errors as plain sentences. Knows
// nothing of what is recorded. Handles are closed by their owners' destructors. One thread at a time.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "engine/core/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace kscope::record {

class Statement {
 public:
  Statement() = default;

  /// Parameters and columns count from 0 here.
  void bind(int parameter, std::int64_t value);
  void bind(int parameter, std::string_view text);  ///< must live until the statement was run
  void bind(int parameter, std::span<const std::uint8_t> bytes);
  void bind_null(int parameter);

  enum class Step : std::uint8_t { kRow, kDone, kFailed };
  /// To the next row. On kFailed ask the database for the error.
  Step step();
  /// Runs to the end and makes ready for the next time; false: ask the database for the error.
  bool run();
  void reset();

  [[nodiscard]] bool is_empty() const { return handle_ == nullptr; }
  [[nodiscard]] int column_count() const;
  [[nodiscard]] std::string column_name(int column) const;
  [[nodiscard]] bool is_null(int column) const;
  [[nodiscard]] bool is_number(int column) const;
  [[nodiscard]] std::int64_t integer(int column) const;
  /// As SQLite writes it; "" for NULL.
  [[nodiscard]] std::string text(int column) const;
  /// Valid until the next step.
  [[nodiscard]] std::span<const std::uint8_t> bytes(int column) const;

 private:
  friend class Database;
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  std::unique_ptr<sqlite3_stmt, Finalize> handle_;
};

class Database {
 public:
  enum class Mode : std::uint8_t { kCreate, kReadOnly };

  /// Opens the file of exactly this name (never a URI, never memory). kCreate makes it when it is not there.
  static Result<Database> open(const std::string& path, Mode mode, std::chrono::milliseconds busy_timeout);

  /// One or more statements without results.
  Result<void> execute(const std::string& sql);
  /// The first statement in `sql`; what follows it goes to `rest`. A text without a statement gives one without columns.
  Result<Statement> prepare(std::string_view sql, std::string_view* rest = nullptr);
  /// The first column of the first row of a query; 0 if there is none.
  Result<std::int64_t> number(std::string_view sql);
  /// The last failure in plain words, with the path.
  [[nodiscard]] Error error() const;
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] sqlite3* handle() const { return handle_.get(); }
  void close() { handle_.reset(); }

 private:
  struct Close {
    void operator()(sqlite3* database) const;
  };
  std::string path_;
  std::unique_ptr<sqlite3, Close> handle_;
};

/// What an SQLite result code means for somebody who wants a recording.
std::string describe_failure(int code, const char* detail);

}  // namespace kscope::record
