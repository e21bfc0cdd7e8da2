// kafkascope export: a recording in a form that other programs read.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <fstream>
#include <iostream>
#include <memory>

#include "sim/cli/commands.h"
#include "sim/cli/exit_status.h"
#include "sim/record/export.h"

namespace kscope::cli {
namespace {

struct Options {
  std::string file;
  std::string format = "json";
  std::string table;
  std::string output;
  std::string folder;
};

Result<void> write(record::Reader& reader, const Options& options) {
  const auto format = options.format == "csv" ? record::ExportFormat::kCsv : record::ExportFormat::kJson;
  if (!options.folder.empty()) {
    return record::export_to_folder(reader, format, options.folder);
  }
  std::ofstream file;
  if (!options.output.empty()) {
    file.open(options.output, std::ios::binary | std::ios::trunc);
    if (!file) {
      return Error{"the file cannot be written", options.output, 0};
    }
  }
  std::ostream& out = options.output.empty() ? std::cout : file;
  Result<void> written = options.table.empty() ? record::export_all(reader, format, out)
                                               : record::export_table(reader, options.table, format, out);
  out.flush();
  if (written && !out) {
    return Error{"not everything could be written", options.output, 0};
  }
  return written;
}

int run_export(const Options& options) {
  Result<std::unique_ptr<record::Reader>> opened = record::Reader::open(options.file);
  if (!opened) {
    fmt::print(stderr, "{}\n", to_string(opened.error()));
    return kBadInput;
  }
  const Result<void> written = write(**opened, options);
  if (!written) {
    fmt::print(stderr, "{}\n", to_string(written.error()));
    return kBadInput;
  }
  return kHeld;
}

}  // namespace

void add_export(CLI::App& app, int& status) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("export", "Write a recording as CSV or JSON");
  command->add_option("RUN.db", options->file, "a recording, made by run --record")->required();
  command->add_option("--format", options->format, "csv or json")
      ->check(CLI::IsMember({"csv", "json"}))
      ->capture_default_str();
  auto* table = command->add_option("--table", options->table, "only this table");
  auto* output = command->add_option("--output", options->output, "file to write; without it, standard output");
  command->add_option("--folder", options->folder, "folder to write a file for each table into")
      ->excludes(table)
      ->excludes(output);
  command->footer(kExitStatusText);
  command->callback([options, &status] { status = run_export(*options); });
}

}  // namespace kscope::cli
