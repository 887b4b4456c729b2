#!/usr/bin/env bash
# Fetches gcc's torture programs and builds them for a machine without an operating system, in both byte orders, for
# test/differential/gcc-torture.test.ts: every eighth of them, or with --full all. Needs apt-get (and no rights) and
# Debian's cross compilers. What has been built already is left as it is. A program that needs more than a bare machine
# does not link, and is left out.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../debian-archive.sh"
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
folder=${KEY31_TORTURE_DIR:-${TMPDIR:-/tmp}/key31-gcc-torture}
every=8
[ "${1:-}" != --full ] || every=1

fetch() {
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  # Lists and archives of our own: those of the system are left as they are.
  mkdir -p "$work/lists/partial" "$work/archives/partial" "$folder"
  echo "deb-src $(debian_archive)" >"$work/sources.list"
  local options=(
    -o "Dir::Etc::sourcelist=$work/sources.list" -o Dir::Etc::sourceparts=- -o "Dir::State::lists=$work/lists"
    -o "Dir::Cache=$work" -o APT::Sandbox::User="$(id -un)" -o Acquire::Retries=3
  )
  apt-get "${options[@]}" update -qq
  (cd "$work" && apt-get "${options[@]}" source -qq --download-only gcc-12)
  tar --extract --to-stdout --file "$work"/gcc-12_*.orig.tar.gz --wildcards '*/gcc-*-dfsg.tar.xz' |
    tar --extract --xz --directory "$work" --wildcards '*/gcc/testsuite/gcc.c-torture/execute/*'
  # The name is there only once all of it is.
  mv "$work"/gcc-*/gcc/testsuite/gcc.c-torture/execute "$folder/sources"
}

# One program, one byte order. Leaves NAME.elf, or NAME.not-built with the compiler's words.
build_one() {
  local source=$1 order=$2 name output wanted compiler
  name=$(basename "$source" .c)
  output=$folder/$order/$name
  [ ! "$output.elf" -nt "$folder/$order/runtime.o" ] && [ ! "$output.not-built" -nt "$folder/$order/runtime.o" ] ||
    return 0
  rm -f "$output".*
  compiler=$(compiler_for "$order")
  # Options that a program asks for, if on every machine.
  wanted=$(sed -n 's/.*{ *dg-\(additional-\)\?options *{\? *"\([^"]*\)" *}\? *}.*/\2/p' "$source" | tr '\n' ' ')
  local options=(
    -nostdinc -isystem "$("$compiler" -print-file-name=include)" -isystem "$here/include" -O2 -w -mcpu=power8
    -static -nostdlib -fno-pic -no-pie -fno-stack-protector -Wl,--build-id=none,-z,norelro,-s -T "$here/program.ld"
  )
  # shellcheck disable=SC2086
  if "$compiler" "${options[@]}" $wanted "$folder/$order/start.o" "$source" "$folder/$order/runtime.o" -lgcc \
    -o "$output.new" 2>"$output.log"; then
    mv "$output.new" "$output.elf"
    rm -f "$output.log"
  else
    mv "$output.log" "$output.not-built"
  fi
}
compiler_for() {
  case $1 in
    le) echo powerpc64le-linux-gnu-gcc ;;
    be) echo powerpc64-linux-gnu-gcc ;;
  esac
}
# What all programs share, made again when its sources have changed.
build_shared() {
  local order=$1 compiler newest
  compiler=$(compiler_for "$order")
  mkdir -p "$folder/$order"
  newest=$(find "$here" -type f -newer "$folder/$order/runtime.o" -print -quit 2>/dev/null || echo all)
  [ -n "$newest" ] || return 0
  "$compiler" -mregnames -c "$here/start.S" -o "$folder/$order/start.o"
  "$compiler" -O2 -ffreestanding -fno-builtin -fno-tree-loop-distribute-patterns -fno-pic -fno-stack-protector \
    -mcpu=power8 -mno-vsx -mno-altivec -w -c "$here/runtime.c" -o "$folder/$order/runtime.o"
}
export -f build_one compiler_for
export here folder

[ -d "$folder/sources" ] || fetch
mapfile -t chosen < <(
  find "$folder/sources" -maxdepth 1 -name '*.c' | LC_ALL=C sort | awk "NR % $every == 0 || $every == 1"
)
for order in le be; do
  build_shared "$order"
  printf '%s\n' "${chosen[@]}" | xargs -P "$(nproc)" -I SOURCE bash -c "build_one SOURCE $order"
done
