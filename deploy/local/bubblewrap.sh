#!/usr/bin/env bash
# See that bubblewrap is there, in which untrusted models run; as root on Debian, install it. Without it they are refused.
set -euo pipefail

command -v bwrap >/dev/null && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "installing bubblewrap, in which participants' models run"
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq && apt-get install -y -qq --no-install-recommends bubblewrap >/dev/null && exit 0
fi
echo "no bubblewrap (Debian: apt-get install bubblewrap): participants' own models will be refused" >&2
