#!/usr/bin/env bash
# Makes .venv, node_modules and build/tools, and sees to the programs they lean on.
#
# Safe to repeat: each part has a stamp that holds the hash of what it was made from, and is left alone while that
# still matches. Programs from the system (a Java runtime, Chromium, fonts, Node.js) are installed with apt-get only
# when they are missing and this runs as root on Debian; otherwise what is missing is said, and the rest goes on.
#
# `setup.sh run` makes only what running and packaging need; without a word it makes what the tests need as well.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
what_for="${1:-test}"

have() { command -v "$1" >/dev/null 2>&1; }
say() { printf '%s\n' "setup: $*" >&2; }

is_python_311() { "$1" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info[:2] != (3, 11))' >/dev/null 2>&1; }

find_python() {
  local candidate
  for candidate in python3.11 python3 /usr/bin/python3.11; do
    if have "$candidate" && is_python_311 "$candidate"; then
      command -v "$candidate"
      return
    fi
  done
}

java_is_new_enough() {
  have java || return 1
  local major
  major="$(java -version 2>&1 | sed -n 's/.*version "\([0-9]*\).*/\1/p' | head -n 1)"
  [ "${major:-0}" -ge 17 ]
}

has_fonts() { [ -n "$(find /usr/share/fonts -name '*.ttf' -print -quit 2>/dev/null)" ]; }

# --- programs of the system ---------------------------------------------------------------------------------------
wanted=()
[ -n "$(find_python)" ] || wanted+=(python3.11 python3.11-venv)
have node && have npm || wanted+=(nodejs npm)
if [ "$what_for" = test ]; then
  java_is_new_enough || wanted+=(openjdk-17-jre-headless)
  have chromium || wanted+=(chromium)
  has_fonts || wanted+=(fonts-liberation)
fi
if [ "${#wanted[@]}" -gt 0 ]; then
  if [ "$(id -u)" = 0 ] && have apt-get; then
    say "installing ${wanted[*]}"
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${wanted[@]}" >/dev/null
  else
    say "*** MISSING on this machine, and only root on Debian can install them from here: ${wanted[*]}"
    say "*** Without Java or Chromium some tests cannot run; without Python 3.11 or Node.js nothing can."
  fi
fi

python="$(find_python)"
[ -n "$python" ] || { say "Python 3.11 with venv is needed (the version that Lambda runs)."; exit 1; }
have npm || { say "Node.js 18 or later with npm is needed (style sheets, accessibility checks)."; exit 1; }

# --- a part is made again only when what it is made from has changed ------------------------------------------------
hash_of() { cat "$@" | sha256sum | cut -d ' ' -f 1; }
fresh() { [ -f "$1" ] && [ "$(cat "$1")" = "$2" ]; }

locks="$(hash_of requirements.txt requirements-dev.txt)"
if ! fresh .venv/.ready "$locks" || ! .venv/bin/python -c '' 2>/dev/null; then
  rm -f .venv/.ready
  .venv/bin/python -c '' 2>/dev/null || { say "making .venv with $python"; rm -rf .venv; "$python" -m venv .venv; }
  say "installing the locked Python packages"
  .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes \
    -r requirements.txt -r requirements-dev.txt
  printf '%s\n' "$locks" > .venv/.ready
fi

lock="$(hash_of package.json package-lock.json)"
if ! fresh node_modules/.ready "$lock"; then
  say "installing the locked npm packages"
  # No package's own install script runs: nothing here needs one, and it is the commonest way to be attacked.
  npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
  printf '%s\n' "$lock" > node_modules/.ready
fi

[ "$what_for" = run ] || .venv/bin/python -m infra.local.dynamodb
