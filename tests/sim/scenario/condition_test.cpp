#include "sim/scenario/condition.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/world/note.h"
#include "tests/sim/scenario/fixture.h"

namespace kscope::scenario::condition_test {
namespace {

using testing::HasSubstr;

/// orders-0 is led by 2 with ISR [1,2]; orders-1 is offline; billing is Stable.
class FakeReader : public StateReader {
 public:
  [[nodiscard]] Value read(const Term& term) const override {
    const bool is_first = term.partition.partition == 0;
    switch (term.quantity) {
      case Quantity::kLeader: return is_first ? Value(std::int64_t{2}) : Value(None{});
      case Quantity::kIsr: return std::vector<std::int64_t>{1, 2};
      case Quantity::kLogEnd: return std::int64_t{term.broker == sim::BrokerId(3) ? 7 : 10};
      case Quantity::kLogSize: return std::int64_t{term.broker == sim::BrokerId(3) ? 700 : 1000};
      case Quantity::kState: return std::string("Stable");
      case Quantity::kOwner: return std::string("billing-1");
      case Quantity::kController: return std::int64_t{2};
      case Quantity::kUnavailable: return std::int64_t{12'000'000'000};
      case Quantity::kLag: return std::int64_t{term.partition.topic.is_valid() ? 40 : 120};
      case Quantity::kUp: return std::int64_t{term.node == NodeId(1) ? 1 : 0};
      case Quantity::kBroken: return std::int64_t{term.word == "R3" ? 1 : 0};
      case Quantity::kCount: return std::int64_t{term.note == sim::NoteKind::kLeaderElected ? 4 : 0};
      default: return std::int64_t{0};
    }
  }
};

bool is_true(const std::string& text) {
  const Result<Condition> condition = parse_condition(text, test_names());
  EXPECT_TRUE(condition) << text << ": " << (condition ? "" : condition.error().text);
  return condition && holds(*condition, FakeReader{});
}
std::string error_of(const std::string& text) {
  const Result<Condition> condition = parse_condition(text, test_names());
  return condition ? "" : condition.error().text;
}

TEST(Condition, compares_what_the_state_says) {
  EXPECT_TRUE(is_true("leader(orders-0) == 2"));
  EXPECT_TRUE(is_true("leader(orders-0) == b2"));
  EXPECT_FALSE(is_true("leader(orders-0) != 2"));
  EXPECT_TRUE(is_true("isr(orders-0) == [1,2]"));
  EXPECT_TRUE(is_true("isr(orders-0) == [2, b1]"));
  EXPECT_FALSE(is_true("isr(orders-0) == [1,2,3]"));
  EXPECT_TRUE(is_true("isr(orders-0) < 3"));
  EXPECT_TRUE(is_true("leo(orders-0) >= 10"));
  EXPECT_TRUE(is_true("leo(orders-0, 3) < leo(orders-0)"));
  EXPECT_TRUE(is_true("log_size(orders-0) == 1000 & log_size(orders-0, b3) == 700"));
  EXPECT_TRUE(is_true("lag(billing) > 100 & lag(billing, orders-0) <= 40"));
  EXPECT_TRUE(is_true("state(billing) == Stable"));
  EXPECT_TRUE(is_true("owner(billing, orders-0) == billing-1"));
  EXPECT_TRUE(is_true("controller == 2"));
  EXPECT_TRUE(is_true("broken(R3) & !broken(R7)"));
  EXPECT_TRUE(is_true("count(leader_elected) == 4"));
}

TEST(Condition, none_is_equal_to_none_only) {
  EXPECT_TRUE(is_true("leader(orders-1) == none"));
  EXPECT_TRUE(is_true("leader(orders-1) != 2"));
  EXPECT_FALSE(is_true("leader(orders-1) == 2"));
  EXPECT_FALSE(is_true("leader(orders-1) < 2"));
  EXPECT_FALSE(is_true("leader(orders-1) >= 2"));
  EXPECT_FALSE(is_true("leader(orders-1)"));
}

TEST(Condition, durations_have_units) {
  EXPECT_TRUE(is_true("unavailable(orders-*) > 10s"));
  EXPECT_FALSE(is_true("unavailable(orders-0) > 1m"));
  EXPECT_TRUE(is_true("unavailable(orders-0)"));
}

TEST(Condition, and_binds_stronger_than_or) {
  EXPECT_TRUE(is_true("up(b1) | up(b2) & up(b3)"));
  EXPECT_FALSE(is_true("(up(b1) | up(b2)) & up(b3)"));
  EXPECT_TRUE(is_true("!up(b2) & !(up(b3) | up(b2))"));
  EXPECT_TRUE(is_true("up(b1) || up(b2) && up(b3)"));
}

TEST(Condition, explains_what_was_found) {
  const Result<Condition> condition = parse_condition("isr(orders-0) == [1] | leader(orders-1) == 2", test_names());
  ASSERT_TRUE(condition);
  EXPECT_EQ(explain(*condition, FakeReader{}), "isr(orders-0) is [1,2], leader(orders-1) is none");
}

TEST(Condition, errors_point_at_the_column_and_offer_names) {
  EXPECT_EQ(error_of("leader(order-0) == 2").substr(0, 9), "column 8:");
  EXPECT_THAT(error_of("leader(order-0) == 2"), HasSubstr("did you mean \"orders\"?"));
  EXPECT_THAT(error_of("lider(orders-0)"), HasSubstr("did you mean \"leader\"?"));
  EXPECT_THAT(error_of("lag(biling) > 3"), HasSubstr("did you mean \"billing\"?"));
  EXPECT_THAT(error_of("leader(orders-9) == 2"), HasSubstr("has 3 partitions"));
  EXPECT_THAT(error_of("leader(orders) == 2"), HasSubstr("orders-0"));
  EXPECT_THAT(error_of("state(billing) == Stabel"), HasSubstr("did you mean \"Stable\"?"));
  EXPECT_THAT(error_of("owner(billing, orders-0) == billing-9"), HasSubstr("billing-1"));
  EXPECT_THAT(error_of("count(leader_electd)"), HasSubstr("did you mean \"leader_elected\"?"));
  EXPECT_THAT(error_of("up(b4)"), HasSubstr("unknown node \"b4\""));
  EXPECT_THAT(error_of("leo(orders-0, 9)"), HasSubstr("no broker \"9\""));
  EXPECT_THAT(error_of("leader(orders-*) == 2"), HasSubstr("so there is no orders-*"));
}

TEST(Condition, errors_of_form) {
  EXPECT_THAT(error_of(""), HasSubstr("column 1"));
  EXPECT_THAT(error_of("leader(orders-0) = 2"), HasSubstr("expected =="));
  EXPECT_THAT(error_of("leader(orders-0) == 2 up(b1)"), HasSubstr("expected & or |"));
  EXPECT_THAT(error_of("leader(orders-0) == Stable"), HasSubstr("expected the id of a broker"));
  EXPECT_THAT(error_of("leader(orders-0) > none"), HasSubstr("none has no order"));
  EXPECT_THAT(error_of("isr(orders-0) == [1"), HasSubstr("expected , or ]"));
  EXPECT_THAT(error_of("(up(b1)"), HasSubstr("expected )"));
  EXPECT_THAT(error_of("up(b1) $"), HasSubstr("means nothing"));
  EXPECT_THAT(error_of("contoller"), HasSubstr("did you mean \"controller\"?"));
  EXPECT_THAT(error_of("lag()"), HasSubstr("a name is missing"));
  EXPECT_THAT(error_of("lag(billing, orders-0, b1)"), HasSubstr("too many"));
}

TEST(Condition, size_and_depth_are_bounded) {
  EXPECT_THAT(error_of(std::string(1000, '(') + "time"), HasSubstr("nested"));
  EXPECT_THAT(error_of(std::string(1000, '!') + "time"), HasSubstr("nested"));
  EXPECT_THAT(error_of(std::string(10'000, 'x')), HasSubstr("at most"));
  std::string many = "time";
  for (int i = 0; i < 400; ++i) {
    many += "|time";
  }
  EXPECT_THAT(error_of(many), HasSubstr("too long"));
}

TEST(Condition, every_word_has_usage_and_help) {
  for (const QuantityInfo& word : quantity_table()) {
    EXPECT_TRUE(word.usage.starts_with(word.word)) << word.word;
    EXPECT_TRUE(word.help.ends_with('.')) << word.word;
  }
}

TEST(Condition, an_invariant_that_nobody_knows_is_an_error_with_the_nearest) {
  EXPECT_THAT(error_of("!broken(R33)"), HasSubstr("column 9: unknown invariant \"R33\"; did you mean \"R3\"?"));
  EXPECT_THAT(error_of("broken(ZZ) == 0"), HasSubstr("unknown invariant \"ZZ\""));
  EXPECT_THAT(error_of("broken(ZZ) == 0"), HasSubstr("R9, R10"));
  EXPECT_EQ(error_of("broken(P1) | broken > 0"), "");
}

TEST(Condition, a_time_is_compared_with_a_duration_that_has_a_unit) {
  EXPECT_THAT(error_of("time > 5"), HasSubstr("column 8: 5 is no duration; expected one with its unit, such as 5s"));
  EXPECT_THAT(error_of("30 <= unavailable(orders-0)"), HasSubstr("column 1: 30 is no duration"));
  EXPECT_THAT(error_of("time > (5)"), HasSubstr("5 is no duration"));
  EXPECT_THAT(error_of("leo(orders-0) > 5s"), HasSubstr("column 17: a duration is compared"));
  EXPECT_EQ(error_of("time > 5s & unavailable(orders-0) == 0"), "");
  EXPECT_EQ(error_of("leo(orders-0) > 5"), "");
}

TEST(Condition, a_word_that_is_compared_with_no_quantity_is_a_mistyped_one) {
  EXPECT_THAT(error_of("acked_lst == 0"),
              HasSubstr("column 1: unknown quantity \"acked_lst\"; did you mean \"acked_lost\"?"));
  EXPECT_THAT(error_of("0 < duplicate"),
              HasSubstr("column 5: unknown quantity \"duplicate\"; did you mean \"duplicates\"?"));
  EXPECT_THAT(error_of("offlin == urq"), HasSubstr("column 1: unknown quantity \"offlin\""));
  EXPECT_THAT(error_of("none != urq"), HasSubstr("column 9: unknown quantity \"urq\""));
  EXPECT_EQ(error_of("1 == 1 & leader(orders-0) == b2 & b2 == controller"), "");
}

}  // namespace
}  // namespace kscope::scenario::condition_test
