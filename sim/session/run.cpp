#include "sim/session/run.h"

#include <array>

namespace kscope::session {
namespace {

/// Rides on one step: checks each note against the watch of before, then lets the watch take it in.
class Rider final : public sim::Observer {
 public:
  Rider(Run& run, RunListener* listener) : run_(run), listener_(listener) {}

  void on_event(const sim::World& world, const sim::Event& event) override {
    run_.watch.on_act(world, event);
    for (const sim::Note& note : event.notes) {
      if (run_.checks_invariants) {
        run_.invariants.on_note(sim::CheckContext{world, run_.watch, event, note});
      }
      run_.watch.on_note(world, event, note);
    }
    if (run_.checks_invariants) {
      run_.invariants.on_event(world, run_.watch, event);
    }
    if (listener_ != nullptr) {
      listener_->on_event(world, event);
    }
  }

 private:
  Run& run_;
  RunListener* listener_;
};

}  // namespace

bool Run::step(SimTime limit, RunListener* listener) {
  Rider rider(*this, listener);
  const std::array<sim::Observer*, 1> observers{&rider};
  return world.step(observers, limit);
}

}  // namespace kscope::session
