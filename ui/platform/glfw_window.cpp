#include "ui/platform/glfw_window.h"

#include <glad/gl.h>
// GLFW must come after the loader.
#include <GLFW/glfw3.h>
#include <backends/imgui_impl_glfw.h>
#include <backends/imgui_impl_opengl3.h>
#include <imgui.h>
#include <stb/stb_image_write.h>

#include <utility>

#include "ui/platform/glfw_keys.h"

namespace kscope::ui {

namespace {

// What happened in the window since the last frame.
struct Queues {
  std::vector<KeyPress> keys;
  std::vector<std::string> dropped;
};

}  // namespace

struct GlfwWindow::Impl {
  GLFWwindow* window = nullptr;
  bool hidden = false;
  int width = 0;  // size of the off-screen picture
  int height = 0;
  GLuint framebuffer = 0;
  GLuint texture = 0;
  double last_time = 0;
  bool backends_ready = false;
  Queues queues;
};

namespace {

std::string last_glfw_error() {
  const char* text = nullptr;
  glfwGetError(&text);
  return text == nullptr ? "unknown reason" : text;
}

void on_key(GLFWwindow* window, int key, int scancode, int action, int mods) {
  auto* queues = static_cast<Queues*>(glfwGetWindowUserPointer(window));
  if (queues == nullptr || action == GLFW_RELEASE) {
    return;
  }
  const Chord chord = chord_from_glfw(key, scancode, mods);
  if (chord.key != Key::None) {
    queues->keys.push_back({chord, action == GLFW_REPEAT});
  }
}

void on_drop(GLFWwindow* window, int count, const char** paths) {
  auto* queues = static_cast<Queues*>(glfwGetWindowUserPointer(window));
  for (int i = 0; queues != nullptr && i < count; ++i) {
    queues->dropped.emplace_back(paths[i]);
  }
}

}  // namespace

std::unique_ptr<GlfwWindow> GlfwWindow::open(const WindowOptions& options, std::string& error) {
  if (glfwInit() != GLFW_TRUE) {
    error = "no display to open a window on: " + last_glfw_error() +
            ".\nStart it inside a desktop session (DISPLAY or WAYLAND_DISPLAY must be set), or use the command line "
            "program "
            "kafkascope, which needs no display.";
    return nullptr;
  }
  auto out = std::unique_ptr<GlfwWindow>(new GlfwWindow);
  out->impl_ = std::make_unique<Impl>();
  Impl& impl = *out->impl_;
  impl.hidden = options.hidden;
  impl.width = options.width;
  impl.height = options.height;

  glfwWindowHint(GLFW_CONTEXT_VERSION_MAJOR, 3);
  glfwWindowHint(GLFW_CONTEXT_VERSION_MINOR, 2);
  glfwWindowHint(GLFW_OPENGL_PROFILE, GLFW_OPENGL_CORE_PROFILE);
  glfwWindowHint(GLFW_OPENGL_FORWARD_COMPAT, GLFW_TRUE);
  glfwWindowHint(GLFW_VISIBLE, options.hidden ? GLFW_FALSE : GLFW_TRUE);
  impl.window = glfwCreateWindow(options.width, options.height, options.title.c_str(), nullptr, nullptr);
  if (impl.window == nullptr) {
    error = "the window could not be opened: " + last_glfw_error() + ".\nOpenGL 3.2 or newer is needed.";
    return nullptr;
  }
  glfwSetWindowSizeLimits(impl.window, 800, 600, GLFW_DONT_CARE, GLFW_DONT_CARE);
  glfwMakeContextCurrent(impl.window);
  if (gladLoadGL(glfwGetProcAddress) == 0) {
    error = "OpenGL could not be loaded";
    return nullptr;
  }
  glfwSwapInterval(options.hidden ? 0 : 1);
  glfwSetWindowUserPointer(impl.window, &impl.queues);
  // Dear ImGui's back end chains to callbacks that were set before it.
  glfwSetKeyCallback(impl.window, on_key);
  glfwSetDropCallback(impl.window, on_drop);

  ImGui::CreateContext();
  ImGui::GetIO().IniFilename = nullptr;
  ImGui_ImplGlfw_InitForOpenGL(impl.window, true);
  ImGui_ImplOpenGL3_Init("#version 150");
  impl.backends_ready = true;
  if ((ImGui::GetIO().BackendFlags & ImGuiBackendFlags_RendererHasVtxOffset) == 0) {
    error = "this OpenGL driver has no vertex offsets, which large drawings need (OpenGL 3.2 or newer)";
    return nullptr;
  }
  if (options.hidden) {
    glGenTextures(1, &impl.texture);
    glBindTexture(GL_TEXTURE_2D, impl.texture);
    glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA8, impl.width, impl.height, 0, GL_RGBA, GL_UNSIGNED_BYTE, nullptr);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_NEAREST);
    glGenFramebuffers(1, &impl.framebuffer);
    glBindFramebuffer(GL_FRAMEBUFFER, impl.framebuffer);
    glFramebufferTexture2D(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D, impl.texture, 0);
    if (glCheckFramebufferStatus(GL_FRAMEBUFFER) != GL_FRAMEBUFFER_COMPLETE) {
      error = "no off-screen picture of this size can be made";
      return nullptr;
    }
  }
  impl.last_time = glfwGetTime();
  return out;
}

GlfwWindow::~GlfwWindow() {
  if (impl_ != nullptr && impl_->window != nullptr) {
    if (impl_->backends_ready) {
      ImGui_ImplOpenGL3_Shutdown();
      ImGui_ImplGlfw_Shutdown();
      ImGui::DestroyContext();
    }
    glfwDestroyWindow(impl_->window);
  }
  glfwTerminate();
}

bool GlfwWindow::should_close() const { return glfwWindowShouldClose(impl_->window) == GLFW_TRUE; }
void GlfwWindow::request_close() { glfwSetWindowShouldClose(impl_->window, GLFW_TRUE); }
void GlfwWindow::set_title(const std::string& title) { glfwSetWindowTitle(impl_->window, title.c_str()); }

float GlfwWindow::monitor_scale() const {
  float x = 1;
  float y = 1;
  glfwGetWindowContentScale(impl_->window, &x, &y);
  return x > 0 ? x : 1;
}

FrameInput GlfwWindow::begin_frame(double wait_s) {
  Impl& impl = *impl_;
  if (wait_s > 0) {
    glfwWaitEventsTimeout(wait_s);
  } else {
    glfwPollEvents();
  }
  ImGui_ImplOpenGL3_NewFrame();
  ImGui_ImplGlfw_NewFrame();
  ImGuiIO& io = ImGui::GetIO();
  if (impl.hidden) {
    io.DisplaySize = {static_cast<float>(impl.width), static_cast<float>(impl.height)};
    io.DisplayFramebufferScale = {1, 1};
    io.MousePos = {-1e6F, -1e6F};
  }
  ImGui::NewFrame();
  const double now = glfwGetTime();
  FrameInput input{io.DisplaySize.x, io.DisplaySize.y, now - impl.last_time, std::move(impl.queues.keys)};
  impl.queues.keys.clear();
  impl.last_time = now;
  return input;
}

std::vector<std::string> GlfwWindow::take_dropped_files() { return std::exchange(impl_->queues.dropped, {}); }

void GlfwWindow::end_frame(Color background) {
  Impl& impl = *impl_;
  ImGui::Render();
  int width = impl.width;
  int height = impl.height;
  if (!impl.hidden) {
    glfwGetFramebufferSize(impl.window, &width, &height);
  }
  glBindFramebuffer(GL_FRAMEBUFFER, impl.framebuffer);
  glViewport(0, 0, width, height);
  glClearColor(static_cast<float>(background.r) / 255, static_cast<float>(background.g) / 255,
               static_cast<float>(background.b) / 255, 1);
  glClear(GL_COLOR_BUFFER_BIT);
  ImGui_ImplOpenGL3_RenderDrawData(ImGui::GetDrawData());
  if (!impl.hidden) {
    glfwSwapBuffers(impl.window);
  }
}

void GlfwWindow::upload_fonts() {
  ImGui_ImplOpenGL3_DestroyFontsTexture();
  ImGui_ImplOpenGL3_CreateFontsTexture();
}

std::string GlfwWindow::save_png(const std::filesystem::path& file) const {
  const Impl& impl = *impl_;
  const auto row = static_cast<std::size_t>(impl.width) * 3;
  std::vector<unsigned char> pixels(row * static_cast<std::size_t>(impl.height));
  glBindFramebuffer(GL_FRAMEBUFFER, impl.framebuffer);
  glPixelStorei(GL_PACK_ALIGNMENT, 1);
  glReadPixels(0, 0, impl.width, impl.height, GL_RGB, GL_UNSIGNED_BYTE, pixels.data());
  stbi_flip_vertically_on_write(1);
  if (stbi_write_png(file.string().c_str(), impl.width, impl.height, 3, pixels.data(), static_cast<int>(row)) == 0) {
    return "cannot write " + file.string();
  }
  return {};
}

}  // namespace kscope::ui
