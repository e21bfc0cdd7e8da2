#pragma once
// Times, counts and sizes as people read them.

#include <cstdint>
#include <string>

#include "engine/core/time.h"

namespace kscope::ui {

/// Moment of the run: "00:12.345" (minutes, seconds, milliseconds), with hours in front when needed.
std::string clock_text(SimTime t);
/// Length of time with a fitting unit: "640 us", "1.3 ms", "2.41 s", "3 min 20 s".
std::string span_text(Duration d);
/// "1 234 567": groups of three with narrow spaces.
std::string count_text(std::int64_t n);
/// "812 B", "1.4 KiB".
std::string bytes_text(std::int64_t n);
/// The shortest text that parse_span reads back: "12.5s", "0.0008s".
std::string plain_span(Duration d);
/// "12.5s", "300ms", "2m", "5" (seconds): a length of time as typed; negative when it is none.
Duration parse_span(const std::string& text);

}  // namespace kscope::ui
