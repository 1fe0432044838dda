#!/bin/sh
# Copies six photographs out of Debian's python3-skimage and python3-sklearn, unmodified.
# Usage: photographs.sh FOLDER
set -eu

if [ $# -ne 1 ]; then
  echo "usage: $0 FOLDER" >&2
  exit 2
fi
modules=/usr/lib/python3/dist-packages
mkdir -p "$1"
for name in astronaut.png chelsea.png coffee.png rocket.jpg; do
  install -m 644 "$modules/skimage/data/$name" "$1/$name"
done
for name in china.jpg flower.jpg; do
  install -m 644 "$modules/sklearn/datasets/images/$name" "$1/$name"
done

cd "$1"
md5sum --check --quiet <<'SUMS'
97066e0a8baf4cd0be9859f9825aa3a2  astronaut.png
0f1b4a59504988622035d850dc0555ac  chelsea.png
1c6116212e35016fa7c3b67c81ec1335  china.jpg
f24210802e8d0690e0c1c2302f907cc4  coffee.png
5896f0d20066ea484089d086cd8e5a8d  flower.jpg
511130d2072cc744a1fa5015bc23557a  rocket.jpg
SUMS
