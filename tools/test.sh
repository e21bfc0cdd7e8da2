#!/usr/bin/env bash
# Builds Kafkascope in every way that is supported and runs every test there is. From a fresh clone this one command
# is enough: it installs what is missing first. The last line it prints is `N passed, N failed`.
set -uo pipefail

usage() {
  cat <<'END'
usage: tools/test.sh [--quick] [--no-setup] [--jobs N] [--help]

Sets up, builds and tests everything:
  checks    layout of the sources (clang-format), shellcheck, desktop file
  dev       g++ Debug with AddressSanitizer and UndefinedBehaviorSanitizer: build, tests
  release   g++ optimised: build, tests, tests of the window on a virtual screen
  clang     clang++ optimised: the programs, and every header compiled alone
  runs      every scenario run by every build: the fingerprints must be equal
  lint      clang-tidy over the sources (over the changed ones with KSCOPE_LINT_BASE=COMMIT, none with KSCOPE_LINT=off)

  --quick     release only: configure, build, tests
  --no-setup  do not look for missing packages
  --jobs N    so many processes at once (default: all processors)
  --help      this text

Logs, test reports and screenshots are kept in build/artefacts. Ends with a line `N passed, N failed` and exits 0 only
when nothing failed. A build that fails counts as one failed test.
END
}

quick=no
setup=yes
jobs="$(nproc)"
while [ $# -gt 0 ]; do
  case "$1" in
    --quick) quick=yes ;;
    --no-setup) setup=no ;;
    --jobs) jobs="${2:?--jobs needs a number}"; shift ;;
    -h | --help) usage; exit 0 ;;
    *) echo "test: unknown option: $1" >&2; usage >&2; exit 2 ;;
  esac
  shift
done

cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 2
root="$PWD"
artefacts="$root/build/artefacts"
rm -rf "$artefacts"
mkdir -p "$artefacts/logs" "$artefacts/reports" "$artefacts/screenshots"
# Tests that make pictures put them here.
export KSCOPE_ARTEFACTS="$artefacts/screenshots"
# The same bytes whatever clone they are built in: paths below the root are hashed relative to it.
export CCACHE_BASEDIR="$root" CCACHE_NOHASHDIR=1
export LC_ALL=C.UTF-8

passed=0
failed=0
skipped=0
failures=()
begun=$SECONDS

stamp() { printf '[%02d:%02d] ' $(((SECONDS - begun) / 60)) $(((SECONDS - begun) % 60)); }

# phase NAME COMMAND...: runs it with its output in a log; prints how it went and, when it failed, the end of the log.
phase() {
  local name="$1" log start ticker
  shift
  log="$artefacts/logs/${name//[^a-z0-9]/-}.log"
  start=$SECONDS
  stamp
  echo "$name ..."
  # On a long phase, say once a minute how far it is.
  (
    while sleep 60; do
      stamp
      echo "  $name: $(tail -c 400 "$log" 2>/dev/null | tr '\r' '\n' | grep . | tail -n 1 | cut -c 1-100)"
    done
  ) &
  ticker=$!
  "$@" >"$log" 2>&1 </dev/null
  local status=$?
  kill "$ticker" 2>/dev/null
  wait "$ticker" 2>/dev/null
  stamp
  if [ "$status" -eq 0 ]; then
    echo "$name: ok ($((SECONDS - start)) s)"
  else
    echo "$name: FAILED ($((SECONDS - start)) s), log: ${log#"$root/"}"
    tail -n 60 "$log" | sed 's/^/    /'
  fi
  return "$status"
}

# check NAME COMMAND...: a phase that counts as one test.
check() {
  if phase "$@"; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    failures+=("$1")
    return 1
  fi
}

# tests NAME PRESET CTEST-OPTIONS...: a phase whose tests are counted one by one, from the report that ctest writes.
# With `screen=yes` before it, the tests get a virtual screen.
tests() {
  local name="$1" preset="$2" report counts status one p f s
  shift 2
  local runner=(ctest --test-dir "build/$preset" -j "$jobs" --output-on-failure)
  if [ "${screen:-no}" = yes ]; then
    runner=(xvfb-run -a -s "-screen 0 1920x1200x24 +extension GLX" "${runner[@]}")
  fi
  report="$artefacts/reports/${name//[^a-z0-9]/-}.xml"
  phase "$name" "${runner[@]}" --output-junit "$report" "$@"
  status=$?
  counts="$(python3 -B tools/count_tests.py "$report")" || counts="0 0 0"
  read -r p f s <<<"$(head -n 1 <<<"$counts")"
  # ctest may fail without one test having failed: it crashed, or left no report.
  if [ "$status" -ne 0 ] && [ "$f" -eq 0 ]; then f=1; failures+=("$name"); fi
  stamp
  echo "$name: $p passed, $f failed, $s skipped"
  passed=$((passed + p))
  failed=$((failed + f))
  skipped=$((skipped + s))
  while IFS= read -r one; do failures+=("$name: $one"); done < <(tail -n +2 <<<"$counts")
}

build() {
  local preset="$1"
  shift
  cmake --build "build/$preset" -j "$jobs" "$@" -- -k 0
}

has_tests() { ctest --test-dir "build/$1" -N "${@:2}" | grep -q 'Total Tests: [1-9]'; }

if [ "$setup" = yes ]; then
  phase setup tools/setup.sh || { echo "0 passed, 1 failed"; exit 1; }
fi

built=()
if [ "$quick" = no ]; then
  check layout tools/format.sh --check
  check scripts tools/lint.sh --scripts
  if [ -n "$(git ls-files 'assets/*.desktop')" ]; then
    check "desktop file" desktop-file-validate assets/*.desktop
  fi
fi

if check "release: configure" cmake --preset release && check "release: build" build release; then
  built+=(build/release)
  tests "release: tests" release -LE window
  if has_tests release -L window; then
    screen=yes tests "release: window" release -L window
  fi
fi

if [ "$quick" = no ]; then
  if check "dev: configure" cmake --preset dev && check "dev: build" build dev; then
    built+=(build/dev)
    # The house rules were checked already; the window is not drawn twice: sanitizers make software drawing very slow.
    tests "dev: tests" dev -LE "tidy|install|window"
  fi
  if check "clang: configure" cmake --preset clang -DKSCOPE_TESTS=OFF -DKSCOPE_HEADERS=ON && check "clang: build" build clang; then
    built+=(build/clang)
  fi
  if [ ${#built[@]} -gt 0 ] && [ -x "${built[0]}/bin/kafkascope" ]; then
    check "runs: equal in every build" python3 -B tools/compare_runs.py --jobs "$jobs" \
      --report "$artefacts/reports/runs.csv" "${built[@]}"
  fi
  if [ "${KSCOPE_LINT:-on}" != off ] && [ -f build/clang/compile_commands.json ]; then
    if [ -n "${KSCOPE_LINT_BASE:-}" ]; then
      check lint tools/lint.sh --changed "$KSCOPE_LINT_BASE" --jobs "$jobs"
    else
      check lint tools/lint.sh --all --jobs "$jobs"
    fi
  fi
fi

echo
stamp
echo "done; logs, reports and pictures are in ${artefacts#"$root/"}"
if [ ${#failures[@]} -gt 0 ]; then
  echo "failed:"
  printf '  %s\n' "${failures[@]}"
fi
if [ "$skipped" -gt 0 ]; then echo "$skipped skipped"; fi
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
