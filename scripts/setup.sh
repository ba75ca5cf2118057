# SPDX-License-Identifier: BSD-2-Clause
# Shell functions of ./demo and ./run-tests: what a fresh Debian 12 lacks, and the build. Sourced, not run.

packages="gcc libc6-dev meson ninja-build pkg-config
    libelf-dev libdw-dev libcbor-dev libfdt-dev libunicorn-dev libexpat1-dev libjson-c-dev
    gcc-aarch64-linux-gnu gcc-riscv64-linux-gnu"

missing_packages() {
    for package in $packages; do
        dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || printf '%s ' "$package"
    done
}

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        echo "This needs root to install packages, and there is no sudo. As root: apt-get install $missing" >&2
        exit 2
    fi
}

install_packages() {
    missing=$(missing_packages)
    [ -n "$missing" ] || return 0
    echo "Installing: $missing"
    as_root apt-get update -qq
    # shellcheck disable=SC2086 # a list
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
}

# build DIRECTORY [meson option]...
build() {
    directory=$1
    shift
    mkdir -p "$directory"
    log=$directory/build.log
    if [ ! -f "$directory/build.ninja" ]; then
        meson setup "$directory" "$@" >"$log" 2>&1 || { cat "$log" >&2; exit 2; }
    fi
    meson compile -C "$directory" >"$log" 2>&1 || { cat "$log" >&2; exit 2; }
}
