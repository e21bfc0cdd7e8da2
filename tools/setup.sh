#!/usr/bin/env bash
# Installs the Debian packages of tools/packages.txt that are missing, and nothing else.
# It may be run as often as you like: with everything in place it changes nothing and needs no rights.
set -euo pipefail

usage() {
  cat <<'END'
usage: tools/setup.sh [--check] [--help]

Installs what Kafkascope needs on Debian 12, Ubuntu 24.04 or a later release: the packages listed in
tools/packages.txt. Says what is missing first, then installs it with apt-get, as root or through sudo.

  --check   only say what is missing: exit 0 when nothing is, 1 otherwise
  --help    this text
END
}

check_only=no
while [ $# -gt 0 ]; do
  case "$1" in
    --check) check_only=yes ;;
    -h | --help) usage; exit 0 ;;
    *) echo "setup: unknown option: $1" >&2; usage >&2; exit 2 ;;
  esac
  shift
done

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
mapfile -t wanted < <(sed -e 's/#.*//' -e 's/[[:space:]]//g' -e '/^$/d' "$here/packages.txt")

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
  echo "setup: this system has no dpkg and apt-get. Install the equivalents of these packages yourself:" >&2
  printf '  %s\n' "${wanted[@]}" >&2
  exit 1
fi

# A name may be virtual (another package provides it): then it counts as there when a provider is installed.
installed="$(dpkg-query -W -f='${db:Status-Status} ${Package} ${Provides}\n' 2>/dev/null |
  sed -n 's/^installed //p' | sed -e 's/([^)]*)//g' -e 's/,/ /g' | tr -s ' ' '\n' | sort -u)"
missing=()
for package in "${wanted[@]}"; do
  grep -qxF -- "$package" <<<"$installed" || missing+=("$package")
done

if [ ${#missing[@]} -eq 0 ]; then
  echo "setup: all ${#wanted[@]} packages are installed"
  exit 0
fi
echo "setup: ${#missing[@]} of ${#wanted[@]} packages are missing:"
printf '  %s\n' "${missing[@]}"
if [ "$check_only" = yes ]; then
  exit 1
fi

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  if ! command -v sudo >/dev/null; then
    echo "setup: installing needs root, and there is no sudo. As root, run:" >&2
    echo "  apt-get install --no-install-recommends ${missing[*]}" >&2
    exit 1
  fi
  as_root=(sudo)
fi

apt() {
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get "$@"
}

# The package lists are fetched only when the ones that are here do not know every missing package.
lists_know_all() {
  local package
  for package in "${missing[@]}"; do
    apt-cache show --no-all-versions "$package" >/dev/null 2>&1 || return 1
  done
}
if ! lists_know_all; then
  echo "setup: fetching package lists"
  apt update -q
fi
if ! apt install -y -q --no-install-recommends "${missing[@]}"; then
  echo "setup: that failed, perhaps because the package lists are old: fetching them and trying once more"
  apt update -q
  apt install -y -q --no-install-recommends "${missing[@]}"
fi
echo "setup: done"
