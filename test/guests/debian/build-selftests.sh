#!/usr/bin/env bash
# Builds tests that the kernel brings for floating point and VMX (tools/testing/selftests/powerpc/math), static and for
# ppc64el, out of Debian's linux-source, and prints where they are. Those in which threads compute until they have been
# preempted or signalled are left out: they want billions of floating-point instructions. Needs apt-get (and no rights) and Debian's
# gcc-powerpc64le-linux-gnu; nothing is installed. Does nothing when they have been built already.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../../differential/debian-archive.sh"

folder=${KEY31_SELFTESTS_DIR:-${TMPDIR:-/tmp}/key31-selftests}
build() {
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  cd "$work"

  # Lists and archives of our own: those of the system are left as they are.
  mkdir -p lists/partial archives/partial library "$folder"
  : >status
  echo "deb [arch=all] $(debian_archive)" >sources.list
  local options=(
    -o "Dir::Etc::sourcelist=$work/sources.list" -o Dir::Etc::sourceparts=- -o "Dir::State::lists=$work/lists"
    -o "Dir::State::status=$work/status" -o "Dir::Cache=$work" -o APT::Sandbox::User="$(id -un)"
    -o Acquire::Languages=none -o Acquire::Retries=3
  )
  apt-get "${options[@]}" update -qq
  local source
  source=$(apt-cache "${options[@]}" depends linux-source | sed -n 's/ *Depends: //p' | head -n 1)
  apt-get "${options[@]}" download -qq "$source" libc6-ppc64el-cross libc6-dev-ppc64el-cross linux-libc-dev-ppc64el-cross
  for package in ./*-cross_*.deb; do dpkg-deb --extract "$package" library; done
  dpkg-deb --fsys-tarfile ./linux-source-*.deb | tar --extract --to-stdout --wildcards './usr/src/linux-source-*.tar.xz' |
    tar --extract --xz --wildcards --strip-components=1 '*/tools/testing/selftests/powerpc/*' \
      '*/tools/testing/selftests/kselftest*'

  cd tools/testing/selftests/powerpc/math
  local cross=$work/library/usr/powerpc64le-linux-gnu
  local common=(
    -isystem "$cross/include" -L "$cross/lib" -B "$cross/lib/" -std=gnu99 -O2 -w -I ../include -I ../.. -pthread
    -maltivec -mvsx -static -DGIT_VERSION='"Debian"'
  )
  one() { powerpc64le-linux-gnu-gcc "${common[@]}" "$@" ../harness.c -o "$folder/$(basename "$1" .c)"; }
  one fpu_denormal.c
  one fpu_syscall.c fpu_asm.S
  one vmx_syscall.c vmx_asm.S ../utils.c
  touch "$folder/complete"
}
[ -e "$folder/complete" ] || build >&2
echo "$folder"
