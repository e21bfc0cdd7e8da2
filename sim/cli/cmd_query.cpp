// kafkascope query: one SELECT over a recording.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>

#include "sim/cli/commands.h"
#include "sim/cli/exit_status.h"
#include "sim/record/export.h"
#include "sim/record/query.h"

namespace kscope::cli {
namespace {

struct Options {
  std::string file;
  std::string sql;
  std::string format = "text";
  std::size_t limit = 10'000;
};

int ask(const Options& options) {
  Result<std::unique_ptr<record::Reader>> opened = record::Reader::open(options.file);
  if (!opened) {
    fmt::print(stderr, "{}\n", to_string(opened.error()));
    return kBadInput;
  }
  record::Reader& reader = **opened;
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
  if (options.format == "text") {
    record::QueryLimits limits;
    limits.rows = options.limit;
    const Result<record::QueryResult> result = record::query(reader, options.sql, limits);
    if (!result) {
      fmt::print(stderr, "{}\n", to_string(result.error()));
      return kBadInput;
    }
    fmt::print("{}", record::to_text(*result));
    return kHeld;
  }
  const auto format = options.format == "csv" ? record::ExportFormat::kCsv : record::ExportFormat::kJson;
  const Result<void> written = record::export_query(reader, options.sql, format, std::cout);
  if (!written) {
    fmt::print(stderr, "{}\n", to_string(written.error()));
    return kBadInput;
  }
  return kHeld;
}

}  // namespace

void add_query(CLI::App& app, int& status) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("query", "Ask a recording with SQL");
  command->add_option("RUN.db", options->file, "a recording, made by run --record")->required();
  command->add_option("SQL", options->sql, "one SELECT; without it, the tables are listed");
  command->add_option("--format", options->format, "text, csv or json")
      ->check(CLI::IsMember({"text", "csv", "json"}))
      ->capture_default_str();
  command->add_option("--limit", options->limit, "rows at most, as text; 0 = all")->capture_default_str();
  command->footer(std::string("Example:\n  kafkascope query run.db \"SELECT * FROM election\"\n\n") + kExitStatusText);
  command->callback([options, &status] { status = ask(*options); });
}

}  // namespace kscope::cli
