#!/bin/sh
# What the tests want beside Python: a real Redis, and a browser. Finds them, or installs them where it may.
# Never fails: tests that miss one of them skip, and say so.
set -u

has() { command -v "$1" >/dev/null 2>&1; }

missing=""
has redis-server || missing="$missing redis-server"
has chromium || has chromium-browser || has google-chrome || missing="$missing chromium"
{ has ldconfig && ! ldconfig -p | grep -q 'libfribidi\.so'; } && missing="$missing libfribidi0" # kerned letters
[ -z "$missing" ] && exit 0

root=""
[ "$(id -u)" -eq 0 ] || root="sudo -n"
if has apt-get && { [ -z "$root" ] || sudo -n true 2>/dev/null; }; then
    echo "Installing for the tests:$missing" >&2
    # shellcheck disable=SC2086 # the words are the packages
    { $root apt-get update -qq && $root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $missing; } >/dev/null && exit 0
fi

echo "The tests that need$missing will be skipped. To run them too:" >&2
if has brew; then
    echo "    brew install redis && brew install --cask chromium" >&2
else
    echo "    sudo apt-get install -y$missing" >&2
fi
