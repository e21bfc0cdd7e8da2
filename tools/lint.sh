#!/usr/bin/env bash
# Static checks that need no program to run: shellcheck over the scripts and clang-tidy over the C++ sources.
set -euo pipefail

usage() {
  cat <<'END'
usage: tools/lint.sh [--all | --changed [BASE] | --scripts] [--build DIR] [--jobs N] [--help]

Runs shellcheck over the scripts and clang-tidy with the checks of .clang-tidy over C++ sources.

  --all            every source (the default); takes some minutes
  --changed BASE   only sources that differ from the commit BASE (default: HEAD), committed or not
  --scripts        only the scripts
  --build DIR      build folder that is configured for it (default: build/lint)
  --jobs N         so many at once (default: all processors)
  --help           this text
END
}

cd "$(dirname "${BASH_SOURCE[0]}")/.."
build=build/lint
base=
jobs="$(nproc)"
scripts_only=no
while [ $# -gt 0 ]; do
  case "$1" in
    --all) base= ;;
    --changed)
      base=HEAD
      if [ $# -gt 1 ] && [[ "$2" != --* ]]; then base="$2"; shift; fi
      ;;
    --scripts) scripts_only=yes ;;
    --build) build="$2"; shift ;;
    --jobs) jobs="$2"; shift ;;
    -h | --help) usage; exit 0 ;;
    *) echo "lint: unknown option: $1" >&2; usage >&2; exit 2 ;;
  esac
  shift
done

status=0
mapfile -t scripts < <(git ls-files --cached --others --exclude-standard -- '*.sh' .ci/run)
shellcheck "${scripts[@]}" || status=1
echo "lint: shellcheck read ${#scripts[@]} scripts"
if [ "$scripts_only" = yes ]; then exit "$status"; fi

clang_tidy=clang-tidy-14
if ! command -v "$clang_tidy" >/dev/null; then clang_tidy=clang-tidy; fi
if ! command -v "$clang_tidy" >/dev/null; then
  echo "lint: clang-tidy is missing; tools/setup.sh installs it" >&2
  exit 1
fi
# A folder of its own, configured anew each time: that takes a second, and sources that have come since then are found.
# The OpenGL loader is the one header that only a build makes.
cmake --preset clang -B "$build" -DKSCOPE_TESTS=OFF -DKSCOPE_UNITY=ON >/dev/null
cmake --build "$build" --target glad_gl >/dev/null

mapfile -t sources < <(
  if [ -n "$base" ]; then
    { git diff --name-only --diff-filter=d "$base"; git ls-files --others --exclude-standard; }
  else
    git ls-files --cached --others --exclude-standard
  fi | grep -E '^(engine|sim|ui)/.*\.cpp$' | sort -u
)
# What is compiled is either the source itself or a unit that includes it with others: then the unit is read, which takes
# as long as one source. Units are the compiler's business, so that they include sources is no finding.
units=()
for source in "${sources[@]}"; do
  if [ ! -f "$source" ]; then continue; fi
  if grep -qF "\"$PWD/$source\"" "$build/compile_commands.json"; then
    units+=("$source")
  elif unit="$(grep -rlF "#include \"$PWD/$source\"" --include='unity_*.cxx' "$build")"; then
    units+=("$unit")
  else
    echo "lint: no target compiles $source" >&2
    status=1
  fi
done
if [ ${#units[@]} -gt 0 ]; then
  mapfile -t units < <(printf '%s\n' "${units[@]}" | sort -u)
  set +e
  printf '%s\0' "${units[@]}" |
    xargs -0 -n 1 -P "$jobs" "$clang_tidy" -p "$build" --quiet --checks=-bugprone-suspicious-include \
      --extra-arg=-Wno-ignored-optimization-argument 2>&1 |
    grep --line-buffered -vE '^[0-9]+ warnings? (and [0-9]+ errors? )?generated|^Suppressed|^Use -header-filter'
  if [ "${PIPESTATUS[1]}" -ne 0 ]; then status=1; fi
  set -e
fi
echo "lint: clang-tidy read ${#sources[@]} sources in ${#units[@]} units"
exit "$status"
