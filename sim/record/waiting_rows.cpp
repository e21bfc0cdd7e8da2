#include "sim/record/waiting_rows.h"

#include <sqlite3.h>

#include <new>
#include <string>

namespace kscope::record {
namespace {

/// SQLite's base structs have to come first.
struct Table {
  sqlite3_vtab base;
  const WaitingRows* rows;
};
struct Cursor {
  sqlite3_vtab_cursor base;
  const WaitingRows* rows;
  std::size_t at;
};

Cursor& cursor_of(sqlite3_vtab_cursor* cursor) { return *reinterpret_cast<Cursor*>(cursor); }

int connect(sqlite3* database, void* rows, int, const char* const*, sqlite3_vtab** out, char**) {
  std::string declaration = "CREATE TABLE waiting_rows (c0 INTEGER";
  for (int i = 1; i < kWaitingColumns; ++i) {
    declaration += ", c" + std::to_string(i) + " INTEGER";
  }
  const int code = sqlite3_declare_vtab(database, (declaration + ")").c_str());
  if (code != SQLITE_OK) {
    return code;
  }
  auto* table = new (std::nothrow) Table{{}, static_cast<const WaitingRows*>(rows)};
  if (table == nullptr) {
    return SQLITE_NOMEM;
  }
  *out = &table->base;
  return SQLITE_OK;
}

int disconnect(sqlite3_vtab* table) {
  delete reinterpret_cast<Table*>(table);
  return SQLITE_OK;
}

int best_index(sqlite3_vtab*, sqlite3_index_info*) { return SQLITE_OK; }

int open(sqlite3_vtab* table, sqlite3_vtab_cursor** out) {
  auto* cursor = new (std::nothrow) Cursor{{}, reinterpret_cast<Table*>(table)->rows, 0};
  if (cursor == nullptr) {
    return SQLITE_NOMEM;
  }
  *out = &cursor->base;
  return SQLITE_OK;
}

int close(sqlite3_vtab_cursor* cursor) {
  delete &cursor_of(cursor);
  return SQLITE_OK;
}

int filter(sqlite3_vtab_cursor* cursor, int, const char*, int, sqlite3_value**) {
  cursor_of(cursor).at = 0;
  return SQLITE_OK;
}

int next(sqlite3_vtab_cursor* cursor) {
  ++cursor_of(cursor).at;
  return SQLITE_OK;
}

int is_at_end(sqlite3_vtab_cursor* base) {
  const Cursor& cursor = cursor_of(base);
  return cursor.at >= cursor.rows->row_count() ? 1 : 0;
}

int column(sqlite3_vtab_cursor* base, sqlite3_context* context, int index) {
  const Cursor& cursor = cursor_of(base);
  if (const std::int64_t value = cursor.rows->value(cursor.at, index); value != kSqlNull) {
    sqlite3_result_int64(context, value);
  }
  return SQLITE_OK;
}

int row_id(sqlite3_vtab_cursor* base, sqlite3_int64* out) {
  *out = static_cast<sqlite3_int64>(cursor_of(base).at);
  return SQLITE_OK;
}

/// Without xCreate the table simply exists under the name of its module, for this connection alone.
constexpr sqlite3_module make_module() {
  sqlite3_module module{};
  module.xConnect = connect;
  module.xBestIndex = best_index;
  module.xDisconnect = disconnect;
  module.xOpen = open;
  module.xClose = close;
  module.xFilter = filter;
  module.xNext = next;
  module.xEof = is_at_end;
  module.xColumn = column;
  module.xRowid = row_id;
  return module;
}
constexpr sqlite3_module kModule = make_module();

}  // namespace

Result<void> WaitingRows::add_to(Database& database) {
  if (sqlite3_create_module(database.handle(), "waiting_rows", &kModule, this) != SQLITE_OK) {
    return database.error();
  }
  return {};
}

}  // namespace kscope::record
