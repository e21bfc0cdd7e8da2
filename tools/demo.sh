#!/usr/bin/env bash
# Shows Kafkascope from a fresh clone: sets up, builds, and opens the window on the first scenario.
# Without a screen the same scenario is run without a window, and story, summary and a picture are written to a folder.
set -euo pipefail

usage() {
  cat <<'END'
usage: tools/demo.sh [--scenario FILE] [--headless] [--no-setup] [--help]

Installs what is missing, builds the release and opens the window on a small cluster that is already at work.
Without a screen, or with --headless, writes to out/demo instead:
  story.txt    what happened, in plain sentences
  summary.json the outcome, with the fingerprint of the run
  window.png   a picture of the window

  --scenario FILE  another scenario (default: scenarios/lessons/hello.toml)
  --headless       do not look for a screen
  --no-setup       do not look for missing packages
  --help           this text
END
}

cd "$(dirname "${BASH_SOURCE[0]}")/.."
scenario=scenarios/lessons/hello.toml
headless=no
setup=yes
while [ $# -gt 0 ]; do
  case "$1" in
    --scenario)
      if [ $# -lt 2 ]; then echo "demo: --scenario needs a file" >&2; usage >&2; exit 2; fi
      scenario="$2"; shift ;;
    --headless) headless=yes ;;
    --no-setup) setup=no ;;
    -h | --help) usage; exit 0 ;;
    *) echo "demo: unknown option: $1" >&2; usage >&2; exit 2 ;;
  esac
  shift
done
if [ ! -f "$scenario" ]; then
  echo "demo: there is no scenario $scenario" >&2
  exit 1
fi

if [ "$setup" = yes ]; then tools/setup.sh; fi
echo "demo: building (the first time takes some minutes)"
cmake --preset release >/dev/null
cmake --build build/release --target kafkascope kafkascope-ui
command_line=build/release/bin/kafkascope
window=build/release/bin/kafkascope-ui

# A screen counts only when it answers: DISPLAY is often set to one that is gone.
has_screen() {
  if [ -n "${WAYLAND_DISPLAY:-}" ] && [ -S "${XDG_RUNTIME_DIR:-}/$WAYLAND_DISPLAY" ]; then return 0; fi
  if [ -z "${DISPLAY:-}" ]; then return 1; fi
  timeout 5 xdotool getdisplaygeometry >/dev/null 2>&1
}
if [ "$headless" = no ] && has_screen; then
  echo "demo: opening the window on $scenario"
  exec "$window" --scenario "$scenario"
fi

out=out/demo
mkdir -p "$out"
echo "demo: no screen: running $scenario without a window"
"$command_line" run "$scenario" --story >"$out/story.txt"
"$command_line" run "$scenario" --json >"$out/summary.json"
xvfb-run -a -s "-screen 0 1920x1200x24 +extension GLX" \
  "$window" --scenario "$scenario" --at 5s --size 1600x900 --screenshot "$out/window.png"
echo "demo: written to $out:"
ls -l "$out/story.txt" "$out/summary.json" "$out/window.png"
