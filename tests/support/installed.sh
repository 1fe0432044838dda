#!/bin/sh
# Whether an installation under ROOT is whole and its program finds its own data.
#
#   installed.sh ROOT
set -eu

root=$1
program=$(find "$root" -type f -name lantern -perm -u+x | head -n 1)
[ -n "$program" ] || { echo "no program was installed under $root" >&2; exit 1; }
prefix=${program%/bin/lantern}

for file in $(find "$prefix" -name '*.desktop'); do
  desktop-file-validate "$file"
done
for name in '*.desktop' '*.metainfo.xml' '*.gschema.xml' '*Lantern*.svg' '*ubyte.gz' '*.json'; do
  [ -n "$(find "$prefix" -name "$name" | head -n 1)" ] ||
    { echo "nothing like $name was installed" >&2; exit 1; }
done
for file in $(find "$prefix" -name '*.metainfo.xml'); do
  appstreamcli validate --no-net "$file"
done

export LANTERN_DATA_DIR="$prefix/share/lantern/data"
export LANTERN_LESSON_DIR="$prefix/share/lantern/lessons"
"$program" --version
[ "$("$program" list lessons | wc -l)" -ge 4 ] ||
  { echo 'the installed lessons are not all there' >&2; exit 1; }
