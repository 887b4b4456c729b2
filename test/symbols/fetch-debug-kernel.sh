#!/usr/bin/env bash
# Fetches Debian's kernel for ppc64el with its debug information (717 MB to download, 268 MB kept) and prints where it
# is. Needs apt-get and no rights; does nothing when it is there already.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../differential/debian-archive.sh"

folder=${KEY31_KERNEL_DIR:-${TMPDIR:-/tmp}/key31-kernel}
[ -e "$folder/vmlinux.debug" ] || {
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  cd "$work"

  # Lists and archives of our own: those of the system are left as they are.
  mkdir -p lists/partial archives/partial
  : >status
  echo "deb [arch=ppc64el] $(debian_archive)" >sources.list
  options=(
    -o "Dir::Etc::sourcelist=$work/sources.list" -o Dir::Etc::sourceparts=- -o "Dir::State::lists=$work/lists"
    -o "Dir::State::status=$work/status" -o "Dir::Cache=$work" -o APT::Sandbox::User="$(id -un)"
    -o APT::Architecture=ppc64el -o APT::Architectures::=ppc64el -o Acquire::Languages=none -o Acquire::Retries=3
  )
  apt-get "${options[@]}" update -qq >&2
  image=$(apt-cache "${options[@]}" depends linux-image-powerpc64le | sed -n 's/ *Depends: //p' | head -n 1)
  apt-get "${options[@]}" download -qq "$image-dbg:ppc64el" >&2
  dpkg-deb --fsys-tarfile ./*.deb | tar --extract --wildcards './usr/lib/debug/boot/vmlinux-*'

  # The name is there only once the file is whole.
  mkdir -p "$folder"
  cp usr/lib/debug/boot/vmlinux-* "$folder/vmlinux.debug.new"
  mv "$folder/vmlinux.debug.new" "$folder/vmlinux.debug"
}
echo "$folder/vmlinux.debug"
