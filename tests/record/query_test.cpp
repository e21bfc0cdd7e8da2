#include "sim/record/query.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/record/recorded_file.h"

namespace kscope::record::query_test {
namespace {

using testing::HasSubstr;

class Query : public testing::Test {
 protected:
  std::string error_of(const std::string& sql, const QueryLimits& limits = {}) {
    const Result<QueryResult> result = query(*reader, sql, limits);
    return result ? "none:\n" + to_text(*result) : to_string(result.error());
  }
  std::string text_of(const std::string& sql) {
    const Result<QueryResult> result = query(*reader, sql);
    return result ? to_text(*result) : "error: " + to_string(result.error());
  }
  RecordedFile file{5'000};
  std::unique_ptr<Reader> reader = file.open();
};

TEST_F(Query, prints_a_table) {
  EXPECT_EQ(text_of("SELECT id, name, broker FROM node WHERE id BETWEEN 0 AND 2"),
            "id  name  broker\n"
            "--  ----  ------\n"
            " 0  zk1\n"
            " 1  b1         1\n"
            " 2  b2         2\n"
            "(3 rows)\n");
}

TEST_F(Query, control_characters_do_not_reach_the_screen) {
  EXPECT_EQ(text_of("SELECT 'a' || char(27) || '[2J' AS x, 'Ü' AS y"), "x      y\n-----  -\na [2J  Ü\n(1 row)\n");
}

TEST_F(Query, every_packed_event_is_a_row) {
  const Result<QueryResult> result = query(*reader, "SELECT number, time_ms, cause, message, size_bytes FROM event");
  ASSERT_TRUE(result);
  ASSERT_EQ(result->rows.size(), file.run.kept().size());
  for (std::size_t i = 0; i < result->rows.size(); ++i) {
    const TraceEvent& wanted = file.run.kept()[i];
    EXPECT_EQ(result->rows[i][0].text, std::to_string(wanted.number));
    EXPECT_EQ(result->rows[i][2].text, std::to_string(wanted.cause));
    if (wanted.kind == EventKind::kDelivery) {
      EXPECT_EQ(result->rows[i][4].text, std::to_string(wanted.size_bytes));
    } else {
      EXPECT_EQ(result->rows[i][3].type, Cell::Type::kNull);
    }
  }
}

TEST_F(Query, bounds_on_event_numbers_mean_what_they_say) {
  const auto count = [this](const std::string& where) {
    return query(*reader, "SELECT COUNT(*) FROM event WHERE " + where)->rows[0][0].text;
  };
  EXPECT_EQ(count("number = 17"), "1");
  EXPECT_EQ(count("number = 5001"), "0");
  EXPECT_EQ(count("number < 10"), "9");
  EXPECT_EQ(count("number <= 10"), "10");
  EXPECT_EQ(count("number > 4990"), "10");
  EXPECT_EQ(count("number >= 4990"), "11");
  EXPECT_EQ(count("number BETWEEN 100 AND 199"), "100");
  EXPECT_EQ(count("number > 2.5 AND number < 4.5"), "2");
  EXPECT_EQ(count("number < -1"), "0");
  EXPECT_EQ(count("number > -1"), "5000");
  EXPECT_EQ(count("number = 'x'"), "0");
  EXPECT_EQ(count("number > NULL"), "0");
  EXPECT_EQ(count("number IN (3, 4, 5000, 6000)"), "3");
  EXPECT_EQ(text_of("SELECT number FROM event ORDER BY number DESC LIMIT 1"), "number\n------\n  5000\n(1 row)\n");
}

TEST_F(Query, an_event_can_be_joined_with_its_cause) {
  const Result<QueryResult> result = query(
      *reader, "SELECT COUNT(*) FROM event e JOIN event c ON c.number = e.cause WHERE e.number BETWEEN 4000 AND 4100");
  ASSERT_TRUE(result) << to_string(result.error());
  EXPECT_GT(std::stoi(result->rows[0][0].text), 50);
}

TEST_F(Query, nothing_can_be_changed_or_reached) {
  for (const std::string sql : {"DELETE FROM run",
                                "UPDATE run SET seed = 1",
                                "INSERT INTO topic VALUES (9, 'x')",
                                "DROP TABLE run",
                                "CREATE TABLE x (y)",
                                "CREATE TEMP TABLE x (y)",
                                "CREATE VIEW x AS SELECT 1",
                                "ATTACH 'other.db' AS other",
                                "DETACH main",
                                "VACUUM",
                                "VACUUM INTO 'copy.db'",
                                "REINDEX",
                                "ANALYZE",
                                "BEGIN",
                                "COMMIT",
                                "SAVEPOINT x",
                                "PRAGMA query_only = OFF",
                                "PRAGMA journal_mode = WAL",
                                "PRAGMA user_version = 2",
                                "PRAGMA writable_schema = ON",
                                "SELECT load_extension('x.so')",
                                "CREATE VIRTUAL TABLE t USING fts5(x)",
                                "EXPLAIN DELETE FROM run",
                                "ALTER TABLE run RENAME TO ran",
                                "CREATE TRIGGER t AFTER INSERT ON run BEGIN SELECT 1; END"}) {
    EXPECT_THAT(error_of(sql), testing::Not(testing::StartsWith("none"))) << sql;
  }
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(file.folder.path()), {}), 1);
  EXPECT_EQ(text_of("SELECT COUNT(*) AS runs FROM run"), "runs\n----\n   1\n(1 row)\n");
  EXPECT_TRUE(reader->verify());
}

TEST_F(Query, looking_at_what_there_is_is_allowed) {
  EXPECT_THAT(text_of("PRAGMA table_info(record_fate)"), HasSubstr("acked_ms"));
  EXPECT_THAT(text_of("SELECT name FROM sqlite_master WHERE type = 'view'"), HasSubstr("isr_change"));
}

TEST_F(Query, mistakes_are_told) {
  EXPECT_THAT(error_of("SELECT * FROM elections"), HasSubstr("no such table: elections"));
  EXPECT_THAT(error_of("SELEKT 1"), HasSubstr("syntax error"));
  EXPECT_THAT(error_of(""), HasSubstr("there is no question"));
  EXPECT_THAT(error_of("-- nothing"), HasSubstr("there is no question"));
  EXPECT_THAT(error_of("SELECT 1; SELECT 2"), HasSubstr("one statement at a time"));
  EXPECT_EQ(text_of("SELECT 1 AS one; "), "one\n---\n  1\n(1 row)\n");
}

TEST_F(Query, limits_hold) {
  QueryLimits limits;
  limits.rows = 3;
  Result<QueryResult> result = query(*reader, "SELECT number FROM event", limits);
  ASSERT_TRUE(result);
  EXPECT_EQ(result->rows.size(), 3u);
  EXPECT_TRUE(result->is_cut);
  EXPECT_THAT(to_text(*result), HasSubstr("(3 rows, cut off"));
  limits.rows = 3;
  EXPECT_FALSE(query(*reader, "SELECT 1 UNION SELECT 2 UNION SELECT 3", limits)->is_cut);

  limits = {};
  limits.time = std::chrono::milliseconds(200);
  const std::string endless = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT MAX(x) FROM n";
  EXPECT_THAT(error_of(endless, limits), HasSubstr("it took too long, more than 0.2 s; ask for less"));
  EXPECT_THAT(error_of("SELECT COUNT(*) FROM event a, event b, event c, event d", limits),
              HasSubstr("it took too long"));

  limits = {};
  limits.bytes = 1'000'000;
  result = query(*reader,
                 "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT hex(zeroblob(50000)) FROM n",
                 limits);
  ASSERT_TRUE(result);
  EXPECT_TRUE(result->is_cut);
  EXPECT_LT(result->rows.size(), 20u);
  EXPECT_THAT(error_of("SELECT length(zeroblob(2000000000))"), HasSubstr("larger than a recording may have"));
}

}  // namespace
}  // namespace kscope::record::query_test
