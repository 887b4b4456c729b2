#!/usr/bin/env bash
# Fetches Debian's kernel, some of its modules and busybox for ppc64el, which the tests boot and whose instructions they
# read, and prints where the kernel is. Needs apt-get and no rights; does nothing when they are there already.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/debian-archive.sh"

folder=${KEY31_KERNEL_DIR:-${TMPDIR:-/tmp}/key31-kernel}
modules="virtio virtio_ring virtio_pci_modern_dev virtio_pci_legacy_dev virtio_pci virtio_blk virtio-rng virtio_console
  failover net_failover virtio_net mbcache crc16 crc32c_generic jbd2 ext4"
[ -e "$folder/vmlinux" ] && [ -e "$folder/busybox" ] && [ -e "$folder/modules" ] || {
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
  package=$(apt-cache "${options[@]}" depends linux-image-powerpc64le | sed -n 's/ *Depends: //p' | head -n 1)
  apt-get "${options[@]}" download -qq "$package:ppc64el" busybox-static:ppc64el >&2
  dpkg-deb --fsys-tarfile linux-image-*.deb | tar --extract --wildcards './boot/vmlinux-*' '*.ko'
  dpkg-deb --fsys-tarfile busybox-static_*.deb | tar --extract --wildcards '*/bin/busybox'

  # A name is there only once its file is whole.
  mkdir -p "$folder"
  find . -name busybox -type f -exec cp {} "$folder/busybox.new" \;
  mv "$folder/busybox.new" "$folder/busybox"
  mkdir -p modules.new
  for module in $modules; do find . -name "$module.ko" -exec cp {} modules.new/ \;; done
  rm -rf "$folder/modules"
  mv modules.new "$folder/modules"
  cp boot/vmlinux-* "$folder/vmlinux.new"
  mv "$folder/vmlinux.new" "$folder/vmlinux"
}
echo "$folder/vmlinux"
