#include "sim/record/export.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "sim/record/query.h"
#include "tests/record/recorded_file.h"

namespace kscope::record::export_test {
namespace {

using testing::HasSubstr;

class Export : public testing::Test {
 protected:
  std::string asked(const std::string& sql, ExportFormat format) {
    std::ostringstream out;
    const Result<void> done = export_query(*reader, sql, format, out);
    EXPECT_TRUE(done) << to_string(done.error());
    return out.str();
  }
  RecordedFile file{3'000};
  std::unique_ptr<Reader> reader = file.open();
};

TEST_F(Export, csv_quotes_what_needs_it) {
  EXPECT_EQ(asked("SELECT 1 AS a, NULL AS b, 'x,y' AS \"c d\", 'say \"hi\"' AS e, 1.5 AS f", ExportFormat::kCsv),
            "a,b,c d,e,f\r\n1,,\"x,y\",\"say \"\"hi\"\"\",1.5\r\n");
  EXPECT_EQ(asked("SELECT 'a' || char(10) || 'b' AS x, -5 AS y, '' AS z", ExportFormat::kCsv),
            "x,y,z\r\n\"a\nb\",-5,\r\n");
}

TEST_F(Export, a_text_is_no_formula_for_a_spreadsheet) {
  EXPECT_EQ(asked("SELECT '=1+1' AS x, -1 AS y, '@x' AS z", ExportFormat::kCsv), "x,y,z\r\n\"'=1+1\",-1,\"'@x\"\r\n");
}

TEST_F(Export, json_keeps_types_and_survives_any_text) {
  const auto json = nlohmann::json::parse(asked(
      "SELECT 1 AS a, NULL AS b, 'x\"\\y' || char(10) AS c, 2.5 AS d, CAST(x'FF41' AS TEXT) AS e, 9e999 AS f UNION ALL "
      "SELECT 2, 3, 'z', 4, 5, 6",
      ExportFormat::kJson));
  ASSERT_EQ(json.size(), 2u);
  EXPECT_EQ(json[0]["a"], 1);
  EXPECT_TRUE(json[0]["b"].is_null());
  EXPECT_EQ(json[0]["c"], "x\"\\y\n");
  EXPECT_EQ(json[0]["d"], 2.5);
  EXPECT_EQ(json[0]["e"],
            "\xEF\xBF\xBD"
            "A");
  EXPECT_EQ(json[0]["f"], "Inf");
  EXPECT_EQ(json[1]["b"], 3);
}

TEST_F(Export, nothing_found_is_still_a_file) {
  EXPECT_EQ(asked("SELECT id FROM topic WHERE id > 99", ExportFormat::kCsv), "id\r\n");
  EXPECT_TRUE(nlohmann::json::parse(asked("SELECT id FROM topic WHERE id > 99", ExportFormat::kJson)).empty());
}

TEST_F(Export, a_whole_recording_is_one_json_object) {
  std::ostringstream out;
  ASSERT_TRUE(export_all(*reader, ExportFormat::kJson, out));
  const auto json = nlohmann::json::parse(out.str());
  EXPECT_EQ(json.size(), public_tables().size());
  EXPECT_EQ(json["event"].size(), 3'000u);
  EXPECT_EQ(json["run"][0]["seed"], "18446744073709551557");
  EXPECT_EQ(json["command"][0]["text"], "crash b1");
}

TEST_F(Export, every_table_becomes_a_file) {
  for (const ExportFormat format : {ExportFormat::kCsv, ExportFormat::kJson}) {
    const std::string ending = format == ExportFormat::kCsv ? ".csv" : ".json";
    const std::string folder = file.folder.file("export" + ending);
    ASSERT_TRUE(export_to_folder(*reader, format, folder));
    for (const std::string& table : public_tables()) {
      EXPECT_TRUE(std::filesystem::exists(folder + "/" + table + ending)) << table;
    }
  }
  std::ifstream events(file.folder.file("export.csv/event.csv"));
  std::string line;
  std::size_t lines = 0;
  while (std::getline(events, line)) {
    ++lines;
  }
  EXPECT_EQ(lines, 3'001u);
}

TEST_F(Export, an_unknown_table_is_told_with_the_known_ones) {
  std::ostringstream out;
  const Result<void> done = export_table(*reader, "elections", ExportFormat::kCsv, out);
  ASSERT_FALSE(done);
  EXPECT_THAT(to_string(done.error()), HasSubstr("there is no table \"elections\"; there are run, command"));
  EXPECT_THAT(to_string(done.error()), HasSubstr("election,"));
  EXPECT_FALSE(export_table(*reader, "run\"; DROP TABLE run; --", ExportFormat::kCsv, out));
}

TEST_F(Export, a_reader_that_takes_no_more_is_told) {
  std::ofstream full("/dev/full");
  if (!full) {
    GTEST_SKIP() << "there is no device that is always full";
  }
  EXPECT_FALSE(export_all(*reader, ExportFormat::kCsv, full));
}

}  // namespace
}  // namespace kscope::record::export_test
