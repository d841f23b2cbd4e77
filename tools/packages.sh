# shellcheck shell=bash disable=SC2034
# The Debian 12 packages that acta needs; sourced by tools/test and tools/demo.

packages_to_build=(
    ccache cmake g++ git ninja-build pkg-config
    doctest-dev libboost-dev libcereal-dev libcli11-dev libfmt-dev librange-v3-dev libsqlite3-dev libxxhash-dev nlohmann-json3-dev
    python3 sqlite3
)
packages_to_test=("${packages_to_build[@]}" clang-19 libclang-rt-19-dev python3-jsonschema python3-xxhash xz-utils)

# install_packages <names...>: installs what is missing, as root or through sudo; does nothing, apt included, when nothing is.
install_packages() {
    local name missing=() as_root=()
    for name in "$@"; do
        [[ "$(dpkg-query -W -f '${Status}' "$name" 2>/dev/null)" == "install ok installed" ]] || missing+=("$name")
    done
    ((${#missing[@]})) || return 0

    if ((EUID != 0)); then
        as_root=(sudo)
        command -v sudo >/dev/null || {
            echo "missing packages, and neither root nor sudo to install them: ${missing[*]}" >&2
            return 1
        }
    fi
    echo "installing ${missing[*]}"
    "${as_root[@]}" apt-get -qq update
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq install --no-install-recommends "${missing[@]}" >/dev/null
}
