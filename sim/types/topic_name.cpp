#include "sim/types/topic_name.h"

#include <algorithm>

namespace kscope::sim {
namespace {

bool is_legal(char c) {
  const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  return is_letter || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
}

char unified(char c) { return c == '.' ? '_' : c; }

}  // namespace

std::string topic_name_problem(std::string_view name) {
  const std::string quoted = "'" + std::string(name) + "'";
  if (name.empty()) {
    return "the empty string is not allowed";
  }
  if (name == "." || name == "..") {
    return quoted + " is not allowed";
  }
  if (name.size() > kMaxTopicNameLength) {
    return "the length of " + quoted + " is longer than the max allowed length " + std::to_string(kMaxTopicNameLength);
  }
  if (!std::all_of(name.begin(), name.end(), is_legal)) {
    return quoted + " contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'";
  }
  return {};
}

bool topic_names_collide(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char one, char other) { return unified(one) == unified(other); });
}

}  // namespace kscope::sim
