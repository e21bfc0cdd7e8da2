// kafkascope query: one SELECT over a recording.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>

#include "sim/cli/commands.h"
#include "sim/cli/exit_status.h"
#include "sim/cli/terminal.h"
#include "sim/record/export.h"
#include "sim/record/query.h"

namespace kscope::cli {
namespace {

constexpr const char* kQueryExamples = R"(Examples:
  kafkascope query run.db                              what tables there are
  kafkascope query run.db "SELECT * FROM election"
  kafkascope query run.db "SELECT * FROM event WHERE number BETWEEN 100 AND 120"
  kafkascope query run.db "SELECT * FROM record_fate WHERE copies > 1" --csv > twice.csv
Ten more, with answers to real questions, are in docs/recording.md.
)";

struct QueryOptions {
  std::string file;
  std::string sql;
  bool is_csv = false;
  bool is_json = false;
  std::size_t limit = 10'000;
};

/// What to tell of a question that has no answer.
int failed(const Error& error) {
  if (is_interrupted()) {
    fmt::print(stderr, "interrupted\n");
    return interrupted_status();
  }
  fmt::print(stderr, "{}\n", to_string(error));
  return kBadInput;
}

int ask(const QueryOptions& options) {
  catch_interrupts();
  Result<std::unique_ptr<record::Reader>> opened = record::Reader::open(options.file);
  if (!opened) {
    fmt::print(stderr, "{}\n", to_string(opened.error()));
    return kBadInput;
  }
  record::Reader& reader = **opened;
  reader.stop_when(is_interrupted);
  if (!reader.is_complete()) {
    fmt::print(stderr, "{}: {}\n", options.file, reader.state_text());
  }
  if (options.sql.empty()) {
    fmt::print("{}\nTables and views:\n", reader.state_text());
    for (const std::string& table : record::public_tables()) {
      fmt::print("  {}\n", table);
    }
    return kHeld;
  }
  if (!options.is_csv && !options.is_json) {
    record::QueryLimits limits;
    limits.rows = options.limit;
    const Result<record::QueryResult> result = record::query(reader, options.sql, limits);
    if (!result) {
      return failed(result.error());
    }
    fmt::print("{}", record::to_text(*result));
    return kHeld;
  }
  const auto format = options.is_csv ? record::ExportFormat::kCsv : record::ExportFormat::kJson;
  const Result<void> written = record::export_query(reader, options.sql, format, std::cout);
  if (!written) {
    return failed(written.error());
  }
  return kHeld;
}

}  // namespace

void add_query(CLI::App& app, int& status) {
  auto options = std::make_shared<QueryOptions>();
  CLI::App* command = app.add_subcommand("query", "Ask a recording with SQL");
  command->add_option("RUN.db", options->file, "a recording, made by run --record")->required();
  command->add_option("SQL", options->sql, "one SELECT; without it, the tables are listed");
  auto* csv = command->add_flag("--csv", options->is_csv, "all rows as CSV");
  command->add_flag("--json", options->is_json, "all rows as JSON")->excludes(csv);
  command->add_option("--limit", options->limit, "rows at most in the table; 0 = all")->capture_default_str();
  command->footer(std::string(kQueryExamples) + "\n" + kExitStatusText);
  command->callback([options, &status] { status = ask(*options); });
}

}  // namespace kscope::cli
