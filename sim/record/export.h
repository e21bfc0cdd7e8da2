#pragma once
// Recordings in forms that other programs read: CSV (RFC 4180, one table each) and JSON (one object, a list of objects for
// each table). Rows are written as they are read: size is no limit.

#include <iosfwd>
#include <string>

#include "engine/core/result.h"
#include "sim/record/reader.h"

namespace kscope::record {

enum class ExportFormat : std::uint8_t { kCsv, kJson };

/// Writes one table of public_tables(), or the rows of one SELECT, to `out`.
/// Errors: an unknown table; the file is damaged; `out` takes no more.
Result<void> export_table(Reader& reader, const std::string& table, ExportFormat format, std::ostream& out);
Result<void> export_query(Reader& reader, const std::string& sql, ExportFormat format, std::ostream& out);

/// Every table to `out`: JSON as one object; CSV with a line "# table" before each.
Result<void> export_all(Reader& reader, ExportFormat format, std::ostream& out);

/// Every table to a file of its own in `folder` (made when it is not there): election.csv ...
/// Each file is there whole or not at all. Errors: as above; the folder cannot be made or written.
Result<void> export_to_folder(Reader& reader, ExportFormat format, const std::string& folder);

}  // namespace kscope::record
