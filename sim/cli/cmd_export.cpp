// kafkascope export: a recording in a form that other programs read, or a partition's log in the files of Kafka.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>

#include "sim/cli/commands.h"
#include "sim/cli/exit_status.h"
#include "sim/cli/export_segments.h"
#include "sim/cli/terminal.h"
#include "sim/cli/usage_error.h"
#include "sim/record/export.h"
#include "sim/record/result_file.h"

namespace kscope::cli {
namespace {

constexpr const char* kExportExamples = R"(Examples:
  kafkascope export run.db --json > run.json              everything as one object
  kafkascope export run.db --csv --folder run             a file for each table: run/election.csv ...
  kafkascope export run.db --csv --table record_fate --output fate.csv
  kafkascope export run.db --segments logs --partition orders-0
  kafkascope export hello --segments logs --partition orders-0 --broker 2 --until 20s
      makes logs/orders-0 with .log, .index and .timeindex files, for kafka-dump-log.sh and the like
)";

struct ExportOptions {
  std::string file;
  bool is_csv = false;
  bool is_json = false;
  std::string table;
  std::string output;
  std::string folder;
  SegmentExport segments;
};

Result<void> write(record::Reader& reader, const ExportOptions& options) {
  const auto format = options.is_csv ? record::ExportFormat::kCsv : record::ExportFormat::kJson;
  if (!options.folder.empty()) {
    return record::export_to_folder(reader, format, options.folder);
  }
  const auto write_to = [&](std::ostream& out) {
    return options.table.empty() ? record::export_all(reader, format, out)
                                 : record::export_table(reader, options.table, format, out);
  };
  if (options.output.empty()) {
    const Result<void> written = write_to(std::cout);
    std::cout.flush();
    return written && !std::cout ? Result<void>(Error{"not everything could be written", {}, 0}) : written;
  }
  const Result<std::unique_ptr<record::ResultFile>> file = record::ResultFile::open(options.output);
  if (!file) {
    return file.error();
  }
  if (Result<void> written = write_to((*file)->out()); !written) {
    return written;
  }
  return (*file)->keep();
}

int run_export(const ExportOptions& options) {
  catch_interrupts();
  Result<std::unique_ptr<record::Reader>> opened = record::Reader::open(options.file);
  if (!opened) {
    fmt::print(stderr, "{}\n", to_string(opened.error()));
    return kBadInput;
  }
  if (!(*opened)->is_complete()) {
    fmt::print(stderr, "{}: {}\n", options.file, (*opened)->state_text());
  }
  (*opened)->stop_when(is_interrupted);
  const Result<void> written = write(**opened, options);
  if (!written && is_interrupted()) {
    const bool is_to_files = !options.output.empty() || !options.folder.empty();
    fmt::print(stderr, "interrupted{}\n", is_to_files ? ": no file was left half written" : "");
    return interrupted_status();
  }
  if (!written) {
    fmt::print(stderr, "{}\n", to_string(written.error()));
    return kBadInput;
  }
  return kHeld;
}

}  // namespace

void add_export(CLI::App& app, int& status) {
  auto options = std::make_shared<ExportOptions>();
  CLI::App* command = app.add_subcommand("export", "Write a recording as CSV or JSON, or a partition as Kafka's files");
  command->add_option("RUN.db", options->file, "a recording, made by run --record; with --segments also a scenario")
      ->required();
  auto* csv = command->add_flag("--csv", options->is_csv, "as CSV (RFC 4180), with the names of the columns first");
  auto* json = command->add_flag("--json", options->is_json, "as JSON: one object, a list of objects for each table");
  json->excludes(csv);
  auto* table = command->add_option("--table", options->table, "only this table");
  auto* segments = command
                       ->add_option("--segments", options->segments.folder,
                                    "folder to write the log of one partition into, as a broker has it at the end")
                       ->check(CLI::Validator(file_name_problem, ""))
                       ->option_text("DIR");
  segments->excludes(csv)->excludes(json)->excludes(table);
  command->add_option("--partition", options->segments.partition, "with --segments: which one, e.g. orders-0")
      ->needs(segments)
      ->option_text("TOPIC-N");
  command->add_option("--broker", options->segments.broker, "with --segments: whose disk; without it the leader's")
      ->check(CLI::Validator(count_problem, ""))
      ->needs(segments)
      ->option_text("ID");
  command->add_option("--seed", options->segments.run.seed, "with --segments: another seed than the scenario's")
      ->check(CLI::Validator(count_problem, ""))
      ->needs(segments)
      ->option_text("N");
  command->add_option("--until", options->segments.run.until, "with --segments: another end than the scenario's")
      ->check(CLI::Validator(duration_problem, ""))
      ->needs(segments)
      ->option_text("TIME");
  auto* output = command->add_option("--output", options->output, "file to write; without it, standard output");
  command->add_option("--folder", options->folder, "folder to write a file for each table into")
      ->excludes(table)
      ->excludes(output);
  command->footer(std::string(kExportExamples) + "\n" + kExitStatusText);
  command->callback([options, &status] {
    if (!options->segments.folder.empty()) {
      if (options->segments.partition.empty()) {
        throw CLI::RequiredError("--partition");
      }
      options->segments.run.scenario = options->file;
      status = export_segments(options->segments);
      return;
    }
    if (!options->is_csv && !options->is_json) {
      throw CLI::RequiredError("--csv, --json or --segments");
    }
    status = run_export(*options);
  });
}

}  // namespace kscope::cli
