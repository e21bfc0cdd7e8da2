#pragma once
// Icons of buttons and lists, drawn as lines and shapes on a square of the given size.

#include "ui/draw/stroke.h"

namespace kscope::ui {

enum class Icon {
  Play,
  Pause,
  StepBack,
  StepForward,
  BeatBack,
  BeatForward,
  ToStart,
  ToEnd,
  Undo,
  Redo,
  Search,
  Plus,
  Pin,
  ChevronLeft,
  ChevronRight,
  ChevronDown,
  ChevronUp,
  Menu,
  Close,
  Book,
  Flag,
  Wrench,
  Folder,
  Eye,
  Branch,
  Star,
  Help,
  Fit,
};

void draw_icon(Painter& p, Icon icon, Vec2 center, float size, Color color, float width);

}  // namespace kscope::ui
