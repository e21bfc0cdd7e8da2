#pragma once
// Independent runs side by side. Worlds do not notice each other, so many may run at once in one process; what is printed
// stands in the order of the list, whichever was ready first. (docs/adr/0030-runs-side-by-side.md)

#include <cstddef>
#include <functional>

namespace kscope::cli {

/// Calls work(i) for every i in [0, count) on `threads` threads, at least one, and report(i) on the calling thread, in
/// order, each as soon as it and all before it are done. After report(i) returned false no new work is begun, nothing more
/// is reported, and it returns when what was begun is done. `idle` is called on the calling thread about ten times a second.
/// Requires: work(i) touches nothing that another work or report touches.
void run_jobs(std::size_t count, std::size_t threads, const std::function<void(std::size_t)>& work,
              const std::function<bool(std::size_t)>& report, const std::function<void()>& idle);

/// How many threads the machine runs at once, at least 1.
[[nodiscard]] std::size_t machine_threads();

}  // namespace kscope::cli
