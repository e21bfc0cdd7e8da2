#pragma once
// The run that the window shows, and whether it was moved or changed since it was last looked at: a picture of the run is
// made anew only then. Everything that can change the run goes through `change`; the compiler sees to that.

#include <memory>
#include <utility>

#include "ui/app/run_port.h"

namespace kscope::ui {

class HeldRun {
 public:
  void hold(std::unique_ptr<RunPort> run) {
    run_ = std::move(run);
    is_changed_ = true;
  }
  [[nodiscard]] bool is_open() const { return run_ != nullptr; }
  /// Requires is_open().
  const RunPort* operator->() const { return run_.get(); }
  /// For moving in time and acting. Requires is_open().
  RunPort& change() {
    is_changed_ = true;
    return *run_;
  }
  /// Whether `hold` or `change` was called since the last time.
  bool take_change() { return std::exchange(is_changed_, false); }

 private:
  std::unique_ptr<RunPort> run_;
  bool is_changed_ = false;
};

}  // namespace kscope::ui
