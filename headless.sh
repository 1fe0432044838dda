#!/bin/sh
# What `make run` does on a machine without a display: trains the first lesson for a few
# epochs and leaves its views as pictures.
#
#   ./headless.sh LANTERN FOLDER
set -eu

lantern=$1
mkdir -p "$2"
folder=$(cd "$2" && pwd)
run=$folder/first-light.lantern

echo 'There is no display here (DISPLAY and WAYLAND_DISPLAY are empty), so no window opens.'
echo 'Training the first lesson for three epochs instead …'
lesson=$("$lantern" list lessons | sed -n '1s/ .*//p')
"$lantern" train "$lesson" --epochs 3 --out "$run"
for view in filters reconstructions latent-map learning-curves; do
  "$lantern" show "$run" --view "$view" -o "$folder/$view.png"
done
"$lantern" eval "$run" --split test
echo "The lesson's views are PNG files in $folder"
