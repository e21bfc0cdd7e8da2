#pragma once
// Observer: somebody who looks after every event and cannot touch. Observers are handed to step() and are no part of the
// world: a run with and without them is the same run.

#include "engine/trace/event_info.h"

namespace kscope {

template <class Model>
class Kernel;

template <class Model>
class Observer {
 public:
  virtual ~Observer() = default;
  /// Called after the event and all its effects. The spans and pointers in `event` are valid during the call only.
  virtual void on_event(const Kernel<Model>& kernel, const EventInfo<typename Model::Types>& event) = 0;
};

}  // namespace kscope
