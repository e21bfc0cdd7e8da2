#!/usr/bin/env bash
# Lays the C++ sources out with clang-format 14, the version the layout is defined by. Other versions differ in details.
set -euo pipefail

usage() {
  cat <<'END'
usage: tools/format.sh [--check] [--help] [FILE...]

Formats the C++ sources of the repository in place, or only the given files.

  --check   change nothing: say which files are not laid out well and exit 1 if there are any
  --help    this text
END
}

mode=(-i)
files=()
while [ $# -gt 0 ]; do
  case "$1" in
    --check) mode=(--dry-run -Werror) ;;
    -h | --help) usage; exit 0 ;;
    -*) echo "format: unknown option: $1" >&2; usage >&2; exit 2 ;;
    *) files+=("$(realpath "$1")") ;;
  esac
  shift
done

cd "$(dirname "${BASH_SOURCE[0]}")/.."
for clang_format in clang-format-14 clang-format; do
  if command -v "$clang_format" >/dev/null && "$clang_format" --version | grep -q 'version 14\.'; then
    break
  fi
  clang_format=
done
if [ -z "$clang_format" ]; then
  echo "format: clang-format 14 is missing; tools/setup.sh installs it" >&2
  exit 1
fi

if [ ${#files[@]} -eq 0 ]; then
  mapfile -t files < <(git ls-files --cached --others --exclude-standard -- '*.h' '*.cpp' | while read -r f; do
    if [ -f "$f" ]; then echo "$f"; fi
  done)
fi
printf '%s\0' "${files[@]}" | xargs -0 -n 16 -P "$(nproc)" "$clang_format" --style=file "${mode[@]}"
