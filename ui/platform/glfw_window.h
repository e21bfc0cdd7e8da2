#pragma once
// One GLFW window with an OpenGL 3.2 core context and Dear ImGui's back ends. Visible for use, or hidden with an off-screen
// picture of an exact size for screenshots. OpenGL 3.2 is required because larger drawings need vertex offsets.

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "ui/app/input.h"
#include "ui/draw/color.h"

struct GLFWwindow;

namespace kscope::ui {

struct WindowOptions {
  int width = 1440;
  int height = 900;
  bool hidden = false;
  std::string title;
};

class GlfwWindow {
 public:
  /// Opens the window, or returns nothing and says in `error` why (no display, no OpenGL 3.2).
  static std::unique_ptr<GlfwWindow> open(const WindowOptions& options, std::string& error);
  GlfwWindow(const GlfwWindow&) = delete;
  GlfwWindow& operator=(const GlfwWindow&) = delete;
  ~GlfwWindow();

  bool should_close() const;
  void request_close();
  void set_title(const std::string& title);
  /// Factor of the monitor, 1 on ordinary ones.
  float monitor_scale() const;

  /// Waits for input, at most `wait_s` (0 = do not wait), and begins a frame of Dear ImGui.
  FrameInput begin_frame(double wait_s);
  /// Paths of the files that were dropped on the window since the last call.
  std::vector<std::string> take_dropped_files();
  /// Draws what was built and shows it.
  void end_frame(Color background);
  /// Tells the back end that the font atlas has changed. Call between frames.
  void upload_fonts();

  /// Reads back the picture of the last frame. Only for hidden windows. Returns an error text or nothing.
  std::string save_png(const std::filesystem::path& file) const;

 private:
  GlfwWindow() = default;
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace kscope::ui
