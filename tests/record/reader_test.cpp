#include "sim/record/reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "engine/core/rng.h"
#include "sim/record/export.h"
#include "sim/record/query.h"
#include "tests/record/recorded_file.h"

namespace kscope::record::reader_test {
namespace {

using testing::HasSubstr;

std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}
void write_file(const std::string& path, const std::string& content) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << content;
}
std::string open_error(const std::string& path) {
  const Result<std::unique_ptr<Reader>> reader = Reader::open(path);
  return reader ? std::string("none") : to_string(reader.error());
}
/// Does everything that people do with a recording; only crashing would be a failure.
void use_everything(const std::string& path) {
  Result<std::unique_ptr<Reader>> opened = Reader::open(path);
  if (!opened) {
    EXPECT_FALSE(opened.error().text.empty());
    return;
  }
  Reader& reader = **opened;
  static_cast<void>(reader.state_text());
  static_cast<void>(reader.commands());
  static_cast<void>(reader.fingerprints());
  static_cast<void>(reader.chunks());
  static_cast<void>(reader.chunk_at(50));
  QueryLimits limits;
  limits.time = std::chrono::milliseconds(2'000);
  for (const std::string& table : public_tables()) {
    static_cast<void>(query(reader, "SELECT * FROM \"" + table + "\"", limits));
  }
  static_cast<void>(reader.verify());
}

TEST(Reader, finds_the_chunk_of_an_event) {
  const RecordedFile file(20'000);
  auto reader = file.open();
  const Result<std::vector<ChunkPlace>> chunks = reader->chunks();
  ASSERT_GT(chunks->size(), 3u);
  EXPECT_EQ(chunks->front().first_event, 1u);
  EXPECT_EQ(chunks->back().last_event, 20'000u);
  for (const std::uint64_t event : {1u, 2u, 9'999u, 20'000u}) {
    const Result<std::vector<TraceEvent>> events = reader->chunk_at(event);
    ASSERT_TRUE(events);
    EXPECT_LE(events->front().number, event);
    EXPECT_GE(events->back().number, event);
  }
  EXPECT_EQ(reader->chunk_at(0)->front().number, 1u);
  EXPECT_TRUE(reader->chunk_at(20'001)->empty());
  EXPECT_TRUE(reader->chunk_at(~std::uint64_t{0})->empty());
}

TEST(Reader, tells_an_event_in_words) {
  const RecordedFile file(100);
  auto reader = file.open();
  TraceEvent event;
  event.number = 17;
  event.time = SimTime{} + 2s + 500us;
  event.kind = EventKind::kDelivery;
  event.what = 2;
  event.node = NodeId(2);
  event.peer = NodeId(1);
  event.sent_at = SimTime{} + 1998ms;
  event.message = 5;
  event.size_bytes = 88;
  event.cause = 12;
  event.digest = 0xAB;
  EXPECT_EQ(
      reader->names().sentence(event),
      "event 17 at 2.000500000 s: b2 gets message 5 (Fetch request, 88 bytes, sent at 1.998000000 s) from b1, content "
      "000000ab; caused by event 12");
}

TEST(Reader, says_what_is_wrong_with_other_files) {
  const TempFolder folder;
  EXPECT_THAT(open_error(folder.file("none.db")), HasSubstr("there is no such file"));
  EXPECT_THAT(open_error(folder.path()), HasSubstr("it is not a file"));
  write_file(folder.file("text.db"),
             "this is a text, and long enough to have a header of a hundred bytes if it were a "
             "database, which it is not");
  EXPECT_THAT(open_error(folder.file("text.db")), HasSubstr("it is no SQLite database"));
  write_file(folder.file("empty.db"), "");
  EXPECT_THAT(open_error(folder.file("empty.db")), HasSubstr("it is no SQLite database"));
  Result<Database> foreign =
      Database::open(folder.file("foreign.db"), Database::Mode::kCreate, std::chrono::milliseconds(0));
  ASSERT_TRUE(foreign->execute("CREATE TABLE run (x)"));
  foreign->close();
  EXPECT_THAT(open_error(folder.file("foreign.db")), HasSubstr("not a recording of this program"));
}

TEST(Reader, says_when_another_version_wrote_the_file) {
  const RecordedFile file(100);
  Result<Database> database = Database::open(file.path(), Database::Mode::kCreate, std::chrono::milliseconds(0));
  ASSERT_TRUE(database->execute("PRAGMA user_version = 99"));
  database->close();
  EXPECT_THAT(open_error(file.path()), HasSubstr("version 99 of the format, this program reads version 1"));
}

TEST(Reader, a_file_that_was_cut_off_is_told_apart) {
  const RecordedFile file(20'000);
  const std::string good = read_file(file.path());
  write_file(file.path(), good.substr(0, good.size() / 2));
  EXPECT_THAT(open_error(file.path()), HasSubstr("it is cut off"));
  for (const std::size_t size :
       {std::size_t{1}, std::size_t{99}, std::size_t{100}, std::size_t{4'096}, good.size() - 1}) {
    write_file(file.path(), good.substr(0, size));
    EXPECT_NE(open_error(file.path()), "none") << size;
  }
}

TEST(Reader, a_damaged_chunk_is_named) {
  const RecordedFile file(20'000);
  Result<Database> database = Database::open(file.path(), Database::Mode::kCreate, std::chrono::milliseconds(0));
  ASSERT_TRUE(
      database->execute("UPDATE chunk SET data = zeroblob(length(data)) WHERE first_event > 1 AND first_event < 9000"));
  database->close();
  auto reader = file.open();
  EXPECT_TRUE(reader->chunk_at(1));
  const Result<void> verified = reader->verify();
  ASSERT_FALSE(verified);
  EXPECT_THAT(to_string(verified.error()), HasSubstr("are damaged"));
  const Result<QueryResult> events = query(*reader, "SELECT COUNT(*) FROM event");
  ASSERT_FALSE(events);
  EXPECT_THAT(to_string(events.error()), HasSubstr("are damaged"));
}

TEST(Reader, bytes_flipped_anywhere_never_bring_it_down) {
  const RecordedFile file(2'000);
  const std::string good = read_file(file.path());
  Rng rng(3, 0);
  const auto flip = [&](std::size_t place) {
    std::string bad = good;
    bad[place] = static_cast<char>(bad[place] ^ static_cast<char>(1 + rng.next() % 255));
    write_file(file.path(), bad);
    use_everything(file.path());
  };
  for (std::size_t place = 0; place < 120; ++place) {
    flip(place);
  }
  for (int i = 0; i < 150; ++i) {
    flip(rng.next() % good.size());
  }
  for (int i = 0; i < 20; ++i) {  // whole pages of noise
    std::string bad = good;
    const std::size_t page = rng.next() % (good.size() / 4'096) * 4'096;
    for (std::size_t k = 0; k < 4'096; ++k) {
      bad[page + k] = static_cast<char>(rng.next());
    }
    write_file(file.path(), bad);
    use_everything(file.path());
  }
}

TEST(Reader, a_hostile_file_gets_no_power) {
  const RecordedFile file(100);
  Result<Database> database = Database::open(file.path(), Database::Mode::kCreate, std::chrono::milliseconds(0));
  ASSERT_TRUE(
      database->execute("DROP TABLE command; CREATE VIEW command AS WITH RECURSIVE n(after_event, time_ns, text, id) "
                        "AS (SELECT 1, 1, 'x', 1 "
                        "UNION ALL SELECT after_event + 1, 1, 'x', 1 FROM n) SELECT * FROM n;"));
  database->close();
  auto reader = file.open();
  reader->limit_time(std::chrono::milliseconds(300));
  const Result<std::vector<HandCommand>> commands = reader->commands();
  ASSERT_FALSE(commands) << "an endless view must not hang";
  EXPECT_THAT(to_string(commands.error()), HasSubstr("it took too long"));
}

TEST(Reader, reads_from_a_folder_that_nobody_may_write) {
  const RecordedFile file(100);
  std::filesystem::permissions(file.folder.path(),
                               std::filesystem::perms::owner_read | std::filesystem::perms::owner_exec);
  auto reader = file.open();
  EXPECT_EQ(reader->last_event(), 100u);
}

}  // namespace
}  // namespace kscope::record::reader_test
