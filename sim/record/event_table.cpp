#include "sim/record/event_table.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <new>
#include <string>
#include <vector>

#include "sim/record/kind_names.h"
#include "sim/record/reader.h"

namespace kscope::record {
namespace {

enum Column : int { kNumber, kTime, kKind, kWhat, kNode, kPeer, kCause, kMessage, kSent, kSize, kDigest };

constexpr char kDeclaration[] =
    "CREATE TABLE event (number INTEGER, time_ms REAL, kind TEXT, what TEXT, node TEXT, peer TEXT, cause INTEGER, "
    "message INTEGER, sent_ms REAL, size_bytes INTEGER, digest TEXT)";

/// Which bounds on `number` a plan hands to filter(), in this order of arguments.
enum Bound : int { kEqual = 1, kAtLeast = 2, kAtMost = 4 };

/// SQLite's base structs have to come first.
struct EventTable {
  sqlite3_vtab base;
  Reader* reader;
};
struct EventCursor {
  sqlite3_vtab_cursor base;
  std::vector<TraceEvent> events;
  std::size_t at;
  std::uint64_t last;
};

EventTable* table_of(sqlite3_vtab* table) { return reinterpret_cast<EventTable*>(table); }
EventCursor* cursor_of(sqlite3_vtab_cursor* cursor) { return reinterpret_cast<EventCursor*>(cursor); }

int connect(sqlite3* database, void* reader, int, const char* const*, sqlite3_vtab** out, char**) {
  const int code = sqlite3_declare_vtab(database, kDeclaration);
  if (code != SQLITE_OK) {
    return code;
  }
  sqlite3_vtab_config(database, SQLITE_VTAB_INNOCUOUS);
  auto* table = new (std::nothrow) EventTable{{}, static_cast<Reader*>(reader)};
  if (table == nullptr) {
    return SQLITE_NOMEM;
  }
  *out = &table->base;
  return SQLITE_OK;
}

int disconnect(sqlite3_vtab* table) {
  delete table_of(table);
  return SQLITE_OK;
}

/// Bounds on `number` are used, the rest SQLite checks by itself.
int best_index(sqlite3_vtab*, sqlite3_index_info* info) {
  int equal = -1;
  int at_least = -1;
  int at_most = -1;
  for (int i = 0; i < info->nConstraint; ++i) {
    const auto& constraint = info->aConstraint[i];
    if (constraint.usable == 0 || constraint.iColumn != kNumber) {
      continue;
    }
    switch (constraint.op) {
      case SQLITE_INDEX_CONSTRAINT_EQ: equal = i; break;
      case SQLITE_INDEX_CONSTRAINT_GT:
      case SQLITE_INDEX_CONSTRAINT_GE: at_least = i; break;
      case SQLITE_INDEX_CONSTRAINT_LT:
      case SQLITE_INDEX_CONSTRAINT_LE: at_most = i; break;
      default: break;
    }
  }
  int argument = 0;
  info->idxNum = 0;
  info->estimatedCost = 1e9;
  info->estimatedRows = 10'000'000;
  const auto use = [&](int constraint, int bound, double factor) {
    if (constraint >= 0) {
      info->aConstraintUsage[constraint].argvIndex = ++argument;
      info->idxNum |= bound;
      info->estimatedCost *= factor;
    }
  };
  use(equal, kEqual, 1e-6);
  use(at_least, kAtLeast, 0.3);
  use(at_most, kAtMost, 0.3);
  const bool is_by_number = info->nOrderBy == 1 && info->aOrderBy[0].iColumn == kNumber && info->aOrderBy[0].desc == 0;
  info->orderByConsumed = is_by_number ? 1 : 0;
  return SQLITE_OK;
}

int open(sqlite3_vtab*, sqlite3_vtab_cursor** out) {
  auto* cursor = new (std::nothrow) EventCursor{};
  if (cursor == nullptr) {
    return SQLITE_NOMEM;
  }
  *out = &cursor->base;
  return SQLITE_OK;
}

int close(sqlite3_vtab_cursor* cursor) {
  delete cursor_of(cursor);
  return SQLITE_OK;
}

/// Loads the chunk that holds `event` or the next one after it.
int load(EventCursor& cursor, std::uint64_t event) {
  EventTable* table = table_of(cursor.base.pVtab);
  cursor.events.clear();
  cursor.at = 0;
  if (event > cursor.last) {
    return SQLITE_OK;
  }
  Result<std::vector<TraceEvent>> events = table->reader->chunk_at(event);
  if (!events) {
    sqlite3_free(table->base.zErrMsg);
    table->base.zErrMsg = sqlite3_mprintf("%s", events.error().text.c_str());
    return SQLITE_CORRUPT_VTAB;
  }
  cursor.events = std::move(*events);
  while (cursor.at < cursor.events.size() && cursor.events[cursor.at].number < event) {
    ++cursor.at;
  }
  return SQLITE_OK;
}

/// Bounds may be any SQL value; as numbers they round towards more rows, and SQLite checks each row again.
std::uint64_t lower_bound(sqlite3_value* value) {
  const double number = sqlite3_value_double(value);
  const bool is_integer = sqlite3_value_type(value) == SQLITE_INTEGER;
  const std::int64_t bound = is_integer      ? sqlite3_value_int64(value)
                             : number > 9e18 ? std::numeric_limits<std::int64_t>::max()
                             : number > 0    ? static_cast<std::int64_t>(number)
                                             : 0;
  return bound < 0 ? 0 : static_cast<std::uint64_t>(bound);
}
bool is_number(sqlite3_value* value) {
  return sqlite3_value_type(value) == SQLITE_INTEGER || sqlite3_value_type(value) == SQLITE_FLOAT;
}

int filter(sqlite3_vtab_cursor* base, int bounds, const char*, int, sqlite3_value** values) {
  EventCursor& cursor = *cursor_of(base);
  std::uint64_t first = 0;
  cursor.last = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  int next = 0;
  for (const int bound : {kEqual, kAtLeast, kAtMost}) {
    if ((bounds & bound) == 0) {
      continue;
    }
    sqlite3_value* value = values[next++];
    if (!is_number(value)) {
      continue;
    }
    const std::uint64_t number = lower_bound(value);
    first = bound == kAtMost ? first : std::max(first, number);
    cursor.last = bound == kAtLeast ? cursor.last : std::min(cursor.last, number);
  }
  return load(cursor, first);
}

int next(sqlite3_vtab_cursor* base) {
  EventCursor& cursor = *cursor_of(base);
  const std::uint64_t number = cursor.events[cursor.at].number;
  ++cursor.at;
  return cursor.at < cursor.events.size() ? SQLITE_OK : load(cursor, number + 1);
}

int is_at_end(sqlite3_vtab_cursor* base) {
  const EventCursor& cursor = *cursor_of(base);
  return cursor.at >= cursor.events.size() || cursor.events[cursor.at].number > cursor.last ? 1 : 0;
}

void put_text(sqlite3_context* context, std::string_view text) {
  sqlite3_result_text64(context, text.data() == nullptr ? "" : text.data(), text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
}

int column(sqlite3_vtab_cursor* base, sqlite3_context* context, int index) {
  const EventCursor& cursor = *cursor_of(base);
  const TraceEvent& event = cursor.events[cursor.at];
  const NameTable& names = table_of(base->pVtab)->reader->names();
  const bool is_delivery = event.kind == EventKind::kDelivery;
  switch (index) {
    case kNumber: sqlite3_result_int64(context, static_cast<std::int64_t>(event.number)); break;
    case kTime: sqlite3_result_double(context, static_cast<double>(nanos(event.time)) / 1e6); break;
    case kKind: put_text(context, event_kind_name(event.kind)); break;
    case kWhat: put_text(context, names.what(event)); break;
    case kNode: put_text(context, names.node(event.node)); break;
    case kPeer: put_text(context, names.node(event.peer)); break;
    case kCause: sqlite3_result_int64(context, static_cast<std::int64_t>(event.cause)); break;
    case kDigest: put_text(context, fmt::format("{:08x}", event.digest)); break;
    case kMessage:
      if (is_delivery) {
        sqlite3_result_int64(context, static_cast<std::int64_t>(event.message));
      }
      break;
    case kSent:
      if (is_delivery) {
        sqlite3_result_double(context, static_cast<double>(nanos(event.sent_at)) / 1e6);
      }
      break;
    case kSize:
      if (is_delivery) {
        sqlite3_result_int64(context, event.size_bytes);
      }
      break;
    default: break;
  }
  return SQLITE_OK;
}

int row_id(sqlite3_vtab_cursor* base, sqlite3_int64* out) {
  const EventCursor& cursor = *cursor_of(base);
  *out = static_cast<sqlite3_int64>(cursor.events[cursor.at].number);
  return SQLITE_OK;
}

/// Without xCreate the table simply exists under the name of its module.
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

Result<void> add_event_table(Reader& reader) {
  if (sqlite3_create_module(reader.database().handle(), "event", &kModule, &reader) != SQLITE_OK) {
    return reader.database().error();
  }
  // SQLite makes the table at its first use, by a declaration that an authorizer would refuse: so use it now.
  const Result<Statement> first_use = reader.database().prepare("SELECT number FROM event LIMIT 0");
  if (!first_use) {
    return first_use.error();
  }
  return {};
}

}  // namespace kscope::record
