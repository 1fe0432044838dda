#!/bin/sh
# Sees to it that what Lantern needs is installed, and touches nothing that already is.
#
#   ./setup.sh [build]   what it takes to build and to run the program
#   ./setup.sh check     the same, and what its checks need
#
# On Debian and its relatives the missing packages are installed with apt-get (through sudo
# when not root). Elsewhere the script only looks, and says what is missing.
set -eu

purpose=${1:-build}

build_packages='build-essential meson ninja-build pkgconf
  libglib2.0-dev libjson-glib-dev libsqlite3-dev zlib1g-dev libzip-dev libmatio-dev
  libgdk-pixbuf-2.0-dev libopenblas-dev libcairo2-dev libpango1.0-dev libgtk-4-dev
  librsvg2-common adwaita-icon-theme fonts-dejavu-core'
check_packages='clang-format xvfb xauth python3 python3-numpy desktop-file-utils appstream'

build_modules='glib-2.0 json-glib-1.0 sqlite3 zlib libzip matio gdk-pixbuf-2.0 openblas
  cairo pangocairo gtk4'
build_programs='cc meson ninja pkg-config'
check_programs='clang-format Xvfb xauth xvfb-run python3 desktop-file-validate appstreamcli'

case $purpose in
build)
  packages=$build_packages
  programs=$build_programs
  ;;
check)
  packages="$build_packages $check_packages"
  programs="$build_programs $check_programs"
  ;;
*)
  echo "setup.sh: “$purpose” is not a purpose; it is build or check." >&2
  exit 2
  ;;
esac

# Prints those of the packages given that are not installed.
missing_packages ()
{
  for package in "$@"; do
    state=$(dpkg-query -W -f='${Status}' "$package" 2>/dev/null) || state=
    [ "$state" = 'install ok installed' ] || printf '%s ' "$package"
  done
}

# Prints those of the programs and libraries that cannot be found, on any system.
missing_parts ()
{
  for program in $programs; do
    command -v "$program" >/dev/null 2>&1 || printf '%s ' "$program"
  done
  for module in $build_modules; do
    pkg-config --exists "$module" 2>/dev/null || printf '%s(library) ' "$module"
  done
}

if ! command -v dpkg-query >/dev/null 2>&1 || ! command -v apt-get >/dev/null 2>&1; then
  missing=$(missing_parts)
  [ -z "$missing" ] && exit 0
  {
    echo "Lantern needs, beside what is installed here: $missing"
    echo "This system has no apt-get, so please install them with its own package manager" \
      "and run the same command again."
    echo "(On Debian 12 the packages are:" $packages")"
  } >&2
  exit 1
fi

# shellcheck disable=SC2086 # a list of words
missing=$(missing_packages $packages)
[ -z "$missing" ] && exit 0

echo "Installing with apt-get: $missing"
if [ "$(id -u)" = 0 ]; then
  as_root=
elif command -v sudo >/dev/null 2>&1; then
  as_root=sudo
else
  echo "Lantern needs these packages, and neither root nor sudo is at hand;" \
    "as root, please run: apt-get install $missing" >&2
  exit 1
fi

apt ()
{
  $as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -o Acquire::Retries=3 "$@" </dev/null
}

# An outdated index is the usual reason for a failure, so it is fetched first.
apt update || echo 'The package index could not be refreshed; going on with the one at hand.' >&2
# shellcheck disable=SC2086
if ! apt install -y --no-install-recommends $missing; then
  echo "These packages could not be installed: $missing" \
    "(the reason stands above); Lantern needs them." >&2
  exit 1
fi
