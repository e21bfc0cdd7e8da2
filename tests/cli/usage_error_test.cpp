#include "sim/cli/usage_error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/cli/exit_status.h"
#include "sim/cli/program.h"

namespace kscope::cli::usage_error_test {
namespace {

using testing::HasSubstr;

/// Calls the program as a shell does.
struct Called {
  int status = 0;
  std::string out;
  std::string error;
};
Called call(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "kafkascope");
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  Called called;
  called.status = run_program(static_cast<int>(arguments.size()), arguments.data());
  called.out = testing::internal::GetCapturedStdout();
  called.error = testing::internal::GetCapturedStderr();
  return called;
}

TEST(UsageError, offers_the_nearest_command_and_option) {
  EXPECT_THAT(call({"rnu"}).error, HasSubstr("there is no command \"rnu\"; did you mean \"run\"?"));
  EXPECT_THAT(call({"run", "hello", "--sed", "3"}).error, HasSubstr("did you mean \"--seed\"?"));
  EXPECT_THAT(call({"run", "hello", "--sed=3"}).error, HasSubstr("there is no option --sed; did you mean"));
  EXPECT_THAT(call({"run", "hello", "--jobs", "3"}).error, HasSubstr("--jobs is an option of kafkascope check"));
  EXPECT_THAT(call({"run", "a", "b"}).error, HasSubstr("\"b\" is one word too much"));
  EXPECT_EQ(call({"rnu"}).status, kUsage);
  EXPECT_EQ(call({"run"}).status, kUsage);
  EXPECT_EQ(call({"run"}).out, "");
}

TEST(UsageError, hostile_words_are_shown_short_and_plain) {
  const std::string huge(100'000, 'x');
  EXPECT_LT(call({huge.c_str()}).error.size(), 300U);
  EXPECT_EQ(call({"\x1b[31mred"}).error.find('\x1b'), std::string::npos);
  EXPECT_EQ(call({"run", "\x1b[31mred"}).error.find('\x1b'), std::string::npos);
  EXPECT_EQ(call({"run", "hello", "--do", "1s \x1b[31mred"}).error.find('\x1b'), std::string::npos);
}

TEST(UsageError, help_and_version_are_no_mistakes) {
  EXPECT_EQ(call({"--help"}).status, kHeld);
  EXPECT_THAT(call({"check", "--help"}).out, HasSubstr("Exit status"));
  EXPECT_THAT(call({"--version"}).out, HasSubstr("kafkascope "));
}

TEST(UsageError, values_of_options) {
  EXPECT_EQ(duration_problem("1m30s"), "");
  EXPECT_NE(duration_problem("0s"), "");
  EXPECT_NE(duration_problem("-1s"), "");
  EXPECT_NE(duration_problem("400d"), "");
  EXPECT_EQ(duration_problem("1000000h"), "\"1000000h\" is too long; a run has at most 8760h");
  EXPECT_EQ(moment_problem("1000000h"), "\"1000000h\" is too long; a run has at most 8760h");
  EXPECT_EQ(duration_problem("8760h"), "");
  EXPECT_EQ(file_name_problem("run.db"), "");
  EXPECT_EQ(call({"run", "hello", "--record", ""}).status, kUsage);
  EXPECT_THAT(call({"run", "hello", "--record", ""}).error, HasSubstr("--record: the name of a file is empty"));
  EXPECT_EQ(moment_problem("0s"), "");
  EXPECT_NE(moment_problem("-1s"), "");
  EXPECT_EQ(count_problem("0"), "");
  EXPECT_EQ(count_problem("9223372036854775807"), "");
  EXPECT_NE(count_problem("9223372036854775808"), "");
  EXPECT_NE(count_problem("-1"), "");
  EXPECT_NE(count_problem("1e3"), "");
  EXPECT_EQ(hand_act_problem("8s crash b1"), "");
  EXPECT_THAT(hand_act_problem("crash b1"), HasSubstr("is no time"));
  EXPECT_EQ(planted_bug_problem("no-truncation"), "");
  EXPECT_EQ(rule_problem("kip-101=old"), "");
  EXPECT_EQ(rule_problem("kip-101"), "");
  EXPECT_THAT(rule_problem("kip-1001"), HasSubstr("did you mean \"kip-101\"?"));
  EXPECT_THAT(planted_bug_problem("no-trunc"), HasSubstr("did you mean \"no-truncation\"?"));
}

}  // namespace
}  // namespace kscope::cli::usage_error_test
