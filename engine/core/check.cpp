#include "engine/core/check.h"

#include <cstdio>
#include <cstdlib>

namespace kscope {

void check_failed(const char* condition, const char* text, const char* file, int line) {
  std::fprintf(stderr, "internal check failed: %s\n  %s\n  at %s:%d\n", condition, text, file, line);
  std::abort();
}

}  // namespace kscope
