#include "sim/scenario/action.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/sim/scenario/fixture.h"

namespace kscope::scenario::action_test {
namespace {

using testing::HasSubstr;

std::string error_of(const std::string& line) {
  const Result<Action> action = parse_action(line, test_names());
  return action ? "" : action.error().text;
}

const char* const kLines[] = {"crash b1",
                              "power-loss b1",
                              "restart b1",
                              "shutdown b1",
                              "pause b1 10s",
                              "pause b1",
                              "resume b1",
                              "cpu-slow b2 20",
                              "cut b1 b2",
                              "cut-one-way b1 b2",
                              "heal b1 b2",
                              "heal-all",
                              "delay b1 b3 80ms",
                              "bandwidth b1 b3 1MiB",
                              "loss b1 b3 20",
                              "stall b1 b3 3s",
                              "reset b1 b2",
                              "drop 17",
                              "disk-slow b3 50",
                              "disk-full b3",
                              "disk-fail b3",
                              "disk-ok b3",
                              "clock-step b1 5s",
                              "clock-step b1 -5s",
                              "clock-drift b1 -200",
                              "clock-freeze b1",
                              "clock-run b1",
                              "expire-session b1",
                              "delete-controller",
                              "create-topic news",
                              "create-topic news 3 2",
                              "create-partitions orders 9",
                              "alter-quota shop producer_byte_rate 20000",
                              "alter-quota <default> consumer_byte_rate none",
                              "delete-topic orders",
                              "reassign orders-0 b3,b2",
                              "reassign orders-0 cancel",
                              "subscribe billing-1 orders",
                              "subscribe billing orders,audit",
                              "seek billing-1 orders-0 120",
                              "seek billing-1 orders-0 0",
                              "seek billing-1 orders-0 beginning",
                              "seek billing-1 orders-0 end",
                              "pause-partition billing-1 orders-0",
                              "resume-partition billing-1 orders-0",
                              "unsubscribe billing-1",
                              "elect-preferred",
                              "elect-preferred orders-0",
                              "elect-unclean orders-0",
                              "delete-records orders-0",
                              "delete-records orders-0 250",
                              "set orders min.insync.replicas 1",
                              "set b1 num.io.threads 4",
                              "set billing-1 group.protocol consumer",
                              "leave billing-1",
                              "start billing-2",
                              "stop-polling billing-1 10s",
                              "poll billing-1",
                              "commit billing-1",
                              "rate shop 500/s",
                              "rate shop 7/min",
                              "produce shop",
                              "produce shop alice",
                              "strand shop b1 20s",
                              "commit-transaction shop",
                              "abort-transaction shop",
                              "produce shop \"two words\""};

TEST(Action, every_verb_has_a_line_here) {
  std::vector<bool> seen(kVerbCount);
  for (const char* line : kLines) {
    const Result<Action> action = parse_action(line, test_names());
    ASSERT_TRUE(action) << line << ": " << action.error().text;
    seen[static_cast<std::size_t>(action->verb)] = true;
  }
  for (const VerbInfo& verb : verb_table()) {
    EXPECT_TRUE(seen[static_cast<std::size_t>(verb.verb)]) << verb.word;
  }
}

TEST(Action, text_and_table_come_back_as_they_were) {
  for (const char* line : kLines) {
    const Result<Action> action = parse_action(line, test_names());
    ASSERT_TRUE(action) << line;
    EXPECT_EQ(to_text(*action), line);
    const Result<Action> again = parse_action_table(info(action->verb).word, to_fields(*action), test_names());
    ASSERT_TRUE(again) << line << ": " << again.error().text;
    EXPECT_EQ(*again, *action) << line;
    EXPECT_TRUE(to_sentence(*action).ends_with('.')) << line;
  }
}

TEST(Action, table_takes_underscores_and_broker_numbers) {
  const Result<Action> action = parse_action_table("disk_slow", {{"broker", "3"}, {"factor", "50"}}, test_names());
  ASSERT_TRUE(action) << action.error().text;
  EXPECT_EQ(to_text(*action), "disk-slow b3 50");
  const Result<Action> link = parse_action_table("cut_one_way", {{"from", "b1"}, {"to", "b2"}}, test_names());
  ASSERT_TRUE(link) << link.error().text;
  EXPECT_EQ(to_text(*link), "cut-one-way b1 b2");
  const Result<Action> move =
      parse_action_table("reassign", {{"partition", "orders-0"}, {"brokers", "3,1"}}, test_names());
  ASSERT_TRUE(move) << move.error().text;
  EXPECT_EQ(to_text(*move), "reassign orders-0 b3,b1");
  const Result<Action> whole = parse_action_table("crash b1", {}, test_names());
  ASSERT_TRUE(whole);
  EXPECT_EQ(to_text(*whole), "crash b1");
}

TEST(Action, errors_offer_the_nearest_word) {
  EXPECT_THAT(error_of("crush b1"), HasSubstr("did you mean \"crash\"?"));
  EXPECT_THAT(error_of("crash b9"), HasSubstr("did you mean \"b1\"?"));
  EXPECT_THAT(error_of("leave biling-1"), HasSubstr("did you mean \"billing-1\"?"));
  EXPECT_THAT(error_of("leave b1"), HasSubstr("b1 is no consumer"));
  EXPECT_THAT(error_of("elect-unclean order-0"), HasSubstr("did you mean \"orders-0\"?"));
  EXPECT_THAT(error_of("elect-unclean orders-7"), HasSubstr("expected orders-0 to orders-2"));
  EXPECT_THAT(error_of("reassign orders-0 b1,b9"), HasSubstr("did you mean \"b1\"?"));
  EXPECT_THAT(error_of("reassign orders-0 cancle"), HasSubstr("or cancel"));
  EXPECT_THAT(error_of("create-partitions order 9"), HasSubstr("did you mean \"orders\"?"));
  EXPECT_THAT(error_of("set orders min.insync.replica 1"), HasSubstr("min.insync.replicas"));
  EXPECT_THAT(error_of("set billing-1 group.protocl consumer"), HasSubstr("group.protocol"));
  EXPECT_THAT(error_of("set billing-1 group.protocol clasic"), HasSubstr("CLASSIC"));
  EXPECT_THAT(error_of("set billing-1 group.id other"), HasSubstr("stays in its group"));
}

TEST(Action, errors_of_what_applications_do_offer_the_nearest_word) {
  EXPECT_THAT(error_of("subscribe billing-1 orders,audti"), HasSubstr("did you mean \"audit\"?"));
  EXPECT_THAT(error_of("subscribe biling orders"), HasSubstr("did you mean \"billing\"?"));
  EXPECT_THAT(error_of("subscribe b1 orders"), HasSubstr("b1 is no consumer or group"));
  EXPECT_THAT(error_of("subscribe billing-1 orders,orders"), HasSubstr("orders is in the list twice"));
  EXPECT_THAT(error_of("subscribe billing-1 orders,"), HasSubstr("there is no topic called \"\""));
  EXPECT_THAT(error_of("subscribe billing-1 __consumer_offsets"), HasSubstr("is internal"));
  EXPECT_THAT(error_of("subscribe billing-1"), HasSubstr("usage: subscribe CONSUMER|GROUP"));
  EXPECT_THAT(error_of("seek billing-1 order-0 5"), HasSubstr("did you mean \"orders-0\"?"));
  EXPECT_THAT(error_of("seek billing-1 orders-3 5"), HasSubstr("expected orders-0 to orders-2"));
  EXPECT_THAT(error_of("seek billing-1 orders-0 begining"), HasSubstr("did you mean \"beginning\"?"));
  EXPECT_THAT(error_of("seek billing-1 orders-0 -3"), HasSubstr("an offset from 0, beginning or end"));
  EXPECT_THAT(error_of("seek billing orders-0 3"), HasSubstr("did you mean \"billing-1\"?"));
  EXPECT_THAT(error_of("pause-partition shop orders-0"), HasSubstr("shop is no consumer"));
  EXPECT_THAT(error_of("pause-partiton billing-1 orders-0"), HasSubstr("did you mean \"pause-partition\"?"));
}

TEST(Action, errors_say_what_was_expected) {
  EXPECT_THAT(error_of("crash"), HasSubstr("usage: crash NODE"));
  EXPECT_THAT(error_of("crash b1 b2"), HasSubstr("\"b2\" is too much"));
  EXPECT_THAT(error_of("delay b1 b3 80"), HasSubstr("no duration"));
  EXPECT_THAT(error_of("delay b1 b1 80ms"), HasSubstr("both ends"));
  EXPECT_THAT(error_of("loss b1 b2 101"), HasSubstr("0 to 100"));
  EXPECT_THAT(error_of("rate shop -1/s"), HasSubstr("no rate"));
  EXPECT_THAT(error_of("produce shop \"open"), HasSubstr("never closed"));
  EXPECT_THAT(error_of(""), HasSubstr("empty line"));
  EXPECT_THAT(error_of("reassign orders-0"), HasSubstr("usage: reassign PARTITION"));
  EXPECT_THAT(error_of("reassign orders-0 b1,b2,b1"), HasSubstr("b1 is in the list twice"));
  EXPECT_THAT(error_of("reassign orders-0 b1,,b2"), HasSubstr("there is no broker called \"\""));
  EXPECT_THAT(error_of("reassign orders-0 shop"), HasSubstr("shop is no broker"));
  EXPECT_THAT(error_of("create-topic a/b"), HasSubstr("no topic name"));
  EXPECT_THAT(error_of("create-partitions __consumer_offsets 60"), HasSubstr("is internal"));
  EXPECT_THAT(error_of("create-partitions __transaction_state 60"), HasSubstr("is internal"));
  EXPECT_THAT(error_of("disk-slow b1 99999999999999999999"), HasSubstr("factor"));
  EXPECT_FALSE(error_of(std::string(100'000, 'x')).empty());
}

TEST(Action, table_errors_name_the_key) {
  const auto twice = parse_action_table("crash", {{"node", "b1"}, {"broker", "2"}}, test_names());
  ASSERT_FALSE(twice);
  EXPECT_THAT(twice.error().text, HasSubstr("given twice"));
  const auto unknown = parse_action_table("disk-slow", {{"node", "b1"}, {"facter", "2"}}, test_names());
  ASSERT_FALSE(unknown);
  EXPECT_THAT(unknown.error().text, HasSubstr("did you mean \"factor\"?"));
}

}  // namespace
}  // namespace kscope::scenario::action_test
