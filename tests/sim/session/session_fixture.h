#pragma once
// Sessions on scenarios of the library or on a text, run to a moment without stopping at a broken invariant.

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "sim/scenario/scenario.h"
#include "sim/session/session.h"
#include "source_dir_generated.h"

namespace kscope::session {

/// Null, and a failure of the test, if the scenario is wrong.
inline std::unique_ptr<Session> opened(const Result<scenario::Scenario>& loaded) {
  EXPECT_TRUE(loaded.has_value()) << (loaded ? "" : to_string(loaded.error()));
  if (!loaded) {
    return nullptr;
  }
  Result<std::unique_ptr<Session>> session = Session::open(*loaded);
  EXPECT_TRUE(session.has_value()) << (session ? "" : to_string(session.error()));
  return session ? std::move(*session) : nullptr;
}

/// `name` below the folder of scenarios, "lessons/hello.toml".
inline std::unique_ptr<Session> open(const std::string& name) {
  return opened(scenario::load(std::string(KSCOPE_SOURCE_DIR) + "/scenarios/" + name));
}

inline void run_until(Session& session, SimTime time) {
  RunLimits limits;
  limits.until = time;
  session.pause_on_break = false;
  session.run(limits);
}

}  // namespace kscope::session
