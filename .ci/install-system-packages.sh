#!/usr/bin/env bash
# Installs the Debian packages that the tests use: a browser for the end-to-end test, what VS Code's native parts are
# built with, cross compilers and QEMU for the guests, and readers of what we write (dtc).
set -euo pipefail

packages=(
  chromium ripgrep libkrb5-dev build-essential pkg-config python3
  gcc-powerpc64-linux-gnu gcc-powerpc64le-linux-gnu gdb-multiarch binutils qemu-system-ppc qemu-user xz-utils device-tree-compiler e2fsprogs
)

missing=()
for package in "${packages[@]}"; do
  status=$(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null || true)
  [ "$status" = installed ] || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

as_root=()
[ "$(id -u)" = 0 ] || as_root=(sudo)

# Mirrors fail now and then in the middle of an update; a second try is usually enough.
"${as_root[@]}" apt-get update -q || { sleep 5; "${as_root[@]}" apt-get update -q; }
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}"
