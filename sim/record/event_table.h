#pragma once
// The table `event`: all packed events of a recording as rows that can be asked with SQL. It exists while a Reader has the
// file open; other SQLite programs see the table chunk instead.
//
//   number, time_ms, kind, what, node, peer, cause, message, sent_ms, size_bytes, digest
//
// Conditions on `number` (=, <, <=, >, >=) read only the chunks that they need; all others read everything, at some twenty
// million events a second.

#include "engine/core/result.h"

namespace kscope::record {

class Reader;

/// Makes the table known to the reader's database. The reader must outlive its statements.
Result<void> add_event_table(Reader& reader);

}  // namespace kscope::record
