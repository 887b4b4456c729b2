#!/usr/bin/env bash
# Builds TestFloat out of Debian's source of QEMU, so that the tests of the arithmetic are not skipped. Twice if need
# be: mirrors fail now and then.
set -euo pipefail
script=$(dirname "${BASH_SOURCE[0]}")/../test/differential/build-testfloat.sh
bash "$script" || { sleep 5; bash "$script"; }
