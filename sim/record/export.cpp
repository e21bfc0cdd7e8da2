#include "sim/record/export.h"

#include <algorithm>
#include <filesystem>
#include <memory>
#include <ostream>
#include <system_error>

#include "sim/record/query.h"
#include "sim/record/result_file.h"
#include "sim/record/row_sink.h"

namespace kscope::record {
namespace {

constexpr QueryLimits kNoLimits{0, 0, std::chrono::milliseconds(0)};

Result<void> write_rows(Reader& reader, const std::string& sql, ExportFormat format, std::ostream& out,
                        const std::string& indent) {
  const RowVisitor visitor = format == ExportFormat::kCsv ? csv_rows(out) : json_rows(out, indent);
  const Result<bool> done = each_row(reader, sql, kNoLimits, visitor);
  if (!done) {
    return done.error();
  }
  if (!out.good()) {
    return Error{"the export cannot be written: is there room for it?", {}, 0};
  }
  return {};
}

std::string select_all(const std::string& table) { return "SELECT * FROM \"" + table + "\""; }

}  // namespace

Result<void> export_query(Reader& reader, const std::string& sql, ExportFormat format, std::ostream& out) {
  const bool is_json = format == ExportFormat::kJson;
  out << (is_json ? "[" : "");
  if (Result<void> done = write_rows(reader, sql, format, out, "  "); !done) {
    return done;
  }
  out << (is_json ? "\n]\n" : "");
  return {};
}

Result<void> export_table(Reader& reader, const std::string& table, ExportFormat format, std::ostream& out) {
  const std::vector<std::string>& known = public_tables();
  if (std::find(known.begin(), known.end(), table) == known.end()) {
    std::string names;
    for (const std::string& name : known) {
      names += (names.empty() ? "" : ", ") + name;
    }
    return Error{"there is no table \"" + table + "\"; there are " + names, {}, 0};
  }
  return export_query(reader, select_all(table), format, out);
}

Result<void> export_all(Reader& reader, ExportFormat format, std::ostream& out) {
  const bool is_json = format == ExportFormat::kJson;
  bool is_first = true;
  out << (is_json ? "{" : "");
  for (const std::string& table : public_tables()) {
    if (is_json) {
      out << (is_first ? "\n  " : ",\n  ") << json_text(table) << ": [";
    } else {
      out << (is_first ? "# " : "\r\n# ") << table << "\r\n";
    }
    is_first = false;
    if (Result<void> done = write_rows(reader, select_all(table), format, out, "    "); !done) {
      return done;
    }
    out << (is_json ? "\n  ]" : "");
  }
  out << (is_json ? "\n}\n" : "");
  return {};
}

Result<void> export_to_folder(Reader& reader, ExportFormat format, const std::string& folder) {
  std::error_code failure;
  std::filesystem::create_directories(folder, failure);
  if (failure) {
    return Error{"the folder cannot be made: " + failure.message(), folder, 0};
  }
  for (const std::string& table : public_tables()) {
    const std::string path =
        (std::filesystem::path(folder) / (table + (format == ExportFormat::kCsv ? ".csv" : ".json"))).string();
    const Result<std::unique_ptr<ResultFile>> file = ResultFile::open(path);
    if (!file) {
      return file.error();
    }
    if (Result<void> done = export_table(reader, table, format, (*file)->out()); !done) {
      return done;
    }
    if (Result<void> done = (*file)->keep(); !done) {
      return done;
    }
  }
  return {};
}

}  // namespace kscope::record
