// docs/recording.md says what can be asked of a recording. Every table, column and query that it names is tried here, on a
// recording of a real run, so that it cannot run ahead of the program or fall behind it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "source_dir_generated.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "sim/record/query.h"
#include "tests/record/real_run.h"

namespace kscope::record::schema_test {
namespace {

std::string documentation() {
  std::ifstream in(std::string(KSCOPE_SOURCE_DIR) + "/docs/recording.md");
  return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

/// The texts in backticks, without what stands in parentheses.
std::vector<std::string> quoted(const std::string& text) {
  std::vector<std::string> out;
  int depth = 0;
  std::size_t opened = std::string::npos;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '`' && depth == 0) {
      if (opened != std::string::npos) {
        out.push_back(text.substr(opened + 1, i - opened - 1));
      }
      opened = opened == std::string::npos ? i : std::string::npos;
    } else if (opened == std::string::npos) {
      depth += text[i] == '(' ? 1 : text[i] == ')' ? -1 : 0;
    }
  }
  return out;
}

/// A line of the table in "What there is to ask".
struct Documented {
  std::vector<std::string> tables;
  std::vector<std::string> columns;
};

std::vector<Documented> documented_tables() {
  std::vector<Documented> out;
  bool is_inside = false;
  for (const std::string& line : lines_of(documentation())) {
    if (line.rfind("| view or table |", 0) == 0) {
      is_inside = true;
    } else if (is_inside && line.rfind("| `", 0) == 0) {
      const std::size_t first = line.find('|', 1);
      const std::size_t second = line.find('|', first + 1);
      out.push_back({quoted(line.substr(0, first)), quoted(line.substr(second))});
    } else if (is_inside && line.rfind("|---", 0) != 0) {
      break;
    }
  }
  return out;
}

std::vector<std::string> documented_queries() {
  std::vector<std::string> out;
  bool is_inside = false;
  for (const std::string& line : lines_of(documentation())) {
    if (line == "```sql") {
      is_inside = true;
      out.emplace_back();
    } else if (line == "```") {
      is_inside = false;
    } else if (is_inside) {
      out.back() += line + "\n";
    }
  }
  return out;
}

/// A minute in which everything happens that the queries ask about: a broker dies and comes back, a consumer dies with
/// records that it has not committed.
RealRun eventful_run() {
  RealRun run;
  run.length = 60s;
  run.acts = {{SimTime(15s), "crash b1"},
              {SimTime(24s), "restart b1"},
              {SimTime(35s), "crash billing-1"},
              {SimTime(50s), "expire-session b2"}};
  return run;
}

class Schema : public testing::Test {
 protected:
  static void SetUpTestSuite() { recording = std::make_unique<RealRecording>(eventful_run()); }
  static void TearDownTestSuite() { recording.reset(); }
  static std::unique_ptr<RealRecording> recording;
};
std::unique_ptr<RealRecording> Schema::recording;

TEST_F(Schema, every_documented_table_and_column_is_there) {
  const std::unique_ptr<Reader> reader = recording->open();
  const std::vector<Documented> documented = documented_tables();
  ASSERT_GT(documented.size(), 15u) << "the table in docs/recording.md was not found";
  std::vector<std::string> names;
  for (const Documented& entry : documented) {
    ASSERT_FALSE(entry.columns.empty());
    for (const std::string& table : entry.tables) {
      names.push_back(table);
      for (const std::string& column : entry.columns) {
        // Brackets: in double quotes SQLite takes an unknown name for a text.
        const Result<QueryResult> result = query(*reader, "SELECT [" + column + "] FROM [" + table + "] LIMIT 1");
        EXPECT_TRUE(result) << table << "." << column << ": " << (result ? "" : to_string(result.error()));
      }
    }
  }
  EXPECT_THAT(names, testing::UnorderedElementsAreArray(public_tables()));
}

TEST_F(Schema, every_table_of_an_eventful_run_has_rows) {
  const std::unique_ptr<Reader> reader = recording->open();
  for (const std::string& table : public_tables()) {
    const Result<QueryResult> result = query(*reader, "SELECT * FROM [" + table + "] LIMIT 1");
    ASSERT_TRUE(result) << table << ": " << to_string(result.error());
    // Nothing was broken, and the run is shorter than the time between two fingerprints.
    const bool is_empty = table == "violation" || table == "fingerprint";
    EXPECT_EQ(result->rows.size(), is_empty ? 0u : 1u) << table;
  }
}

TEST_F(Schema, words_are_never_missing_where_numbers_stand_for_them) {
  const std::unique_ptr<Reader> reader = recording->open();
  for (const std::string sql :
       {"SELECT COUNT(*) FROM election WHERE kind IS NULL OR node IS NULL",
        "SELECT COUNT(*) FROM election WHERE kind = 'leader_elected' AND (reason IS NULL OR partition IS NULL)",
        "SELECT COUNT(*) FROM isr_change WHERE kind IS NULL OR partition IS NULL",
        "SELECT COUNT(*) FROM rebalance WHERE kind IS NULL OR consumer_group IS NULL",
        "SELECT COUNT(*) FROM rebalance WHERE kind = 'member_left' AND reason IS NULL",
        "SELECT COUNT(*) FROM rebalance WHERE kind = 'group_state' AND state IS NULL",
        "SELECT COUNT(*) FROM offset_over_time WHERE kind IS NULL OR partition IS NULL OR node IS NULL",
        "SELECT COUNT(*) FROM batch WHERE kind IS NULL OR partition IS NULL OR node IS NULL",
        "SELECT COUNT(*) FROM batch WHERE kind = 'appended' AND base_offset IS NULL",
        "SELECT COUNT(*) FROM batch WHERE kind = 'appended' AND partition LIKE 'orders%' AND first_record IS NULL",
        "SELECT COUNT(*) FROM delivery WHERE consumer IS NULL OR consumer_group IS NULL OR partition IS NULL",
        "SELECT COUNT(*) FROM message WHERE name IS NULL OR sender IS NULL OR receiver IS NULL",
        "SELECT COUNT(*) FROM event WHERE what IS NULL OR kind IS NULL",
        "SELECT COUNT(*) FROM beat WHERE text = '' OR kind = ''",
        "SELECT COUNT(*) FROM act WHERE name = '' OR detail = ''"}) {
    const Result<QueryResult> result = query(*reader, sql);
    ASSERT_TRUE(result) << sql << ": " << to_string(result.error());
    EXPECT_EQ(result->rows.at(0).at(0).text, "0") << sql;
  }
}

TEST_F(Schema, the_fate_of_every_record_is_that_of_the_world) {
  const std::unique_ptr<Reader> reader = recording->open();
  const auto count = [&](const std::string& where) {
    const Result<QueryResult> result = query(*reader, "SELECT COUNT(*) FROM record_fate WHERE " + where);
    EXPECT_TRUE(result) << to_string(result.error());
    return std::stoll(result->rows.at(0).at(0).text);
  };
  const auto snapshot = recording->session->snapshot({});
  std::int64_t sent = 0;
  std::int64_t acked = 0;
  for (const auto& node : snapshot->nodes) {
    sent += node.sent_count;
    acked += node.acked_count;
  }
  ASSERT_GT(sent, 100);
  EXPECT_EQ(count("1"), sent);
  EXPECT_EQ(count("fate = 'acked'"), acked);
  EXPECT_EQ(count("fate = 'acked' AND offset IS NULL"), 0);
  EXPECT_EQ(count("deliveries > 0 AND delivered_ms < created_ms"), 0);
  EXPECT_EQ(count("fate = 'acked' AND (acked_ms < appended_ms OR appended_ms < created_ms)"), 0);
}

TEST_F(Schema, the_ten_documented_queries_have_answers) {
  const std::unique_ptr<Reader> reader = recording->open();
  const std::vector<std::string> queries = documented_queries();
  EXPECT_EQ(queries.size(), 10u);
  for (const std::string& sql : queries) {
    const Result<QueryResult> result = query(*reader, sql);
    ASSERT_TRUE(result) << sql << to_string(result.error());
    EXPECT_FALSE(result->rows.empty()) << sql;
    EXPECT_FALSE(result->is_cut) << sql;
  }
}

TEST(SchemaOfALongRun, is_asked_the_ten_queries_within_their_limits) {
  RealRun run = eventful_run();
  run.length = 700s;
  const RealRecording recording(run);
  const std::unique_ptr<Reader> reader = recording.open();
  for (const std::string& sql : documented_queries()) {
    const Result<QueryResult> result = query(*reader, sql);
    EXPECT_TRUE(result) << sql << (result ? "" : to_string(result.error()));
  }
}

}  // namespace
}  // namespace kscope::record::schema_test
