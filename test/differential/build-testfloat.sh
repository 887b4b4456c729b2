#!/usr/bin/env bash
# Builds testfloat_gen, whose vectors test/differential/testfloat.test.ts compares with: it is part of Debian's source
# package of QEMU. Needs apt-get, make and gcc, and no rights; does nothing when it has been built already.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/debian-archive.sh"

folder=${KEY31_TESTFLOAT_DIR:-${TMPDIR:-/tmp}/key31-testfloat}
[ ! -x "$folder/testfloat_gen" ] || exit 0

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

# Lists and archives of our own: those of the system are left as they are.
mkdir -p lists/partial archives/partial
echo "deb-src $(debian_archive)" >sources.list
options=(
  -o "Dir::Etc::sourcelist=$work/sources.list" -o Dir::Etc::sourceparts=- -o "Dir::State::lists=$work/lists"
  -o "Dir::Cache=$work" -o APT::Sandbox::User="$(id -un)" -o Acquire::Retries=3
)
apt-get "${options[@]}" update -qq
apt-get "${options[@]}" source -qq --download-only qemu
tar --extract --wildcards --strip-components=3 --file qemu_*.orig.tar.xz '*/tests/fp/berkeley-*'

target=build/Linux-x86_64-GCC
make --silent -j "$(nproc)" -C "berkeley-softfloat-3/$target" SPECIALIZE_TYPE=8086-SSE >make.log 2>&1 ||
  { cat make.log; exit 1; }
make --silent -j "$(nproc)" -C "berkeley-testfloat-3/$target" testfloat_gen >make.log 2>&1 ||
  { cat make.log; exit 1; }

# The name is there only once the program is whole.
mkdir -p "$folder"
cp "berkeley-testfloat-3/$target/testfloat_gen" "$folder/testfloat_gen.new"
mv "$folder/testfloat_gen.new" "$folder/testfloat_gen"
